//! What the editor wrote in `site.yaml`, and what is meant: checked once, with every key's default.

use std::collections::BTreeMap;

use crate::model::{Moment, Slug, UrlPath, Zone};
use crate::parse::matter::LabelledUrl;

/// A site's settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The paper's name.
    pub title: String,
    /// Where it is published: scheme and host, without a path or final `/`. None leaves out what needs absolute addresses.
    pub origin: Option<String>,
    /// The path below the host, without a final `/`: empty, or as `/project` on a GitHub project page.
    pub base_path: String,
    /// The language, as in BCP 47.
    pub language: String,
    /// The zone of every date without offset.
    pub zone: Zone,
    /// Whether `time_zone` was set; without it an embargo needs an offset.
    pub zone_is_set: bool,
    /// What the paper is, in a sentence.
    pub description: String,
    /// Who publishes it.
    pub publisher: Publisher,
    /// The sections in the order of the navigation; the others follow by their `order`, then by title.
    pub sections: Vec<Slug>,
    /// The pattern of article addresses.
    pub permalinks: PermalinkPattern,
    /// The host whose forms of redirects and headers are written.
    pub host: Host,
    /// How related stories are chosen.
    pub related: RelatedSettings,
    /// The links under every article.
    pub follow: Vec<LabelledUrl>,
    /// The banner on fronts.
    pub breaking: Option<Breaking>,
    /// How authors' HTML is treated.
    pub html: HtmlPolicy,
    /// How the tree is brought to readers.
    pub publish: Publish,
    /// Front matter that the site defines, under `extra`.
    pub extra_fields: BTreeMap<String, ExtraType>,
}

/// Who publishes the paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publisher {
    /// The name; the site's title if none is given.
    pub name: String,
    /// A file of `static/`, as a root-relative path, or a URL.
    pub logo: Option<String>,
    /// The policy pages by kind (`corrections`, `ethics` …), in the order written.
    pub policies: Vec<LabelledUrl>,
}

/// One part of a permalink pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PermalinkPart {
    /// Text as it stands.
    Text(String),
    /// The year of the date, four digits.
    Year,
    /// The month of the date, two digits.
    Month,
    /// The day of the date, two digits.
    Day,
    /// The section's path; dropped with its slash when empty.
    Section,
    /// The article's id.
    Id,
    /// The slug.
    Slug,
}

/// The pattern of article addresses: segments between slashes, each a row of parts; ends in `/` or in `.html`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermalinkPattern {
    /// The segments.
    pub segments: Vec<Vec<PermalinkPart>>,
    /// Whether an address ends in `/`.
    pub is_folder: bool,
}

/// Who serves the files, and in which form it takes redirects, headers and 410s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Any host: redirects are pages.
    Plain,
    /// `_redirects` and `_headers`.
    Netlify,
    /// `_redirects` and `_headers`, with that host's limits.
    CloudflarePages,
    /// Redirects are pages.
    GithubPages,
    /// Redirects are objects with metadata, set by `deploy`; pages otherwise.
    S3,
    /// A file to include.
    Nginx,
    /// `.htaccess`.
    Apache,
    /// A file to import.
    Caddy,
}

/// How related stories are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedSettings {
    /// How many stories in all.
    pub count: usize,
}

/// The banner on fronts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaking {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub link: Option<String>,
    /// When it ends.
    pub until: Moment,
}

/// How HTML in articles is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HtmlPolicy {
    /// Harmless elements and attributes pass.
    AllowList,
    /// Everything passes: the editors are trusted with scripts.
    Trusted,
}

/// How the tree is brought to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    /// Whole, in one step.
    Atomic,
    /// File by file, for a folder that cannot be exchanged.
    InPlace,
}

/// The type of a field that the site defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtraType {
    /// Plain text.
    Text,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A list of texts.
    List,
    /// Anything.
    Any,
}

impl Config {
    /// The address of a path of this site as pages link to it: with the base path in front, percent-encoded.
    pub fn href(&self, path: &UrlPath) -> String {
        format!("{}{}", self.base_path, path.encoded())
    }

    /// The absolute address of a path, if the site has a `url`.
    pub fn absolute(&self, path: &UrlPath) -> Option<String> {
        self.origin.as_ref().map(|origin| format!("{origin}{}{}", self.base_path, path.encoded()))
    }
}
