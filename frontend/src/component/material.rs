//! A field for something that is pasted as text or chosen as a file, and may be private.
//!
//! The text stays in its element and the file with the browser until the worker gets it; neither is a property or a
//! state of the page.

use super::{
    button::{Button, Emphasis},
    field::{Frame, Need},
    file_drop::FileDrop,
    icon::{Picture, icon},
};
use crate::{
    browser::file::read,
    crypto::tools::{CONTENT_LIMIT_BYTES, Content},
    wizard::{FieldError, message_for},
};
use web_sys::{File, HtmlTextAreaElement};
use yew::prelude::*;

/// How long the person must rest before typed text is looked at.
const REST_MILLISECONDS: u32 = 300;

/// Why something chosen cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MaterialProblem {
    TooLarge,
    Unreadable,
}

impl MaterialProblem {
    /// What to do.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::TooLarge => {
                "The file is far too large. Choose a key, request, certificate or PFX file; none has more than two megabytes."
            }
            Self::Unreadable => "The file could not be read. Choose it again.",
        }
    }
}

/// What is pasted or chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Material {
    area: NodeRef,
    file: UseStateHandle<Option<File>>,
}

/// Nothing yet.
#[hook]
pub(crate) fn use_material() -> Material {
    Material { area: use_node_ref(), file: use_state(|| None) }
}

impl Material {
    /// The file, or else the text; empty when there is neither.
    ///
    /// # Errors
    /// A file that is too large, or that the browser cannot read.
    pub(crate) async fn content(&self) -> Result<Content, MaterialProblem> {
        match &*self.file {
            None => Ok(self.text().into_bytes().into()),
            Some(file) => content_of(file).await,
        }
    }

    /// Takes away what is there.
    pub(crate) fn wipe(&self) {
        self.put_text("");
        self.file.set(None);
    }

    fn text(&self) -> String {
        self.area.cast::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default()
    }

    fn put_text(&self, text: &str) {
        if let Some(area) = self.area.cast::<HtmlTextAreaElement>() {
            area.set_value(text);
        }
    }
}

/// The content of a file.
///
/// # Errors
/// A file that is too large, or that the browser cannot read.
pub(crate) async fn content_of(file: &File) -> Result<Content, MaterialProblem> {
    let limit = u32::try_from(CONTENT_LIMIT_BYTES).map_or(f64::MAX, f64::from);
    if file.size() > limit {
        return Err(MaterialProblem::TooLarge);
    }
    Ok(read(file).await.or(Err(MaterialProblem::Unreadable))?.into())
}

/// What a person did with a [`MaterialField`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MaterialChange {
    /// The text is another one; wait this long for more.
    Text { rest_milliseconds: u32 },
    /// This file was chosen.
    File(File),
    /// The file was put away again.
    Nothing,
}

/// In which forms it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Forms {
    #[default]
    TextOrFile,
    /// It is never a text.
    FileOnly,
}

/// Properties of [`MaterialField`].
#[derive(Properties, PartialEq)]
pub(crate) struct MaterialFieldProps {
    /// The id of the text; the file's ends with `_file`.
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) hint: AttrValue,
    pub(crate) material: Material,
    /// Endings that the file dialog offers.
    pub(crate) accept: AttrValue,
    #[prop_or_default]
    pub(crate) forms: Forms,
    #[prop_or_default]
    pub(crate) need: Need,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
    #[prop_or_default]
    pub(crate) onchange: Callback<MaterialChange>,
}

/// The text field, the place for a file, and the name of the file that was chosen.
#[component]
pub(crate) fn MaterialField(props: &MaterialFieldProps) -> Html {
    let material = &props.material;
    let oninput = {
        let (file, onchange) = (material.file.setter(), props.onchange.clone());
        Callback::from(move |event: InputEvent| {
            let at_once = matches!(event.input_type().as_str(), "insertFromPaste" | "insertFromDrop");
            file.set(None);
            onchange.emit(MaterialChange::Text {
                rest_milliseconds: if at_once { 0 } else { REST_MILLISECONDS },
            });
        })
    };
    let onfile = {
        let (material, onchange) = (material.clone(), props.onchange.clone());
        Callback::from(move |file: File| {
            material.put_text("");
            material.file.set(Some(file.clone()));
            onchange.emit(MaterialChange::File(file));
        })
    };
    let remove = {
        let (material, onchange) = (material.clone(), props.onchange.clone());
        Callback::from(move |()| {
            material.wipe();
            onchange.emit(MaterialChange::Nothing);
        })
    };
    let error = message_for(&props.errors, &props.id);
    let frame = Frame {
        id: &props.id,
        label: &props.label,
        hint: Some(&props.hint),
        error: error.as_deref(),
        need: props.need,
    };
    let chosen = material.file.as_ref().map(|file| {
        html! {
            <p class="source">
                { icon(Picture::Document) }<span>{ file.name() }</span>
                <Button emphasis={Emphasis::Quiet} onclick={remove}>{ "Remove" }<span class="visually-hidden">{ format!(" {}", file.name()) }</span></Button>
            </p>
        }
    });
    let (file_id, file_label, file_hint) = match props.forms {
        Forms::TextOrFile => (
            AttrValue::from(format!("{}_file", props.id)),
            AttrValue::from(format!("{}, as a file", props.label)),
            AttrValue::Static("Or drop a file here, or choose one."),
        ),
        Forms::FileOnly => (props.id.clone(), props.label.clone(), props.hint.clone()),
    };
    let file_errors = if props.forms == Forms::FileOnly { props.errors.clone() } else { Vec::new() };
    html! {
        <div class="material">
            if props.forms == Forms::TextOrFile {
                { frame.around(html! {
                    <textarea id={props.id.clone()} class="mono" rows="6" required={props.need == Need::Required}
                        spellcheck="false" autocomplete="off" autocapitalize="none" ref={material.area.clone()}
                        aria-describedby={frame.described_by()} aria-invalid={frame.invalid()} {oninput} />
                }) }
            }
            <FileDrop id={file_id} label={file_label} hint={file_hint} accept={props.accept.clone()} errors={file_errors} {onfile} />
            { chosen.unwrap_or_default() }
        </div>
    }
}
