//! The approval: the data exactly as it will stand in the certificate.

use crate::{
    api,
    component::{
        button::{Button, Emphasis},
        field::{SelectField, TextField, country_options},
    },
    submission::use_submission,
    wizard::FieldError,
};
use pki::{country::CountryCode, organization_identifier::OrganizationIdentifier};
use protocol::{Approval, OrganizationData, Verification};
use yew::prelude::*;

/// Properties of [`Approve`].
#[derive(Properties, PartialEq)]
pub(super) struct ApproveProps {
    pub(super) verification: Verification,
    /// Takes the claim as it then is.
    pub(super) put: Callback<Verification>,
}

/// A field of the approval.
#[derive(Clone, Copy)]
enum Field {
    Organization,
    StateOrProvince,
    Locality,
    OrganizationIdentifier,
}

impl Field {
    const ALL: [Self; 4] =
        [Self::Organization, Self::StateOrProvince, Self::Locality, Self::OrganizationIdentifier];

    fn id(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::StateOrProvince => "state_or_province",
            Self::Locality => "locality",
            Self::OrganizationIdentifier => "organization_identifier",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::StateOrProvince => "State or province",
            Self::Locality => "Locality",
            Self::OrganizationIdentifier => "Organization identifier",
        }
    }

    fn hint(self) -> Option<&'static str> {
        match self {
            Self::OrganizationIdentifier => Some(
                "Scheme, country and number, such as NTRPL-0000123456, VATDE-123456789 or LEIXG-5493001KJTIIGC8Y1R12.",
            ),
            Self::Organization | Self::StateOrProvince | Self::Locality => None,
        }
    }

    fn read(self, data: &OrganizationData) -> String {
        match self {
            Self::Organization => data.organization.clone(),
            Self::StateOrProvince => data.state_or_province.clone(),
            Self::Locality => data.locality.clone(),
            Self::OrganizationIdentifier => data.organization_identifier.clone().unwrap_or_default(),
        }
    }

    fn write(self, mut data: OrganizationData, text: String) -> OrganizationData {
        match self {
            Self::Organization => data.organization = text,
            Self::StateOrProvince => data.state_or_province = text,
            Self::Locality => data.locality = text,
            Self::OrganizationIdentifier => data.organization_identifier = Some(text),
        }
        data
    }
}

/// The form starts with what the register says, else with what was entered.
fn proposal(verification: &Verification) -> OrganizationData {
    match verification.register_evidence.as_ref().map(|evidence| evidence.entries.as_slice()) {
        Some([only]) => only.data.clone(),
        _ => verification.claim.data.clone(),
    }
}

/// What to mend before the server is asked.
fn problems(data: &OrganizationData) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if data.organization.trim().is_empty() {
        errors.push(FieldError::new("organization", "Enter the organization's full legal name."));
    }
    if CountryCode::parse(&data.country).is_err() {
        errors.push(FieldError::new("country", "Choose the country."));
    }
    match data.organization_identifier.as_deref().unwrap_or_default() {
        "" => errors.push(FieldError::new(
            "organization_identifier",
            "Enter the organization identifier: no certificate is issued without one.",
        )),
        text => {
            if let Err(error) = OrganizationIdentifier::parse(text) {
                errors.push(FieldError::new("organization_identifier", error.to_string()));
            }
        }
    }
    errors
}

/// The form and its button.
#[component]
pub(super) fn Approve(props: &ApproveProps) -> Html {
    let submission = use_submission();
    let data = {
        let proposal = proposal(&props.verification);
        use_state(move || proposal)
    };
    let onsubmit = {
        let (submission, data, put) = (submission.clone(), data.clone(), props.put.clone());
        let order_id = props.verification.order_id.clone();
        let submitted_at = props.verification.claim.submitted_at;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let errors = problems(&data);
            if !errors.is_empty() {
                return submission.refuse(errors);
            }
            let approval = Approval { data: (*data).clone(), submitted_at };
            let (order_id, put) = (order_id.clone(), put.clone());
            submission.run(api::approve(&order_id, &approval), move |decided| {
                put.emit(decided);
            });
        })
    };
    let errors = submission.errors();
    let fields = Field::ALL.map(|field| {
        let oninput = {
            let data = data.clone();
            Callback::from(move |text| data.set(field.write((*data).clone(), text)))
        };
        html! {
            <TextField key={field.id()} id={field.id()} label={field.label()} hint={field.hint()}
                value={field.read(&data)} {oninput} errors={errors.clone()} />
        }
    });
    let oncountry = {
        let data = data.clone();
        Callback::from(move |country| data.set(OrganizationData { country, ..(*data).clone() }))
    };
    let options = use_memo((), |()| country_options());
    html! {
        <form class="card" novalidate=true {onsubmit} aria-labelledby="approve-title">
            { submission.view() }
            <h2 id="approve-title">{ "Approve" }</h2>
            <p>{ "Exactly this will stand in the certificate. Correct it after the evidence." }</p>
            <SelectField id="country" label="Country" value={data.country.clone()} options={(*options).clone()}
                onchange={oncountry} errors={errors.clone()} />
            { for fields }
            <Button emphasis={Emphasis::Primary} readiness={submission.readiness()}>{ "Approve" }</Button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, problems};
    use protocol::OrganizationData;

    fn data(identifier: Option<&str>) -> OrganizationData {
        OrganizationData {
            organization: "Example".to_owned(),
            country: "PL".to_owned(),
            state_or_province: "mazowieckie".to_owned(),
            locality: "Warszawa".to_owned(),
            organization_identifier: identifier.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn nothing_is_approved_without_an_identifier() {
        assert_eq!(problems(&data(None))[0].field, "organization_identifier");
        assert_eq!(problems(&data(Some("DUNS-1")))[0].field, "organization_identifier");
    }

    #[test]
    fn complete_data_is_sent() {
        assert!(problems(&data(Some("NTRPL-0000123456"))).is_empty());
    }

    #[test]
    fn each_field_reads_what_it_wrote() {
        for field in Field::ALL {
            let written = field.write(data(None), "text".to_owned());
            assert_eq!(field.read(&written), "text", "{}", field.id());
        }
    }
}
