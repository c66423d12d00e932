//! The address bar and the history, as Yew sees them.

use crate::{browser::document::window, route::Route};
use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use yew::prelude::*;

/// What a new address does to the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A new entry: the back button comes back here.
    Push,
    /// Takes the place of the present entry.
    Replace,
}

/// Goes to other routes, and knows the present one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Navigator {
    route: Route,
    go: Callback<(Route, Step)>,
}

impl Navigator {
    /// The present route.
    pub(crate) fn route(&self) -> &Route {
        &self.route
    }

    /// Goes to a route; the back button comes back.
    pub(crate) fn push(&self, route: Route) {
        self.go.emit((route, Step::Push));
    }

    /// Goes to a route in place of the present one.
    pub(crate) fn replace(&self, route: Route) {
        self.go.emit((route, Step::Replace));
    }
}

/// The navigator of the application, for its root.
#[hook]
pub(crate) fn use_history() -> Navigator {
    let route = use_state(present_route);
    {
        let route = route.setter();
        use_effect_with((), move |()| {
            let listener = Closure::<dyn Fn()>::new(move || route.set(present_route()));
            let window = window();
            // Adding a listener fails for no known reason; without it only the back button would not work.
            drop(window.add_event_listener_with_callback("popstate", listener.as_ref().unchecked_ref()));
            move || {
                drop(
                    window.remove_event_listener_with_callback("popstate", listener.as_ref().unchecked_ref()),
                );
            }
        });
    }
    let go = {
        let setter = route.setter();
        use_callback((), move |(route, step): (Route, Step), ()| {
            if route.module() == present_route().module() {
                change_address(&route, step);
                setter.set(route);
            } else {
                let (location, path) = (window().location(), route.path());
                // Fails only for an address that is none; ours are.
                drop(match step {
                    Step::Push => location.assign(&path),
                    Step::Replace => location.replace(&path),
                });
            }
        })
    };
    Navigator { route: (*route).clone(), go }
}

/// The navigator, in any component below the root.
#[hook]
pub(crate) fn use_navigator() -> Navigator {
    use_context::<Navigator>().expect("every component is below the root, which gives a navigator")
}

fn present_route() -> Route {
    Route::from_path(&window().location().pathname().unwrap_or_default())
}

fn change_address(route: &Route, step: Step) {
    let path = route.path();
    let Ok(history) = window().history() else { return };
    let changed = match step {
        Step::Push => history.push_state_with_url(&JsValue::NULL, "", Some(&path)),
        Step::Replace => history.replace_state_with_url(&JsValue::NULL, "", Some(&path)),
    };
    // Browsers refuse after very many changes in a short time; the page then changes without its address.
    drop(changed);
}

/// Properties of [`Link`].
#[derive(Properties, PartialEq)]
pub(crate) struct LinkProps {
    pub(crate) to: Route,
    /// Where the focus can be sent.
    #[prop_or_default]
    pub(crate) id: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) class: Classes,
    /// `page` for the link to the present page.
    #[prop_or_default]
    pub(crate) aria_current: Option<AttrValue>,
    /// The id of what says more about where it goes.
    #[prop_or_default]
    pub(crate) aria_describedby: Option<AttrValue>,
    pub(crate) children: Html,
}

/// A link to a route. With a modifier key, and into another module, the browser does what it always does.
#[component]
pub(crate) fn Link(props: &LinkProps) -> Html {
    let navigator = use_navigator();
    let onclick = {
        let to = props.to.clone();
        Callback::from(move |event: MouseEvent| {
            let is_elsewhere = to.module() != navigator.route().module();
            if is_elsewhere || event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key() {
                return;
            }
            event.prevent_default();
            navigator.push(to.clone());
        })
    };
    html! {
        <a href={props.to.path()} id={props.id.clone()} class={props.class.clone()} aria-current={props.aria_current.clone()}
            aria-describedby={props.aria_describedby.clone()} {onclick}>
            { props.children.clone() }
        </a>
    }
}
