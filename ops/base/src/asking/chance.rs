//! Random bytes of the system, and command ids made of them.

use duban_runtime::entity::CommandId;

/// The system gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes: {0}")]
pub struct NoChance(getrandom::Error);

/// Random bytes.
pub fn random<const N: usize>() -> Result<[u8; N], NoChance> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(NoChance)?;
    Ok(bytes)
}

/// A command id that nobody has used.
pub fn command_id() -> Result<CommandId, NoChance> {
    Ok(CommandId(u128::from_le_bytes(random()?)))
}
