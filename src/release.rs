//! The gate: what is out at an instant.
//!
//! Only [`as_of`] makes an [`Article`], or any other published source, so whatever holds one may print it.
//! What is not out ends here as a count: no word, name or path of it goes on.

mod events;

use std::collections::BTreeMap;

use crate::{
    config::{Breaking, Config, SecurityContact},
    diag::{Code, Diagnostic},
    load::Shelved,
    model::{Inline, Label, Moment, Precision, Reference, SectionKey, Slug, SourcePath, Span, Taxonomy, Timestamp},
    parse::{
        Document, Place, SECTION_FILE,
        body::Outline,
        front_matter::Subject,
        live::{LiveEntry, LiveOutline},
        matter::{ArticleMatter, AuthorMatter, SectionMatter, SeriesMatter, SharedMatter, Slot, Timing, TopicMatter},
        terms::TermLists,
    },
};

pub use events::{next_event, steady};

/// How long a story is news to search engines: the news sitemap lists the stories of the last two days.
const FRESH_SECS: i64 = 2 * 24 * 60 * 60;

/// A source that is out. Its fields can be read anywhere, but only the gate can make one.
#[derive(Debug, Clone)]
pub struct Published<T> {
    /// The file.
    pub path: SourcePath,
    /// The hash of its bytes.
    pub hash: blake3::Hash,
    /// Its front matter, without what is dated ahead.
    pub matter: T,
    /// What is known of its body.
    pub outline: Outline,
    _gate: Gate,
}

impl<T> Published<T> {
    /// Where its body is read from.
    pub fn original(&self) -> (&SourcePath, &blake3::Hash, Option<Shelved>) {
        (&self.path, &self.hash, self.outline.shelved)
    }
}

/// Can be made in this file alone.
#[derive(Debug, Clone, Copy)]
struct Gate;

/// What is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// What is out: what readers get.
    Public,
    /// What is not out as well, each with its [`Standing`]: for a preview on the editor's own machine, and for nothing that is published.
    Preview,
}

/// How a story stands to its readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// It is out.
    #[default]
    Out,
    /// It is not to be published at all.
    Draft,
    /// It is out from this instant on, when its embargo ends.
    Embargoed(Timestamp),
    /// It is out from this instant on, which is its date.
    Scheduled(Timestamp),
    /// It was out until this instant.
    Expired(Timestamp),
}

impl Standing {
    /// How something with this timing stands.
    pub fn of(timing: &Timing, as_of: Timestamp) -> Self {
        let ahead = |at: Option<Timestamp>| at.filter(|at| as_of < *at);
        match (ahead(timing.embargo), ahead(timing.date)) {
            _ if timing.draft => Self::Draft,
            (Some(embargo), date) if date.is_none_or(|date| date <= embargo) => Self::Embargoed(embargo),
            (_, Some(date)) => Self::Scheduled(date),
            _ => timing.expires.filter(|expires| *expires <= as_of).map_or(Self::Out, Self::Expired),
        }
    }
}

/// An article, or a page, that is out. Its front matter holds what its section sets, and nothing dated ahead.
#[derive(Debug, Clone)]
pub struct Article {
    /// The source.
    pub source: Published<Box<ArticleMatter>>,
    /// The section it lies in.
    pub section: Option<SectionKey>,
    /// Whether its date lies within the last two days. For the news sitemap alone: [`next_event`] tells when it ends.
    pub is_fresh: bool,
    /// Its entries, if it is live coverage.
    pub live: Option<Live>,
    /// When it will be out no more. For those who keep a copy: here, the gate sees to it.
    pub expires_at: Option<Timestamp>,
    /// [`Standing::Out`], but in a preview.
    pub standing: Standing,
}

/// Live coverage, as far as it has come.
#[derive(Debug, Clone)]
pub struct Live {
    /// The text before the first entry.
    pub introduction: Span,
    /// The entries that are out, newest first.
    pub entries: Vec<LiveEntry>,
    /// Whether it has ended.
    pub is_over: bool,
}

/// What is left of a story that was taken down: its address, when and why. Nothing else.
#[derive(Debug, Clone)]
pub struct Tombstone {
    /// The file.
    pub path: SourcePath,
    /// The section it lay in.
    pub section: Option<SectionKey>,
    /// Its date, which its address may hold.
    pub date: Option<Moment>,
    /// Its slug, if one was given.
    pub slug: Option<Slug>,
    /// Its id, which its address may hold.
    pub id: Option<Reference>,
    /// When it was taken down.
    pub at: Moment,
    /// Why.
    pub reason: Inline,
    _gate: Gate,
}

/// Everything that is out, in the order of paths, and a count of what is not.
#[derive(Debug, Default)]
pub struct Released {
    /// Articles and pages.
    pub articles: Vec<Article>,
    /// Stories taken down.
    pub tombstones: Vec<Tombstone>,
    /// The front page, if it has a file.
    pub front: Option<Published<SectionMatter>>,
    /// Sections with a file.
    pub sections: BTreeMap<SectionKey, Published<SectionMatter>>,
    /// What articles take from their sections, also from one that has a mistake elsewhere; each with the file that says so.
    defaults: BTreeMap<SectionKey, (SourcePath, SharedMatter)>,
    /// Whether a mistake leaves open what articles take from a section: a paywall, a label, that they are sensitive. Then none of them may be published.
    pub has_open_defaults: bool,
    /// Authors with a file, by the slug of the file's name.
    pub authors: Vec<Published<AuthorMatter>>,
    /// Series with a file.
    pub series: Vec<Published<SeriesMatter>>,
    /// Topics with a file.
    pub topics: Vec<(Taxonomy, Published<TopicMatter>)>,
    /// Files beside the sources that may be published if something out refers to them: all but those in the bundles of stories that are not out.
    pub attachments: Vec<SourcePath>,
    /// The banner on fronts, until its end.
    pub breaking: Option<Breaking>,
    /// The term lists of articles, which `relate` wants once and nobody else: no article holds its own.
    pub terms: TermLists,
    /// The folders of bundles, and whether their stories are out.
    bundles: BTreeMap<String, bool>,
    /// How many sources are not out.
    pub withheld: usize,
    /// Sources with errors, which count as absent.
    pub broken: Vec<SourcePath>,
    /// The mistakes of what is out or cannot be read. Those of sources that are readably unpublished end here.
    pub diagnostics: Vec<Diagnostic>,
    /// In a preview, the mistakes of sources that are not out: they keep those sources from being shown, and nothing else.
    pub aside: Vec<Diagnostic>,
}

/// Lets through what is out at `as_of`.
///
/// A story is out from the later of its date and its embargo until its expiry, unless it is a draft; whatever cannot be told is not out.
/// What a source has dated ahead of `as_of` (corrections, updates, a withdrawal), or whose time has ended (a slot's pins, the right to a picture), is taken out of it.
pub fn as_of(documents: Vec<Document>, attachments: Vec<SourcePath>, config: &Config, as_of: Timestamp) -> Released {
    under(Policy::Public, documents, attachments, (config, as_of))
}

/// Lets through what a policy lets through at `as_of`; [`as_of()`] has the rules of what is out.
pub fn under(
    policy: Policy,
    documents: Vec<Document>,
    attachments: Vec<SourcePath>,
    (config, as_of): (&Config, Timestamp),
) -> Released {
    let mut released = Released::default();
    let mut articles = Vec::with_capacity(documents.len());
    released.bundles = (documents.iter())
        .filter(|document| document.path.name() == "index.md")
        .map(|document| (document.path.folder().to_owned(), false))
        .collect();
    for mut document in documents {
        let standing = document.timing.as_ref().map_or(Standing::Out, |timing| Standing::of(timing, as_of));
        if standing != Standing::Out && (policy == Policy::Public || document.has_errors()) {
            released.withheld += 1;
            if policy == Policy::Preview {
                released.aside.append(&mut document.diagnostics);
            }
            continue;
        }
        let live = document.live.take().map(|live| release_entries(live, &mut document, as_of));
        let expires_at = document.timing.as_ref().and_then(|timing| timing.expires);
        let is_broken = document.timing.is_none() || document.has_errors();
        released.diagnostics.extend(document.diagnostics.iter().cloned());
        let subject = document.subject.map(|subject| match subject {
            Subject::Section(matter) => Subject::Section(Box::new(at_work(*matter, as_of))),
            other => other,
        });
        if document.path.name() == SECTION_FILE {
            released.take_defaults(&document.path, &document.place, subject.as_ref());
        }
        match subject {
            Some(_) if is_broken => released.broken.push(document.path),
            None => released.broken.push(document.path),
            Some(subject) => {
                let source = (document.path, document.hash, document.outline);
                match (subject, document.place) {
                    (Subject::Article(matter), place) => {
                        articles.push((publish(source, matter), place, (live, expires_at, standing)));
                    }
                    (Subject::Section(matter), Place::Section(key)) => {
                        let section = publish(source, *matter);
                        let path = section.path.clone();
                        if let Some(first) = released.sections.insert(key, section) {
                            let message = format!("this section and that of `{}` would have one page", first.path);
                            let error = Diagnostic::error_in(Code::Collision, &path, message);
                            released.diagnostics.push(error.help("rename the folder of one of the two"));
                        }
                    }
                    (Subject::Section(matter), _) => released.front = Some(publish(source, *matter)),
                    (Subject::Author(matter), _) => released.authors.push(publish(source, matter)),
                    (Subject::Series(matter), _) => released.series.push(publish(source, matter)),
                    (Subject::Topic(matter), Place::Topic(taxonomy)) => {
                        released.topics.push((taxonomy, publish(source, matter)));
                    }
                    (Subject::Topic(_), _) => {}
                }
            }
        }
    }
    released.articles.reserve(articles.len());
    for (source, place, rest) in articles {
        release_article(&mut released, source, (&place, rest), config, as_of);
    }
    released.diagnostics.extend(config.publisher.security.as_ref().and_then(|security| ran_out(security, as_of)));
    released.breaking = config.breaking.clone().filter(|breaking| as_of < breaking.until.at);
    for article in released.articles.iter().filter(|article| article.path().name() == "index.md") {
        released.bundles.insert(article.path().folder().to_owned(), true);
    }
    released.attachments = attachments.into_iter().filter(|path| released.is_beside_what_is_out(path)).collect();
    released
}

fn publish<T>((path, hash, outline): (SourcePath, blake3::Hash, Outline), matter: T) -> Published<T> {
    Published { path, hash, matter, outline, _gate: Gate }
}

/// Lets through the entries that are out. What is known of their text joins what is known of the body; of the others, mistakes too end here.
fn release_entries(live: LiveOutline, document: &mut Document, as_of: Timestamp) -> Live {
    let (mut entries, ahead): (Vec<_>, Vec<_>) = live.entries.into_iter().partition(|entry| entry.at <= as_of);
    let is_ahead = |span: Span| ahead.iter().any(|entry| entry.span.start <= span.start && span.start < entry.span.end);
    // What looks like an entry and is none is told even there: it may be one that was out.
    let is_lost_entry = |diagnostic: &Diagnostic| diagnostic.code == Code::BadMarkdown && diagnostic.is_error();
    document.diagnostics.retain(|diagnostic| is_lost_entry(diagnostic) || !diagnostic.span.is_some_and(is_ahead));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let outline = &mut document.outline;
    let mut terms = Vec::with_capacity(entries.len());
    for entry in &mut entries {
        let mut part = std::mem::take(&mut entry.outline);
        terms.push(std::mem::take(&mut part.terms));
        outline.links.extend(part.links);
        outline.pictures.extend(part.pictures);
        outline.files.extend(part.files);
        outline.words += part.words;
        if outline.opening.is_empty() {
            outline.opening = part.opening;
        }
    }
    outline.terms.join(&terms);
    Live { introduction: live.introduction, entries, is_over: false }
}

fn release_article(
    released: &mut Released,
    mut source: Published<Box<ArticleMatter>>,
    (place, (mut live, expires_at, standing)): (&Place, (Option<Live>, Option<Timestamp>, Standing)),
    config: &Config,
    as_of: Timestamp,
) {
    let folder = match place {
        Place::Article(section) => section.clone(),
        _ => None,
    };
    let named = source.matter.section.as_ref().and_then(|section| SectionKey::from_folder(&section.text));
    let section = named.or(folder);
    if let Some(withdrawal) = source.matter.withdrawn.take_if(|withdrawal| withdrawal.at.at <= as_of) {
        released.tombstones.push(Tombstone {
            path: source.path,
            section,
            date: source.matter.date,
            slug: source.matter.slug.map(|(slug, _)| slug),
            id: source.matter.id,
            at: withdrawal.at,
            reason: withdrawal.reason,
            _gate: Gate,
        });
        return;
    }
    let matter = &mut source.matter;
    for key in section.iter().flat_map(SectionKey::ancestry) {
        if let Some((path, defaults)) = released.defaults.get(&key) {
            let own = std::mem::take(&mut matter.shared);
            matter.shared = own.or(defaults, path, matter.title_span);
        }
    }
    if matter.shared.label == Some(Label::Live) && live.is_none() {
        // Its entries were not told apart, so those dated ahead would be out.
        let mistake = Diagnostic::error(
            Code::MissingField,
            &source.path,
            matter.title_span,
            "this story has the label `live` from its section alone",
        );
        released.diagnostics.push(mistake.help("write `label: live` into its own front matter"));
        released.broken.push(source.path);
        return;
    }
    if let Some(live) = &mut live {
        live.is_over = matter.live.as_ref().and_then(|live| live.ends).is_some_and(|ends| ends.at <= as_of);
    }
    matter.shared.lang.get_or_insert_with(|| config.language.clone());
    matter.withdrawn = None;
    matter.updated = matter.updated.filter(|updated| updated.at <= as_of);
    let newest = live.as_ref().and_then(|live| live.entries.first()).map(|entry| entry.at);
    if newest > matter.date.map(|date| date.at).max(matter.updated.map(|updated| updated.at)) {
        matter.updated = newest.map(|at| Moment { at, precision: Precision::Time });
    }
    matter.updates.retain(|update| update.at.at <= as_of);
    matter.corrections.retain(|correction| correction.at.at <= as_of);
    let has_rights = |ends: Option<Moment>| ends.is_none_or(|ends| as_of < ends.at);
    matter.shared.image.take_if(|picture| !has_rights(picture.rights_expire));
    let is_fresh = source.matter.date.and_then(|date| stale_at(date.at)).is_some_and(|stale| as_of < stale);
    let terms = std::mem::take(&mut source.outline.terms);
    if source.matter.date.is_some() {
        released.terms.insert(source.path.clone(), terms);
    }
    released.articles.push(Article { source, section, is_fresh, live, expires_at, standing });
}

/// When a story of this date is no longer fresh.
fn stale_at(date: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(date.as_second() + FRESH_SECS)
}

/// Warns of a `security.txt` whose time is over: who reports a hole must not trust it any more.
fn ran_out(security: &SecurityContact, as_of: Timestamp) -> Option<Diagnostic> {
    (security.expires.at <= as_of).then(|| {
        let path = SourcePath::new("site.yaml");
        Diagnostic::warning(Code::RanOut, &path, security.expires_span, "`security.txt` has run out")
            .note("those who find a hole in the site are told not to trust it")
            .help("see that `contact` still holds, and set `expires` to a day within the next year")
    })
}

/// A section without the pins whose time has ended.
fn at_work(mut section: SectionMatter, as_of: Timestamp) -> SectionMatter {
    let is_over = |until: Option<Moment>| until.is_some_and(|until| until.at <= as_of);
    for slot in &mut section.slots {
        let slot_is_over = is_over(slot.until);
        slot.pins.retain(|pin| !slot_is_over && !is_over(pin.until));
    }
    section
}

impl Released {
    /// Takes from a section's file what its articles take from it, whatever else is wrong with the file.
    fn take_defaults(&mut self, path: &SourcePath, place: &Place, subject: Option<&Subject>) {
        let defaults = subject.and_then(|subject| match subject {
            Subject::Section(matter) => matter.defaults.as_ref(),
            _ => None,
        });
        match (place, defaults) {
            (Place::Front, _) => {}
            (Place::Section(key), Some(defaults)) => {
                self.defaults.insert(key.clone(), (path.clone(), defaults.clone()));
            }
            _ => self.has_open_defaults = true,
        }
    }

    /// The slots of all fronts.
    pub fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.front.iter().chain(self.sections.values()).flat_map(|source| &source.matter.slots)
    }

    /// Whether a file lies in no bundle of a story that is not out, so that it may be published or named.
    pub fn is_beside_what_is_out(&self, path: &SourcePath) -> bool {
        let mut folders = std::iter::successors(Some(path.folder()), |folder| Some(folder.rsplit_once('/')?.0));
        folders.find_map(|folder| self.bundles.get(folder)).copied().unwrap_or(true)
    }
}

impl Article {
    /// Puts another text in the place of its own: what the gate decided by is the same.
    pub fn rewrite(&mut self, hash: blake3::Hash, outline: Outline) {
        (self.source.hash, self.source.outline) = (hash, outline);
    }

    /// Its front matter.
    pub fn matter(&self) -> &ArticleMatter {
        &self.source.matter
    }

    /// The file.
    pub fn path(&self) -> &SourcePath {
        &self.source.path
    }

    /// Where its headline stands, for mistakes that concern all of it.
    pub fn span(&self) -> Span {
        self.source.matter.title_span
    }
}
