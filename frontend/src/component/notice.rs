//! A few sentences that stand out: good news, a hint, a warning.

use super::icon::{Picture, icon};
use yew::prelude::*;

/// What kind of news it is. Told by icon and words; the colour only repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Info,
    Success,
    Warning,
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "notice notice--info",
            Self::Success => "notice notice--success",
            Self::Warning => "notice notice--warning",
            Self::Danger => "notice notice--danger",
        }
    }

    fn picture(self) -> Picture {
        match self {
            Self::Info => Picture::Info,
            Self::Success => Picture::Check,
            Self::Warning | Self::Danger => Picture::Warning,
        }
    }
}

/// A box with an icon, a title and more below it.
pub(crate) fn notice(tone: Tone, title: impl Into<AttrValue>, body: Html) -> Html {
    let title: AttrValue = title.into();
    note(tone, html! { <><p class="notice__title">{ title }</p>{ body }</> })
}

/// A box with an icon and no title.
pub(crate) fn note(tone: Tone, body: Html) -> Html {
    html! {
        <div class={tone.class()}>
            { icon(tone.picture()) }
            <div>{ body }</div>
        </div>
    }
}

/// A sentence or two as the body of a notice.
pub(crate) fn paragraph(text: impl Into<AttrValue>) -> Html {
    let text: AttrValue = text.into();
    html! { <p>{ text }</p> }
}
