//! The rows of a batch ⇄ the page's address: which outcome, and the cursors of the pages turned so far.
use super::enums::ResendBatchRowState;

/// The lists of a batch's page; none means every row.
pub(crate) const OUTCOMES: [Option<ResendBatchRowState>; 4] = [
    None,
    Some(ResendBatchRowState::Failed),
    Some(ResendBatchRowState::Done),
    Some(ResendBatchRowState::Skipped),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BatchAddress {
    pub(crate) id: String,
    pub(crate) outcome: Option<ResendBatchRowState>,
    pub(crate) after: Vec<String>,
}

impl BatchAddress {
    pub(crate) fn parse(id: &str, query: &str) -> Self {
        let mut address = Self { id: id.to_owned(), outcome: None, after: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            match name.as_ref() {
                "outcome" => {
                    address.outcome = OUTCOMES.into_iter().flatten().find(|outcome| text(*outcome) == value);
                }
                "after" => address.after.push(value.into_owned()),
                _ => {}
            }
        }
        address
    }

    pub(crate) fn href(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(outcome) = self.outcome {
            query.append_pair("outcome", text(outcome));
        }
        for cursor in &self.after {
            query.append_pair("after", cursor);
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        ["/batches/", &self.id, mark, &query].concat()
    }

    /// The first page of another list.
    pub(crate) fn of(&self, outcome: Option<ResendBatchRowState>) -> Self {
        Self { id: self.id.clone(), outcome, after: Vec::new() }
    }

    pub(crate) fn with_after(&self, after: Vec<String>) -> Self {
        Self { after, ..self.clone() }
    }
}

fn text(outcome: ResendBatchRowState) -> &'static str {
    match outcome {
        ResendBatchRowState::Waiting => "waiting",
        ResendBatchRowState::Sending => "sending",
        ResendBatchRowState::Done => "done",
        ResendBatchRowState::Failed => "failed",
        ResendBatchRowState::Skipped => "skipped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_and_its_pages_survive_the_address() {
        let address = BatchAddress::parse("b", "?outcome=failed&after=x%3D&after=y");
        assert_eq!(address.outcome, Some(ResendBatchRowState::Failed));
        assert_eq!(address.after, ["x=", "y"]);
        assert_eq!(address.href(), "/batches/b?outcome=failed&after=x%3D&after=y");
        assert_eq!(address.of(None).href(), "/batches/b");
        assert_eq!(BatchAddress::parse("b", "outcome=sunspot").outcome, None);
    }
}
