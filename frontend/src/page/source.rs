//! What is verified is used again: the question that two wizards begin with, and the summary of what is used.

use crate::{
    api::ApiError,
    browser::{
        draft::{self, Wizard},
        words::date,
    },
    component::{
        button::{Button, Emphasis},
        choice::{Choice, RadioGroup},
        heading::PageHeading,
        step_indicator::step_indicator,
        summary_list::summary_section,
    },
    navigation::{Link, use_navigator},
    route::Route,
    submission::use_submission,
    wizard::source::{NEW, SOURCE, Source, SourceAction, SourceDraft},
};
use protocol::{Order, Timestamp};
use std::{pin::Pin, rc::Rc};
use yew::prelude::*;

impl Reducible for SourceDraft {
    type Action = SourceAction;

    fn reduce(self: Rc<Self>, action: SourceAction) -> Rc<Self> {
        Rc::new(Self::reduce(Rc::unwrap_or_clone(self), action))
    }
}

/// The words that differ between the two wizards.
#[derive(Debug, PartialEq)]
pub(crate) struct Words {
    /// The name of the wizard.
    pub(crate) caption: &'static str,
    pub(crate) steps: &'static [&'static str],
    /// What is used.
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) question: &'static str,
    /// What the error summary asks for.
    pub(crate) missing: &'static str,
    /// The choice that leads to the rest of the wizard.
    pub(crate) new: &'static str,
    pub(crate) new_hint: &'static str,
    pub(crate) statement: &'static str,
    /// The button of the summary.
    pub(crate) save: &'static str,
}

/// The addresses that differ between the two wizards.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Routes {
    pub(crate) question: Route,
    /// The summary of what is used.
    pub(crate) verified: Route,
    /// The rest of the wizard.
    pub(crate) new: Route,
    pub(crate) order: Route,
}

/// Until when something counts as verified, in a sentence.
pub(crate) fn verified_until(moment: Timestamp) -> String {
    format!("Verified until {}", date(moment))
}

/// The answer so far, as the tab keeps it.
#[hook]
pub(crate) fn use_source(wizard: Wizard, order_id: &str) -> UseReducerHandle<SourceDraft> {
    let order_id = order_id.to_owned();
    let source = {
        let order_id = order_id.clone();
        use_reducer(move || draft::load::<SourceDraft>(wizard, &order_id).unwrap_or_default())
    };
    use_effect_with((*source).clone(), move |source| draft::save(wizard, &order_id, source));
    source
}

/// Properties of [`SourceQuestion`].
#[derive(Properties, PartialEq)]
pub(crate) struct SourceQuestionProps {
    pub(crate) words: &'static Words,
    pub(crate) routes: Routes,
    pub(crate) source: UseReducerHandle<SourceDraft>,
    /// What is verified; the value is its id.
    pub(crate) offered: Vec<Choice>,
    /// What stands above the question.
    #[prop_or_default]
    pub(crate) news: Html,
    /// The button that shows more of it.
    pub(crate) show_more: Html,
}

/// Whether to use what is verified.
#[component]
pub(crate) fn SourceQuestion(props: &SourceQuestionProps) -> Html {
    let SourceQuestionProps { words, routes, source, offered, news, show_more } = props;
    let (navigator, submission) = (use_navigator(), use_submission());
    let onsubmit = {
        let (submission, source, routes) = (submission.clone(), source.clone(), routes.clone());
        let (offered, missing) = (offered.clone(), words.missing);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let ids: Vec<&str> = offered.iter().map(|choice| &*choice.value).collect();
            match source.answer(&ids, missing) {
                Err(errors) => submission.refuse(errors),
                Ok(Source::Verified(_)) => navigator.push(routes.verified.clone()),
                Ok(Source::New) => navigator.push(routes.new.clone()),
            }
        })
    };
    let onchange = {
        let source = source.dispatcher();
        Callback::from(move |value: AttrValue| source.dispatch(SourceAction::Choose(value.to_string())))
    };
    let mut choices = offered.clone();
    choices.push(Choice::new(NEW, words.new).with_hint(words.new_hint));
    html! {
        <>
            { submission.view() }
            { step_indicator(words.steps, 0) }
            <PageHeading title="Use what is verified" caption={words.caption} errors={submission.errors().len()} />
            <p class="lead">{ words.lead }</p>
            { news.clone() }
            <form novalidate=true {onsubmit}>
                <RadioGroup id={SOURCE} legend={words.question} {choices} {onchange}
                    value={source.value().to_owned()} errors={submission.errors()} />
                { show_more.clone() }
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={routes.order.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

/// The server's answer to the use, to come.
pub(crate) type Saving = Pin<Box<dyn Future<Output = Result<Order, ApiError>>>>;

/// Properties of [`SourceSummary`].
#[derive(Properties, PartialEq)]
pub(crate) struct SourceSummaryProps {
    pub(crate) words: &'static Words,
    pub(crate) routes: Routes,
    pub(crate) source: UseReducerHandle<SourceDraft>,
    /// What is used, as rows of a list.
    pub(crate) rows: Html,
    /// Uses it.
    pub(crate) save: Callback<(), Saving>,
    /// Fetches what is verified again.
    pub(crate) reload: Callback<()>,
}

/// What is used, before it is. Where its time has run out meanwhile, the button leads to the rest of the wizard.
#[component]
pub(crate) fn SourceSummary(props: &SourceSummaryProps) -> Html {
    let SourceSummaryProps { words, routes, rows, .. } = props;
    let (navigator, submission) = (use_navigator(), use_submission());
    let onsave = {
        let (navigator, submission) = (navigator.clone(), submission.clone());
        let (save, order) = (props.save.clone(), routes.order.clone());
        Callback::from(move |()| {
            let (navigator, order) = (navigator.clone(), order.clone());
            submission.run(save.emit(()), move |_| navigator.replace(order));
        })
    };
    let onnew = {
        let (source, reload, new) = (props.source.dispatcher(), props.reload.clone(), routes.new.clone());
        Callback::from(move |()| {
            source.dispatch(SourceAction::RunOut);
            reload.emit(());
            navigator.push(new.clone());
        })
    };
    let slug = submission.failure().and_then(ApiError::slug);
    let has_run_out = slug.is_some_and(|slug| slug.ends_with("-not-verified"));
    let (label, onclick) = if has_run_out { (words.new, onnew) } else { (words.save, onsave) };
    html! {
        <>
            { submission.view() }
            { step_indicator(words.steps, 1) }
            <PageHeading title="Summary" caption={words.caption} />
            { summary_section(words.title, &routes.question, rows.clone()) }
            <p class="statement">{ words.statement }</p>
            <div class="actions">
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>{ label }</Button>
                <Link to={routes.question.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}
