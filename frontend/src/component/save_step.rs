//! The last step of a verification wizard: what will be saved, and the button that saves it.

use super::{
    button::{Button, Emphasis},
    heading::PageHeading,
    step_indicator::step_indicator,
};
use crate::{
    api::{ApiError, Call},
    navigation::Link,
    route::Route,
    submission::use_submission,
};
use protocol::Order;
use yew::prelude::*;

/// A button with a label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Action {
    pub(crate) label: &'static str,
    pub(crate) onclick: Callback<()>,
}

/// Properties of [`SaveStep`].
#[derive(Properties, PartialEq)]
pub(crate) struct SaveStepProps {
    /// The name of the wizard.
    pub(crate) caption: &'static str,
    pub(crate) steps: &'static [&'static str],
    /// What the person states by saving.
    pub(crate) statement: &'static str,
    pub(crate) label: &'static str,
    pub(crate) save: Callback<(), Call<Order>>,
    /// Takes the order as it then is.
    pub(crate) onsaved: Callback<Order>,
    /// What to do in its place when the time of what is saved has run out.
    #[prop_or_default]
    pub(crate) instead: Option<Action>,
    /// Where it can be changed.
    pub(crate) back: Route,
    /// What will be saved.
    pub(crate) children: Html,
}

/// The step.
#[component]
pub(crate) fn SaveStep(props: &SaveStepProps) -> Html {
    let submission = use_submission();
    let onclick = {
        let (submission, save, onsaved) = (submission.clone(), props.save.clone(), props.onsaved.clone());
        Callback::from(move |()| {
            let onsaved = onsaved.clone();
            submission.run(save.emit(()), move |order| onsaved.emit(order));
        })
    };
    let slug = submission.failure().and_then(ApiError::slug);
    let has_run_out = slug.is_some_and(|slug| slug.ends_with("-not-verified"));
    let instead = props.instead.clone().filter(|_| has_run_out);
    let Action { label, onclick } = instead.unwrap_or(Action { label: props.label, onclick });
    html! {
        <>
            { submission.view() }
            { step_indicator(props.steps, 1) }
            <PageHeading title="Summary" caption={props.caption} errors={submission.errors().len()} />
            { props.children.clone() }
            <p class="statement">{ props.statement }</p>
            <div class="actions">
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>{ label }</Button>
                <Link to={props.back.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}
