use clap::Args;
use pki::country::CountryCode;
use server::{
    authority::{Founding, Outcome, Passphrase},
    data_folder::{self, LockedFolder},
    serve, settings,
    storage::Purpose,
};
use std::{
    io::{self, Write},
    path::PathBuf,
};

#[derive(Args)]
pub(crate) struct InitArguments {
    /// Folder for everything that lasts
    #[arg(long, env = "SIGNET_DATA", default_value = "data", value_name = "FOLDER")]
    data: PathBuf,
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

pub(crate) fn run(arguments: &InitArguments) -> anyhow::Result<()> {
    let _locked = LockedFolder::lock(&arguments.data)?;
    data_folder::check_purpose(&arguments.data, Purpose::RealUse)?;
    let folder = settings::authority_folder(&arguments.data);
    let founding = Founding {
        product_name: arguments.product_name.clone(),
        organization: arguments.ca_organization.clone(),
        country: CountryCode::parse(&arguments.ca_country)?,
        pki_url: arguments.pki_url.trim_end_matches('/').to_owned(),
        purpose: Purpose::RealUse,
    };
    let passphrase = Passphrase::read(&arguments.ca_passphrase_file)?;
    let mut out = io::stdout();
    match serve::found(&folder, &founding, &passphrase, &mut out)? {
        Outcome::Founded => {
            data_folder::dedicate(&arguments.data, Purpose::RealUse)?;
            writeln!(out, "The certification authority is in {}.", folder.display())?;
        }
        Outcome::AlreadyThere => {
            writeln!(out, "There is a certification authority in {} already.", folder.display())?;
        }
    }
    writeln!(out, "Keep a backup of that folder, and of the passphrase at another place.")?;
    Ok(())
}
