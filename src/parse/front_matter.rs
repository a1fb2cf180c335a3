//! From the YAML of a document to its typed matter.
//!
//! What is allowed stands in the table of `fields`; here checked values become structs. The release gate's four fields are read apart, so that a
//! mistake in them can never publish a story, and a mistake elsewhere never hides that a story is a draft.

mod order;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{
    fields::{Content, Kind, Pick, Reader, Settings, Value, Values},
    matter::{
        ArticleMatter, Audio, AuthorMatter, Correction, Credit, Headlines, LabelledUrl, LiveCoverage, Picture, Pin,
        SectionMatter, SeriesMatter, SharedMatter, Slot, Timing, TopicMatter, Update, Withdrawal,
    },
    yaml::{self, Size},
};
use crate::{
    diag::{Code, Diagnostic},
    model::{CorrectionKind, SourcePath, Span, Taxonomy, nearest},
};

/// What was read of a front matter, and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// When it may be published. None if that cannot be told: then it must not be.
    pub timing: Option<Timing>,
    /// What it says; none if it cannot be read, or lacks what it must have. Fields that are wrong are missing here.
    pub subject: Option<Subject>,
    /// The mistakes.
    pub diagnostics: Vec<Diagnostic>,
}

/// The matter of a document, by its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Subject {
    /// Of an article or page.
    Article(Box<ArticleMatter>),
    /// Of an author.
    Author(AuthorMatter),
    /// Of a series.
    Series(SeriesMatter),
    /// Of a topic page.
    Topic(TopicMatter),
    /// Of a section or the front page.
    Section(Box<SectionMatter>),
}

/// Reads the front matter in `yaml`, a range of the file's text. [`Kind::Site`] has no subject.
pub fn read(kind: Kind, path: &SourcePath, text: &str, yaml: Range<usize>, settings: &Settings) -> Read {
    let opening = opening_fence(text, yaml.start);
    let (root, mut diagnostics) = yaml::read(path, text, yaml, Size::FrontMatter);
    let Some(root) = root else { return Read { timing: None, subject: None, diagnostics } };
    let mut reader = Reader::new(kind, path, text, settings);
    let values = reader.document(&root, opening);
    if let (Some(summary), Some(description)) = (values.value("summary"), values.value("description")) {
        let second = summary.span.max(description.span);
        reader.report(
            Diagnostic::error(
                Code::DuplicateKey,
                path,
                second,
                "`summary` and `description` are two names of one field",
            )
            .help("remove one of the two"),
        );
    }
    diagnostics.extend(reader.finish());
    let timing = timing(&values);
    diagnostics.extend(order::check(path, &values, timing.as_ref()));
    Read { timing, subject: subject(kind, &values), diagnostics }
}

/// The line above the YAML.
fn opening_fence(text: &str, start: usize) -> Span {
    let above = text[..start].trim_end_matches(['\n', '\r']);
    let line = above.rsplit('\n').next().unwrap_or_default();
    let fence = line.trim_start_matches('\u{feff}').trim_end();
    let from = above.len() - line.trim_start_matches('\u{feff}').len();
    Span::new(from, from + fence.len())
}

/// The fields that the release gate decides by.
const GATE: [&str; 4] = ["draft", "date", "embargo", "expires"];

/// None if one of the four cannot be read, or a key looks like a mistyped one: unless the document readably is a draft.
fn timing(values: &Values) -> Option<Timing> {
    let timing = Timing {
        draft: values.get_or_default("draft"),
        date: values.get("date"),
        embargo: values.get("embargo"),
        expires: values.get("expires"),
    };
    let is_faulty = GATE.iter().any(|field| values.is_faulty(field));
    let is_sure = !is_faulty && !values.strays().iter().any(|key| looks_like_gate(key));
    (is_sure || timing.draft && !values.is_faulty("draft")).then_some(timing)
}

fn looks_like_gate(key: &str) -> bool {
    let key = key.to_lowercase();
    nearest(&key, GATE).is_some()
        || ["draft", "embargo", "expir", "publish", "date"].iter().any(|part| key.contains(part))
}

fn subject(kind: Kind, values: &Values) -> Option<Subject> {
    match kind {
        Kind::Site => None,
        Kind::Article | Kind::Page => article(values).map(Box::new).map(Subject::Article),
        Kind::Author => author(values).map(Subject::Author),
        Kind::Series => series(values).map(Subject::Series),
        Kind::Topic => topic(values).map(Subject::Topic),
        Kind::Section => Some(Subject::Section(Box::new(section(values)))),
    }
}

fn article(values: &Values) -> Option<ArticleMatter> {
    Some(ArticleMatter {
        title: values.get("title")?,
        title_span: values.value("title")?.span,
        headlines: values.get_or_default("headlines"),
        date: values.get("date"),
        updated: values.get("updated"),
        updates: values.get_or_default("updates"),
        id: values.get("id"),
        slug: values.get("slug"),
        section: values.get("section"),
        aliases: values.get_or_default("aliases"),
        canonical: values.get("canonical"),
        shared: shared(values),
        standfirst: values.get("standfirst"),
        summary: values.get("summary").or_else(|| values.get("description")),
        related: values.get_or_default("related"),
        related_never: values.get_or_default("related_never"),
        corrections: values.get_or_default("corrections"),
        withdrawn: values.get("withdrawn"),
        audio: values.get("audio"),
        live: values.get("live"),
        translation_of: values.get("translation_of"),
    })
}

fn shared(values: &Values) -> SharedMatter {
    let terms = Taxonomy::ALL.iter().filter_map(|taxonomy| Some((*taxonomy, values.get(taxonomy.as_str())?))).collect();
    SharedMatter {
        kicker: values.get("kicker"),
        label: values.get("label"),
        authors: values.get("authors"),
        agency: values.get("agency"),
        dateline: values.get("dateline"),
        terms,
        series: values.get("series"),
        image: values.get("image"),
        related_auto: values.get("related_auto"),
        sensitive: values.get("sensitive"),
        paywall: values.get("paywall"),
        lang: values.get("lang"),
        robots: values.get("robots"),
        extra: values.get_or_default("extra"),
    }
}

fn author(values: &Values) -> Option<AuthorMatter> {
    Some(AuthorMatter {
        name: values.get("name")?,
        role: values.get("role"),
        bio: values.get("bio"),
        picture: values.get("picture"),
        links: values.get_or_default("links"),
        email: values.get("email"),
    })
}

fn series(values: &Values) -> Option<SeriesMatter> {
    Some(SeriesMatter {
        title: values.get("title")?,
        description: values.get("description"),
        order: values.get_or_default("order"),
    })
}

fn topic(values: &Values) -> Option<TopicMatter> {
    Some(TopicMatter {
        title: values.get("title")?,
        synonyms: values.get_or_default("synonyms"),
        description: values.get("description"),
    })
}

fn section(values: &Values) -> SectionMatter {
    SectionMatter {
        title: values.get("title"),
        description: values.get("description"),
        order: values.get("order"),
        defaults: defaults(values),
        slots: values.get_or_default("slots"),
    }
}

/// None if they cannot be told for sure: a paywall or a label may be what could not be read.
fn defaults(values: &Values) -> Option<SharedMatter> {
    let fields = values.value("defaults").and_then(Value::map);
    let is_sure = !values.is_faulty("defaults") && values.strays().is_empty() && fields.is_none_or(Values::is_whole);
    is_sure.then(|| fields.map(shared).unwrap_or_default())
}

/// Picks a struct from the map of its fields.
macro_rules! pick_map {
    ($($type:ident = |$fields:ident| $body:expr;)+) => {
        $(impl Pick for $type {
            fn pick(value: &Value) -> Option<Self> {
                let $fields = value.map()?;
                Some($body)
            }
        })+
    };
}

pick_map! {
    Headlines = |fields| Self { seo: fields.get("seo"), social: fields.get("social"), short: fields.get("short") };
    Update = |fields| Self { at: fields.get("at")?, note: fields.get("note")? };
    Credit = |fields| Self { who: fields.get("id").or_else(|| fields.get("name"))?, role: fields.get("role") };
    Correction = |fields| Self {
        at: fields.get("at")?,
        kind: fields.get("type").unwrap_or(CorrectionKind::Correction),
        text: fields.get("text")?,
    };
    Withdrawal = |fields| Self { at: fields.get("at")?, reason: fields.get("reason")? };
    Audio = |fields| Self {
        src: fields.get("src")?,
        duration_secs: fields.get("duration"),
        len_bytes: fields.get("bytes"),
        media_type: fields.get("type"),
        title: fields.get("title"),
    };
    LiveCoverage = |fields| Self { ends: fields.get("ends"), summary: fields.get("summary") };
    Pin = |fields| Self { story: fields.get("story")?, until: fields.get("until") };
}

impl Pick for Picture {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        let decorative = fields.get_or_default("decorative");
        Some(Self {
            src: fields.get("src")?,
            alt: if decorative { String::new() } else { fields.get("alt")? },
            decorative,
            caption: fields.get("caption"),
            credit: fields.get("credit"),
            licence: fields.get("licence"),
            rights_expire: fields.get("rights_expire"),
            focus: fields.get("focus"),
            set_in: None,
        })
    }
}

impl Pick for LabelledUrl {
    fn pick(value: &Value) -> Option<Self> {
        match &value.content {
            Content::Entry(label, url) => Some(Self { label: label.clone(), url: String::pick(url)? }),
            Content::Map(fields) => Some(Self { label: fields.get("label")?, url: fields.get("url")? }),
            _ => None,
        }
    }
}

impl Pick for Slot {
    fn pick(value: &Value) -> Option<Self> {
        let Content::Entry(name, slot) = &value.content else { return None };
        let fields = slot.map()?;
        Some(Self {
            name: name.clone(),
            span: value.span,
            title: fields.get("title"),
            pins: fields.get_or_default("pins"),
            count: fields.get("count"),
            label: fields.get("label"),
            until: fields.get("until"),
            data: fields.get("data"),
        })
    }
}

#[cfg(test)]
mod tests;
