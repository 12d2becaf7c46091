//! Turns `locales/ja.json` and `locales/en.json` into typed methods of `Lang`.
//! A key that one language lacks, or parameters that differ, stop the build by name.
//! It must not read anything but the two locale files.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=locales");
    println!("cargo::rerun-if-changed=queries");
    println!("cargo::rerun-if-changed=../schema.graphql");
    if let Err(fault) = generate_messages() {
        println!("cargo::error={fault}");
        process::exit(1);
    }
}

fn generate_messages() -> Result<(), String> {
    let ja = read_locale("locales/ja.json")?;
    let en = read_locale("locales/en.json")?;
    for key in ja.keys().chain(en.keys()) {
        if !ja.contains_key(key) || !en.contains_key(key) {
            return Err(format!("locales: {key} stands in one language only"));
        }
    }
    let mut code = String::from("impl Lang {\n");
    for (key, ja_text) in &ja {
        let Some(en_text) = en.get(key) else { continue };
        code.push_str(&method(key, ja_text, en_text)?);
    }
    code.push_str("}\n");
    let folder = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    fs::write(Path::new(&folder).join("messages.rs"), code).map_err(|error| error.to_string())
}

fn read_locale(path: &str) -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))
}

enum Part {
    Text(String),
    Parameter(String),
    /// `{count|row|rows}`: the first word when the parameter is 1.
    Plural(String, String, String),
}

fn method(key: &str, ja: &str, en: &str) -> Result<String, String> {
    let name_fits = key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !name_fits {
        return Err(format!("locales: {key} is not in snake_case"));
    }
    let (ja_parts, en_parts) = (parts(key, ja)?, parts(key, en)?);
    let parameters = names(&ja_parts);
    if parameters != names(&en_parts) {
        return Err(format!("locales: {key} takes other parameters in ja than in en"));
    }
    if parameters.is_empty() {
        return Ok(format!(
            "    pub(crate) fn {key}(self) -> &'static str {{ match self {{ Self::Ja => {ja:?}, Self::En => {en:?} }} }}\n"
        ));
    }
    let arguments: Vec<String> = parameters.iter().map(|name| format!("{name}: &str")).collect();
    Ok(format!(
        "    pub(crate) fn {key}(self, {}) -> String {{ match self {{ Self::Ja => {}, Self::En => {} }} }}\n",
        arguments.join(", "),
        concatenation(&ja_parts),
        concatenation(&en_parts)
    ))
}

fn parts(key: &str, text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inner, behind) =
            after.split_once('}').ok_or_else(|| format!("locales: {key} has an open brace"))?;
        parts.push(Part::Text(before.to_owned()));
        let words: Vec<&str> = inner.split('|').collect();
        parts.push(match words.as_slice() {
            [name] => Part::Parameter((*name).to_owned()),
            [name, one, other] => Part::Plural((*name).to_owned(), (*one).to_owned(), (*other).to_owned()),
            _ => {
                return Err(format!(
                    "locales: {key} has a part that is neither {{name}} nor {{name|one|other}}"
                ));
            }
        });
        rest = behind;
    }
    parts.push(Part::Text(rest.to_owned()));
    Ok(parts)
}

fn names(parts: &[Part]) -> BTreeSet<String> {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Parameter(name) | Part::Plural(name, _, _) => Some(name.clone()),
        })
        .collect()
}

fn concatenation(parts: &[Part]) -> String {
    let pieces: Vec<String> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) if text.is_empty() => None,
            Part::Text(text) => Some(format!("{text:?}")),
            Part::Parameter(name) => Some(name.clone()),
            Part::Plural(name, one, other) => {
                Some(format!("if {name} == \"1\" {{ {one:?} }} else {{ {other:?} }}"))
            }
        })
        .collect();
    format!("[{}].concat()", pieces.join(", "))
}
