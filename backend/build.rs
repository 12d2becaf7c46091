//! The app is embedded: a new build of it makes a new binary.

fn main() {
    let _ = std::fs::create_dir_all("../frontend/dist");
    println!("cargo:rerun-if-changed=../frontend/dist");
}
