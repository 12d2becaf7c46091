//! Makes the JavaScript that loads and serves the WebAssembly module, and makes the module small.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::process::run;
use crate::workspace;

/// Named one by one: with all features at once the result is a module that browsers refuse.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// `-Os` comes out larger than `-Oz` but 2 kB smaller once compressed, and that is what travels.
const WASM_OPT: [&str; 3] = ["-Os", "--strip-debug", "--strip-producers"];

/// The module and what loads it.
pub(super) struct Bound {
    pub(super) wasm: Vec<u8>,
    pub(super) bindings: String,
    /// JavaScript that crates bring along: the path by which the bindings import it, and its text.
    pub(super) snippets: Vec<(String, String)>,
}

/// Binds the compiled module and runs wasm-opt over it; `scratch` is emptied first.
pub(super) fn bind_and_optimise(module: &Path, scratch: &Path, tools_folder: &Path) -> Result<Bound> {
    if scratch.exists() {
        fs::remove_dir_all(scratch).with_context(|| format!("cannot empty {}", scratch.display()))?;
    }
    fs::create_dir_all(scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    Bindgen::new()
        .input_path(module)
        .out_name("app")
        .web(true)?
        .omit_default_module_path(true)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(scratch)
        .context("wasm-bindgen cannot bind the app")?;
    let optimised = scratch.join("optimised.wasm");
    run(Command::new("node")
        .arg(tools_folder.join("node_modules/binaryen/bin/wasm-opt"))
        .args(WASM_OPT)
        .args(WASM_FEATURES)
        .arg(scratch.join("app_bg.wasm"))
        .arg("-o")
        .arg(&optimised))?;
    Ok(Bound {
        wasm: read(&optimised)?,
        bindings: String::from_utf8(read(&scratch.join("app.js"))?)?,
        snippets: snippets(scratch)?,
    })
}

fn snippets(scratch: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for file in workspace::files_below(&scratch.join("snippets"))? {
        let path = file.strip_prefix(scratch).unwrap_or(&file).display().to_string();
        found.push((format!("./{path}"), String::from_utf8(read(&file)?)?));
    }
    Ok(found)
}

fn read(path: &PathBuf) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
