//! Pages for people, served beside the API, and the live figures that they show.

pub mod dashboard;
pub mod pages;
