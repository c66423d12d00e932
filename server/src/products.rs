//! What the shop sells.

use protocol::Product;

/// Everything on sale.
#[must_use]
pub fn all() -> Vec<Product> {
    vec![Product {
        id: "smime-organization-365".to_owned(),
        name: "S/MIME Organization".to_owned(),
        term_days: 365,
    }]
}

/// The product with this id.
#[must_use]
pub fn lookup(id: &str) -> Option<Product> {
    all().into_iter().find(|product| product.id == id)
}
