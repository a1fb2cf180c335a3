//! The last part of a permalink.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Names that some file systems or hosts refuse, in any letter case.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "index",
];

/// The most bytes of a slug; with room left for a file ending within the 255 bytes of a file name.
const MAX_BYTES: usize = 200;

/// The last part of a permalink: lower-case letters and digits of any script, joined by single hyphens. Never empty. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slug(Arc<str>);

impl Slug {
    /// Makes a slug from any text, or none if nothing of it can stand in a slug.
    ///
    /// Latin letters are transliterated (`é` to `e`, `ß` to `ss`); other scripts are kept, in NFC. A reserved name gets a suffix.
    pub fn from_headline(text: &str) -> Option<Self> {
        let mut slug = String::with_capacity(text.len());
        let mut gap = false;
        let push = |piece: &str, gap: &mut bool, slug: &mut String| {
            if *gap && !slug.is_empty() {
                slug.push('-');
            }
            *gap = false;
            slug.push_str(piece);
        };
        let take = |character: char| {
            if character.is_ascii_alphanumeric() {
                push(character.encode_utf8(&mut [0; 4]), &mut gap, &mut slug);
            } else if matches!(character, '\'' | '’' | '‘' | '`') {
                // An apostrophe joins: "mayor's" is one word.
            } else if is_latin(character) {
                let letters: String = deunicode::deunicode_char(character)
                    .unwrap_or_default()
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .map(|letter| letter.to_ascii_lowercase())
                    .collect();
                push(&letters, &mut gap, &mut slug);
            } else if character.is_alphanumeric() || is_mark(character) {
                push(character.encode_utf8(&mut [0; 4]), &mut gap, &mut slug);
            } else {
                gap = true;
            }
        };
        // Nearly all names: nothing in them has another form.
        if text.is_ascii() {
            text.chars().map(|character| character.to_ascii_lowercase()).for_each(take);
        } else {
            text.nfc().flat_map(char::to_lowercase).for_each(take);
            slug = slug.nfc().collect();
        }
        if slug.len() > MAX_BYTES {
            let mut end = MAX_BYTES;
            while !slug.is_char_boundary(end) {
                end -= 1;
            }
            slug.truncate(end);
            slug.truncate(slug.trim_end_matches('-').len());
        }
        if RESERVED.contains(&slug.as_str()) {
            slug.push_str("-1");
        }
        (!slug.is_empty()).then(|| Self(slug.into()))
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Letters of the Latin script outside ASCII, which have a settled spelling in ASCII.
fn is_latin(character: char) -> bool {
    character.is_alphabetic()
        && matches!(character, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{fb00}'..='\u{fb06}')
}

/// Vowel signs and the like, without which words of Indic scripts and Thai fall apart.
fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        let check = |headline: &str, slug: &str| {
            assert_eq!(Slug::from_headline(headline).as_ref().map_or("", Slug::as_str), slug, "{headline}");
        };
        check("Élysée: what now?", "elysee-what-now");
        check("  £10bn  budget ", "10bn-budget");
        check("100% of nothing", "100-of-nothing");
        check("The mayor’s plan", "the-mayors-plan");
        check("Straße", "strasse");
        check("Выборы 2026", "выборы-2026");
        check("東京の天気", "東京の天気");
        check("CON", "con-1");
        check("index", "index-1");
        check("../../etc/passwd", "etc-passwd");
        check("!!!", "");
    }

    proptest::proptest! {
        #[test]
        fn a_slug_is_safe_and_stable(text in "\\PC{0,300}") {
            if let Some(slug) = Slug::from_headline(&text) {
                let slug = slug.as_str();
                proptest::prop_assert!(!slug.is_empty() && slug.len() <= MAX_BYTES + 2);
                proptest::prop_assert!(!slug.contains(['/', '\\', '.', '%', '\0', ' ']));
                let again = Slug::from_headline(slug);
                proptest::prop_assert_eq!(again.as_ref().map(Slug::as_str), Some(slug));
            }
        }
    }
}
