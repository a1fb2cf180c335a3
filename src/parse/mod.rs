//! Bytes become documents: front matter, card, references and terms; and bodies become HTML with holes.
//!
//! Each document is parsed alone, knowing no other. Nothing here fails: a document brings its diagnostics.

pub mod body;
pub mod matter;
