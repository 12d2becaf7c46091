//! Cleans up after xtask however xtask ends: normally, by an error, by Ctrl-C or by being killed. A small shell waits
//! on a pipe that closes with this process, and only then does its work; it holds no state of its own.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// Runs its script once, when it is dropped or this process is gone.
pub(crate) struct Caretaker {
    shell: Child,
}

/// The user and group that a program runs as.
#[derive(Clone, Copy)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Caretaker {
    /// `script` is shell; it finds `arguments` as `$1`, `$2` and so on, and runs as `user` where one is given.
    pub(crate) fn hire(script: &str, arguments: &[&Path], user: Option<User>) -> Result<Self> {
        let mut shell = Command::new("sh");
        shell
            .arg("-c")
            .arg(format!("trap '' INT TERM HUP; cat >/dev/null; {script}"))
            .arg("caretaker")
            .args(arguments)
            .current_dir("/")
            // A group of its own, so that Ctrl-C in the terminal does not end it before its work.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(user) = user {
            shell.uid(user.uid).gid(user.gid);
        }
        Ok(Self { shell: shell.spawn().context("cannot start sh")? })
    }
}

impl Drop for Caretaker {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // Whether it succeeded cannot matter any more.
        let _ = self.shell.wait();
    }
}
