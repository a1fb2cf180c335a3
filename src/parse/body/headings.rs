//! The ids of headings: stable, readable in any script, unique in the body.

use crate::model::Lookup;

/// Ids that belong to others: footnotes, and the theme.
const TAKEN: &[&str] = &["fn-", "fnref-", "lp-"];

/// Whether an id is of the form that entries of live coverage have: `t20261122-1405`, and what begins so.
fn is_of_entry(id: &str) -> bool {
    let bytes = id.as_bytes();
    bytes.len() > 9
        && bytes[0].eq_ignore_ascii_case(&b't')
        && bytes[1..9].iter().all(u8::is_ascii_digit)
        && bytes[9] == b'-'
}

/// The most bytes of an id before its number.
const MAX_BYTES: usize = 200;

/// The ids given so far.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// Each id, with the last number that was tried behind it: so that 20,000 equal headings take linear time.
    given: Lookup<String, u32>,
}

impl Ids {
    /// The id of a heading with these words: lower case, letters and digits of any script joined by `-`, a number behind it if it is taken.
    pub(super) fn give(&mut self, words: &str) -> String {
        self.make_unique(fold(words))
    }

    /// The id that an author gave, in its letter case, without what an id may not hold.
    pub(super) fn give_explicit(&mut self, id: &str) -> String {
        let is_good = |character: &char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.');
        self.make_unique(id.chars().filter(is_good).take(MAX_BYTES / 4).collect())
    }

    fn make_unique(&mut self, mut base: String) -> String {
        if base.is_empty() {
            base.push('s');
        }
        let is_taken = |prefix: &&str| base.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if TAKEN.iter().any(is_taken) || is_of_entry(&base) {
            base.insert_str(0, "h-");
        }
        if !self.given.contains(&base) {
            self.given.insert(base.clone(), 1);
            return base;
        }
        let mut number = *self.given.entry(base.clone());
        let id = loop {
            number += 1;
            let id = format!("{base}-{number}");
            if !self.given.contains(&id) {
                break id;
            }
        };
        self.given.insert(base, number);
        self.given.insert(id.clone(), 1);
        id
    }
}

fn fold(words: &str) -> String {
    let mut folded = String::with_capacity(words.len());
    let mut gap = false;
    for character in words.chars() {
        if character.is_alphanumeric() || unicode_normalization::char::is_combining_mark(character) {
            if gap && !folded.is_empty() {
                folded.push('-');
            }
            gap = false;
            folded.extend(character.to_lowercase());
            if folded.len() >= MAX_BYTES {
                break;
            }
        } else if character.is_whitespace() || matches!(character, '-' | '–' | '—' | '_' | '/' | ':') {
            gap = true;
        }
    }
    folded
}

/// The classes that an author may give: names of ASCII letters, digits, `-` and `_`.
pub(super) fn is_class(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_letters_and_are_unique() {
        let mut ids = Ids::default();
        let mut check = |words: &str, id: &str| assert_eq!(ids.give(words), id, "{words}");
        check("The vote: what now?", "the-vote-what-now");
        check("The vote - what now", "the-vote-what-now-2");
        check("The vote: what now? 2", "the-vote-what-now-2-2");
        check("Élysée’s plan", "élysées-plan");
        check("Выборы 2026", "выборы-2026");
        check("東京の天気", "東京の天気");
        check("!!!", "s");
        check("fn 1", "h-fn-1");
        check("LP main", "h-lp-main");
        check("T20261122 1405", "h-t20261122-1405");
        let mut check = |id: &str, given: &str| assert_eq!(ids.give_explicit(id), given, "{id}");
        check("x-Y_1.2", "x-Y_1.2");
        check("x-Y_1.2", "x-Y_1.2-2");
        check("a\"><b", "ab");
        check("Fn-1", "h-Fn-1");
    }

    #[test]
    fn many_equal_headings_take_linear_time() {
        let mut ids = Ids::default();
        let last = (0..20_000).map(|_| ids.give("Vote")).last();
        assert_eq!(last.as_deref(), Some("vote-20000"));
    }
}
