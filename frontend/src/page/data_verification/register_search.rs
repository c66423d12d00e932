//! The search of a register by number, which fills in the form.

use super::organization::enter;
use crate::{
    api,
    component::{
        button::Button,
        field::{SelectField, TextField},
        notice::{Tone, notice, paragraph},
    },
    submission::use_submission,
    wizard::{
        FieldError,
        data::{DataAction, DataDraft, DataField, NUMBER_TYPES, number_type_code, number_type_name},
    },
};
use protocol::RegisterEntry;
use yew::prelude::*;

/// Properties of [`RegisterSearch`].
#[derive(Properties, PartialEq)]
pub(super) struct RegisterSearchProps {
    pub(super) draft: UseReducerHandle<DataDraft>,
    /// The errors of the whole form.
    pub(super) errors: Vec<FieldError>,
    /// The form is filled in: its errors are not true any more.
    pub(super) onfound: Callback<()>,
}

/// Number and button; what was found is said in a polite status region.
#[component]
pub(super) fn RegisterSearch(props: &RegisterSearchProps) -> Html {
    let submission = use_submission();
    let found = use_state(|| None::<Vec<RegisterEntry>>);
    let draft = &props.draft;
    let onclick = {
        let (submission, found, draft) = (submission.clone(), found.setter(), draft.clone());
        let onfound = props.onfound.clone();
        Callback::from(move |()| {
            let (found, dispatcher, onfound) = (found.clone(), draft.dispatcher(), onfound.clone());
            found.set(None);
            match draft.query() {
                Err(errors) => submission.refuse(errors),
                Ok(query) => submission.run(api::search_register(&query), move |entries| {
                    if let [only] = entries.as_slice() {
                        dispatcher.dispatch(DataAction::Adopt(only.clone()));
                        onfound.emit(());
                    }
                    found.set(Some(entries));
                }),
            }
        })
    };
    let ontype = {
        let draft = draft.dispatcher();
        Callback::from(move |code: String| {
            if let Some(kind) = NUMBER_TYPES.into_iter().find(|kind| number_type_code(*kind) == code) {
                draft.dispatch(DataAction::ChooseNumberType(kind));
            }
        })
    };
    let errors = if submission.errors().is_empty() { props.errors.clone() } else { submission.errors() };
    let types: Vec<(AttrValue, AttrValue)> =
        NUMBER_TYPES.map(|kind| (number_type_code(kind).into(), number_type_name(kind).into())).to_vec();
    html! {
        <>
            { submission.view() }
            <SelectField id="registration_number_type" label="Registration number type" options={types}
                value={number_type_code(draft.registration_number_type)} onchange={ontype} />
            <div class="search">
                <TextField id={DataField::RegistrationNumber.id()} label="Registration number" class="mono"
                    value={draft.registration_number.clone()} {errors}
                    oninput={enter(draft, DataField::RegistrationNumber)} />
                <Button readiness={submission.readiness()} {onclick}>{ "Search the register" }</Button>
            </div>
            <div role="status">
                if let Some(entries) = &*found { { found_entries(entries, draft) } }
            </div>
        </>
    }
}

fn found_entries(entries: &[RegisterEntry], draft: &UseReducerHandle<DataDraft>) -> Html {
    match entries {
        [] => notice(
            Tone::Warning,
            "Nothing found",
            paragraph(
                "Check the type and the number. You can also fill in the fields below yourself, or add a document instead.",
            ),
        ),
        [only] => html! {
            { notice(if only.active { Tone::Success } else { Tone::Warning }, only.data.organization.clone(), html! { <><p>
                    { format!("Found in: {}. The fields below are filled in; correct them where they are not right.", only.register) }
                </p>
                if !only.active { <p>{ "The register says that this organization is not active. We cannot verify it as long as that is so." }</p> }</> }) }
        },
        several => html! {
            { notice(Tone::Info, "Several organizations found", html! { <ul class="plain">
                    { for several.iter().map(|entry| hit(entry, draft)) }
                </ul> }) }
        },
    }
}

fn hit(entry: &RegisterEntry, draft: &UseReducerHandle<DataDraft>) -> Html {
    let RegisterEntry { register, data, .. } = entry;
    let onclick = {
        let (draft, entry) = (draft.dispatcher(), entry.clone());
        Callback::from(move |()| draft.dispatch(DataAction::Adopt(entry.clone())))
    };
    html! {
        <li>
            <span>{ format!("{}, {} ({register}) ", data.organization, data.locality) }</span>
            <Button {onclick}>
                { "Use" }<span class="visually-hidden">{ format!(" {}", data.organization) }</span>
            </Button>
        </li>
    }
}
