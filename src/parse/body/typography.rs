//! Quotation marks, apostrophes, dashes and dots as the language prints them.
//!
//! The Markdown parser's own smart punctuation knows English only. Ours works on its text, so that code, URLs and what was escaped with `\` or written as an
//! entity stay as they are. Marks that an author set by hand are never changed.

use std::ops::Range;

/// The marks of a language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marks {
    outer: [&'static str; 2],
    inner: [&'static str; 2],
    /// Whether narrow spaces stand before `;`, `!`, `?` and inside guillemets, and a no-break space before `:`.
    is_spaced: bool,
}

const fn marks(outer: [&'static str; 2], inner: [&'static str; 2]) -> Marks {
    Marks { outer, inner, is_spaced: false }
}

const ENGLISH: Marks = marks(["“", "”"], ["‘", "’"]);
const GERMAN: Marks = marks(["„", "“"], ["‚", "‘"]);
const POLISH: Marks = marks(["„", "”"], ["‚", "’"]);
const NORDIC: Marks = marks(["”", "”"], ["’", "’"]);
const GUILLEMETS: Marks = marks(["«", "»"], ["“", "”"]);
const RUSSIAN: Marks = marks(["«", "»"], ["„", "“"]);
const FRENCH: Marks = Marks { outer: ["«\u{202f}", "\u{202f}»"], inner: ["“", "”"], is_spaced: true };

/// Languages by their subtag, or by subtag and region where a region differs. English where nothing is said.
const LANGUAGES: &[(&str, &Marks)] = &[
    ("de-ch", &marks(["«", "»"], ["‹", "›"])),
    ("de-li", &marks(["«", "»"], ["‹", "›"])),
    ("fr-ch", &Marks { outer: ["«\u{202f}", "\u{202f}»"], inner: ["‹\u{202f}", "\u{202f}›"], is_spaced: true }),
    ("it-ch", &marks(["«", "»"], ["‹", "›"])),
    ("pt-pt", &GUILLEMETS),
    ("ar", &GUILLEMETS),
    ("be", &RUSSIAN),
    ("bg", &GERMAN),
    ("ca", &GUILLEMETS),
    ("cs", &GERMAN),
    ("da", &ENGLISH),
    ("de", &GERMAN),
    ("el", &GUILLEMETS),
    ("et", &GERMAN),
    ("fa", &marks(["«", "»"], ["‹", "›"])),
    ("fi", &NORDIC),
    ("fr", &FRENCH),
    ("hr", &POLISH),
    ("hu", &marks(["„", "”"], ["»", "«"])),
    ("is", &GERMAN),
    ("lt", &GERMAN),
    ("nb", &marks(["«", "»"], ["‘", "’"])),
    ("nn", &marks(["«", "»"], ["‘", "’"])),
    ("no", &marks(["«", "»"], ["‘", "’"])),
    ("pl", &POLISH),
    ("ro", &marks(["„", "”"], ["«", "»"])),
    ("ru", &RUSSIAN),
    ("sk", &GERMAN),
    ("sl", &GERMAN),
    ("sr", &POLISH),
    ("sv", &NORDIC),
    ("uk", &RUSSIAN),
];

/// The marks of a language, given as in BCP 47.
pub(super) fn of(language: &str) -> &'static Marks {
    let find = |tag: &str| LANGUAGES.iter().find(|(name, _)| name.eq_ignore_ascii_case(tag)).map(|(_, marks)| *marks);
    find(language).or_else(|| find(language.split(['-', '_']).next().unwrap_or_default())).unwrap_or(&ENGLISH)
}

/// Words that lose their beginning in English, and so begin with an apostrophe.
const ELISIONS: &[&str] = &["tis", "twas", "em", "cause", "til", "n", "bout", "round", "cos", "nuff"];

/// How far the end of a quotation in single marks is looked for, in bytes: so that stray apostrophes cost linear time.
const LOOK_AHEAD: usize = 400;

/// Sets the marks of one block after another.
#[derive(Debug)]
pub(super) struct Typesetter {
    marks: &'static Marks,
    /// The last character seen in this block.
    last: Option<char>,
    is_quoting: bool,
    is_quoting_inside: bool,
    set: String,
}

impl Typesetter {
    pub(super) fn new(marks: &'static Marks) -> Self {
        Self { marks, last: None, is_quoting: false, is_quoting_inside: false, set: String::new() }
    }

    /// Ends a block: quotations do not run on into the next.
    pub(super) fn end_block(&mut self) {
        (self.last, self.is_quoting, self.is_quoting_inside) = (None, false, false);
    }

    /// Takes note of text that is not set, such as code or a break: its last character decides about the next mark.
    pub(super) fn pass(&mut self, last: char) {
        self.last = Some(last);
    }

    /// Sets the text at `range` of `source`; its first character is left as it is if a backslash stands before it.
    pub(super) fn set<'s>(&'s mut self, source: &'s str, range: Range<usize>) -> &'s str {
        let text = &source[range.clone()];
        let bytes = text.as_bytes();
        if !self.marks.is_spaced && is_plain(bytes) {
            self.last = text.chars().next_back().or(self.last);
            return text;
        }
        let maybe = if self.marks.is_spaced { &MAYBE_SPACED } else { &MAYBE };
        self.set.clear();
        let mut written = 0;
        let mut at = 0;
        if source[..range.start].ends_with('\\') {
            at = text.chars().next().map_or(0, char::len_utf8);
        }
        while at < bytes.len() {
            if !maybe[usize::from(bytes[at])] {
                at += 1;
                continue;
            }
            let before = text[..at].chars().next_back().or(self.last);
            let Some((mark, len)) = self.mark(before, &source[range.start + at..], bytes.len() - at) else {
                at += if matches!(bytes[at], b'.' | b'-') { run(&bytes[at..]) } else { 1 };
                continue;
            };
            self.set.push_str(&text[written..at]);
            self.set.push_str(mark);
            at += len;
            written = at;
        }
        self.last = text.chars().next_back().or(self.last);
        if written == 0 {
            return text;
        }
        self.set.push_str(&text[written..]);
        &self.set
    }

    /// What is printed where `rest` begins, and instead of how many bytes; `len` bytes of it are this text's.
    fn mark(&mut self, before: Option<char>, rest: &str, len: usize) -> Option<(&'static str, usize)> {
        let bytes = rest.as_bytes();
        match bytes[0] {
            b'.' if run(&bytes[..len]) == 3 => Some(("…", 3)),
            b'-' => match run(&bytes[..len]) {
                2 => Some(("–", 2)),
                3 => Some(("—", 3)),
                _ => None,
            },
            b'"' => self.double(before, next(&rest[1..])).map(|mark| (mark, 1)),
            b'\'' => self.single(before, next(&rest[1..]), &rest[1..]).map(|mark| (mark, 1)),
            b' ' if self.marks.is_spaced => {
                if before == Some('«') {
                    return Some(("\u{202f}", 1));
                }
                match rest[1..].chars().next()? {
                    ';' | '!' | '?' | '»' => Some(("\u{202f}", 1)),
                    ':' if next(&rest[2..]).is_none_or(char::is_whitespace) => Some(("\u{a0}", 1)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn double(&mut self, before: Option<char>, after: Option<char>) -> Option<&'static str> {
        let opens = match sides(before, after) {
            (true, true) => !before.is_some_and(char::is_alphanumeric) && (is_opener(before) || !self.is_quoting),
            (false, true) if !self.is_quoting && before.is_some_and(|before| before.is_ascii_digit()) => return None,
            (false, false) => return None,
            (opens, _) => opens,
        };
        self.is_quoting = opens;
        Some(self.marks.outer[usize::from(!opens)])
    }

    fn single(&mut self, before: Option<char>, after: Option<char>, rest: &str) -> Option<&'static str> {
        const APOSTROPHE: Option<&str> = Some("’");
        let is_letter = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
        if is_letter(before) && is_letter(after) {
            return APOSTROPHE;
        }
        let (opens, closes) = sides(before, after);
        if opens && (!closes || is_opener(before)) {
            if after.is_some_and(|after| after.is_ascii_digit()) || is_elision(rest) || !is_closed(rest) {
                return APOSTROPHE;
            }
            self.is_quoting_inside = true;
            return Some(self.marks.inner[0]);
        }
        if closes && self.is_quoting_inside {
            self.is_quoting_inside = false;
            return Some(self.marks.inner[1]);
        }
        // 5' is a measure, and a lone mark between spaces says nothing.
        if !closes || before.is_some_and(|before| before.is_ascii_digit()) { None } else { APOSTROPHE }
    }
}

/// Whether a mark between these two characters may open, and whether it may close a quotation: as `CommonMark` tells the sides of `*`.
fn sides(before: Option<char>, after: Option<char>) -> (bool, bool) {
    let is_space = |side: Option<char>| side.is_none_or(char::is_whitespace);
    let is_mark = |side: Option<char>| side.is_some_and(|side| !side.is_alphanumeric() && !side.is_whitespace());
    let opens = !is_space(after) && (!is_mark(after) || is_space(before) || is_mark(before));
    let closes = !is_space(before) && (!is_mark(before) || is_space(after) || is_mark(after));
    (opens, closes)
}

fn is_opener(side: Option<char>) -> bool {
    side.is_some_and(|side| "([{«„“‚‘‹–—\"'¿¡".contains(side))
}

/// The next character that is printed: marks of emphasis are passed over.
fn next(rest: &str) -> Option<char> {
    rest.chars().take(6).find(|character| !matches!(character, '*' | '_' | '~'))
}

fn is_elision(rest: &str) -> bool {
    let end = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len().min(16));
    rest.get(..end).is_some_and(|word| ELISIONS.iter().any(|elision| elision.eq_ignore_ascii_case(word)))
}

/// Whether a single mark that can close a quotation stands further on in the paragraph.
fn is_closed(rest: &str) -> bool {
    let mut end = rest.len().min(LOOK_AHEAD);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let near = rest[..end].split("\n\n").next().unwrap_or_default();
    near.match_indices('\'').any(|(at, _)| {
        let is_letter = near[at + 1..].chars().next().is_some_and(char::is_alphanumeric);
        near[..at].chars().next_back().is_some_and(|before| !before.is_whitespace()) && !is_letter
    })
}

/// Whether text holds nothing to be set: most does, and the compiler looks at many bytes of this loop at a time, as it never stops early.
fn is_plain(bytes: &[u8]) -> bool {
    let Some((last, rest)) = bytes.split_last() else { return true };
    let is_quote = |byte: u8| u8::from(byte == b'"') | u8::from(byte == b'\'');
    let found = rest.iter().zip(&bytes[1..]).fold(is_quote(*last), |found, (byte, next)| {
        let is_run = u8::from(byte == next) & (u8::from(*byte == b'-') | u8::from(*byte == b'.'));
        found | is_quote(*byte) | is_run
    });
    found == 0
}

/// How many equal bytes stand at the beginning.
fn run(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| **byte == bytes[0]).count()
}

/// The bytes with which a mark may begin; where spaces are set too, also a space.
const MAYBE: [bool; 256] = beginnings(b"\"'-.");
const MAYBE_SPACED: [bool; 256] = beginnings(b"\"'-. ");

const fn beginnings(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_those_of_the_language() {
        let check = |language: &str, written: &str, set: &str| {
            assert_eq!(Typesetter::new(of(language)).set(written, 0..written.len()), set, "{language}");
        };
        let said = r#"He said "it's 'odd', isn't it?" -- and left..."#;
        check("en", said, "He said “it’s ‘odd’, isn’t it?” – and left…");
        check("en-GB", said, "He said “it’s ‘odd’, isn’t it?” – and left…");
        check("de", said, "He said „it’s ‚odd‘, isn’t it?“ – and left…");
        check("de-CH", said, "He said «it’s ‹odd›, isn’t it?» – and left…");
        check("sv", said, "He said ”it’s ’odd’, isn’t it?” – and left…");
        check("pl", said, "He said „it’s ‚odd’, isn’t it?” – and left…");
        check(
            "fr",
            "\"L'été\" : quoi ? « Oui » ! 12:30",
            "«\u{202f}L’été\u{202f}»\u{a0}: quoi\u{202f}? «\u{202f}Oui\u{202f}»\u{202f}! 12:30",
        );
        check("en", "the '90s, 'tis, rock 'n' roll, the 1990s' end", "the ’90s, ’tis, rock ’n’ roll, the 1990s’ end");
        check("en", "6\" by 4' --- \"('x')\"", "6\" by 4' — “(‘x’)”");
        check("en", "\"'Yes,' he said,\" she said", "“‘Yes,’ he said,” she said");
        check("en", "“set by hand” ----", "“set by hand” ----");
        check("en", "", "");
    }

    #[test]
    fn what_was_escaped_stays() {
        let source = r#"\"x\" y"#;
        let mut typesetter = Typesetter::new(of("en"));
        assert_eq!(typesetter.set(source, 1..3), "\"x");
        assert_eq!(typesetter.set(source, 4..7), "\" y");
    }
}
