//! `cargo xtask dev`: the demo server, rebuilt and restarted whenever a source file changes. Looks at the files' times
//! twice a second, which needs no library and costs next to nothing at this number of files.

use std::process::Child;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};

use crate::caretaker::Caretaker;
use crate::demo;
use crate::process::announce;
use crate::web;
use crate::workspace::{files_below, root};

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// What a server gets to end its requests before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(10);
const WATCHED: [&str; 7] =
    ["Cargo.lock", "Cargo.toml", "backend", "domain", "frontend", "migrations", "schema.graphql"];

/// Runs until it is interrupted.
pub(crate) fn run(rest: &[String]) -> Result<()> {
    loop {
        let before = state_of_sources()?;
        let server = match build().and_then(|()| Server::start(rest)) {
            Ok(server) => Some(server),
            Err(error) => {
                eprintln!("error: {error:#}\nWaiting for a change");
                None
            }
        };
        while state_of_sources()? == before {
            thread::sleep(LOOK_EVERY);
        }
        announce("Something changed");
        drop(server);
    }
}

fn build() -> Result<()> {
    web::build()?;
    demo::build_server()
}

/// How many source files there are, and when the newest one was written.
fn state_of_sources() -> Result<(usize, Option<SystemTime>)> {
    let mut count = 0;
    let mut newest = None;
    for watched in WATCHED {
        for file in files_below(&root().join(watched))? {
            count += 1;
            // A file that has just been removed is noticed by the count.
            newest = newest.max(file.metadata().and_then(|about| about.modified()).ok());
        }
    }
    Ok((count, newest))
}

/// A running server; dropping it, or the end of xtask, stops it.
struct Server {
    child: Child,
    /// Asks the server to end when it is dropped, as an operator would.
    ender: Option<Caretaker>,
}

impl Server {
    fn start(rest: &[String]) -> Result<Self> {
        let child = demo::demo_server(rest).spawn().context("cannot start the server")?;
        let script = format!("kill -TERM {}", child.id());
        Ok(Self { child, ender: Some(Caretaker::hire(&script, &[], None)?) })
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.ender.take());
        let end = Instant::now() + STOP_LIMIT;
        while !self.has_ended() && Instant::now() < end {
            thread::sleep(Duration::from_millis(50));
        }
        // A server that has ended needs no killing, and there is nothing else to do about one that has not.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
