//! Compiles the app to WebAssembly. The standard library for that target comes from rustup or, where rustup cannot
//! reach its server, is built from Debian's source with Debian's compiler.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{announce, find, read, run, succeeds_within};
use crate::tools::{self, Need};
use crate::workspace;

const TARGET: &str = "wasm32-unknown-unknown";
/// Randomness comes from the browser. Leptos keeps one type for all components instead of one for each whole page,
/// which makes the module smaller and compiles faster.
const FLAGS: [&str; 4] = ["--cfg", r#"getrandom_backend="wasm_js""#, "--cfg", "erase_components"];
/// The linker leaves word of what refers to what, from which `split` sees what each part needs. For the app alone, which
/// alone is linked: the same for every crate would only compile them all again.
const FOR_SPLITTING: &str = "-Clink-arg=--emit-relocs";
/// Parts the flags of `CARGO_ENCODED_RUSTFLAGS`, so that they may hold spaces.
const FLAG_SEPARATOR: &str = "\u{1f}";
/// A download of 20 MB; a server that has not answered by then will not.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// The compiled module.
pub(super) fn to_wasm() -> Result<PathBuf> {
    // A folder of its own: two compilers in one folder take turns to throw away each other's work.
    let target = workspace::target().join("web");
    fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?;
    let mut cargo = workspace::cargo();
    cargo
        .args(["rustc", "--target", TARGET, "--profile", "web", "-p", "todoke-frontend", "--bin", "app"])
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags())
        // wasm-bindgen reads from a section that stripping removes which features the module uses; names and debug
        // information are taken out after it.
        .env("CARGO_PROFILE_WEB_STRIP", "none");
    if !rustup_brings_target(&target)? {
        use_debian_compiler(&mut cargo)?;
    }
    cargo.args(["--", FOR_SPLITTING]);
    run(&mut cargo)?;
    Ok(target.join(TARGET).join("web/app.wasm"))
}

/// The flags, and short names for this machine's folders: the module says of no machine where it was built, and is
/// the same from every checkout.
fn flags() -> String {
    let home = env::var_os("HOME").map(PathBuf::from);
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or(home.map(|home| home.join(".cargo")));
    let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
    let mut remap = |from: PathBuf, to: &str| {
        flags.push(format!("--remap-path-prefix={}={to}", from.display()));
    };
    remap(workspace::root().to_path_buf(), "todoke");
    if let Some(cargo_home) = cargo_home {
        remap(cargo_home.join("registry/src"), "crates");
    }
    flags.join(FLAG_SEPARATOR)
}

/// Whether rustup has the target, or can fetch it. A fetch that failed is remembered for this compiler.
fn rustup_brings_target(target: &Path) -> Result<bool> {
    if find("rustup").is_none() {
        return Ok(false);
    }
    let rustup = || {
        let mut rustup = Command::new("rustup");
        rustup.current_dir(workspace::root());
        rustup
    };
    let installed = read(rustup().args(["target", "list", "--installed"])).unwrap_or_default();
    if installed.lines().any(|line| line == TARGET) {
        return Ok(true);
    }
    let version = read(Command::new("rustc").arg("-V").current_dir(workspace::root()))?;
    let refused = target.join("rustup-target-refused");
    if fs::read_to_string(&refused).is_ok_and(|refused_for| refused_for == version) {
        return Ok(false);
    }
    announce(&format!("Asking rustup for {TARGET}"));
    if succeeds_within(rustup().args(["target", "add", TARGET]), RUSTUP_LIMIT) {
        return Ok(true);
    }
    eprintln!("rustup cannot bring it; using Debian's packages (remembered in {})", refused.display());
    fs::write(&refused, version).with_context(|| format!("cannot write {}", refused.display()))?;
    Ok(false)
}

/// Debian's compiler has no finished library for the target but its source, which cargo builds along. That is an
/// unstable option of cargo, hence `RUSTC_BOOTSTRAP`; the app itself uses stable Rust only.
fn use_debian_compiler(cargo: &mut Command) -> Result<()> {
    tools::provide(&[Need::DebianWasm])?;
    cargo
        .arg("-Zbuild-std=std,panic_abort")
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?);
    Ok(())
}

/// rustup's own linker, else one of LLVM's.
fn linker() -> Result<PathBuf> {
    if let Some(own) = rust_lld() {
        return Ok(own);
    }
    let newest_first = (14..=30).rev().map(|version| format!("wasm-ld-{version}"));
    match std::iter::once("wasm-ld".to_owned()).chain(newest_first).find_map(find) {
        Some(found) => Ok(found),
        None => {
            bail!("no linker for WebAssembly: neither rust-lld (rustup) nor wasm-ld; install the package lld")
        }
    }
}

fn rust_lld() -> Option<PathBuf> {
    let rustc = || {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(workspace::root());
        rustc
    };
    let sysroot = read(rustc().args(["--print", "sysroot"])).ok()?;
    let about = read(rustc().arg("-vV")).ok()?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "))?;
    let lld = PathBuf::from(sysroot.trim()).join("lib/rustlib").join(host).join("bin/rust-lld");
    lld.is_file().then_some(lld)
}
