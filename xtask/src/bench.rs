//! `cargo xtask bench`: takes figures and prints them. It judges nothing: a busy machine is slow and not wrong.

mod load;

use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process;
use crate::tools::{self, Need};
use crate::web;
use crate::workspace::{SERVER_PACKAGES, cargo, root, server_binary};

/// What figures are taken of.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Subject {
    /// The server under load, in a release build.
    Load,
    /// The app in a browser: how fast a long list is drawn and answers.
    App,
}

/// Takes the figures of one subject, or of both.
pub(crate) fn run(subject: Option<Subject>) -> Result<()> {
    match subject {
        Some(Subject::Load) => load::run(),
        Some(Subject::App) => bench_app(),
        None => load::run().and_then(|()| bench_app()),
    }
}

/// The server's build makes no difference here: the clock starts when its answer has arrived.
fn bench_app() -> Result<()> {
    tools::provide(&[Need::Node, Need::Chromium])?;
    web::build()?;
    process::run(cargo().arg("build").args(SERVER_PACKAGES)).context("the server does not build")?;
    let folder = root().join("e2e");
    tools::npm_packages(&folder)?;
    process::run(
        Command::new("node")
            .args(["node_modules/@playwright/test/cli.js", "test", "--config=playwright.figures.config.ts"])
            .env("TODOKE_BIN", server_binary())
            .env("TODOKE_CHROMIUM", tools::chromium().context("chromium is not there")?)
            .current_dir(&folder),
    )
}
