//! Our own icons, drawn on a grid of 24. They decorate; the words beside them say what they mean.

use yew::prelude::*;

/// Which picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    Check,
    Clock,
    Pencil,
    Lock,
    Warning,
    Info,
    Dashboard,
    Certificate,
    Shop,
    Verification,
    Document,
    Download,
    Copy,
    Key,
    Envelope,
    Tools,
}

impl Picture {
    /// The strokes.
    fn path(self) -> &'static str {
        match self {
            Self::Check => "M5 12.5l4.5 4.5L19 7.5",
            Self::Clock => "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.5V12l3 2",
            Self::Pencil => "M4 20l1-4.5L16 4.5l3.5 3.5-11 11L4 20zM13.5 7l3.5 3.5",
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
            Self::Warning => "M12 4L2.8 20h18.4L12 4zM12 10v4.5M12 17.2v.3",
            Self::Info => "M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.6v.3",
            Self::Dashboard => "M4 4h7v7H4zM13.5 4H20v4.5h-6.5zM13.5 11.5H20V20h-6.5zM4 13.5h7V20H4z",
            Self::Certificate => {
                "M5 4h14v11H5zM8 7.5h8M8 10.5h4M16 13a2.5 2.5 0 110 5 2.5 2.5 0 010-5zM14.5 17.5V21l1.5-1 1.5 1v-3.5"
            }
            Self::Shop => "M5 8h14l-1 12H6L5 8zM9 8V7a3 3 0 016 0v1",
            Self::Verification => {
                "M12 3l7.5 3v5.5c0 4.5-3.2 8-7.5 9.5-4.300-1.500-7.500-5-7.500-9.500V6L12 3zM8.500 12l2.500 2.500 4.500-5"
            }
            Self::Document => "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
            Self::Download => "M12 4v11M7.500 11l4.500 4.500 4.500-4.500M4.500 20h15",
            Self::Copy => "M9 9h11v11H9zM5 15H4V4h11v1",
            Self::Key => "M8 11a4 4 0 110 8 4 4 0 010-8zM11 12l8-8M15.500 7.500l3 3",
            Self::Tools => {
                "M14.500 6a4 4 0 015-2l-2.500 2.500 1.500 1.500 2.500-2.500a4 4 0 01-5.500 5L7 19l-2-2 8.500-8.500a4 4 0 011-2.500z"
            }
            Self::Envelope => "M3 6h18v13H3zM3.500 6.500L12 13l8.500-6.500",
        }
    }
}

/// A picture in the colour and size of the text around it.
pub(crate) fn icon(picture: Picture) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d={picture.path()} />
        </svg>
    }
}

/// The mark of the product: a seal with a wave pressed into it.
pub(crate) fn seal() -> Html {
    html! {
        <svg class="seal" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <circle class="seal__rim" cx="24" cy="24" r="21.5" />
            <circle class="seal__face" cx="24" cy="24" r="17.5" />
            <path class="seal__sign" d="M30.5 17.500c-1.700-2-4-3-6.700-3-3.700 0-6.300 1.800-6.300 4.700 0 6.600 13.300 3.300 13.300 9.800 0 3-2.800 4.800-6.800 4.800-3 0-5.600-1.200-7.300-3.400" />
        </svg>
    }
}
