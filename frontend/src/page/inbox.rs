//! The mail that the demonstration shows instead of sending it.

use crate::{
    api,
    browser::words::date_and_time,
    component::{failure::view, heading::PageHeading},
    loading::{use_loaded, use_refresh_while},
};
use protocol::InboxMessage;
use yew::prelude::*;

/// Every message, newest first.
#[component]
pub(crate) fn Inbox() -> Html {
    let loaded = use_loaded(api::inbox);
    use_refresh_while(true, loaded.reload.clone());
    view(&loaded, |messages| {
        html! {
            <>
                <PageHeading title="Inbox" />
                <p class="lead">{ "This demonstration sends no mail. What it would send is here, for everybody to see." }</p>
                if messages.is_empty() { <p>{ "No message yet. New ones appear by themselves." }</p> }
                { for messages.iter().map(message) }
            </>
        }
    })
}

fn message(message: &InboxMessage) -> Html {
    html! {
        <article key={message.id.clone()} class="card message">
            <h2>{ &message.subject }</h2>
            <p class="quiet">{ format!("To {}, {}", message.to, date_and_time(message.written_at)) }</p>
            <p class="pre">{ for pieces(&message.text).into_iter().map(piece) }</p>
        </article>
    }
}

/// A part of a message's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'text> {
    Text(&'text str),
    Link(&'text str),
}

fn piece(piece: Piece<'_>) -> Html {
    match piece {
        Piece::Text(text) => html! { { text.to_owned() } },
        Piece::Link(address) => html! { <a href={address.to_owned()}>{ address.to_owned() }</a> },
    }
}

/// Text and web addresses. An address ends at white space.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    text.split_inclusive(char::is_whitespace)
        .flat_map(|word| {
            let address = word.trim_end();
            if !(address.starts_with("http://") || address.starts_with("https://")) {
                return vec![Piece::Text(word)];
            }
            let space = word.strip_prefix(address).unwrap_or_default();
            vec![Piece::Link(address), Piece::Text(space)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    fn links(text: &str) -> Vec<&str> {
        pieces(text)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Link(address) => Some(address),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn web_addresses_become_links_and_nothing_is_lost() {
        let text = "Open\nhttps://signet.example/confirm/aZ-_9\n\nwithin 24 hours.";
        assert_eq!(links(text), ["https://signet.example/confirm/aZ-_9"]);
        let joined: String = pieces(text)
            .into_iter()
            .map(|piece| match piece {
                Piece::Link(text) | Piece::Text(text) => text,
            })
            .collect();
        assert_eq!(joined, text);
    }

    #[test]
    fn other_schemes_stay_text() {
        assert!(links("javascript:alert(1) mailto:a@b.example httpx://x").is_empty());
    }
}
