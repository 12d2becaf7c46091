//! Who acts, in a form that can be written down and known again: in the token of a download link, beside a batch that runs
//! on after its request. It carries no rights; those are read when it is used.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::scope::Actor;

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Identity {
    /// A person, by the session.
    Session {
        /// The user.
        user: Uuid,
        /// The session.
        session: Uuid,
    },
    /// A tool, by its API token.
    Token {
        /// The token.
        id: Uuid,
    },
}

impl Identity {
    /// Who acts, if it is somebody known.
    pub(crate) fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::User { id, session, .. } => {
                Some(Self::Session { user: id.value(), session: session.value() })
            }
            Actor::Token { id, .. } => Some(Self::Token { id: id.value() }),
            Actor::Anonymous | Actor::System => None,
        }
    }
}
