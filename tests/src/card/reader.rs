//! A card in a reader, and a page that sees it through the bridge.

use super::{
    bridge::{Bridge, Settings},
    operation::Page,
    virtual_card::{CardService, VirtualCard},
};

/// All that a page with a card needs. Taken apart, the parts are to end in the opposite order.
#[derive(Debug)]
pub struct CardInReader {
    /// The person's bridge.
    pub bridge: Bridge,
    /// The system's smart-card service.
    pub service: CardService,
    /// The card.
    pub card: VirtualCard,
    /// A page that is paired, and has seen that the card is ready.
    pub page: Page,
}

impl CardInReader {
    /// A new card with this serial number, and a page of this origin.
    ///
    /// # Errors
    /// When the page does not come to see the card.
    pub async fn seen_from(origin: &str, serial_number: &'static str) -> anyhow::Result<Self> {
        let bridge = Bridge::installed(Settings::default())?;
        let service = CardService::start(&bridge).await?;
        let card = VirtualCard::inserted(serial_number).await?;
        bridge.start_again().await?;
        let page = bridge.pairs(origin).await?;
        page.sees_cards(|report| report["cards"][0]["profile"] == "ready").await?;
        Ok(Self { bridge, service, card, page })
    }
}
