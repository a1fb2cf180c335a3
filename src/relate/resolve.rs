//! What an editor's reference names: a story, a page of the site, a file beside the story, or nothing.

use std::sync::OnceLock;

use super::{SiteIndex, Story, StoryId, address};
use crate::{
    config::Config,
    model::{Lookup, Slug, SourcePath, UrlPath, fold_headline, nearest},
    parse::body::{LinkKind, LinkTarget},
};

/// What a reference to a story names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One story.
    Story(StoryId),
    /// Several, of which none is meant more than another.
    Several(Vec<StoryId>),
    /// No published story.
    Nothing,
}

/// Where a link inside the site leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// To a story.
    Story(StoryId),
    /// To a page that a source stands for: a section, an author, a topic.
    Page(UrlPath),
    /// To a file beside the sources.
    Attachment(SourcePath),
    /// To an address that only the plan can know.
    Rooted(UrlPath),
    /// To several stories: none is meant.
    Several(Vec<StoryId>),
    /// To nothing.
    Nothing,
}

/// The names by which stories and pages are called.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_id: Lookup<String, StoryId>,
    by_url: Lookup<UrlPath, StoryId>,
    by_path: Lookup<String, StoryId>,
    pages: Lookup<SourcePath, UrlPath>,
    attachments: Lookup<SourcePath, ()>,
    spelt: OnceLock<Spelt>,
}

/// What stories are called by those who name neither path nor address. Made when somebody does.
#[derive(Debug, Default)]
struct Spelt {
    by_slug: Lookup<String, Vec<StoryId>>,
    by_headline: Lookup<String, Vec<StoryId>>,
    /// Every slug, sorted, for suggestions.
    slugs: Vec<String>,
}

/// Stories with their numbers.
fn numbered(stories: &[Story]) -> impl Iterator<Item = (StoryId, &Story)> {
    (0..).map(StoryId::new).zip(stories)
}

impl Names {
    /// Those of stories, articles first, and of files beside them.
    pub(super) fn of(stories: &[Story], attachments: impl IntoIterator<Item = SourcePath>) -> Self {
        let mut names = Self::default();
        for (id, story) in numbered(stories) {
            if let Some(written) = &story.matter().id {
                names.by_id.insert(written.text.clone(), id);
            }
            names.by_url.insert(story.permalink.clone(), id);
            let path = story.article.path();
            names.by_path.insert(path.as_str().to_owned(), id);
            if path.name() == "index.md" {
                names.by_path.insert(path.folder().to_owned(), id);
            }
        }
        for (id, story) in numbered(stories) {
            for alias in &story.matter().aliases {
                if let Ok(url) = UrlPath::parse(&alias.text)
                    && !names.by_url.contains(&url)
                {
                    names.by_url.insert(url, id);
                }
            }
        }
        names.attachments = attachments.into_iter().map(|path| (path, ())).collect();
        names
    }

    fn story_at(&self, path: &str) -> Option<StoryId> {
        let found = self.by_path.get(path).or_else(|| self.by_path.get(format!("{path}.md").as_str()));
        found
            .or_else(|| self.by_path.get(format!("content/{path}").as_str()))
            .or_else(|| self.by_path.get(format!("content/{path}.md").as_str()))
            .copied()
    }
}

impl Spelt {
    /// By one thread: one of a pool would take up other work as long as it waits, which may ask for this.
    fn of(stories: &[Story]) -> Self {
        let mut spelt = Self::default();
        for (id, story) in numbered(stories) {
            if let Some(slug) = address::slug(&story.article) {
                spelt.by_slug.entry(slug.as_str().to_owned()).push(id);
                spelt.slugs.push(slug.as_str().to_owned());
            }
            for headline in headlines(story) {
                spelt.by_headline.entry(headline).push(id);
            }
        }
        spelt.slugs.sort_unstable();
        spelt.slugs.dedup();
        spelt
    }
}

/// The headlines of a story as they are compared, each once.
fn headlines(story: &Story) -> Vec<String> {
    let matter = story.matter();
    let variants = [Some(&matter.title), matter.headlines.short.as_ref(), matter.headlines.seo.as_ref()];
    let mut headlines: Vec<String> = variants.into_iter().flatten().map(|title| fold_headline(title)).collect();
    headlines.sort_unstable();
    headlines.dedup();
    headlines
}

fn one_of(ids: Option<&Vec<StoryId>>) -> Option<Found> {
    match ids.map(Vec::as_slice) {
        None | Some([]) => None,
        Some([id]) => Some(Found::Story(*id)),
        Some(ids) => Some(Found::Several(ids.to_vec())),
    }
}

/// The path below the site's own address, of an absolute URL of this site.
fn own_path<'a>(config: &Config, url: &'a str) -> Option<&'a str> {
    let rest = url.strip_prefix(config.origin.as_deref()?)?.strip_prefix(config.base_path.as_str())?;
    rest.starts_with('/').then_some(rest)
}

impl SiteIndex {
    /// Adds the names of pages that a source stands for and that are no stories.
    pub(super) fn name_pages(&mut self) {
        let sections = self.sections.values().filter_map(|it| Some((&it.source.as_ref()?.path, &it.url)));
        let authors = self.authors.values().filter_map(|it| Some((&it.source.as_ref()?.path, &it.url)));
        let series = self.series.values().filter_map(|it| Some((&it.source.as_ref()?.path, &it.url)));
        let terms = self.terms.values().filter_map(|it| Some((&it.source.as_ref()?.path, &it.url)));
        let mut pages: Lookup<SourcePath, UrlPath> =
            sections.chain(authors).chain(series).chain(terms).map(|(path, url)| (path.clone(), url.clone())).collect();
        if let Some(front) = &self.front {
            pages.insert(front.path.clone(), UrlPath::root());
        }
        self.names.pages = pages;
    }

    /// The story that a pin names: by id, path, URL, slug, then headline.
    ///
    /// A name that fits several stories resolves to none of them.
    pub fn find(&self, written: &str) -> Found {
        let written = written.trim();
        if let Some(id) = self.names.by_id.get(written) {
            return Found::Story(*id);
        }
        let relative = written.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/');
        if let Some(id) = (!relative.is_empty()).then(|| self.names.story_at(relative)).flatten() {
            return Found::Story(id);
        }
        let rooted = own_path(&self.config, written).unwrap_or(written);
        if rooted.starts_with('/')
            && let Some(id) = self.story_of_url(rooted)
        {
            return Found::Story(id);
        }
        let spelt = self.spelt();
        one_of(spelt.by_slug.get(written.to_lowercase().as_str()))
            .or_else(|| one_of(spelt.by_headline.get(fold_headline(written).as_str())))
            .unwrap_or(Found::Nothing)
    }

    fn spelt(&self) -> &Spelt {
        self.names.spelt.get_or_init(|| Spelt::of(&self.stories))
    }

    /// The published slug most like a name that names no story.
    pub fn nearest_name(&self, written: &str) -> Option<&str> {
        // A site of a hundred thousand stories is not searched letter by letter for every dead pin.
        let slug = Slug::from_headline(written)?;
        let first = slug.as_str().chars().next()?;
        let slugs = &self.spelt().slugs;
        let from = slugs.partition_point(|other| !other.starts_with(first) && other.as_str() < slug.as_str());
        let near = slugs[from..].iter().take_while(|other| other.starts_with(first)).take(2000);
        nearest(slug.as_str(), near.map(String::as_str))
    }

    /// The story at an address, with or without its final slash, present or old.
    fn story_of_url(&self, path: &str) -> Option<StoryId> {
        // Nearly all are written as they stand there; no address holds a `?` or `#`, and what holds a `%` is to be decoded.
        if !path.contains('%')
            && let Some(id) = self.names.by_url.get(path)
        {
            return Some(*id);
        }
        let path = path.split(['#', '?']).next().unwrap_or_default();
        let exact = UrlPath::parse(path).ok()?;
        let found = self.names.by_url.get(&exact).copied();
        found.or_else(|| self.names.by_url.get(&UrlPath::parse(&format!("{path}/")).ok()?).copied())
    }

    /// Where a link in the source at `from` leads.
    pub fn destination(&self, from: &SourcePath, target: &LinkTarget) -> Destination {
        let address = target.address.text.as_str();
        let story = |found: Found| match found {
            Found::Story(id) => Destination::Story(id),
            Found::Several(ids) => Destination::Several(ids),
            Found::Nothing => Destination::Nothing,
        };
        match target.kind {
            LinkKind::Wiki => story(self.find(address)),
            LinkKind::Rooted => self.rooted(address),
            LinkKind::Relative => self.relative(from, address).unwrap_or_else(|| story(self.find(address))),
        }
    }

    /// The file in `content/` that a link in the source at `from` leads to.
    pub fn linked_attachment(&self, from: &SourcePath, target: &LinkTarget) -> Option<SourcePath> {
        // Other links lead to stories and pages: of the files of `content/`, they name documents alone.
        if target.kind != LinkKind::Relative {
            return None;
        }
        match self.destination(from, target) {
            Destination::Attachment(path) => Some(path),
            _ => None,
        }
    }

    fn rooted(&self, address: &str) -> Destination {
        if let Some(id) = self.story_of_url(address) {
            return Destination::Story(id);
        }
        if std::path::Path::new(address).extension().is_some_and(|ending| ending == "md") {
            let path = SourcePath::new(format!("content{address}"));
            return self.source_page(&path).unwrap_or(Destination::Nothing);
        }
        let path = address.split('?').next().unwrap_or_default();
        UrlPath::parse(path).map_or(Destination::Nothing, Destination::Rooted)
    }

    /// A relative address beside `from`: a document, or a file that may be published with it.
    fn relative(&self, from: &SourcePath, address: &str) -> Option<Destination> {
        let decoded = UrlPath::parse(&format!("/{address}"))
            .map_or_else(|_| address.to_owned(), |path| path.as_str()[1..].to_owned());
        let beside = from.join(&decoded)?;
        self.source_page(&beside).or_else(|| {
            let folder = beside.as_str().to_owned();
            let index = SourcePath::new(format!("{folder}/index.md"));
            self.source_page(&index)
        })
    }

    fn source_page(&self, path: &SourcePath) -> Option<Destination> {
        if let Some(id) = self.names.by_path.get(path.as_str()) {
            return Some(Destination::Story(*id));
        }
        if let Some(url) = self.names.pages.get(path) {
            return Some(Destination::Page(url.clone()));
        }
        self.names.attachments.contains(path).then(|| Destination::Attachment(path.clone()))
    }

    /// The file in `content/` that a picture or data reference in `from` names, if it is there.
    pub fn attachment(&self, from: &SourcePath, written: &str) -> Option<SourcePath> {
        let decoded = UrlPath::parse(&format!("/{written}"))
            .map_or_else(|_| written.to_owned(), |path| path.as_str()[1..].to_owned());
        let beside = from.join(&decoded)?;
        (beside.as_str().starts_with("content/") && self.names.attachments.contains(&beside)).then_some(beside)
    }
}
