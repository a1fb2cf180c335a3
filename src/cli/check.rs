//! `letterpress check`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use clap::Args;
use serde_json::json;

use super::{
    Common,
    build::Edition,
    print::{Printer, counted},
};
use crate::pipeline::{self, Mistakes};

/// How many facts are printed of what most outputs read.
const MOST: usize = 50;

/// The arguments of `check`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// List what most files of the last edition have read
    #[arg(long)]
    fan_out: bool,
    /// The output folder of that edition, relative to the site's
    #[arg(long, value_name = "DIR", default_value = "public")]
    out: PathBuf,
    #[command(flatten)]
    edition: Edition,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let mut request = arguments.edition.request(common, &arguments.out, Mistakes::KeepGoing)?;
    request.program = super::program();
    if arguments.fan_out {
        return fan_out(&request, printer);
    }
    match pipeline::check(&request) {
        Ok(found) => {
            let words = if found.is_empty() { "no mistakes".to_owned() } else { counted(found.len(), "mistake") };
            printer.report(&words, json!({ "mistakes": found.len() }), &found);
            Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(failure) => {
            printer.failure(&failure);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn fan_out(request: &pipeline::Request, printer: &Printer) -> anyhow::Result<ExitCode> {
    let facts = match pipeline::fan_out(request) {
        Ok(facts) => facts,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let Some(facts) = facts else {
        bail!("it is not known what the files in {} have read: build first", request.out.display());
    };
    let facts = &facts[..facts.len().min(MOST)];
    let lines: Vec<String> = facts.iter().map(|(fact, outputs)| format!("{outputs:>7}  {fact}")).collect();
    let read = facts.iter().map(|(fact, outputs)| json!({ "fact": fact, "outputs": outputs })).collect::<Vec<_>>();
    printer.report(&lines.join("\n"), json!({ "read": read }), &[]);
    Ok(ExitCode::SUCCESS)
}
