//! An article's text becomes HTML with holes, which `render` fills: so a body depends on its own text alone.
//!
//! [`parse`] makes the HTML and the outline in one pass, [`outline`] the outline alone, with the same diagnostics. What is emitted is well nested whatever
//! the author writes: every tag, Markdown's and the author's own, goes through one stack (`out`), and the author's tags are written afresh (`html`), never copied.
//! The fences of directives are masked as one-line blocks that the Markdown parser knows (see `fences`), so that a document is parsed whole, in one go: footnotes,
//! link definitions and heading ids reach into directives and out of them, and every byte keeps its place.
//!
//! Ids: headings have their words (`the-vote`), footnotes `fn-1` and `fnref-1`. A theme's own ids begin with `lp-`, which no body can hold.

mod dates;
mod directive_line;
mod directive_table;
mod directives;
mod fences;
mod footnotes;
mod headings;
mod html;
mod inline;
mod links;
mod markdown;
mod out;
mod parts;
mod phrasing;
mod plain;
mod report;
mod strict;
mod tokens;
mod typography;

use std::{borrow::Cow, collections::BTreeMap, ops::Range, panic::PanicHookInfo};

pub use directive_table::{AttributeKind, AttributeRule, BodyRule, DIRECTIVES, Declaration};
pub use inline::{inline, plain_text};
pub use parts::{Heading, Landmarks, landmarks, parse_part};
pub use strict::strict;

use serde::{Deserialize, Serialize};

use crate::{
    config::{Config, HtmlPolicy},
    diag::Diagnostic,
    load::Shelved,
    model::{Digest, PartialDate, Reference, SourcePath, Span},
    parse::terms::{Plain, TermList},
};

/// What a body is parsed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodySettings<'a> {
    /// How the author's HTML is treated.
    pub html: HtmlPolicy,
    /// The language of the text, as in BCP 47: it decides the quotation marks.
    pub language: &'a str,
}

impl<'a> From<&'a Config> for BodySettings<'a> {
    fn from(config: &'a Config) -> Self {
        Self { html: config.html, language: &config.language }
    }
}

/// A body with all that was found in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The HTML with its holes; empty from [`outline`].
    pub body: Body,
    /// What the index needs to know.
    pub outline: Outline,
    /// Its text without markup.
    pub plain: Plain,
    /// The mistakes, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a body into HTML with holes.
///
/// `text` is the whole file and `body` the range after its front matter, so that every span is one of the file. Takes time linear in the text; never fails:
/// a panic of the Markdown parser becomes an error that names the file.
pub fn parse(path: &SourcePath, text: &str, body: Range<usize>, settings: &BodySettings<'_>) -> Parsed {
    markdown::walk(path, text, body, settings, out::Make::Html)
}

/// Reads a body for the index: as [`parse`], with the same outline and diagnostics, but no HTML is made.
pub fn outline(path: &SourcePath, text: &str, body: Range<usize>, settings: &BodySettings<'_>) -> Parsed {
    markdown::walk(path, text, body, settings, out::Make::OutlineOnly)
}

/// Whether a panic is one of the Markdown parser's, which [`parse`] catches and reports as a diagnostic.
///
/// The default hook prints before a panic is caught, and hooks are global: so `cli`, which owns the process, installs one that is silent where this is true.
pub fn is_contained(panic: &PanicHookInfo<'_>) -> bool {
    panic.location().is_some_and(|place| place.file().contains("pulldown-cmark"))
}

/// The keys of all words that a body leaves to the site's language, as [`Piece::Word`].
pub const WORDS: &[&str] = &[
    "footnotes",
    "footnote-back",
    "alert-note",
    "alert-tip",
    "alert-important",
    "alert-warning",
    "alert-caution",
    "table",
    "task-open",
    "task-done",
    "details",
];

/// What `render` gets: HTML in pieces, in order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Body {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

impl Body {
    /// How many bytes of HTML are finished, outside of directives.
    pub fn len_bytes(&self) -> usize {
        let finished = |piece: &Piece| if let Piece::Html(html) = piece { html.len() } else { 0 };
        self.pieces.iter().map(finished).sum()
    }
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Piece {
    /// Finished, safe HTML.
    Html(String),
    /// A word of the site's language, by its key (one of [`WORDS`]). It may stand in an attribute: escape `&`, `<`, `>` and `"`.
    Word(Cow<'static, str>),
    /// The start of a link inside the site; `LinkEnd` follows. If it resolves to nothing, only the text between stands.
    LinkStart {
        /// Where it leads, as written.
        target: LinkTarget,
        /// The link's title, if it has one.
        title: Option<String>,
        /// For a wikilink without words of its own: it shows the story's headline, and the piece up to `LinkEnd` is what was written.
        shows_headline: bool,
    },
    /// The end of the innermost open link.
    LinkEnd,
    /// A picture inside a paragraph or, alone in one, a figure.
    Picture {
        /// The file, as written.
        src: Reference,
        /// What it shows.
        alt: String,
        /// The title; of a figure the caption, as inline Markdown.
        title: Option<String>,
        /// Whether it stands alone in its paragraph.
        is_figure: bool,
    },
    /// The date that begins an item of a timeline.
    Date(ItemDate),
    /// A block that a template component renders.
    Directive {
        /// Its name, one of the closed set.
        name: Cow<'static, str>,
        /// Its attributes, checked against what it declares, with the places of their values.
        attributes: BTreeMap<String, Reference>,
        /// What stands between its fences.
        body: Vec<Piece>,
        /// Where its opening line stands.
        span: Span,
    },
}

/// When something happened: a day, month or year, or a time, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemDate {
    /// The day, month or year.
    pub day: Option<PartialDate>,
    /// Hour and minute.
    pub time: Option<(u8, u8)>,
}

/// Where a link inside the site leads, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTarget {
    /// What kind of address it is.
    pub kind: LinkKind,
    /// The address without its fragment: a relative path, a root-relative path or a wikilink's name.
    pub address: Reference,
    /// What follows `#`, without it.
    pub fragment: Option<String>,
}

/// The kinds of addresses inside a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LinkKind {
    /// Relative to the source file: `../energy/grid.md`, `report.pdf`, or a bare slug.
    Relative,
    /// From the root of the site: `/about/`, `/2026/11/22/vote/`.
    Rooted,
    /// `[[slug]]`, `[[Headline]]` or `[[slug|text]]`.
    Wiki,
}

/// What the index needs to know of a body, without its HTML.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Outline {
    /// Every link inside the site, with its place.
    pub links: Vec<LinkTarget>,
    /// Every picture, with its place.
    pub pictures: Vec<Reference>,
    /// Every other file that a directive publishes (a recording, a document), with its place.
    pub files: Vec<Reference>,
    /// Every file of figures that a directive reads (the CSV of a table), with its place.
    pub data: Vec<Reference>,
    /// The first sentences as plain text, at most 200 characters, for cards without standfirst.
    pub opening: String,
    /// The number of words; for scripts without spaces, of characters halved.
    pub words: usize,
    /// The body itself, where it was kept for `render`.
    #[serde(skip)]
    pub shelved: Option<Shelved>,
    /// What tells the text of a story as it is written from any other; given by the reader of documents.
    pub text: Digest,
    /// The words of the text for search, where they were kept for `render`; see [`WordList`](super::terms::WordList).
    #[serde(skip)]
    pub word_list: Option<Shelved>,
    /// What the story is about, its headline included: made by the reader of documents, from the text and the headline together.
    #[serde(skip)]
    pub terms: TermList,
}

#[cfg(test)]
mod directive_tests;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod tests;
