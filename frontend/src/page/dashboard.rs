//! The customer's dashboard: every order with its three steps and the next thing to do.

use super::order_steps::{NextStep, is_waiting, next_step, order_steps, refusal};
use crate::{
    api,
    browser::words::date,
    component::{
        button::Emphasis,
        failure::view,
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, notice},
    },
    loading::{Content, use_loaded, use_refresh_while},
    navigation::Link,
    route::Route,
};
use protocol::Order;
use yew::prelude::*;

/// All orders of the customer, newest first.
#[component]
pub(crate) fn Dashboard() -> Html {
    let loaded = use_loaded(api::orders);
    let waiting = matches!(&loaded.content, Content::Ready(orders) if orders.iter().any(is_waiting));
    use_refresh_while(waiting, loaded.reload.clone());
    view(&loaded, |orders| {
        html! {
            <>
                <PageHeading title="Dashboard" />
                if orders.is_empty() {
                    { no_orders() }
                } else {
                    { for orders.iter().map(order_card) }
                }
            </>
        }
    })
}

fn no_orders() -> Html {
    html! {
        <div class="card card--news">
            { icon(Picture::Certificate) }
            <div>
                <h2>{ "Your first certificate" }</h2>
                <p>{ "Order one, tell us about your organization and your address, and make the key right here in the browser. Three steps, no other program." }</p>
                <Link to={Route::Shop} class={Emphasis::Primary.classes()}>{ "Go to the shop" }</Link>
            </div>
        </div>
    }
}

fn order_card(order: &Order) -> Html {
    let title_id = format!("order-{}", order.id);
    html! {
        <article class="card" aria-labelledby={title_id.clone()}>
            <div class="card__head">
                <h2 id={title_id.clone()}>
                    <Link to={Route::Order { order_id: order.id.clone() }}>
                        { format!("{}, {} days", order.product.name, order.product.term_days) }
                    </Link>
                </h2>
                <p class="quiet">{ format!("Ordered on {}", date(order.ordered_at)) }</p>
            </div>
            { refused(order) }
            { order_steps(order, [const { None }; 3]) }
            { next_button(order, &title_id) }
        </article>
    }
}

/// The specialist's reason, where the data was refused.
pub(crate) fn refused(order: &Order) -> Html {
    refusal(order).map_or_else(Html::default, |reason| {
        html! {
            { notice(Tone::Danger, "The organization's data needs your attention", html! { <p class="pre">{ reason }</p> }) }
        }
    })
}

fn next_button(order: &Order, describedby: &str) -> Html {
    match next_step(order) {
        NextStep::Do(label, route) => html! {
            <Link to={route} class={Emphasis::Primary.classes()} aria_describedby={describedby.to_owned()}>{ label }</Link>
        },
        NextStep::Wait(why) => html! {
            <p class="waiting">{ icon(Picture::Clock) }<span>{ "Nothing to do for you now. " }{ why }</span></p>
        },
    }
}
