//! The shop: what can be ordered.

use crate::{
    api,
    browser::words::now_in_milliseconds,
    component::{
        button::{Button, Emphasis},
        failure::view,
        heading::PageHeading,
        icon::{Picture, icon},
    },
    loading::use_loaded,
    navigation::use_navigator,
    route::Route,
    submission::use_submission,
};
use protocol::{OrderRequest, Product};
use yew::prelude::*;

/// Every product with a button to order it.
#[component]
pub(crate) fn Shop() -> Html {
    let loaded = use_loaded(api::products);
    view(&loaded, |products| {
        html! {
            <>
                <PageHeading title="Shop" />
                <p class="lead">{ "Certificates that sign and encrypt your e-mail in your organization's name." }</p>
                { for products.iter().map(|product| html! { <ProductCard key={product.id.clone()} product={product.clone()} /> }) }
            </>
        }
    })
}

#[derive(Properties, PartialEq)]
struct ProductCardProps {
    product: Product,
}

/// The idempotency key is chosen once for a card on the page: a second click orders the same thing, not another.
#[component]
fn ProductCard(props: &ProductCardProps) -> Html {
    let (navigator, submission) = (use_navigator(), use_submission());
    let idempotency_key = use_memo((), |()| random_key());
    let product = &props.product;
    let onclick = {
        let submission = submission.clone();
        let request = OrderRequest {
            product_id: product.id.clone(),
            idempotency_key: (*idempotency_key).clone(),
            holder: None,
        };
        Callback::from(move |()| {
            let navigator = navigator.clone();
            submission.run(api::place_order(&request), move |order| {
                navigator.push(Route::Order { order_id: order.id });
            });
        })
    };
    html! {
        <article class="card product">
            { submission.view() }
            { icon(Picture::Certificate) }
            <div class="product__text">
                <h2>{ &product.name }</h2>
                <p class="product__term">{ format!("{} days", product.term_days) }</p>
                <ul class="ticks">
                    <li>{ "Signs your mail: receivers see who wrote it, and that nobody changed it." }</li>
                    <li>{ "Encrypts mail to you: only your key opens it." }</li>
                    <li>{ "Names your organization, verified by a person, and your mailbox." }</li>
                </ul>
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>
                    { "Order" }<span class="visually-hidden">{ format!(" {}", product.name) }</span>
                </Button>
            </div>
        </article>
    }
}

/// 128 random bits as hex. A browser that gives none still gets its order: only a double order is then possible.
fn random_key() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return now_in_milliseconds();
    }
    format!("{:032x}", u128::from_be_bytes(bytes))
}
