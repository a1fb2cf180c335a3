//! Text with a place, and the folding by which texts are compared.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A byte range in a source file. Lines and columns are worked out when a diagnostic is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` to before `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The same range, `offset` bytes later: a span in a slice becomes a span in its file.
    #[must_use]
    pub fn shifted(self, offset: usize) -> Self {
        Self { start: self.start + offset, end: self.end + offset }
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

/// Something that an editor named (a story, an author, a tag, a file), as written, with its place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The words as written, trimmed.
    pub text: String,
    /// Where they stand in the source file.
    pub span: Span,
}

/// One line of inline Markdown, as written; `render` turns it into HTML.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Inline(pub String);

/// Folds a headline so that two spellings of it compare equal: NFC, lower case, one kind of quote and dash, single spaces.
pub fn fold_headline(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let take = |character: char| match character {
        '‘' | '’' | '‚' | '‛' | '′' | '`' => folded.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => folded.push('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => folded.push('-'),
        '…' => folded.push_str("..."),
        space if space.is_whitespace() => {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        other => folded.extend(other.to_lowercase()),
    };
    // Nearly all headlines: nothing in them has another form.
    if text.is_ascii() {
        text.chars().for_each(take);
    } else {
        text.nfc().for_each(take);
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The candidate most like `word`, if one is near enough to be meant: for "did you mean".
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1.max(candidate.chars().count().min(word.chars().count()) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_fold_to_what_an_editor_means() {
        let check = |written: &str, folded: &str| assert_eq!(fold_headline(written), folded, "{written}");
        check("  The  mayor’s “plan” — again ", "the mayor's \"plan\" - again");
        check("Cafe\u{301} culture", "café culture");
        check("Wait…", "wait...");
    }

    #[test]
    fn the_nearest_word_is_offered_only_if_near() {
        let fields = ["embargo", "expires", "title"];
        assert_eq!(nearest("embrago", fields), Some("embargo"));
        assert_eq!(nearest("Titel", fields), Some("title"));
        assert_eq!(nearest("colour", fields), None);
    }
}
