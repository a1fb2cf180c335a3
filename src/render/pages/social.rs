//! What a link to a page looks like elsewhere: Open Graph and the cards of X, with whole addresses.
//!
//! Source: the Open Graph protocol, ogp.me, object types `article` and `profile`.

use tera::{Value, value::Key};

use super::frame::Frame;
use crate::{
    config::{Config, SocialCards},
    pictures::cards::SIZE,
    relate::StoryId,
    render::{
        card::{or_empty, record},
        json_ld::{Subject, absolute},
        labels,
        view::Reader,
    },
};

/// The `social` of a page; its fields about a story are empty on all other pages.
pub(super) fn social(reader: &Reader, frame: &Frame) -> Value {
    let config = reader.config();
    let title = frame.social_title.unwrap_or(frame.title);
    let common = record! {
        "type": frame.social_type,
        "url": config.absolute(frame.url).unwrap_or_default(),
        "locale": locale(frame.language),
        "image": own_card(reader, frame, title).unwrap_or_else(|| image(config, &frame.image)),
    };
    let about = if let Subject::Story(id, _) = frame.subject {
        story(reader, id, title)
    } else {
        record! {
            "title": title,
            "authors": Vec::<Value>::new(),
            "section": "",
            "published": "",
            "modified": "",
            "expires": "",
        }
    };
    let mut social = common.into_map().expect("a record is a map");
    social.extend(about.into_map().expect("a record is a map"));
    Value::from(social)
}

fn story(reader: &Reader, id: StoryId, title: &str) -> Value {
    let config = reader.config();
    let story = reader.story(id);
    let authors = story.byline.iter().map(|byline| reader.author(&byline.author));
    let authors: Vec<Value> = authors
        .map(|author| record! { "name": author.title, "url": config.absolute(author.url).unwrap_or_default() })
        .collect();
    let section = story.article.section.as_ref().and_then(|key| Some(reader.section(key)?.title));
    let published = story.matter().date.map(|date| date.at);
    let modified = story.changed_at().filter(|at| Some(*at) != published);
    record! {
        "title": labels::labelled(reader, story.label(), title),
        "authors": authors,
        "section": or_empty(section),
        "published": or_empty(published.map(|at| at.iso(&config.zone)).as_deref()),
        "modified": or_empty(modified.map(|at| at.iso(&config.zone)).as_deref()),
        "expires": or_empty(story.article.expires_at.map(|at| at.iso(&config.zone)).as_deref()),
    }
}

/// A language with its region as Open Graph writes them; empty without a region, which it asks for.
fn locale(language: &str) -> String {
    let mut parts = language.split('-');
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let region = parts.find(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    region.map_or_else(String::new, |region| format!("{primary}_{}", region.to_ascii_uppercase()))
}

/// The picture with an absolute address.
fn image(config: &Config, image: &Value) -> Value {
    let Some(mut picture) = image.clone().into_map() else { return Value::none() };
    let src = picture.get(&Key::from("src")).and_then(Value::as_str).unwrap_or_default();
    let src = absolute(config, src);
    picture.insert("src".into(), Value::from(src));
    Value::from(picture)
}

/// The card that was drawn for a story, in the place of a picture.
fn own_card(reader: &Reader, frame: &Frame, title: &str) -> Option<Value> {
    let Subject::Story(id, _) = frame.subject else { return None };
    if reader.config().social_cards == SocialCards::Off {
        return None;
    }
    let card = reader.social_card(id)?;
    reader.uses(&card.url);
    Some(record! {
        "src": absolute(reader.config(), &reader.href(&card.url)),
        "width": SIZE.0,
        "height": SIZE.1,
        "alt": format!("{title} – {}", reader.config().title),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales() {
        let check = |language: &str, expected: &str| assert_eq!(locale(language), expected, "{language}");
        check("en-GB", "en_GB");
        check("zh-Hant-TW", "zh_TW");
        check("pt-br", "pt_BR");
        check("de", "");
        check("de-1996", "");
    }
}
