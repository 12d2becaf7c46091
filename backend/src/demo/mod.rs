//! placeholder
use crate::config::Config;
/// Runs the demo.
pub async fn run(_config: Config) -> Result<(), String> {
    Ok(())
}
