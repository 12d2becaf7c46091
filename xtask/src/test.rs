//! `cargo xtask test`: every check and test of the project, in one order, with what they need brought first. A step
//! that fails does not keep the later ones from running; the very last line counts what passed and what failed.

mod steps;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use tally::{Outcome, Tally};

use crate::process::announce;
use crate::tools::{self, Need};
use crate::workspace::root;

/// One step: its name in the closing table, and what it does.
type Step = (&'static str, fn() -> Outcome);

const STEPS: [Step; 10] = [
    ("format", steps::format),
    ("lints, server and tools", steps::lint_server),
    ("lints, app", steps::lint_app),
    ("licences and bans", steps::licences),
    ("app build", steps::build_app),
    ("tools", steps::test_tools),
    ("server on SQLite", steps::test_on_sqlite),
    ("server on PostgreSQL", steps::test_on_postgres),
    ("app, natively", steps::test_app),
    ("browser stories", steps::test_in_browser),
];

/// Runs all steps.
pub(crate) fn run() -> ExitCode {
    let mut tally = Tally::default();
    let start = Instant::now();
    let provided = provide();
    let ready = provided.failed == 0;
    tally.add("needs", start, provided);
    if ready {
        for (name, step) in STEPS {
            announce(&format!("Test: {name}"));
            let start = Instant::now();
            let outcome = step();
            tally.add(name, start, outcome);
        }
    }
    tally.print();
    if tally.is_green() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Without these nothing can be told; what only one step needs is brought by that step.
fn provide() -> Outcome {
    let done = tools::provide(&[Need::Node, Need::Postgres, Need::Chromium])
        .and_then(|()| tools::npm_packages(&root().join("e2e")));
    match done {
        Ok(()) => Outcome::default(),
        Err(error) => Outcome::broken(&error),
    }
}
