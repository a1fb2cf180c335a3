//! Settings of what machines read: feeds, `robots.txt` and `security.txt`.

use crate::{
    model::{Moment, Span, words},
    parse::fields::{Pick, Value},
};

/// How many stories a feed holds if the site says nothing.
const FEED_COUNT: usize = 20;

/// How feeds are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSettings {
    /// How many stories a feed with full text holds.
    pub count: usize,
    /// The `WebSub` hub that tells subscribers of a change.
    pub hub: Option<String>,
    /// What podcast directories ask of a feed with recordings.
    pub podcast: Podcast,
}

/// What podcast directories ask of a feed with recordings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Podcast {
    /// The cover: a file of `static/`, as a root-relative path, or an address.
    pub image: Option<String>,
    /// The category of the directory, as `News` or `News > Politics`.
    pub category: Option<String>,
}

words! {
    /// What crawlers for language models are told.
    #[derive(Default)]
    AiPolicy {
        /// They may read everything.
        #[default]
        Allow = "allow",
        /// They may answer readers with it and link to it, and not train on it.
        RefuseTraining = "refuse-training",
        /// They may read nothing.
        Refuse = "refuse",
    }
}

/// What crawlers are told in `robots.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crawlers {
    /// What those for language models are told.
    pub ai: AiPolicy,
    /// Paths that no crawler shall read, as written.
    pub disallow: Vec<String>,
    /// Whether the sitemaps are named.
    pub names_sitemaps: bool,
}

/// Whom to tell of a hole in the site's security, as in RFC 9116.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityContact {
    /// E-mail addresses, telephone numbers or pages, the preferred first.
    pub contacts: Vec<String>,
    /// When this stops to be true.
    pub expires: Moment,
    /// Where that stands in `site.yaml`.
    pub expires_span: Span,
    /// The page of the policy.
    pub policy: Option<String>,
    /// Where a key for secret reports is.
    pub encryption: Option<String>,
    /// The page that thanks those who reported.
    pub acknowledgments: Option<String>,
    /// The languages in which reports are read.
    pub languages: Vec<String>,
}

impl Default for FeedSettings {
    fn default() -> Self {
        Self { count: FEED_COUNT, hub: None, podcast: Podcast::default() }
    }
}

impl Default for Crawlers {
    fn default() -> Self {
        Self { ai: AiPolicy::default(), disallow: Vec::new(), names_sitemaps: true }
    }
}

impl Pick for FeedSettings {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self {
            count: fields.get("count").unwrap_or(FEED_COUNT),
            hub: fields.get("hub"),
            podcast: fields.get_or_default("podcast"),
        })
    }
}

impl Pick for Podcast {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self { image: fields.get("image"), category: fields.get("category") })
    }
}

impl Pick for Crawlers {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self {
            ai: fields.get_or_default("ai"),
            disallow: fields.get_or_default("disallow"),
            names_sitemaps: fields.get("sitemap").unwrap_or(true),
        })
    }
}

impl Pick for SecurityContact {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self {
            contacts: fields.get("contact")?,
            expires: fields.get("expires")?,
            expires_span: fields.value("expires")?.span,
            policy: fields.get("policy"),
            encryption: fields.get("encryption"),
            acknowledgments: fields.get("acknowledgments"),
            languages: fields.get_or_default("languages"),
        })
    }
}
