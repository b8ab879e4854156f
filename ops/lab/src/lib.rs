//! Towns of their own: the seeded demonstration, the replay of a city's history, and several machines on one.

pub mod cluster;
pub mod demo;
pub mod replay;
