//! The app is embedded: a new build of it makes a new binary.

#![expect(
    clippy::print_stdout,
    reason = "cargo reads the instructions of a build script from there"
)]

fn main() {
    let _ = std::fs::create_dir_all("../frontend/dist");
    println!("cargo:rerun-if-changed=../frontend/dist");
}
