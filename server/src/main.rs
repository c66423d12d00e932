//! The Signet server's command line.

use anyhow::{Context, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use pki::{country::CountryCode, mailbox::Mailbox};
use protocol::Role;
use server::{
    account,
    audit::{self, Hash},
    authority::{Founding, Outcome, Passphrase},
    clock::{Clock, SystemClock},
    data_folder::LockedFolder,
    random::SystemRandom,
    serve,
    settings::{self, ServeArguments},
    storage::Store,
};
use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

/// Verifies organizations and mailboxes, and issues S/MIME certificates
#[derive(Parser)]
#[command(name = "signet", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server until Ctrl-C
    Serve(Box<ServeArguments>),
    /// Make the certification authority, before the server is first started
    Init(InitArguments),
    /// The append-only log of what the server did
    #[command(subcommand)]
    Audit(AuditCommand),
    /// The people who can sign in
    #[command(subcommand)]
    Account(AccountCommand),
}

#[derive(Args)]
struct DataArguments {
    /// Folder for everything that lasts
    #[arg(long, env = "SIGNET_DATA", default_value = "data", value_name = "FOLDER")]
    data: PathBuf,
}

#[derive(Args)]
struct InitArguments {
    #[command(flatten)]
    data: DataArguments,
    /// Plain HTTP address for CRLs and CA certificates, such as <http://pki.example.com>
    #[arg(long, env = "SIGNET_PKI_URL", value_name = "URL")]
    pki_url: String,
    /// File whose first line is the passphrase of the CA's keys
    #[arg(long, env = "SIGNET_CA_PASSPHRASE_FILE", value_name = "FILE")]
    ca_passphrase_file: PathBuf,
    /// Organization that runs the CA, as its certificates say
    #[arg(long, env = "SIGNET_CA_ORGANIZATION", value_name = "NAME")]
    ca_organization: String,
    /// Country of that organization, such as PL
    #[arg(long, env = "SIGNET_CA_COUNTRY", value_name = "CODE")]
    ca_country: String,
    /// Name of the product, with which the CA's names begin
    #[arg(long, env = "SIGNET_PRODUCT_NAME", default_value = "Signet", value_name = "NAME")]
    product_name: String,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Prove that the log is whole
    Verify {
        #[command(flatten)]
        data: DataArguments,
        /// Head that was printed earlier and must still be part of the log
        #[arg(long, value_name = "HASH")]
        head: Option<Hash>,
    },
}

#[derive(Subcommand)]
enum AccountCommand {
    /// Add a person who can sign in
    Add {
        /// Address to which sign-in links go
        email: String,
        /// What the person may do
        #[arg(long)]
        role: RoleArgument,
        #[command(flatten)]
        data: DataArguments,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArgument {
    /// Orders certificates, provides data, activates
    Customer,
    /// Reads evidence, approves or refuses organization data
    ValidationSpecialist,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match CommandLine::parse().command {
        Command::Serve(arguments) => {
            serve::serve(arguments.into_settings()?, &mut io::stdout(), asked_to_stop()).await?;
            Ok(())
        }
        Command::Init(arguments) => init(&arguments),
        Command::Audit(AuditCommand::Verify { data, head }) => verify_audit(&data.data, head).await,
        Command::Account(AccountCommand::Add { email, role, data }) => {
            add_account(&data.data, &email, role).await
        }
    }
}

/// Ready when a person presses Ctrl-C, or the system ends the server.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a process can listen to SIGTERM");
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.expect("a process can listen to Ctrl-C");
}

fn init(arguments: &InitArguments) -> anyhow::Result<()> {
    let _locked = LockedFolder::lock(&arguments.data.data)?;
    let folder = settings::authority_folder(&arguments.data.data);
    let founding = Founding {
        product_name: arguments.product_name.clone(),
        organization: arguments.ca_organization.clone(),
        country: CountryCode::parse(&arguments.ca_country)?,
        pki_url: arguments.pki_url.trim_end_matches('/').to_owned(),
    };
    let passphrase = Passphrase::read(&arguments.ca_passphrase_file)?;
    let mut out = io::stdout();
    match serve::found(&folder, &founding, &passphrase, &mut out)? {
        Outcome::Founded => writeln!(out, "The certification authority is in {}.", folder.display())?,
        Outcome::AlreadyThere => {
            writeln!(out, "There is a certification authority in {} already.", folder.display())?;
        }
    }
    writeln!(out, "Keep a backup of that folder, and of the passphrase at another place.")?;
    Ok(())
}

async fn verify_audit(data: &Path, head: Option<Hash>) -> anyhow::Result<()> {
    let store = open_existing(data).await?;
    let verified = match head {
        Some(head) => audit::verify_contains(&store, head).await,
        None => audit::verify(&store).await,
    }
    .context("the audit log is not intact")?;
    writeln!(io::stdout(), "intact: {} records, head {}", verified.records, verified.head)?;
    Ok(())
}

async fn add_account(data: &Path, email: &str, role: RoleArgument) -> anyhow::Result<()> {
    let _folder = (!settings::database_file(data).exists()).then(|| LockedFolder::lock(data)).transpose()?;
    let store = Store::open(&settings::database_file(data)).await?;
    let role = match role {
        RoleArgument::Customer => Role::Customer,
        RoleArgument::ValidationSpecialist => Role::ValidationSpecialist,
    };
    let account =
        account::add(&store, &SystemRandom, SystemClock.now(), &Mailbox::parse(email)?, role).await?;
    writeln!(io::stdout(), "{} can sign in with a link that is mailed there.", account.email)?;
    Ok(())
}

async fn open_existing(data: &Path) -> anyhow::Result<Store> {
    let file = settings::database_file(data);
    ensure!(
        file.exists(),
        "there is no database in {}: give the server's folder with --data",
        data.display()
    );
    Ok(Store::open(&file).await?)
}
