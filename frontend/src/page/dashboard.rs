//! The customer's dashboard: every order with its three steps and the next thing to do.

use super::order_steps::{NextStep, is_waiting, next_step, order_steps, refusal};
use crate::{
    app::use_session,
    browser::words::date,
    component::{
        button::Emphasis,
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, notice},
    },
    listing::{Listed as _, use_list},
    loading::use_refresh_while,
    navigation::Link,
    permissions::may_order,
    route::Route,
};
use protocol::{Order, Role};
use yew::prelude::*;

/// The orders of the customer, newest first.
#[component]
pub(crate) fn Dashboard() -> Html {
    let session = use_session();
    let list = use_list::<Order>();
    let waiting = list.items().iter().any(|order| is_waiting(order));
    use_refresh_while(waiting, list.reload());
    list.view(|orders, show_more| {
        html! {
            <>
                <PageHeading title="Dashboard" />
                if !orders.is_empty() {
                    { for orders.iter().map(|order| order_card(order, session.roles())) }
                } else if may_order(session.roles()) {
                    { no_orders() }
                } else {
                    <p class="lead">{ "There is no order for you yet." }</p>
                }
                { show_more }
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

fn order_card(order: &Order, roles: &[Role]) -> Html {
    let title_id = order.element_id();
    html! {
        <article class="card" aria-labelledby={title_id.clone()}>
            <div class="card__head">
                <h2>
                    <Link to={Route::Order { order_id: order.id.clone() }} id={title_id.clone()}>
                        { format!("{}, {} days", order.product.name, order.product.term_days) }
                    </Link>
                </h2>
                <p class="quiet">{ format!("Ordered on {}", date(order.ordered_at)) }</p>
            </div>
            { refused(order) }
            { order_steps(order, [const { None }; 3]) }
            { next_button(order, roles, &title_id) }
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

fn next_button(order: &Order, roles: &[Role], describedby: &str) -> Html {
    match next_step(order, roles) {
        NextStep::Do(label, route) => html! {
            <Link to={route} class={Emphasis::Primary.classes()} aria_describedby={describedby.to_owned()}>{ label }</Link>
        },
        NextStep::Wait(why) => html! {
            <p class="waiting">{ icon(Picture::Clock) }<span>{ "Nothing to do for you now. " }{ why }</span></p>
        },
    }
}
