//! The scope: what the one who asks may reach. Every store function takes one first.
//!
//! What is outside does not exist for the asker: it is "not found", never "forbidden".

use std::collections::BTreeMap;

use todoke_domain::{
    access::{Action, Holder, Role},
    ids::{ApiTokenId, IpCode, SessionId, UserId},
};
use uuid::Uuid;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A person who signed in.
    User {
        /// The user.
        id: UserId,
        /// The login id.
        login: String,
        /// The name shown.
        name: String,
        /// The session.
        session: SessionId,
        /// Platform operators are apart from merchants' members.
        is_platform: bool,
        /// The merchant's name.
        merchant: Option<String>,
    },
    /// A tool.
    Token {
        /// The token.
        id: ApiTokenId,
        /// The token's name.
        name: String,
    },
    /// Nobody who is known: no credential, or none that is good.
    Anonymous,
    /// Todoke itself: worker, receiver, commands.
    System,
}

impl Actor {
    /// The id for storage.
    pub(crate) fn id(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } => Some(id.value()),
            Self::Token { id, .. } => Some(id.value()),
            Self::Anonymous | Self::System => None,
        }
    }

    /// The name for people: the login, or the token's name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::User { login, .. } => login,
            Self::Token { name, .. } => name,
            Self::Anonymous => "anonymous",
            Self::System => "system",
        }
    }

    /// `user`, `token`, `anonymous` or `system`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Token { .. } => "token",
            Self::Anonymous => "anonymous",
            Self::System => "system",
        }
    }
}

#[derive(Clone, Debug)]
enum Reach {
    Everything,
    Rights(BTreeMap<IpCode, Vec<Holder>>),
}

/// Where a request came from, for the audit log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// The peer's network address.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// Who asks, and what they reach.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    actor: Actor,
    reach: Reach,
    origin: Origin,
}

impl Scope {
    /// Everything. Only for the worker, the receiver and commands on the machine itself.
    pub(crate) fn system() -> Self {
        Self { actor: Actor::System, reach: Reach::Everything, origin: Origin::default() }
    }

    /// Nothing; bears only where the request came from.
    pub(crate) fn anonymous(origin: Origin) -> Self {
        Self::of(Actor::Anonymous, BTreeMap::new(), origin)
    }

    /// What the rights say.
    pub(crate) fn of(actor: Actor, rights: BTreeMap<IpCode, Vec<Holder>>, origin: Origin) -> Self {
        Self { actor, reach: Reach::Rights(rights), origin }
    }

    /// Who acts.
    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person who asks; `None` where it is a tool.
    pub(crate) fn person(&self) -> Option<UserId> {
        match &self.actor {
            Actor::User { id, .. } => Some(*id),
            Actor::Token { .. } | Actor::Anonymous | Actor::System => None,
        }
    }

    /// Where the request came from.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether the action is permitted on the IP code.
    pub(crate) fn may(&self, ip_code: &IpCode, action: Action) -> bool {
        match &self.reach {
            Reach::Everything => true,
            Reach::Rights(rights) => {
                rights.get(ip_code).is_some_and(|holders| holders.iter().any(|holder| holder.may(action)))
            }
        }
    }

    /// The role on an IP code, for a person.
    pub(crate) fn role(&self, ip_code: &IpCode) -> Option<Role> {
        match &self.reach {
            Reach::Everything => None,
            Reach::Rights(rights) => rights.get(ip_code)?.iter().find_map(|holder| match holder {
                Holder::Member(role) => Some(*role),
                Holder::Token(_) => None,
            }),
        }
    }

    /// What is permitted on an IP code.
    pub(crate) fn actions(&self, ip_code: &IpCode) -> Vec<Action> {
        Action::ALL.into_iter().filter(|action| self.may(ip_code, *action)).collect()
    }

    /// Of the IP codes asked for, those on which the action is permitted. The others do not exist for the asker.
    pub(crate) fn narrow(&self, asked: &[IpCode], action: Action) -> Vec<IpCode> {
        asked.iter().filter(|ip_code| self.may(ip_code, action)).cloned().collect()
    }

    /// Every IP code on which the action is permitted; `None` means every one there is.
    pub(crate) fn ip_codes(&self, action: Action) -> Option<Vec<IpCode>> {
        match &self.reach {
            Reach::Everything => None,
            Reach::Rights(rights) => {
                Some(rights.keys().filter(|ip_code| self.may(ip_code, action)).cloned().collect())
            }
        }
    }

    /// Whether this is Todoke itself.
    pub(crate) fn is_system(&self) -> bool {
        matches!(self.reach, Reach::Everything)
    }
}

#[cfg(test)]
mod tests {
    use todoke_domain::access::TokenRight;

    use super::*;

    fn code(text: &str) -> IpCode {
        IpCode::parse(text).unwrap()
    }

    #[test]
    fn a_scope_reaches_its_own_ip_codes_and_no_other() {
        let rights = BTreeMap::from([
            (code("20120"), vec![Holder::Member(Role::Viewer)]),
            (code("20121"), vec![Holder::Token(TokenRight::Ingest)]),
        ]);
        let scope = Scope::of(Actor::System, rights, Origin::default());
        assert!(scope.may(&code("20120"), Action::View));
        assert!(!scope.may(&code("20120"), Action::Resend));
        assert!(!scope.may(&code("20121"), Action::View));
        assert!(!scope.may(&code("99999"), Action::View));
        let asked = [code("20120"), code("20121"), code("99999")];
        assert_eq!(scope.narrow(&asked, Action::View), [code("20120")]);
        assert_eq!(scope.ip_codes(Action::Ingest), Some(vec![code("20121")]));
    }
}
