//! A body in parts, each parsed by itself: no footnote, link definition or id of one reaches into another.
//!
//! Live coverage is made of such parts. Where they begin is told by the Markdown parser, so that a heading in code, in a comment or in a quotation cuts nothing.

use std::{ops::Range, panic::AssertUnwindSafe};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{
    Body, BodySettings,
    directives::Frame,
    fences,
    markdown::{OPTIONS, Walk, walk_part},
    out::{Make, Origin},
};
use crate::{
    diag::{Code, Diagnostic},
    model::{SourcePath, Span},
};

/// What may cut a body into parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Landmarks {
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// Code and comments, where a line that looks like a heading is none.
    pub quiet: Vec<Span>,
}

/// A heading of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The whole heading.
    pub span: Span,
    /// 1 to 6, as written.
    pub level: u8,
    /// Whether it stands in nothing but directives: no list, quotation or footnote.
    pub is_top: bool,
    /// Its words without markup.
    pub words: String,
    /// The classes that it was given.
    pub classes: Vec<String>,
}

/// Finds what may cut a body into parts.
///
/// # Errors
/// The diagnostic of a body that cannot be read.
pub fn landmarks(
    path: &SourcePath,
    text: &str,
    body: Range<usize>,
    settings: &BodySettings<'_>,
) -> Result<Landmarks, Box<Diagnostic>> {
    let walk = walked(path, text, body.clone(), || {
        let mut walk = Walk::new(path, text, body, settings, Make::OutlineOnly);
        walk.landmarks = Some(Landmarks::default());
        walk
    })?;
    Ok(walk.landmarks.unwrap_or_default())
}

/// Parses a part into HTML with holes; `id_prefix` stands before all its ids.
pub fn parse_part(
    path: &SourcePath,
    text: &str,
    part: Range<usize>,
    settings: &BodySettings<'_>,
    id_prefix: &str,
) -> Body {
    walk_part(path, text, part, settings, Make::Html, id_prefix).body
}

/// Walks a part to its end, or tells that the parser stumbled.
pub(super) fn walked<'a>(
    path: &SourcePath,
    text: &str,
    part: Range<usize>,
    begin: impl FnOnce() -> Walk<'a>,
) -> Result<Walk<'a>, Box<Diagnostic>> {
    let walk = || {
        let fences = fences::scan(&text[part]);
        let mut options = OPTIONS;
        options.set(Options::ENABLE_DEFINITION_LIST, fences.has_definitions);
        let mut walk = begin();
        for (event, range) in Parser::new_ext(&fences.masked, options).into_offset_iter() {
            walk.event(event, range, &fences);
        }
        walk
    };
    std::panic::catch_unwind(AssertUnwindSafe(walk)).map_err(|_| {
        Box::new(
            Diagnostic::error_in(Code::BadMarkdown, path, "the Markdown of this file cannot be read")
                .note("the parser stumbled, which is its mistake; it is known to do so on some definition lists")
                .help("halve the text until it is read, to find the line; a definition begins with `:`"),
        )
    })
}

impl Walk<'_> {
    pub(super) fn note_landmark(&mut self, event: &Event<'_>, range: &Range<usize>) {
        let Some(landmarks) = &mut self.landmarks else { return };
        match event {
            Event::Start(Tag::Heading { level, classes, .. }) => {
                // A directive that is never closed would swallow all that follows: a heading is on top in one as well.
                let is_in_note = self.frames.iter().any(|(frame, _)| matches!(frame, Frame::Footnote(..)));
                let is_in_block = self.out.stack.iter().any(|open| open.origin == Origin::Markdown);
                landmarks.headings.push(Heading {
                    span: range.clone().into(),
                    level: *level as u8,
                    is_top: !is_in_note && !is_in_block,
                    words: String::new(),
                    classes: classes.iter().map(ToString::to_string).collect(),
                });
            }
            Event::End(TagEnd::Heading(_)) => {
                if let Some((last, heading)) = landmarks.headings.last_mut().zip(self.heading.as_ref()) {
                    heading.words.trim().clone_into(&mut last.words);
                }
            }
            Event::Start(Tag::CodeBlock(_)) => landmarks.quiet.push(range.clone().into()),
            Event::Start(Tag::HtmlBlock) if self.text[range.clone()].trim_start().starts_with("<!--") => {
                landmarks.quiet.push(range.clone().into());
            }
            _ => {}
        }
    }
}
