//! The rules of the house that text can tell (docs/ARCHITECTURE.md, docs/STYLE.md): each failure names the file.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Most lines of a file, its tests not counted; and with them.
const LINES_MAX: usize = 400;
const LINES_WITH_TESTS_MAX: usize = 600;
/// All that the rules may build on: nothing here does input or output.
const CRATES_OF_DOMAIN: [&str; 7] =
    ["chrono", "encoding_rs", "serde", "sha2", "thiserror", "unicode-normalization", "uuid"];
/// Where everything may be reached, and why nobody's scope stands there.
const UNBOUND: &[(&str, &str)] = &[
    ("app/abnormal_order_actions.rs", "a refused attempt is audited although the asker may not see the row"),
    ("app/accounts.rs", "before the sign-in nobody is known"),
    ("app/admin.rs", "commands on the machine itself"),
    ("app/admin/settings.rs", "commands on the machine itself"),
    ("app/endpoint_health.rs", "figures for who runs the server"),
    (
        "app/evaluations.rs",
        "the worker that evaluates notifications, and registrations that touch other rows",
    ),
    ("app/authorization.rs", "this is where a scope is made"),
    ("app/ip_codes.rs", "a refused attempt is audited although the asker may not see the IP code"),
    ("app/gateway_checks.rs", "a refused attempt is audited although the asker may not see the row"),
    ("app/gateway_settings.rs", "a refused attempt is audited although the asker may not see the IP code"),
    ("app/notifications.rs", "the gateway has no credential; the shop is known by its ShopID"),
    ("app/order_events.rs", "a refused attempt is audited although the asker may not see the order"),
    ("app/order_mails.rs", "a refused attempt is audited although the asker may not see the order"),
    ("app/order_statuses.rs", "a refused attempt is audited although the asker may not see the order"),
    ("app/resend_batches.rs", "a fresh plan names no IP code yet; refused attempts are audited"),
    ("app/restore_batches.rs", "a refused attempt is audited although the asker may not see the batch"),
    ("app/restore_runs.rs", "the worker; each row is restored in the scope of who started the batch"),
    ("app/restores.rs", "a refused attempt is audited although the asker may not see the row"),
    ("app/retention.rs", "the worker"),
    ("app/send_errors.rs", "a refused attempt is audited although the asker may not see the row"),
    ("app/tokens.rs", "before the token is found nobody is known"),
    ("delivery/alerts.rs", "the worker"),
    ("delivery/batches.rs", "the worker"),
    ("delivery/claim.rs", "the worker"),
    (
        "delivery/endpoints.rs",
        "the worker's and the inbox's settings, checked against the scope by their callers",
    ),
    ("delivery/health.rs", "the worker and the receiver"),
    ("delivery/inbox.rs", "the receiver; what comes in was checked by app/payments"),
    ("delivery/order_events.rs", "the worker"),
    ("delivery/probes.rs", "the worker"),
    ("delivery/recorder.rs", "the worker"),
    ("demo", "sample data, on the machine itself"),
    ("mail/outbox.rs", "the worker"),
    ("runtime.rs", "the start"),
];

/// The rooms of the server from the ground up: each builds on those before it alone.
const ROOMS: [&str; 19] = [
    "clock",
    "config",
    "messages",
    "global_id",
    "telemetry",
    "error",
    "auth",
    "store",
    "live",
    "providers",
    "mail",
    "delivery",
    "app",
    "graphql",
    "http",
    "runtime",
    "demo",
    "cli",
    "lib",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Files below a folder of the repository with this ending: path from the root, text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|_| panic!("{}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} files in {folder}");
    found
}

fn sources() -> Vec<(String, String)> {
    let folders = ["backend/src", "domain/src", "migrations/src", "frontend/src", "xtask/src"];
    folders.into_iter().flat_map(|folder| files(folder, "rs")).collect()
}

fn tests() -> Vec<(String, String)> {
    files("backend/tests", "rs")
}

fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests").next().unwrap()
}

/// The part of a text that is code.
fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn assert_none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

/// Goal: a file is read in one sitting.
#[test]
fn files_are_short() {
    let long = |(name, text): &(String, String)| {
        let (lines, all) = (without_tests(text).lines().count(), text.lines().count());
        let is_test = name.starts_with("backend/tests");
        let is_long = all >= LINES_WITH_TESTS_MAX || !is_test && lines >= LINES_MAX;
        is_long.then(|| format!("{name}: {lines} lines, {all} with tests"))
    };
    assert_none("too long", sources().iter().chain(&tests()).filter_map(long).collect());
}

/// Goal: every file says what it is for.
#[test]
fn every_file_opens_with_what_it_is_for() {
    let silent = |(name, text): &(String, String)| (!text.starts_with("//! ")).then(|| name.clone());
    assert_none("no `//!` in the first line", sources().iter().chain(&tests()).filter_map(silent).collect());
}

/// Goal: nothing unfinished and no test that is passed over.
#[test]
fn nothing_is_left_for_later() {
    let words = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[", "ignore"),
        concat!("FIX", "ME"),
    ];
    let all: Vec<_> = sources().into_iter().chain(tests()).collect();
    let left = all.iter().flat_map(|(name, text)| {
        words.iter().filter(|word| text.contains(**word)).map(move |word| format!("{name}: {word}"))
    });
    assert_none("left for later", left.collect());
}

/// Goal: no test waits for time. Method: the harness alone may look at intervals.
#[test]
fn tests_wait_on_states_not_on_time() {
    let sleeping = |(name, text): &(String, String)| {
        let is_allowed = name.contains("/harness/") || name.contains("/sim/");
        (!is_allowed && text.contains(concat!("sle", "ep("))).then(|| name.clone())
    };
    assert_none("sleeps", tests().iter().filter_map(sleeping).collect());
}

/// The crates below `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(manifest)).unwrap();
    let mut lines = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    let section: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with('[')).collect();
    let name = |line: &&str| line.split(['.', ' ', '=']).next().unwrap().to_owned();
    section.iter().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).map(name).collect()
}

/// Goal: the rules stay pure, the app knows the contract only. Method: manifests and names.
#[test]
fn crates_depend_only_on_what_they_may() {
    let foreign = dependencies("domain/Cargo.toml")
        .into_iter()
        .filter(|name| !CRATES_OF_DOMAIN.contains(&name.as_str()));
    assert_none("domain depends on", foreign.collect());
    let ours = dependencies("frontend/Cargo.toml").into_iter().filter(|name| name.starts_with("todoke"));
    assert_eq!(ours.collect::<Vec<_>>(), ["todoke-domain"]);
    let migrations =
        dependencies("migrations/Cargo.toml").into_iter().filter(|name| name.starts_with("todoke"));
    assert_none("migrations depend on", migrations.collect());
    let naming = |(name, text): &(String, String)| {
        let code = without_comments(text);
        (code.contains("todoke::") || code.contains("todoke_backend")).then(|| name.clone())
    };
    assert_none("the app names the server", files("frontend/src", "rs").iter().filter_map(naming).collect());
}

/// Goal: a request walks through the house forwards. Method: what each room names of the crate stands below it.
#[test]
fn rooms_build_on_those_below_them() {
    let floor = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut backwards = Vec::new();
    for (name, text) in files("backend/src", "rs") {
        let path = name.strip_prefix("backend/src/").unwrap();
        let room = path.split(['/', '.']).next().unwrap();
        if matches!(path, "main.rs" | "lib.rs") {
            continue;
        }
        let own = floor(room).unwrap_or_else(|| panic!("{name} is in no room that ROOMS names"));
        let code = without_comments(without_tests(&text));
        let named =
            named_rooms(&code).into_iter().filter(|other| floor(other).is_some_and(|other| other > own));
        backwards.extend(named.map(|other| format!("{name} names {other}")));
    }
    assert_none("a lower room names a higher one", backwards);
}

/// The first names behind `crate::`, alone or in braces.
fn named_rooms(code: &str) -> BTreeSet<String> {
    let word = |text: &str| {
        text.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned()
    };
    let mut rooms = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(list) = rest.strip_prefix('{') else {
            rooms.insert(word(rest));
            continue;
        };
        rooms.insert(word(list));
        let mut depth = 0;
        for (at, character) in list.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    rooms.insert(word(&list[at + 1..]));
                }
                _ => {}
            }
        }
    }
    rooms
}

/// Goal: a resolver knows no table. Method: the word.
#[test]
fn graphql_names_no_entity() {
    let naming = |(name, text): &(String, String)| {
        let code = without_comments(text);
        code.contains("entity").then(|| name.clone())
    };
    assert_none("names an entity", files("backend/src/graphql", "rs").iter().filter_map(naming).collect());
}

/// Goal: no query without a scope. Method: the first parameter of every asynchronous function of the nouns.
#[test]
fn every_store_function_takes_a_scope_first() {
    let nouns = files("backend/src/store", "rs")
        .into_iter()
        .filter(|(name, _)| !name.contains("/entity/") && !name.ends_with("/mod.rs"));
    let mut unbound = Vec::new();
    for (name, text) in nouns {
        for function in without_tests(&text).split("pub(crate) async fn ").skip(1) {
            let parameters = function.split_once('(').unwrap().1.trim_start();
            if !parameters.starts_with("scope: &Scope") && !parameters.starts_with("_scope: &Scope") {
                unbound.push(format!("{name}: {}", function.split(['(', '<']).next().unwrap()));
            }
        }
    }
    assert_none("no scope first", unbound);
}

/// Goal: everything is reached only where nobody's scope can stand. Method: a list with a reason each; an entry that
/// is not needed any more fails too.
#[test]
fn the_unbound_scope_appears_only_where_it_may() {
    let mut used = BTreeSet::new();
    let mut foreign = Vec::new();
    for (name, text) in files("backend/src", "rs") {
        if !without_comments(without_tests(&text)).contains("Scope::system()") {
            continue;
        }
        let place = name.trim_start_matches("backend/src/");
        match UNBOUND
            .iter()
            .find(|(allowed, _)| place == *allowed || place.starts_with(&format!("{allowed}/")))
        {
            Some((allowed, _)) => drop(used.insert(*allowed)),
            None => foreign.push(name),
        }
    }
    assert_none("reaches everything", foreign);
    let unused = UNBOUND.iter().filter(|(allowed, _)| !used.contains(allowed));
    assert_none("not needed any more", unused.map(|(allowed, _)| (*allowed).to_owned()).collect());
}

/// Goal: every text exists in both languages and is shown somewhere.
#[test]
fn locale_keys_stand_in_both_languages_and_are_used() {
    let read = |language: &str| -> BTreeMap<String, String> {
        let path = root().join(format!("frontend/locales/{language}.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let (japanese, english) = (read("ja"), read("en"));
    let keys = |locale: &BTreeMap<String, String>| locale.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&japanese), keys(&english));
    let code: String = files("frontend/src", "rs").into_iter().map(|(_, text)| text).collect();
    let words: BTreeSet<&str> =
        code.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
    let unused = keys(&japanese).into_iter().filter(|key| !words.contains(key.as_str()));
    assert_none("never shown", unused.collect());
    let empty = japanese.iter().chain(&english).filter(|(_, text)| text.trim().is_empty());
    assert_none("empty", empty.map(|(key, _)| key.clone()).collect());
}

/// Goal: no operation of the app is left over.
#[test]
fn every_query_file_is_used() {
    let code: String = files("frontend/src", "rs").into_iter().map(|(_, text)| text).collect();
    let dead = files("frontend/queries", "graphql").into_iter().filter_map(|(name, _)| {
        let file = name.trim_start_matches("frontend/").to_owned();
        (!code.contains(&file)).then_some(file)
    });
    assert_none("used nowhere", dead.collect());
}
