//! Cuts text into tokens and hashes them while it goes by: no token is ever copied to the heap.
//!
//! A token is a run of letters and digits in lower case, after NFKC. Runs of scripts that put no spaces between words give their overlapping pairs of
//! characters instead. Text is ASCII for the most part, which is cut byte by byte through one table; a word with anything else in it is read again by characters.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::stop_words::StopWords;

/// The most bytes of a token that count: longer ones that begin alike are one.
const MAX_TOKEN_BYTES: usize = 56;

/// Bytes beyond the longest token, so that it can be read eight at a time.
const PADDING: usize = 8;

/// What an ASCII byte is to a token; letters and digits are themselves in lower case.
const CLASSES: [u8; 256] = classes();
const SPACE: u8 = 0;
const APOSTROPHE: u8 = 1;
const WIDE: u8 = 2;

const fn classes() -> [u8; 256] {
    let mut classes = [SPACE; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "there are 256 bytes")]
        let character = byte as u8;
        classes[byte] = match character {
            b'0'..=b'9' | b'a'..=b'z' => character,
            b'A'..=b'Z' => character | 0x20,
            b'\'' => APOSTROPHE,
            0x80.. => WIDE,
            _ => SPACE,
        };
        byte += 1;
    }
    classes
}

/// How a language is cut into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Whether a word before an apostrophe is one of its own, as in `l'eau`.
    pub(super) has_elision: bool,
    /// Whether a plural's `s` is cut.
    pub(super) cuts_plurals: bool,
}

impl Rules {
    /// The rules of a language by its two or three letters.
    pub(super) fn of(language: &str) -> Self {
        Self {
            has_elision: matches!(language, "fr" | "it" | "ca" | "oc" | "lij" | "wa"),
            cuts_plurals: language == "en",
        }
    }
}

/// What became of a run of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A token, with its hash.
    Kept(u64),
    /// A stop word, a single letter or an address: what stands on its two sides does not stand together.
    Dropped,
}

/// Cuts `text`, and gives each token with the bytes where it stands, in order. Takes time linear in the text.
///
/// The last is the token itself, as it was hashed; empty where it was dropped.
pub(super) fn scan(
    text: &str,
    rules: Rules,
    stop_words: &StopWords,
    each: &mut impl FnMut(Range<usize>, Token, &[u8]),
) {
    let mut scanner = Scanner { text, rules, stop_words, word: [0; MAX_TOKEN_BYTES + PADDING], len: 0 };
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        at = match CLASSES[usize::from(*byte)] {
            SPACE | APOSTROPHE => at + 1,
            WIDE => scanner.word(at, each),
            _ => scanner.plain_word(at, each),
        };
    }
}

struct Scanner<'a> {
    text: &'a str,
    rules: Rules,
    stop_words: &'a StopWords,
    /// The token so far.
    word: [u8; MAX_TOKEN_BYTES + PADDING],
    len: usize,
}

impl Scanner<'_> {
    /// Takes a word that begins with an ASCII letter or digit; tells where it ends.
    fn plain_word(&mut self, start: usize, each: &mut impl FnMut(Range<usize>, Token, &[u8])) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        self.len = 0;
        while let Some(byte) = bytes.get(at) {
            let class = CLASSES[usize::from(*byte)];
            if class <= WIDE {
                if class != SPACE {
                    return self.word(start, each);
                }
                if !is_within_figure(bytes, at) {
                    break;
                }
                at += 1;
                continue;
            }
            if self.len < MAX_TOKEN_BYTES {
                self.word[self.len] = class;
                self.len += 1;
            }
            at += 1;
        }
        if let Some(end) = self.address(at) {
            each(start..at, Token::Dropped, &[]);
            return end;
        }
        let token = if self.len < 2 { Token::Dropped } else { self.token() };
        each(start..at, token, self.spelled(token));
        at
    }

    /// Where an address ends that goes on at `at`: `https://…` and `www.…` are no words.
    fn address(&self, at: usize) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        let is_address = match rest.first()? {
            b':' => rest.starts_with(b"://"),
            b'.' => self.word[..self.len] == *b"www",
            _ => false,
        };
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'>' | b'"');
        is_address.then(|| at + rest.iter().position(is_end).unwrap_or(rest.len()))
    }

    /// Takes a word of any characters that begins at `start`, or passes over one that is no letter; tells where the rest begins.
    fn word(&mut self, start: usize, each: &mut impl FnMut(Range<usize>, Token, &[u8])) -> usize {
        self.len = 0;
        let mut letters = 0;
        let mut is_composed = true;
        let (mut end, mut genitive) = (start, 0);
        let mut rest = self.text[start..].chars();
        while let Some(character) = rest.clone().next() {
            rest.next();
            let here = self.text.len() - rest.as_str().len() - character.len_utf8();
            if is_unspaced(character) {
                if letters == 0 {
                    return self.unspaced(here, each);
                }
                break;
            }
            if is_letter(character) {
                is_composed &= is_stable(character);
                self.push(character);
                letters += 1;
                end = self.text.len() - rest.as_str().len();
            } else if letters == 0 {
                return here + character.len_utf8();
            } else if is_apostrophe(character) {
                let follows = rest.clone().next().is_some_and(|next| is_letter(next) && !is_unspaced(next));
                if !follows || self.rules.has_elision {
                    break;
                }
                if is_genitive(rest.as_str()) {
                    genitive = character.len_utf8() + 1;
                    break;
                }
            } else if !matches!(character, '\u{ad}' | '\u{200c}' | '\u{200d}') {
                break;
            }
        }
        if !is_composed {
            letters = self.compose(start, end);
        }
        let token = if letters < 2 { Token::Dropped } else { self.token() };
        each(start..end, token, self.spelled(token));
        end + genitive
    }

    /// Reads the word again in its normal form; tells how many letters it has.
    fn compose(&mut self, start: usize, end: usize) -> usize {
        self.len = 0;
        let mut letters = 0;
        let word: &str = &self.text[start..end];
        for character in word.nfkc().filter(|character| is_letter(*character)) {
            self.push(character);
            letters += 1;
        }
        letters
    }

    fn push(&mut self, character: char) {
        if character.is_ascii() {
            return self.push_bytes(&[CLASSES[character as usize]]);
        }
        let mut buffer = [0; 4];
        for lower in character.to_lowercase() {
            self.push_bytes(lower.encode_utf8(&mut buffer).as_bytes());
        }
    }

    fn push_bytes(&mut self, bytes: &[u8]) {
        if self.len + bytes.len() <= MAX_TOKEN_BYTES {
            self.word[self.len..self.len + bytes.len()].copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    /// Gives the overlapping pairs of characters of a run without spaces; tells where it ends.
    fn unspaced(&mut self, start: usize, each: &mut impl FnMut(Range<usize>, Token, &[u8])) -> usize {
        let mut before: Option<usize> = None;
        let mut pairs = 0;
        let mut at = start;
        while let Some(first) = self.text[at..].chars().next().filter(|first| is_unspaced(*first)) {
            // A vowel or tone sign belongs to the letter that it stands on.
            let signs = self.text[at + first.len_utf8()..].chars().take_while(|next| is_combining_mark(*next));
            let end = at + first.len_utf8() + signs.map(char::len_utf8).sum::<usize>();
            if let Some(before) = before {
                self.len = 0;
                let pair: &str = &self.text[before..end];
                for character in pair.nfkc() {
                    self.push(character);
                }
                let token = self.token();
                each(before..end, token, self.spelled(token));
                pairs += 1;
            }
            before = Some(at);
            at = end;
        }
        if pairs == 0 {
            each(start..at, Token::Dropped, &[]);
        }
        at
    }

    /// The letters of the token that was made last.
    #[inline]
    fn spelled(&self, token: Token) -> &[u8] {
        if token == Token::Dropped { &[] } else { &self.word[..self.len] }
    }

    /// The token that stands in the buffer.
    fn token(&mut self) -> Token {
        let hash = self.hash();
        if self.stop_words.holds(hash) {
            return Token::Dropped;
        }
        Token::Kept(if self.rules.cuts_plurals && self.cut_plural() { self.hash() } else { hash })
    }

    /// Cuts an English plural: `-ies` becomes `-y`, another `-s` goes, unless it is of `-ss`, `-us` or `-is`.
    fn cut_plural(&mut self) -> bool {
        let [.., third, second, b's'] = self.word[..self.len] else { return false };
        if self.len <= 3 || matches!(second, b's' | b'u' | b'i') {
            return false;
        }
        if (third, second) == (b'i', b'e') {
            self.word[self.len - 3] = b'y';
            self.len -= 2;
        } else {
            self.len -= 1;
        }
        true
    }

    fn hash(&mut self) -> u64 {
        self.word[self.len..self.len + PADDING].fill(0);
        let mut hash = mix(self.len as u64 ^ 0x9e37_79b9_7f4a_7c15);
        for chunk in self.word[..self.len.next_multiple_of(PADDING)].chunks_exact(PADDING) {
            hash = mix(hash ^ u64::from_le_bytes(chunk.try_into().expect("a chunk has eight bytes")));
        }
        hash
    }
}

/// The hash of two tokens that stand together, in this order.
pub(super) fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(23) ^ second)
}

/// Spreads every bit over all others.
pub(super) fn mix(bits: u64) -> u64 {
    let wide = u128::from(bits ^ 0xa076_1d64_78bd_642f) * 0xe703_7ed1_a0b4_28db_u128;
    #[expect(clippy::cast_possible_truncation, reason = "both halves are folded into one")]
    let folded = (wide >> 64) as u64 ^ wide as u64;
    folded
}

/// Whether a mark stands within a figure, as in `3,200` and `4.99`.
fn is_within_figure(bytes: &[u8], at: usize) -> bool {
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    matches!(bytes[at], b',' | b'.') && is_digit(at + 1) && at.checked_sub(1).is_some_and(is_digit)
}

fn is_letter(character: char) -> bool {
    character.is_alphanumeric() || (!character.is_ascii() && is_combining_mark(character))
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | '＇')
}

/// Whether what follows an apostrophe is the `s` of a genitive.
fn is_genitive(rest: &str) -> bool {
    let after = rest.strip_prefix(['s', 'S']);
    after.is_some_and(|after| !after.starts_with(|next: char| is_letter(next) || is_apostrophe(next)))
}

/// Whether a letter is its own normal form, whatever stands beside it: most letters of most scripts are, and need not be looked up.
fn is_stable(character: char) -> bool {
    matches!(character,
        '\0'..='\u{7f}' | 'À'..='ĳ' | 'Ĺ'..='ľ' | 'Ł'..='ň' | 'Ŋ'..='ž' | '\u{370}'..='\u{373}' | '\u{386}'..='\u{3cf}' | '\u{400}'..='\u{482}'
        | '\u{48a}'..='\u{52f}' | '\u{561}'..='\u{586}' | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}' | '\u{660}'..='\u{669}')
        && !matches!(character, 'Ĳ' | 'ĳ')
}

/// Whether a character belongs to a script whose runs are cut into pairs: Han, kana, Hangul, Thai, Lao, Burmese, Khmer.
pub(super) fn is_unspaced(character: char) -> bool {
    let code = u32::from(character);
    code >= 0x0e00
        && matches!(code,
            0x0e01..=0x0e2f | 0x0e30 | 0x0e32..=0x0e33 | 0x0e40..=0x0e46 | 0x0e81..=0x0eb0 | 0x0eb2..=0x0eb3 | 0x0ebd..=0x0ec6 | 0x0edc..=0x0edf
            | 0x1000..=0x102a | 0x103f | 0x1050..=0x1055 | 0x1100..=0x11ff | 0x1780..=0x17b3 | 0x3005..=0x3007 | 0x3041..=0x3096 | 0x309d..=0x309f
            | 0x30a1..=0x30fa | 0x30fc..=0x30ff | 0x3130..=0x318f | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3 | 0xf900..=0xfaff
            | 0xff66..=0xff9f | 0x20000..=0x3ffff)
}
