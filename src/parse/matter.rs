//! What front matter means, once it has been read: typed, with defaults left open, and with the places of what others must resolve.

use std::{
    collections::BTreeMap,
    hash::{Hash, Hasher},
};

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::model::{
    CorrectionKind, Inline, Label, Moment, Paywall, Reference, Slug, SourcePath, Span, Taxonomy, Timestamp, words,
};

/// What the release gate decides by. Read apart from all else, so that a mistake elsewhere cannot publish a story.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Timing {
    /// Not to be published at all.
    pub draft: bool,
    /// First publication; pages, sections, authors and the like may have none.
    pub date: Option<Timestamp>,
    /// Not before this instant.
    pub embargo: Option<Timestamp>,
    /// Not from this instant on.
    pub expires: Option<Timestamp>,
}

impl Timing {
    /// From which instant on it may be published, if it has a date.
    pub fn opens(&self) -> Option<Timestamp> {
        self.date.max(self.embargo)
    }

    /// Whether it expires before it may be published.
    pub fn is_never_out(&self) -> bool {
        self.opens().zip(self.expires).is_some_and(|(opens, expires)| expires <= opens)
    }
}

/// The headline's variants.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Headlines {
    /// For search engines: the `<title>`.
    pub seo: Option<String>,
    /// For social networks.
    pub social: Option<String>,
    /// For cards.
    pub short: Option<String>,
}

/// One name of a byline.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Credit {
    /// The id of an author's file, or a free name.
    pub who: Reference,
    /// What the person did, if it was not writing.
    pub role: Option<String>,
}

/// One line of the public log of changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Update {
    /// When.
    pub at: Moment,
    /// What changed.
    pub note: Inline,
}

/// A picture with what must be said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// The file: relative to the source, from the root of `static/`, or a URL.
    pub src: Reference,
    /// What it shows, for those who do not see it; empty if decorative.
    pub alt: String,
    /// Whether it adds nothing that must be told.
    pub decorative: bool,
    /// What the reader is told below it.
    pub caption: Option<Inline>,
    /// Who made it.
    pub credit: Option<Inline>,
    /// On which terms it is used.
    pub licence: Option<String>,
    /// When the right to show it ends.
    pub rights_expire: Option<Moment>,
    /// The point that crops must keep, as shares of width and height from the upper left, 0 to 1.
    pub focus: Option<(f64, f64)>,
    /// The section's file that set it, if the article took it over from there.
    pub set_in: Option<SourcePath>,
}

impl Hash for Picture {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self { src, alt, decorative, caption, credit, licence, rights_expire, focus, set_in } = self;
        (src, alt, decorative, caption, credit, licence, rights_expire, set_in).hash(state);
        focus.map(|(x, y)| (x.to_bits(), y.to_bits())).hash(state);
    }
}

impl Picture {
    /// The file beside which it lies and in which its words stand, of a picture of the article at `own`.
    pub fn file<'a>(&'a self, own: &'a SourcePath) -> &'a SourcePath {
        self.set_in.as_ref().unwrap_or(own)
    }
}

/// A mistake that was mended, and is owned up to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Correction {
    /// When it was mended.
    pub at: Moment,
    /// What kind of notice it is.
    pub kind: CorrectionKind,
    /// The notice.
    pub text: Inline,
}

/// A story taken down, with a notice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Withdrawal {
    /// From when on only the notice stands.
    pub at: Moment,
    /// Why.
    pub reason: Inline,
}

/// A recording of the story.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Audio {
    /// The file or URL.
    pub src: Reference,
    /// How long it plays.
    pub duration_secs: Option<u32>,
    /// Its size, if it lies elsewhere.
    pub len_bytes: Option<u64>,
    /// Its media type, if it is not told by the file's ending.
    pub media_type: Option<String>,
    /// The title of the episode, if it is not the headline.
    pub title: Option<String>,
}

/// Live coverage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct LiveCoverage {
    /// When it ends.
    pub ends: Option<Moment>,
    /// What has happened so far.
    pub summary: Option<Inline>,
}

/// The front matter of an article, or of a page (which has no date).
#[derive(Debug, Clone, PartialEq, Hash, Default, Serialize, Deserialize)]
pub struct ArticleMatter {
    /// The headline. Plain text, never empty.
    pub title: String,
    /// Where the headline stands.
    pub title_span: Span,
    /// Its variants.
    pub headlines: Headlines,
    /// First publication; none makes a file directly in `content/` a page.
    pub date: Option<Moment>,
    /// Last substantive change.
    pub updated: Option<Moment>,
    /// The log of changes, as written.
    pub updates: Vec<Update>,
    /// Stable identity apart from the URL.
    pub id: Option<Reference>,
    /// Last part of the permalink.
    pub slug: Option<(Slug, Span)>,
    /// The section, if it is not the folder's.
    pub section: Option<Reference>,
    /// Old URLs, as written.
    pub aliases: Vec<Reference>,
    /// The URL of the original of a syndicated copy.
    pub canonical: Option<String>,
    /// What cascades from a section.
    pub shared: SharedMatter,
    /// Summary below the headline.
    pub standfirst: Option<Inline>,
    /// Text for cards, search results and feeds.
    pub summary: Option<String>,
    /// Hand-picked related stories, in order.
    pub related: Vec<Reference>,
    /// Stories never to be related.
    pub related_never: Vec<Reference>,
    /// Mended mistakes, as written.
    pub corrections: Vec<Correction>,
    /// The withdrawal, if there is one, whether or not its time has come.
    pub withdrawn: Option<Box<Withdrawal>>,
    /// A recording.
    pub audio: Option<Box<Audio>>,
    /// Live coverage.
    pub live: Option<Box<LiveCoverage>>,
    /// The original that this is a translation of.
    pub translation_of: Option<Reference>,
}

impl ArticleMatter {
    /// Whether search engines may list it here: it is not `noindex`, and the original is not elsewhere.
    pub fn is_indexed(&self) -> bool {
        let robots = self.shared.robots.as_deref().unwrap_or_default();
        let is_hidden =
            robots.split(',').any(|rule| ["noindex", "none"].iter().any(|no| rule.trim().eq_ignore_ascii_case(no)));
        !is_hidden && self.canonical.is_none()
    }

    /// Whether its body is live coverage: it says so itself, by its label or by when it ends. What a section sets does not count.
    pub fn is_live(&self) -> bool {
        self.live.is_some() || self.shared.label == Some(Label::Live)
    }
}

/// The fields that a section may set for all its articles. An article's own value wins, also an empty list.
#[derive(Debug, Clone, PartialEq, Hash, Default, Serialize, Deserialize)]
pub struct SharedMatter {
    /// Short label above the headline.
    pub kicker: Option<String>,
    /// What kind of journalism it is.
    pub label: Option<Label>,
    /// The byline.
    pub authors: Option<Vec<Credit>>,
    /// The wire agency credited.
    pub agency: Option<String>,
    /// Where it was filed from.
    pub dateline: Option<String>,
    /// The terms of each taxonomy, as written.
    pub terms: LiteMap<Taxonomy, Vec<Reference>>,
    /// The series it belongs to.
    pub series: Option<Reference>,
    /// The lead picture.
    pub image: Option<Box<Picture>>,
    /// Whether related stories are found automatically.
    pub related_auto: Option<bool>,
    /// Whether it is kept out of automatic links in either direction.
    pub sensitive: Option<bool>,
    /// Who may read it.
    pub paywall: Option<Paywall>,
    /// The language, as in BCP 47.
    pub lang: Option<String>,
    /// What search engines are told, such as `noindex`.
    pub robots: Option<String>,
    /// Fields that the site defines.
    #[serde(with = "super::kept::extra")]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl SharedMatter {
    /// Fills what is open from the `defaults` of the section in the file `set_in`: of the innermost first, then of the section above it.
    ///
    /// A term taken over stands at `headline` for messages, since its own place is in the section's file.
    #[must_use]
    pub fn or(mut self, defaults: &Self, set_in: &SourcePath, headline: Span) -> Self {
        let here = |term: &Reference| Reference { span: headline, ..term.clone() };
        for (taxonomy, terms) in defaults.terms.iter() {
            self.terms.entry(*taxonomy).or_insert_with(|| terms.iter().map(here).collect());
        }
        let set_here = |image: &Picture| Box::new(Picture { set_in: Some(set_in.clone()), ..image.clone() });
        let image = defaults.image.as_deref().map(set_here);
        for (field, value) in &defaults.extra {
            self.extra.entry(field.clone()).or_insert_with(|| value.clone());
        }
        Self {
            kicker: self.kicker.or_else(|| defaults.kicker.clone()),
            label: self.label.or(defaults.label),
            authors: self.authors.or_else(|| defaults.authors.clone()),
            agency: self.agency.or_else(|| defaults.agency.clone()),
            dateline: self.dateline.or_else(|| defaults.dateline.clone()),
            series: self.series.or_else(|| defaults.series.clone()),
            image: self.image.or(image),
            related_auto: self.related_auto.or(defaults.related_auto),
            sensitive: self.sensitive.or(defaults.sensitive),
            paywall: self.paywall.or(defaults.paywall),
            lang: self.lang.or_else(|| defaults.lang.clone()),
            robots: self.robots.or_else(|| defaults.robots.clone()),
            ..self
        }
    }
}

/// The front matter of a section's `_index.md`, or of the front page.
#[derive(Debug, Clone, PartialEq, Hash, Default, Serialize, Deserialize)]
pub struct SectionMatter {
    /// Its name.
    pub title: Option<String>,
    /// What it covers.
    pub description: Option<String>,
    /// Its place among its neighbours, smallest first.
    pub order: Option<i64>,
    /// What its articles take from it; none if a mistake leaves that open.
    pub defaults: Option<SharedMatter>,
    /// The places of its front that editors fill, in order.
    pub slots: Vec<Slot>,
}

/// A place on a front.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// Its name: `lead`, `top`, `opinion` …
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// The heading shown over it, if it is not the theme's.
    pub title: Option<String>,
    /// The stories put there by hand, in order.
    pub pins: Vec<Pin>,
    /// How many stories it holds, if it is not the usual number for its name.
    pub count: Option<usize>,
    /// The label that its automatic stories must have.
    pub label: Option<Label>,
    /// When all its pins end.
    pub until: Option<Moment>,
    /// The data file that fills it.
    pub data: Option<Reference>,
}

impl Slot {
    /// The files below `data/` of which the first that is there fills the slot; none if editors fill it.
    pub fn data_files(&self) -> Vec<String> {
        match &self.data {
            Some(file) => {
                let name = file.text.trim_start_matches('/');
                vec![name.strip_prefix("data/").unwrap_or(name).to_owned()]
            }
            None if self.name == "most_read" => {
                ["csv", "json", "yaml", "yml"].map(|ending| format!("most_read.{ending}")).to_vec()
            }
            None => Vec::new(),
        }
    }
}

/// A story put somewhere by hand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pin {
    /// The story.
    pub story: Reference,
    /// When it makes room.
    pub until: Option<Moment>,
}

/// A labelled address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LabelledUrl {
    /// What the reader sees.
    pub label: String,
    /// Where it leads: http, https, mailto, tel or relative.
    pub url: String,
}

/// The front matter of an author's file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct AuthorMatter {
    /// The name as in bylines.
    pub name: String,
    /// What they do at the paper.
    pub role: Option<String>,
    /// A sentence or two; the body is the long biography.
    pub bio: Option<Inline>,
    /// The portrait.
    pub picture: Option<Reference>,
    /// Where else to find them.
    pub links: Vec<LabelledUrl>,
    /// Where to write to them.
    pub email: Option<String>,
}

words! {
    /// The order in which a series is shown.
    #[derive(Default)]
    SeriesOrder {
        /// Parts in order, first to last.
        #[default]
        Oldest = "oldest",
        /// A running story, newest first.
        Newest = "newest",
    }
}

/// The front matter of a series.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct SeriesMatter {
    /// Its name.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// Its order.
    pub order: SeriesOrder,
}

/// The front matter of a topic page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct TopicMatter {
    /// The term as shown.
    pub title: String,
    /// Other spellings of it in articles.
    pub synonyms: Vec<Reference>,
    /// What it is about.
    pub description: Option<String>,
}
