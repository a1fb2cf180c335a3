//! The writer of a body: HTML and holes, and the one stack of all that is open.
//!
//! Elements come from two hands: Markdown's, which the parser closes in order, and the author's own tags, which may come in any order. Both stand on one
//! stack. An author's closing tag closes only the author's elements above the innermost of Markdown's; whatever is left is closed when Markdown's
//! closes. An element that may not hold what comes next (a list that gets text, a paragraph that gets a block) is closed first, as an HTML parser would.

use std::mem;

use super::Piece;

/// How deep elements may nest. Browsers stop at 512, feeds and readers earlier; no article needs twenty.
const MAX_DEPTH: usize = 64;

/// Whether HTML is made, or only the outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Make {
    Html,
    OutlineOnly,
}

/// What an element may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Blocks and text.
    Flow,
    /// Text and what stands in a line of it.
    Phrasing,
    /// Only its own kinds of parts, as a list holds items.
    Parts,
}

/// Whose element it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Markdown's: its end comes in order.
    Markdown,
    /// The author's tag.
    Raw,
    /// A directive or footnote, whose pieces are kept apart.
    Scope,
}

/// How an element ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Close {
    Tag,
    Link,
    /// It was not written: too deep, or a link that leads nowhere.
    Nothing,
}

/// An open element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) name: &'static str,
    pub(super) origin: Origin,
    close: Close,
    pub(super) content: Content,
    /// Whether anything stands in it yet.
    pub(super) has_child: bool,
    /// Whether it has its caption.
    pub(super) has_caption: bool,
}

/// A place in what was written, to which something may be added later.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    piece: usize,
    at: usize,
}

/// The writer.
#[derive(Debug)]
pub(super) struct Out {
    make: Make,
    html: String,
    pieces: Vec<Piece>,
    pub(super) stack: Vec<Open>,
    open_links: usize,
    /// Stands before every id, so that the parts of one page share none.
    pub(super) id_prefix: String,
}

impl Out {
    pub(super) fn new(make: Make, expected_bytes: usize) -> Self {
        let html = if make == Make::Html { String::with_capacity(expected_bytes) } else { String::new() };
        Self { make, html, pieces: Vec::new(), stack: Vec::with_capacity(16), open_links: 0, id_prefix: String::new() }
    }

    /// Writes HTML that is ours.
    #[inline]
    pub(super) fn raw(&mut self, html: &str) {
        if self.make == Make::Html {
            self.html.push_str(html);
        }
    }

    /// Writes what stands before every id of this part.
    pub(super) fn prefix(&mut self) {
        if self.make == Make::Html {
            self.html.push_str(&self.id_prefix);
        }
    }

    /// Writes text, escaped.
    #[inline]
    pub(super) fn text(&mut self, text: &str) {
        if self.make == Make::Html {
            escape(text, &mut self.html);
        }
    }

    /// Writes ` name="value"`, escaped.
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        if self.make == Make::Html {
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            escape(value, &mut self.html);
            self.html.push('"');
        }
    }

    /// Writes a number.
    pub(super) fn number(&mut self, number: impl std::fmt::Display) {
        if self.make == Make::Html {
            use std::fmt::Write as _;
            let _ = write!(self.html, "{number}");
        }
    }

    /// Writes with `write` into the HTML.
    pub(super) fn with(&mut self, write: impl FnOnce(&mut String)) {
        if self.make == Make::Html {
            write(&mut self.html);
        }
    }

    /// Adds a hole; it is made only if it is wanted.
    pub(super) fn hole(&mut self, piece: impl FnOnce() -> Piece) {
        if self.make == Make::Html {
            self.flush();
            self.pieces.push(piece());
        }
    }

    fn flush(&mut self) {
        if !self.html.is_empty() {
            // Copied rather than taken: the next piece then need not grow from nothing.
            self.pieces.push(Piece::Html(self.html.as_str().to_owned()));
            self.html.clear();
        }
    }

    /// The place of the next byte.
    pub(super) fn mark(&self) -> Mark {
        Mark { piece: self.pieces.len(), at: self.html.len() }
    }

    /// Adds HTML at a mark of the same scope.
    pub(super) fn insert(&mut self, mark: Mark, html: &str) {
        if self.make == Make::OutlineOnly {
            return;
        }
        match self.pieces.get_mut(mark.piece) {
            Some(Piece::Html(earlier)) => earlier.insert_str(mark.at, html),
            Some(_) => {}
            None => self.html.insert_str(mark.at, html),
        }
    }

    /// Begins a scope: its pieces are kept apart from those before it, which are returned.
    pub(super) fn enter(&mut self) -> Vec<Piece> {
        self.flush();
        self.push("", Origin::Scope, Close::Nothing, Content::Flow);
        mem::take(&mut self.pieces)
    }

    /// Ends the innermost scope, and returns its pieces.
    pub(super) fn leave(&mut self, before: Vec<Piece>) -> Vec<Piece> {
        self.close_raw();
        self.stack.pop();
        self.flush();
        mem::replace(&mut self.pieces, before)
    }

    /// Adds pieces that were kept apart.
    pub(super) fn append(&mut self, pieces: Vec<Piece>) {
        if self.make == Make::Html {
            self.flush();
            self.pieces.extend(pieces);
        }
    }

    /// Ends the body.
    pub(super) fn finish(mut self) -> Vec<Piece> {
        self.close_raw();
        self.flush();
        self.pieces
    }

    // The stack.

    /// What may stand here.
    pub(super) fn content(&self) -> Content {
        self.stack.last().map_or(Content::Flow, |open| open.content)
    }

    pub(super) fn is_full(&self) -> bool {
        self.stack.len() >= MAX_DEPTH
    }

    pub(super) fn is_in_link(&self) -> bool {
        self.open_links > 0
    }

    pub(super) fn push(&mut self, name: &'static str, origin: Origin, close: Close, content: Content) {
        let content = if close == Close::Nothing && origin != Origin::Scope { self.content() } else { content };
        if name == "a" && close != Close::Nothing {
            self.open_links += 1;
        }
        self.stack.push(Open { name, origin, close, content, has_child: false, has_caption: false });
    }

    /// Opens an element of Markdown's that is not written, with what it holds standing in its parent.
    pub(super) fn push_silent(&mut self) {
        self.push("", Origin::Markdown, Close::Nothing, Content::Flow);
    }

    /// Closes the innermost element.
    pub(super) fn pop(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        match open.close {
            Close::Nothing => return,
            Close::Link => self.hole(|| Piece::LinkEnd),
            Close::Tag => {
                if open.name == "details" && !open.has_child {
                    self.summary();
                }
                self.raw("</");
                self.raw(open.name);
                self.raw(">");
            }
        }
        if open.name == "a" {
            self.open_links -= 1;
        }
    }

    /// Closes the author's elements above the innermost of Markdown's.
    pub(super) fn close_raw(&mut self) {
        while self.stack.last().is_some_and(|open| open.origin == Origin::Raw) {
            self.pop();
        }
    }

    /// Whether the innermost element was written.
    pub(super) fn is_top_written(&self) -> bool {
        self.stack.last().is_some_and(|open| open.close != Close::Nothing)
    }

    /// Closes Markdown's innermost element, and the author's in it. Returns whether it was written.
    pub(super) fn close_markdown(&mut self) -> bool {
        self.close_raw();
        let is_written = self.is_top_written();
        self.pop();
        is_written
    }

    /// Closes the author's elements down to, and not with, the one at `index` of the stack.
    pub(super) fn close_raw_above(&mut self, index: usize) {
        while self.stack.len() > index + 1 {
            self.pop();
        }
    }

    /// Makes room for text and what stands in a line of it.
    #[inline]
    pub(super) fn begin_phrasing(&mut self) {
        while self.stack.last().is_some_and(|open| open.origin == Origin::Raw && open.content == Content::Parts) {
            self.pop();
        }
        self.note_child();
    }

    /// Makes room for a block.
    pub(super) fn begin_block(&mut self) {
        while self.stack.last().is_some_and(|open| open.origin == Origin::Raw && open.content != Content::Flow) {
            self.pop();
        }
        self.note_child();
    }

    fn note_child(&mut self) {
        if let Some(open) = self.stack.last_mut()
            && !open.has_child
        {
            open.has_child = true;
            if open.origin == Origin::Raw && open.name == "details" {
                self.summary();
            }
        }
    }

    /// A `details` without a summary gets one, or the browser would show a word of its own language.
    fn summary(&mut self) {
        self.raw("<summary>");
        self.hole(|| Piece::Word("details".into()));
        self.raw("</summary>");
    }

    /// Opens a block of Markdown's with `start`, its whole opening tag; too deep, only what it holds is written. Returns whether it was written.
    pub(super) fn open_block(&mut self, name: &'static str, content: Content, start: &str) -> bool {
        self.begin_block();
        if self.is_full() {
            self.push_silent();
            return false;
        }
        self.raw(start);
        self.push(name, Origin::Markdown, Close::Tag, content);
        true
    }

    /// Opens a part of a block, such as a list's item: written if the block is.
    pub(super) fn open_part(&mut self, name: &'static str, content: Content, start: &str) -> bool {
        if self.stack.last().is_some_and(|open| open.close == Close::Nothing) {
            self.push_silent();
            return false;
        }
        self.raw(start);
        self.push(name, Origin::Markdown, Close::Tag, content);
        true
    }

    /// Opens an element of a line of text, with its whole opening tag.
    pub(super) fn open_phrasing(&mut self, name: &'static str, start: &str) {
        self.begin_phrasing();
        if self.is_full() {
            return self.push_silent();
        }
        self.raw(start);
        self.push(name, Origin::Markdown, Close::Tag, Content::Phrasing);
    }
}

/// Escapes text for HTML, for elements and for attributes in double quotes. Control characters, which no HTML and no XML may hold, are left out; NUL is shown
/// as the replacement character, as `CommonMark` has it.
pub(super) fn escape(text: &str, out: &mut String) {
    // Most text holds nothing of the kind; the compiler looks at many bytes of this loop at a time, as it never stops early.
    let found = text.bytes().fold(0, |found, byte| {
        found
            | u8::from(byte < b' ')
            | u8::from(byte == b'&')
            | u8::from(byte == b'<')
            | u8::from(byte == b'>')
            | u8::from(byte == b'"')
            | u8::from(byte == 0x7f)
    });
    if found == 0 {
        return out.push_str(text);
    }
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !ESCAPED[usize::from(byte)] {
            continue;
        }
        let escape = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            0 => "\u{fffd}",
            _ => "",
        };
        out.push_str(&text[written..at]);
        out.push_str(escape);
        written = at + 1;
    }
    out.push_str(&text[written..]);
}

const ESCAPED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = byte != b'\n' as usize && byte != b'\t' as usize;
        byte += 1;
    }
    table[b'&' as usize] = true;
    table[b'<' as usize] = true;
    table[b'>' as usize] = true;
    table[b'"' as usize] = true;
    table[0x7f] = true;
    table
};
