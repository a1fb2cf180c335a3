//! One line of inline Markdown, as in a standfirst, a caption or a correction.

use std::panic::AssertUnwindSafe;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::{Body, BodySettings, fences::Fences, markdown::Walk, out::Make};
use crate::model::SourcePath;

/// What is understood in a line.
const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH.union(Options::ENABLE_WIKILINKS);

/// Stands before the text, so that nothing in it can begin a block: to the parser it is a space that belongs to the text.
const GUARD: &str = "\u{a0}";

/// Turns a line of inline Markdown into HTML with holes for links inside the site: emphasis, code, links and what HTML passes.
///
/// Nothing in it begins a block: `# x` and `1. x` stay text, and line ends are spaces. A picture is its alt text.
/// Its spans say nothing, as nothing is known of its file; mistakes in it are not reported.
pub fn inline(line: &str, settings: &BodySettings<'_>) -> Body {
    let line = guard(line);
    let path = SourcePath::new("");
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
        let fences = Fences::default();
        let mut walk = Walk::new(&path, &line, 0..line.len(), settings, Make::Html);
        for (event, range) in Parser::new_ext(&line, OPTIONS).into_offset_iter() {
            match event {
                Event::Start(Tag::Paragraph | Tag::Image { .. }) | Event::End(TagEnd::Paragraph | TagEnd::Image) => {}
                Event::Text(text) if range.start == 0 => {
                    let text = text.strip_prefix(GUARD).unwrap_or(&text);
                    let start = range.end.min(GUARD.len());
                    walk.event(Event::Text(CowStr::Borrowed(text)), start..range.end, &fences);
                }
                event => walk.event(event, range, &fences),
            }
        }
        walk.finish().body
    }));
    read.unwrap_or_default()
}

/// The words of a line of inline Markdown, without markup.
pub fn plain_text(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let line = guard(line);
    let read = std::panic::catch_unwind(AssertUnwindSafe(|| {
        for event in Parser::new_ext(&line, OPTIONS) {
            match event {
                Event::Text(text) | Event::Code(text) => words.push_str(&text),
                Event::SoftBreak | Event::HardBreak => words.push(' '),
                _ => {}
            }
        }
    }));
    match read {
        Ok(()) => words.trim().to_owned(),
        Err(_) => line.trim().to_owned(),
    }
}

fn guard(line: &str) -> String {
    let mut guarded = String::with_capacity(GUARD.len() + line.len());
    guarded.push_str(GUARD);
    for word in line.split_ascii_whitespace() {
        if guarded.len() > GUARD.len() {
            guarded.push(' ');
        }
        guarded.push_str(word);
    }
    guarded
}
