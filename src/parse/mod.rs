//! Bytes become documents: front matter, card, references and terms; and bodies become HTML with holes.
//!
//! Each document is parsed alone, knowing no other. Nothing here fails: a document brings its diagnostics.

pub mod body;
mod fences;
pub mod fields;
pub mod front_matter;
pub mod kept;
pub mod live;
pub mod matter;
mod outside;
mod place;
pub mod ranking;
pub mod redirects;
pub mod terms;
pub mod yaml;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use place::{Place, SECTION_FILE};

use crate::{
    config::Config,
    diag::{self, Code, Diagnostic},
    load::{self, Shelved, Site, Source},
    model::{Digest, SourcePath, Span},
};
use body::{BodySettings, Outline};
use fences::Fence;
use fields::Settings;
use front_matter::Subject;
use kept::{Keeper, Known};
use live::{LiveEntry, LiveOutline};
use matter::Timing;
use terms::{Languages, TermList, Workbench};

/// A source file, understood as far as it can be alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// The file.
    #[serde(skip, default = "kept::no_path")]
    pub path: SourcePath,
    /// What stands at such a place.
    pub place: Place,
    /// The hash of its bytes, by which a change during the build is noticed.
    #[serde(skip, default = "kept::no_hash")]
    pub hash: blake3::Hash,
    /// What the release gate decides by; none if it cannot be read.
    pub timing: Option<Timing>,
    /// Its front matter; none if it cannot be read.
    pub subject: Option<Subject>,
    /// What the index needs to know of its body; of live coverage, of what stands before the first entry.
    pub outline: Outline,
    /// The entries of live coverage.
    pub live: Option<LiveOutline>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Document {
    /// Whether any of its mistakes stops a build.
    pub fn has_errors(&self) -> bool {
        self.subject.is_none() || self.diagnostics.iter().any(Diagnostic::is_error)
    }

    fn unreadable(path: &SourcePath, diagnostic: Diagnostic) -> Self {
        Self {
            path: path.clone(),
            place: Place::Unknown,
            hash: blake3::hash(&[]),
            timing: None,
            subject: None,
            outline: Outline::default(),
            live: None,
            diagnostics: vec![diagnostic],
        }
    }
}

/// All documents, and what it took to know them.
#[derive(Debug, Default)]
pub struct Documents {
    /// In the order of the sources.
    pub all: Vec<Document>,
    /// The files that were read.
    pub read: usize,
    /// The documents that were parsed.
    pub parsed: usize,
}

/// How many documents are parsed before what is kept of them is written.
const AT_ONCE: usize = 4096;

/// Reads and understands every document, in parallel; the result is in the order of `sources`. What was kept is made again only where it no longer holds.
///
/// # Errors
/// None: what cannot be read becomes a document with diagnostics.
pub fn documents(site: &Site, sources: &[Source], config: &Config, keeper: &mut impl Keeper) -> Documents {
    let desk = Desk::new(site, place::bundles(sources.iter().map(|source| &source.path)), config);
    read(&desk, sources, keeper)
}

/// As [`documents`], for those who want the site's index at once: term lists and bodies are still to be made of all.
pub fn outlines(site: &Site, sources: &[Source], config: &Config, keeper: &mut impl Keeper) -> Documents {
    let desk = Desk::new(site, place::bundles(sources.iter().map(|source| &source.path)), config);
    read(&Desk { depth: Depth::Outline, ..desk }, sources, keeper)
}

/// Reads and understands one document, which was understood before. `is_in_bundle` tells whether its folder holds an `index.md`.
pub fn again(site: &Site, path: &SourcePath, is_in_bundle: bool, config: &Config) -> Document {
    let bundles = if is_in_bundle { place::Bundles::from([path.folder().to_owned()]) } else { place::Bundles::new() };
    document(&Desk::new(site, bundles, config), path, &mut Workbench::default())
}

fn read(desk: &Desk<'_>, sources: &[Source], keeper: &mut impl Keeper) -> Documents {
    let site = desk.site;
    let found = kept::find(site, sources, &desk.bundles, keeper);
    if found.is_none() {
        keeper.distrust();
    }
    let mut found = found.unwrap_or_else(|| kept::Found::nothing(sources));
    let is_anew = found.is_worn();
    if is_anew {
        keeper.renew();
    }
    let is_open = keeper.is_open();
    let mut writer = kept::Writer::new(keeper, site.began_at());
    let mut documents = Documents { all: Vec::with_capacity(sources.len()), read: found.read, parsed: 0 };
    for (sources, known) in sources.chunks(AT_ONCE).zip(found.known.chunks_mut(AT_ONCE)) {
        let made = sources.par_iter().zip(known).map_init(Workbench::default, |bench, (source, known)| {
            let is_known = known.is_some();
            let (document, is_written) = match known.take() {
                Some(Known { document, is_stamped }) => (*document, is_stamped && !is_anew),
                None => (document(desk, &source.path, bench), false),
            };
            let is_wanted = is_open && !is_written;
            let record = is_wanted.then(|| kept::record(source, &document, &desk.bundles)).flatten();
            (document, is_known, record)
        });
        for (document, is_known, record) in made.collect::<Vec<_>>() {
            documents.parsed += usize::from(!is_known);
            if let Some(record) = record {
                writer.write(&record);
            }
            documents.all.push(document);
        }
    }
    writer.finish();
    documents.read += documents.parsed;
    documents
}

/// Reads articles again whose term lists are not known, or lost.
pub struct TermReader<'a>(Desk<'a>);

impl<'a> TermReader<'a> {
    /// A reader for articles of a site.
    pub fn new(site: &'a Site, config: &'a Config) -> Self {
        Self(Desk::new(site, place::bundles(std::iter::empty()), config))
    }

    /// The terms of an article; of live coverage, of its introduction and these entries.
    ///
    /// # Errors
    /// [`load::Error::Changed`] if the file is not the one that was parsed before.
    pub fn terms(
        &self,
        path: &SourcePath,
        hash: &blake3::Hash,
        entries: Option<&[LiveEntry]>,
    ) -> Result<TermList, load::Error> {
        let Document { hash: found, mut outline, live, .. } = document(&self.0, path, &mut Workbench::default());
        if found != *hash {
            return Err(load::Error::Changed(path.clone()));
        }
        if let (Some(entries), Some(live)) = (entries, live) {
            let same = |wanted: &LiveEntry| live.entries.iter().find(|entry| entry.span == wanted.span);
            let parts: Vec<_> = entries.iter().filter_map(same).map(|entry| entry.outline.terms.clone()).collect();
            outline.terms.join(&parts);
        }
        Ok(outline.terms)
    }
}

/// What every document is read by.
struct Desk<'a> {
    site: &'a Site,
    bundles: place::Bundles,
    settings: Settings,
    body_settings: BodySettings<'a>,
    languages: Languages,
    depth: Depth,
    /// Whether the words of articles are kept for search.
    is_searched: bool,
}

/// How much is made of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// All that a build wants.
    Full,
    /// No body and no term lists.
    Outline,
}

impl<'a> Desk<'a> {
    fn new(site: &'a Site, bundles: place::Bundles, config: &'a Config) -> Self {
        let (settings, body_settings) = (Settings::from(config), BodySettings::from(config));
        let (languages, depth, is_searched) = (Languages::default(), Depth::Full, config.search);
        Self { site, bundles, settings, body_settings, languages, depth, is_searched }
    }
}

fn document(desk: &Desk<'_>, path: &SourcePath, bench: &mut Workbench) -> Document {
    let Desk { site, bundles, settings, body_settings, languages, depth, is_searched } = desk;
    let bytes = match site.read(path) {
        Ok(bytes) => bytes,
        Err(error) => return Document::unreadable(path, unreadable(path, &error)),
    };
    let hash = blake3::hash(&bytes);
    let text = match utf8(path, &bytes) {
        Ok(text) => text,
        Err(diagnostic) => return Document::unreadable(path, *diagnostic),
    };
    let (place, misplaced) = match Place::of(path, bundles) {
        Ok(place) => (place, None),
        Err(diagnostic) => (Place::Unknown, Some(*diagnostic)),
    };
    let (yaml, body) = match fences::split(text) {
        Ok(ranges) => ranges,
        Err(fence) => return Document::unreadable(path, no_front_matter(path, text, fence)),
    };
    let read = front_matter::read(place.kind(), path, text, yaml, settings);
    if let Some(misplaced) = misplaced {
        // What it would say cannot be judged at such a place; whether it is a draft can.
        return Document { timing: read.timing, hash, ..Document::unreadable(path, misplaced) };
    }
    let mut diagnostics = read.diagnostics;
    let own_language = match &read.subject {
        Some(Subject::Article(matter)) => matter.shared.lang.as_deref(),
        _ => None,
    };
    let body_settings = BodySettings { language: own_language.unwrap_or(body_settings.language), ..*body_settings };
    let start = body.start;
    let (mut parsed, mut live, entries) = match &read.subject {
        Some(Subject::Article(matter)) if matter.is_live() => {
            let day = matter.date.map(|date| date.at.iso(&settings.zone)[..10].to_owned());
            let (parsed, live, entries) = live::outline(path, text, body.clone(), (settings, &body_settings), day);
            (parsed, Some(live), entries)
        }
        Some(Subject::Article(_)) if *depth == Depth::Full => {
            let mut parsed = body::parse(path, text, body.clone(), &body_settings);
            parsed.outline.shelved = shelve(site, body_settings.language, &text[body.clone()], &parsed.body);
            (parsed, None, Vec::new())
        }
        _ => (body::outline(path, text, body.clone(), &body_settings), None, Vec::new()),
    };
    let introduction = live.as_ref().map_or(body, |live| live.introduction.start..live.introduction.end);
    parsed.outline.text = Digest::of_bytes(&text.as_bytes()[introduction]);
    for entry in live.iter_mut().flat_map(|live| &mut live.entries) {
        entry.outline.text = Digest::of_bytes(&text.as_bytes()[entry.body.start..entry.body.end]);
    }
    diagnostics.append(&mut parsed.diagnostics);
    if let Some(Subject::Article(matter)) = &read.subject
        && matter.date.is_some()
        && *depth == Depth::Full
    {
        let language = (languages, body_settings.language);
        let terms = bench.terms(Some(&matter.title), &parsed.plain, start, language);
        let word_list = |bench: &Workbench| is_searched.then(|| shelve_words(site, language.1, bench)).flatten();
        // The terms of live coverage are joined with those of its entries, as far as they are out.
        parsed.outline.terms = if live.is_none() { TermList::shelve(site, terms) } else { TermList::Here(terms) };
        parsed.outline.word_list = word_list(bench);
        for (entry, text) in live.iter_mut().flat_map(|live| &mut live.entries).zip(&entries) {
            entry.outline.terms = TermList::Here(bench.terms(None, text, start, language));
            entry.outline.word_list = word_list(bench);
        }
    }
    Document {
        path: path.clone(),
        place,
        hash,
        timing: read.timing,
        subject: read.subject,
        outline: parsed.outline,
        live,
        diagnostics,
    }
}

/// Keeps a body for `render`, with the language that it was set in, and as it is written.
fn shelve(site: &Site, language: &str, source: &str, body: &body::Body) -> Option<Shelved> {
    let bytes = Vec::with_capacity(body.len_bytes() + source.len() + 1024);
    site.shelve(&postcard::to_extend(&(language, source, body), bytes).ok()?)
}

fn shelved(site: &Site, place: Shelved, settings: &BodySettings<'_>) -> Option<Text> {
    let bytes = site.shelved(place)?;
    let (language, source, body): (&str, &str, body::Body) = postcard::from_bytes(&bytes).ok()?;
    (language == settings.language).then(|| Text { body, source: source.to_owned() })
}

/// Keeps the words of the text that is on the bench for `render`, with the language that they were told apart in.
fn shelve_words(site: &Site, language: &str, bench: &Workbench) -> Option<Shelved> {
    let len = u8::try_from(language.len()).ok()?;
    site.shelve(&[&[len], language.as_bytes(), &bench.word_list()].concat())
}

fn shelved_words(site: &Site, place: Shelved, language: &str) -> Option<Vec<u8>> {
    let mut words = site.shelved(place)?;
    let (len, rest) = words.split_first()?;
    let start = 1 + usize::from(*len);
    if rest.get(..usize::from(*len))? != language.as_bytes() {
        return None;
    }
    words.drain(..start);
    Some(words)
}

/// The body of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Its HTML with holes.
    pub body: body::Body,
    /// As it is written.
    pub source: String,
}

/// The body of a document, made and as it is written: as it was kept, else from reading the document again.
///
/// # Errors
/// [`load::Error::Changed`] if the file is not the one that was parsed before; other reading errors as they are.
pub fn text(
    site: &Site,
    (path, hash, place): (&SourcePath, &blake3::Hash, Option<Shelved>),
    settings: &BodySettings<'_>,
) -> Result<Text, load::Error> {
    // A section may set a language that the document itself does not know.
    if let Some(text) = place.and_then(|place| shelved(site, place, settings)) {
        return Ok(text);
    }
    let bytes = unchanged(site, path, hash)?;
    let text = std::str::from_utf8(&bytes).expect("the same bytes were UTF-8 when they were parsed");
    let (_, range) = fences::split(text).expect("the same bytes had front matter when they were parsed");
    Ok(Text { source: text[range.clone()].to_owned(), body: body::parse(path, text, range, settings).body })
}

/// The word lists of a story, one for each part of it, with its headline in the first: as they were kept, else from reading the document again.
///
/// `parts` are the whole body where there is no span, or spans of it, each with where its list was kept.
///
/// # Errors
/// As [`text()`].
pub fn word_lists(
    site: &Site,
    (path, hash): (&SourcePath, &blake3::Hash),
    headline: &str,
    parts: &[(Option<Span>, Option<Shelved>)],
    (settings, languages, bench): (&BodySettings<'_>, &Languages, &mut Workbench),
) -> Result<Vec<Vec<u8>>, load::Error> {
    let kept: Option<Vec<Vec<u8>>> =
        parts.iter().map(|(_, kept)| shelved_words(site, (*kept)?, settings.language)).collect();
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let bytes = unchanged(site, path, hash)?;
    let text = std::str::from_utf8(&bytes).expect("the same bytes were UTF-8 when they were parsed");
    let (_, body) = fences::split(text).expect("the same bytes had front matter when they were parsed");
    let mut headline = Some(headline);
    let list = |(span, _): &(Option<Span>, _)| {
        let part = span.map_or(body.clone(), |span| span.start..span.end);
        let plain = body::outline(path, text, part, settings).plain;
        bench.terms(headline.take(), &plain, body.start, (languages, settings.language));
        bench.word_list()
    };
    Ok(parts.iter().map(list).collect())
}

/// The HTML with holes of a document's body.
///
/// # Errors
/// As [`text()`].
pub fn body(
    site: &Site,
    original: (&SourcePath, &blake3::Hash, Option<Shelved>),
    settings: &BodySettings<'_>,
) -> Result<body::Body, load::Error> {
    text(site, original, settings).map(|text| text.body)
}

/// Reads live coverage again and makes the HTML with holes of its introduction and of those entries that are given, in their order.
///
/// # Errors
/// As [`body()`].
pub fn live_body(
    site: &Site,
    path: &SourcePath,
    hash: &blake3::Hash,
    settings: &BodySettings<'_>,
    (introduction, entries): (Span, &[LiveEntry]),
) -> Result<(body::Body, Vec<body::Body>), load::Error> {
    let bytes = unchanged(site, path, hash)?;
    let text = std::str::from_utf8(&bytes).expect("the same bytes were UTF-8 when they were parsed");
    let part = |span: Span, prefix: &str| body::parse_part(path, text, span.start..span.end, settings, prefix);
    let entries = entries.iter().map(|entry| part(entry.body, &format!("{}-", entry.id))).collect();
    Ok((part(introduction, ""), entries))
}

fn unchanged(site: &Site, path: &SourcePath, hash: &blake3::Hash) -> Result<Vec<u8>, load::Error> {
    let bytes = site.read(path)?;
    if blake3::hash(&bytes) == *hash { Ok(bytes) } else { Err(load::Error::Changed(path.clone())) }
}

/// The text of a source, or where it stops being UTF-8.
pub(crate) fn utf8<'a>(path: &SourcePath, bytes: &'a [u8]) -> Result<&'a str, Box<Diagnostic>> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Box::new(
            Diagnostic::error(Code::NotUtf8, path, Span::new(at, at + 1), "this file is not UTF-8 text")
                .label("here begin bytes of another encoding")
                .help("save the file as UTF-8 in your editor"),
        )
    })
}

fn unreadable(path: &SourcePath, error: &load::Error) -> Diagnostic {
    match error {
        load::Error::TooLarge(_, len) => Diagnostic::error_in(
            Code::TooLarge,
            path,
            format!("this file has {len} bytes; an article has at most {}", load::MAX_TEXT_BYTES),
        ),
        load::Error::Read(_, error) => {
            Diagnostic::error_in(Code::Unreadable, path, format!("this file cannot be read: {}", diag::reason(error)))
        }
        other => Diagnostic::error_in(Code::Unreadable, path, other.to_string()),
    }
}

fn no_front_matter(path: &SourcePath, text: &str, fence: Fence) -> Diagnostic {
    let first = text.find('\n').unwrap_or(text.len());
    match fence {
        Fence::Missing => Diagnostic::error(
            Code::NoFrontMatter,
            path,
            Span::new(0, first.max(1).min(text.len())),
            "this file has no front matter",
        )
        .label("expected `---`")
        .help("begin the file with `---`, a line `title: …`, and `---`; or move it out of `content/`"),
        Fence::Open => {
            Diagnostic::error(Code::OpenFrontMatter, path, Span::new(0, first), "this front matter is never closed")
                .help("end it with a line that holds `---` alone")
        }
    }
}
