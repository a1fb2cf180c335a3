//! `letterpress markdown`: a filter from Markdown to HTML.

use std::{io::Read, process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::Args;

use super::{Common, print::Printer};
use crate::{parse::body, pipeline};

/// The arguments of `markdown`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// Strict `CommonMark`: every extension off, raw HTML as it is
    #[arg(long)]
    plain: bool,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("standard input cannot be read")?;
    let text = String::from_utf8(bytes).context("standard input is not UTF-8 text")?;
    if arguments.plain {
        printer.exact(&body::strict(&text));
        return Ok(ExitCode::SUCCESS);
    }
    let text: Arc<str> = text.into();
    match pipeline::markdown(&common.root, &text, super::as_of(None)) {
        Ok((html, diagnostics)) => {
            printer.of_stdin(&text, &diagnostics);
            printer.exact(&html);
            let is_whole = !diagnostics.iter().any(crate::diag::Diagnostic::is_error);
            Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(failure) => {
            printer.failure(&failure);
            Ok(ExitCode::FAILURE)
        }
    }
}
