//! `cargo xtask bench load`: runs the load generator against the release build on SQLite and on PostgreSQL, and writes the
//! table into docs/BENCHMARKS.md.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::postgres::{Durability, Postgres};
use crate::process::announce;
use crate::tools::{self, Need};
use crate::workspace::{cargo, root};

/// Between these two lines of the document stands the table.
const TABLE_BEGINS: &str = "<!-- table: begins -->";
const TABLE_ENDS: &str = "<!-- table: ends -->";
/// The document.
const DOCUMENT: &str = "docs/BENCHMARKS.md";

/// Measures on both databases. With `TODOKE_BENCH_SCALE` or `TODOKE_BENCH_ONLY` set the table is only printed: a part
/// or a small run is no figure for the document.
pub(crate) fn run() -> Result<()> {
    tools::provide(&[Need::Postgres])?;
    announce("Benchmarks on SQLite");
    let sqlite = rows_of(&measure(None)?);
    announce("Benchmarks on PostgreSQL");
    let server = Postgres::start(Durability::Kept)?;
    let postgres = rows_of(&measure(Some(&server.url()))?);
    let table = joined(&sqlite, &postgres);
    println!("{table}");
    if env::var_os("TODOKE_BENCH_SCALE").is_none() && env::var_os("TODOKE_BENCH_ONLY").is_none() {
        write_table(&table)?;
    }
    Ok(())
}

/// Runs the generator. Its rows are shown as they come: the whole takes a quarter of an hour.
fn measure(postgres_url: Option<&str>) -> Result<String> {
    let mut bench = cargo();
    bench.args(["bench", "-p", "todoke", "--bench", "load"]).stdout(Stdio::piped());
    match postgres_url {
        Some(url) => bench.env("TODOKE_BENCH_DATABASE_URL", url),
        None => bench.env_remove("TODOKE_BENCH_DATABASE_URL"),
    };
    let mut running = bench.spawn().context("cannot start the load generator")?;
    let mut printed = String::new();
    for line in running.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines()) {
        let line = line.context("cannot read the load generator's rows")?;
        println!("{line}");
        printed.push_str(&line);
        printed.push('\n');
    }
    let status = running.wait().context("the load generator was lost")?;
    if !status.success() {
        bail!("the load generator failed ({status})");
    }
    Ok(printed)
}

/// Figures with their values, in order.
fn rows_of(printed: &str) -> Vec<(String, String)> {
    printed
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.rsplit_once(" | "))
        .filter(|(figure, _)| *figure != "figure")
        .map(|(figure, value)| (figure.to_owned(), value.to_owned()))
        .collect()
}

fn joined(sqlite: &[(String, String)], postgres: &[(String, String)]) -> String {
    let mut table = String::from("| figure | SQLite | PostgreSQL |\n|---|---|---|\n");
    for (figure, value) in sqlite {
        let other = postgres.iter().find(|(known, _)| known == figure).map_or("-", |(_, value)| value);
        table.push_str(&format!("| {figure} | {value} | {other} |\n"));
    }
    table
}

fn write_table(table: &str) -> Result<()> {
    let file = root().join(DOCUMENT);
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {DOCUMENT}"))?;
    let marks = text
        .split_once(TABLE_BEGINS)
        .and_then(|(before, rest)| rest.split_once(TABLE_ENDS).map(|(_, after)| (before, after)));
    let (before, after) = marks.with_context(|| format!("{DOCUMENT} lacks the lines around its table"))?;
    fs::write(&file, format!("{before}{TABLE_BEGINS}\n{table}{TABLE_ENDS}{after}"))
        .with_context(|| format!("cannot write {DOCUMENT}"))
}

#[cfg(test)]
mod tests {
    use super::{joined, rows_of};

    #[test]
    fn rows_are_read_past_the_head_and_joined_by_figure() {
        let rows = rows_of("noise\n| figure | value |\n|---|---|\n| a, b | 1 / 2 ms |\n| c | 3 |\n");
        assert_eq!(rows, [("a, b".into(), "1 / 2 ms".into()), ("c".into(), "3".into())]);
        let table = joined(&rows, &rows_of("| c | 4 |\n"));
        assert!(table.ends_with("| a, b | 1 / 2 ms | - |\n| c | 3 | 4 |\n"), "{table}");
    }
}
