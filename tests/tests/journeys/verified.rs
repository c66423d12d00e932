//! Where journeys about keys and certificates begin.

use anyhow::Result;
use tests::{person::Person, register, specialist::Specialist, stage::Stage};

/// A person whose order waits for its activation, and the path of the order.
pub(crate) async fn verified(stage: &Stage) -> Result<(Person<'_>, String)> {
    let specialist = Specialist::arrives(stage).await?;
    let anna = Person::new(stage, "anna").await?;
    anna.signs_in().await?;
    anna.orders().await?;
    let order = anna.browser.path().await?;
    anna.provides_data_by_register().await?;
    specialist.approves(register::NAME).await?;
    anna.proves_mailbox().await?;
    Ok((anna, order))
}
