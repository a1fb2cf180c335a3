//! The words that say nothing of what a text is about, by language.

use std::sync::OnceLock;

use super::{
    tokens::{Rules, Token, scan},
    word_list::fold,
};

/// The stop words of one language, as hashes of tokens.
#[derive(Debug, Default)]
pub(super) struct StopWords {
    /// An open table of hashes; 0 is free. Its length is a power of two, or 0.
    slots: Vec<u64>,
}

impl StopWords {
    fn of(words: &[&str], rules: Rules) -> Self {
        let none = Self::default();
        let as_they_stand = Rules { cuts_plurals: false, ..rules };
        let mut hashes = Vec::with_capacity(words.len());
        for word in words {
            let mut tokens = Vec::new();
            scan(word, as_they_stand, &none, &mut |_, token, _| tokens.push(token));
            if let [Token::Kept(hash)] = tokens[..] {
                hashes.push(hash);
            }
        }
        let mut stop_words = Self { slots: vec![0; (hashes.len() * 4).next_power_of_two()] };
        for hash in hashes {
            let at = stop_words.slot(hash);
            stop_words.slots[at] = hash;
        }
        stop_words
    }

    /// Where a hash stands, or would stand.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "masked to the length of the table")]
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 && self.slots[at] != hash {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    pub(super) fn holds(&self, hash: u64) -> bool {
        !self.slots.is_empty() && self.slots[self.slot(hash)] == hash
    }
}

/// What is known of languages, each made when the first text in it comes.
#[derive(Debug)]
pub struct Languages {
    known: Vec<(&'static str, OnceLock<StopWords>)>,
    none: StopWords,
}

impl Default for Languages {
    fn default() -> Self {
        let known = stop_words::available_languages().iter().map(|code| (*code, OnceLock::new())).collect();
        Self { known, none: StopWords::default() }
    }
}

impl Languages {
    /// How texts in a language are cut, and its stop words; none are known of a language without a list.
    pub(super) fn of(&self, language: &str) -> (Rules, &StopWords) {
        let code = primary(language);
        let rules = Rules::of(&code);
        let found = self.known.binary_search_by(|(known, _)| (*known).cmp(as_listed(&code)));
        let stop_words = found.map_or(&self.none, |at| {
            let (known, made) = &self.known[at];
            made.get_or_init(|| StopWords::of(stop_words::lookup(known).unwrap_or_default(), rules))
        });
        (rules, stop_words)
    }
}

/// The stop words of a language as search meets them: folded, each once, in order; none are known of a language without a list.
pub fn listed(language: &str) -> Vec<String> {
    let code = primary(language);
    let as_they_stand = Rules { cuts_plurals: false, ..Rules::of(&code) };
    let mut listed = Vec::new();
    for word in stop_words::lookup(as_listed(&code)).unwrap_or_default() {
        scan(word, as_they_stand, &StopWords::default(), &mut |_, _, token| {
            if !token.is_empty() {
                listed.push(fold(&String::from_utf8_lossy(token)));
            }
        });
    }
    listed.sort_unstable();
    listed.dedup();
    listed
}

/// The code under which a language's stop words are listed.
fn as_listed(code: &str) -> &str {
    // Written Norwegian is tagged by which of its two forms it has.
    if matches!(code, "nb" | "nn") { "no" } else { code }
}

/// The first part of a language tag, in lower case: `en` of `en-GB`.
pub fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase()
}
