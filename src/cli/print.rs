//! Printing: results to standard output, everything said on the way to standard error.

use std::{io::Write, path::PathBuf};

use serde_json::{Value, json};

use super::{Common, Format};
use crate::{
    diag::{self, Diagnostic},
    load::{self, Site},
    model::SourcePath,
    pipeline::Failure,
};

/// Prints as the user asked for it.
#[derive(Debug, Clone)]
pub(super) struct Printer {
    root: PathBuf,
    quiet: bool,
    format: Format,
}

/// Writes a line to standard error. A closed pipe is no failure of a build.
pub(super) fn to_stderr(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

impl Printer {
    pub(super) fn new(common: &Common) -> Self {
        Self { root: common.root.clone(), quiet: common.quiet, format: common.format }
    }

    /// What the command was asked for.
    #[expect(clippy::unused_self, reason = "printing is asked of the printer")]
    pub(super) fn result(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n'));
    }

    /// What the command was asked for, byte for byte.
    #[expect(clippy::unused_self, reason = "printing is asked of the printer")]
    pub(super) fn exact(&self, text: &str) {
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }

    /// Something that is worth knowing, unless they want to know of errors only.
    pub(super) fn warn(&self, text: &str) {
        if !self.quiet && self.format == Format::Text {
            to_stderr(&format!("warning: {text}"));
        }
    }

    /// Draws the mistakes of a text that came in through standard input.
    pub(super) fn of_stdin(&self, text: &str, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error() || !self.quiet) {
            to_stderr(&diag::draw(diagnostic, &|_| Some(text.to_owned())));
        }
    }

    /// A line for people, unless they want none.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet && self.format == Format::Text {
            self.result(text);
        }
    }

    /// A report: its words for people, its facts for machines.
    pub(super) fn report(&self, words: &str, facts: Value, diagnostics: &[Diagnostic]) {
        match self.format {
            Format::Text => {
                self.diagnostics(diagnostics);
                self.say(words);
            }
            Format::Json => self.json(facts, diagnostics),
        }
    }

    /// Why there is no result.
    pub(super) fn failure(&self, failure: &Failure) {
        let (error, cure) = match failure {
            Failure::Mistakes(_) => (None, None),
            Failure::Write(error) => (Some(error.to_string()), error.cure().map(str::to_owned)),
            Failure::Pictures(error) => (Some(error.to_string()), None),
            Failure::Load(error) => (Some(error.to_string()), error.cure().map(str::to_owned)),
        };
        let none = Vec::new();
        let diagnostics = if let Failure::Mistakes(diagnostics) = failure { diagnostics } else { &none };
        match self.format {
            Format::Json => self.json(json!({ "published": false, "error": error, "help": cure }), diagnostics),
            Format::Text => {
                self.diagnostics(diagnostics);
                if let Some(error) = error {
                    to_stderr(&format!("error: {error}"));
                    if let Some(cure) = cure {
                        to_stderr(&format!("  = help: {cure}"));
                    }
                }
                to_stderr(&stopped(diagnostics));
            }
        }
    }

    /// A failure that no diagnostic tells.
    pub(super) fn error(&self, error: &anyhow::Error) {
        match self.format {
            Format::Json => self.json(json!({ "error": format!("{error:#}") }), &[]),
            Format::Text => to_stderr(&format!("error: {error:#}")),
        }
    }

    /// Draws diagnostics, errors last, since the end of the screen is what is seen.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        let shown: Vec<Diagnostic> =
            diagnostics.iter().filter(|diagnostic| diagnostic.is_error() || !self.quiet).cloned().collect();
        if !shown.is_empty() {
            to_stderr(diag::report(&shown, &self.sources()).trim_end_matches('\n'));
            to_stderr("");
        }
    }

    /// The diagnostics as text, for a page in the browser.
    #[cfg(feature = "serve")]
    pub(super) fn drawn(&self, diagnostics: &[Diagnostic]) -> String {
        diag::report(diagnostics, &self.sources())
    }

    fn json(&self, mut facts: Value, diagnostics: &[Diagnostic]) {
        let drawn = diagnostics.iter().map(|diagnostic| diag::to_json(diagnostic, &self.sources())).collect();
        facts["diagnostics"] = Value::Array(drawn);
        self.result(&facts.to_string());
    }

    /// The text of a file of the site or the theme, as far as it can still be read.
    fn sources(&self) -> impl Fn(&str) -> Option<String> {
        let site = Site::open(&self.root).ok();
        let theme = load::theme_templates();
        move |path: &str| {
            if let Some(name) = path.strip_prefix("theme/") {
                return theme.iter().find(|(known, _)| known == name).map(|(_, text)| (*text).to_owned());
            }
            let bytes = site.as_ref()?.read(&SourcePath::new(path)).ok()?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

/// The last line of a build that did not publish.
fn stopped(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let warnings = diagnostics.len() - errors;
    let what = match (errors, warnings) {
        (0, 0) => return "nothing was published; the site is as it was".to_owned(),
        (0, warnings) => format!("{} with --strict", counted(warnings, "warning")),
        (errors, 0) => counted(errors, "error"),
        (errors, warnings) => format!("{} and {}", counted(errors, "error"), counted(warnings, "warning")),
    };
    format!("{what}; nothing was published, and the site is as it was")
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
