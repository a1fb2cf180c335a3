//! The fence lines of directives, found before the Markdown parser runs.
//!
//! The clever idea: each line that may be a fence is masked, byte for byte, as `<?>` and spaces, which to `CommonMark` is an HTML block of exactly one line that
//! interrupts a paragraph. So the parser itself says which of them are fences (an HTML block that begins there) and which are code or HTML, and all offsets stay true.
//! Cutting the text at its fences instead was weighed: the parts would have to share footnotes and link definitions, and a fence in a list or in code
//! would need a second Markdown parser to be told from others.

use std::{borrow::Cow, ops::Range};

/// What a look at the lines of a body tells.
#[derive(Debug, Default)]
pub(super) struct Fences<'a> {
    /// The body, with its fences masked.
    pub(super) masked: Cow<'a, str>,
    /// The lines that may be fences, from the first colon to the last character, as ranges of the body.
    pub(super) lines: Vec<Range<usize>>,
    /// Whether a line begins like a definition of a definition list.
    pub(super) has_definitions: bool,
}

/// Finds the lines that may be fences of directives, and masks them.
pub(super) fn scan(body: &str) -> Fences<'_> {
    let mut lines = Vec::new();
    let mut has_definitions = false;
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        let content = line.trim_ascii_start();
        if let Some(rest) = content.strip_prefix(':') {
            has_definitions |= rest.starts_with([' ', '\t']);
            if is_fence(content) {
                let from = start + line.len() - content.len();
                lines.push(from..from + content.trim_end().len());
            }
        }
        start += line.len();
    }
    let masked = if lines.is_empty() { Cow::Borrowed(body) } else { Cow::Owned(mask(body, &lines)) };
    Fences { masked, lines, has_definitions }
}

/// Whether a line looks like a fence: three colons or more, then nothing, a name or attributes.
fn is_fence(line: &str) -> bool {
    let rest = line.trim_start_matches(':');
    line.len() - rest.len() >= 3
        && rest.trim_start().chars().next().is_none_or(|first| first.is_alphabetic() || first == '{')
}

fn mask(body: &str, lines: &[Range<usize>]) -> String {
    const MASK: &str = "<?>";
    let mut masked = String::with_capacity(body.len());
    for line in lines {
        masked.push_str(&body[masked.len()..line.start]);
        masked.push_str(MASK);
        masked.extend(std::iter::repeat_n(' ', line.len() - MASK.len()));
    }
    masked.push_str(&body[masked.len()..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_masked_byte_for_byte() {
        let body = "a\n  :::figure{alt=\"é\"}\r\n:::\n::::\n:: x\n::: 12\nx :::\n: y\n";
        let fences = scan(body);
        assert_eq!(fences.masked.len(), body.len());
        let lines: Vec<&str> = fences.lines.iter().map(|line| &body[line.clone()]).collect();
        assert_eq!(lines, [":::figure{alt=\"é\"}", ":::", "::::"]);
        assert!(fences.has_definitions);
        assert_eq!(fences.masked.trim_start_matches("a\n  ").get(..3), Some("<?>"));
    }
}
