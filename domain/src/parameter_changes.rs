//! What an edit changed: the parameters before and after, name by name.

use crate::payment::Parameter;

/// One parameter that differs; `None` where it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterChange {
    /// The name on the wire.
    pub name: String,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// The differences, in the order of the names before, then of those that are new. A name that stands several times is
/// compared place by place.
pub fn changes_between(before: &[Parameter], after: &[Parameter]) -> Vec<ParameterChange> {
    let mut names: Vec<&str> = Vec::new();
    for parameter in before.iter().chain(after) {
        if !names.contains(&parameter.name.as_str()) {
            names.push(&parameter.name);
        }
    }
    names.into_iter().flat_map(|name| changes_of(name, before, after)).collect()
}

fn changes_of(name: &str, before: &[Parameter], after: &[Parameter]) -> Vec<ParameterChange> {
    let values = |parameters: &[Parameter]| -> Vec<String> {
        parameters
            .iter()
            .filter(|parameter| parameter.name == name)
            .map(|found| found.value.clone())
            .collect()
    };
    let (before, after) = (values(before), values(after));
    let places = before.len().max(after.len());
    (0..places)
        .map(|place| (before.get(place), after.get(place)))
        .filter(|(before, after)| before != after)
        .map(|(before, after)| ParameterChange {
            name: name.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Vec<Parameter> {
        pairs
            .iter()
            .map(|(name, value)| Parameter { name: (*name).to_owned(), value: (*value).to_owned() })
            .collect()
    }

    fn check(
        before: &[(&str, &str)],
        after: &[(&str, &str)],
        expected: &[(&str, Option<&str>, Option<&str>)],
    ) {
        let found = changes_between(&parameters(before), &parameters(after));
        let told: Vec<_> = found
            .iter()
            .map(|change| (change.name.as_str(), change.before.as_deref(), change.after.as_deref()))
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn what_differs_is_told_and_nothing_else() {
        check(&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "2")], &[]);
        check(&[("a", "1"), ("b", "2")], &[("b", "2"), ("a", "1")], &[]);
        check(&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "3")], &[("b", Some("2"), Some("3"))]);
        check(&[("a", "1")], &[("c", "")], &[("a", Some("1"), None), ("c", None, Some(""))]);
        check(
            &[("a", "1"), ("a", "2")],
            &[("a", "2")],
            &[("a", Some("1"), Some("2")), ("a", Some("2"), None)],
        );
    }
}
