//! Footnotes: numbered by their first reference, gathered at the end, with the ways back.

use super::{
    Piece,
    out::{Content, Out},
};
use crate::model::{Lookup, Span};

/// The footnotes of a body.
#[derive(Debug, Default)]
pub(super) struct Footnotes {
    /// The place in `notes` of each label, in lower case.
    places: Lookup<String, usize>,
    notes: Vec<Note>,
    /// The last number given.
    numbered: usize,
}

#[derive(Debug, Default)]
struct Note {
    number: usize,
    references: usize,
    definition: Option<(Vec<Piece>, Span)>,
}

/// What a definition is to those before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Definition {
    First,
    /// The label has one already; both are shown.
    Again,
}

impl Footnotes {
    fn place(&mut self, label: &str) -> usize {
        let label = label.to_lowercase();
        if let Some(place) = self.places.get(&label) {
            return *place;
        }
        self.notes.push(Note::default());
        self.places.insert(label, self.notes.len() - 1);
        self.notes.len() - 1
    }

    /// Counts a reference. Returns the note's number, and how many references it now has.
    pub(super) fn refer(&mut self, label: &str) -> (usize, usize) {
        let place = self.place(label);
        let note = &mut self.notes[place];
        if note.number == 0 {
            self.numbered += 1;
            note.number = self.numbered;
        }
        note.references += 1;
        (note.number, note.references)
    }

    /// Keeps a definition until the end.
    pub(super) fn define(&mut self, label: &str, pieces: Vec<Piece>, span: Span) -> Definition {
        let place = self.place(label);
        match &mut self.notes[place].definition {
            Some((earlier, _)) => {
                earlier.extend(pieces);
                Definition::Again
            }
            open => {
                *open = Some((pieces, span));
                Definition::First
            }
        }
    }

    /// Writes all notes, and returns the places of those that nothing refers to: they stand last.
    pub(super) fn write(mut self, out: &mut Out) -> Vec<Span> {
        if self.notes.is_empty() {
            return Vec::new();
        }
        let mut lonely = Vec::new();
        for note in &mut self.notes {
            if note.number == 0 {
                self.numbered += 1;
                note.number = self.numbered;
                lonely.extend(note.definition.as_ref().map(|(_, span)| *span));
            }
        }
        self.notes.sort_by_key(|note| note.number);
        out.begin_block();
        out.raw("<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"");
        out.hole(|| Piece::Word("footnotes".into()));
        out.raw("\">\n<ol>\n");
        for note in self.notes {
            note.write(out);
        }
        out.raw("</ol>\n</section>\n");
        lonely
    }
}

impl Note {
    /// The ways back stand in the last paragraph, or, if the note ends otherwise, in one of their own.
    fn write(self, out: &mut Out) {
        out.raw("<li id=\"");
        out.prefix();
        out.raw("fn-");
        out.number(self.number);
        out.raw("\">");
        let mut pieces = self.definition.map_or_else(Vec::new, |(pieces, _)| pieces);
        let ends_in_paragraph = match pieces.last_mut() {
            Some(Piece::Html(html)) if html.ends_with("</p>\n") => {
                html.truncate(html.len() - "</p>\n".len());
                true
            }
            _ => false,
        };
        out.append(pieces);
        if self.references > 0 {
            if !ends_in_paragraph {
                out.raw("<p>");
            }
            for reference in 1..=self.references {
                write_way_back(out, self.number, reference);
            }
            out.raw("</p>\n");
        } else if ends_in_paragraph {
            out.raw("</p>\n");
        }
        out.raw("</li>\n");
    }
}

fn write_way_back(out: &mut Out, number: usize, reference: usize) {
    out.raw(" <a href=\"#");
    write_reference_id(out, number, reference);
    out.raw("\" class=\"footnote-back\" role=\"doc-backlink\" aria-label=\"");
    out.hole(|| Piece::Word("footnote-back".into()));
    if reference > 1 {
        out.raw(" ");
        out.number(reference);
    }
    out.raw("\">\u{21a9}\u{fe0e}");
    if reference > 1 {
        out.raw("<sup>");
        out.number(reference);
        out.raw("</sup>");
    }
    out.raw("</a>");
}

/// Writes a reference; inside a link, which may hold no other, it is a number with an id.
pub(super) fn write_reference(out: &mut Out, number: usize, reference: usize) {
    out.begin_phrasing();
    let tag =
        if out.is_in_link() { "<sup class=\"footnote-ref\" id=\"" } else { "<sup class=\"footnote-ref\"><a id=\"" };
    out.raw(tag);
    write_reference_id(out, number, reference);
    if out.is_in_link() {
        out.raw("\">");
        out.number(number);
    } else {
        out.raw("\" href=\"#");
        out.prefix();
        out.raw("fn-");
        out.number(number);
        out.raw("\" role=\"doc-noteref\">");
        out.number(number);
        out.raw("</a>");
    }
    out.raw("</sup>");
    debug_assert_ne!(out.content(), Content::Parts, "room was made for text");
}

fn write_reference_id(out: &mut Out, number: usize, reference: usize) {
    out.prefix();
    out.raw("fnref-");
    out.number(number);
    if reference > 1 {
        out.raw("-");
        out.number(reference);
    }
}
