//! The data verification wizard: what the organization is, and how its existence is verified.

use super::FieldError;
use pki::country::CountryCode;
use protocol::{
    Document, OrganizationClaim, OrganizationData, OrganizationEvidence, RegisterEntry,
    RegistrationNumberType, VerificationMethod,
};
use serde::{Deserialize, Serialize};

/// A field that is typed or chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DataField {
    Organization,
    Country,
    StateOrProvince,
    Locality,
    RegistrationNumber,
}

impl DataField {
    /// The id of its element, equal to its JSON name.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Country => "country",
            Self::StateOrProvince => "state_or_province",
            Self::Locality => "locality",
            Self::RegistrationNumber => "registration_number",
        }
    }
}

/// The id of the file field.
pub(crate) const DOCUMENTS: &str = "document_ids";

/// How the organization's existence is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    /// By its number in a register.
    Register,
    /// By a document that the person adds.
    Document,
}

/// What was entered so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DataDraft {
    pub(crate) organization: String,
    pub(crate) country: String,
    pub(crate) state_or_province: String,
    pub(crate) locality: String,
    pub(crate) method: Method,
    pub(crate) registration_number_type: RegistrationNumberType,
    pub(crate) registration_number: String,
    pub(crate) documents: Vec<Document>,
    /// From the register; forgotten when the number that led to it changes.
    pub(crate) organization_identifier: Option<String>,
}

impl Default for DataDraft {
    /// Starts with the register and an LEI, because an LEI needs no country and fills in every other field.
    fn default() -> Self {
        Self {
            organization: String::new(),
            country: String::new(),
            state_or_province: String::new(),
            locality: String::new(),
            method: Method::Register,
            registration_number_type: RegistrationNumberType::Lei,
            registration_number: String::new(),
            documents: Vec::new(),
            organization_identifier: None,
        }
    }
}

/// What a person does in the wizard.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DataAction {
    /// Types into a field, or chooses from a list.
    Enter(DataField, String),
    ChooseMethod(Method),
    ChooseNumberType(RegistrationNumberType),
    /// Takes what a register found.
    Adopt(RegisterEntry),
    AddDocument(Document),
    /// Takes the document with this id back.
    RemoveDocument(String),
}

/// What a register is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegisterQuery {
    pub(crate) registration_number_type: RegistrationNumberType,
    pub(crate) registration_number: String,
    /// Empty where the number alone is enough.
    pub(crate) country: String,
}

impl DataDraft {
    /// A draft that starts with what was entered earlier, for correction.
    pub(crate) fn from_claim(claim: &OrganizationClaim) -> Self {
        let data = claim.data.clone();
        let entered = Self {
            organization: data.organization,
            country: data.country,
            state_or_province: data.state_or_province,
            locality: data.locality,
            organization_identifier: data.organization_identifier,
            documents: claim.documents.clone(),
            ..Self::default()
        };
        match &claim.verification {
            VerificationMethod::Register { registration_number_type, registration_number } => Self {
                registration_number_type: *registration_number_type,
                registration_number: registration_number.clone(),
                ..entered
            },
            VerificationMethod::Document { .. } => Self { method: Method::Document, ..entered },
        }
    }

    /// The state after the action.
    pub(crate) fn reduce(mut self, action: DataAction) -> Self {
        match action {
            DataAction::Enter(field, text) => self.enter(field, text),
            DataAction::ChooseMethod(method) => self.method = method,
            DataAction::ChooseNumberType(kind) => {
                self.registration_number_type = kind;
                self.organization_identifier = None;
            }
            DataAction::Adopt(entry) => {
                self.organization = entry.data.organization;
                self.country = entry.data.country;
                self.state_or_province = entry.data.state_or_province;
                self.locality = entry.data.locality;
                self.organization_identifier = entry.data.organization_identifier;
            }
            DataAction::AddDocument(document) => {
                self.documents.retain(|present| present.id != document.id);
                self.documents.push(document);
            }
            DataAction::RemoveDocument(id) => self.documents.retain(|present| present.id != id),
        }
        self
    }

    fn enter(&mut self, field: DataField, text: String) {
        let place = match field {
            DataField::Organization => &mut self.organization,
            DataField::Country => &mut self.country,
            DataField::StateOrProvince => &mut self.state_or_province,
            DataField::Locality => &mut self.locality,
            DataField::RegistrationNumber => &mut self.registration_number,
        };
        *place = text;
        if matches!(field, DataField::Country | DataField::RegistrationNumber) {
            self.organization_identifier = None;
        }
    }

    /// What to search a register for.
    ///
    /// # Errors
    /// What is missing for a search.
    pub(crate) fn query(&self) -> Result<RegisterQuery, Vec<FieldError>> {
        let mut errors = Vec::new();
        if self.registration_number_type != RegistrationNumberType::Lei && self.country.is_empty() {
            errors.push(FieldError::new(DataField::Country.id(), "Choose the country of the register."));
        }
        let registration_number = self.clean_registration_number();
        if registration_number.is_empty() {
            errors.push(FieldError::new(
                DataField::RegistrationNumber.id(),
                "Enter the organization's registration number.",
            ));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(RegisterQuery {
            registration_number_type: self.registration_number_type,
            registration_number,
            country: self.country.clone(),
        })
    }

    /// What is sent to the server, or what to mend first, in the order of the form.
    ///
    /// # Errors
    /// A required field that is empty.
    pub(crate) fn evidence(&self) -> Result<OrganizationEvidence, Vec<FieldError>> {
        let mut errors = match self.method {
            Method::Register => self.query().err().unwrap_or_default(),
            Method::Document => Vec::new(),
        };
        if CountryCode::parse(&self.country).is_err() {
            errors.retain(|error| error.field != DataField::Country.id());
            errors.insert(
                0,
                FieldError::new(DataField::Country.id(), "Choose the country of the organization."),
            );
        }
        if self.method == Method::Document && self.documents.is_empty() {
            errors
                .push(FieldError::new(DOCUMENTS, "Add a document that shows that the organization exists."));
        }
        for (field, text, message) in [
            (DataField::Organization, &self.organization, "Enter the organization's full legal name."),
            (DataField::StateOrProvince, &self.state_or_province, "Enter the state or province."),
            (DataField::Locality, &self.locality, "Enter the locality: the city or town."),
        ] {
            if text.trim().is_empty() {
                errors.push(FieldError::new(field.id(), message));
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(OrganizationEvidence { data: self.data(), verification: self.verification() })
    }

    fn data(&self) -> OrganizationData {
        OrganizationData {
            organization: self.organization.trim().to_owned(),
            country: self.country.clone(),
            state_or_province: self.state_or_province.trim().to_owned(),
            locality: self.locality.trim().to_owned(),
            organization_identifier: match self.method {
                Method::Register => self.organization_identifier.clone(),
                Method::Document => None,
            },
        }
    }

    fn verification(&self) -> VerificationMethod {
        match self.method {
            Method::Register => VerificationMethod::Register {
                registration_number_type: self.registration_number_type,
                registration_number: self.clean_registration_number(),
            },
            Method::Document => VerificationMethod::Document {
                document_ids: self.documents.iter().map(|document| document.id.clone()).collect(),
            },
        }
    }

    /// The number without what people paste along with it: spaces and invisible characters, and in numbers that
    /// cannot have them, dashes and dots.
    pub(crate) fn clean_registration_number(&self) -> String {
        let may_have_dashes = self.registration_number_type == RegistrationNumberType::Ntr;
        self.registration_number
            .chars()
            .filter(|character| !character.is_whitespace() && !is_invisible(*character))
            .filter(|character| may_have_dashes || !matches!(character, '-' | '.' | '\u{2010}'..='\u{2014}'))
            .collect()
    }
}

/// Zero-width characters and the byte order mark, which survive copying from a web page or a PDF.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || character.is_control()
}

/// What the type is called in a list.
pub(crate) fn number_type_name(kind: RegistrationNumberType) -> &'static str {
    match kind {
        RegistrationNumberType::Lei => "LEI (Legal Entity Identifier)",
        RegistrationNumberType::Ntr => "National register (KRS, HRB, Companies House, SIREN…)",
        RegistrationNumberType::Vat => "VAT or EU VAT number",
    }
}

/// The type's name in JSON and in a query.
pub(crate) fn number_type_code(kind: RegistrationNumberType) -> &'static str {
    match kind {
        RegistrationNumberType::Lei => "LEI",
        RegistrationNumberType::Ntr => "NTR",
        RegistrationNumberType::Vat => "VAT",
    }
}

/// Every type, in the order of the list.
pub(crate) const NUMBER_TYPES: [RegistrationNumberType; 3] =
    [RegistrationNumberType::Lei, RegistrationNumberType::Ntr, RegistrationNumberType::Vat];

#[cfg(test)]
mod tests;
