//! What a query tells of a history, as the timeline draws it. Each query has types of its own with the same fields, so
//! the one reading of them is a macro.

/// An event of the timeline, with the mail that it tells of where the query asks for mails.
macro_rules! told_of {
    ($event:expr, $mail:expr) => {{
        let event = $event;
        $crate::model::history::Told {
            at: event.at.clone(),
            kind: event.kind,
            actor: event.actor.clone(),
            detail: event.detail.clone(),
            changes: event
                .changes
                .iter()
                .map(|one| (one.name.clone(), one.before.clone(), one.after.clone()))
                .collect(),
            attempt: event.attempt.as_ref().map(|told| $crate::pages::told::attempt_of!(told)),
            mail: $mail,
        }
    }};
}

/// An attempt: its decision, the request as sent, the times, the answer.
macro_rules! attempt_of {
    ($told:expr) => {{
        let told = $told;
        $crate::model::history::Attempt {
            id: told.id.clone(),
            trigger: told.trigger,
            outcome: told.outcome,
            cause: told.cause,
            duration_ms: told.duration_ms,
            is_edited: told.edited_parameters,
            decided_by: told.decided_by.clone(),
            made: $crate::model::exchange::Exchange {
                sent: $crate::model::exchange::Sent {
                    method: told.request_method.clone(),
                    url: told.request_url.clone(),
                    headers: told
                        .request_headers
                        .iter()
                        .map(|header| (header.name.clone(), header.value.clone()))
                        .collect(),
                    body: told.request_body.clone(),
                },
                timings: $crate::model::exchange::Timings {
                    dns_ms: told.timings.dns_ms,
                    connect_ms: told.timings.connect_ms,
                    tls_ms: told.timings.tls_ms,
                    first_byte_ms: told.timings.first_byte_ms,
                    total_ms: told.timings.total_ms,
                },
                http_status: told.http_status,
                answer_headers: told
                    .response_headers
                    .iter()
                    .map(|header| (header.name.clone(), header.value.clone()))
                    .collect(),
                answer_body: told.response_body.clone(),
            },
        }
    }};
}

pub(crate) use attempt_of;
pub(crate) use told_of;
