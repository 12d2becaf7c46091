//! Texts with `{{placeholders}}`. Values are never read as templates: one pass, no recursion, no logic.

/// A piece of a template.
enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// Puts values in the place of placeholders; one that `value_of` does not know leaves nothing. A `{{` that is never
/// closed is text.
pub fn fill(template: &str, value_of: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Placeholder(name) => filled.push_str(&value_of(name).unwrap_or_default()),
        }
    }
    filled
}

/// The names of a template's placeholders, in their order.
pub fn placeholders(template: &str) -> Vec<&str> {
    let names = pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Placeholder(name) => Some(name),
        Piece::Text(_) => None,
    });
    names.collect()
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        found.push(Piece::Text(before));
        found.push(Piece::Placeholder(name.trim()));
        rest = tail;
    }
    found.push(Piece::Text(rest));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_values_are_never_read_as_templates() {
        let value_of = |name: &str| match name {
            "x" => Some("{{y}}".to_owned()),
            "y" => Some("2".to_owned()),
            _ => None,
        };
        for (template, filled) in [
            ("a {{x}} b {{ y }}", "a {{y}} b 2"),
            ("plain", "plain"),
            ("{{unknown}}!", "!"),
            ("never {{closed", "never {{closed"),
            ("", ""),
        ] {
            assert_eq!(fill(template, value_of), filled);
        }
    }

    #[test]
    fn names_are_told_in_their_order() {
        assert_eq!(placeholders("{{a}} {{ b }}{{a}} {{"), ["a", "b", "a"]);
    }
}
