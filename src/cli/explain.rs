//! `letterpress explain`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use clap::Args;
use serde_json::{Value, json};

use super::{
    Common,
    build::Edition,
    print::{Printer, counted},
};
use crate::{
    model::{OutPath, UrlPath, nearest},
    pipeline::{self, Explained, Mistakes, Verdict},
};

/// The arguments of `explain`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// The output: its address, or its file in the output folder
    #[arg(value_name = "OUTPUT")]
    output: String,
    /// The output folder, relative to the site's
    #[arg(long, value_name = "DIR", default_value = "public")]
    out: PathBuf,
    #[command(flatten)]
    edition: Edition,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let mut request = arguments.edition.request(common, &arguments.out, Mistakes::KeepGoing)?;
    request.program = super::program();
    let wanted = arguments.output.as_str();
    let by_address = UrlPath::parse(&format!("/{}", wanted.trim_start_matches('/'))).ok();
    let folder = UrlPath::parse(&format!("/{}/", wanted.trim_matches('/'))).ok();
    let files: Vec<OutPath> = by_address.into_iter().chain(folder).map(|url| url.file()).collect();
    let is_meant = |path: &OutPath| files.contains(path);
    let found = match pipeline::explain(&request, is_meant) {
        Ok(found) => found,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let explained = match found {
        Ok(explained) => explained,
        Err(all) => {
            let addresses: Vec<String> = all.iter().map(address).collect();
            let near = nearest(wanted.trim_matches('/'), addresses.iter().map(|address| address.trim_matches('/')));
            match near {
                Some(near) => bail!("there is no output `{wanted}`; did you mean `/{near}`?"),
                None => bail!(
                    "there is no output `{wanted}`: give an address such as `/politics/`, or a file of the output folder"
                ),
            }
        }
    };
    printer.report(&words(&explained), facts(&explained), &[]);
    Ok(ExitCode::SUCCESS)
}

/// The address of a file, as far as it differs from the file's path.
fn address(path: &OutPath) -> String {
    path.as_str().strip_suffix("index.html").unwrap_or(path.as_str()).to_owned()
}

/// The verdict as one sentence, the reasons below it, then what is read.
fn words(explained: &Explained) -> String {
    let Explained { path, reads, verdict } = explained;
    let mut lines = vec![match verdict {
        Verdict::Same => format!("{path}: a build now leaves it as it is"),
        Verdict::Unknown => format!("{path}: a build now makes it; nothing is known of an edition before"),
        Verdict::Replaced => format!("{path}: a build now makes it; something else is published there"),
        Verdict::Changed(_) => format!("{path}: a build now makes it again, as this has changed:"),
    }];
    if let Verdict::Changed(facts) = verdict {
        lines.extend(facts.iter().map(|fact| format!("  {fact}")));
    }
    if !reads.is_empty() {
        lines.push(format!("it has read {}:", counted(reads.len(), "thing")));
        lines.extend(reads.iter().map(|fact| format!("  {fact}")));
    }
    lines.join("\n")
}

fn facts(explained: &Explained) -> Value {
    let Explained { path, reads, verdict } = explained;
    let (word, changed) = match verdict {
        Verdict::Same => ("same", &Vec::new()),
        Verdict::Unknown => ("unknown", &Vec::new()),
        Verdict::Replaced => ("replaced", &Vec::new()),
        Verdict::Changed(facts) => ("changed", facts),
    };
    json!({ "path": path.as_str(), "verdict": word, "changed": changed, "reads": reads })
}
