//! Fetching what a page shows, and showing something meanwhile.

use crate::{api::ApiError, browser::document::window};
use gloo_timers::callback::Interval;
use std::{cell::Cell, future::Future, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// What a page shows, as far as it is there.
#[derive(Debug)]
pub(crate) enum Content<T> {
    Loading,
    Ready(Rc<T>),
    Failed(ApiError),
}

// Not derived: that would ask for `T: Clone`.
impl<T> Clone for Content<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Loading => Self::Loading,
            Self::Ready(value) => Self::Ready(Rc::clone(value)),
            Self::Failed(error) => Self::Failed(error.clone()),
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

/// Fetches at first, whenever `key` changes, and when asked to.
#[hook]
pub(crate) fn use_loaded<K, T, F>(key: K, fetch: impl Fn(K) -> F + 'static) -> Loaded<T>
where
    K: Clone + PartialEq + 'static,
    T: 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let content = use_state(|| (key.clone(), Content::Loading));
    let round = use_state(|| 0_u32);
    {
        let content = content.clone();
        use_effect_with((key.clone(), *round), move |(key, _)| {
            let wanted = Rc::new(Cell::new(true));
            let still_wanted = Rc::clone(&wanted);
            let key = key.clone();
            spawn_local(async move {
                let answer = fetch(key.clone()).await;
                if still_wanted.get() {
                    let keep_old = matches!(&*content, (old, Content::Ready(_)) if *old == key);
                    match answer {
                        Ok(value) => content.set((key, Content::Ready(Rc::new(value)))),
                        // A refresh that fails leaves what is there; the next one may succeed.
                        Err(ApiError::Unreachable) if keep_old => {}
                        Err(error) => content.set((key, Content::Failed(error))),
                    }
                }
            });
            move || wanted.set(false)
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
        let setter = content.setter();
        let key = key.clone();
        Callback::from(move |value| setter.set((key.clone(), Content::Ready(Rc::new(value)))))
    };
    let (of, present) = &*content;
    let content = if *of == key { present.clone() } else { Content::Loading };
    Loaded { content, reload, put }
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
