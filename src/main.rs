//! The `letterpress` command.

use std::process::ExitCode;

// A tenth of a build's CPU time was the system's allocator; `bench/run` measures it again.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    letterpress::cli::run(std::env::args_os())
}
