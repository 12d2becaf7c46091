//! Who may do what with an IP code: one table for people and for API tokens (docs/REQUIREMENTS.md, Access).
//!
//! Knows nothing of sessions or headers; what one may not even see is "not found", which the scope enforces.

/// The right of a member on one IP code, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks.
    Viewer,
    /// Re-sends, closes, restores.
    Operator,
    /// Edits parameters, deletes, changes settings, tokens and members.
    Manager,
}

/// The right of an API token on its IP codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenRight {
    /// What a viewer may.
    Read,
    /// What an operator may.
    Operate,
    /// What a manager may, but for tokens and members: a token never makes another one.
    Manage,
    /// Hands in payment results, checkouts and orders; sees nothing.
    Ingest,
}

/// What can be done with the things of an IP code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See rows, details, counts and live changes.
    View,
    /// Send a result once more.
    Resend,
    /// Close a send error without sending, or open it again.
    Close,
    /// Change the parameters of a resend (送信データ修正).
    EditParameters,
    /// Make an order from an abnormal one (復旧).
    Restore,
    /// Take an abnormal order off the lists (削除).
    Delete,
    /// Register checkouts and orders.
    Register,
    /// Change the settings of the IP code.
    Settings,
    /// Make and revoke API tokens.
    Tokens,
    /// Grant and revoke members' rights.
    Members,
    /// Hand in payment results.
    Ingest,
}

/// Who holds a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A member of the merchant.
    Member(Role),
    /// An API token.
    Token(TokenRight),
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::View,
        Self::Resend,
        Self::Close,
        Self::EditParameters,
        Self::Restore,
        Self::Delete,
        Self::Register,
        Self::Settings,
        Self::Tokens,
        Self::Members,
        Self::Ingest,
    ];
}

impl Holder {
    /// The table of permissions.
    pub const fn may(self, action: Action) -> bool {
        match action {
            Action::View => self.reaches(Role::Viewer),
            Action::Resend | Action::Close | Action::Restore => self.reaches(Role::Operator),
            Action::EditParameters | Action::Delete | Action::Settings => self.reaches(Role::Manager),
            Action::Tokens | Action::Members => matches!(self, Self::Member(Role::Manager)),
            Action::Register => {
                self.reaches(Role::Operator) || matches!(self, Self::Token(TokenRight::Ingest))
            }
            Action::Ingest => matches!(self, Self::Token(TokenRight::Ingest)),
        }
    }

    const fn reaches(self, wanted: Role) -> bool {
        let held = match self {
            Self::Member(role) => role,
            Self::Token(TokenRight::Read) => Role::Viewer,
            Self::Token(TokenRight::Operate) => Role::Operator,
            Self::Token(TokenRight::Manage) => Role::Manager,
            Self::Token(TokenRight::Ingest) => return false,
        };
        match (held, wanted) {
            (Role::Manager, _)
            | (Role::Operator, Role::Operator | Role::Viewer)
            | (Role::Viewer, Role::Viewer) => true,
            (Role::Operator, Role::Manager) | (Role::Viewer, Role::Operator | Role::Manager) => false,
        }
    }
}

impl Role {
    /// The name in storage and commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Manager => "manager",
        }
    }

    /// The role of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Viewer, Self::Operator, Self::Manager].into_iter().find(|role| role.code() == code)
    }
}

impl TokenRight {
    /// The name in storage and commands.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Operate => "operate",
            Self::Manage => "manage",
            Self::Ingest => "ingest",
        }
    }

    /// The right of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Read, Self::Operate, Self::Manage, Self::Ingest].into_iter().find(|right| right.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, written out by hand a second time: a slip in the code above shows here.
    #[test]
    fn everybody_may_do_what_the_product_says_and_nothing_else() {
        use Action::*;
        let view = vec![View];
        let operate = vec![View, Resend, Close, Restore, Register];
        let manage = vec![View, Resend, Close, EditParameters, Restore, Delete, Register, Settings];
        let all =
            vec![View, Resend, Close, EditParameters, Restore, Delete, Register, Settings, Tokens, Members];
        for (holder, actions) in [
            (Holder::Member(Role::Viewer), view.clone()),
            (Holder::Member(Role::Operator), operate.clone()),
            (Holder::Member(Role::Manager), all),
            (Holder::Token(TokenRight::Read), view),
            (Holder::Token(TokenRight::Operate), operate),
            (Holder::Token(TokenRight::Manage), manage),
            (Holder::Token(TokenRight::Ingest), vec![Register, Ingest]),
        ] {
            let may: Vec<Action> = Action::ALL.into_iter().filter(|action| holder.may(*action)).collect();
            assert_eq!(may, actions, "{holder:?}");
        }
    }
}
