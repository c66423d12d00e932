use crate::Installation;
use anyhow::Context;
use clap::Subcommand;
use server::audit::{self, Hash};
use std::io::{self, Write};

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Prove that the log is whole
    Verify {
        #[command(flatten)]
        installation: Installation,
        /// Head that was printed earlier and must still be part of the log
        #[arg(long, value_name = "HASH")]
        head: Option<Hash>,
    },
}

impl AuditCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let Self::Verify { installation, head } = self;
        let store = installation.open_existing().await?;
        let verified = match head {
            Some(head) => audit::verify_contains(&store, head).await,
            None => audit::verify(&store).await,
        }
        .context("the audit log is not intact")?;
        store.close().await;
        writeln!(io::stdout(), "intact: {} records, head {}", verified.records, verified.head)?;
        Ok(())
    }
}
