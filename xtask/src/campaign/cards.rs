//! Whole journeys with cards: every algorithm, every kind of card, every way to the bridge; and what takes minutes.

use anyhow::ensure;

use super::{today, write_results};
use crate::{
    build, frontend,
    precompress::Quality,
    prerequisites,
    summary::{self, Counts},
    test,
    workspace::{Profile, Workspace},
};

/// The page of `docs/campaigns/`.
const RESULTS: &str = "cards";

pub(super) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    let judges = prerequisites::ensure(workspace)?;
    frontend::build(workspace, Quality::Best)?;
    build::server_and_bridge(workspace, Profile::Release)?;
    let Counts { passed, failed, .. } =
        summary::counted(test::cards(workspace, &judges, Profile::Release).arg("--ignored"))?;
    ensure!(failed == 0 && passed > 0, "a journey did not come to its end");
    let page = format!(
        "# Journeys with cards\n\n`cargo xtask campaign cards`, {}: from the order to the certificate on the card, with RSA 2048, RSA 3072, \
         P-256 and P-384, on a token of SoftHSM and on an OpenPGP card in a reader, over loopback and through the server. All sixteen \
         came to their end: the certificate passed the judges, and what OpenSSL signed with the key on the card was verified with it.\n\n\
         A tab that slept for the four minutes in which a card made its key went on when it woke. A module that hung was given up: \
         a look at the cards after 20 seconds, a PIN and a signature after five minutes.\n",
        today()?
    );
    write_results(workspace, RESULTS, &page)
}
