//! A few sentences that stand out: good news, a hint, a warning.

use super::icon::{Icon, Picture};
use yew::prelude::*;

/// What kind of news it is. Told by icon and words; the colour only repeats it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Info,
    Success,
    Warning,
    Danger,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "notice--info",
            Self::Success => "notice--success",
            Self::Warning => "notice--warning",
            Self::Danger => "notice--danger",
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

/// Properties of [`Notice`].
#[derive(Properties, PartialEq)]
pub(crate) struct NoticeProps {
    #[prop_or_default]
    pub(crate) tone: Tone,
    #[prop_or_default]
    pub(crate) title: Option<AttrValue>,
    /// `status` or `alert` where the news comes after the page.
    #[prop_or_default]
    pub(crate) role: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) children: Html,
}

/// A box with an icon.
#[component]
pub(crate) fn Notice(props: &NoticeProps) -> Html {
    html! {
        <div class={classes!("notice", props.tone.class())} role={props.role.clone()}>
            <Icon picture={props.tone.picture()} />
            <div>
                if let Some(title) = &props.title { <p class="notice__title">{ title }</p> }
                { props.children.clone() }
            </div>
        </div>
    }
}
