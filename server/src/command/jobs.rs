use crate::Installation;
use anyhow::ensure;
use clap::Args;
use server::{
    clock::{Clock, SystemClock},
    jobs,
};
use std::io::{self, Write};

#[derive(Args)]
pub(crate) struct JobsArguments {
    /// Have the job with this id tried at once, also one that was given up
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    installation: Installation,
}

impl JobsArguments {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        let store = self.installation.open_existing().await?;
        let mut out = io::stdout();
        if let Some(id) = self.run {
            let found = jobs::run_again_in(&store, SystemClock.now(), id.clone()).await?;
            store.close().await;
            ensure!(found, "there is no job {id} that is not done: see `signet jobs`");
            writeln!(out, "{id} is tried by the server within seconds.")?;
            return Ok(());
        }
        let open = jobs::list_in(&store, SystemClock.now()).await?;
        store.close().await;
        if self.json {
            writeln!(out, "{}", serde_json::to_string_pretty(&open)?)?;
            return Ok(());
        }
        for job in &open {
            let kind = serde_json::to_value(job.kind)?;
            let state = serde_json::to_value(job.state)?;
            let error = job.last_error.as_deref().unwrap_or("");
            let (kind, state) = (kind.as_str().unwrap_or(""), state.as_str().unwrap_or(""));
            writeln!(out, "{} {kind:8} {state:9} due {} tried {} {error}", job.id, job.due_at, job.attempts)?;
        }
        writeln!(out, "{} jobs are not done.", open.len())?;
        Ok(())
    }
}
