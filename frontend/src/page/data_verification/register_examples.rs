//! In a demonstration: organizations to try the search with.

use crate::{
    app::use_session,
    component::{
        button::Button,
        notice::{Tone, notice},
    },
    wizard::data::{DataAction, DataDraft, DataField},
};
use protocol::{RegisterExample, RegistrationNumberType};
use yew::prelude::*;

/// Properties of [`RegisterExamples`].
#[derive(Properties, PartialEq)]
pub(super) struct RegisterExamplesProps {
    pub(super) draft: UseReducerHandle<DataDraft>,
}

/// Buttons that fill in a number; nothing where the register holds real organizations.
#[component]
pub(super) fn RegisterExamples(props: &RegisterExamplesProps) -> Html {
    let session = use_session();
    let examples = &session.instance.register_examples;
    if examples.is_empty() {
        return Html::default();
    }
    notice(
        Tone::Info,
        "Try an invented organization",
        html! {
            <>
                <p>{ "Choose one to fill in its number, then search the register." }</p>
                <ul class="plain">
                    { for examples.iter().map(|example| html! { <li>{ choice(example, &props.draft) }</li> }) }
                </ul>
            </>
        },
    )
}

fn choice(example: &RegisterExample, draft: &UseReducerHandle<DataDraft>) -> Html {
    let (dispatcher, lei) = (draft.dispatcher(), example.lei.clone());
    let onclick = Callback::from(move |()| {
        dispatcher.dispatch(DataAction::ChooseNumberType(RegistrationNumberType::Lei));
        dispatcher.dispatch(DataAction::Enter(DataField::RegistrationNumber, lei.clone()));
    });
    html! { <Button {onclick}>{ example.organization.clone() }</Button> }
}
