//! An article's text becomes HTML with holes, which `render` fills: so a body depends on its own text alone.

use std::collections::BTreeMap;

use crate::model::{Reference, Span};

/// What `render` gets: HTML in pieces, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Body {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Finished, safe HTML.
    Html(String),
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
    /// A block that a template component renders.
    Directive {
        /// Its name, one of the closed set.
        name: &'static str,
        /// Its attributes, checked against what it declares, with the places of their values.
        attributes: BTreeMap<String, Reference>,
        /// What stands between its fences.
        body: Vec<Piece>,
        /// Where its opening line stands.
        span: Span,
    },
}

/// Where a link inside the site leads, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    /// What kind of address it is.
    pub kind: LinkKind,
    /// The address without its fragment: a relative path, a root-relative path or a wikilink's name.
    pub address: Reference,
    /// What follows `#`, without it.
    pub fragment: Option<String>,
}

/// The kinds of addresses inside a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Relative to the source file: `../energy/grid.md`, `report.pdf`, or a bare slug.
    Relative,
    /// From the root of the site: `/about/`, `/2026/11/22/vote/`.
    Rooted,
    /// `[[slug]]`, `[[Headline]]` or `[[slug|text]]`.
    Wiki,
}

/// What the index needs to know of a body, without its HTML.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outline {
    /// Every link inside the site, with its place.
    pub links: Vec<LinkTarget>,
    /// Every picture, with its place.
    pub pictures: Vec<Reference>,
    /// Every other file that a directive names (a CSV of a table), with its place.
    pub files: Vec<Reference>,
    /// The first sentences as plain text, at most 200 characters, for cards without standfirst.
    pub opening: String,
    /// The number of words; for scripts without spaces, of characters halved.
    pub words: usize,
}
