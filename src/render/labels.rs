//! Labels that no theme can drop: what a story's page and its cards show is read again before it is published.
//!
//! Readers must be able to tell opinion, paid content and satire from news wherever a story stands, and a template can forget that. So every element
//! with `data-story` must show the label of that story as text, and the page of a story its own in `<main>`. One pass over the bytes, which most pages
//! are spared: it is made only where a story with a label is shown.

use memchr::memmem;
use quick_xml::escape::unescape;
use tera::Value;

use super::{card::key, view::Reader};
use crate::{
    model::{Label, Lookup, fold_headline},
    relate::{SiteIndex, StoryId},
};

const MARK: &str = "data-story";

/// Elements without content.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements whose content is not shown, or no text of the page.
const UNSHOWN: [&str; 6] = ["script", "style", "template", "textarea", "title", "iframe"];

/// A headline with its label in front, for where nothing else can show it.
pub(super) fn labelled(reader: &Reader, label: Label, headline: &str) -> String {
    match word(reader, label) {
        "" => headline.to_owned(),
        word => format!("{word}: {headline}"),
    }
}

/// A label as readers see it; empty for news.
pub(super) fn word(reader: &Reader, label: Label) -> &str {
    if label == Label::News { "" } else { reader.words().get(&format!("label-{}", label.as_str())).unwrap_or_default() }
}

/// The stories that have a label to show, by what `data-story` may hold: the short form of their id, and the id.
pub(super) fn of(index: &SiteIndex) -> Lookup<String, StoryId> {
    let labelled = index.articles().filter(|id| index.story(*id).label() != Label::News);
    labelled.flat_map(|id| [(index.story(id).id.clone(), id), (key(&index.story(id).id), id)]).collect()
}

/// The first story that a page shows without its label. `own` is the story whose page it is.
pub(super) fn lost(reader: &Reader, html: &[u8], own: Option<StoryId>) -> Option<StoryId> {
    let html = std::str::from_utf8(html).ok()?;
    let own = own.filter(|id| reader.is_labelled(*id));
    let shows_one = || {
        let marks = memmem::find_iter(html.as_bytes(), MARK).map(|at| &html[at + MARK.len()..]);
        marks.filter_map(value).any(|mark| reader.labelled(plain(mark).as_ref()).is_some())
    };
    if own.is_none() && !shows_one() {
        return None;
    }
    let mut scan = Scan { reader, own, open: Vec::new(), lost: None };
    scan.read(html);
    scan.lost
}

/// The value of an attribute, from behind its name.
fn value(rest: &str) -> Option<&str> {
    let rest = rest.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
    match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split_once(quote).map(|(value, _)| value),
        _ => rest.split(|end: char| end.is_ascii_whitespace() || end == '>').next(),
    }
}

/// Text without character references. An unknown one leaves all as it is written: then no label is found in it.
fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('&') { unescape(text).unwrap_or(text.into()) } else { text.into() }
}

/// An element whose text matters.
struct Element<'a> {
    name: &'a str,
    /// How many elements of that name are open within it.
    depth: usize,
    kind: Kind,
}

enum Kind {
    /// It shows a story; none if that one has no label.
    Story(Option<StoryId>),
    /// It showed its label.
    Labelled,
    /// Nobody sees it.
    Hidden,
}

struct Scan<'a> {
    reader: &'a Reader,
    own: Option<StoryId>,
    open: Vec<Element<'a>>,
    lost: Option<StoryId>,
}

impl<'a> Scan<'a> {
    fn read(&mut self, html: &'a str) {
        if memmem::find(html.as_bytes(), b"<main").is_none() {
            let own = self.own.take().map(|own| Element { name: "", depth: 0, kind: Kind::Story(Some(own)) });
            self.open.extend(own);
        }
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            self.text(&rest[..at]);
            rest = &rest[at + 1..];
            let after = |end: &str| rest.find(end).map_or("", |at| &rest[at + end.len()..]);
            rest = match rest.as_bytes().first() {
                Some(b'!') if rest.starts_with("!--") => after("-->"),
                Some(b'!' | b'?') => after(">"),
                Some(b'/') => {
                    self.close(tag_name(&rest[1..]));
                    after(">")
                }
                Some(first) if first.is_ascii_alphabetic() => self.tag(rest),
                _ => rest,
            };
        }
        self.text(rest);
        while let Some(element) = self.open.pop() {
            self.finish(&element);
        }
    }

    /// Reads a start tag from its name on; gives what follows it.
    fn tag(&mut self, tag: &'a str) -> &'a str {
        let name = tag_name(tag);
        let mut rest = &tag[name.len()..];
        let mut kind = None;
        // The page of a story is an element too: all that is shown in its main part.
        if name.eq_ignore_ascii_case("main") {
            kind = self.own.take().map(|own| Kind::Story(Some(own)));
        }
        while let Some(at) = rest.find(|character: char| !character.is_ascii_whitespace() && character != '/') {
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let end = rest.find(|end: char| end.is_ascii_whitespace() || "=/>".contains(end)).unwrap_or(rest.len());
            // An equals sign at the start is a name of its own, as browsers read it.
            let (attribute, after) = rest.split_at(end.max(1));
            let written = if after.trim_ascii_start().starts_with('=') { value(after) } else { None };
            rest = match written {
                Some(written) => {
                    let end = written.as_ptr() as usize - after.as_ptr() as usize + written.len();
                    after[end..].strip_prefix(['"', '\'']).unwrap_or(&after[end..])
                }
                None => after,
            };
            if attribute.eq_ignore_ascii_case("hidden") {
                kind = Some(Kind::Hidden);
            } else if attribute.eq_ignore_ascii_case(MARK) && !matches!(kind, Some(Kind::Hidden)) {
                let id = plain(written.unwrap_or_default());
                kind = Some(Kind::Story(self.reader.labelled(id.as_ref())));
            }
        }
        if UNSHOWN.iter().any(|unshown| name.eq_ignore_ascii_case(unshown)) {
            return skip(rest, name);
        }
        let is_void = VOID.iter().any(|void| name.eq_ignore_ascii_case(void));
        if let Some(kind) = kind {
            let element = Element { name, depth: 0, kind };
            if is_void { self.finish(&element) } else { self.open.push(element) }
        } else if let Some(inner) = self.open.last_mut().filter(|inner| inner.name.eq_ignore_ascii_case(name)) {
            inner.depth += 1;
        }
        rest
    }

    fn close(&mut self, name: &str) {
        let Some(inner) = self.open.last_mut().filter(|inner| inner.name.eq_ignore_ascii_case(name)) else { return };
        if inner.depth > 0 {
            inner.depth -= 1;
        } else if let Some(element) = self.open.pop() {
            self.finish(&element);
        }
    }

    /// A text belongs to the innermost story alone: a card on the page of a story tells nothing of that story.
    fn text(&mut self, text: &str) {
        if self.open.is_empty() || text.trim_ascii().is_empty() {
            return;
        }
        if self.open.iter().any(|element| matches!(element.kind, Kind::Hidden)) {
            return;
        }
        let Some(Element { kind: kind @ Kind::Story(Some(_)), .. }) = self.open.last_mut() else { return };
        let Kind::Story(Some(id)) = kind else { return };
        if shows(&plain(text), &self.reader.card(*id)) {
            *kind = Kind::Labelled;
        }
    }

    fn finish(&mut self, element: &Element) {
        if let Kind::Story(Some(id)) = element.kind {
            self.lost.get_or_insert(id);
        }
    }
}

fn tag_name(tag: &str) -> &str {
    let end = tag.find(|end: char| end.is_ascii_whitespace() || end == '/' || end == '>').unwrap_or(tag.len());
    &tag[..end]
}

/// What follows the end tag of an element whose content is no markup.
fn skip<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut ends = rest.match_indices("</").map(|(at, end)| &rest[at + end.len()..]);
    let is_end = |end: &&str| end.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    ends.find(is_end).and_then(|end| end.split_once('>')).map_or("", |(_, rest)| rest)
}

/// Whether a text shows the label of a story, and not only a headline or summary that happens to hold the word.
fn shows(text: &str, card: &Value) -> bool {
    let field = |name: &str| card.get_from_path(name).and_then(Value::as_str).map(fold_headline).unwrap_or_default();
    let (text, label) = (fold_headline(text), field("label_text"));
    let text = text.trim();
    if text == label {
        return !label.is_empty();
    }
    if !holds_word(text, &label) {
        return false;
    }
    let own = ["headline", "title", "summary"].map(field);
    if own.iter().any(|own| own.contains(text)) {
        return false;
    }
    holds_word(&own.iter().fold(text.to_owned(), |text, own| text.replace(own.as_str(), " ")), &label)
}

/// Whether a text holds a word by itself, not as a part of a longer one.
fn holds_word(text: &str, word: &str) -> bool {
    let is_outside = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
    !word.is_empty()
        && text.match_indices(word).any(|(at, word)| {
            is_outside(text[..at].chars().next_back()) && is_outside(text[at + word.len()..].chars().next())
        })
}
