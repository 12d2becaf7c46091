//! Splits the app into what is loaded first and parts that are loaded later, makes the JavaScript that loads and serves
//! the modules, and makes each of them small.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::split;
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

/// The modules and what loads them.
pub(super) struct Bound {
    pub(super) wasm: Vec<u8>,
    pub(super) bindings: String,
    /// JavaScript that crates bring along: the path by which the bindings import it, and its text.
    pub(super) snippets: Vec<(String, String)>,
    /// JavaScript that loads the parts. It and the bindings import each other.
    pub(super) loader: String,
    /// The parts, by the names that the loader fetches them by.
    pub(super) parts: Vec<(String, Vec<u8>)>,
}

/// Splits and binds the compiled module and runs wasm-opt over what came of it; `scratch` is emptied first.
pub(super) fn bind_and_optimise(module: &Path, scratch: &Path, tools_folder: &Path) -> Result<Bound> {
    if scratch.exists() {
        fs::remove_dir_all(scratch).with_context(|| format!("cannot empty {}", scratch.display()))?;
    }
    fs::create_dir_all(scratch).with_context(|| format!("cannot make {}", scratch.display()))?;
    let split = split::split(module, scratch)?;
    Bindgen::new()
        .input_path(&split.main)
        .out_name("app")
        .web(true)?
        .omit_default_module_path(true)
        .typescript(false)
        // What the parts import of the main module; without it they would find no memory and no stack.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(scratch)
        .context("wasm-bindgen cannot bind the app")?;
    let parts = split.parts.iter().map(|part| {
        let name = part.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok((name, optimise(part, tools_folder)?))
    });
    Ok(Bound {
        wasm: optimise(&scratch.join("app_bg.wasm"), tools_folder)?,
        bindings: text(&scratch.join("app.js"))?,
        snippets: snippets(scratch)?,
        loader: text(&split.loader)?,
        parts: parts.collect::<Result<_>>()?,
    })
}

fn optimise(module: &Path, tools_folder: &Path) -> Result<Vec<u8>> {
    let optimised = module.with_extension("optimised.wasm");
    run(Command::new("node")
        .arg(tools_folder.join("node_modules/binaryen/bin/wasm-opt"))
        .args(WASM_OPT)
        .args(WASM_FEATURES)
        .arg(module)
        .arg("-o")
        .arg(&optimised))?;
    fs::read(&optimised).with_context(|| format!("cannot read {}", optimised.display()))
}

fn snippets(scratch: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for file in workspace::files_below(&scratch.join("snippets"))? {
        let path = file.strip_prefix(scratch).unwrap_or(&file).display().to_string();
        found.push((format!("./{path}"), text(&file)?));
    }
    Ok(found)
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
