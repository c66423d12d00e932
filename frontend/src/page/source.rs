//! What is verified is used again: the question that two wizards begin with, and the summary of what is used.

use crate::{
    api::Call,
    browser::{
        draft::{self, Wizard, use_saved},
        words::date,
    },
    component::{
        button::{Button, Emphasis},
        choice::{Choice, RadioGroup},
        heading::PageHeading,
        save_step::{Action, SaveStep},
        step_indicator::step_indicator,
        summary_list::{row, summary_section},
    },
    navigation::{Link, Navigator, use_navigator},
    route::{Route, VerificationStep},
    submission::use_submission,
    wizard::source::{NEW, SOURCE, Source, answer},
};
use protocol::{Order, Timestamp};
use yew::prelude::*;

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
    /// The choice that leads to the form.
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
    pub(crate) form: Route,
    /// What stands there once the form is saved.
    pub(crate) saved: Route,
    pub(crate) order: Route,
}

impl Routes {
    /// Those of a wizard. Where nothing is verified, it begins with the form.
    pub(crate) fn new(order_id: &str, to: impl Fn(VerificationStep) -> Route, offers: &[Offer]) -> Self {
        let form = if offers.is_empty() { VerificationStep::Start } else { VerificationStep::Form };
        Self {
            question: to(VerificationStep::Start),
            verified: to(VerificationStep::Verified),
            form: to(form),
            saved: to(VerificationStep::Saved),
            order: Route::Order { order_id: order_id.to_owned() },
        }
    }

    /// The page before the form.
    pub(crate) fn before_form(&self) -> Route {
        if self.form == self.question { self.order.clone() } else { self.question.clone() }
    }
}

/// What happens once the form is saved: its draft is removed, and the answer is shown.
pub(crate) fn onsaved(
    wizard: Wizard,
    order: &Order,
    routes: &Routes,
    navigator: Navigator,
    put: &Callback<Order>,
) -> Callback<Order> {
    let (order_id, saved, put) = (order.id.clone(), routes.saved.clone(), put.clone());
    Callback::from(move |order| {
        draft::remove(wizard, &order_id);
        put.emit(order);
        navigator.replace(saved.clone());
    })
}

/// Something verified that can be used.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Offer {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What tells it from others of the same name.
    pub(crate) identifier: Option<String>,
    pub(crate) verified_until: Timestamp,
    /// What it is, as rows of a list.
    pub(crate) rows: Html,
}

impl Offer {
    fn choice(&self) -> Choice {
        let until = verified_until(self.verified_until);
        let hint = match &self.identifier {
            Some(identifier) => format!("{identifier}. {until}."),
            None => format!("{until}."),
        };
        Choice::new(self.id.clone(), self.name.clone()).with_hint(hint)
    }
}

/// Until when something counts as verified, in a sentence.
pub(crate) fn verified_until(moment: Timestamp) -> String {
    format!("Verified until {}", date(moment))
}

/// The value of the choice so far, as the tab keeps it.
#[hook]
pub(crate) fn use_source(wizard: Wizard, order_id: &str) -> UseStateHandle<String> {
    let source = {
        let order_id = order_id.to_owned();
        use_state(move || draft::load(wizard, &order_id).unwrap_or_default())
    };
    use_saved(wizard, order_id, &*source);
    source
}

/// Properties of [`SourceQuestion`].
#[derive(Properties, PartialEq)]
pub(crate) struct SourceQuestionProps {
    pub(crate) words: &'static Words,
    pub(crate) routes: Routes,
    pub(crate) source: UseStateHandle<String>,
    pub(crate) offers: Vec<Offer>,
    /// What stands above the question.
    #[prop_or_default]
    pub(crate) news: Html,
    /// The button that shows more of what is verified.
    pub(crate) show_more: Html,
}

/// Whether to use what is verified.
#[component]
pub(crate) fn SourceQuestion(props: &SourceQuestionProps) -> Html {
    let SourceQuestionProps { words, routes, source, offers, news, show_more } = props;
    let (navigator, submission) = (use_navigator(), use_submission());
    let onsubmit = {
        let (submission, source, routes) = (submission.clone(), source.clone(), routes.clone());
        let (offers, missing) = (offers.clone(), words.missing);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let ids: Vec<&str> = offers.iter().map(|offer| offer.id.as_str()).collect();
            match answer(&source, &ids, missing) {
                Err(errors) => submission.refuse(errors),
                Ok(Source::Verified) => navigator.push(routes.verified.clone()),
                Ok(Source::New) => navigator.push(routes.form.clone()),
            }
        })
    };
    let onchange = {
        let source = source.setter();
        Callback::from(move |value: AttrValue| source.set(value.to_string()))
    };
    let mut choices: Vec<Choice> = offers.iter().map(Offer::choice).collect();
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
                    value={(**source).clone()} errors={submission.errors()} />
                { show_more.clone() }
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={routes.order.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

/// How an offer is taken, and what follows.
pub(crate) struct Taking {
    pub(crate) navigator: Navigator,
    pub(crate) source: UseStateHandle<String>,
    /// Takes it.
    pub(crate) save: Callback<(), Call<Order>>,
    /// Fetches the offers again.
    pub(crate) reload: Callback<()>,
}

/// What is used, before it is. Where its time has run out meanwhile, the button leads to the form.
pub(crate) fn source_summary(words: &'static Words, routes: &Routes, offer: &Offer, taking: Taking) -> Html {
    let Taking { navigator, source, save, reload } = taking;
    let onsaved = {
        let (navigator, order) = (navigator.clone(), routes.order.clone());
        Callback::from(move |_| navigator.replace(order.clone()))
    };
    let provide = {
        let form = routes.form.clone();
        Callback::from(move |()| {
            source.set(NEW.to_owned());
            reload.emit(());
            navigator.push(form.clone());
        })
    };
    let rows = html! { <>{ offer.rows.clone() }{ row("Verified until", date(offer.verified_until)) }</> };
    html! {
        <SaveStep caption={words.caption} steps={words.steps} statement={words.statement} label={words.save}
            {save} {onsaved} instead={Action { label: words.new, onclick: provide }} back={routes.question.clone()}>
            { summary_section(words.title, &routes.question, rows) }
        </SaveStep>
    }
}
