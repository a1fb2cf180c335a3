//! What a body says, without markup: its opening sentences, how many words it has, and for the index its text.

use crate::parse::terms::Plain;

/// The most characters of an opening.
const OPENING_CHARACTERS: usize = 200;

/// The fewest characters of an opening that ends with its sentence; a shorter one is filled with words of the next.
const SENTENCE_CHARACTERS: usize = 80;

/// The bytes after which no more is gathered: 200 characters of any script, and a sentence's end.
const GATHERED_BYTES: usize = 4 * OPENING_CHARACTERS + 64;

/// Gathers the opening and counts words, while the text goes by.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The text of paragraphs that stand by themselves.
    opening: Gathered,
    /// All other text, for a body without such a paragraph.
    other: Gathered,
    words: usize,
    /// Characters of scripts that put no spaces between words.
    unspaced: usize,
    is_in_word: bool,
    /// The whole text, code aside.
    pub(super) plain: Plain,
}

/// Which text goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// A paragraph of the story itself.
    Story,
    /// An item, a quotation, a note, a directive.
    Other,
    /// Nothing of an opening: a heading.
    Heading,
}

impl Reader {
    /// Takes a run of text, as it was written and as it is set. `source` is where it stands in its file, if it stands there letter for letter.
    pub(super) fn text(&mut self, written: &str, set: &str, voice: Voice, source: Option<usize>) {
        self.read(written, set, voice);
        self.plain.push(written, source);
    }

    /// Takes a run of code: words to a reader, but none of the story's.
    pub(super) fn code(&mut self, code: &str, voice: Voice) {
        self.read(code, code, voice);
        self.plain.gap();
    }

    fn read(&mut self, written: &str, set: &str, voice: Voice) {
        match voice {
            Voice::Story => self.opening.push(set),
            Voice::Other => self.other.push(set),
            Voice::Heading => {}
        }
        self.count(written);
    }

    /// Takes the end of a block, over which words do not run on.
    pub(super) fn gap(&mut self) {
        self.space();
        self.plain.gap();
    }

    /// Takes the end of a line within a block.
    pub(super) fn line_end(&mut self) {
        self.space();
        self.plain.push(" ", None);
    }

    fn space(&mut self) {
        self.is_in_word = false;
        self.opening.gap();
        self.other.gap();
    }

    fn count(&mut self, text: &str) {
        if !text.is_ascii() {
            return text.chars().for_each(|character| self.count_character(character));
        }
        let bytes = text.as_bytes();
        if let Some(words) = count_plain_words(bytes, self.is_in_word) {
            self.words += words;
            self.is_in_word = bytes.last().map_or(self.is_in_word, |last| !is_space(*last));
            return;
        }
        for byte in bytes {
            let begins = byte.is_ascii_alphanumeric();
            self.words += usize::from(begins && !self.is_in_word);
            self.is_in_word = begins || (self.is_in_word && !is_space(*byte));
        }
    }

    fn count_character(&mut self, character: char) {
        if matches!(character, ' ' | '\u{2013}'..='\u{2015}' | '…') {
            self.is_in_word = false;
        } else if matches!(character, '\u{2010}'..='\u{206f}') {
            // The commonest marks, for speed.
        } else if is_unspaced(character) {
            self.unspaced += 1;
            self.is_in_word = false;
        } else if character.is_alphanumeric() {
            self.words += usize::from(!self.is_in_word);
            self.is_in_word = true;
        } else if character.is_whitespace() {
            self.is_in_word = false;
        }
    }

    /// How many words went by; of scripts without spaces, half the characters.
    pub(super) fn words(&self) -> usize {
        self.words + self.unspaced.div_ceil(2)
    }

    /// The first sentences, at most 200 characters.
    pub(super) fn opening(&self) -> String {
        let opening = self.opening.words();
        cut(if opening.is_empty() { self.other.words() } else { opening })
    }
}

/// The number of words that begin in ASCII text, if all that follows a space is a letter, a digit or a space: most text, which the compiler counts many bytes at a
/// time.
fn count_plain_words(bytes: &[u8], is_in_word: bool) -> Option<usize> {
    let first = *bytes.first()?;
    if !is_in_word && !first.is_ascii_alphanumeric() && !is_space(first) {
        return None;
    }
    let mut words = 0;
    for (before, here) in bytes.chunks(128).zip(bytes[1..].chunks(128)) {
        // A chunk begins at most 64 words, so that a byte counts them.
        let (mut in_chunk, mut marks) = (0_u8, 0_u8);
        for (before, byte) in before.iter().zip(here) {
            let is_letter = u8::from((byte | 0x20).wrapping_sub(b'a') < 26) | u8::from(byte.wrapping_sub(b'0') < 10);
            let begins = u8::from(is_space(*before)) & u8::from(!is_space(*byte));
            in_chunk += begins & is_letter;
            marks |= begins & (is_letter ^ 1);
        }
        if marks != 0 {
            return None;
        }
        words += usize::from(in_chunk);
    }
    Some(words + usize::from(!is_in_word && first.is_ascii_alphanumeric()))
}

fn is_space(byte: u8) -> bool {
    byte <= b' '
}

/// Text up to a limit.
#[derive(Debug, Default)]
struct Gathered {
    text: String,
}

impl Gathered {
    fn push(&mut self, text: &str) {
        let mut end = text.len().min(GATHERED_BYTES.saturating_sub(self.text.len()));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.push_str(&text[..end]);
    }

    fn gap(&mut self) {
        if !self.text.is_empty() && self.text.len() < GATHERED_BYTES {
            self.text.push(' ');
        }
    }

    /// The text with single spaces.
    fn words(&self) -> String {
        let mut words = String::with_capacity(self.text.len());
        for word in self.text.split(|character: char| character == ' ' || character.is_control()) {
            if !word.is_empty() {
                if !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(word);
            }
        }
        words
    }
}

/// Cuts a text to 200 characters: behind a sentence if it is not too short, else behind a word, with `…`.
fn cut(text: String) -> String {
    let Some((limit, _)) = text.char_indices().nth(OPENING_CHARACTERS) else { return text };
    if let Some(end) = last_sentence_end(&text, limit)
        && text[..end].chars().count() >= SENTENCE_CHARACTERS
    {
        return text[..end].to_owned();
    }
    let room = &text[..text[..limit].char_indices().next_back().map_or(0, |(at, _)| at)];
    // A text without spaces, as in Japanese, is cut between characters.
    let end = room.rfind(' ').filter(|end| *end > room.len() / 2).unwrap_or(room.len());
    format!("{}…", room[..end].trim_end_matches(|last: char| last.is_whitespace() || ",;:–—-".contains(last)))
}

/// The end of the last whole sentence before `limit`.
fn last_sentence_end(text: &str, limit: usize) -> Option<usize> {
    let is_mark = |mark: char| matches!(mark, '.' | '!' | '?' | '…' | '。' | '！' | '？');
    let mut ends = text[..limit].char_indices().rev().filter(|(_, character)| is_mark(*character));
    ends.find_map(|(at, mark)| {
        let after = &text[at + mark.len_utf8()..];
        let closed = after.trim_start_matches(['"', '\'', '”', '’', '»', '“', ')', ']', '」', '』', '\u{202f}']);
        let end = text.len() - closed.len();
        let is_end = "。！？".contains(mark)
            || (closed.starts_with(' ')
                && closed.trim_start().starts_with(|next: char| !next.is_lowercase())
                && !(mark == '.' && is_abbreviation(&text[..at])));
        (is_end && end <= limit).then_some(end)
    })
}

/// Whether the full stop behind this text is rather that of `Mr`, `U.S` or `St`: a short capitalised word, or one with a point in it.
fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    word.contains('.') || (word.chars().count() <= 3 && word.starts_with(char::is_uppercase))
}

/// Whether a character belongs to a script that puts no spaces between words.
fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_any_script() {
        let check = |text: &str, words: usize| {
            let mut reader = Reader::default();
            reader.text(text, text, Voice::Story, None);
            assert_eq!(reader.words(), words, "{text}");
        };
        check("The mayor’s plan — again", 4);
        check("well-known  and/or\n2026", 3);
        check("Выборы в 2026 году", 4);
        check("東京の天気", 3);
        check("정부는 오늘", 2);
        check("… — !", 0);
    }

    #[test]
    fn an_opening_ends_with_a_sentence_or_a_word() {
        let check = |text: &str, opening: &str| assert_eq!(cut(text.to_owned()), opening);
        check("Short.", "Short.");
        let sentence = "The council voted on Tuesday to close three of the city’s nine libraries, against the advice of its own report.";
        check(&format!("{sentence} {sentence}"), sentence);
        let long = format!("Mr. Smith of the U.S. Navy said {}", "that it was so ".repeat(20));
        let opening = cut(long);
        assert!(opening.starts_with("Mr. Smith of the U.S. Navy said") && opening.ends_with('…'), "{opening}");
        assert!(opening.chars().count() <= OPENING_CHARACTERS);
        assert!(cut("東".repeat(300)).chars().count() == OPENING_CHARACTERS);
    }
}
