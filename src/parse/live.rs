//! Live coverage: a body cut into entries at the headings that begin with a time.
//!
//! An entry is dated, and so meets the gate: it must be told from all others before anything is made of it. Each is therefore a part of its own, with an
//! outline of its own, and nothing of it (a link definition, a footnote, the id of a heading) is known outside it. Whatever looks like an entry and cannot be
//! read as one is an error: shown as a plain heading, it would be out before its time.
//!
//! An entry's id is made from its time alone, so that no other entry can ever change it; two at one time are refused, and one of them takes seconds.

mod clock;

use std::{fmt::Write as _, ops::Range};

use serde::{Deserialize, Serialize};

use super::{
    body::{self, BodySettings, Heading, Landmarks, Outline, Parsed},
    fields::{self, Settings},
    terms::Plain,
};
use crate::{
    diag::{Code, Diagnostic},
    model::{Lookup, SourcePath, Span, Timestamp, Zone},
};
use clock::Opening;

/// What the index needs to know of live coverage. The body's outline is that of the introduction alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LiveOutline {
    /// The text before the first entry.
    pub introduction: Span,
    /// The entries, in the order of the file.
    pub entries: Vec<LiveEntry>,
}

/// An entry of live coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveEntry {
    /// Its lasting id on the page, such as `t20261122-1405`.
    pub id: String,
    /// Its time, before which it is not out.
    pub at: Timestamp,
    /// Its headline, plain; may be empty.
    pub title: String,
    /// Whether it stands among the key events.
    pub is_key: bool,
    /// Whether it stands on top.
    pub is_pinned: bool,
    /// All of it, heading and text.
    pub span: Span,
    /// Its text.
    pub body: Span,
    /// What the index needs to know of its text.
    pub outline: Outline,
}

/// Reads live coverage for the index, with the text of each entry. `day` is that of the story, for a cure.
pub(super) fn outline(
    path: &SourcePath,
    text: &str,
    body: Range<usize>,
    (settings, body_settings): (&Settings, &BodySettings<'_>),
    day: Option<String>,
) -> (Parsed, LiveOutline, Vec<Plain>) {
    let landmarks = match body::landmarks(path, text, body.clone(), body_settings) {
        Ok(landmarks) => landmarks,
        Err(error) => {
            let parsed = Parsed { diagnostics: vec![*error], ..Parsed::default() };
            return (parsed, LiveOutline::default(), Vec::new());
        }
    };
    let mut reader = Reader { path, text, settings, day, diagnostics: Vec::new() };
    let mut entries = reader.entries(&landmarks, body.end);
    reader.misplaced(&landmarks, body.clone());
    let introduction = body.start..landmarks.headings.iter().find(|it| is_cut(it)).map_or(body.end, |it| it.span.start);
    let mut parsed = body::outline(path, text, introduction.clone(), body_settings);
    let mut texts = Vec::with_capacity(entries.len());
    for entry in &mut entries {
        let part = body::outline(path, text, entry.body.start..entry.body.end, body_settings);
        entry.outline = part.outline;
        texts.push(part.plain);
        parsed.diagnostics.extend(part.diagnostics);
    }
    parsed.diagnostics.append(&mut reader.diagnostics);
    (parsed, LiveOutline { introduction: introduction.into(), entries }, texts)
}

/// Whether an entry begins at a heading, or would if its time could be read.
fn is_cut(heading: &Heading) -> bool {
    heading.is_top && heading.level <= 2 && clock::opening(&heading.words) != Opening::None
}

struct Reader<'a> {
    path: &'a SourcePath,
    text: &'a str,
    settings: &'a Settings,
    day: Option<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn entries(&mut self, landmarks: &Landmarks, end: usize) -> Vec<LiveEntry> {
        let cuts: Vec<&Heading> = landmarks.headings.iter().filter(|heading| is_cut(heading)).collect();
        let ends = cuts.iter().skip(1).map(|next| next.span.start).chain([end]);
        let mut ids: Lookup<String, ()> = Lookup::default();
        let mut day: Option<String> = None;
        let mut entries = Vec::with_capacity(cuts.len());
        for (heading, end) in cuts.iter().zip(ends) {
            let Some((at, title)) = self.time(heading, &mut day) else { continue };
            let id = id(at, &self.settings.zone);
            if ids.contains(&id) {
                self.diagnostics.push(self.same_time(heading, at));
            }
            ids.insert(id.clone(), ());
            let has = |class: &str| heading.classes.iter().any(|given| given == class);
            entries.push(LiveEntry {
                id,
                at,
                title,
                is_key: has("key"),
                is_pinned: has("pinned"),
                span: Span::new(heading.span.start, end),
                body: Span::new(heading.span.end.min(end), end),
                outline: Outline::default(),
            });
        }
        entries
    }

    /// The time of an entry and the rest of its heading; none with a diagnostic. `day` is that of the entry above it in the file.
    fn time(&mut self, heading: &Heading, day: &mut Option<String>) -> Option<(Timestamp, String)> {
        let example_day = day.clone().or_else(|| self.day.clone()).unwrap_or_else(|| "2026-11-22".to_owned());
        let (written_day, clock, title) = match clock::opening(&heading.words) {
            Opening::None => return None,
            Opening::Time { day, clock, title } => (day, clock, title),
            Opening::Unclear => {
                let guess = fields::guess_instant(&heading.words).filter(|guess| guess.len() > 10);
                let cure = guess.map_or_else(|| format!("{example_day} 14:05"), |guess| guess.replace('T', " "));
                self.diagnostics.push(
                    self.error(
                        Code::BadInstant,
                        heading,
                        "this heading looks like the time of an entry, and is not one",
                    )
                    .label("expected year-month-day, a time and a headline")
                    .help(format!("begin it as in `## {cure} Vote begins`; a subheading within an entry takes `###`")),
                );
                return None;
            }
        };
        let Some(of_entry) = written_day.map(str::to_owned).or_else(|| day.clone()) else {
            self.diagnostics.push(
                self.error(Code::BadInstant, heading, "this entry has no day")
                    .label("no entry above it has one")
                    .help(format!("write `## {example_day} {clock} …`")),
            );
            return None;
        };
        *day = Some(of_entry.clone());
        let nought = if clock.as_bytes().get(1) == Some(&b':') { "0" } else { "" };
        let written = format!("{of_entry}T{nought}{clock}");
        match fields::read_instant("entry", &written, self.settings, (self.path, self.span(heading))) {
            Ok(moment) => Some((moment.at, title.to_owned())),
            Err(diagnostic) => {
                self.diagnostics.push(*diagnostic);
                None
            }
        }
    }

    /// Tells of what looks like an entry to an editor, and is none to the Markdown parser.
    fn misplaced(&mut self, landmarks: &Landmarks, body: Range<usize>) {
        let mut at = body.start;
        for line in self.text[body].split_inclusive('\n') {
            let (start, span) = (at, Span::new(at, at + line.trim_end().len()));
            at += line.len();
            let words = line.trim_start_matches(' ').trim_start_matches('#');
            let hashes = line.trim_start_matches(' ').len() - words.len();
            if !(1..=6).contains(&hashes) || !words.starts_with([' ', '\t']) {
                continue;
            }
            let opening = clock::opening(words.trim());
            let is_in = |span: &Span| {
                (span.start..span.end.max(span.start + 1))
                    .contains(&(start + line.len() - line.trim_start_matches(' ').len()))
            };
            let is_entry = landmarks.headings.iter().any(|heading| is_in(&heading.span) && is_cut(heading));
            let is_suspect =
                if hashes <= 2 { opening != Opening::None } else { matches!(opening, Opening::Time { .. }) };
            if !is_suspect || is_entry || landmarks.quiet.iter().any(|quiet| is_in(quiet) && !self.is_open(*quiet)) {
                continue;
            }
            let diagnostic =
                Diagnostic::error(Code::BadMarkdown, self.path, span, "this looks like an entry, and is none");
            self.diagnostics.push(if hashes > 2 {
                diagnostic
                    .label("a heading within an entry")
                    .help("an entry begins with `##`; let any other heading begin with a word")
            } else {
                diagnostic
                    .label("it stands within something else")
                    .help("put an empty line above it, and end what is open: HTML, code or a comment")
            });
        }
    }

    /// Whether code or a comment is never closed, and so swallows all that follows.
    fn is_open(&self, quiet: Span) -> bool {
        let written = self.text[quiet.start..quiet.end].trim();
        let is_fence = |line: &str| line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        let last = written.lines().skip(1).last();
        (written.starts_with("<!--") && !written.contains("-->")) || (is_fence(written) && !last.is_some_and(is_fence))
    }

    fn same_time(&self, heading: &Heading, at: Timestamp) -> Diagnostic {
        let civil = at.civil(&self.settings.zone);
        self.error(Code::DuplicateId, heading, "two entries stand at one time").label("the second of them").help(format!(
            "give the newer one seconds, such as `{:02}:{:02}:30`: its link is made from its time, and the other keeps its own",
            civil.hour, civil.minute
        ))
    }

    fn error(&self, code: Code, heading: &Heading, message: &str) -> Diagnostic {
        Diagnostic::error(code, self.path, self.span(heading), message)
    }

    /// The words of a heading, without the marks around them and the lines below.
    fn span(&self, heading: &Heading) -> Span {
        let written = &self.text[heading.span.start..heading.span.end];
        let line = written.lines().next().unwrap_or_default().trim_end();
        let words = line.trim_start_matches(['#', ' ', '\t']);
        let start = heading.span.start + line.len() - words.len();
        Span::new(start, start + words.len().max(1))
    }
}

/// The id of an entry at an instant: what the clock on the wall shows, with what tells it from all other instants that show the same.
fn id(at: Timestamp, zone: &Zone) -> String {
    let civil = at.civil(zone);
    let (year, month, day, hour, minute) = (civil.year, civil.month, civil.day, civil.hour, civil.minute);
    let mut id = format!("t{year:04}{month:02}{day:02}-{hour:02}{minute:02}");
    let second = at.as_second().rem_euclid(60);
    if second != 0 {
        let _ = write!(id, "{second:02}");
    }
    if zone.read(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}")).is_err() {
        let utc = at.civil(&Zone::utc());
        let _ = write!(id, "-utc{:02}{:02}", utc.hour, utc.minute);
    }
    id
}

#[cfg(test)]
mod tests;
