//! Which outputs exist and where: all of them, before the first byte of any.
//!
//! Lists are cut by the calendar, never by count, so that an old page never shifts.

mod cards;
mod collisions;
mod compressed;
mod feeds;
mod links;
mod periods;
mod pictures;
mod search;
mod sitemaps;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    config::{Compression, Config, Host},
    diag::Diagnostic,
    load::{Origin, StaticFile},
    model::{Digest, Label, Lookup, OutPath, SectionKey, Slug, SourcePath, Taxonomy, UrlPath},
    parse::redirects::Target,
    pictures::Developed,
    relate::{Day, SiteIndex, StoryId},
};

pub use cards::{Face, SocialCard};
pub use compressed::{ENDINGS as COMPRESSED_ENDINGS, forms as compressed_forms};
pub use feeds::{FeedFormat, FeedOf};
pub use links::{LinkEnd, PictureEnd};
pub use periods::{Cut, Period};
pub use pictures::{FOLDER as RENDITIONS, PlannedPicture, wanted as wanted_pictures};
pub use search::{SEARCH, Search, SearchPart, Volume};
pub use sitemaps::{FEWEST_STORIES_OF_A_TERM, NewsPart, SitemapEntry, SitemapPart};

/// How many stories a list shows before the calendar takes over.
pub const NEWEST: usize = 30;

/// Where crawlers look for what they are told.
const ROBOTS: &str = "/robots.txt";

/// The address of the web manifest, ours or the site's.
pub const WEB_MANIFEST: &str = "/site.webmanifest";

/// One file of the output.
#[derive(Debug, Clone)]
pub struct Output {
    /// Its address.
    pub url: UrlPath,
    /// Its file.
    pub path: OutPath,
    /// What it is.
    pub kind: OutputKind,
    /// The source that it is the page of, if there is one.
    pub subject: Option<SourcePath>,
}

/// What an output is.
#[derive(Debug, Clone)]
pub enum OutputKind {
    /// An article or page.
    Story(StoryId),
    /// The newest entries of live coverage, as JSON.
    Live(StoryId),
    /// The notice of a story taken down, by its number in the index.
    Tombstone(usize),
    /// The front page.
    Front,
    /// A list of stories, or the part of it that the calendar cuts out.
    List(ListKey, Cut),
    /// A series.
    Series(Slug),
    /// The years.
    Archive,
    /// A year's months.
    Year(i16),
    /// A month's days.
    Month(i16, i8),
    /// A day's stories.
    Day(Day),
    /// All corrections.
    Corrections,
    /// The search page, or a file of its index.
    Search(SearchPart),
    /// The page for addresses that are not there.
    NotFound,
    /// A feed.
    Feed(FeedOf, FeedFormat),
    /// The list of sitemaps.
    SitemapIndex,
    /// A sitemap, by its number in the plan.
    Sitemap(usize),
    /// A part of the news sitemap, by its number in the plan.
    NewsSitemap(usize),
    /// What crawlers are told.
    Robots,
    /// Whom to tell of a hole in the site's security.
    Security,
    /// How the site presents itself on a home screen.
    WebManifest,
    /// A page that leads an old address to the new one, by its number among the index's redirects.
    Redirect(usize),
    /// The rules of the host: redirects, what is gone, and headers where they belong in the same file.
    HostRules,
    /// The headers of the host, where they have a file of their own.
    HostHeaders,
    /// A file of `static/`, by its number in the plan.
    Static(usize),
    /// The fingerprinted copy of a style sheet whose relative addresses lead on from there.
    StyleSheet(usize),
    /// A file of `content/` that a story refers to.
    Attachment(SourcePath),
    /// A picture as it was made of its original, by its number among the renditions of that.
    Rendition(SourcePath, usize),
    /// The social card of an article.
    SocialCard(StoryId),
    /// Another output, compressed for hosts that hand out what is compressed already.
    Compressed(Compression, Arc<Output>),
    /// The published file, kept because its source has a mistake.
    Kept,
}

/// A list that is cut by the calendar.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListKey {
    /// A section, with what lies below it.
    Section(SectionKey),
    /// An author.
    Author(Slug),
    /// A term.
    Term(Taxonomy, Slug),
    /// A label.
    Label(Label),
}

/// A file of `static/` as templates ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asset {
    /// Its fingerprinted address, or its plain one if its kind has none.
    pub url: UrlPath,
    /// The value of an `integrity` attribute; empty if its kind has no fingerprint.
    pub integrity: String,
}

/// Every output of a build.
#[derive(Debug, Default)]
pub struct Plan {
    /// The outputs, by path.
    pub outputs: Vec<Output>,
    /// The files of `static/`, by name.
    pub statics: Vec<StaticFile>,
    /// The same by name, as templates ask for them.
    pub assets: BTreeMap<String, Asset>,
    /// Where files of `content/` are published, for those that are.
    pub attachments: BTreeMap<SourcePath, UrlPath>,
    /// The pictures that were developed, by their original.
    pub pictures: BTreeMap<SourcePath, PlannedPicture>,
    /// The social cards of articles, by their source.
    pub cards: BTreeMap<SourcePath, SocialCard>,
    /// The calendar's cuts of each list, newest first; none for a list that fits on its first page.
    pub periods: BTreeMap<ListKey, Vec<Cut>>,
    /// The sitemaps.
    pub sitemaps: Vec<SitemapPart>,
    /// The news sitemap, in parts.
    pub news: Vec<NewsPart>,
    /// The search index.
    pub search: Search,
    /// What is wrong with how outputs fit together, and references that lead to none.
    pub diagnostics: Vec<Diagnostic>,
    /// Every file but compressed copies, by its path.
    files: Lookup<OutPath, ()>,
}

impl ListKey {
    /// Whether there is such a list.
    pub fn is_there(&self, index: &SiteIndex) -> bool {
        match self {
            Self::Section(key) => index.sections.contains_key(key),
            Self::Author(slug) => index.authors.contains_key(slug),
            Self::Term(taxonomy, slug) => index.terms.contains_key(&(*taxonomy, slug.clone())),
            Self::Label(label) => index.labels.contains_key(label),
        }
    }

    /// The stories of the list, newest first.
    pub fn stories<'a>(&self, index: &'a SiteIndex) -> &'a [StoryId] {
        match self {
            Self::Section(key) => &index.sections[key].stories,
            Self::Author(slug) => &index.authors[slug].stories,
            Self::Term(taxonomy, slug) => &index.terms[&(*taxonomy, slug.clone())].stories,
            Self::Label(label) => &index.labels[label],
        }
    }

    /// The address of its first page.
    pub fn url(&self, index: &SiteIndex) -> UrlPath {
        match self {
            Self::Section(key) => index.sections[key].url.clone(),
            Self::Author(slug) => index.authors[slug].url.clone(),
            Self::Term(taxonomy, slug) => index.terms[&(*taxonomy, slug.clone())].url.clone(),
            Self::Label(label) => label_url(*label),
        }
    }

    /// Its own file, if it has one.
    pub fn source(&self, index: &SiteIndex) -> Option<SourcePath> {
        match self {
            Self::Section(key) => index.sections[key].source.as_ref().map(|source| source.path.clone()),
            Self::Author(slug) => index.authors[slug].source.as_ref().map(|source| source.path.clone()),
            Self::Term(taxonomy, slug) => {
                index.terms[&(*taxonomy, slug.clone())].source.as_ref().map(|source| source.path.clone())
            }
            Self::Label(_) => None,
        }
    }
}

impl Output {
    /// What tells it from anything else that another build may publish there, whatever it says; none for what is kept.
    pub fn identity(&self, index: &SiteIndex, plan: &Plan) -> Option<Digest> {
        let path = |id: &StoryId| index.story(*id).article.path();
        let kind = std::mem::discriminant(&self.kind);
        Some(match &self.kind {
            OutputKind::Story(id) | OutputKind::Live(id) | OutputKind::SocialCard(id) => Digest::of(&(kind, path(id))),
            OutputKind::Tombstone(at) => Digest::of(&(kind, &index.tombstones[*at].1.path)),
            OutputKind::List(key, cut) => Digest::of(&(kind, key, cut.period)),
            OutputKind::Series(slug) => Digest::of(&(kind, slug)),
            OutputKind::Feed(of, format) => Digest::of(&(kind, of, format)),
            OutputKind::Redirect(at) => Digest::of(&(kind, &index.redirects[*at].from)),
            OutputKind::Static(at) | OutputKind::StyleSheet(at) => Digest::of(&(kind, &plan.statics[*at].name)),
            OutputKind::Attachment(path) => Digest::of(&(kind, path)),
            OutputKind::Rendition(original, at) => Digest::of(&(kind, original, at)),
            OutputKind::Compressed(form, base) => Digest::of(&(kind, form, base.identity(index, plan)?)),
            // The address tells the rest.
            OutputKind::Front
            | OutputKind::Archive
            | OutputKind::Year(_)
            | OutputKind::Month(..)
            | OutputKind::Day(_)
            | OutputKind::Corrections
            | OutputKind::NotFound
            | OutputKind::SitemapIndex
            | OutputKind::Sitemap(_)
            | OutputKind::NewsSitemap(_)
            | OutputKind::Robots
            | OutputKind::Security
            | OutputKind::WebManifest
            | OutputKind::HostRules
            | OutputKind::HostHeaders
            | OutputKind::Search(_) => Digest::of(&kind),
            OutputKind::Kept => return None,
        })
    }
}

/// A published page whose source has a mistake now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPage {
    /// The page's file.
    pub path: OutPath,
    /// The source with the mistake.
    pub source: SourcePath,
    /// The published files that the page names.
    pub uses: Vec<OutPath>,
}

/// A published file that stays as it is.
fn kept(path: &OutPath, subject: Option<&SourcePath>) -> Output {
    let folder = path.as_str().strip_suffix("index.html").map(|folder| format!("/{folder}"));
    let url = fixed(&folder.unwrap_or_else(|| format!("/{path}")).replace('%', "%25"));
    Output { url, path: path.clone(), kind: OutputKind::Kept, subject: subject.cloned() }
}

/// What pages can link to.
fn files(outputs: &[Output]) -> Lookup<OutPath, ()> {
    let linked = outputs.iter().filter(|output| !matches!(output.kind, OutputKind::Compressed(..)));
    linked.map(|output| (output.path.clone(), ())).collect()
}

/// The address of a label's list.
pub fn label_url(label: Label) -> UrlPath {
    fixed(&format!("/labels/{}/", label.as_str()))
}

/// The address of the newest entries of a live story: `live.json` in its folder, or beside its page.
pub fn live_url(permalink: &UrlPath) -> UrlPath {
    let stem = permalink.as_str();
    let stem = if permalink.is_folder() { stem } else { stem.rsplit_once('.').map_or(stem, |(stem, _)| stem) };
    let separator = if permalink.is_folder() { "" } else { "." };
    fixed(&format!("{stem}{separator}live.json").replace('%', "%25"))
}

/// The address of a year, month or day of the archive.
pub fn archive_url(year: i16, month: Option<i8>, day: Option<i8>) -> UrlPath {
    use std::fmt::Write as _;
    let mut url = format!("/{year:04}/");
    for part in [month, day].into_iter().flatten() {
        let _ = write!(url, "{part:02}/");
    }
    fixed(&url)
}

fn fixed(path: &str) -> UrlPath {
    UrlPath::parse(path).expect("the program's own paths are safe")
}

/// Lists every output of a site but compressed copies, which [`Plan::add_compressed`] adds.
///
/// `look` is that of social cards: what decides how they are drawn, besides what they show.
///
/// Mistakes (two sources for one output, links that lead nowhere) are in the plan's `diagnostics`; errors among them stop the build.
pub fn outputs(index: &SiteIndex, statics: Vec<StaticFile>, developed: Developed, look: Digest) -> Plan {
    let mut plan = Plan { statics, ..Plan::default() };
    plan.add_stories(index);
    plan.add_lists(index);
    plan.add_archives(index);
    plan.add_statics();
    plan.add_pictures(developed);
    plan.add_attachments(index);
    plan.add_cards(index, look);
    plan.add_redirects(index);
    plan.add_search(index);
    plan.add(fixed("/404.html"), OutputKind::NotFound, None);
    if index.config.origin.is_some() {
        plan.add_feeds(index);
        plan.add_sitemaps(index);
    }
    plan.add_for_machines(index);
    plan.outputs.sort_by(|a, b| a.path.cmp(&b.path));
    collisions::check(&mut plan, index);
    plan.outputs.dedup_by(|a, b| a.path == b.path);
    plan.files = files(&plan.outputs);
    collisions::check_rules(&mut plan, index);
    let dead = links::check(&plan, index);
    plan.diagnostics.extend(dead);
    plan
}

impl Plan {
    /// Whether there is an output at an address.
    pub fn has(&self, url: &UrlPath) -> bool {
        self.files.contains(&url.file())
    }

    /// Keeps the published pages of sources with mistakes, in the place of what is planned there, and the files that they name, if nothing is.
    ///
    /// Compressed copies stay or go with their base.
    pub fn keep(&mut self, pages: &[KeptPage], config: &Config) {
        if pages.is_empty() {
            return;
        }
        let mut by_path: BTreeMap<OutPath, Output> =
            std::mem::take(&mut self.outputs).into_iter().map(|output| (output.path.clone(), output)).collect();
        let pages = compressed::with_their_bases(pages, config);
        let paths: Lookup<OutPath, ()> = pages.iter().map(|page| (page.path.clone(), ())).collect();
        by_path.retain(|_, output| !compressed::is_copy_of(output, &paths));
        for KeptPage { path, source, uses } in pages {
            by_path.insert(path.clone(), kept(path, Some(source)));
            for used in uses {
                by_path.entry(used.clone()).or_insert_with(|| kept(used, None));
            }
        }
        self.outputs = by_path.into_values().collect();
        self.files = files(&self.outputs);
    }

    fn add(&mut self, url: UrlPath, kind: OutputKind, subject: Option<SourcePath>) {
        self.outputs.push(Output { path: url.file(), url, kind, subject });
    }

    fn add_stories(&mut self, index: &SiteIndex) {
        for id in index.articles().chain(index.pages()) {
            let story = index.story(id);
            self.add(story.permalink.clone(), OutputKind::Story(id), Some(story.article.path().clone()));
            if story.article.live.is_some() {
                self.add(live_url(&story.permalink), OutputKind::Live(id), Some(story.article.path().clone()));
            }
        }
        for (at, (url, tombstone)) in index.tombstones.iter().enumerate() {
            self.add(url.clone(), OutputKind::Tombstone(at), Some(tombstone.path.clone()));
        }
    }

    fn add_lists(&mut self, index: &SiteIndex) {
        self.add(UrlPath::root(), OutputKind::Front, index.front.as_ref().map(|front| front.path.clone()));
        let sections = index.sections.keys().cloned().map(ListKey::Section);
        let authors = index.authors.keys().cloned().map(ListKey::Author);
        let terms = index.terms.keys().cloned().map(|(taxonomy, slug)| ListKey::Term(taxonomy, slug));
        let labels = index.labels.keys().copied().map(ListKey::Label);
        for key in sections.chain(authors).chain(terms).chain(labels) {
            let (url, source, stories) = (key.url(index), key.source(index), key.stories(index));
            let newest = Cut { period: Period::Newest, range: 0..stories.len().min(NEWEST) };
            self.add(url.clone(), OutputKind::List(key.clone(), newest), source.clone());
            let cuts = match &key {
                ListKey::Section(_) => periods::by_month(index, stories),
                _ if stories.len() <= NEWEST => Vec::new(),
                _ => periods::by_year(index, stories),
            };
            for cut in &cuts {
                let url = cut.period.url(&url);
                self.add(url, OutputKind::List(key.clone(), cut.clone()), source.clone());
            }
            self.periods.insert(key, cuts);
        }
        for (slug, series) in &index.series {
            let source = series.source.as_ref().map(|source| source.path.clone());
            self.add(series.url.clone(), OutputKind::Series(slug.clone()), source);
        }
        self.add(fixed("/corrections/"), OutputKind::Corrections, None);
    }

    fn add_archives(&mut self, index: &SiteIndex) {
        self.add(fixed("/archive/"), OutputKind::Archive, None);
        let years: BTreeSet<i16> = index.days.keys().map(|day| day.0).collect();
        let months: BTreeSet<(i16, i8)> = index.days.keys().map(|day| (day.0, day.1)).collect();
        for year in years {
            self.add(archive_url(year, None, None), OutputKind::Year(year), None);
        }
        for (year, month) in months {
            self.add(archive_url(year, Some(month), None), OutputKind::Month(year, month), None);
        }
        for day in index.days.keys() {
            self.add(archive_url(day.0, Some(day.1), Some(day.2)), OutputKind::Day(*day), None);
        }
    }

    fn add_feeds(&mut self, index: &SiteIndex) {
        for of in feeds::all(index) {
            for format in of.formats() {
                self.add(of.url(index, *format), OutputKind::Feed(of.clone(), *format), None);
            }
        }
    }

    /// Needs the addresses of pictures, so it comes after them.
    fn add_sitemaps(&mut self, index: &SiteIndex) {
        self.sitemaps = sitemaps::parts(self, index);
        self.news = sitemaps::news(index);
        for at in 0..self.sitemaps.len() {
            self.add(self.sitemaps[at].url.clone(), OutputKind::Sitemap(at), None);
        }
        for at in 0..self.news.len() {
            self.add(self.news[at].url.clone(), OutputKind::NewsSitemap(at), None);
        }
        self.add(fixed("/sitemap.xml"), OutputKind::SitemapIndex, None);
    }

    /// What the site's own `static/` may replace, file by file.
    fn add_for_machines(&mut self, index: &SiteIndex) {
        let security =
            index.config.publisher.security.as_ref().map(|_| ("/.well-known/security.txt", OutputKind::Security));
        let ours = [(ROBOTS, OutputKind::Robots), (WEB_MANIFEST, OutputKind::WebManifest)];
        let headers = index.config.host.headers_file().map(|url| (url, OutputKind::HostHeaders));
        for (url, kind) in ours.into_iter().chain(security).chain(headers) {
            if self.statics.iter().all(|file| file.name != url[1..]) {
                self.add(fixed(url), kind, None);
            }
        }
    }

    fn add_statics(&mut self) {
        for at in 0..self.statics.len() {
            let file = &self.statics[at];
            let Ok(plain) = UrlPath::parse(&format!("/{}", file.name.replace('%', "%25"))) else { continue };
            let subject = match &file.origin {
                Origin::Site(path) => Some(path.clone()),
                Origin::Theme(_) => None,
            };
            let (name, fingerprint, is_moved) = (file.name.clone(), file.fingerprint.clone(), file.moved.is_some());
            self.add(plain.clone(), OutputKind::Static(at), subject.clone());
            let asset = match fingerprint {
                Some(fingerprint) => {
                    let url = fixed(&format!("/assets/{}", fingerprint.name(&name)).replace('%', "%25"));
                    let kind = if is_moved { OutputKind::StyleSheet(at) } else { OutputKind::Static(at) };
                    self.add(url.clone(), kind, subject);
                    Asset { url, integrity: fingerprint.integrity }
                }
                None => Asset { url: plain, integrity: String::new() },
            };
            self.assets.insert(name, asset);
        }
    }

    /// Files of a bundle lie beside their article, all others by their path below `media/`; only what something out refers to.
    fn add_attachments(&mut self, index: &SiteIndex) {
        let bundles: Lookup<&str, &UrlPath> = index
            .stories()
            .iter()
            .filter(|story| story.article.path().name() == "index.md" && story.permalink.is_folder())
            .map(|story| (story.article.path().folder(), &story.permalink))
            .collect();
        for path in links::attachments(index) {
            // What is linked as well leads to the largest of what was made: the original may tell where it was taken.
            if let Some(planned) = self.pictures.get(&path) {
                let url = planned.fallback().0.clone();
                self.attachments.insert(path, url);
                continue;
            }
            let beside =
                std::iter::successors(Some(path.folder()), |folder| folder.rsplit_once('/').map(|(above, _)| above))
                    .find_map(|folder| Some((folder, *bundles.get(folder)?)));
            let url = match beside {
                Some((folder, permalink)) => {
                    format!("{}{}", permalink.as_str(), path.below(folder).expect("the folder holds the file"))
                }
                None => format!("/media/{}", path.below("content").expect("attachments lie in content/")),
            };
            let Ok(url) = UrlPath::parse(&url.replace('%', "%25")) else { continue };
            self.add(url.clone(), OutputKind::Attachment(path.clone()), Some(path.clone()));
            self.attachments.insert(path, url);
        }
    }

    fn add_redirects(&mut self, index: &SiteIndex) {
        let Config { host, .. } = &*index.config;
        let has_rules = host.takes_rules();
        if has_rules {
            self.add(fixed(host.rules_file()), OutputKind::HostRules, None);
        }
        for (at, rule) in index.redirects.iter().enumerate() {
            let is_page = !has_rules || (matches!(rule.to, Target::Gone) && !host.can_say_gone());
            if is_page {
                let url = redirect_page(&rule.from);
                self.add(url, OutputKind::Redirect(at), Some(rule.path.clone()));
            }
        }
    }
}

/// The address of the page that stands in for a redirect: one that any host serves as HTML.
fn redirect_page(from: &UrlPath) -> UrlPath {
    let has_ending = from.as_str().rsplit('/').next().is_some_and(|name| name.contains('.'));
    if from.is_folder() || has_ending { from.clone() } else { fixed(&format!("{from}/").replace('%', "%25")) }
}

impl Host {
    /// Whether redirects are rules in a file of the host's form, not pages.
    pub fn takes_rules(self) -> bool {
        matches!(self, Self::Netlify | Self::CloudflarePages | Self::Nginx | Self::Apache | Self::Caddy)
    }

    /// Whether its rules can answer 410.
    pub fn can_say_gone(self) -> bool {
        matches!(self, Self::Netlify | Self::Nginx | Self::Apache | Self::Caddy)
    }

    /// The file of its headers, if they have one of their own. A site's own in `static/` replaces it.
    pub fn headers_file(self) -> Option<&'static str> {
        matches!(self, Self::Netlify | Self::CloudflarePages).then_some("/_headers")
    }

    /// The file that holds its rules.
    pub fn rules_file(self) -> &'static str {
        match self {
            Self::Apache => "/.htaccess",
            Self::Nginx => "/_nginx.conf",
            Self::Caddy => "/_caddy.conf",
            _ => "/_redirects",
        }
    }
}
