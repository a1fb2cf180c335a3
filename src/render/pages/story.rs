//! The pages of single stories: articles, pages, tombstones, old addresses.

use tera::{Value, value::Key};

use super::frame::{Frame, unlisted, with};
use crate::{
    model::{SectionKey, Taxonomy, UrlPath},
    parse::{matter::AuthorMatter, redirects::Target, terms::Glimpse},
    plan::Output,
    relate::{Byline, Reason, Story, StoryId},
    render::{
        Failure, Words,
        body::fill,
        card::{bare_picture, or_empty, or_none, record},
        host_rules::target_address,
        json_ld::{Node, Subject},
        listed::Shape,
        live::Coverage,
        view::{Named, Reader, Renderer},
    },
};

/// How many words a minute are read: the middle of what studies of silent reading find for news.
const WORDS_A_MINUTE: usize = 230;

/// How many of the terms that two stories share are shown.
const SHOWN_TERMS: usize = 3;

/// An article, or a page, with its template.
pub(super) fn story(renderer: &Renderer, id: StoryId) -> Result<(&'static str, Value), Failure> {
    let reader = &renderer.reader;
    let story = reader.story(id);
    let matter = story.matter();
    let source = &story.article.source;
    let is_article = matter.date.is_some();
    let text = reader.text(id)?;
    let (content, live, structured) = match &story.article.live {
        Some(live) => {
            let coverage = Coverage::of(renderer, id, live)?;
            (coverage.html(reader), coverage.value(reader), coverage.structured(reader).unwrap_or_default())
        }
        None => (fill(renderer, &source.path, &text.body)?, Value::none(), Node::default()),
    };
    if let Some(picture) = &matter.shared.image {
        let file = picture.file(&source.path);
        reader.uses_picture(&reader.end(file, &picture.src.text));
    }
    if let Some(audio) = &matter.audio {
        reader.uses_picture(&reader.end(&source.path, &audio.src.text));
    }
    let summary = story.summary();
    let above = section_trail(reader, story.article.section.as_ref());
    let card = reader.card(id).into_map().expect("a card is a map");
    let frame = Frame {
        head_title: matter.headlines.seo.as_deref(),
        description: &summary,
        canonical: matter.canonical.as_deref(),
        robots: matter.shared.robots.as_deref().unwrap_or_default(),
        language: matter.shared.lang.as_deref().unwrap_or(&reader.config().language),
        above,
        social_type: if is_article { "article" } else { "website" },
        social_title: matter.headlines.social.as_deref(),
        image: card.get(&Key::from("image")).cloned().unwrap_or_else(Value::none),
        subject: Subject::Story(id, structured),
        ..Frame::new(reader, if is_article { "article" } else { "page" }, &matter.title, &story.permalink)
    };
    let mut page = frame.fields(reader);
    for (key, value) in card {
        page.entry(key).or_insert(value);
    }
    let words = source.outline.words;
    let terms = |taxonomy: Taxonomy| terms(reader, story, taxonomy);
    let every_term: Vec<Value> = Taxonomy::ALL.iter().flat_map(|taxonomy| terms(*taxonomy)).collect();
    let page = with(
        page,
        record! {
            "content": Value::safe_string(&content),
            "authors": authors(renderer, story),
            "dateline": or_empty(matter.shared.dateline.as_deref()),
            "updates": updates(reader, story),
            "tags": terms(Taxonomy::Tags),
            "people": terms(Taxonomy::People),
            "organisations": terms(Taxonomy::Organisations),
            "places": terms(Taxonomy::Places),
            "terms": every_term,
            "series": series(reader, id),
            "corrections": corrections(reader, story),
            "related": related(renderer, id, &text.source)?,
            "headlines": record! {
                "seo": or_none(matter.headlines.seo.as_deref()),
                "social": or_none(matter.headlines.social.as_deref()),
                "short": or_none(matter.headlines.short.as_deref()),
            },
            "audio": audio(reader, story),
            "live": live,
            "translation_of": original(reader, story),
            "words": words,
            "minutes": words.div_ceil(WORDS_A_MINUTE).max(1),
            "extra": Value::from_serializable(&matter.shared.extra),
        },
    );
    Ok((if is_article { "article.html" } else { "page.html" }, page))
}

/// The sections above something, from the top down.
pub(super) fn section_trail(reader: &Reader, key: Option<&SectionKey>) -> Vec<(String, UrlPath)> {
    let mut above: Vec<_> = key
        .into_iter()
        .flat_map(SectionKey::ancestry)
        .filter_map(|key| reader.section(&key))
        .map(|section| (section.title.to_owned(), section.url.clone()))
        .collect();
    above.reverse();
    above
}

fn authors(renderer: &Renderer, story: &Story) -> Vec<Value> {
    let reader = &renderer.reader;
    let author = |byline: &Byline| {
        let author = reader.author(&byline.author);
        let source = author.source;
        let bio = source.and_then(|source| Some(reader.inline_in(source.matter.bio.as_ref()?, &source.path)));
        record! {
            "name": author.title,
            "url": reader.href(author.url),
            "role": or_empty(byline.role.as_deref()),
            "picture": portrait(renderer, author),
            "bio": bio.unwrap_or_else(|| Value::safe_string("")),
        }
    };
    story.byline.iter().map(author).collect()
}

/// An author's picture; it says nothing that the name beside it does not.
pub(super) fn portrait(renderer: &Renderer, author: Named<'_, AuthorMatter>) -> Value {
    let picture = author.source.and_then(|source| Some((&source.path, source.matter.picture.as_ref()?)));
    picture.map_or_else(Value::none, |(path, picture)| {
        let reader = &renderer.reader;
        let end = reader.end(path, &picture.text);
        reader.uses_picture(&end);
        bare_picture(reader, &end, "")
    })
}

fn updates(reader: &Reader, story: &Story) -> Vec<Value> {
    let zone = &reader.config().zone;
    let updates = story.matter().updates.iter();
    updates
        .map(|update| record! { "at": reader.words().moment(update.at, zone), "note": reader.inline(&update.note, story) })
        .collect()
}

fn terms(reader: &Reader, story: &Story, taxonomy: Taxonomy) -> Vec<Value> {
    let slugs = story.terms.get(&taxonomy).into_iter().flatten();
    slugs.map(|slug| reader.term_value(taxonomy, slug)).collect()
}

fn series(reader: &Reader, id: StoryId) -> Value {
    let Some((slug, beside)) = reader.story(id).series.as_ref().zip(reader.neighbours(id)) else {
        return Value::none();
    };
    let series = reader.series(slug);
    let description = series.source.and_then(|source| source.matter.description.as_deref());
    record! {
        "title": series.title,
        "url": reader.href(series.url),
        "description": or_empty(description),
        "running": super::lists::is_running(series),
        "part": beside.part,
        "parts": beside.parts,
        "previous": or_none(beside.earlier.map(|id| reader.card(id))),
        "next": or_none(beside.later.map(|id| reader.card(id))),
    }
}

fn corrections(reader: &Reader, story: &Story) -> Vec<Value> {
    let zone = &reader.config().zone;
    let corrections = story.matter().corrections.iter();
    corrections
        .map(|correction| {
            record! {
                "at": reader.words().moment(correction.at, zone),
                "kind": correction.kind.as_str(),
                "kind_text": reader.words().word(correction.kind.as_str()),
                "text": reader.inline(&correction.text, story),
            }
        })
        .collect()
}

fn related(renderer: &Renderer, id: StoryId, text: &str) -> Result<Vec<Value>, Failure> {
    let reader = &renderer.reader;
    let story = reader.story(id);
    let labels = reader.labels_of(id);
    let glimpse = Glimpse { headline: &story.matter().title, body: text, labels: &labels, unsaid: reader.unsaid() };
    let language = story.matter().shared.lang.as_deref().unwrap_or(&reader.config().language);
    let related = reader.related(id).iter().enumerate();
    related
        .map(|(at, related)| {
            let reason = related.reason.as_str();
            let terms = glimpse.words(related.shared.iter().copied(), SHOWN_TERMS);
            let shape = if at == 0 { Shape::First } else { Shape::Compact };
            Ok(record! {
                "story": reader.card(related.story),
                "card": renderer.listed(related.story, shape, language)?,
                "reason": reason,
                "reason_text": reason_text(reader, related.reason, &terms),
                "terms": terms,
            })
        })
        .collect()
}

/// Why a story is in a list, as readers see it.
fn reason_text(reader: &Reader, reason: Reason, terms: &[String]) -> String {
    if reason == Reason::Text && terms.is_empty() {
        return reader.words().word("reason-text-alone").to_owned();
    }
    let key = format!("reason-{}", reason.as_str());
    Words::fill(reader.words().word(&key), &[("terms", &terms.join(", "))])
}

fn audio(reader: &Reader, story: &Story) -> Value {
    let Some(audio) = &story.matter().audio else { return Value::none() };
    let end = reader.end(story.article.path(), &audio.src.text);
    reader.picture(&end).map_or_else(Value::none, |(src, _)| {
        record! {
            "src": src,
            "duration_secs": or_none(audio.duration_secs),
            "media_type": or_empty(audio.media_type.as_deref()),
            "title": or_empty(audio.title.as_deref()),
        }
    })
}

fn original(reader: &Reader, story: &Story) -> Value {
    let Some(original) = &story.matter().translation_of else { return Value::none() };
    or_none(reader.find(&original.text).map(|id| reader.card(id)))
}

/// The notice of a story that was taken down.
pub(super) fn tombstone(renderer: &Renderer, output: &Output, at: usize) -> Value {
    let reader = &renderer.reader;
    let tombstone = reader.tombstone(at);
    let title = reader.words().word("tombstone-title");
    let frame = unlisted(Frame::new(reader, "tombstone", title, &output.url));
    with(
        frame.fields(reader),
        record! {
            "at": reader.words().moment(tombstone.at, &reader.config().zone),
            "reason": reader.inline_in(&tombstone.reason, &tombstone.path),
        },
    )
}

/// The page that stands at an old address, with its template.
pub(super) fn redirect(renderer: &Renderer, output: &Output, at: usize) -> (&'static str, Value) {
    let reader = &renderer.reader;
    let rule = reader.redirect(at);
    if matches!(rule.to, Target::Gone) {
        let title = reader.words().word("gone-title");
        let frame = unlisted(Frame::new(reader, "tombstone", title, &output.url));
        let page = record! { "at": Value::none(), "reason": Value::safe_string("") };
        return ("tombstone.html", with(frame.fields(reader), page));
    }
    let target = target_address(reader.config(), &rule.to);
    let absolute = match &rule.to {
        Target::Path { path, suffix } => reader.config().absolute(path).map(|url| format!("{url}{suffix}")),
        _ => Some(target.clone()),
    };
    let absolute = absolute.unwrap_or_default();
    let title = reader.words().word("moved-title");
    let frame = Frame { canonical: Some(&absolute), ..unlisted(Frame::new(reader, "redirect", title, &output.url)) };
    let page = record! { "target": target, "target_absolute": absolute.as_str() };
    ("redirect.html", with(frame.fields(reader), page))
}
