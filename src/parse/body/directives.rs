//! Directives in a body: how their fences are matched, and what they hold is checked against the table of `directive_table`.

use std::{collections::BTreeMap, ops::Range};

use super::{
    Piece, dates,
    directive_line::{Line, read_line},
    directive_table::{AttributeKind, AttributeRule, BodyRule, DIRECTIVES, Declaration},
    links::{self, Destination},
    markdown::Walk,
};
use crate::{
    diag::{Code, Diagnostic},
    model::{Reference, Span, nearest},
};

/// How deep directives may nest.
const MAX_NESTING: usize = 8;

/// A directive whose end has not come.
#[derive(Debug)]
pub(super) struct OpenDirective {
    /// None if its line has a mistake: then only its body stands.
    found: Option<(&'static Declaration, BTreeMap<String, Reference>)>,
    colons: usize,
    span: Span,
    /// How many elements were open when it began; its end must find as many.
    depth: usize,
    /// How much the body held.
    contents: usize,
    /// How many pictures had come before it.
    pictures: usize,
    /// How many dated items or headings it holds itself.
    parts: usize,
    rule: Option<&'static Declaration>,
}

/// What opens a scope of pieces.
#[derive(Debug)]
pub(super) enum Frame {
    Directive(OpenDirective),
    Footnote(String, Span),
}

impl Walk<'_> {
    /// Takes a fence: the line at `span` of the file.
    pub(super) fn fence(&mut self, span: Span) {
        let line = &self.text[span.start..span.end];
        let rest = line.trim_start_matches(':');
        let colons = line.len() - rest.len();
        if rest.trim().is_empty() { self.close_fence(colons, span) } else { self.open_fence(colons, span) }
    }

    fn open_fence(&mut self, colons: usize, span: Span) {
        let line = read_line(self.text, span, colons);
        let rule = DIRECTIVES.iter().find(|rule| rule.name == line.name.text);
        let found = rule.and_then(|rule| Some((rule, self.check_attributes(rule, &line)?)));
        if rule.is_none() {
            let known = DIRECTIVES.iter().map(|rule| rule.name);
            let candidate = nearest(&line.name.text, known.clone());
            let known: Vec<String> = known.map(|name| format!("`{name}`")).collect();
            self.report.error(
                Code::UnknownDirective,
                line.name.span,
                "there is no directive of this name",
                |diagnostic| diagnostic.did_you_mean(candidate).note(format!("directives are {}", known.join(", "))),
            );
        }
        if let (Some(rule), Some((Frame::Directive(outer), _))) = (rule, self.frames.last())
            && outer.rule.is_some_and(|outer| outer.body == BodyRule::Pictures)
            && rule.name != "figure"
        {
            let message = format!("a gallery holds pictures, not `{}`", rule.name);
            self.report.error(Code::BadDirective, line.name.span, &message, |diagnostic| {
                diagnostic.help("close the gallery above it with a line of `:::`")
            });
        }
        if self.frames.len() >= MAX_NESTING {
            let message = format!("directives nest more than {MAX_NESTING} deep");
            return self.report.error(Code::BadDirective, span, &message, |diagnostic| {
                diagnostic.help("close the directives above it with lines of `:::`")
            });
        }
        self.end_block();
        self.out.begin_block();
        let before = self.out.enter();
        let (depth, contents, pictures) = (self.out.stack.len(), self.contents, self.outline.pictures.len());
        let open = OpenDirective { found, colons, span, depth, contents, pictures, parts: 0, rule };
        self.frames.push((Frame::Directive(open), before));
    }

    /// A fence closes the innermost directive with as many colons, and those in it; else the innermost, if that has fewer.
    fn close_fence(&mut self, colons: usize, span: Span) {
        self.out.close_raw();
        let depth = self.out.stack.len();
        let fitting = |colons: usize| move |(frame, _): &(Frame, _)| matches!(frame, Frame::Directive(open) if open.colons == colons);
        let equal = self.frames.iter().rposition(fitting(colons));
        let innermost = match self.frames.last() {
            Some((Frame::Directive(open), _)) if open.colons < colons => Some(self.frames.len() - 1),
            _ => None,
        };
        let is_here = match self.frames.last() {
            Some((Frame::Directive(open), _)) => open.depth == depth,
            _ => false,
        };
        let Some(index) = equal.or(innermost).filter(|_| is_here) else {
            return self.report.error(Code::BadDirective, span, "this line closes no directive", |diagnostic| {
                diagnostic.help("a directive begins with a line such as `:::factbox`, with as many colons, outside lists and quotations")
            });
        };
        while self.frames.len() > index + 1 {
            if !matches!(self.frames.last(), Some((Frame::Directive(_), _))) {
                return;
            }
            self.close_directive_unclosed();
        }
        self.close_directive();
    }

    /// Closes the directives that were opened in the element that ends now, or in the body at its end.
    pub(super) fn close_stranded(&mut self) {
        while let Some((Frame::Directive(open), _)) = self.frames.last() {
            self.out.close_raw();
            if self.out.stack.len() > open.depth {
                return;
            }
            self.close_directive_unclosed();
        }
    }

    fn close_directive_unclosed(&mut self) {
        if let Some((Frame::Directive(open), _)) = self.frames.last() {
            let fence = ":".repeat(open.colons);
            let span = open.span;
            self.report.error(Code::BadDirective, span, "this directive is never closed", |diagnostic| {
                diagnostic.help(format!("end it with a line of its own: `{fence}`"))
            });
        }
        self.close_directive();
    }

    fn close_directive(&mut self) {
        self.end_block();
        let Some((Frame::Directive(open), before)) = self.frames.pop() else { return };
        let contents = self.contents - open.contents;
        let body = self.out.leave(before);
        if let Some(rule) = open.rule {
            let wrong = match rule.body {
                BodyRule::Empty if contents > 0 => Some("holds nothing between its fences"),
                BodyRule::Required if contents == 0 => Some("needs text between its fences"),
                BodyRule::Pictures if contents == 0 => Some("needs pictures between its fences"),
                BodyRule::Pictures if self.outline.pictures.len() - open.pictures < contents => {
                    Some("holds pictures alone between its fences, each with its caption in quotes")
                }
                BodyRule::Dates if open.parts == 0 => {
                    Some("needs a list between its fences, of items that begin with a date")
                }
                BodyRule::Questions if open.parts == 0 => Some("needs questions between its fences, each a heading"),
                _ => None,
            };
            if let Some(wrong) = wrong {
                let message = format!("`{}` {wrong}", rule.name);
                self.report.error(Code::BadDirective, open.span, &message, |diagnostic| {
                    let text = if rule.body == BodyRule::Required { "The text\n" } else { "" };
                    diagnostic.help(format!("write\n{}\n{text}{}", rule.help, ":".repeat(open.colons)))
                });
            }
        }
        self.contents += 1;
        match open.found {
            Some((rule, attributes)) => {
                self.out.hole(|| Piece::Directive { name: rule.name.into(), attributes, body, span: open.span });
            }
            None => self.out.append(body),
        }
    }

    /// The innermost directive, if what begins now would stand in it directly, or `below` elements deep in it.
    fn directly_in(&mut self, rule: BodyRule, below: usize) -> Option<&mut OpenDirective> {
        let depth = self.out.stack.len();
        match self.frames.last_mut() {
            Some((Frame::Directive(open), _)) if open.depth + below == depth => {
                open.rule.is_some_and(|known| known.body == rule).then_some(open)
            }
            _ => None,
        }
    }

    /// Whether a list that begins now is that of a timeline.
    pub(super) fn begins_timeline(&mut self) -> bool {
        self.directly_in(BodyRule::Dates, 0).is_some()
    }

    /// Takes note of a heading.
    pub(super) fn note_question(&mut self) {
        if let Some(open) = self.directly_in(BodyRule::Questions, 0) {
            open.parts += 1;
        }
    }

    /// Takes an item of a list, whose element is open: in a timeline it begins with a date, which becomes a hole.
    pub(super) fn note_item(&mut self, range: &Range<usize>) {
        let Some(open) = self.directly_in(BodyRule::Dates, 2) else { return };
        open.parts += 1;
        let item = &self.text[range.clone()];
        let start = range.start + item.len() - dates::without_marker(item).len();
        let line = &self.text[start..range.end];
        if let Some((date, len)) = dates::read(line) {
            self.passed = start + len;
            self.out.hole(|| Piece::Date(date));
            self.out.raw(" ");
            return;
        }
        let end = start + line.find('\n').unwrap_or(line.len());
        self.report.error(Code::BadDirective, Span::new(start, end), "this item of a timeline has no date", |diagnostic| {
            diagnostic
                .label("expected a date and a colon")
                .help("begin it with a day, month, year or time: `- 2026-11-20: …`, `- 2026-11: …`, `- 2026: …`, `- 14:05: …`")
        });
    }

    /// Checks the attributes; none if one is wrong or missing.
    fn check_attributes(&mut self, rule: &'static Declaration, line: &Line) -> Option<BTreeMap<String, Reference>> {
        let mut is_good = true;
        if let Some((span, message)) = line.fault {
            is_good = false;
            self.report
                .error(Code::BadDirective, span, message, |diagnostic| diagnostic.help(format!("write {}", rule.help)));
        }
        let mut attributes = BTreeMap::new();
        for (name, value) in &line.attributes {
            let Some(known) = rule.attributes.iter().find(|known| known.name == name.text) else {
                is_good = false;
                let names = rule.attributes.iter().map(|known| known.name);
                let message = format!("`{}` has no attribute `{}`", rule.name, name.text);
                self.report.error(Code::BadDirective, name.span, &message, |diagnostic| {
                    diagnostic.did_you_mean(nearest(&name.text, names)).help(format!("write {}", rule.help))
                });
                continue;
            };
            if let Some(diagnostic) = self.wrong_value(known, value) {
                is_good = false;
                self.report.push(diagnostic);
            } else if attributes.insert(name.text.clone(), value.clone()).is_some() {
                is_good = false;
                self.report
                    .error(Code::BadDirective, name.span, "this attribute stands twice", |diagnostic| diagnostic);
            }
        }
        // A line that cannot be read to its end says nothing about what is missing.
        if line.fault.is_none() {
            is_good &= self.has_all(rule, line);
        }
        for known in rule.attributes {
            match (known.kind, attributes.get(known.name)) {
                (AttributeKind::Picture, Some(value)) => self.outline.pictures.push(value.clone()),
                (AttributeKind::File, Some(value)) => self.outline.files.push(value.clone()),
                (AttributeKind::Recording, Some(value)) if links::scheme(&value.text).is_none() => {
                    self.outline.files.push(value.clone());
                }
                (AttributeKind::Data, Some(value)) => self.outline.data.push(value.clone()),
                _ => {}
            }
        }
        is_good.then_some(attributes)
    }

    fn has_all(&mut self, rule: &'static Declaration, line: &Line) -> bool {
        let value =
            |name: &str| line.attributes.iter().find(|(known, _)| known.text == name).map(|(_, value)| &*value.text);
        let mut is_good = true;
        for missing in rule.attributes.iter().filter(|known| known.is_required && value(known.name).is_none()) {
            is_good = false;
            let message = format!("this {} has no `{}`", rule.name, missing.name);
            self.report.error(Code::BadDirective, line.name.span, &message, |diagnostic| {
                diagnostic.help(format!("write {}", rule.help))
            });
        }
        let has_alt = value("alt").is_some_and(|alt| !alt.trim().is_empty()) || value("decorative") == Some("true");
        // Where it must be written, its absence was told above.
        let alt = rule.attributes.iter().find(|known| known.name == "alt");
        if alt.is_some_and(|alt| !alt.is_required || value("alt").is_some()) && !has_alt {
            is_good = false;
            let message = format!("this {} has no text for those who do not see it", rule.name);
            let may_be_decorative = rule.attributes.iter().any(|known| known.name == "decorative");
            self.report.error(Code::MissingAlt, line.name.span, &message, |diagnostic| {
                diagnostic.help(if may_be_decorative {
                    "say with `alt` what it shows, or write `decorative=\"true\"` if it adds nothing"
                } else {
                    "say with `alt` what it shows"
                })
            });
        }
        is_good
    }

    fn wrong_value(&self, rule: &AttributeRule, value: &Reference) -> Option<Diagnostic> {
        let error = |code, message: &str| Some(Diagnostic::error(code, self.report.path, value.span, message));
        let is_kept = rule.kind == AttributeKind::Text || rule.kind == AttributeKind::Inline;
        if value.text.is_empty() && !is_kept {
            return error(Code::BadDirective, &format!("`{}` is empty", rule.name));
        }
        match rule.kind {
            AttributeKind::Text | AttributeKind::Inline => None,
            AttributeKind::Picture => {
                links::refused_picture(&value.text).and_then(|reason| error(Code::BadUrl, reason))
            }
            AttributeKind::Url => match links::destination(&value.text) {
                Destination::Outside(url) if url.starts_with(['h', 'H']) => None,
                _ => error(Code::BadUrl, "this is not a URL with http or https"),
            },
            AttributeKind::File | AttributeKind::Data => match links::destination(&value.text) {
                Destination::Inside { fragment: None, .. } => None,
                _ => error(Code::BadDirective, "this is not the path of a file of the site"),
            },
            AttributeKind::Recording => match links::destination(&value.text) {
                Destination::Inside { fragment: None, .. } => None,
                Destination::Outside(url) if url.starts_with(['h', 'H']) => None,
                _ => error(Code::BadUrl, "this is neither the path of a file of the site nor a URL with http or https"),
            },
            AttributeKind::Number => match value.text.parse::<f64>() {
                Ok(number) if number.is_finite() => None,
                _ => error(Code::BadDirective, "this is not a number"),
            },
            AttributeKind::Word(words) if words.contains(&&*value.text) => None,
            AttributeKind::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                error(Code::BadDirective, &format!("`{}` is one of {}", rule.name, words.join(" and ")))
            }
        }
    }
}
