//! `cargo xtask demo`: from a fresh checkout to a running server with sample data, in one command.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{self, announce};
use crate::web;
use crate::workspace::{SERVER_PACKAGES, cargo, root, server_binary};

/// Builds what is not built yet, then becomes the server.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    web::build()?;
    build_server()?;
    announce("Starting the demo (Ctrl-C ends it)");
    let mut server = demo_server(rest);
    // This process turns into the server, so that Ctrl-C and every other signal reach it and nothing stands between.
    Err(server.exec()).with_context(|| format!("cannot start {}", server_binary().display()))
}

/// Compiles the server, with the app in it, in the development profile.
pub(crate) fn build_server() -> Result<()> {
    announce("Server: compiling");
    process::run(cargo().arg("build").args(SERVER_PACKAGES))
}

/// The server with sample data, which it keeps apart from real data.
pub(crate) fn demo_server(rest: &[String]) -> Command {
    let mut server = Command::new(server_binary());
    server.arg("demo").args(rest);
    if env::var_os("TODOKE_DATA_DIR").is_none() {
        server.env("TODOKE_DATA_DIR", root().join("todoke-data/demo"));
    }
    server
}
