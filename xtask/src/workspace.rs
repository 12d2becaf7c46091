//! Where things lie in this repository, and how its cargo is called. Knows paths only, builds nothing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The crates of the server; always named together, so that cargo chooses the same features for check, build and test
/// and compiles each heavy dependency once.
pub(crate) const SERVER_PACKAGES: [&str; 6] =
    ["-p", "todoke", "-p", "todoke-domain", "-p", "todoke-migrations"];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Cargo's folder of results, wherever the caller has put it.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// The built app, as the server embeds it.
pub(crate) fn dist() -> PathBuf {
    root().join("frontend/dist")
}

/// The server's binary of the development profile.
pub(crate) fn server_binary() -> PathBuf {
    target().join("debug").join(format!("todoke{}", env::consts::EXE_SUFFIX))
}

/// Cargo in the root of the repository, without what the cargo that runs xtask told xtask about itself: build scripts
/// that watch these variables would run again each time.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in env::vars_os() {
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_")
                || name.starts_with("CARGO_MANIFEST_")
                || name.starts_with("CARGO_BIN_")
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Every file below a path (or the file itself), sorted, without results of builds.
pub(crate) fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![path.to_path_buf()];
    while let Some(next) = open.pop() {
        let Ok(kind) = fs::metadata(&next) else { continue };
        if kind.is_file() {
            found.push(next);
            continue;
        }
        let name = next.file_name().unwrap_or_default();
        if name == "dist" || name == "node_modules" || name == "target" {
            continue;
        }
        for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            open.push(entry?.path());
        }
    }
    found.sort();
    Ok(found)
}
