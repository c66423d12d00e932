//! Who may what: one function, over one table. Everything of somebody else does not exist.

use crate::{
    id::{AccountId, CustomerId, OrderId},
    storage::{
        self, Connection, StorageError,
        account::{Account, StaffRole},
        customer::{Customer, MemberRole},
        order::StoredOrder,
        partner::PartnerRole,
    },
};

/// What a person may be, on which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Orders for a customer, provides its data, sees all its certificates.
    CustomerAdministrator,
    /// Proves a mailbox, makes a key and activates; sees the own certificates only.
    CustomerHolder,
    /// Manages a partner, and does what its members do.
    PartnerAdministrator,
    /// Orders for the partner's customers and provides their data.
    PartnerMember,
    /// Decides on organizations.
    ValidationSpecialist,
    /// Runs the server.
    Operator,
    /// Reads what the CA decides and does, changes nothing.
    Auditor,
}

impl From<Role> for protocol::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::CustomerAdministrator => Self::CustomerAdministrator,
            Role::CustomerHolder => Self::CustomerHolder,
            Role::PartnerAdministrator => Self::PartnerAdministrator,
            Role::PartnerMember => Self::PartnerMember,
            Role::ValidationSpecialist => Self::ValidationSpecialist,
            Role::Operator => Self::Operator,
            Role::Auditor => Self::Auditor,
        }
    }
}

impl From<StaffRole> for Role {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::ValidationSpecialist => Self::ValidationSpecialist,
            StaffRole::Operator => Self::Operator,
            StaffRole::Auditor => Self::Auditor,
        }
    }
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Administrator => Self::CustomerAdministrator,
            MemberRole::Holder => Self::CustomerHolder,
        }
    }
}

impl From<PartnerRole> for Role {
    fn from(role: PartnerRole) -> Self {
        match role {
            PartnerRole::Administrator => Self::PartnerAdministrator,
            PartnerRole::Member => Self::PartnerMember,
        }
    }
}

/// Something that not everybody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Order for a customer.
    PlaceOrder,
    /// See orders and how far they are.
    ReadOrders,
    /// Provide an organization's data and documents, or use one that is verified.
    ProvideData,
    /// Name an order's mailbox, have a message sent there, or use one that is verified.
    NameMailbox,
    /// Make the key of an order and have its certificate issued.
    Activate,
    /// See certificates.
    ReadCertificates,
    /// Search the register of organizations.
    SearchRegister,
    /// Read uploaded documents.
    ReadDocuments,
    /// See submitted organization data and their evidence.
    ReadVerifications,
    /// Approve or refuse organization data.
    Decide,
    /// See what the server does later.
    ReadJobs,
    /// Have a job run again.
    RunJobs,
}

impl Permission {
    /// The roles that give it.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        use Role::{
            Auditor, CustomerAdministrator, CustomerHolder, Operator, PartnerAdministrator, PartnerMember,
            ValidationSpecialist,
        };
        match self {
            Self::PlaceOrder | Self::ProvideData => {
                &[CustomerAdministrator, PartnerAdministrator, PartnerMember]
            }
            Self::NameMailbox => {
                &[CustomerAdministrator, CustomerHolder, PartnerAdministrator, PartnerMember]
            }
            Self::ReadOrders | Self::ReadCertificates => {
                &[CustomerAdministrator, CustomerHolder, PartnerAdministrator, PartnerMember, Auditor]
            }
            Self::Activate => &[CustomerHolder],
            Self::SearchRegister => {
                &[CustomerAdministrator, PartnerAdministrator, PartnerMember, ValidationSpecialist]
            }
            Self::ReadDocuments => {
                &[CustomerAdministrator, PartnerAdministrator, PartnerMember, ValidationSpecialist, Auditor]
            }
            Self::ReadVerifications => &[ValidationSpecialist, Auditor],
            Self::Decide => &[ValidationSpecialist],
            Self::ReadJobs => &[Operator, Auditor],
            Self::RunJobs => &[Operator],
        }
    }
}

/// Whose something is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resource<'a> {
    /// The server's own.
    Server,
    /// A customer's.
    OfCustomer(&'a CustomerId),
    /// A customer's, and there of one holder.
    OfHolder(&'a CustomerId, &'a AccountId),
}

/// Who asks, and for whom.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Who.
    pub(crate) account: Account,
    /// For which customer, and as what there.
    pub(crate) acts_for: Option<(Customer, Vec<Role>)>,
}

impl Caller {
    /// What this person is for the customer that was asked for; without one, for the customer that the person joined first, or that
    /// the person's partner has had longest. `None` for `acts_for` where the person is nothing there.
    pub(crate) async fn load(
        connection: &mut Connection,
        account: Account,
        wanted: Option<&CustomerId>,
    ) -> Result<Self, StorageError> {
        let memberships = storage::customer::memberships(connection, &account.id).await?;
        let customer = match wanted {
            Some(id) => storage::customer::lookup(connection, id).await?,
            None => match memberships.first() {
                Some((customer, _)) => Some(customer.clone()),
                None => storage::partner::first_customer(connection, &account.id).await?,
            },
        };
        let Some(customer) = customer else { return Ok(Self { account, acts_for: None }) };
        let own = memberships.into_iter().filter(|(own, _)| own.id == customer.id);
        let mut roles: Vec<Role> = own.map(|(_, role)| role.into()).collect();
        let partner = storage::partner::role_for(connection, &account.id, &customer.id).await?;
        roles.extend(partner.map(Role::from));
        let acts_for = if roles.is_empty() { None } else { Some((customer, roles)) };
        Ok(Self { account, acts_for })
    }

    /// The customer that is acted for.
    pub(crate) fn customer(&self) -> Option<&CustomerId> {
        self.acts_for.as_ref().map(|(customer, _)| &customer.id)
    }

    /// All that the person is now.
    pub(crate) fn roles(&self) -> Vec<Role> {
        let staff = self.account.staff_role.map(Role::from);
        let there = self.acts_for.iter().flat_map(|(_, roles)| roles).copied();
        there.chain(staff).collect()
    }

    /// Whether the person sees what other people of the customer have, too.
    pub(crate) fn sees_all_of_the_customer(&self) -> bool {
        self.acts_for
            .as_ref()
            .is_some_and(|(_, roles)| roles.iter().any(|role| *role != Role::CustomerHolder))
    }

    /// As the API says it.
    pub(crate) fn to_protocol(&self) -> protocol::Account {
        protocol::Account {
            id: self.account.id.to_string(),
            email: self.account.email.clone(),
            roles: self.roles().into_iter().map(Into::into).collect(),
            acts_for: self.acts_for.as_ref().map(|(customer, _)| protocol::Customer {
                id: customer.id.to_string(),
                name: customer.name.clone(),
            }),
        }
    }
}

/// Whether the caller may do this with something of this owner. Whoever is suspended may nothing.
pub(crate) fn may(caller: &Caller, permission: Permission, resource: &Resource<'_>) -> bool {
    if caller.account.suspended_at.is_some() {
        return false;
    }
    permission.roles().iter().any(|role| has(caller, *role, resource))
}

/// Whether the caller is this with regard to something of this owner.
fn has(caller: &Caller, role: Role, resource: &Resource<'_>) -> bool {
    if caller.account.staff_role.map(Role::from) == Some(role) {
        return true;
    }
    let Some((acted_for, roles)) = &caller.acts_for else { return false };
    if !roles.contains(&role) {
        return false;
    }
    match resource {
        Resource::Server => true,
        Resource::OfCustomer(customer) => **customer == acted_for.id,
        Resource::OfHolder(customer, holder) => {
            **customer == acted_for.id && (role != Role::CustomerHolder || **holder == caller.account.id)
        }
    }
}

/// The order, when the caller may do this with it.
pub(crate) async fn permitted_order(
    connection: &mut Connection,
    caller: &Caller,
    permission: Permission,
    id: &OrderId,
) -> Result<Option<StoredOrder>, StorageError> {
    let order = storage::order::lookup(connection, id).await?;
    Ok(order.filter(|order| may_of_order(caller, permission, order)))
}

/// Whether the caller may do this with the order.
pub(crate) fn may_of_order(caller: &Caller, permission: Permission, order: &StoredOrder) -> bool {
    may(caller, permission, &Resource::OfHolder(&order.customer_id, &order.holder_id))
}
