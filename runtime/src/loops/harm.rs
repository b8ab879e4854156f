//! Harm that a test does, by name: to a loop at its signs of life, to a message on its way. Without the simulator there
//! is none, and no way to do any.

#[cfg(any(test, feature = "simulator"))]
use std::sync::OnceLock;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    Nothing,
    Fall,
    /// Its signs of life go unheard, as if it had hung since long ago.
    Hush,
}

#[cfg(any(test, feature = "simulator"))]
type By = Box<dyn Fn(&str) -> Harm + Send + Sync>;

#[cfg(any(test, feature = "simulator"))]
static BY: OnceLock<By> = OnceLock::new();

/// From now on `by` says of everybody in this process what is done to them; the first stays.
#[cfg(any(test, feature = "simulator"))]
pub fn harmed_by(by: impl Fn(&str) -> Harm + Send + Sync + 'static) {
    BY.get_or_init(|| Box::new(by));
}

/// What is done to the one of this name, who falls here if that is it.
pub fn stumble(name: &str) -> Harm {
    #[cfg(any(test, feature = "simulator"))]
    let harm = BY.get().map_or(Harm::Nothing, |by| by(name));
    #[cfg(not(any(test, feature = "simulator")))]
    let harm = Harm::Nothing;
    assert!(harm != Harm::Fall, "`{name}` was tripped by a test");
    harm
}
