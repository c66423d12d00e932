//! Tabs tell each other that the kept key of an order has changed.

use std::fmt;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

/// The name of the channel. Messages are ids of orders.
const CHANNEL: &str = "signet.keys";

/// Tells the other tabs. Those that do not hear it find out when they look.
pub(super) fn announce(order_id: &str) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        drop(channel.post_message(&order_id.into()));
        channel.close();
    }
}

/// Listens for changes that other tabs make, as long as it lives.
pub struct Watch {
    channel: BroadcastChannel,
    // The browser calls it as long as the channel is open.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Watch {
    /// Calls when another tab has saved or removed the key of this order; none where tabs cannot talk.
    pub fn start(order_id: &str, on_change: impl Fn() + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let watched = order_id.to_owned();
        let on_message = Closure::new(move |event: MessageEvent| {
            if event.data().as_string().is_some_and(|changed| changed == watched) {
                on_change();
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self { channel, _on_message: on_message })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
