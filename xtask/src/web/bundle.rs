//! Lays out the app as it is served: every asset's name holds a hash of its content, so that browsers may keep it for
//! ever, and only the page itself is asked for again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::bind::Bound;
use super::content_hash;
use crate::workspace;

/// What the bundle consists of, as paths below its folder.
pub(super) struct Bundle {
    /// What a browser fetches before the first screen shows.
    pub(super) loaded_first: Vec<String>,
    /// Copied as it is.
    pub(super) public: Vec<String>,
}

/// Writes page, assets and public files into a new folder.
pub(super) fn write(bound: &Bound, frontend: &Path, folder: &Path) -> Result<Bundle> {
    fs::create_dir_all(folder.join("assets")).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut loaded_first = Vec::new();
    let mut asset = |stem: &str, extension: &str, content: &[u8]| -> Result<String> {
        let path = format!("assets/{stem}-{}.{extension}", content_hash(content));
        fs::write(folder.join(&path), content).with_context(|| format!("cannot write {path}"))?;
        loaded_first.push(path.clone());
        Ok(format!("/{path}"))
    };

    let mut bindings = bound.bindings.clone();
    for (import, text) in &bound.snippets {
        let url = asset("snippet", "js", text.as_bytes())?;
        bindings = bindings.replace(import.as_str(), &url);
    }
    let app_wasm = asset("app", "wasm", &bound.wasm)?;
    let bindings_js = asset("bindings", "js", bindings.as_bytes())?;
    let boot = format!("import init from '{bindings_js}';\n\ninit({{ module_or_path: '{app_wasm}' }});\n");
    let app_js = asset("app", "js", boot.as_bytes())?;
    let style_css = asset("style", "css", style(&frontend.join("style"))?.as_bytes())?;

    let page = fs::read_to_string(frontend.join("index.html")).context("cannot read frontend/index.html")?;
    let placeholders =
        [("app_js", app_js), ("bindings_js", bindings_js), ("app_wasm", app_wasm), ("style_css", style_css)];
    fs::write(folder.join("index.html"), fill(&page, &placeholders)?).context("cannot write index.html")?;
    loaded_first.insert(0, "index.html".to_owned());
    let public = copy_public(&frontend.join("public"), folder)?;
    Ok(Bundle { loaded_first, public })
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
fn fill(page: &str, values: &[(&str, String)]) -> Result<String> {
    let mut filled = page.to_owned();
    for (name, value) in values {
        filled = filled.replace(&format!("{{{{{name}}}}}"), value);
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
    use super::fill;

    #[test]
    fn fills_every_place_and_refuses_unknown_names() {
        let values = [("app_js", "/assets/app-1.js".to_owned())];
        assert_eq!(
            fill("<a {{app_js}}><b {{app_js}}>", &values).unwrap(),
            "<a /assets/app-1.js><b /assets/app-1.js>"
        );
        assert!(fill("{{app_jss}}", &values).unwrap_err().to_string().contains("{{app_jss}}"));
    }
}
