//! The command line: what can be asked of `todoke`, and how it answers. Logs go to standard error, results to
//! standard output. Exit status: 0 done, 1 failed, 2 wrong usage.

use std::{io::Write, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};

use crate::{
    clock::SystemClock,
    config::{Config, Role},
    demo, print_schema, runtime,
    store::Database,
    telemetry,
};

mod admin;

/// Delivers payment results exactly as decided, and shows what did not arrive.
#[derive(Parser)]
#[command(name = "todoke", version, about)]
struct Cli {
    /// A TOML file with settings; TODOKE_… variables override it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server.
    Serve {
        /// What this process does.
        #[arg(long, value_enum, default_value_t)]
        role: Role,
    },
    /// Runs the server with sample data and a sample merchant endpoint whose failures can be chosen.
    Demo,
    /// Brings the database up to date.
    Migrate,
    /// Prints the GraphQL schema.
    Schema,
    /// For operators and scripts: merchants, IP codes, users, rights, tokens, endpoints.
    Admin(admin::AdminArgs),
}

/// Runs the command that the arguments ask for.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Command::Schema = cli.command {
        return finish(print(&print_schema()));
    }
    telemetry::start_logging();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return finish(Err(format!("the runtime cannot be started: {error}"))),
    };
    finish(runtime.block_on(run(cli)))
}

async fn run(cli: Cli) -> Result<(), String> {
    match cli.command {
        Command::Serve { role } => {
            let config = load_config(cli.config.as_deref())?;
            let listen = config.listen;
            let running = runtime::start(config, Arc::new(SystemClock), role)
                .await
                .map_err(|error| error.to_string())?;
            let (server, address) = running.serve(listen).map_err(|error| error.to_string())?;
            tracing::info!(%address, ?role, "listening");
            server.await.map_err(|error| error.to_string())?;
            running.stop().await;
            Ok(())
        }
        Command::Demo => demo::run(load_config(cli.config.as_deref())?).await,
        Command::Migrate => {
            let config = load_config(cli.config.as_deref())?;
            let database = Database::connect(&config.database_url).await.map_err(away)?;
            database.migrate().await.map_err(away)?;
            print("the database is up to date\n")
        }
        Command::Schema => print(&print_schema()),
        Command::Admin(args) => admin::run(load_config(cli.config.as_deref())?, args).await,
    }
}

fn away(error: sea_orm::DbErr) -> String {
    format!("the database cannot be used: {error}")
}

fn load_config(file: Option<&std::path::Path>) -> Result<Config, String> {
    Config::load(file).map_err(|error| error.to_string())
}

/// Results go to standard output; a closed pipe is a failure, not a crash.
fn print(text: &str) -> Result<(), String> {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}

fn finish(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "todoke: {message}");
            ExitCode::FAILURE
        }
    }
}
