//! Writes a text so that YAML reads it back as it was.

use std::fmt::Write as _;

use super::literal;

/// Words that some YAML reader takes for something else than a text.
const WORDS: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// A text as a YAML value on one line: as it is where that is safe everywhere, else in double quotes.
pub fn scalar(text: &str) -> String {
    if is_safe(text) { text.to_owned() } else { quoted(text) }
}

fn is_safe(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
        && !text.ends_with([' ', ':'])
        && !text.contains([',', '[', ']', '{', '}'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(|character| character == ' ' || is_plain(character))
        && literal(text).is_none()
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_plain(character: char) -> bool {
    !character.is_control() && !character.is_whitespace() && !is_special(character)
}

/// Marks that YAML wants escaped, or that no eye can see.
fn is_special(character: char) -> bool {
    matches!(character, '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text in double quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            '\r' => written.push_str("\\r"),
            other if other.is_control() || is_special(other) => {
                let _ = write!(written, "\\u{:04x}", u32::from(other));
            }
            other => written.push(other),
        }
    }
    written.push('"');
    written
}
