//! The words of a text as search asks for them: each once, folded, with how much it counts.
//!
//! A list is made while the text goes by for [`Terms`](super::Terms), from the same tokens, so that no text is cut twice for it. It is bytes from the beginning:
//! lists lie on the shelf between `parse` and `render`, and are read where they lie.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The bits of a byte of a number that are the number's.
const SEVEN: u32 = 0x7f;

/// The words of a text, in the order in which they were met.
#[derive(Debug, Clone, Copy)]
pub struct WordList<'a>(&'a [u8]);

impl<'a> WordList<'a> {
    /// A list that was kept as bytes.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many words the text has, stop words and repetitions included.
    pub fn len_of_text(self) -> u32 {
        take_number(&mut { self.0 }).unwrap_or_default()
    }

    /// Every word, with what it counts in tenths.
    pub fn iter(self) -> impl Iterator<Item = (&'a [u8], u32)> {
        let mut rest = self.0;
        let _ = take_number(&mut rest);
        std::iter::from_fn(move || {
            let (len, more) = rest.split_first()?;
            let (word, more) = more.split_at_checked(usize::from(*len))?;
            rest = more;
            Some((word, take_number(&mut rest)?))
        })
    }
}

/// Writes a list; what is written last is what a text has in all.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// Each new word behind its length, in the order of their terms.
    words: Vec<u8>,
}

impl Writer {
    pub(super) fn clear(&mut self) {
        self.words.clear();
    }

    /// Adds a word that was not met before.
    #[inline]
    pub(super) fn push(&mut self, word: &[u8]) {
        let len = u8::try_from(word.len()).expect("a token has fewer bytes than that");
        if word.is_ascii() {
            self.words.push(len);
            self.words.extend_from_slice(word);
        } else {
            let folded = fold(&String::from_utf8_lossy(word));
            let folded = folded.as_bytes();
            self.words.push(u8::try_from(folded.len()).unwrap_or(u8::MAX));
            self.words.extend_from_slice(&folded[..folded.len().min(usize::from(u8::MAX))]);
        }
    }

    /// The list of a text with `len_of_text` words, given what each counts.
    pub(super) fn finish(&self, len_of_text: u32, mut tenths: impl Iterator<Item = u32>) -> Vec<u8> {
        let mut list = Vec::with_capacity(self.words.len() * 5 / 4 + 8);
        push_number(&mut list, len_of_text);
        let mut rest = self.words.as_slice();
        while let Some((len, _)) = rest.split_first() {
            let (entry, more) = rest.split_at(usize::from(*len) + 1);
            list.extend_from_slice(entry);
            push_number(&mut list, tenths.next().unwrap_or_default());
            rest = more;
        }
        list
    }
}

/// A word without the accents of its letters: `élysée` is `elysee`. Signs that are letters of their own in their script stay.
pub fn fold(word: &str) -> String {
    if word.chars().any(|letter| letter >= 'À') {
        let is_accent = |letter: &char| ('\u{300}'..='\u{36f}').contains(letter) && is_combining_mark(*letter);
        word.nfkd().filter(|letter| !is_accent(letter)).nfc().collect()
    } else {
        word.to_owned()
    }
}

/// Writes a number with seven bits a byte, the lowest first.
pub fn push_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number > SEVEN {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Reads a number from the beginning of `bytes`, and takes it off them; none if it has no end.
pub fn take_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in (0..u32::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= (u32::from(*byte) & SEVEN) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::terms::{Languages, Plain, Workbench, all_words};

    /// `tests/web/lib/checks/search-rules.mjs` has the same list for the script that asks: what one side cuts otherwise is never found.
    #[test]
    fn texts_are_cut_as_queries_are() {
        let check = |language: &str, text: &str, words: &[&str]| {
            let mut found = Vec::new();
            all_words(text, (&Languages::default(), language), |word| found.push(word.to_owned()));
            assert_eq!(found, words, "{text}");
        };
        check("en-GB", "Élysée’s 3,200 homes", &["elysee", "3200", "home"]);
        check(
            "en",
            "The councillors’ policies, a boss and a virus",
            &["the", "councillor", "policy", "boss", "and", "virus"],
        );
        check("en", "off-shore x wind", &["off", "shore", "wind"]);
        check("fr", "l’eau des élus", &["eau", "des", "elus"]);
        check("en", "don't rock-'n'-roll", &["dont", "rock", "roll"]);
        check("ja", "国会議事堂 Tokyo", &["国会", "会議", "議事", "事堂", "tokyo"]);
        check("ja", "水", &[]);
        check("th", "กำแพง", &["ก\u{e4d}\u{e32}", "\u{e4d}\u{e32}แ", "แพ", "พง"]);
        check("de", "Straße ÜBER", &["straße", "uber"]);
    }

    #[test]
    fn a_list_has_each_word_once_with_all_that_it_counts() {
        let mut plain = Plain::default();
        plain.push("A vote on turbines: the turbine vote.", Some(0));
        let mut bench = Workbench::default();
        bench.terms(Some("Turbines"), &plain, 0, (&Languages::default(), "en"));
        let bytes = bench.word_list();
        let list = WordList::of(&bytes);
        let words: Vec<(String, u32)> =
            list.iter().map(|(word, tenths)| (String::from_utf8_lossy(word).into_owned(), tenths)).collect();
        assert_eq!(words, [("turbine".to_owned(), 70), ("vote".to_owned(), 30)]);
        assert_eq!(list.len_of_text(), 8);
    }
}
