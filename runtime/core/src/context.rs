//! The context in force: what entities decide with, swapped while they do.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The context in force, and the first eight bytes of its hash. Swapped as one; those who change it take turns, those
/// who read it never wait for them.
#[derive(Debug)]
pub struct ContextCell<C> {
    in_force: RwLock<Arc<(C, u64)>>,
    turn: Mutex<()>,
}

impl<C> ContextCell<C> {
    /// A cell that holds `context`, known by `hash`.
    pub fn new(context: C, hash: u64) -> ContextCell<C> {
        ContextCell { in_force: RwLock::new(Arc::new((context, hash))), turn: Mutex::new(()) }
    }

    /// What is in force.
    pub fn current(&self) -> Arc<(C, u64)> {
        Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in force, whatever the one before; decisions under way finish with the old one.
    pub fn replace(&self, context: C, hash: u64) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(context, hash);
    }

    /// Puts in force what `make` makes of the one in force; nothing else is put in force meanwhile. None of it changes
    /// nothing.
    ///
    /// # Errors
    /// Those of `make`; nothing is changed.
    pub fn change<E>(
        &self,
        make: impl FnOnce(&C, u64) -> Result<Option<(C, u64)>, E>,
    ) -> Result<(), E> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (context, hash) = &*self.current();
        if let Some((context, hash)) = make(context, *hash)? {
            self.put(context, hash);
        }
        Ok(())
    }

    fn put(&self, context: C, hash: u64) {
        let fresh = Arc::new((context, hash));
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }
}
