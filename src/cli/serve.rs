//! `letterpress serve`: the built site in the browser, built again at every change.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use clap::Args;

use super::{
    Common,
    build::{Edition, words},
    print::Printer,
};
use crate::{
    pipeline::{self, Failure, Mistakes, Request},
    serve::{self, Event, Options, Outcome},
};

/// What a build reads, and so what is watched.
const WATCHED: [&str; 6] = ["content", "data", "redirects.yaml", "site.yaml", "static", "templates"];

/// The arguments of `serve`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    edition: Edition,
    /// The port to listen on
    #[arg(long, value_name = "PORT", default_value_t = Options::ADDRESS.port())]
    port: u16,
    /// The address to listen on; any but this machine's own lets others in
    #[arg(long, value_name = "IP", default_value_t = Options::ADDRESS.ip())]
    bind: IpAddr,
    /// Another name under which browsers may call the server; may be given several times
    #[arg(long = "allow-host", value_name = "NAME")]
    allow_hosts: Vec<String>,
    /// The folder of the preview, relative to the site's; it is not the one that is published
    #[arg(long, value_name = "DIR", default_value = ".letterpress/preview")]
    out: PathBuf,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let config = match pipeline::config(&common.root, arguments.edition.base_url.as_deref()) {
        Ok(config) => config,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut request = arguments.edition.request(common, &arguments.out, Mistakes::Stop)?;
    // A preview need not outlive a power cut.
    request.folder.durable = false;
    let root = common.root.canonicalize()?;
    let options = Options {
        address: SocketAddr::new(arguments.bind, arguments.port),
        allow_hosts: arguments.allow_hosts.clone(),
        watch: WATCHED.iter().map(|name| root.join(name)).collect(),
        public: root.join(&request.out),
        base_path: config.base_path,
        root,
    };
    serve::run(&options, || build(&mut request, arguments, printer), |event| announce(event, printer))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds once more, at the clock of now if none was given.
#[expect(clippy::disallowed_methods, reason = "the report tells how long the build took")]
fn build(request: &mut Request, arguments: &Arguments, printer: &Printer) -> Outcome {
    let began = Instant::now();
    request.as_of = super::as_of(arguments.edition.as_of);
    match pipeline::build(request) {
        Ok(built) => {
            printer.diagnostics(&built.diagnostics);
            printer.say(&words(&built, request, began.elapsed()));
            Outcome::Built { changed: !(built.report.written.is_empty() && built.report.removed.is_empty()) }
        }
        Err(failure) => {
            printer.failure(&failure);
            let report = match &failure {
                Failure::Mistakes(diagnostics) => printer.drawn(diagnostics),
                Failure::Load(error) => error.to_string(),
                Failure::Pictures(error) => error.to_string(),
                Failure::Write(error) => {
                    let cure = error.cure().map(|cure| format!("\n  = help: {cure}")).unwrap_or_default();
                    format!("{error}{cure}")
                }
            };
            Outcome::Failed { report }
        }
    }
}

fn announce(event: Event, printer: &Printer) {
    match event {
        Event::Listening { url } => printer.say(&format!("{url} shows the site; Ctrl-C ends it")),
        Event::Polling { reason } => {
            printer
                .warn(&format!("the system cannot tell of changes ({reason}); files are looked at from time to time"));
        }
        // What a build did or found was printed when it ended.
        Event::Building | Event::Ended(_) => {}
    }
}
