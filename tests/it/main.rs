//! What Letterpress promises, proved through the built binary in temporary folders.
//!
//! One binary, so that it is linked once. `site` is the harness; every other file is data behind a helper of its own.

#![expect(clippy::disallowed_methods, reason = "tests make sites, and look at what became of them")]
#![expect(clippy::format_collect, reason = "a site is not made ten thousand times a second")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod assets;
mod bad_input;
mod canary;
mod cards;
mod clock;
mod commands;
mod determinism;
mod feeds;
mod fixtures;
mod hosts;
mod keep_going;
mod kill;
mod labels;
mod lists;
mod machines;
mod nothing_to_do;
#[cfg(feature = "pictures")]
mod pictures;
mod precompress;
mod preview;
mod properties;
mod publishing;
mod rebuilds;
mod related;
mod renew;
mod rooms;
mod search;
mod seldom;
mod site;
mod walks;
