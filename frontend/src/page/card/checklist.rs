//! The live checklist as a list: icon and words, never colour alone.

use crate::{
    component::icon::{Picture, icon},
    wizard::card::{Line, Mark},
};
use yew::prelude::*;

/// The id of the list: where the focus goes when the button that it was on is gone.
pub(super) const CHECKLIST: &str = "card_checklist";

/// The five lines. What changes is read out, line by line.
pub(super) fn checklist(lines: [Line; 5]) -> Html {
    let lines = lines.into_iter().map(|line| {
        let (class, picture, said) = match line.mark {
            Mark::Done => ("checks__line checks__line--done", Picture::Check, "Done: "),
            Mark::ToDo => ("checks__line checks__line--todo", Picture::Warning, "To do: "),
            Mark::Unknown => ("checks__line", Picture::Clock, "Not seen yet: "),
        };
        html! {
            <li key={line.name} {class}>
                { icon(picture) }
                <p class="checks__name"><span class="visually-hidden">{ said }</span>{ line.name }</p>
                if !line.advice.is_empty() { <p class="checks__advice">{ line.advice.into_owned() }</p> }
            </li>
        }
    });
    html! {
        <div aria-live="polite">
            <ul class="checks" id={CHECKLIST} tabindex="-1" aria-label="What the card needs">{ for lines }</ul>
        </div>
    }
}

/// How a card gets its first PIN.
pub(super) fn first_pin() -> Html {
    html! {
        <details>
            <summary>{ "How PIN and PUK are set for the first time" }</summary>
            <p>{ "In the program of the card’s maker, such as proCertum CardManager for a card of Certum. Or in a terminal: " }
                <code>{ "signet-card-bridge init" }</code>{ " sets up a new card with PIN and PUK, " }
                <code>{ "signet-card-bridge pin change" }</code>{ " sets a new PIN, and " }
                <code>{ "signet-card-bridge pin unblock" }</code>{ " unblocks it with the PUK." }</p>
        </details>
    }
}
