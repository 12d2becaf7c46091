//! The load generator behind `cargo xtask bench`: starts the real server as a process of its own, measures from
//! outside, and prints one table row a figure. Everything stays on loopback.
//!
//! `TODOKE_BIN` names another server binary, `TODOKE_BENCH_DATABASE_URL` a PostgreSQL server on which databases may
//! be made (SQLite otherwise), `TODOKE_BENCH_SCALE` a share of the rows (1 otherwise), `TODOKE_BENCH_ONLY` the
//! scenarios, by name and separated by commas.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has nothing to report")]
#![expect(clippy::indexing_slicing, reason = "answers are JSON; a missing key is null")]
#![expect(clippy::print_stdout, reason = "the table is its result")]

mod bulk;
mod client;
mod exports;
mod ingest;
mod lists;
mod receiver;
mod searches;
mod seed;
mod server;
mod times;

fn main() {
    // `cargo test --all-targets` starts benches too; there is nothing to measure then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    println!("| figure | value |\n|---|---|");
    let only = std::env::var("TODOKE_BENCH_ONLY").unwrap_or_default();
    let wanted = |name: &str| only.is_empty() || only.split(',').any(|chosen| chosen == name);
    if wanted("ingest") {
        ingest::run().await;
    }
    if wanted("searches") {
        searches::run().await;
    }
    if wanted("exports") {
        exports::run().await;
    }
    if wanted("bulk") {
        bulk::run().await;
    }
    if wanted("lists") {
        lists::run().await;
    }
    if wanted("receiver") {
        receiver::run().await;
    }
}

/// One row of the table.
fn row(figure: &str, value: &str) {
    println!("| {figure} | {value} |");
}

/// So many of these rows, by the scale of this run; at least one.
fn scaled(count: u32) -> u32 {
    let scale = std::env::var("TODOKE_BENCH_SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::as_conversions,
        reason = "a share of a u32"
    )]
    let scaled = (f64::from(count) * scale) as u32;
    scaled.max(1)
}
