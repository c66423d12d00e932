//! Fetching what a page shows, and showing something meanwhile.

use crate::{
    api::{ApiError, Call, Coming},
    browser::document::window,
};
use gloo_timers::callback::Interval;
use std::{any::Any, cell::Cell, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// What a page shows, as far as it is there.
#[derive(Debug)]
pub(crate) enum Content<T: ?Sized> {
    Loading,
    Ready(Rc<T>),
    Failed(ApiError),
}

// Not derived: that would ask for `T: Clone`.
impl<T: ?Sized> Clone for Content<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Loading => Self::Loading,
            Self::Ready(value) => Self::Ready(Rc::clone(value)),
            Self::Failed(error) => Self::Failed(error.clone()),
        }
    }
}

impl Content<dyn Any> {
    /// The content with its type again. Another type than what was fetched cannot be there.
    fn typed<T: 'static>(self) -> Content<T> {
        match self {
            Self::Loading => Content::Loading,
            Self::Ready(value) => value.downcast().map_or(Content::Loading, Content::Ready),
            Self::Failed(error) => Content::Failed(error),
        }
    }
}

/// Content, and how to get it again.
#[derive(Debug)]
pub(crate) struct Loaded<T> {
    pub(crate) content: Content<T>,
    /// Fetches again; what is there stays until the answer comes.
    pub(crate) reload: Callback<()>,
    /// Puts in what the server answered to a change.
    pub(crate) put: Callback<T>,
}

/// Fetches what there is only one of.
#[hook]
pub(crate) fn use_loaded<T: 'static>(fetch: impl Fn() -> Call<T> + 'static) -> Loaded<T> {
    use_loaded_by(AttrValue::Static(""), move |_| fetch())
}

/// Fetches by an id: at first, whenever the id changes, and when asked to.
#[hook]
pub(crate) fn use_loaded_by<T: 'static>(
    id: AttrValue,
    fetch: impl Fn(&str) -> Call<T> + 'static,
) -> Loaded<T> {
    use_loaded_from(id, Box::new(move |id| fetch(&id).untyped()))
}

/// Fetches by an id in more than one step.
#[hook]
pub(crate) fn use_loaded_from<T: 'static>(id: AttrValue, fetch: Fetch) -> Loaded<T> {
    let Untyped { content, reload, put } = use_loaded_untyped(id, fetch);
    let put = put.reform(|value: T| {
        let value: Rc<dyn Any> = Rc::new(value);
        value
    });
    Loaded { content: content.typed(), reload, put }
}

/// Gives the content without its type.
pub(crate) type Fetch = Box<dyn Fn(AttrValue) -> Coming<Rc<dyn Any>>>;

/// [`Loaded`] before it has its type.
struct Untyped {
    content: Content<dyn Any>,
    reload: Callback<()>,
    put: Callback<Rc<dyn Any>>,
}

/// The part that is the same for every type, so that it is in the program once.
#[hook]
fn use_loaded_untyped(id: AttrValue, fetch: Fetch) -> Untyped {
    let content = use_state(|| (id.clone(), Content::<dyn Any>::Loading));
    let round = use_state(|| 0_u32);
    let latest = use_memo((), |()| Latest::default());
    {
        let (content, latest) = (content.clone(), Rc::clone(&latest));
        use_effect_with((id.clone(), *round), move |(id, _)| {
            let (number, of_answer) = (latest.begin(), Rc::clone(&latest));
            let id = id.clone();
            let answer = fetch(id.clone());
            spawn_local(async move {
                let answer = answer.await;
                if of_answer.is(number) {
                    let keep_old = matches!(&*content, (old, Content::Ready(_)) if *old == id);
                    match answer {
                        Ok(value) => content.set((id, Content::Ready(value))),
                        // A refresh that fails leaves what is there; the next one may succeed.
                        Err(ApiError::Unreachable) if keep_old => {}
                        Err(error) => content.set((id, Content::Failed(error))),
                    }
                }
            });
            move || {
                latest.begin();
            }
        });
    }
    let reload = {
        let (setter, last) = (round.setter(), use_mut_ref(|| 0_u32));
        use_callback((), move |(), ()| {
            let next = last.borrow().wrapping_add(1);
            *last.borrow_mut() = next;
            setter.set(next);
        })
    };
    let put = {
        let (setter, id) = (content.setter(), id.clone());
        Callback::from(move |value| {
            latest.begin();
            setter.set((id.clone(), Content::Ready(value)));
        })
    };
    let (of, present) = &*content;
    let content = if *of == id { present.clone() } else { Content::Loading };
    Untyped { content, reload, put }
}

/// What content was last asked for or put in: an answer to an older question would take it back.
#[derive(Debug, Default)]
struct Latest(Cell<u32>);

impl Latest {
    /// Something newer begins. Gives its number.
    fn begin(&self) -> u32 {
        self.0.set(self.0.get().wrapping_add(1));
        self.0.get()
    }

    fn is(&self, number: u32) -> bool {
        self.0.get() == number
    }
}

/// How often a page asks again while somebody else has to act, such as open a link on another device.
/// Our choice: soon enough to look live, seldom enough not to matter.
const REFRESH_INTERVAL_MILLISECONDS: u32 = 4_000;

/// Fetches again every few seconds, for as long as the page is `waiting` and can be seen.
#[hook]
pub(crate) fn use_refresh_while(waiting: bool, reload: Callback<()>) {
    use_effect_with((waiting, reload), |(waiting, reload)| {
        let reload = reload.clone();
        let interval = waiting.then(|| {
            Interval::new(REFRESH_INTERVAL_MILLISECONDS, move || {
                if window().document().is_some_and(|document| !document.hidden()) {
                    reload.emit(());
                }
            })
        });
        move || drop(interval)
    });
}

#[cfg(test)]
mod tests {
    use super::Latest;

    #[test]
    fn an_answer_that_was_overtaken_is_not_the_latest() {
        let latest = Latest::default();
        let refresh = latest.begin();
        assert!(latest.is(refresh));
        let put = latest.begin();
        assert!(!latest.is(refresh));
        assert!(latest.is(put));
    }
}
