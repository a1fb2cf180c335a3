//! Which outputs exist and where: all of them, before the first byte of any.
//!
//! Lists are cut by the calendar, never by count, so that an old page never shifts.

mod cards;
mod collisions;
mod compressed;
mod feeds;
mod files;
mod hosts;
mod keep;
mod links;
mod lists;
mod periods;
mod pictures;
mod search;
mod sitemaps;

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;

use crate::{
    config::Compression,
    diag::Diagnostic,
    load::StaticFile,
    model::{Digest, Lookup, OutPath, Slug, SourcePath, UrlPath},
    pictures::Developed,
    relate::{Day, SiteIndex, StoryId},
};

pub use cards::{Face, SocialCard};
pub use compressed::{ENDINGS as COMPRESSED_ENDINGS, forms as compressed_forms};
pub use feeds::{FeedFormat, FeedOf};
pub use files::Asset;
pub use keep::KeptPage;
pub use links::{LinkEnd, PictureEnd};
pub use lists::{ListKey, archive_url, label_url};
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

/// What pages can link to.
fn files_of(outputs: &[Output]) -> Lookup<OutPath, ()> {
    let mut files = Lookup::with_room_for(outputs.len());
    for output in outputs.iter().filter(|output| !matches!(output.kind, OutputKind::Compressed(..))) {
        files.insert(output.path.clone(), ());
    }
    files
}

/// The address of the newest entries of a live story: `live.json` in its folder, or beside its page.
pub fn live_url(permalink: &UrlPath) -> UrlPath {
    let stem = permalink.as_str();
    let stem = if permalink.is_folder() { stem } else { stem.rsplit_once('.').map_or(stem, |(stem, _)| stem) };
    let separator = if permalink.is_folder() { "" } else { "." };
    fixed(&format!("{stem}{separator}live.json").replace('%', "%25"))
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
    plan.outputs.par_sort_by(|a, b| a.path.cmp(&b.path));
    collisions::check(&mut plan, index);
    plan.outputs.dedup_by(|a, b| a.path == b.path);
    plan.files = files_of(&plan.outputs);
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
}
