//! Mistakes in a site: what is wrong, where, and what to do about it.
//!
//! Strings only; `cli` prints them. Spans are byte ranges, and become lines and columns when a diagnostic is drawn.

mod code;
mod draw;

use std::{fmt, io};

use serde::{Deserialize, Serialize};

pub use code::Code;
pub use draw::{Place, Sources, draw, report, to_json};

use crate::model::{SourcePath, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Nothing is built until it is mended.
    Error,
    /// The site is built, and something of it is not what its editor meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A mistake with its place. It cannot be made without a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its stable name, with a page of the manual.
    pub code: Code,
    /// The file, relative to the site's root.
    pub path: SourcePath,
    /// The bytes meant; none where the whole file is.
    pub span: Option<Span>,
    /// What is wrong, in the writer's words: lower case, no full stop.
    pub message: String,
    /// What stands beside the caret.
    pub label: Option<String>,
    /// Facts that help to understand.
    pub notes: Vec<String>,
    /// What to do.
    pub helps: Vec<String>,
}

impl Diagnostic {
    /// An error at a span of a file.
    pub fn error(code: Code, path: &SourcePath, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, path, Some(span), message)
    }

    /// A warning at a span of a file.
    pub fn warning(code: Code, path: &SourcePath, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, path, Some(span), message)
    }

    /// An error about a whole file.
    pub fn error_in(code: Code, path: &SourcePath, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, path, None, message)
    }

    /// A warning about a whole file.
    pub fn warning_in(code: Code, path: &SourcePath, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, path, None, message)
    }

    fn new(severity: Severity, code: Code, path: &SourcePath, span: Option<Span>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { severity, code, path: path.clone(), span, message, label: None, notes: Vec::new(), helps: Vec::new() }
    }

    /// Says beside the caret what was expected.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a cure.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Adds the cure "did you mean", if there is a candidate.
    #[must_use]
    pub fn did_you_mean(self, candidate: Option<&str>) -> Self {
        match candidate {
            Some(candidate) => self.help(format!("did you mean `{candidate}`?")),
            None => self,
        }
    }

    /// Whether it stops a build.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The system's reason for a failure, without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// Tells a mistake at one place once, however many pages it was met on, with a count of the others.
pub fn once(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    sort(&mut diagnostics);
    let mut told: Vec<(Diagnostic, usize)> = Vec::new();
    for diagnostic in diagnostics {
        let is_same = |other: &Diagnostic| {
            (other.span.is_some() || other.code == Code::LostLabel)
                && (other.code, &other.path, other.span, &other.message)
                    == (diagnostic.code, &diagnostic.path, diagnostic.span, &diagnostic.message)
        };
        match told.last_mut() {
            Some((first, others)) if is_same(first) => *others += 1,
            _ => told.push((diagnostic, 0)),
        }
    }
    let counted = told.into_iter().map(|(diagnostic, others)| match others {
        0 => diagnostic,
        1 => diagnostic.note("and while making 1 other page"),
        others => diagnostic.note(format!("and while making {others} other pages")),
    });
    counted.collect()
}

/// Puts diagnostics into the order of their places, so that any number of threads reports alike, each once.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (&a.path, a.span, a.severity, a.code.as_str(), &a.message).cmp(&(
            &b.path,
            b.span,
            b.severity,
            b.code.as_str(),
            &b.message,
        ))
    });
    diagnostics.dedup();
}
