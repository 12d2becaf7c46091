//! What the query of one send error tells of its history, as the timeline draws it.
use crate::api::queries::send_error_detail::{AttemptFacts, SendErrorDetailSendErrorTimeline as Event};
use crate::model::exchange::{Exchange, Sent, Timings};
use crate::model::history::{Attempt, Told};

pub(crate) fn told_of(event: &Event) -> Told {
    let changes = event.changes.iter();
    Told {
        at: event.at.clone(),
        kind: event.kind,
        actor: event.actor.clone(),
        detail: event.detail.clone(),
        changes: changes.map(|one| (one.name.clone(), one.before.clone(), one.after.clone())).collect(),
        attempt: event.attempt.as_ref().map(attempt_of),
        mail: None,
    }
}

fn attempt_of(told: &AttemptFacts) -> Attempt {
    let sent_headers = told.request_headers.iter().map(|header| (header.name.clone(), header.value.clone()));
    let answer_headers =
        told.response_headers.iter().map(|header| (header.name.clone(), header.value.clone()));
    Attempt {
        id: told.id.clone(),
        trigger: told.trigger,
        outcome: told.outcome,
        cause: told.cause,
        duration_ms: told.duration_ms,
        is_edited: told.edited_parameters,
        decided_by: told.decided_by.clone(),
        made: Exchange {
            sent: Sent {
                method: told.request_method.clone(),
                url: told.request_url.clone(),
                headers: sent_headers.collect(),
                body: told.request_body.clone(),
            },
            timings: Timings {
                dns_ms: told.timings.dns_ms,
                connect_ms: told.timings.connect_ms,
                tls_ms: told.timings.tls_ms,
                first_byte_ms: told.timings.first_byte_ms,
                total_ms: told.timings.total_ms,
            },
            http_status: told.http_status,
            answer_headers: answer_headers.collect(),
            answer_body: told.response_body.clone(),
        },
    }
}
