//! The walk through the parser's events: what each element of Markdown becomes.

use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Options, Tag, TagEnd};

use super::{
    Body, BodySettings, Outline, Parsed, Piece,
    directives::Frame,
    fences::Fences,
    footnotes::{self, Definition, Footnotes},
    headings::{Ids, is_class},
    html::Lines,
    out::{Content, Make, Mark, Out},
    parts::{Landmarks, walked},
    plain::Reader,
    report::Report,
    typography::{self, Typesetter},
};
use crate::{
    config::HtmlPolicy,
    diag::Code,
    model::{Reference, SourcePath},
};

/// What is understood beside `CommonMark`. Definition lists are added where a line looks like one, as the parser is known to panic on some
/// (pulldown-cmark issue 1110).
pub(super) const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_HEADING_ATTRIBUTES)
    .union(Options::ENABLE_GFM)
    .union(Options::ENABLE_WIKILINKS);

/// Parses a body. A panic of the parser is an error of the file: nothing of a half-made body gets out.
pub(super) fn walk(
    path: &SourcePath,
    text: &str,
    body: Range<usize>,
    settings: &BodySettings<'_>,
    make: Make,
) -> Parsed {
    walk_part(path, text, body, settings, make, "")
}

/// Parses a part of a body by itself; `id_prefix` stands before all its ids.
pub(super) fn walk_part(
    path: &SourcePath,
    text: &str,
    part: Range<usize>,
    settings: &BodySettings<'_>,
    make: Make,
    id_prefix: &str,
) -> Parsed {
    let finished = walked(path, text, part.clone(), || {
        let mut walk = Walk::new(path, text, part, settings, make);
        id_prefix.clone_into(&mut walk.out.id_prefix);
        walk
    });
    match finished {
        Ok(walk) => walk.finish(),
        Err(error) => Parsed { diagnostics: vec![*error], ..Parsed::default() },
    }
}

/// A heading whose id is not known yet, as its words are still to come.
pub(super) struct Heading {
    pub(super) mark: Option<Mark>,
    pub(super) explicit: Option<String>,
    pub(super) words: String,
}

/// A picture whose alt text is still to come.
pub(super) struct Draft {
    /// How many elements are open in its alt text.
    pub(super) depth: usize,
    pub(super) src: Reference,
    pub(super) title: Option<String>,
    pub(super) alt: String,
    pub(super) is_refused: bool,
    /// Whether its words are only its file's name.
    pub(super) has_no_words: bool,
}

/// A paragraph whose tag is not written yet, as it may be a figure.
pub(super) enum Pending {
    No,
    /// Nothing has come yet.
    Paragraph,
    /// One picture has come.
    Picture(Box<Draft>),
}

/// The state of a walk.
pub(super) struct Walk<'a> {
    pub(super) text: &'a str,
    pub(super) out: Out,
    pub(super) report: Report<'a>,
    pub(super) outline: Outline,
    pub(super) reader: Reader,
    /// Directives and footnotes whose end has not come, each with the pieces before it.
    pub(super) frames: Vec<(Frame, Vec<Piece>)>,
    /// How many runs of text and pictures have come.
    pub(super) contents: usize,
    pub(super) policy: HtmlPolicy,
    pub(super) base: usize,
    pub(super) typesetter: Typesetter,
    ids: Ids,
    pub(super) footnotes: Footnotes,
    pub(super) pending: Pending,
    pub(super) draft: Option<Draft>,
    pub(super) heading: Option<Heading>,
    /// The place within the opening tag of an item that has just begun.
    item: Option<Mark>,
    alignments: Vec<Alignment>,
    column: usize,
    is_in_table_head: bool,
    pub(super) is_in_code: bool,
    /// How many headings, quotations, lists and notes are open: what is in none of them is the story's own text.
    pub(super) asides: usize,
    /// The next line that may be a fence.
    pub(super) next_fence: usize,
    pub(super) is_in_fence: bool,
    /// Up to where the text was taken for something else: the date of an item.
    pub(super) passed: usize,
    pub(super) html: String,
    pub(super) lines: Lines,
    /// A hollow element that an inline tag opened, with the depth at which it ends at the latest.
    pub(super) hollow: Option<(String, usize)>,
    /// What may cut the body into parts, if that is asked.
    pub(super) landmarks: Option<Landmarks>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        path: &'a SourcePath,
        text: &'a str,
        body: Range<usize>,
        settings: &BodySettings<'_>,
        make: Make,
    ) -> Self {
        Self {
            text,
            out: Out::new(make, body.len() + body.len() / 4),
            report: Report::new(path),
            outline: Outline::default(),
            reader: Reader::default(),
            frames: Vec::new(),
            contents: 0,
            policy: settings.html,
            base: body.start,
            typesetter: Typesetter::new(typography::of(settings.language)),
            ids: Ids::default(),
            footnotes: Footnotes::default(),
            pending: Pending::No,
            draft: None,
            heading: None,
            item: None,
            alignments: Vec::new(),
            column: 0,
            is_in_table_head: false,
            is_in_code: false,
            asides: 0,
            next_fence: 0,
            is_in_fence: false,
            passed: 0,
            html: String::new(),
            lines: Lines::default(),
            hollow: None,
            landmarks: None,
        }
    }

    pub(super) fn finish(mut self) -> Parsed {
        self.close_stranded();
        let lonely = self.footnotes.write(&mut self.out);
        for span in lonely {
            self.report.warning(Code::BadMarkdown, span, "nothing refers to this footnote", |diagnostic| {
                diagnostic.help("write its label, such as `[^1]`, where it belongs")
            });
        }
        self.outline.opening = self.reader.opening();
        self.outline.words = self.reader.words();
        self.outline.links.shrink_to_fit();
        self.outline.pictures.shrink_to_fit();
        let plain = std::mem::take(&mut self.reader.plain);
        let diagnostics = self.report.finish();
        Parsed { body: Body { pieces: self.out.finish() }, outline: self.outline, plain, diagnostics }
    }

    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>, fences: &Fences<'_>) {
        let range = range.start + self.base..range.end + self.base;
        if self.draft.is_some() {
            return self.alt_event(&event);
        }
        if self.hollow.is_some() && self.passes_over(&event) {
            return;
        }
        if !matches!(self.pending, Pending::No) && self.settles_paragraph(&event) {
            return;
        }
        if self.landmarks.is_some() {
            self.note_landmark(&event, &range);
        }
        match event {
            Event::Start(Tag::HtmlBlock) => self.begin_html(&range, fences),
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.set_text(&text, range, fences),
            Event::Code(code) => self.code(&code),
            Event::Html(_) if self.is_in_fence => {}
            Event::Html(html) => self.html_line(&html, range, fences),
            Event::InlineHtml(html) => self.inline_html(&html, &range),
            Event::FootnoteReference(label) => {
                let (number, reference) = self.footnotes.refer(&label);
                footnotes::write_reference(&mut self.out, number, reference);
            }
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br>\n"),
            Event::Rule => {
                self.out.begin_block();
                self.out.raw("<hr>\n");
            }
            Event::TaskListMarker(is_done) => self.task(is_done),
            Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    // Blocks.

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        self.item = None;
        match tag {
            Tag::Paragraph => self.pending = Pending::Paragraph,
            Tag::Heading { level, id, classes, .. } => {
                self.asides += 1;
                self.note_question();
                self.begin_heading(level, id.as_deref(), &classes);
            }
            Tag::BlockQuote(kind) => {
                self.asides += 1;
                self.begin_quotation(kind);
            }
            Tag::CodeBlock(kind) => self.begin_code(&kind),
            Tag::List(first) => {
                self.asides += 1;
                self.begin_list(first);
            }
            Tag::Item => {
                if self.out.open_part("li", Content::Flow, "<li") {
                    self.item = Some(self.out.mark());
                    self.out.raw(">");
                }
                self.note_item(&range);
            }
            Tag::FootnoteDefinition(label) => {
                self.asides += 1;
                let before = self.out.enter();
                self.frames.push((Frame::Footnote(label.into_string(), range.into()), before));
            }
            Tag::DefinitionList => {
                self.asides += 1;
                self.out.open_block("dl", Content::Parts, "<dl>\n");
            }
            Tag::DefinitionListTitle => {
                self.out.open_part("dt", Content::Phrasing, "<dt>");
            }
            Tag::DefinitionListDefinition => {
                self.out.open_part("dd", Content::Flow, "<dd>");
            }
            Tag::Table(alignments) => {
                self.asides += 1;
                self.alignments = alignments;
                self.begin_table();
            }
            Tag::TableHead => {
                self.is_in_table_head = true;
                self.column = 0;
                self.out.open_part("tr", Content::Parts, "<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.open_part("tr", Content::Parts, "<tr>");
            }
            Tag::TableCell => self.begin_cell(),
            Tag::Emphasis => self.out.open_phrasing("em", "<em>"),
            Tag::Strong => self.out.open_phrasing("strong", "<strong>"),
            Tag::Strikethrough => self.out.open_phrasing("del", "<del>"),
            Tag::Superscript => self.out.open_phrasing("sup", "<sup>"),
            Tag::Subscript => self.out.open_phrasing("sub", "<sub>"),
            Tag::Link { link_type, dest_url, title, .. } => self.begin_link(link_type, &dest_url, &title, &range),
            Tag::Image { link_type, dest_url, title, .. } => self.begin_picture(link_type, &dest_url, &title, &range),
            Tag::HtmlBlock | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::HtmlBlock => return self.end_html(),
            TagEnd::FootnoteDefinition => return self.end_footnote(),
            TagEnd::MetadataBlock(_) | TagEnd::Image => return,
            TagEnd::Heading(_) => self.end_heading(),
            _ => self.close_stranded(),
        }
        if matches!(end, TagEnd::Table) && self.out.is_top_written() {
            self.out.raw("</tbody>");
        }
        let is_written = self.out.close_markdown();
        match end {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link => return,
            TagEnd::TableCell => {
                self.column += 1;
                self.typesetter.end_block();
                return self.reader.gap();
            }
            TagEnd::CodeBlock => {
                self.is_in_code = false;
                if is_written {
                    self.out.raw("</pre>");
                }
            }
            TagEnd::Table if is_written => self.out.raw("</div>"),
            TagEnd::TableHead => {
                self.is_in_table_head = false;
                if is_written {
                    self.out.raw("</thead><tbody>");
                }
            }
            _ => {}
        }
        if matches!(
            end,
            TagEnd::Heading(_) | TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Table | TagEnd::DefinitionList
        ) {
            self.asides -= 1;
        }
        if is_written {
            self.out.raw("\n");
        }
        self.end_block();
    }

    /// Takes note that a block has ended or begun: quotations and words do not run on.
    pub(super) fn end_block(&mut self) {
        self.typesetter.end_block();
        self.reader.gap();
    }

    fn begin_heading(&mut self, level: HeadingLevel, id: Option<&str>, classes: &[pulldown_cmark::CowStr<'_>]) {
        // A page has one first heading: its headline.
        let (name, start) = match level {
            HeadingLevel::H1 | HeadingLevel::H2 => ("h2", "<h2"),
            HeadingLevel::H3 => ("h3", "<h3"),
            HeadingLevel::H4 => ("h4", "<h4"),
            HeadingLevel::H5 => ("h5", "<h5"),
            HeadingLevel::H6 => ("h6", "<h6"),
        };
        let mark = self.out.open_block(name, Content::Phrasing, start).then(|| {
            let mark = self.out.mark();
            let mut classes = classes.iter().filter(|class| is_class(class)).peekable();
            if classes.peek().is_some() {
                let classes: Vec<&str> = classes.map(|class| &**class).collect();
                self.out.attribute("class", &classes.join(" "));
            }
            self.out.raw(">");
            mark
        });
        self.heading = Some(Heading { mark, explicit: id.map(str::to_owned), words: String::new() });
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        let id = match &heading.explicit {
            Some(id) => self.ids.give_explicit(id),
            None => self.ids.give(&heading.words),
        };
        if let Some(mark) = heading.mark {
            let id = format!(" id=\"{}{id}\"", self.out.id_prefix);
            self.out.insert(mark, &id);
        }
    }

    fn begin_quotation(&mut self, kind: Option<BlockQuoteKind>) {
        let (start, word) = match kind {
            None => {
                self.out.open_block("blockquote", Content::Flow, "<blockquote>\n");
                return;
            }
            Some(BlockQuoteKind::Note) => ("<div class=\"alert alert-note\" role=\"note\">\n", "alert-note"),
            Some(BlockQuoteKind::Tip) => ("<div class=\"alert alert-tip\" role=\"note\">\n", "alert-tip"),
            Some(BlockQuoteKind::Important) => {
                ("<div class=\"alert alert-important\" role=\"note\">\n", "alert-important")
            }
            Some(BlockQuoteKind::Warning) => ("<div class=\"alert alert-warning\" role=\"note\">\n", "alert-warning"),
            Some(BlockQuoteKind::Caution) => ("<div class=\"alert alert-caution\" role=\"note\">\n", "alert-caution"),
        };
        if self.out.open_block("div", Content::Flow, start) {
            self.out.raw("<p class=\"alert-title\">");
            self.out.hole(|| Piece::Word(word.into()));
            self.out.raw("</p>\n");
        }
    }

    fn begin_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.is_in_code = true;
        if !self.out.open_block("code", Content::Phrasing, "<pre><code") {
            return;
        }
        if let CodeBlockKind::Fenced(words) = kind {
            let language = words.split([' ', '\t', ',', '{']).next().unwrap_or_default();
            let is_good = |character: char| character.is_ascii_alphanumeric() || "+#._-".contains(character);
            let language: String = language.chars().filter(|character| is_good(*character)).take(32).collect();
            if !language.is_empty() {
                self.out.raw(" class=\"language-");
                self.out.raw(&language);
                self.out.raw("\"");
            }
        }
        self.out.raw(">");
    }

    fn begin_list(&mut self, first: Option<u64>) {
        match first {
            _ if self.begins_timeline() => self.out.open_block("ol", Content::Parts, "<ol>\n"),
            None => self.out.open_block("ul", Content::Parts, "<ul>\n"),
            Some(1) => self.out.open_block("ol", Content::Parts, "<ol>\n"),
            Some(first) => self.out.open_block("ol", Content::Parts, &format!("<ol start=\"{first}\">\n")),
        };
    }

    /// A table may be wider than a phone: it scrolls by itself, with the keyboard too, and so needs a name.
    fn begin_table(&mut self) {
        let start = "<div class=\"table-scroll\" role=\"group\" tabindex=\"0\" aria-label=\"";
        if self.out.open_block("table", Content::Parts, start) {
            self.out.hole(|| Piece::Word("table".into()));
            self.out.raw("\"><table>\n");
        }
    }

    fn begin_cell(&mut self) {
        let alignment = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"align-left\">",
            Some(Alignment::Center) => " class=\"align-center\">",
            Some(Alignment::Right) => " class=\"align-right\">",
            _ => ">",
        };
        let is_written = if self.is_in_table_head {
            self.out.open_part("th", Content::Phrasing, "<th scope=\"col\"")
        } else {
            self.out.open_part("td", Content::Flow, "<td")
        };
        if is_written {
            self.out.raw(alignment);
        }
    }

    fn task(&mut self, is_done: bool) {
        if let Some(mark) = self.item.take() {
            self.out.insert(mark, " class=\"task\"");
        }
        self.out.begin_phrasing();
        self.out.raw(if is_done {
            "<input type=\"checkbox\" disabled checked aria-label=\""
        } else {
            "<input type=\"checkbox\" disabled aria-label=\""
        });
        self.out.hole(|| Piece::Word(if is_done { "task-done" } else { "task-open" }.into()));
        self.out.raw("\"> ");
    }

    fn end_footnote(&mut self) {
        self.close_stranded();
        self.end_block();
        self.asides -= 1;
        let Some((Frame::Footnote(label, span), before)) = self.frames.pop() else { return };
        let pieces = self.out.leave(before);
        if self.footnotes.define(&label, pieces, span) == Definition::Again {
            self.report.warning(Code::BadMarkdown, span, "there is a footnote with this label already", |diagnostic| {
                diagnostic.note("both are shown as one").help("give it a label of its own")
            });
        }
    }
}
