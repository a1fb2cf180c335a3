//! What every page is given: `site`, and the fields of `page` that all kinds have.

use tera::{Map, Value};

use super::social;
use crate::{
    model::UrlPath,
    plan::{FeedFormat, FeedOf, SEARCH, WEB_MANIFEST},
    relate::StoryId,
    render::{
        Failure,
        card::{or_none, record},
        json_ld::{self, Subject},
        view::{Reader, Renderer},
    },
};

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 11] = ["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];

const LARGE_PREVIEW: &str = "max-image-preview:large";

/// The direction of a language's script.
pub(in crate::render) fn direction(language: &str) -> &'static str {
    let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if RIGHT_TO_LEFT.contains(&primary.as_str()) { "rtl" } else { "ltr" }
}

/// `site`: configuration and the names of sections, so that a new story changes it on no page.
pub(in crate::render) fn site(reader: &Reader) -> Value {
    let config = reader.config();
    let link = |label: &str, url: &str| record! { "label": label, "url": local(reader, url) };
    let policy = |kind: &str| reader.words().get(&format!("policy-{kind}")).unwrap_or(kind).to_owned();
    let policies: Vec<Value> = config.publisher.policies.iter().map(|it| link(&policy(&it.label), &it.url)).collect();
    let follow: Vec<Value> = config.follow.iter().map(|it| link(&it.label, &it.url)).collect();
    let navigation: Vec<Value> = reader
        .top_sections()
        .into_iter()
        .map(|(key, section)| {
            record! { "title": section.title, "url": reader.href(section.url), "slug": key.as_str() }
        })
        .collect();
    record! {
        "title": config.title.as_str(),
        "description": config.description.as_str(),
        "language": config.language.as_str(),
        "dir": direction(&config.language),
        "url": config.absolute(&UrlPath::root()).unwrap_or_default(),
        "home": reader.href(&UrlPath::root()),
        "publisher": record! {
            "name": config.publisher.name.as_str(),
            "logo": or_none(config.publisher.logo.as_deref().map(|logo| local(reader, logo))),
            "policies": policies,
        },
        "navigation": navigation,
        "follow": follow,
        "feed": or_none(feed(reader, FeedFormat::Rss)),
        "feeds": record! {
            "rss": or_none(feed(reader, FeedFormat::Rss)),
            "atom": or_none(feed(reader, FeedFormat::Atom)),
            "json": or_none(feed(reader, FeedFormat::Json)),
        },
        "manifest": or_none(planned(reader, WEB_MANIFEST)),
        "search": or_none(planned(reader, SEARCH)),
    }
}

/// The site's feed in a form, if it has one.
fn feed(reader: &Reader, format: FeedFormat) -> Option<String> {
    let url = reader.feed_url(&FeedOf::Site, format);
    reader.has(&url).then(|| reader.href(&url))
}

/// The address of one of the program's own outputs, if the site has it.
fn planned(reader: &Reader, path: &str) -> Option<String> {
    let url = UrlPath::parse(path).expect("the program's own paths are safe");
    reader.has(&url).then(|| reader.href(&url))
}

/// An address from the settings: one from the root gets the base path, others stay.
pub(super) fn local(reader: &Reader, url: &str) -> String {
    if url.starts_with('/') && !url.starts_with("//") {
        format!("{}{url}", reader.config().base_path)
    } else {
        url.to_owned()
    }
}

/// What a page says of itself.
pub(super) struct Frame<'a> {
    pub(super) kind: &'static str,
    pub(super) title: &'a str,
    /// The headline for search engines, if it is not the title.
    pub(super) head_title: Option<&'a str>,
    pub(super) description: &'a str,
    pub(super) url: &'a UrlPath,
    /// The address of the original, if it is not this page.
    pub(super) canonical: Option<&'a str>,
    pub(super) robots: &'a str,
    pub(super) language: &'a str,
    /// From the front page down, without this page: names and addresses.
    pub(super) above: Vec<(String, UrlPath)>,
    pub(super) social_type: &'static str,
    pub(super) social_title: Option<&'a str>,
    pub(super) image: Value,
    /// What machines are told that it is about.
    pub(super) subject: Subject<'a>,
    /// What the list's own feed follows.
    pub(super) feed: Option<FeedOf>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(reader: &'a Reader, kind: &'static str, title: &'a str, url: &'a UrlPath) -> Self {
        Self {
            kind,
            title,
            head_title: None,
            description: "",
            url,
            canonical: None,
            robots: "",
            language: &reader.config().language,
            above: Vec::new(),
            social_type: "website",
            social_title: None,
            image: Value::none(),
            subject: Subject::List(&[], None),
            feed: None,
        }
    }

    /// The fields of `page` that all kinds have; the page adds its own.
    pub(super) fn fields(self, reader: &Reader) -> Map {
        let config = reader.config();
        let social = social::social(reader, &self);
        let is_front = matches!(self.kind, "front");
        let name = self.head_title.unwrap_or(self.title);
        let head_title = if is_front || name == config.title {
            config.title.clone()
        } else {
            format!("{name} – {}", config.title)
        };
        let home = (reader.words().word("front-page").to_owned(), UrlPath::root());
        let above: Vec<_> = if is_front { Vec::new() } else { std::iter::once(home).chain(self.above).collect() };
        let described = json_ld::Page {
            url: self.url,
            title: self.title,
            description: self.description,
            language: self.language,
            above: &above,
            subject: &self.subject,
        };
        let json_ld = json_ld::graph(reader, &described);
        let breadcrumbs: Vec<Value> =
            above.iter().map(|(title, url)| record! { "title": title.as_str(), "url": reader.href(url) }).collect();
        let canonical = self.canonical.map(str::to_owned).or_else(|| config.absolute(self.url)).unwrap_or_default();
        let page = record! {
            "kind": self.kind,
            "title": self.title,
            "head_title": head_title,
            "description": self.description,
            "url": reader.href(self.url),
            "canonical": canonical,
            "robots": robots(self.robots),
            "lang": self.language,
            "dir": direction(self.language),
            "breadcrumbs": breadcrumbs,
            "feed": or_none(self.feed.map(|of| reader.feed_url(&of, FeedFormat::Rss)).filter(|url| reader.has(url)).map(|url| reader.href(&url))),
            "social": social,
            "breaking": Value::none(),
            "json_ld": Value::safe_string(&json_ld),
            "csp": reader.policy(),
        };
        page.into_map().expect("a record is a map")
    }
}

/// The rule for search engines: pictures as large as they like, unless the page says otherwise.
fn robots(own: &str) -> String {
    match own {
        "" => LARGE_PREVIEW.to_owned(),
        own if own.contains("max-image-preview") => own.to_owned(),
        own => format!("{own}, {LARGE_PREVIEW}"),
    }
}

/// A page that search engines shall not keep.
pub(super) fn unlisted(frame: Frame<'_>) -> Frame<'_> {
    Frame { robots: "noindex", subject: Subject::Nothing, ..frame }
}

/// Adds what a list shows: its stories, and their finished cards.
pub(super) fn with_stories(renderer: &Renderer, page: Value, ids: &[StoryId]) -> Result<Value, Failure> {
    let listed = record! { "stories": renderer.reader.cards(ids), "cards": renderer.river(ids)? };
    Ok(with(page.into_map().expect("a page is a map"), listed))
}

/// Adds fields to a page.
pub(super) fn with(mut page: Map, fields: Value) -> Value {
    page.extend(fields.into_map().expect("a record is a map"));
    Value::from(page)
}
