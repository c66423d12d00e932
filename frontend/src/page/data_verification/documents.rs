//! The documents of the data verification wizard: added, listed, taken back.

use crate::{
    api::{self, document_url},
    browser::words::size,
    component::{
        button::{Button, Emphasis, Readiness},
        file_drop::FileDrop,
        icon::{Picture, icon},
    },
    navigation::Link,
    route::Route,
    submission::use_submission,
    wizard::{
        FieldError,
        data::{DOCUMENTS, DataAction, DataDraft},
    },
};
use protocol::Document;
use web_sys::File;
use yew::prelude::*;

/// The server's limit, checked here so that nobody waits for an upload in vain.
const DOCUMENT_LIMIT_BYTES: f64 = 10.0 * 1024.0 * 1024.0;

/// Properties of [`Documents`].
#[derive(Properties, PartialEq)]
pub(super) struct DocumentsProps {
    pub(super) order_id: AttrValue,
    pub(super) draft: UseReducerHandle<DataDraft>,
    /// The errors of the whole form.
    pub(super) errors: Vec<FieldError>,
}

/// A file goes to the server as soon as it is chosen; it counts only when the form is saved with it.
#[component]
pub(super) fn Documents(props: &DocumentsProps) -> Html {
    let submission = use_submission();
    let onfile = {
        let (submission, draft, order_id) =
            (submission.clone(), props.draft.dispatcher(), props.order_id.clone());
        Callback::from(move |file: File| {
            if file.size() > DOCUMENT_LIMIT_BYTES {
                let message = format!("{} is larger than 10 MB. Choose a smaller file.", file.name());
                submission.refuse(vec![FieldError::new(DOCUMENTS, message)]);
                return;
            }
            let (order_id, draft) = (order_id.clone(), draft.clone());
            submission.run(api::add_document(&order_id, &file), move |document| {
                draft.dispatch(DataAction::AddDocument(document));
            });
        })
    };
    let errors = if submission.errors().is_empty() { props.errors.clone() } else { submission.errors() };
    html! {
        <>
            { submission.view() }
            <p>
                { "A document is good when it is official, current and names the organization: " }
                <Link to={Route::RequiredDocuments}>{ "Information about required documents" }</Link>{ "." }
            </p>
            <FileDrop id={DOCUMENTS} label="Document" accept=".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
                hint="Drop a file here or choose one: PDF, PNG or JPEG, up to 10 MB." {onfile} {errors} />
            <div role="status">
                if submission.readiness() == Readiness::Busy { <p>{ "Uploading…" }</p> }
                <ul class="files">
                    { for props.draft.documents.iter().map(|document| html! {
                        { added_document(&props.order_id, document, &props.draft) }
                    }) }
                </ul>
            </div>
        </>
    }
}

fn added_document(order_id: &str, document: &Document, draft: &UseReducerHandle<DataDraft>) -> Html {
    let onclick = {
        let (draft, id) = (draft.dispatcher(), document.id.clone());
        Callback::from(move |()| draft.dispatch(DataAction::RemoveDocument(id.clone())))
    };
    html! {
        <li>
            { icon(Picture::Document) }
            <a href={document_url(order_id, &document.id)} download={document.name.clone()}>{ &document.name }</a>
            <span class="quiet">{ size(document.size_bytes) }</span>
            <Button emphasis={Emphasis::Quiet} {onclick}>
                { "Remove" }<span class="visually-hidden">{ format!(" {}", document.name) }</span>
            </Button>
        </li>
    }
}
