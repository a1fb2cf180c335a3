//! Pages: which template makes an output, and what it is given. The contract is `docs/templates.md`.

mod archives;
mod frame;
mod lists;
mod social;
mod story;

use tera::Value;

use super::{Failure, labels, view::Renderer};
use crate::{
    diag::{Code, Diagnostic},
    model::SourcePath,
    plan::{Output, OutputKind},
    relate::StoryId,
};

pub(super) use frame::{direction, site};

/// Renders a page.
pub(super) fn page(output: &Output, renderer: &Renderer) -> Result<Vec<u8>, Failure> {
    let subject = output.subject.clone().unwrap_or_else(|| SourcePath::new(format!("the page {}", output.url)));
    let (template, page): (&str, Value) = match &output.kind {
        OutputKind::Story(id) => story::story(renderer, *id)?,
        OutputKind::Tombstone(at) => ("tombstone.html", story::tombstone(renderer, output, *at)),
        OutputKind::Redirect(at) => story::redirect(renderer, output, *at),
        OutputKind::Front => ("front.html", lists::front(renderer)?),
        OutputKind::List(key, cut) => lists::list(renderer, output, key, cut)?,
        OutputKind::Series(slug) => ("series.html", lists::series(renderer, slug)?),
        OutputKind::Archive => ("archive.html", archives::archive(renderer, output)),
        OutputKind::Year(year) => ("year.html", archives::year(renderer, output, *year)),
        OutputKind::Month(year, month) => ("month.html", archives::month(renderer, output, *year, *month)),
        OutputKind::Day(day) => ("day.html", archives::day(renderer, output, *day)?),
        OutputKind::Corrections => ("corrections.html", archives::corrections(renderer, output)),
        OutputKind::Search(_) => ("search.html", archives::search(renderer, output)),
        OutputKind::NotFound => ("not-found.html", archives::not_found(renderer, output)),
        OutputKind::Live(_)
        | OutputKind::Feed(..)
        | OutputKind::SitemapIndex
        | OutputKind::Sitemap(_)
        | OutputKind::NewsSitemap(_)
        | OutputKind::Robots
        | OutputKind::Security
        | OutputKind::WebManifest
        | OutputKind::HostRules
        | OutputKind::HostHeaders
        | OutputKind::Static(_)
        | OutputKind::StyleSheet(_)
        | OutputKind::Attachment(_)
        | OutputKind::Rendition(..)
        | OutputKind::SocialCard(_)
        | OutputKind::Compressed(..)
        | OutputKind::Kept => unreachable!("files that are no pages are made by `output`"),
    };
    let bytes = renderer.page(template, page, &subject)?;
    let own = match &output.kind {
        OutputKind::Story(id) => Some(*id),
        _ => None,
    };
    match labels::lost(&renderer.reader, &bytes, own) {
        Some(id) => Err(lost_label(renderer, template, output, id).into()),
        None => Ok(bytes),
    }
}

/// The mistake of a template that shows a story without its label.
fn lost_label(renderer: &Renderer, template: &str, output: &Output, id: StoryId) -> Diagnostic {
    let reader = &renderer.reader;
    let story = reader.story(id);
    let word = reader.words().word(&format!("label-{}", story.label().as_str())).to_owned();
    let file = renderer.template_file(template);
    let path = story.article.path();
    let diagnostic = if matches!(output.kind, OutputKind::Story(own) if own == id) {
        Diagnostic::error_in(Code::LostLabel, &file, "the page of a story does not show its label")
            .note(format!("the page of `{path}` does not say “{word}”"))
            .help("print `page.label_text` within `<main>`, as the theme's `partials/kicker.html` does")
    } else {
        Diagnostic::error_in(Code::LostLabel, &file, "a story is shown without its label")
            .note(format!("{} shows `{path}` without “{word}”", output.url))
            .note("the element may come from a component or partial that this template uses")
            .help("print `label_text` in every element that has `data-story`, as the theme's component `Card` does")
    };
    diagnostic.note("readers must be able to tell such stories from news")
}
