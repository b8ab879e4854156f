//! Commands whose type is forgotten on their way to an entity.

use std::any::Any;
use std::fmt;

/// A command whose type is forgotten until its entity takes it.
pub struct AnyCommand(Box<dyn Any + Send>);

impl AnyCommand {
    /// Forgets the type of `command`.
    pub fn new<C: Any + Send>(command: C) -> AnyCommand {
        AnyCommand(Box::new(command))
    }

    /// Finds it again.
    ///
    /// # Errors
    /// The command as it was, when it is not a `C`.
    pub fn downcast<C: Any>(self) -> Result<Box<C>, AnyCommand> {
        self.0.downcast::<C>().map_err(AnyCommand)
    }

    /// The command, if it is a `C`.
    pub fn get<C: Any>(&self) -> Option<&C> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for AnyCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyCommand")
    }
}
