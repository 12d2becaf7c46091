//! One `TestApp` with all that stands around it.

mod app;
mod beside;
mod clock;
mod database;
mod gateway;
mod merchant;
mod smtp;
mod socket;

pub(crate) use app::{OTHER, OWN, TestApp, TestAppBuilder, payment_result};
pub(crate) use clock::TestClock;
pub(crate) use database::TestDatabase;
pub(crate) use gateway::{GRACE_MS, changed, checkout, notification};
pub(crate) use merchant::decoded_form;
pub(crate) use smtp::SmtpSink;
pub(crate) use socket::{Heard, Socket};
pub(crate) use todoke::demo::{RecordedRequest, SampleAnswer, SampleEndpoint};
