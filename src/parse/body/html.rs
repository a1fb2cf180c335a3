//! The author's HTML: what of it passes, and how it is written.
//!
//! Safe by construction: no byte of a tag is copied. A tag that is on the list is written afresh with the attributes that are on its list and whose values are
//! what they claim to be; all else is left out with a warning. Ammonia was weighed: it cleans whole documents, and here HTML comes in fragments with
//! Markdown, holes and directives between an opening tag and its end; cleaning them one by one would break every pair.

use std::{borrow::Cow, ops::Range};

use super::{
    Piece,
    headings::is_class,
    links::{self, Destination},
    markdown::Walk,
    out::{Close, Content, Origin},
    tokens::{Token, Tokens},
};
use crate::{diag::Code, model::Span};

/// Where an element may stand.
#[derive(Debug, Clone, Copy)]
enum Stands {
    /// In a line of text.
    Phrasing,
    /// Among blocks.
    Flow,
    /// In one of these, innermost first; a table's missing rows and bodies are added.
    In(&'static [&'static str]),
}

/// An element that passes.
#[derive(Debug)]
struct Element {
    name: &'static str,
    stands: Stands,
    /// What it may hold; none if it is void.
    content: Option<Content>,
    /// Its own attributes, beside `class`, `dir`, `lang` and `title`.
    attributes: &'static [&'static str],
}

const fn phrasing(name: &'static str) -> Element {
    Element { name, stands: Stands::Phrasing, content: Some(Content::Phrasing), attributes: &[] }
}

const fn flow(name: &'static str, content: Content, attributes: &'static [&'static str]) -> Element {
    Element { name, stands: Stands::Flow, content: Some(content), attributes }
}

const fn part(
    name: &'static str,
    parents: &'static [&'static str],
    content: Content,
    attributes: &'static [&'static str],
) -> Element {
    Element { name, stands: Stands::In(parents), content: Some(content), attributes }
}

const ROWS: &[&str] = &["tbody", "thead", "tfoot", "table"];
const CELLS: &[&str] = &["tr", "tbody", "thead", "tfoot", "table"];

/// The list. Links are treated apart, in [`Walk::open_author_link`].
const ELEMENTS: &[Element] = &[
    phrasing("abbr"),
    phrasing("b"),
    phrasing("bdi"),
    phrasing("bdo"),
    phrasing("cite"),
    phrasing("code"),
    Element { attributes: &["datetime"], ..phrasing("del") },
    phrasing("dfn"),
    phrasing("em"),
    phrasing("i"),
    Element { attributes: &["datetime"], ..phrasing("ins") },
    phrasing("kbd"),
    phrasing("mark"),
    Element { attributes: &["cite"], ..phrasing("q") },
    phrasing("ruby"),
    phrasing("s"),
    phrasing("samp"),
    phrasing("small"),
    phrasing("span"),
    phrasing("strong"),
    phrasing("sub"),
    phrasing("sup"),
    Element { attributes: &["datetime"], ..phrasing("time") },
    phrasing("u"),
    phrasing("var"),
    Element { content: None, ..phrasing("br") },
    Element { content: None, ..phrasing("wbr") },
    part("rp", &["ruby"], Content::Phrasing, &[]),
    part("rt", &["ruby"], Content::Phrasing, &[]),
    flow("blockquote", Content::Flow, &["cite"]),
    flow("details", Content::Flow, &["open"]),
    flow("div", Content::Flow, &[]),
    flow("dl", Content::Parts, &[]),
    flow("figure", Content::Flow, &[]),
    flow("ol", Content::Parts, &["reversed", "start"]),
    flow("p", Content::Phrasing, &[]),
    flow("pre", Content::Phrasing, &[]),
    flow("table", Content::Parts, &[]),
    flow("ul", Content::Parts, &[]),
    Element { content: None, ..flow("hr", Content::Flow, &[]) },
    part("summary", &["details"], Content::Phrasing, &[]),
    part("figcaption", &["figure"], Content::Flow, &[]),
    part("li", &["ul", "ol"], Content::Flow, &["value"]),
    part("dt", &["dl"], Content::Phrasing, &[]),
    part("dd", &["dl"], Content::Flow, &[]),
    part("caption", &["table"], Content::Phrasing, &[]),
    part("thead", &["table"], Content::Parts, &[]),
    part("tbody", &["table"], Content::Parts, &[]),
    part("tfoot", &["table"], Content::Parts, &[]),
    part("tr", ROWS, Content::Parts, &[]),
    part("td", CELLS, Content::Flow, &["colspan", "rowspan"]),
    part("th", CELLS, Content::Phrasing, &["abbr", "colspan", "rowspan", "scope"]),
];

/// Elements whose content goes with them: it is not text, or not the article's.
const HOLLOW: &[&str] = &[
    "applet",
    "audio",
    "canvas",
    "head",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "video",
    "xmp",
];

/// Whether the content of an element is left out with it.
pub(super) fn is_hollow(name: &str) -> bool {
    HOLLOW.iter().any(|hollow| hollow.eq_ignore_ascii_case(name))
}

/// Where a piece of HTML stands in the source: for each line, its first byte in the HTML and in the file.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<(usize, usize)>);

impl Lines {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn add(&mut self, in_html: usize, in_file: usize) {
        self.0.push((in_html, in_file));
    }

    fn span(&self, range: &Range<usize>) -> Span {
        let place = |at: usize| {
            let line = self.0.partition_point(|(start, _)| *start <= at).saturating_sub(1);
            self.0.get(line).map_or(at, |(start, in_file)| in_file + (at - start))
        };
        let start = place(range.start);
        // The last byte is asked for, as the byte behind it may be the first of another line.
        Span::new(start, place(range.end.max(range.start + 1) - 1).max(start) + 1)
    }
}

impl Walk<'_> {
    /// Writes what passes of a block's HTML, or of one inline tag. Returns the hollow element that an inline tag opened.
    pub(super) fn author_html<'h>(&mut self, html: &'h str, lines: &Lines) -> Option<&'h str> {
        let mut tokens = Tokens::new(html);
        let mut hollow = None;
        while let Some(token) = tokens.next() {
            match token {
                Token::Text(range) => self.author_text(&html[range]),
                Token::Comment => {}
                Token::Other(range) => {
                    let span = lines.span(&range);
                    self.drop_html(span, "this is not HTML that an article may hold");
                }
                Token::Open { name, whole } => {
                    let span = lines.span(&whole);
                    let name = &html[name];
                    if is_hollow(name) {
                        self.drop_html(span, &format!("`<{}>` and what it holds are left out", shown(name)));
                        tokens.skip_content(name);
                        hollow = Some(name);
                    } else {
                        self.open_tag(name, html, &tokens, span, lines);
                    }
                }
                Token::Close { name, .. } => self.close_tag(&html[name]),
            }
        }
        hollow
    }

    fn author_text(&mut self, text: &str) {
        if text.trim().is_empty() {
            return self.out.raw(if text.contains('\n') { "\n" } else { text.get(..1).unwrap_or_default() });
        }
        self.out.begin_phrasing();
        self.out.with(|html| keep_entities(text, html));
        self.contents += 1;
        self.reader.text(text, text, super::plain::Voice::Other, None);
    }

    pub(super) fn drop_html(&mut self, span: Span, message: &str) {
        self.report.warning(Code::DroppedHtml, span, message, |diagnostic| {
            diagnostic
                .help("write it in Markdown, or set `html: trusted` in `site.yaml` if every author may run scripts")
        });
    }

    fn open_tag(&mut self, name: &str, html: &str, tokens: &Tokens<'_>, span: Span, lines: &Lines) {
        if name.eq_ignore_ascii_case("a") {
            return self.open_author_link(html, tokens, span, lines);
        }
        let Some(element) = ELEMENTS.iter().find(|element| element.name.eq_ignore_ascii_case(name)) else {
            let name = shown(name);
            return self.drop_html(span, &format!("`<{name}>` is not let through"));
        };
        if !self.make_room(element) {
            return self.drop_html(span, &format!("`<{}>` cannot stand here", element.name));
        }
        self.out.raw("<");
        self.out.raw(element.name);
        self.write_attributes(element.attributes, html, tokens, lines);
        self.out.raw(">");
        if let Some(content) = element.content {
            self.out.push(element.name, Origin::Raw, Close::Tag, content);
        }
    }

    /// Closes what must be closed before an element may stand here; false if it may not.
    fn make_room(&mut self, element: &Element) -> bool {
        // An implied `<tbody><tr>` takes two more.
        if self.out.is_full() {
            return false;
        }
        match element.stands {
            Stands::Phrasing => {
                self.out.begin_phrasing();
                true
            }
            Stands::Flow => {
                let stack = self.out.stack.iter().rev();
                let holder = stack.into_iter().find(|open| open.origin != Origin::Raw || open.content == Content::Flow);
                let is_flow = holder.is_none_or(|open| open.content == Content::Flow);
                if is_flow {
                    self.out.begin_block();
                }
                is_flow
            }
            Stands::In(parents) => self.make_room_in(element.name, parents),
        }
    }

    fn make_room_in(&mut self, name: &str, parents: &[&str]) -> bool {
        let raw = self.out.stack.iter().enumerate().rev().take_while(|(_, open)| open.origin == Origin::Raw);
        let Some((index, parent)) = raw.into_iter().find(|(_, open)| parents.contains(&open.name)) else {
            return false;
        };
        let (parent, has_child, has_caption) = (parent.name, parent.has_child, parent.has_caption);
        let must_be_first = matches!(name, "summary" | "caption");
        if (must_be_first && has_child) || (name == "figcaption" && has_caption) {
            return false;
        }
        self.out.close_raw_above(index);
        let open = &mut self.out.stack[index];
        open.has_child = true;
        open.has_caption |= name == "figcaption";
        for implied in implied(name, parent) {
            self.out.raw("<");
            self.out.raw(implied);
            self.out.raw(">");
            self.out.push(implied, Origin::Raw, Close::Tag, Content::Parts);
            if let Some(open) = self.out.stack.last_mut() {
                open.has_child = true;
            }
        }
        true
    }

    fn close_tag(&mut self, name: &str) {
        let raw = self.out.stack.iter().enumerate().rev().take_while(|(_, open)| open.origin == Origin::Raw);
        if let Some((index, _)) = raw.into_iter().find(|(_, open)| open.name.eq_ignore_ascii_case(name)) {
            self.out.close_raw_above(index);
            self.out.pop();
        }
    }

    /// A link is checked as Markdown's are, and those inside the site become holes.
    fn open_author_link(&mut self, html: &str, tokens: &Tokens<'_>, span: Span, lines: &Lines) {
        let href = tokens.attributes.iter().find(|(name, _)| html[name.clone()].eq_ignore_ascii_case("href"));
        let Some((_, Some(place))) = href else {
            return self.drop_html(span, "`<a>` without `href` is not let through");
        };
        if self.out.is_in_link() || self.out.is_full() {
            return self.drop_html(span, "`<a>` cannot stand here");
        }
        let address = decode(&html[place.clone()]);
        self.out.begin_phrasing();
        match links::destination(&address) {
            Destination::Refused(reason) => {
                let span = lines.span(place);
                self.refuse_address(span, reason);
            }
            Destination::Inside { kind, address, fragment } => {
                let target = self.link_target(kind, address, fragment, lines.span(place));
                self.out.hole(|| Piece::LinkStart { target, title: None, shows_headline: false });
                self.out.push("a", Origin::Raw, Close::Link, Content::Phrasing);
            }
            Destination::Fragment(url) => self.open_finished_link(url, html, tokens, lines),
            Destination::Outside(url) => self.open_finished_link(&url, html, tokens, lines),
        }
    }

    fn open_finished_link(&mut self, url: &str, html: &str, tokens: &Tokens<'_>, lines: &Lines) {
        self.out.raw("<a href=\"");
        self.out.with(|out| links::push_href(url, out));
        self.out.raw("\"");
        self.write_attributes(&["href"], html, tokens, lines);
        self.out.raw(">");
        self.out.push("a", Origin::Raw, Close::Tag, Content::Phrasing);
    }

    fn write_attributes(&mut self, own: &[&str], html: &str, tokens: &Tokens<'_>, lines: &Lines) {
        let mut written: Vec<&str> = Vec::new();
        for (place, value) in &tokens.attributes {
            let name = &html[place.clone()];
            let known =
                ["class", "dir", "lang", "title"].iter().chain(own).find(|known| known.eq_ignore_ascii_case(name));
            let value = decode(value.clone().map_or("", |value| &html[value]));
            let Some(known) = known.filter(|known| is_allowed(known, &value)) else {
                let span = lines.span(place);
                self.drop_html(span, &format!("the attribute `{}` is not let through", shown(name)));
                continue;
            };
            // The first of two wins, as in a browser. A link's address is written already.
            if *known != "href" && !written.contains(known) {
                written.push(known);
                if matches!(*known, "open" | "reversed") {
                    self.out.raw(" ");
                    self.out.raw(known);
                } else {
                    self.out.attribute(known, &value);
                }
            }
        }
    }
}

/// The parts of a table that an author may leave out.
fn implied(name: &str, parent: &str) -> &'static [&'static str] {
    match (name, parent) {
        ("tr", "table") => &["tbody"],
        ("td" | "th", "table") => &["tbody", "tr"],
        ("td" | "th", "tbody" | "thead" | "tfoot") => &["tr"],
        _ => &[],
    }
}

/// Whether a value is what its attribute claims.
fn is_allowed(name: &str, value: &str) -> bool {
    let is_number = |most: u32| value.parse::<u32>().is_ok_and(|number| (1..=most).contains(&number));
    match name {
        "class" => value.split_whitespace().all(is_class),
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "lang" => value.len() <= 35 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
        "scope" => matches!(value, "col" | "row" | "colgroup" | "rowgroup"),
        "colspan" | "rowspan" => is_number(1000),
        "start" | "value" => value.parse::<i32>().is_ok(),
        "cite" => matches!(links::destination(value), Destination::Outside(url) if url.starts_with("http")),
        "datetime" => value.len() <= 64,
        // `abbr`, `title`: any text. `open`, `reversed`: nothing is written of a value. `href`: checked by its own rule.
        _ => true,
    }
}

/// Writes text of the author's HTML: escaped, but for its character references.
fn keep_entities(text: &str, html: &mut String) {
    let mut parts = text.split('&');
    super::out::escape(parts.next().unwrap_or_default(), html);
    for part in parts {
        html.push_str(if is_entity(part) { "&" } else { "&amp;" });
        super::out::escape(part, html);
    }
}

fn is_entity(after: &str) -> bool {
    let Some(end) = after.bytes().take(33).position(|byte| byte == b';') else { return false };
    let body = &after.as_bytes()[..end];
    let number = |digits: &[u8], is_digit: fn(&u8) -> bool| {
        !digits.is_empty()
            && digits.len() <= 6
            && digits.iter().all(is_digit)
            && digits.iter().any(|digit| *digit != b'0')
    };
    match body {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, u8::is_ascii_hexdigit),
        [b'#', digits @ ..] => number(digits, u8::is_ascii_digit),
        [first, rest @ ..] => first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_alphanumeric),
        [] => false,
    }
}

/// Resolves numbers and the commonest names of characters in the value of an attribute. What stays unresolved is harmless: it is written with its `&` escaped.
fn decode(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut parts = value.split('&');
    let mut decoded = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let found = part.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest)));
        let (character, rest) = found.unwrap_or(('&', part));
        decoded.push(character);
        decoded.push_str(rest);
    }
    Cow::Owned(decoded)
}

fn character(name: &str) -> Option<char> {
    const NAMES: &[(&str, char)] = &[
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("colon", ':'),
        ("sol", '/'),
        ("Tab", '\t'),
        ("NewLine", '\n'),
    ];
    if let Some(number) = name.strip_prefix('#') {
        let value = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return value.ok().and_then(char::from_u32);
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

/// A name as a message may show it.
fn shown(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(40).collect()
}
