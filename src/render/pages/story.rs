//! The pages of single stories: articles, pages, tombstones, old addresses.

use tera::{Value, value::Key};

use super::frame::{Frame, unlisted, with};
use crate::{
    model::{SectionKey, Taxonomy, UrlPath},
    parse::{self, redirects::Target, terms::Glimpse},
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
        view::{Library, Renderer},
    },
};

/// How many words a minute are read: the middle of what studies of silent reading find for news.
const WORDS_A_MINUTE: usize = 230;

/// How many of the terms that two stories share are shown.
const SHOWN_TERMS: usize = 3;

/// An article, or a page, with its template.
pub(super) fn story(renderer: &Renderer, id: StoryId) -> Result<(&'static str, Value), Failure> {
    let library = &*renderer.library;
    let story = library.index.story(id);
    let matter = story.matter();
    let source = &story.article.source;
    let is_article = matter.date.is_some();
    let text = parse::text(&library.site, source.original(), &library.settings_of(story))?;
    let (content, live, structured) = match &story.article.live {
        Some(live) => {
            let coverage = Coverage::of(renderer, story, live)?;
            (coverage.html(library), coverage.value(library), coverage.structured(library).unwrap_or_default())
        }
        None => (fill(renderer, &source.path, &text.body)?, Value::none(), Node::default()),
    };
    if let Some(picture) = &matter.shared.image {
        let file = picture.file(&source.path);
        renderer.uses_picture(&library.plan.picture(&library.index, file, &picture.src.text));
    }
    if let Some(audio) = &matter.audio {
        renderer.uses_picture(&library.plan.picture(&library.index, &source.path, &audio.src.text));
    }
    let summary = story.summary();
    let above = section_trail(library, story.article.section.as_ref());
    let card = library.card(id).into_map().expect("a card is a map");
    let frame = Frame {
        head_title: matter.headlines.seo.as_deref(),
        description: &summary,
        canonical: matter.canonical.as_deref(),
        robots: matter.shared.robots.as_deref().unwrap_or_default(),
        language: matter.shared.lang.as_deref().unwrap_or(&library.config().language),
        above,
        social_type: if is_article { "article" } else { "website" },
        social_title: matter.headlines.social.as_deref(),
        image: card.get(&Key::from("image")).cloned().unwrap_or_else(Value::none),
        subject: Subject::Story(id, structured),
        ..Frame::new(library, if is_article { "article" } else { "page" }, &matter.title, &story.permalink)
    };
    let mut page = frame.fields(library);
    for (key, value) in card {
        page.entry(key).or_insert(value);
    }
    let words = source.outline.words;
    let terms = |taxonomy: Taxonomy| terms(library, story, taxonomy);
    let every_term: Vec<Value> = Taxonomy::ALL.iter().flat_map(|taxonomy| terms(*taxonomy)).collect();
    let page = with(
        page,
        record! {
            "content": Value::safe_string(&content),
            "authors": authors(renderer, story),
            "dateline": or_empty(matter.shared.dateline.as_deref()),
            "updates": updates(library, story),
            "tags": terms(Taxonomy::Tags),
            "people": terms(Taxonomy::People),
            "organisations": terms(Taxonomy::Organisations),
            "places": terms(Taxonomy::Places),
            "terms": every_term,
            "series": series(library, id),
            "corrections": corrections(library, story),
            "related": related(renderer, id, &text.source)?,
            "headlines": record! {
                "seo": or_none(matter.headlines.seo.as_deref()),
                "social": or_none(matter.headlines.social.as_deref()),
                "short": or_none(matter.headlines.short.as_deref()),
            },
            "audio": audio(library, story),
            "live": live,
            "translation_of": original(library, story),
            "words": words,
            "minutes": words.div_ceil(WORDS_A_MINUTE).max(1),
            "extra": Value::from_serializable(&matter.shared.extra),
        },
    );
    Ok((if is_article { "article.html" } else { "page.html" }, page))
}

/// The sections above something, from the top down.
pub(super) fn section_trail(library: &Library, key: Option<&SectionKey>) -> Vec<(String, UrlPath)> {
    let mut above: Vec<_> = key
        .into_iter()
        .flat_map(SectionKey::ancestry)
        .filter_map(|key| library.index.sections.get(&key))
        .map(|section| (section.title.clone(), section.url.clone()))
        .collect();
    above.reverse();
    above
}

fn authors(renderer: &Renderer, story: &Story) -> Vec<Value> {
    let library = &*renderer.library;
    let author = |byline: &Byline| {
        let author = &library.index.authors[&byline.author];
        let source = author.source.as_ref();
        let bio = source.and_then(|source| Some(library.inline_in(source.matter.bio.as_ref()?, &source.path)));
        record! {
            "name": author.name.as_str(),
            "url": library.href(&author.url),
            "role": or_empty(byline.role.as_deref()),
            "picture": portrait(renderer, author),
            "bio": bio.unwrap_or_else(|| Value::safe_string("")),
        }
    };
    story.byline.iter().map(author).collect()
}

/// An author's picture; it says nothing that the name beside it does not.
pub(super) fn portrait(renderer: &Renderer, author: &crate::relate::Author) -> Value {
    let picture = author.source.as_ref().and_then(|source| Some((&source.path, source.matter.picture.as_ref()?)));
    picture.map_or_else(Value::none, |(path, picture)| {
        let library = &*renderer.library;
        let end = library.plan.picture(&library.index, path, &picture.text);
        renderer.uses_picture(&end);
        bare_picture(library, &end, "")
    })
}

fn updates(library: &Library, story: &Story) -> Vec<Value> {
    let zone = &library.config().zone;
    let updates = story.matter().updates.iter();
    updates
        .map(|update| record! { "at": library.words.moment(update.at, zone), "note": library.inline(&update.note, story) })
        .collect()
}

fn terms(library: &Library, story: &Story, taxonomy: Taxonomy) -> Vec<Value> {
    let slugs = story.terms.get(&taxonomy).into_iter().flatten();
    slugs.map(|slug| library.terms[&(taxonomy, slug.clone())].clone()).collect()
}

fn series(library: &Library, id: StoryId) -> Value {
    let Some(slug) = &library.index.story(id).series else { return Value::none() };
    let series = &library.index.series[slug];
    let at = series.stories.binary_search(&id).expect("a story is in the list of its series");
    let parts = series.stories.len();
    let earlier = series.stories.get(at + 1).map(|id| library.card(*id));
    let later = at.checked_sub(1).map(|at| library.card(series.stories[at]));
    let description = series.source.as_ref().and_then(|source| source.matter.description.as_deref());
    record! {
        "title": series.title.as_str(),
        "url": library.href(&series.url),
        "description": or_empty(description),
        "running": super::lists::is_running(series),
        "part": parts - at,
        "parts": parts,
        "previous": or_none(earlier),
        "next": or_none(later),
    }
}

fn corrections(library: &Library, story: &Story) -> Vec<Value> {
    let zone = &library.config().zone;
    let corrections = story.matter().corrections.iter();
    corrections
        .map(|correction| {
            record! {
                "at": library.words.moment(correction.at, zone),
                "kind": correction.kind.as_str(),
                "kind_text": library.words.word(correction.kind.as_str()),
                "text": library.inline(&correction.text, story),
            }
        })
        .collect()
}

fn related(renderer: &Renderer, id: StoryId, text: &str) -> Result<Vec<Value>, Failure> {
    let library = &*renderer.library;
    let story = library.index.story(id);
    let labels = library.index.labels_of(id);
    let glimpse = Glimpse { headline: &story.matter().title, body: text, labels: &labels, unsaid: &library.unsaid };
    let language = story.matter().shared.lang.as_deref().unwrap_or(&library.config().language);
    let related = library.lists.of(id).iter().enumerate();
    related
        .map(|(at, related)| {
            let reason = related.reason.as_str();
            let terms = glimpse.words(related.shared.iter().copied(), SHOWN_TERMS);
            let shape = if at == 0 { Shape::First } else { Shape::Compact };
            Ok(record! {
                "story": library.card(related.story),
                "card": renderer.listed(related.story, shape, language)?,
                "reason": reason,
                "reason_text": reason_text(library, related.reason, &terms),
                "terms": terms,
            })
        })
        .collect()
}

/// Why a story is in a list, as readers see it.
fn reason_text(library: &Library, reason: Reason, terms: &[String]) -> String {
    if reason == Reason::Text && terms.is_empty() {
        return library.words.word("reason-text-alone").to_owned();
    }
    let key = format!("reason-{}", reason.as_str());
    Words::fill(library.words.word(&key), &[("terms", &terms.join(", "))])
}

fn audio(library: &Library, story: &Story) -> Value {
    let Some(audio) = &story.matter().audio else { return Value::none() };
    let end = library.plan.picture(&library.index, story.article.path(), &audio.src.text);
    library.picture(&end).map_or_else(Value::none, |(src, _)| {
        record! {
            "src": src,
            "duration_secs": or_none(audio.duration_secs),
            "media_type": or_empty(audio.media_type.as_deref()),
            "title": or_empty(audio.title.as_deref()),
        }
    })
}

fn original(library: &Library, story: &Story) -> Value {
    let Some(original) = &story.matter().translation_of else { return Value::none() };
    match library.index.find(&original.text) {
        crate::relate::Found::Story(id) => library.card(id),
        _ => Value::none(),
    }
}

/// The notice of a story that was taken down.
pub(super) fn tombstone(renderer: &Renderer, output: &Output, at: usize) -> Value {
    let library = &*renderer.library;
    let (_, tombstone) = &library.index.tombstones[at];
    let title = library.words.word("tombstone-title");
    let frame = unlisted(Frame::new(library, "tombstone", title, &output.url));
    with(
        frame.fields(library),
        record! {
            "at": library.words.moment(tombstone.at, &library.config().zone),
            "reason": library.inline_in(&tombstone.reason, &tombstone.path),
        },
    )
}

/// The page that stands at an old address, with its template.
pub(super) fn redirect(renderer: &Renderer, output: &Output, at: usize) -> (&'static str, Value) {
    let library = &*renderer.library;
    let rule = &library.index.redirects[at];
    if matches!(rule.to, Target::Gone) {
        let title = library.words.word("gone-title");
        let frame = unlisted(Frame::new(library, "tombstone", title, &output.url));
        let page = record! { "at": Value::none(), "reason": Value::safe_string("") };
        return ("tombstone.html", with(frame.fields(library), page));
    }
    let target = target_address(library.config(), &rule.to);
    let absolute = match &rule.to {
        Target::Path { path, suffix } => library.config().absolute(path).map(|url| format!("{url}{suffix}")),
        _ => Some(target.clone()),
    };
    let absolute = absolute.unwrap_or_default();
    let title = library.words.word("moved-title");
    let frame = Frame { canonical: Some(&absolute), ..unlisted(Frame::new(library, "redirect", title, &output.url)) };
    let page = record! { "target": target, "target_absolute": absolute.as_str() };
    ("redirect.html", with(frame.fields(library), page))
}
