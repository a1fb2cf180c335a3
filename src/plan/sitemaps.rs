//! Which addresses stand in which sitemap: articles by month, so that old files never change, and everything else in one.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{NEWEST, OutputKind, PictureEnd, Plan, UrlPath, fixed, label_url};
use crate::{
    config::Config,
    model::{Label, SectionKey, Timestamp, is_picture},
    relate::{SiteIndex, Story, StoryId, fill},
};

/// The most addresses of one file, by the sitemap protocol.
const MOST: usize = 50_000;

/// The most bytes of one file. The protocol says 50 MB, and 52,428,800 elsewhere: the smaller holds for both.
const MOST_BYTES: usize = 50_000_000;

/// The most stories of one file of the news sitemap.
const MOST_NEWS: usize = 1000;

/// The most pictures of one page that are read.
const MOST_PICTURES: usize = 1000;

/// What the tags around one address weigh at most, with `lastmod`; and around one picture.
const TAGS_BYTES: usize = 160;

/// Terms with fewer stories are not worth a search result.
pub const FEWEST_STORIES_OF_A_TERM: usize = 3;

/// One sitemap.
#[derive(Debug, Clone)]
pub struct SitemapPart {
    /// Its address.
    pub url: UrlPath,
    /// What it lists.
    pub entries: Vec<SitemapEntry>,
}

/// An address in a sitemap.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SitemapEntry {
    /// The page.
    pub url: UrlPath,
    /// The last change: of a story the latest of date, updates and corrections; of a list that of its cards.
    pub changed_at: Option<Timestamp>,
    /// The pictures on it.
    pub pictures: Vec<UrlPath>,
}

/// One file of the news sitemap.
#[derive(Debug, Clone)]
pub struct NewsPart {
    /// Its address.
    pub url: UrlPath,
    /// The articles of the last two days, newest first; there may be none.
    pub stories: Vec<StoryId>,
}

impl SitemapEntry {
    fn new(url: &UrlPath, changed_at: Option<Timestamp>) -> Self {
        Self { url: url.clone(), changed_at, pictures: Vec::new() }
    }

    /// What it weighs in the file, at most.
    fn len_bytes(&self, config: &Config) -> usize {
        let weight = |url: &UrlPath| {
            let address = config.absolute(url).unwrap_or_default();
            TAGS_BYTES + address.bytes().map(|byte| if b"&<>\"'".contains(&byte) { 6 } else { 1 }).sum::<usize>()
        };
        weight(&self.url) + self.pictures.iter().map(weight).sum::<usize>()
    }
}

/// The sitemaps of a site, newest month first, then that of everything but articles.
pub(super) fn parts(plan: &Plan, index: &SiteIndex) -> Vec<SitemapPart> {
    let listed = |id: StoryId| {
        let story = Some(index.story(id)).filter(|story| story.matter().is_indexed())?;
        let (year, month, _) = story.day?;
        Some(((year, month), entry(plan, index, story)))
    };
    let listed: Vec<_> = index.articles().collect::<Vec<_>>().into_par_iter().filter_map(listed).collect();
    let mut months: BTreeMap<(i16, i8), Vec<SitemapEntry>> = BTreeMap::new();
    for (month, entry) in listed {
        months.entry(month).or_default().push(entry);
    }
    let mut parts = Vec::new();
    for ((year, month), entries) in months.into_iter().rev() {
        split(&mut parts, &format!("{year:04}-{month:02}"), entries, &index.config);
    }
    split(&mut parts, "pages", other_pages(plan, index), &index.config);
    parts
}

/// The articles of the last two days that search engines may list as news: nothing that was paid for. One file at least, empty if need be.
pub(super) fn news(index: &SiteIndex) -> Vec<NewsPart> {
    let is_news = |id: &StoryId| {
        let story = index.story(*id);
        story.article.is_fresh && story.label() != Label::Sponsored && story.matter().is_indexed()
    };
    let stories: Vec<StoryId> = index.articles().filter(is_news).collect();
    let count = stories.len().div_ceil(MOST_NEWS).max(1);
    let part = |at: usize| NewsPart {
        url: numbered("news-sitemap", at),
        stories: stories.iter().copied().skip(at * MOST_NEWS).take(MOST_NEWS).collect(),
    };
    (0..count).map(part).collect()
}

fn entry(plan: &Plan, index: &SiteIndex, story: &Story) -> SitemapEntry {
    let (path, matter) = (story.article.path(), story.matter());
    let lead = matter.shared.image.iter().map(|picture| (picture.file(path), &picture.src));
    let shown = lead.chain(story.article.source.outline.pictures.iter().map(|picture| (path, picture)));
    let mut pictures: Vec<UrlPath> = Vec::new();
    for end in shown.map(|(file, picture)| plan.picture(index, file, &picture.text)) {
        match end {
            PictureEnd::Attachment(_, url) | PictureEnd::Static(_, super::Asset { url, .. })
                if is_picture(url.as_str()) && pictures.len() < MOST_PICTURES && !pictures.contains(&url) =>
            {
                pictures.push(url);
            }
            _ => {}
        }
    }
    SitemapEntry { pictures, ..SitemapEntry::new(&story.permalink, story.changed_at()) }
}

/// Cuts a list where a file would hold too many addresses or bytes.
fn split(parts: &mut Vec<SitemapPart>, name: &str, entries: Vec<SitemapEntry>, config: &Config) {
    let mut file: Vec<SitemapEntry> = Vec::new();
    let (mut at, mut bytes) = (0, 0);
    for entry in entries {
        let weight = entry.len_bytes(config);
        // The first lines of a file weigh less than two entries' tags.
        if file.len() == MOST || bytes + weight + 2 * TAGS_BYTES > MOST_BYTES {
            parts.push(SitemapPart {
                url: numbered(&format!("sitemap-{name}"), at),
                entries: std::mem::take(&mut file),
            });
            (at, bytes) = (at + 1, 0);
        }
        bytes += weight;
        file.push(entry);
    }
    if !file.is_empty() {
        parts.push(SitemapPart { url: numbered(&format!("sitemap-{name}"), at), entries: file });
    }
}

/// `/name.xml`, `/name-2.xml` …
fn numbered(name: &str, at: usize) -> UrlPath {
    if at == 0 { fixed(&format!("/{name}.xml")) } else { fixed(&format!("/{name}-{}.xml", at + 1)) }
}

/// Fronts, lists and pages. A list last changed when the newest change of its cards was made.
fn other_pages(plan: &Plan, index: &SiteIndex) -> Vec<SitemapEntry> {
    let newest = |stories: &[StoryId]| changed(index, stories.iter().take(NEWEST).copied());
    let mut entries = vec![SitemapEntry::new(&UrlPath::root(), front_changed(index, None))];
    let pages = index.pages().map(|id| index.story(id)).filter(|story| story.matter().is_indexed());
    entries.extend(pages.map(|story| entry(plan, index, story)));
    let sections = index.sections.iter();
    entries.extend(sections.map(|(key, section)| SitemapEntry::new(&section.url, front_changed(index, Some(key)))));
    entries.extend(index.authors.values().map(|author| SitemapEntry::new(&author.url, newest(&author.stories))));
    let series = index.series.values();
    entries.extend(series.map(|series| SitemapEntry::new(&series.url, changed(index, series.stories.iter().copied()))));
    let terms = index.terms.values().filter(|term| term.stories.len() >= FEWEST_STORIES_OF_A_TERM);
    entries.extend(terms.map(|term| SitemapEntry::new(&term.url, newest(&term.stories))));
    entries.extend(index.labels.iter().map(|(label, stories)| SitemapEntry::new(&label_url(*label), newest(stories))));
    let corrected = index.corrections.first().map(|(at, ..)| *at);
    entries.push(SitemapEntry::new(&fixed("/corrections/"), corrected));
    entries
}

fn changed(index: &SiteIndex, stories: impl Iterator<Item = StoryId>) -> Option<Timestamp> {
    stories.filter_map(|id| index.story(id).changed_at()).max()
}

/// The newest change of the stories in the slots of a front, and of the newest below them.
fn front_changed(index: &SiteIndex, section: Option<&SectionKey>) -> Option<Timestamp> {
    let slots: BTreeSet<StoryId> = fill(index, section).into_iter().flat_map(|slot| slot.stories).collect();
    let newest: Vec<StoryId> = match section {
        Some(key) => {
            index.sections[key].stories.iter().copied().filter(|id| !slots.contains(id)).take(NEWEST).collect()
        }
        None => index.articles().take(NEWEST).collect(),
    };
    changed(index, slots.into_iter().chain(newest))
}

impl Plan {
    /// Needs the addresses of pictures, so it comes after them.
    pub(super) fn add_sitemaps(&mut self, index: &SiteIndex) {
        self.sitemaps = parts(self, index);
        self.news = news(index);
        for at in 0..self.sitemaps.len() {
            self.add(self.sitemaps[at].url.clone(), OutputKind::Sitemap(at), None);
        }
        for at in 0..self.news.len() {
            self.add(self.news[at].url.clone(), OutputKind::NewsSitemap(at), None);
        }
        self.add(fixed("/sitemap.xml"), OutputKind::SitemapIndex, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config { origin: Some("https://news.example".into()), ..Config::default() }
    }

    /// Splits entries with so many pictures of long names, and gives the number of entries and bytes of each file.
    fn files(entries: usize, pictures: usize) -> Vec<(String, usize, usize)> {
        let config = config();
        let name = "é".repeat(100);
        let entry = |at: usize| SitemapEntry {
            pictures: (0..pictures).map(|picture| fixed(&format!("/media/{name}-{picture}.jpg"))).collect(),
            ..SitemapEntry::new(&fixed(&format!("/2026/11/22/story-{at}/")), Timestamp::from_second(0))
        };
        let mut parts = Vec::new();
        split(&mut parts, "2026-11", (0..entries).map(entry).collect(), &config);
        let size = |part: &SitemapPart| part.entries.iter().map(|entry| entry.len_bytes(&config)).sum::<usize>();
        parts.iter().map(|part| (part.url.to_string(), part.entries.len(), size(part))).collect()
    }

    #[test]
    fn a_file_holds_no_more_addresses_than_the_protocol_allows() {
        let names: Vec<_> = files(120_000, 0).into_iter().map(|(name, entries, _)| (name, entries)).collect();
        let expected =
            [("/sitemap-2026-11.xml", 50_000), ("/sitemap-2026-11-2.xml", 50_000), ("/sitemap-2026-11-3.xml", 20_000)];
        assert_eq!(names, expected.map(|(name, entries)| (name.to_owned(), entries)));
        assert_eq!(files(0, 0), []);
    }

    #[test]
    fn a_file_holds_no_more_bytes_than_the_protocol_allows() {
        let files = files(2000, 100);
        assert!(files.len() > 2, "{files:?}");
        assert_eq!(files.iter().map(|file| file.1).sum::<usize>(), 2000);
        assert!(files.iter().all(|file| file.2 < MOST_BYTES), "{files:?}");
        assert!(files[0].2 > MOST_BYTES * 9 / 10, "{files:?}");
    }
}
