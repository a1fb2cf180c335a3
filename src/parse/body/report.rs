//! Gathers the mistakes of a body.

use crate::{
    diag::{self, Code, Diagnostic},
    model::{SourcePath, Span},
};

/// The mistakes found, up to a limit of each severity: a body of a megabyte of mistakes says nothing more after the first hundred.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) path: &'a SourcePath,
    list: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl<'a> Report<'a> {
    const MOST: usize = 100;

    pub(super) fn new(path: &'a SourcePath) -> Self {
        Self { path, list: Vec::new(), errors: 0, warnings: 0 }
    }

    /// The mistakes, in the order of their places.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        diag::sort(&mut self.list);
        self.list
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let count = if diagnostic.is_error() { &mut self.errors } else { &mut self.warnings };
        *count += 1;
        if *count <= Self::MOST {
            self.list.push(diagnostic);
        }
    }

    pub(super) fn error(
        &mut self,
        code: Code,
        span: Span,
        message: &str,
        finish: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        if self.errors < Self::MOST {
            self.push(finish(Diagnostic::error(code, self.path, span, message)));
        }
    }

    pub(super) fn warning(
        &mut self,
        code: Code,
        span: Span,
        message: &str,
        finish: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        if self.warnings < Self::MOST {
            self.push(finish(Diagnostic::warning(code, self.path, span, message)));
        }
    }
}
