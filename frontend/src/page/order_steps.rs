//! The three steps of an order as a task list, and the one thing to do next.

use super::source::verified_until;
use crate::{
    component::status::status_tag,
    permissions::may_order,
    route::{ActivationStep, Route, VerificationStep},
};
use protocol::{Order, Role, StepStatus};
use yew::prelude::*;

/// What the person can do next with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NextStep {
    /// A button with this label, to this route.
    Do(&'static str, Route),
    /// Nothing to do; why, in a sentence.
    Wait(&'static str),
}

/// The first step that waits for a person with these roles.
pub(crate) fn next_step(order: &Order, roles: &[Role]) -> NextStep {
    let order_id = || order.id.clone();
    let steps = order.steps;
    if steps.data_verification == StepStatus::AwaitingData && may_order(roles) {
        let route = Route::Data { order_id: order_id(), step: VerificationStep::Start };
        return NextStep::Do("Data verification", route);
    }
    if steps.email_verification == StepStatus::AwaitingData {
        let route = Route::Email { order_id: order_id(), step: VerificationStep::Start };
        return NextStep::Do("E-mail verification", route);
    }
    if let Some(certificate_id) = &order.certificate_id {
        return NextStep::Do(
            "Open the certificate",
            Route::Certificate { certificate_id: certificate_id.clone() },
        );
    }
    if steps.certificate_activation == StepStatus::AwaitingData && order.may_activate {
        let route = Route::Activation { order_id: order_id(), step: ActivationStep::CertificateData };
        return NextStep::Do("Certificate activation", route);
    }
    NextStep::Wait(match (steps.data_verification, steps.email_verification) {
        (StepStatus::InVerification, StepStatus::InVerification) => {
            "Open the link in the message we sent you. A specialist looks at the organization's data meanwhile."
        }
        (_, StepStatus::InVerification) => "Open the link in the message that we sent to the address.",
        (StepStatus::InVerification, _) => {
            "A specialist looks at the organization's data. We write to you when it is done."
        }
        (StepStatus::AwaitingData, _) => "Your administrator provides the organization's data.",
        _ if steps.certificate_activation == StepStatus::AwaitingData => {
            "The holder makes the key and activates the certificate."
        }
        _ => "The certificate is being issued. This takes a few seconds.",
    })
}

/// Whether somebody else acts on the order now, so that the page should look again by itself.
pub(crate) fn is_waiting(order: &Order) -> bool {
    let steps = order.steps;
    [steps.data_verification, steps.email_verification, steps.certificate_activation]
        .contains(&StepStatus::InVerification)
}

/// Whether the specialist refused the data and the customer has not answered yet.
pub(crate) fn refusal(order: &Order) -> Option<&str> {
    let awaiting = order.steps.data_verification == StepStatus::AwaitingData;
    order.claim.as_ref().and_then(|claim| claim.refusal.as_deref()).filter(|_| awaiting)
}

/// The task list.
pub(crate) fn order_steps(order: &Order, actions: [Option<Html>; 3]) -> Html {
    let steps = order.steps;
    let rows = [
        ("Data verification", steps.data_verification, data_line(order), order.organization_verified_until),
        ("E-mail verification", steps.email_verification, email_line(order), order.mailbox_verified_until),
        ("Certificate activation", steps.certificate_activation, activation_line(order), None),
    ];
    let rows =
        rows.into_iter().zip(actions).enumerate().map(|(index, ((name, status, line, until), action))| {
            let open = status == StepStatus::AwaitingData;
            html! {
                <li key={name} class={classes!("tasks__task", open.then_some("tasks__task--open"))}>
                    <span class="tasks__number" aria-hidden="true">{ index + 1 }</span>
                    <div class="tasks__text">
                        <p class="tasks__name">{ name }</p>
                        <p class="tasks__line">{ line }</p>
                        if let Some(until) = until { <p class="tasks__line">{ verified_until(until) }</p> }
                    </div>
                    { status_tag(status) }
                    if let Some(action) = action { <div class="tasks__action">{ action.clone() }</div> }
                </li>
            }
        });
    html! { <ol class="tasks">{ for rows }</ol> }
}

fn data_line(order: &Order) -> String {
    match (order.steps.data_verification, &order.verified_organization, &order.claim) {
        (StepStatus::Verified, Some(data), _) => data.organization.clone(),
        (StepStatus::InVerification, _, Some(claim)) => {
            format!("{} – a specialist looks at it", claim.data.organization)
        }
        _ if refusal(order).is_some() => "There is a problem with the data".to_owned(),
        _ => "Which organization the certificate is for".to_owned(),
    }
}

fn email_line(order: &Order) -> String {
    match (order.steps.email_verification, &order.mailbox) {
        (StepStatus::InVerification, Some(mailbox)) => format!("{mailbox} – open the link in the message"),
        (_, Some(mailbox)) => mailbox.clone(),
        (_, None) => "Which address the certificate is for".to_owned(),
    }
}

fn activation_line(order: &Order) -> String {
    let line = match order.steps.certificate_activation {
        StepStatus::NotAvailable => "Opens when both steps above are verified",
        StepStatus::AwaitingData => "Make the key and get the certificate",
        StepStatus::InVerification => "The certificate is being issued",
        StepStatus::Verified => "The certificate is issued",
    };
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{NextStep, is_waiting, next_step, refusal};
    use protocol::{
        Order, OrganizationClaim, OrganizationData, Product, Role, StepStatus, Steps, Timestamp,
        VerificationMethod,
    };

    fn order(data: StepStatus, email: StepStatus, activation: StepStatus) -> Order {
        Order {
            id: "1".to_owned(),
            product: Product { id: "p".to_owned(), name: "S/MIME".to_owned(), term_days: 365 },
            ordered_at: Timestamp::from_unix_seconds(0).unwrap(),
            steps: Steps {
                data_verification: data,
                email_verification: email,
                certificate_activation: activation,
            },
            claim: None,
            verified_organization: None,
            organization_verified_until: None,
            mailbox: None,
            challenge_sent_at: None,
            mailbox_verified_until: None,
            may_activate: true,
            certificate_id: None,
        }
    }

    /// Who orders for themselves.
    const BOTH: [Role; 2] = [Role::CustomerAdministrator, Role::CustomerHolder];

    fn label(order: &Order, roles: &[Role]) -> Option<&'static str> {
        match next_step(order, roles) {
            NextStep::Do(label, _) => Some(label),
            NextStep::Wait(_) => None,
        }
    }

    #[test]
    fn the_button_is_the_first_step_that_waits_for_the_customer() {
        use StepStatus::{AwaitingData, InVerification, NotAvailable, Verified};
        for (data, email, activation, expected) in [
            (AwaitingData, AwaitingData, NotAvailable, Some("Data verification")),
            (AwaitingData, Verified, NotAvailable, Some("Data verification")),
            (InVerification, AwaitingData, NotAvailable, Some("E-mail verification")),
            (InVerification, InVerification, NotAvailable, None),
            (Verified, InVerification, NotAvailable, None),
            (InVerification, Verified, NotAvailable, None),
            (Verified, Verified, AwaitingData, Some("Certificate activation")),
        ] {
            assert_eq!(label(&order(data, email, activation), &BOTH), expected, "{data:?} {email:?}");
        }
    }

    #[test]
    fn a_holder_who_is_no_administrator_waits_for_the_data_and_proves_the_mailbox() {
        use StepStatus::{AwaitingData, NotAvailable, Verified};
        let holder = [Role::CustomerHolder];
        let awaiting = order(AwaitingData, AwaitingData, NotAvailable);
        assert_eq!(label(&awaiting, &holder), Some("E-mail verification"));
        let waiting = order(AwaitingData, Verified, NotAvailable);
        let reason = NextStep::Wait("Your administrator provides the organization's data.");
        assert_eq!(next_step(&waiting, &holder), reason);
    }

    #[test]
    fn who_does_not_hold_this_certificate_does_not_activate_it() {
        use StepStatus::{AwaitingData, Verified};
        let ready = Order { may_activate: false, ..order(Verified, Verified, AwaitingData) };
        let reason = NextStep::Wait("The holder makes the key and activates the certificate.");
        for roles in [&BOTH[..], &[Role::CustomerAdministrator]] {
            assert_eq!(next_step(&ready, roles), reason);
        }
    }

    #[test]
    fn an_issued_certificate_is_opened() {
        let mut issued = order(StepStatus::Verified, StepStatus::Verified, StepStatus::Verified);
        issued.certificate_id = Some("c".to_owned());
        assert_eq!(label(&issued, &BOTH), Some("Open the certificate"));
        assert!(!is_waiting(&issued));
    }

    #[test]
    fn a_refusal_is_shown_until_the_data_is_sent_again() {
        let mut refused = order(StepStatus::AwaitingData, StepStatus::Verified, StepStatus::NotAvailable);
        refused.claim = Some(OrganizationClaim {
            data: OrganizationData {
                organization: "Example".to_owned(),
                country: "PL".to_owned(),
                state_or_province: "mazowieckie".to_owned(),
                locality: "Warszawa".to_owned(),
                organization_identifier: None,
            },
            verification: VerificationMethod::Document { document_ids: Vec::new() },
            documents: Vec::new(),
            submitted_at: Timestamp::from_unix_seconds(0).unwrap(),
            refusal: Some("The document is too old.".to_owned()),
        });
        assert_eq!(refusal(&refused), Some("The document is too old."));
        refused.steps.data_verification = StepStatus::InVerification;
        assert_eq!(refusal(&refused), None);
    }
}
