//! A PostgreSQL for one run of tests or benchmarks: a fresh cluster in a temporary folder on a free port of this
//! machine, gone afterwards. Nothing here is fit for real data.

use std::env;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Command};

use anyhow::{Context, Result};

use crate::caretaker::{Caretaker, User};
use crate::process::{announce, read};
use crate::tools;

/// Every test makes its own database and connects to it several times.
const CONNECTIONS_MAX: u16 = 400;

/// Whether what is committed survives a crash of the machine.
#[derive(Clone, Copy)]
pub(crate) enum Durability {
    /// Everything waits for the disk: what a benchmark must measure.
    Kept,
    /// Nothing does: faster, and no test relies on it.
    Dropped,
}

/// A running server; dropping it stops it and removes its data.
pub(crate) struct Postgres {
    port: u16,
    _caretaker: Caretaker,
}

impl Postgres {
    /// Makes and starts a cluster whose superuser `todoke` needs no password.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let programs = tools::postgres_programs().context("initdb and pg_ctl are not there")?;
        let folder = env::temp_dir().join(format!("todoke-postgres-{}", process::id()));
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let user = unprivileged_user()?;
        if let Some(user) = user {
            chown(&folder, Some(user.uid), Some(user.gid))?;
        }
        let data = folder.join("data");
        let pg_ctl = programs.join("pg_ctl");
        let caretaker = Caretaker::hire(
            r#""$1" -D "$2" -m immediate -w stop; rm -rf "$3""#,
            &[&pg_ctl, &data, &folder],
            user,
        )?;

        announce("PostgreSQL: starting a server");
        let port = free_port()?;
        read(
            as_user(&programs.join("initdb"), &folder, user)
                .args([
                    "--auth=trust",
                    "--username=todoke",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                    "-D",
                ])
                .arg(&data),
        )?;
        start_server(&pg_ctl, &folder, user, port, durability)?;
        Ok(Self { port, _caretaker: caretaker })
    }

    /// Where the tests connect to make their own databases.
    pub(crate) fn url(&self) -> String {
        format!("postgres://todoke@127.0.0.1:{}/postgres", self.port)
    }
}

fn start_server(
    pg_ctl: &Path,
    folder: &Path,
    user: Option<User>,
    port: u16,
    durability: Durability,
) -> Result<()> {
    let switches = match durability {
        Durability::Kept => "",
        Durability::Dropped => " -c fsync=off -c full_page_writes=off",
    };
    let options = format!(
        "-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories= -c max_connections={CONNECTIONS_MAX}\
         {switches}"
    );
    let log = folder.join("log");
    let started = as_user(pg_ctl, folder, user)
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-l")
        .arg(&log)
        .args(["-w", "-s", "-o", &options, "start"])
        .status()
        .with_context(|| format!("cannot start {}", pg_ctl.display()))?;
    if !started.success() {
        let said = fs::read_to_string(&log).unwrap_or_default();
        anyhow::bail!("PostgreSQL does not start: {}", said.trim());
    }
    Ok(())
}

/// PostgreSQL refuses to run as root; then it runs as the user that Debian made for it, or as nobody.
fn unprivileged_user() -> Result<Option<User>> {
    if !tools::is_root()? {
        return Ok(None);
    }
    let name = if read(Command::new("id").args(["-u", "postgres"])).is_ok() { "postgres" } else { "nobody" };
    let number = |option: &str| -> Result<u32> {
        let text = read(Command::new("id").args([option, name]))?;
        text.trim().parse().with_context(|| format!("`id {option} {name}` says {text}"))
    };
    Ok(Some(User { uid: number("-u")?, gid: number("-g")? }))
}

fn as_user(program: &Path, folder: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// A port that nobody uses at this moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("cannot listen on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}
