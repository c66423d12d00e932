//! A file that a tool has made: handed over once, and described.

use crate::{
    browser::download::download,
    component::{
        button::{Button, Emphasis},
        icon::{Picture, icon},
        report::report_view,
    },
    crypto::tools::{MadeFile, ToolAnswer},
};
use std::rc::Rc;
use yew::prelude::*;

const PFX_MEDIA_TYPE: &str = "application/x-pkcs12";

/// The file of an answer that has one.
pub(super) fn made_file(answer: Option<&ToolAnswer>) -> Html {
    match answer {
        Some(ToolAnswer::File(file)) => html! { <MadeFileView file={Rc::new(file.clone())} /> },
        _ => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct MadeFileViewProps {
    file: Rc<MadeFile>,
}

/// Downloads it when it appears, and again on demand.
#[component]
fn MadeFileView(props: &MadeFileViewProps) -> Html {
    let is_refused = use_state(|| false);
    let save = {
        let is_refused = is_refused.setter();
        Callback::from(move |file: Rc<MadeFile>| {
            is_refused.set(download(&file.name, PFX_MEDIA_TYPE, &file.content).is_err());
        })
    };
    {
        let save = save.clone();
        use_effect_with(Rc::clone(&props.file), move |file| save.emit(Rc::clone(file)));
    }
    let again = {
        let file = Rc::clone(&props.file);
        Callback::from(move |()| save.emit(Rc::clone(&file)))
    };
    html! {
        <>
            { report_view(&props.file.report) }
            if *is_refused { <p>{ "The browser did not take the file. Try again with the button." }</p> }
            <p class="actions">
                <Button emphasis={Emphasis::Secondary} onclick={again}>{ icon(Picture::Download) }{ "Download again" }</Button>
            </p>
        </>
    }
}
