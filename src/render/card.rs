//! What a list shows of a story: made once, shared by all lists.

use serde::{Serialize, Serializer, ser::Error};
use tera::{Value, value::Key};

use super::{picture, view::Reader};
use crate::{
    model::{Digest, Inline, Label, Moment, Paywall, SectionKey, Slug},
    parse::matter::Picture,
    plan::PictureEnd,
    relate::{Author, Byline, SiteIndex, Story, StoryId, Term},
};

/// A template value with named fields, in the order written.
macro_rules! record {
    ($($key:literal : $value:expr),* $(,)?) => {{
        let fields = [$(($key, tera::Value::from($value))),*].into_iter().enumerate();
        let fields = fields.map(|(at, (name, value))| ($crate::render::card::Field(at, name), value));
        tera::Value::from(std::collections::BTreeMap::from_iter(fields))
    }};
}
pub(super) use record;

/// A field's place among the others, and its name.
///
/// The engine copies whatever map it is given into one of its own, hashing each name. This one is cheap to make, and keeps the order written.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field(pub(super) usize, pub(super) &'static str);

impl From<Field> for Key<'static> {
    fn from(field: Field) -> Self {
        Self::from(field.1)
    }
}

/// A value, or none.
pub(super) fn or_none<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or_else(Value::none, Into::into)
}

/// A text, or an empty one.
pub(super) fn or_empty(text: Option<&str>) -> Value {
    Value::from(text.unwrap_or_default())
}

/// What the card of a story says.
#[derive(Serialize)]
pub(super) struct Card<'a> {
    id: &'a str,
    title: &'a str,
    headline: &'a str,
    url: String,
    kicker: Option<&'a str>,
    label: Label,
    standfirst: Option<Value>,
    summary: String,
    date: Option<Moment>,
    updated: Option<Moment>,
    authors: Vec<Link<'a, Slug>>,
    agency: Option<&'a str>,
    section: Option<Link<'a, SectionKey>>,
    image: Option<Told>,
    paywall: Option<Paywall>,
    lang: Option<&'a str>,
}

/// An author or section that a card names.
#[derive(Serialize)]
struct Link<'a, K> {
    key: &'a K,
    title: &'a str,
    url: &'a str,
}

impl<'a> Card<'a> {
    /// The card of a story.
    pub(super) fn of(reader: &'a Reader, id: StoryId) -> Self {
        let story = reader.story(id);
        let matter = story.matter();
        let shared = &matter.shared;
        let author = |byline: &'a Byline| {
            let named = reader.author(&byline.author);
            Link { key: &byline.author, title: named.title, url: named.url.as_str() }
        };
        let section = |key: &'a SectionKey| {
            let named = reader.section(key)?;
            Some(Link { key, title: named.title, url: named.url.as_str() })
        };
        Self {
            id: &story.id,
            title: story.short_title(),
            headline: &matter.title,
            url: reader.href(&story.permalink),
            kicker: shared.kicker.as_deref(),
            label: story.label(),
            standfirst: matter.standfirst.as_ref().map(|text| reader.inline(text, story)),
            summary: story.summary(),
            date: matter.date,
            updated: matter.updated,
            authors: story.byline.iter().map(author).collect(),
            agency: shared.agency.as_deref(),
            section: story.article.section.as_ref().and_then(section),
            image: shared.image.as_ref().map(|picture| Told(lead(reader, story, picture))),
            paywall: shared.paywall,
            lang: shared.lang.as_deref(),
        }
    }

    /// What tells it from any other, the same on every machine. The site's words and zone, in which it is told, are not in it: they are settings.
    pub(super) fn digest(&self) -> Digest {
        Digest::of_bytes(&postcard::to_allocvec(self).expect("a card can be written into memory"))
    }

    /// The card as templates get it.
    pub(super) fn value(self, reader: &Reader) -> Value {
        let moment = |moment| reader.words().moment(moment, &reader.config().zone);
        let label = self.label.as_str();
        record! {
            "id": self.id,
            "key": key(self.id),
            "title": self.title,
            "headline": self.headline,
            "url": self.url,
            "kicker": or_empty(self.kicker),
            "label": label,
            "label_text": reader.words().word(&format!("label-{label}")),
            "standfirst": or_none(self.standfirst),
            "summary": self.summary,
            "date": or_none(self.date.map(moment)),
            "updated": or_none(self.updated.map(moment)),
            "authors": self.authors.iter().map(|author| reader.name(author.key)).collect::<Vec<_>>(),
            "agency": or_empty(self.agency),
            "section": or_none(self.section.and_then(|section| reader.section_value(section.key))),
            "image": or_none(self.image.map(|image| image.0)),
            "paywall": or_empty(self.paywall.map(Paywall::as_str)),
            "lang": or_empty(self.lang),
        }
    }
}

/// A picture as templates get it, whose form only it knows: told from others by its JSON, and by which of its texts are HTML.
struct Told(Value);

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_string(&self.0).map_err(S::Error::custom)?;
        let is_html = |field: &'static str| self.0.get_from_path(field).is_some_and(Value::is_safe);
        (json, is_html("caption"), is_html("credit")).serialize(serializer)
    }
}

/// A short form of a story's identity, which stays as long as that does.
pub(super) fn key(id: &str) -> String {
    blake3::hash(id.as_bytes()).to_hex()[..10].to_owned()
}

/// An author as a link.
pub(super) fn name(index: &SiteIndex, author: &Author) -> Value {
    record! { "name": author.name.as_str(), "url": index.config.href(&author.url) }
}

/// A term as a link.
pub(super) fn term(index: &SiteIndex, slug: &Slug, term: &Term) -> Value {
    record! { "title": term.title.as_str(), "url": index.config.href(&term.url), "slug": slug.as_str() }
}

/// A section as a link.
pub(super) fn section(index: &SiteIndex, key: &SectionKey) -> Value {
    let section = &index.sections[key];
    record! { "title": section.title.as_str(), "url": index.config.href(&section.url), "slug": key.as_str() }
}

/// A picture of a story's front matter.
fn lead(reader: &Reader, story: &Story, picture: &Picture) -> Value {
    let file = picture.file(story.article.path());
    let end = reader.end(file, &picture.src.text);
    let own = picture::words(reader, &end);
    let inline = |text: &Option<Inline>, own: Option<&String>| match (text, own) {
        (Some(text), _) => reader.inline_in(text, file),
        (None, Some(own)) => Value::from(own.as_str()),
        (None, None) => Value::safe_string(""),
    };
    match reader.picture(&end) {
        None => Value::none(),
        Some((src, size)) => record! {
            "src": src,
            "width": or_none(size.map(|size| size.0)),
            "height": or_none(size.map(|size| size.1)),
            "alt": picture.alt.as_str(),
            "caption": inline(&picture.caption, own.and_then(|own| own.caption.as_ref())),
            "credit": inline(&picture.credit, own.and_then(|own| own.credit.as_ref())),
            "licence": or_empty(picture.licence.as_deref().or(own.and_then(|own| own.rights.as_deref()))),
            "uses": picture::uses(reader, &end),
            "tone": picture::tone(reader, &end),
        },
    }
}

/// A picture without words of its own.
pub(super) fn bare_picture(reader: &Reader, end: &PictureEnd, alt: &str) -> Value {
    match reader.picture(end) {
        None => Value::none(),
        Some((src, size)) => record! {
            "src": src,
            "width": or_none(size.map(|size| size.0)),
            "height": or_none(size.map(|size| size.1)),
            "alt": alt,
            "caption": Value::safe_string(""),
            "credit": Value::safe_string(""),
            "licence": "",
            "uses": picture::uses(reader, end),
            "tone": picture::tone(reader, end),
        },
    }
}
