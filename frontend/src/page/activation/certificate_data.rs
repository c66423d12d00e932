//! Step 1: what stands in the certificate.

use super::{CAPTION, StepProps, indicator};
use crate::{
    browser::words::country,
    component::{
        button::{Button, Emphasis},
        choice::{Checkbox, Freedom},
        field::SelectField,
        heading::PageHeading,
    },
    navigation::{Link, use_navigator},
    route::{ActivationStep, Route},
    wizard::activation::{ActivationAction, OptionalField},
};
use protocol::CommonNameChoice;
use yew::prelude::*;

/// Marks and choices. What must stand in the certificate is marked and stays so.
#[component]
pub(super) fn CertificateData(props: &StepProps) -> Html {
    let navigator = use_navigator();
    let onsubmit = {
        let next = props.route(ActivationStep::GenerationMethod);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            navigator.push(next.clone());
        })
    };
    let organization = &props.organization;
    let subject = props.draft.subject;
    let product = &props.order.product;
    html! {
        <>
            { indicator(0) }
            <PageHeading title="Certificate data" caption={CAPTION} />
            <p class="lead">{ "Choose what stands in the certificate. Everybody who gets signed mail from you can read it." }</p>
            <p class="product-line">{ format!("{}, {} days, issue", product.name, product.term_days) }</p>
            <form novalidate=true {onsubmit}>
                <div class="card">
                    { fixed("subject-email", "E-mail address [E]", &props.mailbox) }
                    <Checkbox id="subject-common-name" marked=true freedom={Freedom::Fixed}>{ "Common name" }</Checkbox>
                    <div class="indented">{ common_name(props) }</div>
                    { fixed("subject-organization", "Organization [O]", &organization.organization) }
                    if let Some(identifier) = &organization.organization_identifier {
                        { fixed("subject-identifier", "Organization identifier", identifier) }
                    }
                    { optional(props, OptionalField::Locality, "Locality [L]", &organization.locality, subject.locality) }
                    { optional(props, OptionalField::StateOrProvince, "State or province [ST]",
                        &organization.state_or_province, subject.state_or_province) }
                    { optional(props, OptionalField::Country, "Country [C]", &country(&organization.country), subject.country) }
                </div>
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={Route::Order { order_id: props.order.id.clone() }} class={Emphasis::Secondary.classes()}>
                        { "Back" }
                    </Link>
                </div>
            </form>
        </>
    }
}

fn fixed(id: &'static str, name: &'static str, value: &str) -> Html {
    html! {
        <Checkbox {id} marked=true freedom={Freedom::Fixed}>
            { name }<span class="choice__value">{ value.to_owned() }</span>
        </Checkbox>
    }
}

fn optional(props: &StepProps, field: OptionalField, name: &'static str, value: &str, marked: bool) -> Html {
    let id = match field {
        OptionalField::Locality => "subject-locality",
        OptionalField::StateOrProvince => "subject-state",
        OptionalField::Country => "subject-country",
    };
    let onchange = {
        let draft = props.draft.dispatcher();
        Callback::from(move |mark: bool| {
            draft.dispatch(if mark {
                ActivationAction::Mark(field)
            } else {
                ActivationAction::Unmark(field)
            });
        })
    };
    html! {
        <Checkbox {id} {marked} {onchange}>{ name }<span class="choice__value">{ value.to_owned() }</span></Checkbox>
    }
}

fn common_name(props: &StepProps) -> Html {
    const ORGANIZATION: &str = "organization";
    const MAILBOX: &str = "mailbox";
    let onchange = {
        let draft = props.draft.dispatcher();
        Callback::from(move |value: String| {
            let choice =
                if value == MAILBOX { CommonNameChoice::Mailbox } else { CommonNameChoice::Organization };
            draft.dispatch(ActivationAction::ChooseCommonName(choice));
        })
    };
    let value = match props.draft.subject.common_name {
        CommonNameChoice::Organization => ORGANIZATION,
        CommonNameChoice::Mailbox => MAILBOX,
    };
    let options: Vec<(AttrValue, AttrValue)> = vec![
        (ORGANIZATION.into(), props.organization.organization.clone().into()),
        (MAILBOX.into(), props.mailbox.clone()),
    ];
    html! {
        <SelectField id="common_name" label="Common name" {options} {value} {onchange}
            hint="The name that mail programs show first." />
    }
}
