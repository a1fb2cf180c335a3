//! Writes XML: text nodes and attributes only, escaped, without the characters that XML 1.0 forbids.

use std::borrow::Cow;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

/// An XML document, or a part of one, while it is written. A line holds a leaf with its neighbours: feeds are many, and read by machines.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// Begins a document.
    pub(super) fn new() -> Self {
        let mut xml = Self(Writer::new(Vec::with_capacity(16 * 1024)));
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// Writes a part by itself, which [`Xml::part`] puts into documents.
    pub(super) fn apart(write: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut xml = Self(Writer::new(Vec::with_capacity(1024)));
        write(&mut xml);
        xml.0.into_inner()
    }

    /// A part that was written by itself.
    pub(super) fn part(&mut self, part: &[u8]) {
        self.0.get_mut().extend_from_slice(part);
    }

    /// An element with elements in it, which `inside` writes.
    pub(super) fn within(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.part(b"\n");
        self.event(Event::Start(start(name, attributes)));
        inside(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with text in it.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.event(Event::Start(start(name, attributes)));
        self.event(Event::Text(BytesText::new(legal(text).as_ref())));
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.event(Event::Empty(start(name, attributes)));
    }

    /// The finished document.
    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = self.0.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn event(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("writing to memory does not fail");
    }
}

fn start<'a>(name: &'a str, attributes: &[(&'a str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (key, value) in attributes {
        start.push_attribute((*key, legal(value).as_ref()));
    }
    start
}

/// The text without what XML 1.0, section 2.2, does not let stand in a document.
fn legal(text: &str) -> Cow<'_, str> {
    let is_legal = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    if text.chars().all(|c| is_legal(&c)) { text.into() } else { text.chars().filter(is_legal).collect() }
}
