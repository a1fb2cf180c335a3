//! The one table of what an editor may write: in front matter of every kind, and in `site.yaml`.
//!
//! A field is a line in `tables`: its name, its type, what it is for. From that line come the reading with all its messages (`read`), the typed
//! values that structs are picked from (`values`), the JSON Schema (`schema`) and the manual (`manual`). A rule that is not in the table does not exist.

mod address;
mod instant;
mod manual;
mod read;
mod scalars;
mod schema;
mod sources;
mod tables;
mod values;

pub use address::site_url;
pub(super) use address::whole as whole_address;
pub(super) use instant::guess as guess_instant;
pub use manual::manual;
pub use read::Reader;
pub use schema::schema;
pub use values::{Content, Pick, Value, Values};

use std::collections::BTreeMap;

use crate::{
    config::{Config, ExtraType},
    diag::Diagnostic,
    model::{Moment, SourcePath, Span, Zone},
};

/// A kind of source with fields of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `site.yaml`.
    Site,
    /// An article.
    Article,
    /// A file directly in `content/`: as an article, but `date` may be missing.
    Page,
    /// An author.
    Author,
    /// A series or running story.
    Series,
    /// A section's or the front page's `_index.md`.
    Section,
    /// A topic page.
    Topic,
}

impl Kind {
    /// Every kind with a table, in the order of the manual. A page has an article's.
    pub const ALL: [Self; 6] = [Self::Site, Self::Article, Self::Author, Self::Series, Self::Section, Self::Topic];

    /// Its name on the command line and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Article => "article",
            Self::Page => "page",
            Self::Author => "author",
            Self::Series => "series",
            Self::Section => "section",
            Self::Topic => "topic",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its table.
    pub fn shape(self) -> &'static Shape {
        tables::of(self)
    }
}

/// What a reader of fields must know of the site.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The zone of times without offset.
    pub zone: Zone,
    /// Whether the site has set it; without it an embargo needs an offset.
    pub zone_is_set: bool,
    /// The fields under `extra`.
    pub extra_fields: BTreeMap<String, ExtraType>,
}

impl From<&Config> for Settings {
    fn from(config: &Config) -> Self {
        Self { zone: config.zone.clone(), zone_is_set: config.zone_is_set, extra_fields: config.extra_fields.clone() }
    }
}

/// Reads a time outside of front matter, as a field would.
///
/// # Errors
/// What is wrong with it, at its place.
pub(super) fn read_instant(
    name: &str,
    written: &str,
    settings: &Settings,
    place: (&SourcePath, Span),
) -> Result<Moment, Box<Diagnostic>> {
    instant::read(name, written, instant::Rule::Lenient, settings, place)
}

/// A field: one line of a table.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in the YAML.
    pub name: &'static str,
    /// What it takes.
    pub kind: Type,
    /// Whether it must be there.
    pub need: Need,
    /// What it is for: a sentence or two of Markdown for the manual and editors' tools.
    pub help: &'static str,
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may be left out.
    Optional,
    /// It must be there, with something in it.
    Required,
    /// It must be there in a source of this kind, where others may leave it out.
    RequiredIn(Kind),
    /// It must be there unless this other field is there and is not `false`.
    Unless(&'static str),
}

/// The fields of a map, in groups that tables share.
#[derive(Debug)]
pub struct Shape {
    /// The groups of fields, in the order of the manual.
    pub groups: &'static [&'static [Field]],
    /// The field that a bare value stands for, where a map is not worth writing: `image: grid.jpg`.
    pub short: Option<&'static str>,
}

impl Shape {
    /// Every field, in the order of the manual.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.groups.iter().copied().flatten()
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }
}

/// What a field takes.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// Plain text on one line; any scalar, as spelled.
    Text,
    /// One line of inline Markdown.
    Inline,
    /// A name of something else in the site: an author, a tag, an id. Kept with its place.
    Name,
    /// A story: its id, path, URL, slug or headline. Kept with its place.
    Story,
    /// `true` or `false`.
    Bool,
    /// A whole number, between two bounds.
    Integer(i64, i64),
    /// A number from 0 to 1.
    Share,
    /// A date, or a date and time.
    Instant,
    /// As [`Self::Instant`], but without an offset only in a site with a time zone: being wrong by an hour would publish too early.
    Gate,
    /// A length of time: seconds, `mm:ss` or `h:mm:ss`.
    Duration,
    /// The last part of an address.
    Slug,
    /// The path of an address in this site.
    Path,
    /// An address: http, https, mailto, tel or relative.
    Url,
    /// A whole http or https address.
    AbsoluteUrl,
    /// A file of the site, or an http or https address. Kept with its place.
    File,
    /// The site's own address.
    SiteUrl,
    /// An e-mail address.
    Email,
    /// A word of a list, in any letter case.
    Word(&'static [&'static str]),
    /// A language tag.
    Language,
    /// A time zone's name.
    Zone,
    /// Rules for search engines.
    Robots,
    /// A point in a picture.
    Focus,
    /// The pattern of article addresses.
    Permalinks,
    /// Sources of a content security policy, with spaces between them.
    Sources,
    /// Fields that the site defines.
    Extra,
    /// Something that later versions read.
    Later,
    /// A list; one value alone is a list of one.
    List(&'static Self),
    /// A map of known fields.
    Map(&'static Shape),
    /// A map of free names to values of one type.
    Entries(&'static Self),
}

impl Type {
    /// What is expected, for the label beside a caret and for the manual.
    pub fn words(self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Inline => "text with inline Markdown".into(),
            Self::Name => "a name".into(),
            Self::Story => "a headline, slug, id, path or URL".into(),
            Self::Bool => "`true` or `false`".into(),
            Self::Integer(least, i64::MAX) => format!("a whole number from {least}"),
            Self::Integer(i64::MIN, _) => "a whole number".into(),
            Self::Integer(least, most) => format!("a whole number from {least} to {most}"),
            Self::Share => "a number from 0 to 1".into(),
            Self::Instant => "a date, or a date and time".into(),
            Self::Gate => "a date and time".into(),
            Self::Duration => "seconds, `mm:ss` or `h:mm:ss`".into(),
            Self::Slug => "a slug".into(),
            Self::Path => "a path that begins with `/`".into(),
            Self::Url => "an address".into(),
            Self::AbsoluteUrl => "a whole address with `https://`".into(),
            Self::File => "a file, or an address with `https://`".into(),
            Self::SiteUrl => "the site's address with `https://`".into(),
            Self::Email => "an e-mail address".into(),
            Self::Word(words) => one_of(words),
            Self::Language => "a language tag such as `en` or `pt-BR`".into(),
            Self::Zone => "a time zone such as `Europe/London`".into(),
            Self::Robots => "words such as `noindex`".into(),
            Self::Focus => "two shares from 0 to 1, or two percentages".into(),
            Self::Permalinks => "a pattern such as `/{yyyy}/{mm}/{dd}/{slug}/`".into(),
            Self::Sources => "sources such as `https://stats.example`".into(),
            Self::Extra => "the fields of `extra_fields`".into(),
            Self::Later => "anything: not used yet".into(),
            Self::List(Self::Map(Shape { short: None, .. })) => "a list of maps".into(),
            Self::List(item) => format!("a list: {}", item.words()),
            Self::Map(Shape { short: None, .. }) => "a map".into(),
            Self::Map(shape) => {
                let short = shape.short.and_then(|name| shape.field(name)).map(|field| field.kind.words());
                format!("{}, or a map", short.unwrap_or_default())
            }
            Self::Entries(value) => format!("a map of names to values: {}", value.words()),
        }
    }

    /// Whether it is free text, which YAML may cut short or misread.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Inline | Self::Name | Self::Story)
    }
}

/// `` `a`, `b` or `c` ``.
pub(super) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
