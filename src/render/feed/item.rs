//! The items of feeds: stories, and corrections.

use std::sync::Arc;

use super::{absolute, addresses, podcast::Recording};
use crate::{
    config::Config,
    model::{Timestamp, ending},
    parse,
    relate::{Story, StoryId},
    render::{
        body::{self, escaped},
        labels::labelled,
        picture,
        view::Reader,
    },
};

/// One item, in whichever form.
#[derive(Debug, Default)]
pub(super) struct Item {
    /// An identity that outlives the address.
    pub(super) id: String,
    pub(super) url: String,
    /// Plain, with the label in front: a reader of feeds sees nothing else of it.
    pub(super) title: String,
    /// The language, if it is not the feed's.
    pub(super) language: Option<String>,
    pub(super) published_at: Option<Timestamp>,
    pub(super) changed_at: Option<Timestamp>,
    pub(super) authors: Vec<Person>,
    pub(super) categories: Vec<String>,
    /// Plain.
    pub(super) summary: String,
    /// The whole text as HTML with absolute addresses, if the feed brings it.
    pub(super) content: Option<Arc<str>>,
    pub(super) picture: Option<Picture>,
    pub(super) recording: Option<Recording>,
}

/// A name in a byline.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: String,
    /// Their page; an agency has none.
    pub(super) url: Option<String>,
}

/// A lead picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) url: String,
    pub(super) media_type: Option<&'static str>,
    pub(super) size: Option<(usize, usize)>,
    pub(super) alt: String,
    /// Plain.
    pub(super) credit: String,
}

/// A story, without its text.
pub(super) fn story(reader: &Reader, id: StoryId) -> Item {
    let (config, story) = (reader.config(), reader.story(id));
    let matter = story.matter();
    let shared = &matter.shared;
    let lang = shared.lang.as_ref().filter(|lang| **lang != config.language);
    let named = story.byline.iter().map(|byline| reader.author(&byline.author));
    let named = named.map(|author| Person { name: author.title.to_owned(), url: Some(absolute(reader, author.url)) });
    let agency = shared.agency.iter().map(|agency| Person { name: agency.clone(), url: None });
    let section = story.article.section.as_ref().and_then(|key| reader.section(key));
    let mut categories: Vec<String> = section.map(|section| section.title.to_owned()).into_iter().collect();
    for title in story.labels().map(|(taxonomy, slug)| reader.term(taxonomy, slug).title) {
        if categories.iter().all(|category| category != title) {
            categories.push(title.to_owned());
        }
    }
    Item {
        id: tag_uri(config, story),
        url: absolute(reader, &story.permalink),
        title: labelled(reader, story.label(), &matter.title),
        language: lang.cloned(),
        published_at: matter.date.map(|date| date.at),
        changed_at: story.changed_at(),
        authors: named.chain(agency).collect(),
        categories,
        summary: reader.summary(id),
        content: None,
        picture: picture(reader, story),
        recording: (!story.is_for_subscribers()).then(|| Recording::of(reader, story)).flatten(),
    }
}

/// The newest corrections, each an item of its own.
pub(super) fn corrections(reader: &Reader) -> Vec<Item> {
    let config = reader.config();
    let mut items: Vec<Item> = Vec::new();
    for (at, id, which) in reader.corrections().iter().take(config.feeds.count) {
        let story = reader.story(*id);
        let correction = &story.matter().corrections[*which];
        let kind = reader.words().word(correction.kind.as_str());
        let url = config.absolute(&story.permalink).unwrap_or_default();
        let headline = labelled(reader, story.label(), &story.matter().title);
        let text = body::inline(reader, story.article.path(), &correction.text);
        let origin = config.origin.as_deref().unwrap_or_default();
        let text = addresses::absolute(&text, addresses::Base { origin, page: &url });
        // The instant tells the corrections of a story apart, whatever their order and wording; several of one instant are numbered.
        let same = story.matter().corrections[..*which].iter().filter(|other| other.at.at == *at).count();
        let number = if same == 0 { String::new() } else { format!("-{}", same + 1) };
        items.push(Item {
            id: format!("{}#correction-{}{number}", tag_uri(config, story), at.as_second()),
            title: format!("{kind}: {headline}"),
            published_at: Some(*at),
            changed_at: Some(*at),
            categories: vec![kind.to_owned()],
            summary: parse::body::plain_text(&correction.text.0),
            content: Some(
                format!("<p>{text}</p>\n<p><a href=\"{}\">{}</a></p>\n", escaped(&url), escaped(&headline)).into(),
            ),
            url,
            ..Item::default()
        });
    }
    items
}

/// An identity that outlives the address, as in RFC 4151: `tag:news.example,2026:/2026/11/22/vote/`.
fn tag_uri(config: &Config, story: &Story) -> String {
    let host = config.origin.as_deref().and_then(|origin| origin.split("://").nth(1)).unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let year = story.matter().date.map_or(1970, |date| date.at.civil(&config.zone).year);
    let id = url::form_urlencoded::byte_serialize(story.id.as_bytes()).collect::<String>().replace("%2F", "/");
    format!("tag:{host},{year:04}:{id}")
}

fn picture(reader: &Reader, story: &Story) -> Option<Picture> {
    let picture = story.matter().shared.image.as_ref()?;
    let end = reader.end(picture.file(story.article.path()), &picture.src.text);
    let (href, size) = reader.picture(&end)?;
    Some(Picture {
        media_type: media_type(&href),
        url: format!("{}{href}", reader.config().origin.as_deref().unwrap_or_default()),
        size,
        alt: picture.alt.clone(),
        credit: match &picture.credit {
            Some(credit) => parse::body::plain_text(&credit.0),
            None => picture::words(reader, &end).and_then(|own| own.credit.clone()).unwrap_or_default(),
        },
    })
}

/// The media type of pictures and recordings, by the ending of their file.
pub(super) fn media_type(file: &str) -> Option<&'static str> {
    let path = file.split(['?', '#']).next().unwrap_or_default();
    Some(match ending(path).as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "mp4" | "m4v" => "video/mp4",
        _ => return None,
    })
}
