//! The text of a story as it stands in feeds: its body with absolute addresses, then its related stories.

use std::{fmt::Write as _, sync::Arc};

use tera::Value;

use super::{absolute, addresses};
use crate::{
    model::Label,
    relate::StoryId,
    render::{
        Failure,
        body::escaped,
        labels::labelled,
        live,
        view::{Noted, Reader, Renderer},
    },
};

/// A text, made once a build and shared by all feeds that hold it.
#[derive(Debug)]
pub(in crate::render) struct FullText {
    html: Arc<str>,
    /// What it has read and named.
    noted: Noted,
}

/// The text of a story.
pub(super) fn of(renderer: &Renderer, id: StoryId) -> Result<Arc<str>, Failure> {
    let reader = &renderer.reader;
    let cell = &reader.texts()[id.index()];
    let text = if let Some(text) = cell.get() {
        text
    } else {
        // Two threads may both make it: both make the same.
        let (html, noted) = reader.apart(|| made(renderer, id));
        let text = FullText { html: html?.into(), noted };
        cell.get_or_init(|| Box::new(text))
    };
    reader.takes(&text.noted);
    Ok(Arc::clone(&text.html))
}

fn made(renderer: &Renderer, id: StoryId) -> Result<String, Failure> {
    let reader = &renderer.reader;
    let story = reader.story(id);
    let html = live::story_html(renderer, id)?;
    let page = absolute(reader, &story.permalink);
    let origin = reader.config().origin.as_deref().unwrap_or_default();
    let mut html = addresses::absolute(&html, addresses::Base { origin, page: &page });
    related(reader, id, &mut html);
    Ok(html)
}

/// The related stories as a list under a heading; none, no heading.
fn related(reader: &Reader, id: StoryId, html: &mut String) {
    let related = reader.related(id);
    if related.is_empty() {
        return;
    }
    let _ = write!(html, "\n<h2>{}</h2>\n<ul>", escaped(reader.words().word("related")));
    for related in related {
        let card = reader.card(related.story);
        let [label, headline] =
            ["label", "title"].map(|field| card.get_from_path(field).and_then(Value::as_str).unwrap_or_default());
        let title = labelled(reader, Label::parse(label).unwrap_or(Label::News), headline);
        let url = absolute(reader, reader.permalink(related.story));
        let _ = write!(html, "\n<li><a href=\"{}\">{}</a></li>", escaped(&url), escaped(&title));
    }
    html.push_str("\n</ul>\n");
}
