//! `letterpress serve`: the site in the browser while it is being written.

use std::{
    net::{IpAddr, SocketAddr},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Args;

use super::{Common, build::Edition, print::Printer};
use crate::{
    diag::Diagnostic,
    model::Timestamp,
    pipeline::{
        self, Failure,
        preview::{self, Changed, Preview, Shown},
    },
    release::Policy,
    render,
    serve::{self, Content, Event, Options, Outcome, Page, Pages, Trouble},
};

/// What a preview reads, and so what is watched.
const WATCHED: [&str; 6] = ["content", "data", "redirects.yaml", "site.yaml", "static", "templates"];

/// The arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    edition: Edition,
    /// Show what readers get: no drafts, and nothing that is not out yet or no more
    #[arg(long)]
    public: bool,
    /// The port to listen on
    #[arg(long, value_name = "PORT", default_value_t = Options::ADDRESS.port())]
    port: u16,
    /// The address to listen on; any but this machine's own lets others in
    #[arg(long, value_name = "IP", default_value_t = Options::ADDRESS.ip())]
    bind: IpAddr,
    /// Another name under which browsers may call the server; may be given several times
    #[arg(long = "allow-host", value_name = "NAME")]
    allow_hosts: Vec<String>,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    super::set_jobs(arguments.edition.jobs.map(usize::from))?;
    let config = match pipeline::config(&common.root, arguments.edition.base_url.as_deref()) {
        Ok(config) => config,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let root = common.root.canonicalize()?;
    let request = preview::Request {
        root: root.clone(),
        base_url: arguments.edition.base_url.clone(),
        program: super::program(),
        policy: if arguments.public { Policy::Public } else { Policy::Preview },
    };
    let options = Options {
        address: SocketAddr::new(arguments.bind, arguments.port),
        allow_hosts: arguments.allow_hosts.clone(),
        watch: WATCHED.iter().map(|name| root.join(name)).collect(),
        base_path: config.base_path,
        root,
    };
    let mut desk = Desk {
        preview: Preview::new(request),
        as_of: arguments.edition.as_of,
        printer: Arc::new(printer.clone()),
        told: Vec::new(),
    };
    serve::run(&options, |changed| desk.refresh(changed), |event| announce(event, printer))?;
    Ok(ExitCode::SUCCESS)
}

/// The preview, and what was said of it.
struct Desk {
    preview: Preview,
    as_of: Option<Timestamp>,
    printer: Arc<Printer>,
    told: Vec<Diagnostic>,
}

impl Desk {
    /// Brings the preview up to date, at the clock of now if none was given.
    #[expect(clippy::disallowed_methods, reason = "the report tells how long it took")]
    fn refresh(&mut self, changed: &Changed) -> Outcome {
        let (began, now) = (Instant::now(), super::as_of(self.as_of));
        match self.preview.refresh(changed, now) {
            Ok(refreshed) => {
                if self.told != refreshed.diagnostics {
                    self.printer.diagnostics(&refreshed.diagnostics);
                    self.told = refreshed.diagnostics;
                }
                if refreshed.work.parsed > 0 || refreshed.work.is_whole {
                    let (parsed, took) = (refreshed.work.parsed, began.elapsed().as_secs_f64());
                    let documents = if parsed == 1 { "document" } else { "documents" };
                    self.printer.say(&format!("shown: {parsed} {documents} read in {took:.3} s"));
                }
                // A clock that was given stands still.
                let event = refreshed.next_event.filter(|_| self.as_of.is_none());
                let until = event.and_then(|event| u64::try_from(event.as_second() - now.as_second()).ok());
                Outcome::Built {
                    pages: Arc::new(Drawn { shown: refreshed.shown, printer: Arc::clone(&self.printer) }),
                    is_new: refreshed.is_new,
                    look_again: until.map(Duration::from_secs).into_iter().chain(refreshed.look_again).min(),
                }
            }
            Err(failure) => {
                self.printer.failure(&failure);
                self.told = Vec::new();
                Outcome::Failed { report: report(&failure, &self.printer) }
            }
        }
    }
}

/// A failure as text, for a page in the browser.
fn report(failure: &Failure, printer: &Printer) -> String {
    match failure {
        Failure::Mistakes(diagnostics) => {
            // There is little room over a page: what stops it comes first.
            let mut diagnostics: Vec<Diagnostic> = diagnostics.clone();
            diagnostics.sort_by_key(|diagnostic| !diagnostic.is_error());
            printer.drawn(&diagnostics)
        }
        Failure::Load(error) => error.to_string(),
        Failure::Pictures(error) => error.to_string(),
        Failure::Write(error) => error.to_string(),
    }
}

/// What is shown, with mistakes drawn as they are in the terminal.
#[derive(Debug)]
struct Drawn {
    shown: Arc<Shown>,
    printer: Arc<Printer>,
}

impl Pages for Drawn {
    fn listed(&self, name: &str) -> Option<usize> {
        self.shown.output(name)
    }

    fn page(&self, number: usize) -> Result<Page, Trouble> {
        let page = self.shown.page(number).map_err(|failure| match failure {
            Failure::Load(_) => Trouble::Changed,
            failure => Trouble::Mistake(report(&failure, &self.printer)),
        })?;
        let content = match page.content {
            render::Content::Bytes(bytes) => Content::Bytes(bytes),
            render::Content::Stream(file) => Content::File(file),
            // Only a build keeps what it has published.
            render::Content::Kept => return Err(Trouble::Changed),
        };
        Ok(Page { content, ribbon: serve::ribbon(page.standing, &self.shown.zone()) })
    }
}

fn announce(event: Event, printer: &Printer) {
    match event {
        Event::Listening { url } => printer.say(&format!("{url} shows the site; Ctrl-C ends it")),
        Event::Polling { reason } => {
            printer
                .warn(&format!("the system cannot tell of changes ({reason}); files are looked at from time to time"));
        }
        // What there was to say was printed when it ended.
        Event::Building | Event::Built { .. } | Event::Failed => {}
    }
}
