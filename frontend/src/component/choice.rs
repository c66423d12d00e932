//! Radio buttons and boxes to mark.

use super::field::{described_by, field_message};
use crate::wizard::{FieldError, message_for};
use yew::prelude::*;

/// One of several, with what it means.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// The value, and the end of the id.
    pub(crate) value: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) hint: Option<AttrValue>,
}

impl Choice {
    /// A choice that explains itself.
    pub(crate) fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None }
    }

    /// The same, with a line below that says what it means.
    pub(crate) fn with_hint(self, hint: impl Into<AttrValue>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Properties of [`RadioGroup`].
#[derive(Properties, PartialEq)]
pub(crate) struct RadioGroupProps {
    /// The name of the group, and the id of its first button; the ids of the others begin with it.
    pub(crate) id: AttrValue,
    pub(crate) legend: AttrValue,
    pub(crate) choices: Vec<Choice>,
    /// The value of the chosen one; empty where none is chosen yet.
    pub(crate) value: AttrValue,
    pub(crate) onchange: Callback<AttrValue>,
    /// The errors of the whole form; the group finds its own.
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
}

/// Exactly one of several.
#[component]
pub(crate) fn RadioGroup(props: &RadioGroupProps) -> Html {
    let RadioGroupProps { id, legend, choices, value, onchange, errors } = props;
    let error = message_for(errors, id);
    let buttons = choices.iter().enumerate().map(|(index, choice)| {
        // A link of the error summary leads to the first.
        let button_id = if index == 0 { id.to_string() } else { format!("{id}-{}", choice.value) };
        let chosen = choice.value.clone();
        html! {
            <div class="choice" key={&*chosen}>
                <input type="radio" id={button_id.clone()} name={id.clone()} value={chosen.clone()}
                    checked={*value == chosen} aria-describedby={described_by(&button_id, choice.hint.is_some(), false)}
                    onchange={onchange.reform(move |_: Event| chosen.clone())} />
                <div class="choice__text">
                    <label for={button_id.clone()}>{ &choice.label }</label>
                    if let Some(hint) = &choice.hint {
                        <p class="choice__hint" id={format!("{button_id}-hint")}>{ hint }</p>
                    }
                </div>
            </div>
        }
    });
    html! {
        <fieldset class={classes!("choices", error.is_some().then_some("field--wrong"))}
            aria-describedby={described_by(id, false, error.is_some())}>
            <legend>{ legend }</legend>
            { field_message(id, error.as_deref()) }
            { for buttons }
        </fieldset>
    }
}

/// Whether the person can change a box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Freedom {
    #[default]
    Free,
    /// Marked, and stays marked.
    Fixed,
}

/// Properties of [`Checkbox`].
#[derive(Properties, PartialEq)]
pub(crate) struct CheckboxProps {
    pub(crate) id: AttrValue,
    pub(crate) marked: bool,
    #[prop_or_default]
    pub(crate) freedom: Freedom,
    #[prop_or_default]
    pub(crate) onchange: Callback<bool>,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
    /// The label.
    pub(crate) children: Html,
}

/// A box to mark.
#[component]
pub(crate) fn Checkbox(props: &CheckboxProps) -> Html {
    let CheckboxProps { id, marked, freedom, onchange, hint, errors, children } = props;
    let error = message_for(errors, id);
    let marked = *marked;
    html! {
        <div class={classes!("field", "field--box", error.is_some().then_some("field--wrong"))}>
            { field_message(id, error.as_deref()) }
            <div class="choice">
                <input type="checkbox" id={id.clone()} name={id.clone()} checked={marked}
                    disabled={*freedom == Freedom::Fixed} aria-invalid={error.is_some().then_some("true")}
                    aria-describedby={described_by(id, hint.is_some(), error.is_some())}
                    onchange={onchange.reform(move |_: Event| !marked)} />
                <div class="choice__text">
                    <label for={id.clone()}>{ children.clone() }</label>
                    if let Some(hint) = hint { <p class="choice__hint" id={format!("{id}-hint")}>{ hint }</p> }
                </div>
            </div>
        </div>
    }
}
