use crate::Installation;
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use pki::mailbox::Mailbox;
use server::{
    account::{self, Position},
    clock::{Clock, SystemClock},
    data_folder::LockedFolder,
    storage::{DatabaseAddress, MemberRole, PartnerRole, StaffRole, Store},
};
use std::io::{self, Write};

#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Add a person who can sign in, or give one another role
    Add(Box<AddArguments>),
    /// Have a person do nothing any more: open sessions end, no link signs in
    Suspend(PersonArguments),
    /// Let a suspended person do again what the roles give
    Resume(PersonArguments),
}

#[derive(Args)]
pub(crate) struct AddArguments {
    /// Address to which sign-in links go
    email: String,
    /// What the person may do
    #[arg(long)]
    role: RoleArgument,
    /// For a customer's roles: address of somebody who is at that customer already [default: a customer of its own]
    #[arg(long, value_name = "ADDRESS")]
    with: Option<String>,
    /// For a partner's roles: the partner's name, made where it is missing
    #[arg(long, value_name = "NAME")]
    partner: Option<String>,
    /// For a partner's roles: address of somebody at a customer that the partner is to act for
    #[arg(long, value_name = "ADDRESS")]
    acts_for: Option<String>,
    #[command(flatten)]
    installation: Installation,
}

#[derive(Args)]
pub(crate) struct PersonArguments {
    /// Address of the account
    email: String,
    #[command(flatten)]
    installation: Installation,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleArgument {
    /// Orders certificates, provides data, sees all of the customer
    #[value(alias = "customer")]
    CustomerAdministrator,
    /// Proves a mailbox, makes a key, activates
    CustomerHolder,
    /// Manages a partner and orders for its customers
    PartnerAdministrator,
    /// Orders for a partner's customers
    PartnerMember,
    /// Reads evidence, approves or refuses organization data
    ValidationSpecialist,
    /// Sees what the server does later, and has it tried again
    Operator,
    /// Reads the queue, jobs, orders, certificates and documents, and changes nothing
    Auditor,
}

impl AccountCommand {
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add(arguments) => arguments.run().await,
            Self::Suspend(person) => {
                let (store, mailbox) = person.open().await?;
                account::suspend_in(&store, SystemClock.now(), mailbox).await?;
                store.close().await;
                writeln!(io::stdout(), "{} may do nothing from now on.", person.email)?;
                Ok(())
            }
            Self::Resume(person) => {
                let (store, mailbox) = person.open().await?;
                account::resume_in(&store, SystemClock.now(), mailbox).await?;
                store.close().await;
                writeln!(io::stdout(), "{} may do again what the roles give.", person.email)?;
                Ok(())
            }
        }
    }
}

impl PersonArguments {
    async fn open(&self) -> anyhow::Result<(Store, Mailbox)> {
        Ok((self.installation.open_existing().await?, Mailbox::parse(&self.email)?))
    }
}

impl AddArguments {
    async fn run(&self) -> anyhow::Result<()> {
        let position = self.position()?;
        let address = self.installation.address()?;
        let is_new = matches!(&address, DatabaseAddress::Sqlite(file) if !file.exists());
        let _folder = is_new.then(|| LockedFolder::lock(&self.installation.data)).transpose()?;
        let store =
            if is_new { Store::open(&address).await? } else { Store::open_as_it_is(&address).await? };
        let mailbox = Mailbox::parse(&self.email)?;
        let account = account::add_in(&store, SystemClock.now(), mailbox, position).await?;
        store.close().await;
        writeln!(io::stdout(), "{} can sign in with a link that is mailed there.", account.email)?;
        Ok(())
    }

    fn position(&self) -> anyhow::Result<Position> {
        let mailbox = |text: &Option<String>| text.as_deref().map(Mailbox::parse).transpose();
        Ok(match self.role {
            RoleArgument::CustomerAdministrator => {
                Position::Customer { of: mailbox(&self.with)?, role: MemberRole::Administrator }
            }
            RoleArgument::CustomerHolder => {
                Position::Customer { of: mailbox(&self.with)?, role: MemberRole::Holder }
            }
            RoleArgument::PartnerAdministrator => self.at_partner(PartnerRole::Administrator)?,
            RoleArgument::PartnerMember => self.at_partner(PartnerRole::Member)?,
            RoleArgument::ValidationSpecialist => Position::Staff(StaffRole::ValidationSpecialist),
            RoleArgument::Operator => Position::Staff(StaffRole::Operator),
            RoleArgument::Auditor => Position::Staff(StaffRole::Auditor),
        })
    }

    fn at_partner(&self, role: PartnerRole) -> anyhow::Result<Position> {
        let name =
            self.partner.clone().context("a partner's role needs the partner's name: give --partner NAME")?;
        let acts_for = self.acts_for.as_deref().map(Mailbox::parse).transpose()?;
        Ok(Position::Partner { name, role, acts_for })
    }
}
