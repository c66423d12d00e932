use super::failpoint::Failpoint;
use crate::{
    audit::{self, Event},
    authority::{AuthorityError, published_url, random_serial_number},
    id::{AccountId, CertificateId, OrderId, sha256_hex},
    products,
    state::AppState,
    storage::{
        self, StorageError,
        issuance::{Reservation, StoredIssuance},
        purchase::Purchase,
    },
    verification::{self, VerifiedMailbox, VerifiedOrganization},
};
use pki::{
    issuance::{CertificateInput, LintedCertificate, PrepareError, prepare},
    key_policy::PublicKey,
    profile::{Profile, SerialNumber, Validity, ValidityError},
    subject::{CommonName, Subject, SubjectError, SubjectFields},
};
use protocol::{CommonNameChoice, KeyOrigin, SubjectChoice, Timestamp};
use sqlx::SqliteConnection;

/// What a customer asks for. Of the request for a certificate only the public key comes this far: nothing else in it
/// could reach the certificate.
#[derive(Debug)]
pub(crate) struct Activation {
    pub(crate) order: OrderId,
    /// Who asks.
    pub(crate) customer: AccountId,
    pub(crate) public_key: PublicKey,
    pub(crate) subject: SubjectChoice,
    pub(crate) key_origin: KeyOrigin,
}

/// Why nothing was reserved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ReservationError {
    /// The customer has no such order.
    #[error("the customer has no such order")]
    UnknownOrder,
    /// Organization or mailbox is not verified.
    #[error("a step before the activation is missing")]
    StepsMissing,
    /// The product is not sold any more and its term is unknown.
    #[error("the order is for a product that this version does not know")]
    UnknownProduct,
    /// The chosen fields cannot stand in a subject together.
    #[error("the chosen fields cannot stand in a subject")]
    Subject(Vec<SubjectError>),
    /// No certificate can begin now and be valid that long.
    #[error("the certificate would not be valid at any time")]
    Validity(#[from] ValidityError),
    /// The configured addresses cannot stand in a certificate.
    #[error("the configured addresses cannot stand in a certificate")]
    Configuration(#[from] AuthorityError),
    /// The certificate would break a rule.
    #[error("the to-be-signed bytes do not pass the lint")]
    Prepare(#[from] PrepareError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What the order has now.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A reservation that did not exist before.
    New(Reservation),
    /// What was there, made for whatever key.
    Found(StoredIssuance),
}

/// Step 1. The transaction holds the write lock, so that of many requests for one order one reserves, and nobody can
/// withdraw a verification between its check and the reservation.
pub(super) async fn reserve(state: &AppState, activation: &Activation) -> Result<Outcome, ReservationError> {
    let mut transaction = state.store().begin().await?;
    Failpoint::ReservationBegun.pass();
    let purchase = storage::purchase::lookup_owned(&mut transaction, &activation.order, &activation.customer)
        .await?
        .ok_or(ReservationError::UnknownOrder)?;
    if let Some(stored) = storage::issuance::lookup(&mut transaction, &activation.order).await? {
        return Ok(Outcome::Found(stored));
    }
    let verified = Verified::load(&mut transaction, &purchase, state.clock().now()).await?;
    let reservation = build(state, activation, &purchase, &verified)?;
    storage::issuance::insert(&mut transaction, &reservation).await?;
    let event = Event::CertificateReserved {
        order_id: reservation.order_id.clone(),
        certificate_id: reservation.certificate_id.clone(),
        serial_number: reservation.serial_number.clone(),
        tbs_sha256: sha256_hex(&reservation.tbs),
    };
    audit::append(&mut transaction, reservation.reserved_at, &event).await?;
    Failpoint::ReservationWritten.pass();
    transaction.commit().await.map_err(StorageError::from)?;
    Failpoint::Reserved.pass();
    Ok(Outcome::New(reservation))
}

/// All that a certificate says about somebody. Neither part can be made but by the module that verified it.
struct Verified {
    organization: VerifiedOrganization,
    mailbox: VerifiedMailbox,
}

impl Verified {
    async fn load(
        connection: &mut SqliteConnection,
        purchase: &Purchase,
        now: Timestamp,
    ) -> Result<Self, ReservationError> {
        let organization = verification::organization::load_verified(connection, &purchase.id, now).await?;
        let mailbox = verification::mailbox::load_verified(connection, &purchase.id, now).await?;
        organization
            .zip(mailbox)
            .map(|(organization, mailbox)| Self { organization, mailbox })
            .ok_or(ReservationError::StepsMissing)
    }

    /// The subject with the optional fields that the customer chose.
    fn subject(&self, choice: SubjectChoice) -> Result<Subject, ReservationError> {
        let organization = &self.organization;
        let fields = SubjectFields {
            organization: organization.organization().to_owned(),
            organization_identifier: organization.identifier().clone(),
            common_name: match choice.common_name {
                CommonNameChoice::Organization => CommonName::Organization,
                CommonNameChoice::Mailbox => CommonName::Mailbox,
            },
            country: choice.country.then(|| organization.country()),
            state_or_province: choice.state_or_province.then(|| organization.state_or_province().to_owned()),
            locality: choice.locality.then(|| organization.locality().to_owned()),
            mailbox: self.mailbox.mailbox().clone(),
        };
        Subject::new(fields).map_err(ReservationError::Subject)
    }
}

/// Chooses the serial number, builds the to-be-signed bytes and lints them.
fn build(
    state: &AppState,
    activation: &Activation,
    purchase: &Purchase,
    verified: &Verified,
) -> Result<Reservation, ReservationError> {
    let product = products::lookup(&purchase.product_id).ok_or(ReservationError::UnknownProduct)?;
    let now = state.clock().now();
    let validity = Validity::from_days(now.unix_seconds(), product.term_days)?;
    let serial_number = random_serial_number(state.random());
    let linted = prepare_linted(state, activation, verified, &serial_number, validity, now)?;
    let moment = |seconds| Timestamp::from_unix_seconds(seconds).map_err(|_late| ValidityError::TooLate);
    Ok(Reservation {
        order_id: purchase.id.clone(),
        certificate_id: CertificateId::generate(state.random()),
        serial_number: serial_number.to_hex(),
        spki_sha256: activation.public_key.sha256_hex(),
        key_origin: activation.key_origin,
        mailbox: verified.mailbox.mailbox().to_string(),
        organization: verified.organization.organization().to_owned(),
        not_before: moment(validity.not_before())?,
        not_after: moment(validity.not_after())?,
        tbs: linted.tbs_der().to_vec(),
        reserved_at: now,
    })
}

fn prepare_linted(
    state: &AppState,
    activation: &Activation,
    verified: &Verified,
    serial_number: &SerialNumber,
    validity: Validity,
    now: Timestamp,
) -> Result<LintedCertificate, ReservationError> {
    let pki_url = &state.settings().pki_url;
    let profile = Profile::organization_strict(
        published_url(pki_url, "issuing.crl")?,
        published_url(pki_url, "issuing.cer")?,
    );
    let input = CertificateInput {
        serial_number: serial_number.clone(),
        validity,
        subject: verified.subject(activation.subject)?,
        public_key: activation.public_key.clone(),
    };
    Ok(prepare(&profile, &input, state.authority().issuer(), now.unix_seconds())?)
}
