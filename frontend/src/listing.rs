//! Lists that the server gives in parts, and the button that shows more of one.

use crate::{
    api::{self, Answer, ApiError, Call, Coming, Read, parse, read},
    browser::document::{focus_id, focus_id_if_lost},
    component::{button::Button, failure::view},
    loading::{Content, Loaded, use_loaded_from},
    submission::{Submission, use_submission},
};
use protocol::{CertificateSummary, Order, Page, Verification, VerifiedMailbox, VerifiedOrganization};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::{any::Any, cell::Cell, marker::PhantomData, rc::Rc};
use yew::prelude::*;

/// What the server has a list of.
pub(crate) trait Listed: DeserializeOwned + 'static {
    /// Where the list is.
    const PATH: &'static str;

    /// The id of the item's element that takes the focus when the item is the first new one.
    fn element_id(&self) -> String;
}

impl Listed for Order {
    const PATH: &'static str = "/api/orders";

    fn element_id(&self) -> String {
        format!("order-{}", self.id)
    }
}

impl Listed for CertificateSummary {
    const PATH: &'static str = "/api/certificates";

    fn element_id(&self) -> String {
        format!("certificate-{}", self.id)
    }
}

impl Listed for Verification {
    const PATH: &'static str = "/api/verifications";

    fn element_id(&self) -> String {
        format!("verification-{}", self.order_id)
    }
}

impl Listed for VerifiedOrganization {
    const PATH: &'static str = "/api/organizations";

    /// A radio button of the question for the source.
    fn element_id(&self) -> String {
        format!("source-{}", self.id)
    }
}

impl Listed for VerifiedMailbox {
    const PATH: &'static str = "/api/mailboxes";

    /// A radio button of the question for the source.
    fn element_id(&self) -> String {
        format!("source-{}", self.id)
    }
}

/// A list from its beginning, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listing<T> {
    items: Vec<T>,
    /// How many parts of the server's it consists of.
    parts: u32,
    /// Where it goes on; none at its end.
    next: Option<String>,
}

impl<T> Listing<T> {
    fn beginning_with(part: Page<T>) -> Self {
        Self { items: part.items, parts: 1, next: part.next }
    }

    /// The list with the part that follows.
    fn extended_by(mut self, part: Page<T>) -> Self {
        self.items.extend(part.items);
        Self { items: self.items, parts: self.parts.saturating_add(1), next: part.next }
    }
}

/// An item without its type, so that the code for all lists is in the program once.
#[derive(Clone, Debug)]
struct Item {
    value: Rc<dyn Any>,
    element_id: String,
}

/// Which list, and how a part of it is read.
#[derive(Clone, Copy)]
struct Source {
    path: &'static str,
    read: Read<Page<Item>>,
}

impl Source {
    fn of<T: Listed>() -> Self {
        Self { path: T::PATH, read: |answer| read_items(answer, item_of::<T>) }
    }

    fn part(self, after: Option<&str>) -> Call<Page<Item>> {
        api::part(self.path, after, self.read)
    }

    /// The list again, as far as it was shown.
    async fn all(self, parts: u32) -> Result<Listing<Item>, ApiError> {
        let mut listing = Listing::beginning_with(self.part(None).result().await?);
        while listing.parts < parts
            && let Some(next) = listing.next.clone()
        {
            listing = listing.extended_by(self.part(Some(&next)).result().await?);
        }
        Ok(listing)
    }
}

/// Each item by itself: a list of each type would be read by code of its own.
fn read_items(answer: &Answer, read_item: fn(&str) -> Option<Item>) -> Result<Page<Item>, ApiError> {
    let page: Page<Box<RawValue>> = read(answer)?;
    let items: Option<Vec<Item>> = page.items.iter().map(|item| read_item(item.get())).collect();
    Ok(Page { items: items.ok_or(ApiError::Unreadable { status: 200 })?, next: page.next })
}

fn item_of<T: Listed>(text: &str) -> Option<Item> {
    let value: T = parse(text)?;
    Some(Item { element_id: value.element_id(), value: Rc::new(value) })
}

/// A list, and how to get more of it.
pub(crate) struct List<T> {
    untyped: Untyped,
    of: PhantomData<T>,
}

/// Fetches the beginning of a list, and more when the person asks for it.
#[hook]
pub(crate) fn use_list<T: Listed>() -> List<T> {
    List { untyped: use_untyped(Source::of::<T>()), of: PhantomData }
}

impl<T: Listed> List<T> {
    /// What is shown; nothing before the first answer.
    pub(crate) fn items(&self) -> Vec<Rc<T>> {
        match &self.untyped.loaded.content {
            Content::Ready(listing) => typed(listing),
            Content::Loading | Content::Failed(_) => Vec::new(),
        }
    }

    /// Whether the list goes on after what is shown.
    pub(crate) fn goes_on(&self) -> bool {
        matches!(&self.untyped.loaded.content, Content::Ready(listing) if listing.next.is_some())
    }

    /// Fetches again what is shown.
    pub(crate) fn reload(&self) -> Callback<()> {
        self.untyped.loaded.reload.clone()
    }

    /// The page for the items, when they are there, with what stands below them; otherwise what takes its place.
    pub(crate) fn view(&self, ready: impl FnOnce(&[Rc<T>], Html) -> Html) -> Html {
        view(&self.untyped.loaded, |listing| ready(&typed(listing), self.untyped.show_more()))
    }
}

fn typed<T: Listed>(listing: &Listing<Item>) -> Vec<Rc<T>> {
    listing.items.iter().filter_map(|item| Rc::clone(&item.value).downcast().ok()).collect()
}

/// [`List`] before it has its type.
struct Untyped {
    loaded: Loaded<Listing<Item>>,
    source: Source,
    /// How many parts a refresh fetches.
    parts: Rc<Cell<u32>>,
    extension: Submission,
    first_new: UseStateSetter<Option<String>>,
}

#[hook]
fn use_untyped(source: Source) -> Untyped {
    let parts = use_memo((), |()| Cell::new(1));
    let loaded = {
        let parts = Rc::clone(&parts);
        let fetch = move |_| -> Coming<Rc<dyn Any>> {
            let parts = parts.get();
            Box::pin(async move {
                let listing: Rc<dyn Any> = Rc::new(source.all(parts).await?);
                Ok(listing)
            })
        };
        use_loaded_from(AttrValue::Static(""), Box::new(fetch))
    };
    let extension = use_submission();
    let first_new = use_state(|| None);
    use_effect_with((*first_new).clone(), |first_new: &Option<String>| {
        if let Some(id) = first_new {
            focus_id(id);
            // The button is gone with the last part, and a part may be empty.
            focus_id_if_lost("content");
        }
    });
    Untyped { loaded, source, parts, extension, first_new: first_new.setter() }
}

impl Untyped {
    /// The button that shows more, and why that failed; nothing at the end of the list.
    fn show_more(&self) -> Html {
        let Content::Ready(listing) = &self.loaded.content else { return Html::default() };
        let Some(next) = listing.next.clone() else { return Html::default() };
        let onclick = {
            let (listing, put, source) = (Rc::clone(listing), self.loaded.put.clone(), self.source);
            let (extension, parts, first_new) =
                (self.extension.clone(), Rc::clone(&self.parts), self.first_new.clone());
            Callback::from(move |()| {
                let (listing, put) = (Listing::clone(&listing), put.clone());
                let (parts, first_new) = (Rc::clone(&parts), first_new.clone());
                extension.run(source.part(Some(&next)), move |part| {
                    let id = part.items.first().map(|item| item.element_id.clone());
                    first_new.set(Some(id.unwrap_or_default()));
                    let listing = listing.extended_by(part);
                    parts.set(listing.parts);
                    put.emit(listing);
                });
            })
        };
        html! {
            <>
                { self.extension.view() }
                <div class="actions">
                    <Button readiness={self.extension.readiness()} {onclick}>{ "Show more" }</Button>
                </div>
            </>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Listing, Source};
    use crate::api::{Answer, ApiError};
    use protocol::{Page, VerifiedMailbox};

    fn part(items: &[u8], next: Option<&str>) -> Page<u8> {
        Page { items: items.to_vec(), next: next.map(str::to_owned) }
    }

    #[test]
    fn a_part_is_read_item_by_item_with_what_follows() {
        let text = r#"{"items":[{"id":"m1","email":"ada@example.com","verified_until":"2026-11-22T10:00:00Z"}],
            "next":"x"}"#;
        let source = Source::of::<VerifiedMailbox>();
        let part = (source.read)(&Answer::of(200, text)).unwrap();
        assert_eq!(part.next.as_deref(), Some("x"));
        let [item] = part.items.as_slice() else { panic!("one item") };
        assert_eq!(item.element_id, "source-m1");
        let mailbox = item.value.downcast_ref::<VerifiedMailbox>().unwrap();
        assert_eq!(mailbox.email, "ada@example.com");
    }

    #[test]
    fn a_part_with_an_item_of_another_kind_is_unreadable() {
        let source = Source::of::<VerifiedMailbox>();
        let read = (source.read)(&Answer::of(200, r#"{"items":[{"id":"m1"}]}"#));
        assert_eq!(read.unwrap_err(), ApiError::Unreadable { status: 200 });
    }

    #[test]
    fn a_list_begins_with_its_first_part() {
        let listing = Listing::beginning_with(part(&[1, 2], Some("2")));
        assert_eq!(listing, Listing { items: vec![1, 2], parts: 1, next: Some("2".to_owned()) });
    }

    #[test]
    fn a_part_that_follows_is_appended_until_the_list_ends() {
        let listing = Listing::beginning_with(part(&[1, 2], Some("2"))).extended_by(part(&[3, 4], Some("4")));
        assert_eq!(listing, Listing { items: vec![1, 2, 3, 4], parts: 2, next: Some("4".to_owned()) });
        let listing = listing.extended_by(part(&[5], None));
        assert_eq!(listing, Listing { items: vec![1, 2, 3, 4, 5], parts: 3, next: None });
    }
}
