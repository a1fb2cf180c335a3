//! What the editor wrote in `site.yaml`, and what is meant: checked once, with every key's default.

mod machines;
mod permalinks;
mod pictures;
mod read;

use std::collections::BTreeMap;

use crate::model::{Moment, Slug, UrlPath, Zone, words};
use crate::parse::matter::LabelledUrl;

pub use machines::{AiPolicy, Crawlers, FeedSettings, Podcast, SecurityContact};
pub use permalinks::PatternFault;
pub use pictures::{PictureOf, PictureSettings, PictureUse};

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
    /// How feeds are made.
    pub feeds: FeedSettings,
    /// What becomes of pictures.
    pub images: PictureSettings,
    /// Which articles have a card drawn for social networks.
    pub social_cards: SocialCards,
    /// In which forms text files lie beside themselves as well, compressed: each once, in the order of the manual.
    pub precompress: Vec<Compression>,
    /// What crawlers are told.
    pub robots: Crawlers,
    /// Whether there is a search page.
    pub search: bool,
    /// The links under every article.
    pub follow: Vec<LabelledUrl>,
    /// The banner on fronts.
    pub breaking: Option<Breaking>,
    /// How authors' HTML is treated.
    pub html: HtmlPolicy,
    /// How the tree is brought to readers.
    pub publish: Publish,
    /// What the content security policy lets in besides the site itself: sources by directive.
    pub csp: BTreeMap<&'static str, Vec<String>>,
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
    /// Whom to tell of a hole in the site's security.
    pub security: Option<SecurityContact>,
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

words! {
    /// Who serves the files, and in which form it takes redirects, headers and 410s.
    #[derive(Default)]
    Host {
        /// Any host: redirects are pages.
        #[default]
        Plain = "plain",
        /// `_redirects` and `_headers`.
        Netlify = "netlify",
        /// `_redirects` and `_headers`, with that host's limits.
        CloudflarePages = "cloudflare-pages",
        /// Redirects are pages.
        GithubPages = "github-pages",
        /// Redirects are objects with metadata, set by `deploy`; pages otherwise.
        S3 = "s3",
        /// A file to include.
        Nginx = "nginx",
        /// `.htaccess`.
        Apache = "apache",
        /// A file to import.
        Caddy = "caddy",
    }
}

/// How related stories are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct RelatedSettings {
    /// How many stories in all.
    pub count: usize,
    /// The least score of a story that is found by its text, from 0 to 1.
    pub min_score: f64,
    /// What a shared label counts, beside a word of the text, which counts 1.
    pub tag_weight: f64,
    /// After how many days between two stories a quarter of their score is gone.
    pub half_life_days: u32,
}

impl RelatedSettings {
    /// The weight of a label in tenths.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 0 to 1")]
    pub fn tag_tenths(&self) -> u32 {
        (self.tag_weight * 10.0).round() as u32
    }
}

impl Default for RelatedSettings {
    /// What was found best on the archives of several newsrooms, and needs no change.
    fn default() -> Self {
        Self { count: 5, min_score: 0.02, tag_weight: 0.5, half_life_days: 365 }
    }
}

/// The banner on fronts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Breaking {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub link: Option<String>,
    /// When it ends.
    pub until: Moment,
}

words! {
    /// Which articles have a card drawn for social networks.
    #[derive(Default)]
    SocialCards {
        /// None.
        #[default]
        Off = "off",
        /// Those without a picture.
        Missing = "missing",
        /// All.
        Always = "always",
    }
}

words! {
    /// A form in which files are compressed; its name is the ending of such files.
    Compression {
        /// Brotli.
        Brotli = "br",
        /// Gzip.
        Gzip = "gz",
    }
}

impl Compression {
    /// Its name in HTTP, as in `Accept-Encoding`.
    pub fn coding(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

words! {
    /// How HTML in articles is treated.
    #[derive(Default)]
    HtmlPolicy {
        /// Harmless elements and attributes pass.
        #[default]
        AllowList = "allow-list",
        /// Everything passes: the editors are trusted with scripts.
        Trusted = "trusted",
    }
}

words! {
    /// How the tree is brought to readers.
    #[derive(Default)]
    Publish {
        /// Whole, in one step.
        #[default]
        Atomic = "atomic",
        /// File by file, for a folder that cannot be exchanged.
        InPlace = "in-place",
    }
}

words! {
    /// The type of a field that the site defines.
    ExtraType {
        /// Plain text.
        Text = "text",
        /// `true` or `false`.
        Bool = "bool",
        /// A number.
        Number = "number",
        /// A list of texts.
        List = "list",
        /// Anything.
        Any = "any",
    }
}

impl Config {
    /// The address of a path of this site as pages link to it: with the base path in front, percent-encoded.
    pub fn href(&self, path: &UrlPath) -> String {
        [self.base_path.as_str(), &path.encoded()].concat()
    }

    /// The absolute address of a path, if the site has a `url`.
    pub fn absolute(&self, path: &UrlPath) -> Option<String> {
        self.origin.as_ref().map(|origin| [origin, self.base_path.as_str(), &path.encoded()].concat())
    }
}
