//! The document: its title and the focus.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlAnchorElement, HtmlElement, HtmlInputElement, Window};
use yew::NodeRef;

/// The window. A page that runs has one.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// Sets the title of the tab.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = window().document() {
        document.set_title(title);
    }
}

/// Moves the focus to an element that is on the page; does nothing when it is not.
pub(crate) fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // Fails only for an element that was removed meanwhile: then there is nothing to focus.
        drop(element.focus());
    }
}

/// Moves the focus to the element with this id, and scrolls to it.
pub(crate) fn focus_id(id: &str) {
    let element = window().document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.scroll_into_view();
        drop(element.focus());
    }
}

/// Moves the focus to the element with this id when what had it is gone.
pub(crate) fn focus_id_if_lost(id: &str) {
    let focused = window().document().and_then(|document| document.active_element());
    if focused.is_none_or(|element| element.tag_name() == "BODY") {
        focus_id(id);
    }
}

/// Follows an address that opens a program on this computer, while the click that asked for it still counts.
pub(crate) fn open_program(url: &str) {
    let anchor = window().document().and_then(|document| document.create_element("a").ok());
    if let Some(anchor) = anchor.and_then(|anchor| anchor.dyn_into::<HtmlAnchorElement>().ok()) {
        anchor.set_href(url);
        anchor.click();
    }
}

/// What is typed into the input with this id.
pub(crate) fn value_of(id: &str) -> Option<String> {
    let element = window().document()?.get_element_by_id(id)?;
    element.dyn_into::<HtmlInputElement>().ok().map(|input| input.value())
}

/// Scrolls to the top of the page.
pub(crate) fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}
