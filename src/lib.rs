//! Letterpress turns a folder of Markdown articles with YAML front matter into a complete news site.
//!
//! Start with [`pipeline`]: a build is eight calls over eight types, and each call is a room of this crate.
//! Data flows one way; a room may use the types of the rooms before it, never of those after it.

pub mod cache;
pub mod cli;
pub mod config;
pub mod diag;
pub mod load;
pub mod model;
pub mod parse;
pub mod pictures;
pub mod pipeline;
pub mod plan;
pub mod relate;
pub mod release;
pub mod render;
#[cfg(feature = "serve")]
pub mod serve;
pub mod write;
