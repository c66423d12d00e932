use super::{Answer, Register, RegisterError, RegistrationNumber, subdivision};
use pki::{
    country::CountryCode,
    organization_identifier::{OrganizationIdentifier, RegistrationScheme},
};
use protocol::{OrganizationData, RegisterEntry, RegistrationNumberType};
use reqwest::{Client, StatusCode, header, redirect};
use rustls::{ClientConfig, RootCertStore};
use serde::Deserialize;
use std::time::Duration;

/// The records of the Global Legal Entity Identifier Foundation, open to everybody.
pub const PUBLIC_BASE_URL: &str = "https://api.gleif.org/api/v1";

/// How long a person waits for the register before she is told that it does not answer. Our choice.
const TIMEOUT: Duration = Duration::from_secs(10);

/// More entries are no answer to a search by number. Our choice.
const MAXIMUM_ENTRIES: &str = "10";

/// The LEI records: searched by LEI, or by the number in the national register that the record names.
#[derive(Debug)]
pub struct Gleif {
    client: Client,
    base_url: String,
}

/// The register cannot be asked at all: TLS is not possible on this computer.
#[derive(Debug, thiserror::Error)]
#[error("HTTPS to registers is not possible")]
pub struct GleifError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl Gleif {
    /// Asks at `base_url`, such as [`PUBLIC_BASE_URL`].
    ///
    /// # Errors
    /// TLS is not possible on this computer.
    pub fn new(base_url: &str) -> Result<Self, GleifError> {
        Self::with_timeout(base_url, TIMEOUT)
    }

    /// As [`Self::new`], with another patience.
    ///
    /// # Errors
    /// TLS is not possible on this computer.
    pub fn with_timeout(base_url: &str, timeout: Duration) -> Result<Self, GleifError> {
        let trusted = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(rustls::crypto::aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(|error| GleifError(error.into()))?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .timeout(timeout)
            .user_agent(concat!("signet/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| GleifError(error.into()))?;
        Ok(Self { client, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    async fn ask(&self, number: &RegistrationNumber) -> Result<Vec<RegisterEntry>, RegisterError> {
        let records = match number.scheme() {
            RegistrationNumberType::Lei => self
                .get::<One>(&format!("lei-records/{}", number.number()), &[])
                .await?
                .map(|one| vec![one.data]),
            RegistrationNumberType::Ntr => {
                let country = number.country().map_or("", |country| country.as_str());
                let query = [
                    ("filter[entity.registeredAs]", number.number()),
                    ("filter[entity.legalAddress.country]", country),
                    ("page[size]", MAXIMUM_ENTRIES),
                ];
                self.get::<Many>("lei-records", &query).await?.map(|many| many.data)
            }
            RegistrationNumberType::Vat => return Err(RegisterError::NotSearchable),
        };
        let records = records.unwrap_or_default();
        Ok(records.into_iter().filter_map(|record| record.attributes.to_entry(number)).collect())
    }

    /// `None` for 404, which is how this API says that there is no such record.
    async fn get<T: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, RegisterError> {
        let response = self
            .client
            .get(format!("{}/{path}", self.base_url))
            .query(query)
            .header(header::ACCEPT, "application/vnd.api+json")
            .send()
            .await?;
        match response.status() {
            StatusCode::OK => Ok(Some(response.json().await?)),
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::TOO_MANY_REQUESTS => Err(RegisterError::TooManyRequests),
            other => Err(RegisterError::Status { status: other.as_u16() }),
        }
    }
}

impl Register for Gleif {
    fn lookup<'a>(&'a self, number: &'a RegistrationNumber) -> Answer<'a> {
        Box::pin(self.ask(number))
    }
}

impl From<reqwest::Error> for RegisterError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_decode() {
            Self::Unreadable
        } else {
            Self::Unreachable
        }
    }
}

// JSON:API, as far as it is read here (https://documenter.getpostman.com/view/7679680/SVYrrxuU).

#[derive(Deserialize)]
struct One {
    data: Record,
}

#[derive(Deserialize)]
struct Many {
    data: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    attributes: Attributes,
}

#[derive(Deserialize)]
struct Attributes {
    lei: String,
    entity: Entity,
    registration: Registration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    legal_name: LegalName,
    legal_address: LegalAddress,
    registered_as: Option<String>,
    /// A country, or a part of one such as `US-CA`.
    jurisdiction: Option<String>,
    /// `ACTIVE`, `INACTIVE`, or `NULL`.
    status: Option<String>,
}

#[derive(Deserialize)]
struct LegalName {
    name: String,
}

#[derive(Deserialize)]
struct LegalAddress {
    city: Option<String>,
    /// ISO 3166-2, such as `PL-14`.
    region: Option<String>,
    country: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    status: Option<String>,
    corroboration_level: Option<String>,
}

impl Attributes {
    /// `None` where the record's own identifier or country is not one that a certificate can have.
    fn to_entry(&self, number: &RegistrationNumber) -> Option<RegisterEntry> {
        let address = &self.entity.legal_address;
        let country = CountryCode::parse(&address.country).ok()?;
        let state_or_province = address.region.as_deref().and_then(subdivision::lookup).unwrap_or_default();
        Some(RegisterEntry {
            register: "Global LEI Index".to_owned(),
            data: OrganizationData {
                organization: self.entity.legal_name.name.clone(),
                country: country.as_str().to_owned(),
                state_or_province: state_or_province.to_owned(),
                locality: address.city.clone().unwrap_or_default(),
                organization_identifier: Some(self.identifier(number, country)?.as_str().to_owned()),
            },
            active: self.is_active(),
        })
    }

    /// Only such a record proves that an organization exists (S/MIME BR §3.2.3.2).
    fn is_active(&self) -> bool {
        self.registration.status.as_deref() == Some("ISSUED")
            && self.entity.status.as_deref() == Some("ACTIVE")
            && self.registration.corroboration_level.as_deref() == Some("FULLY_CORROBORATED")
    }

    /// The national number, where it was searched for and can stand as it is; else the LEI. A German number cannot: the
    /// record lacks the court's code that an EUID needs.
    fn identifier(
        &self,
        number: &RegistrationNumber,
        country: CountryCode,
    ) -> Option<OrganizationIdentifier> {
        let lei = || OrganizationIdentifier::new(RegistrationScheme::Lei, country, &self.lei).ok();
        match (number.scheme(), &self.entity.registered_as) {
            (RegistrationNumberType::Ntr, Some(reference)) => {
                let prefix = format!("NTR{}", self.register_of(country));
                OrganizationIdentifier::parse(&format!("{prefix}-{reference}")).ok().or_else(lei)
            }
            _ => lei(),
        }
    }

    /// Such as `PL`, or `US+CA` where the parts of a country keep registers of their own.
    fn register_of(&self, country: CountryCode) -> String {
        match self.entity.jurisdiction.as_deref().and_then(|jurisdiction| jurisdiction.split_once('-')) {
            Some((whole, part)) if whole == country.as_str() => format!("{whole}+{part}"),
            _ => country.as_str().to_owned(),
        }
    }
}
