//! Provides the programs that building and testing need beside Rust. As root it installs what is missing; otherwise it
//! says the one command that does. What is there already costs no time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{announce, find, read, run};
use crate::workspace;

/// Something that a command needs from the system.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// Node.js and npm: wasm-opt, compression, browser tests.
    Node,
    /// The servers' programs for a throw-away PostgreSQL.
    Postgres,
    /// A browser to test with, and a font for its Japanese text.
    Chromium,
    /// Debian's Rust with the source of the WebAssembly standard library, where rustup cannot bring it.
    DebianWasm,
}

impl Need {
    fn packages(self) -> &'static [&'static str] {
        match self {
            Need::Node => &["nodejs", "npm"],
            Need::Postgres => &["postgresql"],
            Need::Chromium => &["chromium", "fonts-noto-cjk"],
            Need::DebianWasm => &["rustc-web", "rust-web-src"],
        }
    }

    fn is_there(self) -> bool {
        match self {
            Need::Node => find("node").is_some() && find("npm").is_some(),
            Need::Postgres => postgres_programs().is_some(),
            Need::Chromium => chromium().is_some() && has_japanese_font(),
            Need::DebianWasm => Path::new("/usr/bin/rustc").is_file() && debian_std_source().is_dir(),
        }
    }
}

/// Makes sure that all of it is there.
pub(crate) fn provide(needs: &[Need]) -> Result<()> {
    let missing: Vec<&str> =
        needs.iter().filter(|need| !need.is_there()).flat_map(|need| need.packages()).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if find("apt-get").is_none() {
        bail!(
            "missing on this machine: {packages} (names of Debian's packages); please install them, then start again"
        );
    }
    if !is_root()? {
        bail!(
            "missing on this machine: {packages}. Run this, then start again:\n  \
             sudo apt-get update && sudo apt-get install --yes --no-install-recommends {packages}"
        );
    }
    announce(&format!("Installing {packages}"));
    run(apt().arg("update")).context("apt-get cannot update its lists")?;
    run(apt().args(["install", "--yes", "--no-install-recommends"]).args(&missing))?;
    match needs.iter().find(|need| !need.is_there()) {
        Some(need) => bail!("{} installed, but not found afterwards", need.packages().join(" ")),
        None => Ok(()),
    }
}

/// The npm packages of a folder, exactly as its lock file names them; nothing to do when they are there.
pub(crate) fn npm_packages(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let installed = folder.join("node_modules/.todoke-lock");
    if fs::read(&installed).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    announce(&format!("Fetching the npm packages of {}", relative(folder)));
    run(Command::new("npm")
        .args(["ci", "--no-fund", "--no-audit", "--loglevel=error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(folder))?;
    fs::write(&installed, wanted).with_context(|| format!("cannot write {}", installed.display()))
}

/// The folder of `initdb`, `pg_ctl` and `postgres`, the newest where there are several.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    if let Some(found) = find("initdb").filter(|_| find("pg_ctl").is_some()) {
        return found.parent().map(Path::to_path_buf);
    }
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, programs)| programs)
}

/// The browser for tests.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(find)
}

/// Whether commands run with all rights, as in a container.
pub(crate) fn is_root() -> Result<bool> {
    Ok(read(Command::new("id").arg("-u"))?.trim() == "0")
}

/// The source of the standard library that belongs to Debian's compiler.
pub(crate) fn debian_std_source() -> PathBuf {
    PathBuf::from("/usr/lib/rustlib/src/rust/library")
}

fn has_japanese_font() -> bool {
    read(Command::new("fc-list").arg(":lang=ja")).is_ok_and(|fonts| !fonts.trim().is_empty())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-qq", "-o", "Dpkg::Use-Pty=0"]).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn relative(folder: &Path) -> String {
    folder.strip_prefix(workspace::root()).unwrap_or(folder).display().to_string()
}
