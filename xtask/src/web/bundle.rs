//! Lays out the app as it is served: every asset's name holds a hash of its content, so that browsers may keep it for
//! ever, and only the page itself is asked for again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::bind::Bound;
use super::{content_hash, split};
use crate::workspace;

/// What the bundle consists of, as paths below its folder.
pub(super) struct Bundle {
    /// What a browser fetches before the first screen shows.
    pub(super) loaded_first: Vec<String>,
    /// What it fetches when a page needs it.
    pub(super) parts: Vec<String>,
    /// Copied as it is.
    pub(super) public: Vec<String>,
}

/// Writes page, assets and public files into a new folder.
pub(super) fn write(bound: &Bound, frontend: &Path, folder: &Path) -> Result<Bundle> {
    fs::create_dir_all(folder.join("assets")).with_context(|| format!("cannot make {}", folder.display()))?;
    let asset = |name: &str, hash: &str, content: &[u8]| -> Result<String> {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        let path = format!("assets/{stem}-{hash}.{extension}");
        fs::write(folder.join(&path), content).with_context(|| format!("cannot write {path}"))?;
        Ok(path)
    };
    let hashed = |name: &str, content: &[u8]| asset(name, &content_hash(content), content);

    let mut loader = bound.loader.clone();
    let mut parts = Vec::new();
    for (name, content) in &bound.parts {
        let path = hashed(&part_name(name), content)?;
        loader = put_path(&loader, &format!("./{name}"), &path)?;
        parts.push(path);
    }
    let mut loaded_first = vec!["index.html".to_owned()];
    let mut bindings = bound.bindings.clone();
    for (import, text) in &bound.snippets {
        let path = hashed("snippet.js", text.as_bytes())?;
        bindings = bindings.replace(import.as_str(), &format!("/{path}"));
        loaded_first.push(path);
    }
    // Bindings and loader name each other, so that neither can hold the hash of the other's final text: both bear the
    // hash of both.
    let both = content_hash([bindings.as_str(), loader.as_str()].concat().as_bytes());
    let loader_path = format!("assets/loader-{both}.js");
    bindings = put_path(&bindings, split::LOADER, &loader_path)?;
    let bindings_path = asset("bindings.js", &both, bindings.as_bytes())?;
    loader = put_path(&loader, split::BINDINGS, &bindings_path)?;
    asset("loader.js", &both, loader.as_bytes())?;

    let wasm_path = hashed("app.wasm", &bound.wasm)?;
    let boot =
        format!("import init from '/{bindings_path}';\n\ninit({{ module_or_path: '/{wasm_path}' }});\n");
    let boot_path = hashed("app.js", boot.as_bytes())?;
    let style_path = hashed("style.css", style(&frontend.join("style"))?.as_bytes())?;

    let page = fs::read_to_string(frontend.join("index.html")).context("cannot read frontend/index.html")?;
    let placeholders = [
        ("app_js", &boot_path),
        ("bindings_js", &bindings_path),
        ("loader_js", &loader_path),
        ("app_wasm", &wasm_path),
        ("style_css", &style_path),
    ];
    fs::write(folder.join("index.html"), fill(&page, &placeholders)?).context("cannot write index.html")?;
    loaded_first.extend(placeholders.map(|(_, path)| path.clone()));
    let public = copy_public(&frontend.join("public"), folder)?;
    Ok(Bundle { loaded_first, parts, public })
}

/// `split_orders.wasm` → `part-orders.wasm`, `chunk_4.wasm` → `part-shared-4.wasm`.
fn part_name(name: &str) -> String {
    name.replacen("split_", "part-", 1).replacen("chunk_", "part-shared-", 1)
}

/// Puts an asset's address where JavaScript names a file; a file that it does not name would never be found.
fn put_path(script: &str, name: &str, path: &str) -> Result<String> {
    let mut filled = script.to_owned();
    for place in ["from ", "new URL("] {
        filled = filled.replace(&format!("{place}\"{name}\""), &format!("{place}\"/{path}\""));
    }
    ensure!(filled != script, "the JavaScript of the app does not name {name}");
    Ok(filled)
}

/// All style sheets as one, in the order of their names.
fn style(folder: &Path) -> Result<String> {
    let mut all = String::new();
    for file in workspace::files_below(folder)? {
        if file.extension().is_some_and(|extension| extension == "css") {
            all += &fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            all.push('\n');
        }
    }
    Ok(all)
}

/// Puts values for `{{name}}`; a name that nobody knows is an error, so that no half-made page is served.
fn fill(page: &str, values: &[(&str, &String)]) -> Result<String> {
    let mut filled = page.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{{{name}}}}}"), &format!("/{value}"));
    }
    if let Some((_, rest)) = filled.split_once("{{") {
        let name: String = rest.chars().take_while(|character| *character != '}').take(40).collect();
        bail!("frontend/index.html asks for {{{{{name}}}}}, which does not exist");
    }
    Ok(filled)
}

fn copy_public(public: &Path, folder: &Path) -> Result<Vec<String>> {
    let mut copied = Vec::new();
    for file in workspace::files_below(public)? {
        let path = file.strip_prefix(public).unwrap_or(&file);
        let place: PathBuf = folder.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&file, &place).with_context(|| format!("cannot copy {}", file.display()))?;
        copied.push(path.display().to_string());
    }
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::{fill, put_path};

    #[test]
    fn an_address_stands_where_a_file_is_imported_or_fetched_and_nowhere_else() {
        let script = r#"import * as x from "./a.js"; f(new URL("./a.js", here)); ({ "./a.js": x })"#;
        assert_eq!(
            put_path(script, "./a.js", "assets/a-1.js").unwrap(),
            r#"import * as x from "/assets/a-1.js"; f(new URL("/assets/a-1.js", here)); ({ "./a.js": x })"#
        );
        assert!(put_path(script, "./b.js", "assets/b-1.js").is_err());
    }

    #[test]
    fn fills_every_place_and_refuses_unknown_names() {
        let path = "assets/app-1.js".to_owned();
        let values = [("app_js", &path)];
        assert_eq!(
            fill("<a {{app_js}}><b {{app_js}}>", &values).unwrap(),
            "<a /assets/app-1.js><b /assets/app-1.js>"
        );
        assert!(fill("{{app_jss}}", &values).unwrap_err().to_string().contains("{{app_jss}}"));
    }
}
