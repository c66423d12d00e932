//! What the roles of the signed-in person permit, as far as pages offer it. What the server decides counts.

use protocol::Role;

/// Places orders, and provides an organization's data.
pub(crate) fn may_order(roles: &[Role]) -> bool {
    has_any(roles, &[Role::CustomerAdministrator, Role::PartnerAdministrator, Role::PartnerMember])
}

/// Makes the key, and activates. Nobody does that for a holder.
pub(crate) fn may_activate(roles: &[Role]) -> bool {
    has_any(roles, &[Role::CustomerHolder])
}

/// Reads the claims of all customers.
pub(crate) fn may_read_verifications(roles: &[Role]) -> bool {
    may_decide(roles) || has_any(roles, &[Role::Auditor])
}

/// Approves and refuses claims.
pub(crate) fn may_decide(roles: &[Role]) -> bool {
    has_any(roles, &[Role::ValidationSpecialist])
}

fn has_any(roles: &[Role], wanted: &[Role]) -> bool {
    roles.iter().any(|role| wanted.contains(role))
}

#[cfg(test)]
mod tests {
    use super::{may_activate, may_decide, may_order, may_read_verifications};
    use protocol::Role;

    #[test]
    fn each_role_is_offered_its_own_acts_and_no_others() {
        for role in Role::ALL {
            let [order, activate, read, decide] = match role {
                Role::CustomerAdministrator | Role::PartnerAdministrator | Role::PartnerMember => {
                    [true, false, false, false]
                }
                Role::CustomerHolder => [false, true, false, false],
                Role::ValidationSpecialist => [false, false, true, true],
                Role::Auditor => [false, false, true, false],
                Role::Operator => [false; 4],
            };
            assert_eq!(may_order(&[role]), order, "{role:?}");
            assert_eq!(may_activate(&[role]), activate, "{role:?}");
            assert_eq!(may_read_verifications(&[role]), read, "{role:?}");
            assert_eq!(may_decide(&[role]), decide, "{role:?}");
        }
    }

    #[test]
    fn who_has_two_roles_is_offered_what_both_permit() {
        let roles = [Role::CustomerAdministrator, Role::CustomerHolder];
        assert!(may_order(&roles) && may_activate(&roles));
        assert!(!may_order(&[]) && !may_activate(&[]));
    }
}
