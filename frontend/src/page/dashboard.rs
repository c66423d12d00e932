//! The customer's dashboard: every order with its three steps and the next thing to do.

use super::order_steps::{NextStep, OrderSteps, is_waiting, next_step, refusal};
use crate::{
    api,
    browser::words::date,
    component::{
        button::Emphasis,
        failure::view,
        heading::PageHeading,
        icon::{Icon, Picture},
        notice::{Notice, Tone},
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
    let loaded = use_loaded((), |()| api::orders());
    let waiting = matches!(&loaded.content, Content::Ready(orders) if orders.iter().any(is_waiting));
    use_refresh_while(waiting, loaded.reload.clone());
    view(&loaded, |orders| {
        html! {
            <>
                <PageHeading title="Dashboard" />
                if orders.is_empty() {
                    <NoOrders />
                } else {
                    { for orders.iter().map(|order| html! { <OrderCard key={order.id.clone()} order={order.clone()} /> }) }
                }
            </>
        }
    })
}

#[component]
fn NoOrders() -> Html {
    html! {
        <div class="card card--news">
            <Icon picture={Picture::Certificate} />
            <div>
                <h2>{ "Your first certificate" }</h2>
                <p>{ "Order one, tell us about your organization and your address, and make the key right here in the browser. Three steps, no other program." }</p>
                <Link to={Route::Shop} class={Emphasis::Primary.classes()}>{ "Go to the shop" }</Link>
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OrderCardProps {
    order: Order,
}

#[component]
fn OrderCard(props: &OrderCardProps) -> Html {
    let order = &props.order;
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
            <Refused order={order.clone()} />
            <OrderSteps order={order.clone()} />
            <Next order={order.clone()} describedby={title_id} />
        </article>
    }
}

/// Properties of [`Refused`].
#[derive(Properties, PartialEq)]
pub(crate) struct RefusedProps {
    pub(crate) order: Order,
}

/// The specialist's reason, where the data was refused.
#[component]
pub(crate) fn Refused(props: &RefusedProps) -> Html {
    refusal(&props.order).map_or_else(Html::default, |reason| {
        html! {
            <Notice tone={Tone::Danger} title="The organization's data needs your attention">
                <p class="pre">{ reason }</p>
            </Notice>
        }
    })
}

#[derive(Properties, PartialEq)]
struct NextProps {
    order: Order,
    /// The id of the order's title, which tells equal buttons apart.
    describedby: AttrValue,
}

#[component]
fn Next(props: &NextProps) -> Html {
    match next_step(&props.order) {
        NextStep::Do(label, route) => html! {
            <Link to={route} class={Emphasis::Primary.classes()} aria_describedby={props.describedby.clone()}>{ label }</Link>
        },
        NextStep::Wait(why) => html! {
            <p class="waiting"><Icon picture={Picture::Clock} /><span>{ "Nothing to do in here now. " }{ why }</span></p>
        },
    }
}
