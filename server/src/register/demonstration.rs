use super::{Answer, Register, RegistrationNumber};
use pki::organization_identifier::{OrganizationIdentifier, RegistrationScheme};
use protocol::{OrganizationData, RegisterEntry, RegisterExample, RegistrationNumberType};
use serde::Deserialize;

/// How many organizations are offered for trying. Our choice: few enough to read at a glance.
const EXAMPLES: usize = 3;

/// Organizations that do not exist, in `demonstration.json`; each can be found by each of its identifiers.
#[derive(Debug)]
pub struct DemonstrationRegister {
    organizations: Vec<Organization>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Organization {
    legal_name: String,
    country: String,
    state_or_province: String,
    locality: String,
    identifiers: Vec<String>,
    active: bool,
}

impl DemonstrationRegister {
    /// The register that comes with this version.
    #[must_use]
    pub fn new() -> Self {
        Self { organizations: built_in() }
    }

    fn search(&self, number: &RegistrationNumber) -> Vec<RegisterEntry> {
        self.organizations
            .iter()
            .filter_map(|organization| {
                let identifier = organization.identifiers.iter().find(|text| {
                    OrganizationIdentifier::parse(text).is_ok_and(|identifier| matches(&identifier, number))
                })?;
                Some(organization.to_entry(identifier))
            })
            .collect()
    }
}

fn built_in() -> Vec<Organization> {
    serde_json::from_str(include_str!("demonstration.json"))
        .expect("a test reads the demonstration register that is built in")
}

impl Default for DemonstrationRegister {
    fn default() -> Self {
        Self::new()
    }
}

impl Register for DemonstrationRegister {
    fn lookup<'a>(&'a self, number: &'a RegistrationNumber) -> Answer<'a> {
        Box::pin(async move { Ok(self.search(number)) })
    }

    fn examples(&self) -> Vec<RegisterExample> {
        let active = self.organizations.iter().filter(|organization| organization.active);
        active.filter_map(Organization::to_example).take(EXAMPLES).collect()
    }
}

impl Organization {
    fn to_example(&self) -> Option<RegisterExample> {
        let lei = self.identifiers.iter().find_map(|identifier| identifier.strip_prefix("LEIXG-"))?;
        Some(RegisterExample { organization: self.legal_name.clone(), lei: lei.to_owned() })
    }

    fn to_entry(&self, identifier: &str) -> RegisterEntry {
        RegisterEntry {
            register: "Demonstration register".to_owned(),
            data: OrganizationData {
                organization: self.legal_name.clone(),
                country: self.country.clone(),
                state_or_province: self.state_or_province.clone(),
                locality: self.locality.clone(),
                organization_identifier: Some(identifier.to_owned()),
            },
            active: self.active,
        }
    }
}

/// Compares letters and digits only. A German number is found with and without the court's code before it.
fn matches(identifier: &OrganizationIdentifier, number: &RegistrationNumber) -> bool {
    let scheme = match number.scheme() {
        RegistrationNumberType::Lei => RegistrationScheme::Lei,
        RegistrationNumberType::Ntr => RegistrationScheme::Ntr,
        RegistrationNumberType::Vat => RegistrationScheme::Vat,
    };
    let country_fits = identifier.country().is_none_or(|country| number.country() == Some(country));
    let wanted = letters_and_digits(number.number());
    let without_court = identifier.reference().rsplit('.').next().unwrap_or_default();
    let number_fits = letters_and_digits(identifier.reference()) == wanted
        || (number.country().is_some_and(|country| country.as_str() == "DE")
            && letters_and_digits(without_court) == wanted);
    identifier.scheme() == scheme && country_fits && number_fits
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::DemonstrationRegister;
    use crate::register::{Register, RegistrationNumber};
    use pki::{
        country::CountryCode,
        organization_identifier::OrganizationIdentifier,
        subject::{SubjectField, check_field},
    };
    use protocol::RegistrationNumberType::{Lei, Ntr, Vat};
    use std::collections::HashSet;

    #[test]
    fn every_entry_could_stand_in_a_certificate() {
        let register = DemonstrationRegister::new();
        let mut seen = HashSet::new();
        for organization in &register.organizations {
            CountryCode::parse(&organization.country).unwrap();
            for (field, text) in [
                (SubjectField::Organization, &organization.legal_name),
                (SubjectField::StateOrProvince, &organization.state_or_province),
                (SubjectField::Locality, &organization.locality),
            ] {
                check_field(field, text).unwrap();
            }
            assert!(!organization.identifiers.is_empty());
            for identifier in &organization.identifiers {
                OrganizationIdentifier::parse(identifier).unwrap();
                assert!(seen.insert(identifier), "{identifier} is there twice");
            }
        }
        assert!(register.organizations.len() >= 12);
    }

    #[test]
    fn each_example_is_found_by_its_lei() {
        let register = DemonstrationRegister::new();
        let examples = register.examples();
        assert_eq!(examples.len(), super::EXAMPLES);
        for example in examples {
            let entries = register.search(&RegistrationNumber::parse(Lei, &example.lei, "").unwrap());
            assert_eq!(entries.len(), 1);
            assert_eq!(entries[0].data.organization, example.organization);
        }
    }

    #[test]
    fn an_organization_is_found_by_each_of_its_numbers() {
        let register = DemonstrationRegister::new();
        for (scheme, text, country, organization, identifier) in [
            (Ntr, "0000712345", "PL", "Bursztyn Logistyka Sp. z o.o.", "NTRPL-0000712345"),
            (Vat, "PL 584-279-16-34", "PL", "Bursztyn Logistyka Sp. z o.o.", "VATPL-5842791634"),
            (
                Lei,
                "999900bursztynpl0195",
                "PL",
                "Bursztyn Logistyka Sp. z o.o.",
                "LEIXG-999900BURSZTYNPL0195",
            ),
            (Ntr, "HRB 148832", "DE", "Nordlicht Messtechnik GmbH", "NTRDE-DEK1101R.HRB148832"),
            (Ntr, "1842067-95", "US", "Cascade Timber Works, Inc.", "NTRUS+OR-1842067-95"),
        ] {
            let number = RegistrationNumber::parse(scheme, text, country).unwrap();
            let entries = register.search(&number);
            assert_eq!(entries.len(), 1, "{text}");
            assert_eq!(entries[0].data.organization, organization);
            assert_eq!(entries[0].data.organization_identifier.as_deref(), Some(identifier));
        }
    }

    #[test]
    fn a_number_of_another_country_or_type_finds_nothing() {
        let register = DemonstrationRegister::new();
        for (scheme, country) in [(Ntr, "DE"), (Vat, "PL")] {
            let number = RegistrationNumber::parse(scheme, "0000712345", country).unwrap();
            assert!(register.search(&number).is_empty());
        }
    }
}
