//! A place for files: drop them, or choose them with a button.

use super::field::{described_by, field_message};
use crate::{
    browser::file::{chosen, dropped},
    wizard::{FieldError, message_for},
};
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// Properties of [`FileDrop`].
#[derive(Properties, PartialEq)]
pub(crate) struct FileDropProps {
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) hint: AttrValue,
    /// Endings and media types that the file dialog offers.
    pub(crate) accept: AttrValue,
    pub(crate) onfile: Callback<File>,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
}

/// The file input itself fills the area, so that keyboard, screen reader and drag and drop all meet one control.
#[component]
pub(crate) fn FileDrop(props: &FileDropProps) -> Html {
    let FileDropProps { id, label, hint, accept, onfile, errors } = props;
    let over = use_state(|| false);
    let error = message_for(errors, id);
    let onchange = {
        let onfile = onfile.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            for file in chosen(&input) {
                onfile.emit(file);
            }
        })
    };
    let ondragover = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(true);
        })
    };
    let ondragleave = {
        let over = over.setter();
        Callback::from(move |_: DragEvent| over.set(false))
    };
    let ondrop = {
        let (over, onfile) = (over.setter(), onfile.clone());
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            for file in dropped(&event) {
                onfile.emit(file);
            }
        })
    };
    html! {
        <div class={classes!("field", error.is_some().then_some("field--wrong"))}>
            <label for={id.clone()}>{ label }</label>
            { field_message(id, error.as_deref()) }
            <div class={classes!("drop", over.then_some("drop--over"))} {ondragover} {ondragleave} {ondrop}>
                <p class="drop__hint" id={format!("{id}-hint")}>{ hint }</p>
                <input type="file" id={id.clone()} accept={accept.clone()} {onchange}
                    aria-describedby={described_by(id, true, error.is_some())}
                    aria-invalid={error.is_some().then_some("true")} />
            </div>
        </div>
    }
}
