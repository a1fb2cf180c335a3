//! The walk in a line of text: text, code, links, pictures and the author's tags.

use std::{mem, ops::Range};

use pulldown_cmark::{Event, LinkType, TagEnd};

use super::{
    LinkKind, LinkTarget, Piece,
    fences::Fences,
    html::is_hollow,
    links::{self, Destination},
    markdown::{Draft, Pending, Walk},
    out::{Close, Content, Origin},
    plain::Voice,
};
use crate::{
    config::HtmlPolicy,
    diag::Code,
    model::{Reference, Span, is_web_address},
};

impl Walk<'_> {
    fn voice(&self) -> Voice {
        if self.heading.is_some() {
            Voice::Heading
        } else if self.asides == 0 && self.frames.is_empty() {
            Voice::Story
        } else {
            Voice::Other
        }
    }

    // Text.

    /// Writes text. Its source is set in the language's marks if it stands there letter for letter: an entity does not.
    pub(super) fn set_text(&mut self, text: &str, mut range: Range<usize>, fences: &Fences<'_>) {
        self.contents += 1;
        let mut text = text;
        if range.start < self.passed {
            text = text.get(self.passed - range.start..).unwrap_or_default();
            range.start = self.passed.min(range.end);
        }
        if self.is_in_code {
            // What was masked in it was no fence.
            return self.out.text(unmasked(self.text, self.base, text, &range, fences));
        }
        self.out.begin_phrasing();
        let voice = self.voice();
        let source = (self.text.get(range.clone()) == Some(text)).then_some(range.start);
        let set = if source.is_some() {
            self.typesetter.set(self.text, range)
        } else {
            self.typesetter.pass(text.chars().next_back().unwrap_or(' '));
            text
        };
        self.out.text(set);
        self.reader.text(text, set, voice, source);
        if let Some(heading) = &mut self.heading {
            // A landmark is shown, while an id is made from what was written.
            heading.words.push_str(if self.landmarks.is_some() { set } else { text });
        }
    }

    pub(super) fn code(&mut self, code: &str) {
        self.contents += 1;
        self.out.begin_phrasing();
        self.out.raw("<code>");
        self.out.text(code);
        self.out.raw("</code>");
        self.typesetter.pass('x');
        self.reader.code(code, self.voice());
        if let Some(heading) = &mut self.heading {
            heading.words.push_str(code);
        }
    }

    pub(super) fn line_break(&mut self, html: &str) {
        self.out.begin_phrasing();
        self.out.raw(html);
        self.typesetter.pass(' ');
        self.reader.line_end();
        if let Some(heading) = &mut self.heading {
            heading.words.push(' ');
        }
    }

    // Links.

    pub(super) fn begin_link(&mut self, link_type: LinkType, address: &str, title: &str, range: &Range<usize>) {
        if self.out.is_in_link() || self.out.is_full() {
            return self.out.push_silent();
        }
        let mailto;
        let destination = match link_type {
            LinkType::Email => {
                mailto = format!("mailto:{address}");
                links::destination(&mailto)
            }
            LinkType::WikiLink { .. } => links::wiki(address),
            _ => links::destination(address),
        };
        self.out.begin_phrasing();
        let url = match destination {
            Destination::Refused(reason) => {
                self.refuse_address(links::place(self.text, range, link_type, address), reason);
                return self.out.push_silent();
            }
            Destination::Inside { kind, address: inside, fragment } => {
                let span = links::place(self.text, range, link_type, address);
                let target = self.link_target(kind, inside, fragment, span);
                let shows_headline = link_type == LinkType::WikiLink { has_pothole: false };
                let title = (!title.is_empty()).then(|| title.to_owned());
                self.out.hole(|| Piece::LinkStart { target, title, shows_headline });
                return self.out.push("a", Origin::Markdown, Close::Link, Content::Phrasing);
            }
            Destination::Fragment(url) => url.into(),
            Destination::Outside(url) => url,
        };
        self.out.raw("<a href=\"");
        self.out.with(|html| links::push_href(&url, html));
        self.out.raw("\"");
        if !title.is_empty() {
            self.out.attribute("title", title);
        }
        self.out.raw(">");
        self.out.push("a", Origin::Markdown, Close::Tag, Content::Phrasing);
    }

    /// Notes a link inside the site in the outline, and returns it for its hole.
    pub(super) fn link_target(
        &mut self,
        kind: LinkKind,
        address: &str,
        fragment: Option<&str>,
        span: Span,
    ) -> LinkTarget {
        let is_verbatim = self.text.get(span.start..span.end).is_some_and(|written| written.starts_with(address));
        let span = if is_verbatim { Span::new(span.start, span.start + address.len()) } else { span };
        // A name may run over the end of a line.
        let text = address.replace('\n', " ");
        let target = LinkTarget { kind, address: Reference { text, span }, fragment: fragment.map(str::to_owned) };
        self.outline.links.push(target.clone());
        target
    }

    pub(super) fn refuse_address(&mut self, span: Span, reason: &str) {
        self.report.warning(Code::BadUrl, span, reason, |diagnostic| {
            diagnostic
                .note("only the words are shown")
                .help("write a URL with `https:`, `http:`, `mailto:` or `tel:`, or a path of the site")
        });
    }

    // Pictures.

    pub(super) fn begin_picture(&mut self, link_type: LinkType, address: &str, title: &str, range: &Range<usize>) {
        let span = links::place(self.text, range, link_type, address);
        let reason = links::refused_picture(address);
        if let Some(reason) = reason {
            self.refuse_address(span, reason);
        }
        self.draft = Some(Draft {
            depth: 0,
            src: Reference { text: address.trim().to_owned(), span },
            title: (!title.trim().is_empty()).then(|| title.to_owned()),
            alt: String::new(),
            is_refused: reason.is_some(),
            has_no_words: link_type == LinkType::WikiLink { has_pothole: false },
        });
    }

    /// Takes an event within a picture's words.
    pub(super) fn alt_event(&mut self, event: &Event<'_>) {
        let Some(draft) = &mut self.draft else { return };
        match event {
            Event::Start(_) => draft.depth += 1,
            Event::End(TagEnd::Image) if draft.depth == 0 => self.end_picture(),
            Event::End(_) => draft.depth -= 1,
            Event::Text(text) | Event::Code(text) if !draft.has_no_words => draft.alt.push_str(text),
            Event::SoftBreak | Event::HardBreak => draft.alt.push(' '),
            _ => {}
        }
    }

    fn end_picture(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        if !draft.is_refused {
            self.outline.pictures.push(draft.src.clone());
            // One of another site is not shown, which is told elsewhere.
            if draft.alt.trim().is_empty() && !is_web_address(&draft.src.text) {
                self.report.warning(Code::MissingAlt, draft.src.span, "this picture has no words", |diagnostic| {
                    diagnostic
                        .help("write `![what it shows](…)`, for those who do not see it")
                        .help("or a `:::figure` with `decorative=\"true\"`, if it adds nothing that must be told")
                });
            }
        }
        self.contents += 1;
        match self.pending {
            Pending::No => self.write_picture(draft, Shape::Inline),
            Pending::Paragraph | Pending::Picture(_) => self.pending = Pending::Picture(Box::new(draft)),
        }
    }

    fn write_picture(&mut self, draft: Draft, shape: Shape) {
        self.typesetter.pass('x');
        if shape == Shape::Inline {
            self.out.begin_phrasing();
        }
        if draft.is_refused {
            return self.out.text(&draft.alt);
        }
        let Draft { src, alt, title, .. } = draft;
        self.out.hole(|| Piece::Picture { src, alt, title, is_figure: shape == Shape::Figure });
    }

    /// Decides, with what comes first in a paragraph, whether it is a figure; true if the event was the figure's end.
    pub(super) fn settles_paragraph(&mut self, event: &Event<'_>) -> bool {
        let is_end = matches!(event, Event::End(TagEnd::Paragraph));
        let is_picture = matches!(event, Event::Start(pulldown_cmark::Tag::Image { .. }));
        match mem::replace(&mut self.pending, Pending::No) {
            Pending::Picture(draft) if is_end && !draft.is_refused => {
                self.out.begin_block();
                self.write_picture(*draft, Shape::Figure);
                self.end_block();
                true
            }
            Pending::Picture(draft) => {
                self.out.open_block("p", Content::Phrasing, "<p>");
                self.write_picture(*draft, Shape::Inline);
                false
            }
            Pending::Paragraph if is_picture => {
                self.pending = Pending::Paragraph;
                false
            }
            _ => {
                self.out.open_block("p", Content::Phrasing, "<p>");
                false
            }
        }
    }

    // The author's tags.

    pub(super) fn begin_html(&mut self, range: &Range<usize>, fences: &Fences<'_>) {
        let start = range.start - self.base;
        while fences.lines.get(self.next_fence).is_some_and(|line| line.end <= start) {
            self.next_fence += 1;
        }
        if let Some(line) = fences.lines.get(self.next_fence)
            && start <= line.start
            && line.start < range.end - self.base
            && fences.masked[start..line.start].trim().is_empty()
        {
            self.is_in_fence = true;
            self.next_fence += 1;
            return self.fence(Span::from(line.clone()).shifted(self.base));
        }
        self.html.clear();
        self.lines.clear();
        self.report_swallowed_fences(range, fences);
    }

    /// A fence right below a tag, without an empty line between, belongs to the block of HTML; in a comment, a script or `pre` that is meant.
    fn report_swallowed_fences(&mut self, range: &Range<usize>, fences: &Fences<'_>) {
        const MEANT: &[&str] = &["<!--", "<?", "<pre", "<script", "<style", "<textarea"];
        let Some(block) = self.text.get(range.clone()).map(str::trim_start) else { return };
        let is_meant = |start: &&str| block.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start));
        if fences.lines.is_empty() || MEANT.iter().any(is_meant) {
            return;
        }
        while let Some(line) = fences.lines.get(self.next_fence)
            && line.start + self.base < range.end
        {
            self.next_fence += 1;
            let span = Span::from(line.clone()).shifted(self.base);
            let message = "this line is read as HTML, not as a directive";
            self.report.error(Code::BadDirective, span, message, |diagnostic| {
                diagnostic.help("leave an empty line between the HTML tag above and the directive")
            });
        }
    }

    pub(super) fn html_line(&mut self, html: &str, range: Range<usize>, fences: &Fences<'_>) {
        self.lines.add(self.html.len(), range.start);
        self.html.push_str(unmasked(self.text, self.base, html, &range, fences));
    }

    pub(super) fn end_html(&mut self) {
        if mem::take(&mut self.is_in_fence) {
            return;
        }
        let html = mem::take(&mut self.html);
        if self.policy == HtmlPolicy::Trusted {
            self.out.begin_block();
            self.out.raw(&html);
        } else {
            let lines = mem::take(&mut self.lines);
            self.author_html(&html, &lines);
            self.lines = lines;
            // Elements of a line of text end with the block; only those that hold blocks stay open for the Markdown that follows.
            while self
                .out
                .stack
                .last()
                .is_some_and(|open| open.origin == Origin::Raw && open.content == Content::Phrasing)
            {
                self.out.pop();
            }
        }
        self.html = html;
        self.end_block();
    }

    pub(super) fn inline_html(&mut self, html: &str, range: &Range<usize>) {
        if html.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br")) {
            self.typesetter.pass(' ');
            self.reader.gap();
        }
        if self.policy == HtmlPolicy::Trusted {
            self.out.begin_phrasing();
            return self.out.raw(html);
        }
        let mut lines = mem::take(&mut self.lines);
        lines.clear();
        lines.add(0, range.start);
        let hollow = self.author_html(html, &lines);
        self.lines = lines;
        if let Some(name) = hollow {
            self.hollow = Some((name.to_owned(), self.out.stack.len()));
        }
    }

    /// Passes over what a hollow element of a line holds, until its closing tag or the end of what it stands in.
    pub(super) fn passes_over(&mut self, event: &Event<'_>) -> bool {
        let Some((name, depth)) = &self.hollow else { return false };
        match event {
            Event::Start(_) => {
                self.out.push_silent();
                true
            }
            Event::End(_) if self.out.stack.len() > *depth => {
                self.out.pop();
                true
            }
            Event::End(_) => {
                self.hollow = None;
                false
            }
            Event::InlineHtml(html) => {
                let is_end = html.strip_prefix("</").is_some_and(|rest| {
                    rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) && is_hollow(name)
                });
                if is_end {
                    self.hollow = None;
                }
                true
            }
            _ => true,
        }
    }
}

/// The text of an event as it was before fences were masked.
fn unmasked<'s>(source: &'s str, base: usize, text: &'s str, range: &Range<usize>, fences: &Fences<'_>) -> &'s str {
    if fences.lines.is_empty() || fences.masked.get(range.start - base..range.end - base) != Some(text) {
        return text;
    }
    source.get(range.clone()).unwrap_or(text)
}

/// How a picture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Inline,
    Figure,
}
