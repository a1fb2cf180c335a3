//! What a list shows of a story: made once, shared by all lists.

use tera::{Value, value::Key};

use super::{picture, view::Reader};
use crate::{
    model::{Inline, SectionKey, Slug},
    parse::matter::Picture,
    plan::PictureEnd,
    relate::{Author, SiteIndex, Story, StoryId, Term},
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

/// The card of a story.
pub(super) fn card(reader: &Reader, id: StoryId) -> Value {
    let story = reader.story(id);
    let matter = story.matter();
    let shared = &matter.shared;
    let zone = &reader.config().zone;
    let label = story.label();
    record! {
        "id": story.id.as_str(),
        "key": key(&story.id),
        "title": story.short_title(),
        "headline": matter.title.as_str(),
        "url": reader.href(&story.permalink),
        "kicker": or_empty(shared.kicker.as_deref()),
        "label": label.as_str(),
        "label_text": reader.words().word(&format!("label-{}", label.as_str())),
        "standfirst": or_none(matter.standfirst.as_ref().map(|text| reader.inline(text, story))),
        "summary": story.summary(),
        "date": or_none(matter.date.map(|date| reader.words().moment(date, zone))),
        "updated": or_none(matter.updated.map(|updated| reader.words().moment(updated, zone))),
        "authors": story.byline.iter().map(|byline| reader.name(&byline.author)).collect::<Vec<_>>(),
        "agency": or_empty(shared.agency.as_deref()),
        "section": or_none(story.article.section.as_ref().and_then(|key| reader.section_value(key))),
        "image": or_none(shared.image.as_ref().map(|picture| lead(reader, story, picture))),
        "paywall": or_empty(shared.paywall.map(crate::model::Paywall::as_str)),
        "lang": or_empty(shared.lang.as_deref()),
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
