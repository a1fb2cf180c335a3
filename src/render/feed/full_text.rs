//! The text of a story as it stands in feeds: its body with absolute addresses, then its related stories.

use std::{fmt::Write as _, sync::Arc};

use super::{absolute, addresses};
use crate::{
    model::OutPath,
    relate::StoryId,
    render::{Content, Failure, body::escaped, feed::item, live, view::View},
};

/// A text, made once a build and shared by all feeds that hold it.
#[derive(Debug)]
pub(in crate::render) struct FullText {
    pub(super) html: Arc<str>,
    /// The outputs that it names.
    pub(super) uses: Vec<OutPath>,
}

/// The text of a story.
pub(super) fn of(view: &View, id: StoryId) -> Result<&FullText, Failure> {
    let cell = &view.library().texts[id.index()];
    if let Some(text) = cell.get() {
        return Ok(text);
    }
    // Two threads may both make it: both make the same.
    let text = made(view, id)?;
    Ok(cell.get_or_init(|| text))
}

fn made(view: &View, id: StoryId) -> Result<FullText, Failure> {
    let (library, story) = (view.library(), view.index().story(id));
    let rendered = view.render(|renderer| Ok(live::story_html(renderer, story)?.into_bytes()))?;
    let html = match rendered.content {
        Content::Bytes(bytes) => String::from_utf8(bytes).expect("bodies are text"),
        Content::Stream(_) | Content::Kept => unreachable!("the renderer gives bytes"),
    };
    let page = absolute(view, &story.permalink);
    let origin = library.config().origin.as_deref().unwrap_or_default();
    let mut html = addresses::absolute(&html, addresses::Base { origin, page: &page });
    related(view, id, &mut html);
    Ok(FullText { html: html.into(), uses: rendered.uses })
}

/// The related stories as a list under a heading; none, no heading.
fn related(view: &View, id: StoryId, html: &mut String) {
    let (library, related) = (view.library(), view.library().lists.of(id));
    if related.is_empty() {
        return;
    }
    let _ = write!(html, "\n<h2>{}</h2>\n<ul>", escaped(library.words.word("related")));
    for related in related {
        let story = view.index().story(related.story);
        let title = item::title(library, story, story.short_title());
        let url = absolute(view, &story.permalink);
        let _ = write!(html, "\n<li><a href=\"{}\">{}</a></li>", escaped(&url), escaped(&title));
    }
    html.push_str("\n</ul>\n");
}
