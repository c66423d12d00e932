use crate::{
    access::{self, Caller, Permission},
    audit::{self, Event},
    authority::{AuthorityError, published_url, random_serial_number},
    clock::{self, ClockError},
    environment::Environment,
    failpoint::Failpoint,
    id::{CertificateId, OrderId, sha256_hex},
    products,
    storage::{
        self, Connection, StorageError, Transaction,
        certificate::{Reservation, StoredCertificate},
        order::StoredOrder,
    },
    validation::{self, VerifiedMailbox, VerifiedOrganization},
};
use pki::{
    authority::Issuer,
    issuance::{CertificateInput, LintedCertificate, PrepareError, prepare},
    key_policy::PublicKey,
    profile::{Profile, Validity, ValidityError},
    subject::{CommonName, Subject, SubjectError, SubjectFields},
};
use protocol::{CommonNameChoice, KeyOrigin, SubjectChoice, Timestamp};
use std::time::Duration;

/// What a customer asks for. Of the request for a certificate only the public key comes this far: nothing else in it
/// could reach the certificate.
#[derive(Debug)]
pub(crate) struct Activation {
    pub(crate) order: OrderId,
    /// Who asks.
    pub(crate) caller: Caller,
    pub(crate) public_key: PublicKey,
    pub(crate) subject: SubjectChoice,
    pub(crate) key_origin: KeyOrigin,
}

/// Why nothing was reserved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ReservationError {
    /// The caller has no such order, or does not hold its certificate.
    #[error("the caller has no such order")]
    UnknownOrder,
    /// The clock shows a time that is over.
    #[error(transparent)]
    Clock(#[from] ClockError),
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

/// How long what is reserved may be signed: what is verified is looked at when it is reserved, and ages count at the moment of
/// signing (S/MIME BR §4.2.1). Our choice: a night and a day to start a server again.
const RESERVATION_LIFETIME: Duration = Duration::from_hours(24);

/// Whether the reserved bytes are not signed any more.
pub(crate) fn is_too_old(reservation: &Reservation, now: Timestamp) -> bool {
    now >= reservation.reserved_at.plus(RESERVATION_LIFETIME)
}

/// What the order has now.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A reservation that did not exist before.
    New(Reservation),
    /// What was there, made for whatever key.
    Found(StoredCertificate),
}

/// Step 1. No other act runs meanwhile, so that of many requests for one order one reserves, and nobody can withdraw a
/// verification between its check and the reservation.
pub(crate) async fn reserve(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    issuer: &Issuer,
    activation: &Activation,
) -> Result<Outcome, ReservationError> {
    Failpoint::ReservationBegun.pass();
    let order =
        access::permitted_order(transaction, &activation.caller, Permission::Activate, &activation.order)
            .await?
            .ok_or(ReservationError::UnknownOrder)?;
    let now = environment.now();
    let replaces = match storage::certificate::lookup_of_order(transaction, &order.id).await? {
        // Whether its bytes were ever signed is unknown: its serial number is never used again.
        Some(StoredCertificate::Reserved(old)) if is_too_old(&old, now) => Some(old.id),
        Some(stored) => return Ok(Outcome::Found(stored)),
        None => None,
    };
    clock::check(now, audit::newest_moment(transaction).await?)?;
    let verified = Verified::load(transaction, &order, now).await?;
    let reservation = Reservation { replaces, ..build(environment, issuer, activation, &order, &verified)? };
    storage::certificate::insert(transaction, &reservation).await?;
    let event = Event::CertificateReserved {
        order_id: reservation.order_id.clone(),
        certificate_id: reservation.id.clone(),
        serial_number: reservation.serial_number.clone(),
        tbs_sha256: sha256_hex(&reservation.tbs),
    };
    audit::append(transaction, reservation.reserved_at, &event).await?;
    Failpoint::ReservationWritten.pass();
    Ok(Outcome::New(reservation))
}

/// All that a certificate says about somebody. Neither part can be made but by the module that verified it.
struct Verified {
    organization: VerifiedOrganization,
    mailbox: VerifiedMailbox,
}

impl Verified {
    async fn load(
        connection: &mut Connection,
        order: &StoredOrder,
        now: Timestamp,
    ) -> Result<Self, ReservationError> {
        let organization = validation::organization::load_verified(connection, order, now).await?;
        let mailbox = validation::mailbox::load_verified(connection, order, now).await?;
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
    environment: Environment<'_>,
    issuer: &Issuer,
    activation: &Activation,
    order: &StoredOrder,
    verified: &Verified,
) -> Result<Reservation, ReservationError> {
    let product = products::lookup(&order.product_id).ok_or(ReservationError::UnknownProduct)?;
    let now = environment.now();
    let validity = Validity::from_days(now.unix_seconds(), product.term_days)?;
    let serial_number = random_serial_number(environment.random);
    let input = CertificateInput {
        serial_number: serial_number.clone(),
        validity,
        subject: verified.subject(activation.subject)?,
        public_key: activation.public_key.clone(),
    };
    let linted = prepare_linted(&environment.settings.pki_url, issuer, &input, now)?;
    let moment = |seconds| Timestamp::from_unix_seconds(seconds).map_err(|_late| ValidityError::TooLate);
    Ok(Reservation {
        id: CertificateId::generate(environment.random),
        order_id: order.id.clone(),
        customer_id: order.customer_id.clone(),
        holder_id: order.holder_id.clone(),
        replaces: None,
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
    pki_url: &str,
    issuer: &Issuer,
    input: &CertificateInput,
    now: Timestamp,
) -> Result<LintedCertificate, ReservationError> {
    let profile = Profile::organization_strict(
        published_url(pki_url, "issuing.crl")?,
        published_url(pki_url, "issuing.cer")?,
    );
    Ok(prepare(&profile, input, issuer, now.unix_seconds())?)
}
