//! What is known of one batch: its facts, its counts, and whether one may steer it.
use crate::api::error::{ApiError, ErrorKind};
use crate::api::queries::{ResendBatchDetail, resend_batch_detail};
use crate::api::{self};
use crate::context::App;
use crate::model::enums::{Action, ResendBatchAction};
use resend_batch_detail::{BatchFacts, ResendBatchDetailCountedCounts};

pub(crate) type Facts = BatchFacts;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Detail {
    pub(crate) facts: Facts,
    /// By IP code and class.
    pub(crate) counts: Vec<ResendBatchDetailCountedCounts>,
}

pub(crate) async fn ask(app: App, id: String) -> Result<Detail, ApiError> {
    let answer = api::run::<ResendBatchDetail>(app, resend_batch_detail::Variables { id }).await?;
    match (answer.facts, answer.counted) {
        (Some(facts), Some(counted)) => Ok(Detail { facts, counts: counted.counts }),
        _ => Err(ApiError::of(ErrorKind::NotFound)),
    }
}

/// Steering needs the right of the action on every IP code in the batch.
pub(crate) fn may_steer(app: App, detail: &Detail) -> bool {
    let needed = match detail.facts.action {
        ResendBatchAction::Resend => Action::Resend,
        ResendBatchAction::MarkProcessed => Action::Close,
    };
    !detail.counts.is_empty() && detail.counts.iter().all(|count| app.may(&count.ip_code, needed))
}
