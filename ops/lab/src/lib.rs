//! Towns of their own: the seeded demonstration, and the replay of a city's history.

pub mod demo;
pub mod replay;
