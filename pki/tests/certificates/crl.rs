//! Revocation lists.

use crate::keys::TestKey;
use crate::world::{NOW, World};
use pki::authority::AuthorityError;
use pki::crl::{CrlError, RevocationList, Scope};

const DAY: u64 = 86_400;

fn list(scope: Scope, days: u64) -> RevocationList {
    RevocationList { scope, number: 7, this_update: NOW, next_update: NOW + days * DAY }
}

#[test]
fn a_list_is_signed_by_either_kind_of_ca() {
    for world in [World::elliptic(), World::rsa()] {
        let der = list(Scope::Subscribers, 7).sign(&world.issuing, &world.issuing_key).unwrap();
        let name = world.issuing.name_der();
        assert!(der.windows(name.len()).any(|window| window == name));
        assert_eq!(pki::request::examine(&der).unwrap_err().code(), "revocation-list");
    }
}

#[test]
fn the_next_list_comes_later_and_within_ten_days_or_a_year() {
    let world = World::elliptic();
    for (scope, maximum) in [(Scope::Subscribers, 10), (Scope::Authorities, 365)] {
        let sign = |days| list(scope, days).sign(&world.issuing, &world.issuing_key);
        assert!(sign(maximum).is_ok());
        let late = sign(maximum + 1);
        assert!(matches!(late, Err(CrlError::NextUpdateTooLate { maximum_days }) if maximum_days == maximum));
        assert!(matches!(sign(0), Err(CrlError::NextUpdateTooEarly)));
    }
}

#[test]
fn another_ca_does_not_sign_the_list() {
    let world = World::elliptic();
    let signed = list(Scope::Subscribers, 7).sign(&world.issuing, &TestKey::p256(9));
    assert!(matches!(signed, Err(CrlError::Authority(AuthorityError::SignerIsAnother))));
}
