//! The steps of `cargo xtask test`. Each says what it counted; none stops the others.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tally::Outcome;
use crate::postgres::{Durability, Postgres};
use crate::process::{find, run, run_looking};
use crate::tools;
use crate::web;
use crate::workspace::{SERVER_PACKAGES, cargo, dist, root, server_binary, target};

/// Which database the server's tests run on.
const TEST_DATABASE: &str = "TODOKE_TEST_DATABASE";
const TEST_POSTGRES_URL: &str = "TODOKE_TEST_POSTGRES_URL";

pub(super) fn format() -> Outcome {
    Outcome::of_check(run(cargo().args(["fmt", "--all", "--check"])))
}

pub(super) fn lint_server() -> Outcome {
    // The server embeds this folder and does not compile without it; the app itself comes some steps later.
    let lint = fs::create_dir_all(dist()).context("cannot make frontend/dist").and_then(|()| {
        run(cargo().arg("clippy").args(SERVER_PACKAGES).args([
            "-p",
            "xtask",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))
    });
    Outcome::of_check(lint)
}

pub(super) fn lint_app() -> Outcome {
    Outcome::of_check(run(app_cargo("clippy").args(["--all-targets", "--", "-D", "warnings"])))
}

pub(super) fn licences() -> Outcome {
    if find("cargo-deny").is_none() {
        return Outcome::left_out("cargo-deny is not installed (cargo install --locked cargo-deny)");
    }
    Outcome::of_check(run(cargo().args(["deny", "--all-features", "check", "licenses", "bans", "sources"])))
}

pub(super) fn build_app() -> Outcome {
    Outcome::of_check(web::build())
}

pub(super) fn test_tools() -> Outcome {
    cargo_test(cargo().args(["test", "-p", "xtask"]))
}

pub(super) fn test_on_sqlite() -> Outcome {
    cargo_test(server_tests().env(TEST_DATABASE, "sqlite"))
}

/// Only the tests at the server's boundary: the others know no database.
pub(super) fn test_on_postgres() -> Outcome {
    match Postgres::start(Durability::Dropped) {
        Ok(postgres) => cargo_test(
            server_tests()
                .args(["--test", "it"])
                .env(TEST_DATABASE, "postgres")
                .env(TEST_POSTGRES_URL, postgres.url()),
        ),
        Err(error) => Outcome::broken(&error),
    }
}

pub(super) fn test_app() -> Outcome {
    cargo_test(&mut app_cargo("test"))
}

pub(super) fn test_in_browser() -> Outcome {
    match browser_tests() {
        Ok(outcome) => outcome,
        Err(error) => Outcome::broken(&error),
    }
}

fn browser_tests() -> Result<Outcome> {
    ensure!(web::is_up_to_date()?, "the app as it is now is not built");
    // After the tests this only links; it makes sure that the server holds the app as it is now.
    run(cargo().arg("build").args(SERVER_PACKAGES)).context("the server does not build")?;
    let folder = root().join("e2e");
    run(Command::new("npm").args(["run", "--silent", "check"]).current_dir(&folder))
        .context("the stories' types are wrong")?;
    let report = target().join("playwright-report.json");
    let chromium = tools::chromium().context("chromium is not there")?;
    let status = run_looking(
        Command::new("node")
            .arg("node_modules/@playwright/test/cli.js")
            .args(["test", "--reporter=list,json"])
            .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
            .env("TODOKE_BIN", server_binary())
            .env("TODOKE_CHROMIUM", chromium)
            .current_dir(&folder),
        |_| {},
    )?;
    if !status.success() {
        print_failed_pages(&folder.join("test-results"));
    }
    let text = fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    fs::remove_file(&report)?;
    Ok(Outcome::read_playwright_report(&text)?.or_broken(status.success()))
}

/// What stood on the page when a story failed, as its reader would hear it: on another machine the log is all there is.
fn print_failed_pages(results: &Path) {
    let folders = fs::read_dir(results).into_iter().flatten().flatten();
    for context in folders.map(|folder| folder.path().join("error-context.md")) {
        let page = fs::read_to_string(&context).unwrap_or_default();
        if let Some((_, page)) = page.split_once("```yaml") {
            println!("{}:{}", context.display(), page.split("```").next().unwrap_or_default());
        }
    }
}

/// The caller's own settings of Todoke stay outside, lest a test find somebody's real data.
fn server_tests() -> Command {
    let mut cargo = cargo();
    cargo.args(["test", "--no-fail-fast"]).args(SERVER_PACKAGES);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("TODOKE_")) {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// The app compiled for this machine, for its pure parts. In a folder of its own, since it chooses other features of
/// shared crates than the server does.
fn app_cargo(command: &str) -> Command {
    let mut cargo = cargo();
    cargo.args([command, "-p", "todoke-frontend"]).env("CARGO_TARGET_DIR", target().join("frontend"));
    cargo
}

/// Runs the tests and counts them by the lines that they print.
fn cargo_test(command: &mut Command) -> Outcome {
    let mut outcome = Outcome::default();
    match run_looking(command, |line| outcome.read_cargo_line(line)) {
        Ok(status) => outcome.or_broken(status.success()),
        Err(error) => Outcome::broken(&error),
    }
}
