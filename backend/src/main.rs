//! The `todoke` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    todoke::cli::main()
}
