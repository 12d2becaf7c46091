//! Counts tests: reads the counts out of what the test programs print, and adds up the closing table.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

/// What a step brought.
#[derive(Default, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// Shown in the table: why nothing was counted, for example.
    pub(super) note: Option<String>,
}

impl Outcome {
    /// A step that is one check by itself.
    pub(super) fn of_check(done: Result<()>) -> Self {
        match done {
            Ok(()) => Self { passed: 1, ..Self::default() },
            Err(error) => Self::broken(&error),
        }
    }

    /// A step that could not do its work; it counts as one failure.
    pub(super) fn broken(error: &anyhow::Error) -> Self {
        eprintln!("error: {error:#}");
        Self { failed: 1, note: Some("failed".to_owned()), ..Self::default() }
    }

    /// A step that was left out on purpose; neither passed nor failed.
    pub(super) fn left_out(why: &str) -> Self {
        eprintln!("not run: {why}");
        Self { note: Some(format!("not run: {why}")), ..Self::default() }
    }

    /// A program that ended badly without a single failed test, for example because it did not compile, or that
    /// counted no test at all, is a failure all the same.
    pub(super) fn or_broken(mut self, succeeded: bool) -> Self {
        if self.failed == 0 && !succeeded {
            self.failed = 1;
            self.note = Some("ended badly".to_owned());
        } else if self.failed == 0 && self.passed == 0 {
            self.failed = 1;
            self.note = Some("no test ran".to_owned());
        }
        self
    }

    /// Adds the counts of one line of `cargo test`, when it is the one with the counts. An ignored test has not
    /// passed.
    pub(super) fn read_cargo_line(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else {
            return;
        };
        let count = |what: &str| -> u64 {
            let words: Vec<&str> = counts.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
            words
                .windows(2)
                .find_map(|pair| match pair {
                    [number, name] if *name == what => number.parse().ok(),
                    _ => None,
                })
                .unwrap_or(0)
        };
        self.passed += count("passed");
        self.failed += count("failed") + count("ignored");
    }

    /// The counts of Playwright's report. A test that passed only the second time, or was skipped, has not passed.
    pub(super) fn read_playwright_report(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("the browser tests' report is not JSON")?;
        let count = |what: &str| {
            report
                .pointer(&format!("/stats/{what}"))
                .and_then(Value::as_u64)
                .with_context(|| format!("the browser tests' report lacks stats.{what}"))
        };
        Ok(Self {
            passed: count("expected")?,
            failed: count("unexpected")? + count("flaky")? + count("skipped")?,
            note: None,
        })
    }
}

/// All steps so far.
#[derive(Default)]
pub(super) struct Tally {
    rows: Vec<(&'static str, Duration, Outcome)>,
}

impl Tally {
    pub(super) fn add(&mut self, name: &'static str, start: Instant, outcome: Outcome) {
        self.rows.push((name, start.elapsed(), outcome));
    }

    pub(super) fn is_green(&self) -> bool {
        self.failed() == 0
    }

    /// The table of steps and, as the very last line, the counts.
    pub(super) fn print(&self) {
        println!("\n{:<26} {:>9} {:>8} {:>8}", "step", "time", "passed", "failed");
        for (name, time, outcome) in &self.rows {
            let note = outcome.note.as_deref().unwrap_or_default();
            let seconds = format!("{:.1} s", time.as_secs_f64());
            println!("{name:<26} {seconds:>9} {:>8} {:>8}  {note}", outcome.passed, outcome.failed);
        }
        let time: Duration = self.rows.iter().map(|(_, time, _)| *time).sum();
        println!("{:<26} {:>9}", "together", format!("{:.1} s", time.as_secs_f64()));
        let passed: u64 = self.rows.iter().map(|(_, _, outcome)| outcome.passed).sum();
        println!("{passed} passed, {} failed", self.failed());
    }

    fn failed(&self) -> u64 {
        self.rows.iter().map(|(_, _, outcome)| outcome.failed).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn adds_up_the_lines_of_cargo_and_counts_ignored_tests_as_failed() {
        let mut outcome = Outcome::default();
        outcome.read_cargo_line("running 3 tests");
        outcome.read_cargo_line(
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s",
        );
        outcome.read_cargo_line("test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.20s");
        assert_eq!(outcome, Outcome { passed: 16, failed: 3, note: None });
    }

    #[test]
    fn a_program_that_did_not_compile_is_one_failure() {
        assert_eq!(Outcome::default().or_broken(false).failed, 1);
        assert_eq!(Outcome::default().or_broken(true).failed, 1);
        assert_eq!(Outcome { passed: 2, ..Outcome::default() }.or_broken(true).failed, 0);
        assert_eq!(Outcome { passed: 2, failed: 3, note: None }.or_broken(false).failed, 3);
    }

    #[test]
    fn a_flaky_or_skipped_browser_test_has_not_passed() {
        let report = r#"{"stats":{"expected":5,"unexpected":1,"flaky":2,"skipped":3,"duration":1.5}}"#;
        let outcome = Outcome::read_playwright_report(report).unwrap();
        assert_eq!(outcome, Outcome { passed: 5, failed: 6, note: None });
        assert!(Outcome::read_playwright_report("{}").is_err());
    }
}
