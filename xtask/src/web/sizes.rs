//! Shows what the app weighs: each file raw, as gzip and as brotli, and the sum of what a browser fetches first, which
//! has a limit.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::bundle::Bundle;

/// What everybody waits for before the first screen, as it travels: about a second on a slow mobile network. What does
/// not fit belongs into a part (`frontend/src/pages/parts.rs`).
const LOADED_FIRST_BROTLI_MAX: u64 = 220_000;

/// Prints the table for a finished bundle; an error where what is loaded first is too much.
pub(super) fn print_and_check(bundle: &Bundle, folder: &Path) -> Result<()> {
    eprintln!("\n{:<44} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli");
    let mut sum = [0, 0, 0];
    for path in &bundle.loaded_first {
        let sizes = sizes(folder, path)?;
        line(path, sizes);
        for (total, size) in sum.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    line("loaded first, together", sum);
    for path in bundle.parts.iter().chain(&bundle.public) {
        line(path, sizes(folder, path)?);
    }
    let [_, _, brotli] = sum;
    ensure!(
        brotli <= LOADED_FIRST_BROTLI_MAX,
        "a browser would load {} before the first screen; {} is the limit. Move a page into a part.",
        kilobytes(brotli),
        kilobytes(LOADED_FIRST_BROTLI_MAX)
    );
    Ok(())
}

fn line(name: &str, [raw, gzip, brotli]: [u64; 3]) {
    eprintln!("{name:<44} {:>10} {:>10} {:>10}", kilobytes(raw), kilobytes(gzip), kilobytes(brotli));
}

fn sizes(folder: &Path, path: &str) -> Result<[u64; 3]> {
    let size = |suffix: &str| {
        let file = folder.join(format!("{path}{suffix}"));
        fs::metadata(&file)
            .map(|about| about.len())
            .with_context(|| format!("cannot read {}", file.display()))
    };
    Ok([size("")?, size(".gz")?, size(".br")?])
}

/// 1 kB = 1,000 bytes, as networks count.
fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
