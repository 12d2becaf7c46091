//! A CSV of a hundred thousand rows: the first byte, the whole, and what it costs in memory.

use std::time::{Duration, Instant};

use http_body_util::BodyExt;

use crate::{row, scaled, searches::month, seed::Seed, server::prepare, times::Times};

/// Rows of the table; every eighth or so falls in one month.
const ROWS: u32 = 700_000;
/// Runs.
const ROUNDS: u32 = 5;

/// Measures the export.
pub(crate) async fn run() {
    let bench = prepare(1).await;
    let db = bench.database().await;
    Seed::new(&db, 1).send_errors(scaled(ROWS)).await;
    let server = bench.start("web").await;
    let mut client = server.sign_in().await;
    let rest_mb = server.resident_mb();
    let path = format!("/export/send-errors.csv?ipCodes={}&yearMonth={}", bench.code(), previous(&month()));
    let (mut first, mut whole, mut lines) = (Times::default(), Duration::ZERO, 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let mut body = client.get(&path).await;
        lines = 0;
        let mut is_first = true;
        while let Some(frame) = body.frame().await {
            if let Some(data) = frame.unwrap().data_ref() {
                if std::mem::take(&mut is_first) {
                    first.add(began.elapsed());
                }
                lines += data.iter().filter(|byte| **byte == b'\n').count();
            }
        }
        whole = began.elapsed();
    }
    row(
        &format!("CSV of {} rows: first byte, greatest of {ROUNDS}", lines.saturating_sub(1)),
        &format!("{:.1} ms", first.percentile_ms(100)),
    );
    row("CSV: the whole", &format!("{:.2} s", whole.as_secs_f64()));
    let above = server.resident_peak_mb() - rest_mb;
    row("CSV: resident memory above rest, greatest", &format!("{above:.1} MB"));
}

fn previous(month: &str) -> String {
    let (year, month) = month.split_once('-').unwrap();
    let (year, month): (u32, u32) = (year.parse().unwrap(), month.parse().unwrap());
    if month == 1 { format!("{}-12", year - 1) } else { format!("{year}-{:02}", month - 1) }
}
