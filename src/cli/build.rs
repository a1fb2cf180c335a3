//! `letterpress build`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::json;

use super::{
    Common,
    print::{Printer, counted},
};
use crate::{
    model::Timestamp,
    pipeline::{self, Built, Mistakes, Request},
    write,
};

/// How many reasons are printed of why outputs were made again.
const REASONS: usize = 5;

/// The arguments of `build`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// The output folder, relative to the site's
    #[arg(long, value_name = "DIR", default_value = "public")]
    out: PathBuf,
    #[command(flatten)]
    pub(super) edition: Edition,
    /// Treat warnings as errors
    #[arg(long, conflicts_with = "keep_going")]
    strict: bool,
    /// Build without the sources that have errors; their published pages stay
    #[arg(long)]
    keep_going: bool,
    /// Take over an output folder that someone else filled
    #[arg(long)]
    adopt: bool,
}

/// Which edition is built, and where to.
#[derive(Debug, Clone, Args)]
pub(super) struct Edition {
    /// The build's clock, instead of now
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    pub(super) as_of: Option<Timestamp>,
    /// The site's address, instead of `url` in site.yaml
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// How many threads work
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
}

impl Edition {
    /// What to build.
    pub(super) fn request(&self, common: &Common, out: &Path, mistakes: Mistakes) -> anyhow::Result<Request> {
        super::set_jobs(self.jobs.map(usize::from))?;
        Ok(Request {
            root: common.root.clone(),
            out: out.to_path_buf(),
            as_of: super::as_of(self.as_of),
            base_url: self.base_url.clone(),
            mistakes,
            folder: write::Options { home: super::home(), ..write::Options::default() },
            program: None,
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the report tells how long the build took")]
pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let began = Instant::now();
    let mistakes = match arguments {
        Arguments { strict: true, .. } => Mistakes::Strict,
        Arguments { keep_going: true, .. } => Mistakes::KeepGoing,
        _ => Mistakes::Stop,
    };
    let mut request = arguments.edition.request(common, &arguments.out, mistakes)?;
    request.folder.adopt = arguments.adopt;
    request.program = super::program();
    match pipeline::build(&request) {
        Ok(built) => {
            printer.report(&words(&built, &request, began.elapsed()), facts(&built), &built.diagnostics);
            let is_whole = !built.diagnostics.iter().any(crate::diag::Diagnostic::is_error);
            Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(3) })
        }
        Err(failure) => {
            printer.failure(&failure);
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What was done, for people.
pub(super) fn words(built: &Built, request: &Request, took: Duration) -> String {
    let report = &built.report;
    let mut lines = Vec::new();
    lines.extend(report.notes.iter().cloned());
    let root = request.root.canonicalize().unwrap_or_default();
    for kept in &report.kept {
        let now_at = kept.now_at.strip_prefix(&root).unwrap_or(&kept.now_at);
        lines.push(format!(
            "`{}` held bytes that no build wrote; they are at `{}` now",
            kept.path.display(),
            now_at.display()
        ));
    }
    if !report.mended.is_empty() {
        lines.push(format!("put back {} that someone had removed", counted(report.mended.len(), "file")));
    }
    for page in &built.kept {
        lines.push(format!("kept `{}` as it was, since `{}` has a mistake", page.path, page.source));
    }
    lines.extend(reasons(&built.reasons));
    let changes =
        format!("{} written, {} unchanged, {} removed", report.written.len(), report.unchanged, report.removed.len());
    let files = counted(report.written.len() + report.unchanged, "file");
    let withheld = match built.withheld {
        0 => String::new(),
        1 => "; 1 source is not out".to_owned(),
        count => format!("; {count} sources are not out"),
    };
    let seconds = took.as_secs_f64();
    lines.push(format!("{}: {files} ({changes}) in {seconds:.2} s{withheld}", request.out.display()));
    lines.join("\n")
}

/// The commonest reasons to make outputs again, each on a line.
fn reasons(reasons: &[(String, usize)]) -> Vec<String> {
    let rest: usize = reasons.iter().skip(REASONS).map(|(_, outputs)| outputs).sum();
    let line = |(reason, outputs): &(String, usize)| format!("{}: {reason}", counted(*outputs, "output"));
    let rest = (rest > 0).then(|| format!("{}: other reasons", counted(rest, "output")));
    reasons.iter().take(REASONS).map(line).chain(rest).collect()
}

fn facts(built: &Built) -> serde_json::Value {
    let report = &built.report;
    let paths = |paths: &[crate::model::OutPath]| paths.iter().map(|path| path.as_str().to_owned()).collect::<Vec<_>>();
    json!({
        "published": true,
        "generation": report.generation,
        "written": paths(&report.written),
        "unchanged": report.unchanged,
        "removed": paths(&report.removed),
        "mended": paths(&report.mended),
        "carried": report.carried,
        "moved_aside": report.kept.iter().map(|kept| json!({
            "path": kept.path.display().to_string(),
            "now_at": kept.now_at.display().to_string(),
        })).collect::<Vec<_>>(),
        "kept": built.kept.iter().map(|page| json!({ "path": page.path.as_str(), "source": page.source.as_str() })).collect::<Vec<_>>(),
        "reasons": built.reasons.iter().map(|(reason, outputs)| json!({ "reason": reason, "outputs": outputs })).collect::<Vec<_>>(),
        "rendered": built.work.rendered,
        "withheld": built.withheld,
        "notes": report.notes,
    })
}
