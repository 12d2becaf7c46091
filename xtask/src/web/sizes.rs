//! Shows what the app weighs: each file raw, as gzip and as brotli, and the sum of what a browser fetches first.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::bundle::Bundle;

/// Prints the table for a bundle in its final folder.
pub(super) fn print(bundle: &Bundle, folder: &Path) -> Result<()> {
    eprintln!("\n{:<40} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli");
    let mut sum = [0, 0, 0];
    for path in &bundle.loaded_first {
        let sizes = sizes(folder, path)?;
        line(path, sizes);
        for (total, size) in sum.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    line("loaded first, together", sum);
    for path in &bundle.public {
        line(path, sizes(folder, path)?);
    }
    Ok(())
}

fn line(name: &str, [raw, gzip, brotli]: [u64; 3]) {
    eprintln!("{name:<40} {:>10} {:>10} {:>10}", kilobytes(raw), kilobytes(gzip), kilobytes(brotli));
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
