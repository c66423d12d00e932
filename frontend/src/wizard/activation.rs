//! The activation wizard: what stands in the certificate, and which public key.

use super::FieldError;
use crate::route::ActivationStep;
use protocol::{ActivationRequest, CommonNameChoice, KeyOrigin, OrganizationData, SubjectChoice};
use serde::{Deserialize, Serialize};

/// The id of the box to mark for the subscriber's terms.
pub(crate) const TERMS: &str = "terms_accepted";
/// The id of the field for a request.
pub(crate) const CSR: &str = "csr";

/// A request that the verdict calls correct. Its subject does not get into the certificate.
pub(crate) use crate::crypto::CorrectRequest as CheckedRequest;

/// Where the only copy of a new private key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Safekeeping {
    /// In this tab's memory only: a reload would lose it.
    InMemoryOnly,
    /// In this browser, encrypted, and read back from there.
    KeptInBrowser,
    /// In a recovery file, as the person confirmed.
    RecoveryFileConfirmed,
}

/// The public side of a key pair made in this browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BrowserKey {
    /// `KeyAlgorithm::id`.
    pub(crate) algorithm_id: String,
    pub(crate) csr_pem: String,
    pub(crate) public_key_sha256: String,
    pub(crate) safekeeping: Safekeeping,
}

/// A request that a card signed, for a key pair that was made there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CardRequest {
    /// `KeyAlgorithm::id`.
    pub(crate) algorithm_id: String,
    pub(crate) csr_pem: String,
    pub(crate) public_key_sha256: String,
    /// The label of the card.
    pub(crate) card_name: String,
}

/// What was chosen so far. Holds public things only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActivationDraft {
    pub(crate) subject: SubjectChoice,
    pub(crate) method: KeyOrigin,
    /// `KeyAlgorithm::id`, for a key made here.
    pub(crate) algorithm_id: String,
    /// The same for one on a card, so that trying the other method changes nothing.
    pub(crate) card_algorithm_id: String,
    pub(crate) browser_key: Option<BrowserKey>,
    pub(crate) csr: Option<CheckedRequest>,
    pub(crate) card: Option<CardRequest>,
    /// `KeyAlgorithm::id` of those that the card can do, once one was seen.
    pub(crate) card_algorithms: Option<Vec<String>>,
    pub(crate) terms_accepted: bool,
}

impl Default for ActivationDraft {
    /// Starts with what most mail programs take: the whole address of the organization, a key made here, RSA 2048.
    fn default() -> Self {
        Self {
            subject: SubjectChoice {
                common_name: CommonNameChoice::Organization,
                locality: true,
                state_or_province: true,
                country: true,
            },
            method: KeyOrigin::Browser,
            algorithm_id: "rsa-2048".to_owned(),
            card_algorithm_id: "rsa-2048".to_owned(),
            browser_key: None,
            csr: None,
            card: None,
            card_algorithms: None,
            terms_accepted: false,
        }
    }
}

/// A field of the subject that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionalField {
    Locality,
    StateOrProvince,
    Country,
}

/// What a person does in the wizard.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ActivationAction {
    ChooseCommonName(CommonNameChoice),
    Mark(OptionalField),
    Unmark(OptionalField),
    ChooseMethod(KeyOrigin),
    /// `KeyAlgorithm::id`, for the chosen method.
    ChooseAlgorithm(String),
    /// A key pair was made, or found kept in this browser.
    KeyReady(BrowserKey),
    /// The person has the recovery file.
    ConfirmRecoveryFile,
    /// Starts again with another key.
    DiscardKey,
    /// The key is not in this browser any more: it was removed in another tab.
    KeyRemoved,
    RequestCorrect(CheckedRequest),
    /// The text changed, or is not correct.
    RequestGone,
    /// The card has a key pair and signed its request.
    CardReady(CardRequest),
    /// The card can do these: `KeyAlgorithm::id`.
    CardKnown(Vec<String>),
    /// Starts again with another key on the card.
    DiscardCard,
    AcceptTerms,
    WithdrawTerms,
}

impl ActivationDraft {
    /// The state after the action.
    pub(crate) fn reduce(mut self, action: ActivationAction) -> Self {
        match action {
            ActivationAction::ChooseCommonName(choice) => self.subject.common_name = choice,
            ActivationAction::Mark(field) => self.mark(field),
            ActivationAction::Unmark(field) => self.unmark(field),
            ActivationAction::ChooseMethod(method) => self.method = method,
            ActivationAction::ChooseAlgorithm(id) if self.method == KeyOrigin::Card => {
                self.card = self.card.filter(|card| card.algorithm_id == id);
                self.card_algorithm_id = id;
            }
            ActivationAction::ChooseAlgorithm(id) => {
                if id != self.algorithm_id {
                    self.algorithm_id = id;
                    self.browser_key = None;
                }
            }
            ActivationAction::KeyReady(key) => {
                self.algorithm_id.clone_from(&key.algorithm_id);
                self.browser_key = Some(key);
            }
            ActivationAction::ConfirmRecoveryFile => {
                if let Some(key) = &mut self.browser_key
                    && key.safekeeping == Safekeeping::InMemoryOnly
                {
                    key.safekeeping = Safekeeping::RecoveryFileConfirmed;
                }
            }
            ActivationAction::DiscardKey => self.browser_key = None,
            ActivationAction::KeyRemoved => {
                self.browser_key =
                    self.browser_key.filter(|key| key.safekeeping != Safekeeping::KeptInBrowser);
            }
            ActivationAction::RequestCorrect(request) => self.csr = Some(request),
            ActivationAction::RequestGone => self.csr = None,
            ActivationAction::CardReady(card) => {
                self.card_algorithm_id.clone_from(&card.algorithm_id);
                self.card = Some(card);
            }
            ActivationAction::CardKnown(algorithms) => self.card_algorithms = Some(algorithms),
            ActivationAction::DiscardCard => self.card = None,
            ActivationAction::AcceptTerms => self.terms_accepted = true,
            ActivationAction::WithdrawTerms => self.terms_accepted = false,
        }
        self
    }

    /// A place without its country says nothing, so the country comes along (S/MIME BR §7.1.4.2.2).
    fn mark(&mut self, field: OptionalField) {
        self.subject.country = true;
        match field {
            OptionalField::Locality => self.subject.locality = true,
            OptionalField::StateOrProvince => self.subject.state_or_province = true,
            OptionalField::Country => {}
        }
    }

    fn unmark(&mut self, field: OptionalField) {
        match field {
            OptionalField::Locality => self.subject.locality = false,
            OptionalField::StateOrProvince => self.subject.state_or_province = false,
            OptionalField::Country => {
                self.subject.country = false;
                self.subject.locality = false;
                self.subject.state_or_province = false;
            }
        }
    }

    /// The request whose public key will be certified, once it is safe to go on with it.
    pub(crate) fn csr_pem(&self) -> Option<&str> {
        match self.method {
            KeyOrigin::Browser => self
                .browser_key
                .as_ref()
                .filter(|key| key.safekeeping != Safekeeping::InMemoryOnly)
                .map(|key| key.csr_pem.as_str()),
            KeyOrigin::Csr => self.csr.as_ref().map(|request| request.csr_pem.as_str()),
            KeyOrigin::Card => self.card.as_ref().map(|card| card.csr_pem.as_str()),
        }
    }

    /// SHA-256 of the public key that will be certified.
    pub(crate) fn public_key_sha256(&self) -> Option<&str> {
        match self.method {
            KeyOrigin::Browser => self.browser_key.as_ref().map(|key| key.public_key_sha256.as_str()),
            KeyOrigin::Csr => self.csr.as_ref().map(|request| request.public_key_sha256.as_str()),
            KeyOrigin::Card => self.card.as_ref().map(|card| card.public_key_sha256.as_str()),
        }
    }

    /// The step to show for an address that names `wanted`: a later one only when what it needs is there.
    pub(crate) fn reachable(&self, wanted: ActivationStep) -> ActivationStep {
        let key_step = self.key_step();
        let is_key_step = matches!(wanted, ActivationStep::KeyPair | ActivationStep::CardKeyPair);
        if is_key_step || (wanted > key_step && self.csr_pem().is_none()) { key_step } else { wanted }
    }

    /// The step in which the key comes by the chosen method.
    pub(crate) fn key_step(&self) -> ActivationStep {
        match self.method {
            KeyOrigin::Browser | KeyOrigin::Csr => ActivationStep::KeyPair,
            KeyOrigin::Card => ActivationStep::CardKeyPair,
        }
    }

    /// What is sent to the server, or what to mend first.
    ///
    /// # Errors
    /// No key yet, or the terms are not accepted.
    pub(crate) fn request(&self) -> Result<ActivationRequest, Vec<FieldError>> {
        let Some(csr) = self.csr_pem() else {
            return Err(vec![FieldError::new(CSR, "Go back and provide a key first.")]);
        };
        if !self.terms_accepted {
            return Err(vec![FieldError::new(TERMS, "Accept the subscriber terms to go on.")]);
        }
        Ok(ActivationRequest {
            csr: csr.to_owned(),
            subject: self.subject,
            key_origin: self.method,
            terms_accepted: true,
        })
    }

    /// The draft as it may be kept in the tab's storage. A key that lives in memory only is left out, because after
    /// a reload it is gone, and the acceptance is asked for again.
    pub(crate) fn for_storage(&self) -> Self {
        let mut kept = self.clone();
        kept.browser_key = kept.browser_key.filter(|key| key.safekeeping != Safekeeping::InMemoryOnly);
        kept.terms_accepted = false;
        kept
    }

    /// What will stand in the certificate's subject: name and value, in reading order.
    pub(crate) fn subject_preview(
        &self,
        mailbox: &str,
        data: &OrganizationData,
    ) -> Vec<(&'static str, String)> {
        let common_name = match self.subject.common_name {
            CommonNameChoice::Organization => data.organization.clone(),
            CommonNameChoice::Mailbox => mailbox.to_owned(),
        };
        let mut rows = vec![
            ("E-mail address", mailbox.to_owned()),
            ("Common name", common_name),
            ("Organization", data.organization.clone()),
        ];
        if let Some(identifier) = &data.organization_identifier {
            rows.push(("Organization identifier", identifier.clone()));
        }
        for (marked, name, value) in [
            (self.subject.locality, "Locality", &data.locality),
            (self.subject.state_or_province, "State or province", &data.state_or_province),
            (self.subject.country, "Country", &data.country),
        ] {
            if marked {
                rows.push((name, value.clone()));
            }
        }
        rows
    }
}

/// Whether text is, or has in it, a private key in one of the armoured forms. The worker finds the others; this
/// one is asked before anything else is done with pasted text.
pub(crate) fn has_private_key_label(text: &str) -> bool {
    text.lines().any(|line| line.contains("-----BEGIN") && line.contains("PRIVATE KEY"))
        || text.contains("PuTTY-User-Key-File")
}

#[cfg(test)]
mod tests;
