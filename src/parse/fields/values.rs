//! Checked values, and picking typed ones from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    config::{AiPolicy, Compression, ExtraType, Host, HtmlPolicy, PermalinkPattern, PictureOf, Publish, SocialCards},
    model::{CorrectionKind, Inline, Label, Moment, Paywall, Reference, Slug, Span, Timestamp, Zone},
    parse::matter::SeriesOrder,
};

/// A value that its field's type has accepted, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub content: Content,
    /// Where it stands; of a list or map its key.
    pub span: Span,
}

/// What a value is. Texts of every type are as their type wants them: trimmed, on one line, checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text, word, name, address.
    Text(String),
    /// Truth value.
    Bool(bool),
    /// Whole number, also a duration in seconds.
    Integer(i64),
    /// A number from 0 to 1.
    Share(f64),
    /// An instant.
    Moment(Moment),
    /// A slug.
    Slug(Slug),
    /// A zone.
    Zone(Zone),
    /// A point in a picture.
    Point(f64, f64),
    /// A permalink pattern.
    Pattern(PermalinkPattern),
    /// A value of a field that the site defines.
    Json(serde_json::Value),
    /// A list, or the entries of a map of free names.
    List(Vec<Value>),
    /// A free name with its value; the span is the name's.
    Entry(String, Box<Value>),
    /// A map of known fields.
    Map(Values),
}

/// The fields of a map that could be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values {
    pub(super) known: BTreeMap<&'static str, Value>,
    pub(super) faulty: BTreeSet<&'static str>,
    pub(super) strays: Vec<String>,
}

impl Values {
    /// A field's value as the type that is asked for; none if it is not there, or could not be read.
    pub fn get<T: Pick>(&self, name: &str) -> Option<T> {
        self.value(name).and_then(T::pick)
    }

    /// As [`Self::get`], or the type's default.
    pub fn get_or_default<T: Pick + Default>(&self, name: &str) -> T {
        self.get(name).unwrap_or_default()
    }

    /// Whether all that is written could be read.
    pub fn is_whole(&self) -> bool {
        self.faulty.is_empty() && self.strays.is_empty()
    }

    /// A field's value with its place.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.known.get(name)
    }

    /// The names of the fields that are there, in the order of the alphabet.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.known.keys().copied()
    }

    /// Whether a field is there and could not be read.
    pub fn is_faulty(&self, name: &str) -> bool {
        self.faulty.contains(name)
    }

    /// The keys that are not in the table.
    pub fn strays(&self) -> &[String] {
        &self.strays
    }
}

/// Something that can be made from a checked value.
pub trait Pick: Sized {
    /// The value as this type; none if it is of another type, or lacks something (which was reported).
    fn pick(value: &Value) -> Option<Self>;
}

/// Picks one variant as it is.
macro_rules! pick {
    ($($type:ty = $variant:ident),+ $(,)?) => {
        $(impl Pick for $type {
            fn pick(value: &Value) -> Option<Self> {
                match &value.content {
                    Content::$variant(content) => Some(content.clone()),
                    _ => None,
                }
            }
        })+
    };
}

/// Picks a word of a closed list.
macro_rules! pick_word {
    ($($type:ty),+ $(,)?) => {
        $(impl Pick for $type {
            fn pick(value: &Value) -> Option<Self> {
                match &value.content {
                    Content::Text(word) => Self::parse(word),
                    _ => None,
                }
            }
        })+
    };
}

/// Picks a number that the field's bounds have made fit.
macro_rules! pick_number {
    ($($type:ty),+ $(,)?) => {
        $(impl Pick for $type {
            fn pick(value: &Value) -> Option<Self> {
                i64::pick(value)?.try_into().ok()
            }
        })+
    };
}

pick!(
    String = Text,
    bool = Bool,
    i64 = Integer,
    f64 = Share,
    Moment = Moment,
    Slug = Slug,
    Zone = Zone,
    PermalinkPattern = Pattern,
    serde_json::Value = Json,
);
pick_word!(
    AiPolicy,
    Compression,
    PictureOf,
    Label,
    CorrectionKind,
    Paywall,
    SeriesOrder,
    Host,
    HtmlPolicy,
    Publish,
    SocialCards,
    ExtraType
);
pick_number!(u32, u64, usize);

impl Pick for Inline {
    fn pick(value: &Value) -> Option<Self> {
        String::pick(value).map(Self)
    }
}

impl Pick for Reference {
    fn pick(value: &Value) -> Option<Self> {
        String::pick(value).map(|text| Self { text, span: value.span })
    }
}

impl Pick for Timestamp {
    fn pick(value: &Value) -> Option<Self> {
        Moment::pick(value).map(|moment| moment.at)
    }
}

impl Pick for (Slug, Span) {
    fn pick(value: &Value) -> Option<Self> {
        Slug::pick(value).map(|slug| (slug, value.span))
    }
}

impl Pick for (f64, f64) {
    fn pick(value: &Value) -> Option<Self> {
        match value.content {
            Content::Point(x, y) => Some((x, y)),
            _ => None,
        }
    }
}

/// Something rare and large, which takes no room where it is not.
impl<T: Pick> Pick for Box<T> {
    fn pick(value: &Value) -> Option<Self> {
        T::pick(value).map(Self::new)
    }
}

impl<T: Pick> Pick for Vec<T> {
    fn pick(value: &Value) -> Option<Self> {
        let Content::List(items) = &value.content else { return None };
        let mut picked = Self::with_capacity(items.len());
        picked.extend(items.iter().filter_map(T::pick));
        Some(picked)
    }
}

impl<T: Pick> Pick for BTreeMap<String, T> {
    fn pick(value: &Value) -> Option<Self> {
        let Content::List(items) = &value.content else { return None };
        let entry = |item: &Value| match &item.content {
            Content::Entry(name, value) => T::pick(value).map(|value| (name.clone(), value)),
            _ => None,
        };
        Some(items.iter().filter_map(entry).collect())
    }
}

impl Value {
    /// The fields of a map.
    pub fn map(&self) -> Option<&Values> {
        match &self.content {
            Content::Map(values) => Some(values),
            _ => None,
        }
    }
}
