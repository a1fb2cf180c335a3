//! Live coverage: the entries on their page, in feeds, in `live.json` and as structured data.
//!
//! An entry's markup is made by one component, for the page and for `live.json` alike, so that what the page's script puts in is what a reload would show.

use std::fmt::Write as _;

use serde::Serialize;
use tera::{Context, Value};

use super::{
    Failure,
    body::{escaped, fill},
    card::{or_none, record},
    json_ld::Node,
    view::{Reader, Renderer},
};
use crate::{
    model::{Moment, Precision},
    parse::live::LiveEntry,
    plan,
    relate::{Story, StoryId},
    release::Live,
};

/// How many entries `live.json` holds. A reader who was away for longer reloads the page.
const NEWEST: usize = 20;

/// The HTML of a story's body, live or not. Of live coverage: the introduction, the pinned entries, then the others, newest first.
pub(super) fn story_html(renderer: &Renderer, id: StoryId) -> Result<String, Failure> {
    let reader = &renderer.reader;
    let story = reader.story(id);
    let source = &story.article.source;
    let Some(live) = &story.article.live else {
        return fill(renderer, &source.path, &reader.text(id)?.body);
    };
    let summary = story.matter().live.as_ref().and_then(|live| live.summary.as_ref());
    let summary = summary.map(|summary| format!("<p>{}</p>\n", super::body::inline(reader, &source.path, summary)));
    Ok(summary.unwrap_or_default() + &Coverage::of(renderer, id, live)?.html(reader))
}

/// Live coverage with its text made.
pub(super) struct Coverage<'a> {
    story: &'a Story,
    live: &'a Live,
    introduction: String,
    /// Newest first, each with its text as HTML.
    entries: Vec<(&'a LiveEntry, String)>,
}

impl<'a> Coverage<'a> {
    /// Makes the text of every entry that is out.
    pub(super) fn of(renderer: &'a Renderer, id: StoryId, live: &'a Live) -> Result<Self, Failure> {
        Self::newest(renderer, id, live, live.entries.len())
    }

    fn newest(renderer: &'a Renderer, id: StoryId, live: &'a Live, count: usize) -> Result<Self, Failure> {
        let story = renderer.reader.story(id);
        let source = &story.article.source;
        let entries = &live.entries[..count.min(live.entries.len())];
        let (introduction, bodies) = renderer.reader.live_bodies(id, live, entries)?;
        let filled = std::iter::once(&introduction).chain(&bodies).map(|body| fill(renderer, &source.path, body));
        let mut filled = Failure::of_all(filled)?.into_iter();
        let introduction = filled.next().unwrap_or_default();
        Ok(Self { story, live, introduction, entries: entries.iter().zip(filled).collect() })
    }

    /// `page.live`.
    pub(super) fn value(&self, reader: &Reader) -> Value {
        let zone = &reader.config().zone;
        let matter = self.story.matter().live.as_ref();
        let entries: Vec<Value> = self.entries.iter().map(|(entry, html)| self.entry(reader, entry, html)).collect();
        let of = |is_wanted: fn(&LiveEntry) -> bool| -> Vec<Value> {
            let wanted = self.entries.iter().zip(&entries).filter(|((entry, _), _)| is_wanted(entry));
            wanted.map(|(_, value)| value.clone()).collect()
        };
        record! {
            "ends": or_none(matter.and_then(|live| live.ends).map(|ends| reader.words().moment(ends, zone))),
            "ends_at": matter.and_then(|live| live.ends).map(|ends| ends.at.iso(zone)).unwrap_or_default(),
            "is_over": self.live.is_over,
            "summary": or_none(matter.and_then(|live| live.summary.as_ref()).map(|summary| reader.inline(summary, self.story))),
            "introduction": Value::safe_string(&self.introduction),
            "key_events": of(|entry| entry.is_key),
            "pinned": of(|entry| entry.is_pinned),
            "others": of(|entry| !entry.is_pinned),
            "entries": entries,
            "url": reader.href(&plan::live_url(&self.story.permalink)),
        }
    }

    fn entry(&self, reader: &Reader, entry: &LiveEntry, html: &str) -> Value {
        let config = reader.config();
        let at = Moment { at: entry.at, precision: Precision::Time };
        let civil = entry.at.civil(&config.zone);
        let same_day = self.story.day == Some((civil.year, civil.month, civil.day));
        record! {
            "id": entry.id.as_str(),
            "at": reader.words().moment(at, &config.zone),
            "title": entry.title.as_str(),
            "content": Value::safe_string(html),
            "key": entry.is_key,
            "pinned": entry.is_pinned,
            "url": format!("{}#{}", reader.href(&self.story.permalink), entry.id),
            "other_day": !same_day,
            "version": version(entry, html),
        }
    }

    /// The whole as plain HTML: for feeds, and for templates that know nothing of live coverage.
    pub(super) fn html(&self, reader: &Reader) -> String {
        let zone = &reader.config().zone;
        let mut html = self.introduction.clone();
        let (pinned, others): (Vec<_>, Vec<_>) = self.entries.iter().partition(|(entry, _)| entry.is_pinned);
        for (entry, text) in pinned.into_iter().chain(others) {
            let time = reader.words().moment(Moment { at: entry.at, precision: Precision::Time }, zone);
            let time = time.get_from_path("text").and_then(Value::as_str).unwrap_or_default().to_owned();
            let (id, iso) = (&entry.id, entry.at.iso(zone));
            let title = if entry.title.is_empty() { String::new() } else { format!(" {}", escaped(&entry.title)) };
            let time = escaped(&time);
            let _ = write!(
                html,
                "<h2 id=\"{id}\"><a href=\"#{id}\"><time datetime=\"{iso}\">{time}</time></a>{title}</h2>\n{text}"
            );
        }
        html
    }

    /// The fields that make the structured data of an article a `LiveBlogPosting`; none without an absolute address.
    ///
    /// Source: schema.org, `LiveBlogPosting`.
    pub(super) fn structured(&self, reader: &Reader) -> Option<Node> {
        let config = reader.config();
        let address = config.absolute(&self.story.permalink)?;
        let update = |(entry, html): &(&LiveEntry, String)| {
            let text = plain_text(html);
            let headline = if entry.title.is_empty() { opening(&text) } else { entry.title.clone() };
            Node::of("BlogPosting")
                .with("@id", format!("{address}#{}", entry.id))
                .with("headline", headline)
                .with("datePublished", entry.at.iso(&config.zone))
                .with("articleBody", text)
                .with("url", format!("{address}#{}", entry.id))
        };
        let updates: Vec<Node> = self.entries.iter().map(update).collect();
        let starts = self.story.matter().date.map(|date| date.at);
        let oldest = self.live.entries.last().map(|entry| entry.at);
        let starts = starts.into_iter().chain(oldest).min();
        let ends = self.story.matter().live.as_ref().and_then(|live| live.ends);
        let node = Node::of("LiveBlogPosting")
            .with("coverageStartTime", starts.map(|at| at.iso(&config.zone)))
            .with("coverageEndTime", ends.map(|ends| ends.at.iso(&config.zone)));
        Some(node.with("liveBlogUpdate", updates))
    }
}

/// An entry in `live.json`.
#[derive(Serialize)]
struct Post<'a> {
    id: &'a str,
    at: String,
    title: &'a str,
    /// As it stands on the page.
    html: String,
    key: bool,
    version: String,
}

#[derive(Serialize)]
struct Posts<'a> {
    ends: Option<String>,
    entries: Vec<Post<'a>>,
}

/// `live.json`: the newest entries. Says nothing of when it was made.
pub(super) fn newest(renderer: &Renderer, id: StoryId) -> Result<Vec<u8>, Failure> {
    let reader = &renderer.reader;
    let story = reader.story(id);
    let live = story.article.live.as_ref().expect("`live.json` is planned only for live coverage");
    let zone = &reader.config().zone;
    let coverage = Coverage::newest(renderer, id, live, NEWEST)?;
    let entries = (coverage.entries.iter())
        .map(|(entry, html)| {
            let mut context = Context::new();
            context.insert_value("entry", coverage.entry(reader, entry, html));
            Ok(Post {
                id: &entry.id,
                at: entry.at.iso(zone),
                title: &entry.title,
                html: renderer.component("LiveEntry", &context, &Context::new(), None, story.article.path())?,
                key: entry.is_key,
                version: version(entry, html),
            })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let ends = story.matter().live.as_ref().and_then(|live| live.ends).map(|ends| ends.at.iso(zone));
    Ok(serde_json::to_vec(&Posts { ends, entries }).expect("texts and lists of texts are always JSON"))
}

/// Changes when what the entry shows does.
fn version(entry: &LiveEntry, html: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{}\0{}\0{}\0{}\0", entry.at, entry.title, entry.is_key, entry.is_pinned).as_bytes());
    hasher.update(html.as_bytes());
    hasher.finalize().to_hex()[..8].to_owned()
}

/// The words of HTML that we wrote ourselves.
fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        // Words of two blocks do not run together; a mark of emphasis parts no word.
        let tag = rest[open + 1..open + close].trim_start_matches('/');
        let name = tag.split(|character: char| !character.is_ascii_alphanumeric()).next().unwrap_or_default();
        if !["a", "abbr", "b", "code", "del", "em", "i", "mark", "q", "s", "span", "strong", "sub", "sup", "time", "u"]
            .contains(&name)
        {
            text.push(' ');
        }
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    plain.iter().fold(text, |text, (escape, character)| text.replace(escape, character))
}

/// The first words, for an entry without a headline.
fn opening(text: &str) -> String {
    const MOST: usize = 100;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MOST).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words))
}

#[cfg(test)]
mod tests;
