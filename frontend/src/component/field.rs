//! Fields of a form: label, hint, error and control, tied together for screen readers.

use crate::{
    browser::words::countries,
    wizard::{FieldError, message_for},
};
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The ids of hint and error, for `aria-describedby`.
pub(crate) fn described_by(id: &str, has_hint: bool, has_error: bool) -> Option<String> {
    let parts: Vec<String> = [(has_hint, "hint"), (has_error, "error")]
        .into_iter()
        .filter(|(present, _)| *present)
        .map(|(_, part)| format!("{id}-{part}"))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Whether a field must be filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Need {
    #[default]
    Required,
    /// Can be left empty; the label says so.
    Optional,
}

/// The words around a control.
pub(crate) struct Frame<'a> {
    /// The id of the control.
    pub(crate) id: &'a str,
    pub(crate) label: &'a str,
    pub(crate) hint: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    pub(crate) need: Need,
}

impl Frame<'_> {
    /// Label, hint and error around a control. A star says that it must be filled in.
    pub(crate) fn around(&self, control: Html) -> Html {
        let Self { id, label, hint, error, need } = *self;
        html! {
            <div class={classes!("field", error.is_some().then_some("field--wrong"))}>
                <label for={id.to_owned()}>
                    { label.to_owned() }
                    if need == Need::Required {
                        <span class="field__star" aria-hidden="true">{ "*" }</span>
                    } else {
                        <span class="field__optional">{ " (optional)" }</span>
                    }
                </label>
                if let Some(hint) = hint {
                    <p class="field__hint" id={format!("{id}-hint")}>{ hint.to_owned() }</p>
                }
                { field_message(id, error) }
                { control }
            </div>
        }
    }

    /// The ids of hint and error, for the control's `aria-describedby`.
    pub(crate) fn described_by(&self) -> Option<String> {
        described_by(self.id, self.hint.is_some(), self.error.is_some())
    }

    /// The control's `aria-invalid`.
    pub(crate) fn invalid(&self) -> Option<&'static str> {
        self.error.is_some().then_some("true")
    }
}

/// The error beside the control with this id; nothing where it has none.
pub(crate) fn field_message(id: &str, message: Option<&str>) -> Html {
    message.map_or_else(Html::default, |message| {
        html! {
            <p class="field__error" id={format!("{id}-error")}>
                <span class="visually-hidden">{ "Error: " }</span>{ message.to_owned() }
            </p>
        }
    })
}

/// Properties of [`TextField`].
#[derive(Properties, PartialEq)]
pub(crate) struct TextFieldProps {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) value: AttrValue,
    pub(crate) oninput: Callback<String>,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    /// The errors of the whole form; the field finds its own.
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
    #[prop_or(AttrValue::Static("text"))]
    pub(crate) kind: AttrValue,
    #[prop_or(AttrValue::Static("off"))]
    pub(crate) autocomplete: AttrValue,
    /// Such as `mono`.
    #[prop_or_default]
    pub(crate) class: Classes,
    #[prop_or_default]
    pub(crate) need: Need,
}

/// One line of text.
#[component]
pub(crate) fn TextField(props: &TextFieldProps) -> Html {
    let error = message_for(&props.errors, &props.id);
    let oninput = props.oninput.reform(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.value()
    });
    let frame = Frame {
        id: &props.id,
        label: &props.label,
        hint: props.hint.as_deref(),
        error: error.as_deref(),
        need: props.need,
    };
    frame.around(html! {
        <input id={props.id.clone()} name={props.id.clone()} type={props.kind.clone()}
            class={props.class.clone()} value={props.value.clone()} autocomplete={props.autocomplete.clone()}
            required={props.need == Need::Required} aria-describedby={frame.described_by()}
            aria-invalid={frame.invalid()} spellcheck="false" {oninput} />
    })
}

/// Properties of [`SelectField`].
#[derive(Properties, PartialEq)]
pub(crate) struct SelectFieldProps {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    /// The value of the chosen option; empty when none is.
    pub(crate) value: AttrValue,
    /// Value and text of each.
    pub(crate) options: Vec<(AttrValue, AttrValue)>,
    pub(crate) onchange: Callback<String>,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
    /// What stands there while nothing is chosen; without it, something always is.
    #[prop_or_default]
    pub(crate) placeholder: Option<AttrValue>,
}

/// One of a list.
#[component]
pub(crate) fn SelectField(props: &SelectFieldProps) -> Html {
    let error = message_for(&props.errors, &props.id);
    let onchange = props.onchange.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value()
    });
    let frame = Frame {
        id: &props.id,
        label: &props.label,
        hint: props.hint.as_deref(),
        error: error.as_deref(),
        need: Need::Required,
    };
    let node = use_node_ref();
    {
        // By property: once a person has chosen, a browser ignores the `selected` attribute of the options.
        let node = node.clone();
        use_effect_with(props.value.clone(), move |value| {
            if let Some(select) = node.cast::<HtmlSelectElement>() {
                select.set_value(value);
            }
        });
    }
    let options = props.options.iter().map(|(value, text)| {
        html! { <option key={value.to_string()} value={value.clone()}>{ text }</option> }
    });
    frame.around(html! {
        <select id={props.id.clone()} name={props.id.clone()} required=true aria-describedby={frame.described_by()}
            aria-invalid={frame.invalid()} ref={node} {onchange}>
            if let Some(placeholder) = &props.placeholder {
                <option key="" value="">{ placeholder }</option>
            }
            { for options }
        </select>
    })
}

/// Every country as an option of a [`SelectField`].
pub(crate) fn country_options() -> Vec<(AttrValue, AttrValue)> {
    countries().into_iter().map(|(code, label)| (code.into(), label.into())).collect()
}

/// Properties of [`TextArea`].
#[derive(Properties, PartialEq)]
pub(crate) struct TextAreaProps {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) value: AttrValue,
    pub(crate) oninput: Callback<String>,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
}

/// Several lines of text.
#[component]
pub(crate) fn TextArea(props: &TextAreaProps) -> Html {
    let error = message_for(&props.errors, &props.id);
    let oninput = props.oninput.reform(|event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        area.value()
    });
    let frame = Frame {
        id: &props.id,
        label: &props.label,
        hint: props.hint.as_deref(),
        error: error.as_deref(),
        need: Need::Required,
    };
    frame.around(html! {
        <textarea id={props.id.clone()} name={props.id.clone()} rows="5" required=true
            aria-describedby={frame.described_by()} aria-invalid={frame.invalid()} value={props.value.clone()} {oninput} />
    })
}

#[cfg(test)]
mod tests {
    use super::described_by;

    #[test]
    fn a_control_is_described_by_what_is_on_the_page_and_nothing_else() {
        assert_eq!(described_by("email", true, true).as_deref(), Some("email-hint email-error"));
        assert_eq!(described_by("email", false, true).as_deref(), Some("email-error"));
        assert_eq!(described_by("email", false, false), None);
    }
}
