//! The one entry point for whoever works on Todoke: `cargo xtask <command>`. Each command lives in its own file; no
//! rule of the product belongs here.

mod bench;
mod caretaker;
mod demo;
mod dev;
mod postgres;
mod process;
mod test;
mod tools;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The commands that a developer of Todoke runs", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and run it on the embedded database with sample data
    Demo {
        /// Further arguments of `todoke demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Like demo, but rebuild and restart whenever a source file changes
    Dev {
        /// Further arguments of `todoke demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run every check and test; the last line counts them
    Test,
    /// Run the benchmarks; those of the server, on both databases, write their table into docs/BENCHMARKS.md
    Bench {
        /// Only this one
        subject: Option<bench::Subject>,
    },
    /// Build the single-page app into frontend/dist
    Web,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo { rest } => demo::run(&rest),
        Command::Dev { rest } => dev::run(&rest),
        Command::Test => return test::run(),
        Command::Bench { subject } => bench::run(subject),
        Command::Web => web::build(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
