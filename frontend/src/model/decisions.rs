//! What a person has chosen to do with which send errors, until the results are read.
//! Kept in the session's storage, so that a reload loses nothing and sends nothing twice.
use super::enums::{Cause, ConflictReason, Receipt};
use serde::{Deserialize, Serialize};

/// 「CGI処理」: what is to be done with one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Decision {
    Resend,
    MarkProcessed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Succeeded,
    Closed,
    Failed {
        cause: Option<Cause>,
        http_status: Option<i64>,
        receipt: Option<Receipt>,
    },
    /// The server still waits for the endpoint's answer.
    Running,
    /// Somebody else was first: nothing was done for this decision.
    Conflicted(Conflict),
    /// The server, or the way there, said why nothing can be told as done.
    Refused(String),
}

/// In what way somebody was first; who, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Conflict {
    pub(crate) reason: ConflictReason,
    pub(crate) by: Option<String>,
    pub(crate) at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) order_no: String,
    pub(crate) decision: Decision,
    /// Made once, when the confirmation opens: however often the button is pressed, it is one decision.
    pub(crate) idempotency_key: Option<String>,
    /// What was read when it was submitted.
    pub(crate) seen: Option<Seen>,
    pub(crate) outcome: Option<Outcome>,
}

/// A row as the person read it on the confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    pub(crate) id: String,
    pub(crate) attempt_count: i64,
    /// The person has checked what was provided, for a row that may have been received.
    pub(crate) is_checked: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The search whose rows these are.
    pub(crate) search: String,
    /// The page to go back to.
    pub(crate) origin: String,
    pub(crate) items: Vec<Item>,
    pub(crate) is_submitted: bool,
}

impl Plan {
    pub(crate) fn decision(&self, id: &str) -> Option<Decision> {
        self.items.iter().find(|item| item.id == id).map(|item| item.decision)
    }

    /// Choosing what is chosen already takes the choice back. A changed mind is a new decision with a new key.
    pub(crate) fn toggle(&mut self, id: &str, order_no: &str, decision: Decision) {
        let before = self.decision(id);
        self.items.retain(|item| item.id != id);
        if before != Some(decision) {
            self.items.push(Item {
                id: id.to_owned(),
                order_no: order_no.to_owned(),
                decision,
                idempotency_key: None,
                seen: None,
                outcome: None,
            });
        }
    }

    pub(crate) fn count(&self, decision: Decision) -> usize {
        self.items.iter().filter(|item| item.decision == decision).count()
    }

    pub(crate) fn lacks_keys(&self) -> bool {
        self.items.iter().any(|item| item.idempotency_key.is_none())
    }

    pub(crate) fn give_keys(&mut self, mut new_key: impl FnMut() -> String) {
        for item in self.items.iter_mut().filter(|item| item.idempotency_key.is_none()) {
            item.idempotency_key = Some(new_key());
        }
    }

    /// Submits these rows, as they were read, and no others.
    pub(crate) fn submit(&mut self, seen: &[Seen]) {
        for item in &mut self.items {
            item.seen = seen.iter().find(|seen| seen.id == item.id).cloned();
        }
        self.items.retain(|item| item.seen.is_some());
        self.is_submitted = true;
    }

    pub(crate) fn next_open(&self) -> Option<Item> {
        self.items.iter().find(|item| item.outcome.is_none()).cloned()
    }

    pub(crate) fn settle(&mut self, id: &str, outcome: Outcome) {
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            item.outcome = Some(outcome);
        }
    }

    pub(crate) fn settled(&self) -> usize {
        self.items.iter().filter(|item| item.outcome.is_some()).count()
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.is_submitted && self.items.iter().all(|item| item.outcome.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{decode::decode, json::read};

    fn plan_of_two() -> Plan {
        let mut plan = Plan::default();
        plan.toggle("a", "1", Decision::Resend);
        plan.toggle("b", "2", Decision::MarkProcessed);
        plan
    }

    #[test]
    fn a_second_choice_replaces_and_the_same_choice_takes_back() {
        let mut plan = plan_of_two();
        plan.toggle("a", "1", Decision::MarkProcessed);
        assert_eq!(plan.count(Decision::MarkProcessed), 2);
        plan.toggle("a", "1", Decision::MarkProcessed);
        assert_eq!(plan.decision("a"), None);
    }

    #[test]
    fn a_key_is_made_once_and_lost_only_with_the_decision() {
        let mut plan = plan_of_two();
        let mut made = 0;
        let mut key = || {
            made += 1;
            made.to_string()
        };
        plan.give_keys(&mut key);
        plan.give_keys(&mut key);
        assert_eq!(plan.items.first().and_then(|item| item.idempotency_key.clone()).as_deref(), Some("1"));
        plan.toggle("a", "1", Decision::MarkProcessed);
        assert!(plan.lacks_keys());
        assert_eq!(made, 2);
    }

    #[test]
    fn a_plan_is_finished_when_every_item_has_its_outcome() {
        let mut plan = plan_of_two();
        plan.is_submitted = true;
        plan.settle("a", Outcome::Succeeded);
        assert!(!plan.is_finished());
        assert_eq!(plan.next_open().map(|item| item.id).as_deref(), Some("b"));
        plan.settle("b", Outcome::Refused("x".to_owned()));
        assert!(plan.is_finished());
    }

    #[test]
    fn only_rows_that_were_read_are_submitted_with_what_was_read() {
        let mut plan = plan_of_two();
        let seen = Seen { id: "b".to_owned(), attempt_count: 3, is_checked: true };
        plan.submit(std::slice::from_ref(&seen));
        assert!(plan.is_submitted);
        assert_eq!(plan.items.iter().map(|item| item.seen.clone()).collect::<Vec<_>>(), [Some(seen)]);
    }

    #[test]
    fn a_plan_survives_the_sessions_storage() {
        let mut plan = plan_of_two();
        plan.settle(
            "a",
            Outcome::Failed { cause: Some(Cause::ServerError), http_status: Some(500), receipt: None },
        );
        plan.settle(
            "b",
            Outcome::Conflicted(Conflict {
                reason: ConflictReason::AlreadyProcessed,
                by: Some("hanako".to_owned()),
                at: None,
            }),
        );
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(decode::<Plan>(&read(&text)), Ok(plan));
    }
}
