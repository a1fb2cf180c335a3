//! What is noticed on the way through a build, and what of it stops the build.

use super::{Failure, Mistakes, Stop};
use crate::{
    config::Config,
    diag::{self, Code, Diagnostic},
    model::SourcePath,
    render, write,
};

/// What was noticed on the way, and whether it stops the build.
pub(super) struct Notes {
    mistakes: Mistakes,
    diagnostics: Vec<Diagnostic>,
}

impl Notes {
    pub(super) fn new(mistakes: Mistakes) -> Self {
        Self { mistakes, diagnostics: Vec::new() }
    }

    pub(super) fn take<T>(&mut self, (value, diagnostics): (T, Vec<Diagnostic>)) -> T {
        self.diagnostics.extend(diagnostics);
        value
    }

    /// Mistakes in the settings stop every build, at once: without settings nothing else can be told rightly.
    pub(super) fn settings(&mut self, read: (Option<Config>, Vec<Diagnostic>)) -> Result<Config, Failure> {
        let config = self.take(read);
        match config {
            Some(config) if !self.diagnostics.iter().any(Diagnostic::is_error) => Ok(config),
            _ => Err(Failure::Mistakes(self.sorted())),
        }
    }

    /// Errors in single sources stop the build, unless it shall keep going without them; those noted before (of templates) always do.
    pub(super) fn of_sources(&mut self, found: Vec<Diagnostic>, parsed: Vec<Diagnostic>) -> Result<(), Failure> {
        let stops = found.iter().any(Diagnostic::is_error)
            || (self.mistakes != Mistakes::KeepGoing && parsed.iter().any(Diagnostic::is_error))
            || self.diagnostics.iter().any(Diagnostic::is_error);
        self.diagnostics.extend(found);
        self.diagnostics.extend(parsed);
        self.stop_if(stops)
    }

    /// Errors in how the site fits together stop every build, before anything is written.
    pub(super) fn of_site(&mut self, told: &[&[Diagnostic]]) -> Result<(), Failure> {
        let stops = told.iter().copied().flatten().any(Diagnostic::is_error);
        self.diagnostics.extend(told.iter().copied().flatten().cloned());
        self.stop_if(stops || (self.mistakes == Mistakes::Strict && !self.diagnostics.is_empty()))
    }

    /// Stops any build, with what was noted so far.
    pub(super) fn stop_if(&mut self, stops: bool) -> Result<(), Failure> {
        if stops { Err(Failure::Mistakes(self.sorted())) } else { Ok(()) }
    }

    /// Why an edition was not published. What single sources cannot draw stops no build that shall keep going without them; `hash` tells their hashes.
    pub(super) fn failure(
        &mut self,
        error: write::CommitError<render::Failure>,
        hash: impl Fn(&SourcePath) -> Option<blake3::Hash>,
    ) -> Stop {
        let failures = match error {
            write::CommitError::Write(error) => return Failure::Write(error).into(),
            write::CommitError::Render(failures) => failures,
        };
        let mut mistakes = Vec::new();
        for failure in failures {
            match failure {
                render::Failure::Load(error) => return Failure::Load(error).into(),
                render::Failure::Mistakes(found) => mistakes.extend(found),
            }
        }
        let mistakes = diag::once(mistakes);
        if self.mistakes == Mistakes::KeepGoing {
            let undrawn = |mistake: &Diagnostic| match mistake.code {
                Code::BadData => Some((mistake.clone(), hash(&mistake.path)?)),
                _ => None,
            };
            if let Some(undrawn) = mistakes.iter().map(undrawn).collect() {
                return Stop::Undrawn(undrawn);
            }
        }
        self.diagnostics.extend(mistakes);
        Failure::Mistakes(self.sorted()).into()
    }

    pub(super) fn sorted(&mut self) -> Vec<Diagnostic> {
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diag::sort(&mut diagnostics);
        diagnostics
    }
}
