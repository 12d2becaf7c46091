//! The app's `wasm-bindgen` and the tool that binds it speak one language only at the same version.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::workspace::root;

/// An error, with what to do, unless the lock file holds both at the same version.
pub(super) fn check_wasm_bindgen() -> Result<()> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let runtime = locked_versions(&lock, "wasm-bindgen");
    let tool = locked_versions(&lock, "wasm-bindgen-cli-support");
    if runtime.len() == 1 && runtime == tool {
        return Ok(());
    }
    bail!(
        "Cargo.lock holds wasm-bindgen {} but wasm-bindgen-cli-support {}; they must be equal. \
         Run: cargo update -p wasm-bindgen -p wasm-bindgen-cli-support",
        runtime.join(", "),
        tool.join(", ")
    )
}

fn locked_versions(lock: &str, package: &str) -> Vec<String> {
    let name = format!("name = \"{package}\"");
    let lines: Vec<&str> = lock.lines().collect();
    lines
        .windows(2)
        .filter_map(|pair| match pair {
            [first, second] if *first == name => second.strip_prefix("version = \"")?.strip_suffix('"'),
            _ => None,
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::locked_versions;

    #[test]
    fn reads_every_version_of_exactly_the_named_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n\n\
                    [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.131\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.3.0\"\n";
        assert_eq!(locked_versions(lock, "wasm-bindgen"), ["0.2.130", "0.3.0"]);
    }
}
