//! The command line: arguments, the wall clock, the environment and printing. One file a command.
//!
//! Exit codes: 0, it is done; 1, mistakes or a failure, and nothing was changed; 2, the command line was wrong;
//! 3, built with `--keep-going` although sources have mistakes.

mod build;
mod check;
mod explain;
mod init;
mod markdown;
mod new;
mod next_event;
mod print;
mod related;
#[cfg(feature = "serve")]
mod serve;

use std::{ffi::OsString, panic, path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::{
    model::Timestamp,
    parse::{body, fields},
};
use print::Printer;

/// Turns a folder of Markdown articles into a complete news site.
#[derive(Debug, Parser)]
#[command(name = "letterpress", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done; 1 mistakes or a failure, nothing was changed; 2 wrong command line;\n3 built with --keep-going although sources have mistakes.";

/// What every command takes.
#[derive(Debug, Clone, Args)]
struct Common {
    /// The site's folder
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    root: PathBuf,
    /// Print errors only
    #[arg(long, short, global = true)]
    quiet: bool,
    /// How diagnostics and reports are printed
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How diagnostics and reports are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object on standard output
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a small site that builds at once
    Init(init::Arguments),
    /// Begin an article
    New(new::Arguments),
    /// Build the site and publish it into the output folder
    Build(build::Arguments),
    /// Show the site in the browser while it is being written
    #[cfg(feature = "serve")]
    Serve(serve::Arguments),
    /// Print the JSON Schema of a kind of file, for editors that complete and check
    Schema {
        /// Which kind
        kind: KindName,
    },
    /// Render standard input as the body of an article
    Markdown(markdown::Arguments),
    /// Tell why a story's related stories are what they are
    Related(related::Arguments),
    /// Report every mistake and warning, also of what is not out
    Check(check::Arguments),
    /// Tell what an output has read, and whether and why a build would make it again
    Explain(explain::Arguments),
    /// Print when the site changes next without an edit
    NextEvent(next_event::Arguments),
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// The kinds of files that have a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindName {
    /// `site.yaml`
    Site,
    /// Articles
    Article,
    /// Pages directly in `content/`
    Page,
    /// `content/authors/`
    Author,
    /// `content/series/`
    Series,
    /// `_index.md`
    Section,
    /// `content/tags/` and the like
    Topic,
}

/// Runs the command line, and tells the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are "errors" of the parser that belong on standard output.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    announce_bugs();
    let printer = Printer::new(&arguments.common);
    match execute(&arguments, &printer) {
        Ok(code) => code,
        Err(error) => {
            printer.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let common = &arguments.common;
    match &arguments.command {
        Command::Init(arguments) => init::run(common, arguments, printer),
        Command::New(arguments) => new::run(common, arguments, printer),
        Command::Build(arguments) => build::run(common, arguments, printer),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(common, arguments, printer),
        Command::Schema { kind } => {
            printer.result(&format!("{:#}", fields::schema(kind.kind())));
            Ok(ExitCode::SUCCESS)
        }
        Command::Markdown(arguments) => markdown::run(common, arguments, printer),
        Command::Related(arguments) => related::run(common, arguments, printer),
        Command::Check(arguments) => check::run(common, arguments, printer),
        Command::Explain(arguments) => explain::run(common, arguments, printer),
        Command::NextEvent(arguments) => next_event::run(common, arguments, printer),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "letterpress", &mut script);
            printer.result(&String::from_utf8_lossy(&script));
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl KindName {
    fn kind(self) -> fields::Kind {
        match self {
            Self::Site => fields::Kind::Site,
            Self::Article => fields::Kind::Article,
            Self::Page => fields::Kind::Page,
            Self::Author => fields::Kind::Author,
            Self::Series => fields::Kind::Series,
            Self::Section => fields::Kind::Section,
            Self::Topic => fields::Kind::Topic,
        }
    }
}

/// Bugs of ours panic. A person sees what to do about it, and nothing of those that the Markdown parser has and we catch.
fn announce_bugs() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |bug| {
        if !body::is_contained(bug) {
            usual(bug);
            print::to_stderr(
                "this is a mistake in Letterpress, not in your site; the published site is as it was. Please report it with the lines above.",
            );
        }
    }));
}

/// The wall clock, read once for a command, unless an instant was given.
#[expect(clippy::disallowed_methods, reason = "`cli` is where time comes in")]
fn as_of(given: Option<Timestamp>) -> Timestamp {
    given.unwrap_or_else(|| {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let second = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
        Timestamp::from_second(second).expect("the clock shows a year of four digits")
    })
}

/// Reads an instant from the command line.
fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text)
        .ok_or_else(|| "expected a date and time with an offset, such as 2026-11-22T12:00:00Z".to_owned())
}

/// The user's home folder, which is never published into.
#[expect(clippy::disallowed_methods, reason = "`cli` is where the environment comes in")]
fn home() -> Option<PathBuf> {
    std::env::var("HOME").ok().filter(|home| !home.is_empty()).map(PathBuf::from)
}

/// The file of the running program, even if another was put into its place since it was started.
fn program() -> Option<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { Some(running) } else { std::env::current_exe().ok() }
}

/// Sets how many threads do the work, each with a stack that deep templates need.
fn set_jobs(jobs: Option<usize>) -> anyhow::Result<()> {
    const STACK_BYTES: usize = 8 * 1024 * 1024;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.unwrap_or(0)).stack_size(STACK_BYTES);
    Ok(pool.build_global()?)
}
