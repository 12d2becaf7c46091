//! `cargo xtask web`: builds the app into `frontend/dist`, ready to be embedded: compiled, split, bound, optimised, with names
//! that change with the content, and compressed. Does nothing when nothing that goes into it has changed.

mod bind;
mod bundle;
mod compile;
mod sizes;
mod split;
mod versions;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::process::{announce, run};
use crate::tools::{self, Need};
use crate::workspace::{self, dist, root};

/// What the result depends on: the app and all it is compiled from, and the code that builds it.
const INPUTS: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "domain",
    "frontend",
    "schema.graphql",
    "xtask/npm/compress.mjs",
    "xtask/npm/package-lock.json",
    "xtask/src/web",
    "xtask/src/web.rs",
];

/// Builds the app unless it is built already.
pub(crate) fn build() -> Result<()> {
    let stamp = stamp_of_inputs()?;
    if is_built_from(&stamp) {
        eprintln!("▸ App: unchanged, frontend/dist is up to date");
        return Ok(());
    }
    let start = Instant::now();
    let page = root().join("frontend/index.html");
    ensure!(page.is_file(), "the app has no page: {} is missing", page.display());
    versions::check_wasm_bindgen()?;
    tools::provide(&[Need::Node])?;
    let tools_folder = root().join("xtask/npm");
    tools::npm_packages(&tools_folder)?;

    announce("App: compiling to WebAssembly");
    let module = compile::to_wasm()?;

    announce("App: splitting, binding, optimising, compressing");
    let scratch = workspace::target().join("web/bundle");
    let bound = bind::bind_and_optimise(&module, &scratch, &tools_folder)?;
    let next = scratch.join("dist");
    let bundle = bundle::write(&bound, &root().join("frontend"), &next)?;
    run(Command::new("node").arg(tools_folder.join("compress.mjs")).arg(&next))?;
    sizes::print_and_check(&bundle, &next)?;
    fs::write(next.join(".stamp"), stamp)?;
    replace(&dist(), &next)?;
    eprintln!("App built in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Whether `frontend/dist` holds the app as its sources are now.
pub(crate) fn is_up_to_date() -> Result<bool> {
    Ok(is_built_from(&stamp_of_inputs()?))
}

fn is_built_from(stamp: &str) -> bool {
    fs::read_to_string(dist().join(".stamp")).is_ok_and(|built| built == stamp)
}

/// A number that changes with any of the inputs, by name or content.
fn stamp_of_inputs() -> Result<String> {
    let mut hasher = Sha256::new();
    for input in INPUTS {
        for file in workspace::files_below(&root().join(input))? {
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            hasher.update(file.strip_prefix(root()).unwrap_or(&file).as_os_str().as_encoded_bytes());
            hasher.update([0]);
            hasher.update(Sha256::digest(&content));
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

/// The part of a file's name that stands for its content.
fn content_hash(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content)).chars().take(16).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts a finished folder where the old one stood; whoever reads it sees one or the other.
fn replace(place: &Path, next: &Path) -> Result<()> {
    if place.exists() {
        fs::remove_dir_all(place).with_context(|| format!("cannot remove {}", place.display()))?;
    }
    fs::rename(next, place).with_context(|| format!("cannot move {} to {}", next.display(), place.display()))
}
