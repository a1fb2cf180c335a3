//! JSON Feed 1.1.

use serde_json::{Map, Value, json};

use super::{Feed, item::Item};
use crate::model::Zone;

/// The feed's bytes.
pub(super) fn write(feed: &Feed, zone: &Zone) -> Vec<u8> {
    let items: Vec<Value> = feed.items.iter().map(|each| item(each, zone)).collect();
    let head = [
        ("version", Some(json!("https://jsonfeed.org/version/1.1"))),
        ("title", Some(json!(feed.title))),
        ("home_page_url", Some(json!(feed.home))),
        ("feed_url", Some(json!(feed.self_url))),
        ("description", Some(json!(feed.description))),
        ("icon", feed.icon.as_ref().map(|icon| json!(icon))),
        ("authors", Some(json!([{ "name": feed.publisher }]))),
        ("language", Some(json!(feed.language))),
        ("hubs", feed.hub.as_ref().map(|hub| json!([{ "type": "WebSub", "url": hub }]))),
        ("items", Some(Value::Array(items))),
    ];
    let mut bytes = serde_json::to_vec(&object(head)).expect("texts and numbers are JSON");
    bytes.push(b'\n');
    bytes
}

fn item(item: &Item, zone: &Zone) -> Value {
    let authors = item
        .authors
        .iter()
        .map(|author| object([("name", Some(json!(author.name))), ("url", author.url.as_ref().map(|url| json!(url)))]));
    let authors: Vec<Value> = authors.collect();
    let recording = item.recording.as_ref().map(|recording| {
        let known = (recording.len_bytes > 0).then(|| json!(recording.len_bytes));
        json!([object([
            ("url", Some(json!(recording.url))),
            ("mime_type", Some(json!(recording.media_type))),
            ("title", recording.title.as_ref().map(|title| json!(title))),
            ("size_in_bytes", known),
            ("duration_in_seconds", recording.duration_secs.map(|secs| json!(secs))),
        ])])
    });
    let some = |list: &[Value]| (!list.is_empty()).then(|| json!(list));
    let categories: Vec<Value> = item.categories.iter().map(|category| json!(category)).collect();
    // The specification asks for a content: where there is only a summary, that is it.
    let content = match &item.content {
        Some(html) => ("content_html", Some(json!(&**html))),
        None if item.summary.is_empty() => ("content_text", Some(json!(item.title))),
        None => ("content_text", Some(json!(item.summary))),
    };
    object([
        ("id", Some(json!(item.id))),
        ("url", Some(json!(item.url))),
        ("title", Some(json!(item.title))),
        ("summary", Some(json!(item.summary))),
        content,
        ("image", item.picture.as_ref().map(|picture| json!(picture.url))),
        ("date_published", item.published_at.map(|at| json!(at.iso(zone)))),
        ("date_modified", item.changed_at.map(|at| json!(at.iso(zone)))),
        ("authors", some(&authors)),
        ("tags", some(&categories)),
        ("language", item.language.as_ref().map(|language| json!(language))),
        ("attachments", recording),
    ])
}

/// An object of the fields that there are, in order.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let there = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<_, _>>())
}
