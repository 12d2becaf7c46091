//! Splits the compiled module at the functions that the app marks (`frontend/src/pages/parts.rs`): the main module, a
//! module for each part, and modules for what several parts share.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

use crate::workspace;

/// By this name the main module imports the functions that load the parts.
pub(super) const LOADER: &str = "./parts.js";
/// By this name the loader imports the running main module.
pub(super) const BINDINGS: &str = "./bindings.js";

/// What the split leaves, as files.
pub(super) struct Split {
    pub(super) main: PathBuf,
    pub(super) loader: PathBuf,
    /// By the names that the loader fetches them by, in order.
    pub(super) parts: Vec<PathBuf>,
}

/// Splits `module` into files in `folder`.
pub(super) fn split(module: &Path, folder: &Path) -> Result<Split> {
    let input = fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let main = folder.join("main.wasm");
    let parts_folder = folder.join("parts");
    let mut options = Options::new(&input);
    options.main_out_path = &main;
    options.output_dir = &parts_folder;
    options.link_name = LOADER;
    options.main_module = BINDINGS;
    // Its errors are of another library; their chain of causes is kept as text.
    transform(options).map_err(|error| anyhow!("{error:?}")).context("cannot split the app")?;
    let parts = workspace::files_below(&parts_folder)?
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "wasm"))
        .collect();
    Ok(Split { main, loader: parts_folder.join("parts.js"), parts })
}
