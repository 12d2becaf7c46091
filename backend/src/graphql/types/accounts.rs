//! Who asks, and what they may do.

use async_graphql::{Enum, ID, Object, SimpleObject};
use todoke_domain::access;

use crate::auth::scope::{Actor, Scope};

/// The right of a member on one IP code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Role {
    /// Looks.
    Viewer,
    /// Re-sends, closes, restores.
    Operator,
    /// Edits parameters, deletes, changes settings, tokens and members.
    Manager,
}

/// Something that can be done with the things of an IP code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum Action {
    /// See rows, details, counts and live changes.
    View,
    /// Send a result once more.
    Resend,
    /// Close a send error without sending.
    Close,
    /// Change the parameters of a resend.
    EditParameters,
    /// Make an order from an abnormal one.
    Restore,
    /// Take an abnormal order off the lists.
    Delete,
    /// Register checkouts and orders.
    Register,
    /// Change settings.
    Settings,
    /// Make and revoke API tokens.
    Tokens,
    /// Grant and revoke members' rights.
    Members,
    /// Hand in payment results.
    Ingest,
}

impl From<access::Role> for Role {
    fn from(role: access::Role) -> Self {
        match role {
            access::Role::Viewer => Self::Viewer,
            access::Role::Operator => Self::Operator,
            access::Role::Manager => Self::Manager,
        }
    }
}

impl From<access::Action> for Action {
    fn from(action: access::Action) -> Self {
        match action {
            access::Action::View => Self::View,
            access::Action::Resend => Self::Resend,
            access::Action::Close => Self::Close,
            access::Action::EditParameters => Self::EditParameters,
            access::Action::Restore => Self::Restore,
            access::Action::Delete => Self::Delete,
            access::Action::Register => Self::Register,
            access::Action::Settings => Self::Settings,
            access::Action::Tokens => Self::Tokens,
            access::Action::Members => Self::Members,
            access::Action::Ingest => Self::Ingest,
        }
    }
}

/// What one may do with one IP code.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Grant {
    /// The IP code.
    pub ip_code: String,
    /// The role; null for API tokens.
    pub role: Option<Role>,
    /// Everything that is permitted.
    pub actions: Vec<Action>,
}

/// Who asks. Needs any good credential.
#[derive(Clone, Debug)]
pub(crate) struct Viewer(pub Scope);

/// Who asks. Needs any good credential.
#[Object]
impl Viewer {
    /// The user or the token.
    async fn id(&self) -> ID {
        let (kind, id) = match self.0.actor() {
            Actor::User { id, .. } => ("User", id.to_string()),
            Actor::Token { id, .. } => ("ApiToken", id.to_string()),
            Actor::Anonymous | Actor::System => (self.0.actor().kind(), String::new()),
        };
        ID(format!("{kind}:{id}"))
    }

    /// The login id; null for API tokens.
    async fn login(&self) -> Option<&str> {
        match self.0.actor() {
            Actor::User { login, .. } => Some(login),
            Actor::Token { .. } | Actor::Anonymous | Actor::System => None,
        }
    }

    /// The name for people.
    async fn name(&self) -> &str {
        match self.0.actor() {
            Actor::User { name, .. } | Actor::Token { name, .. } => name,
            Actor::Anonymous | Actor::System => self.0.actor().name(),
        }
    }

    /// Whether this is a platform operator.
    async fn is_platform(&self) -> bool {
        match self.0.actor() {
            Actor::User { is_platform, .. } => *is_platform,
            Actor::Token { .. } | Actor::Anonymous | Actor::System => false,
        }
    }

    /// The merchant's name.
    async fn merchant(&self) -> Option<&str> {
        match self.0.actor() {
            Actor::User { merchant, .. } => merchant.as_deref(),
            Actor::Token { .. } | Actor::Anonymous | Actor::System => None,
        }
    }

    /// The rights, one entry for each IP code that may be seen.
    async fn grants(&self) -> Vec<Grant> {
        let visible = self.0.ip_codes(access::Action::View).unwrap_or_default();
        let grant = |ip_code: &todoke_domain::ids::IpCode| Grant {
            ip_code: ip_code.to_string(),
            role: self.0.role(ip_code).map(Role::from),
            actions: self.0.actions(ip_code).into_iter().map(Action::from).collect(),
        };
        visible.iter().map(grant).collect()
    }
}
