//! Finds the front matter of a source file.

use std::ops::Range;

/// Why a file has no front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence {
    /// The first line is not `---`.
    Missing,
    /// No later line is `---`.
    Open,
}

/// Splits a source file at its front matter fences.
///
/// Returns two byte ranges into `text`: the YAML between the fences, and the body after them, so that a span in either is a span in the file.
/// A leading byte order mark is skipped. Never allocates.
///
/// # Errors
/// [`Fence::Missing`] if the first line is not `---`; [`Fence::Open`] if no later line is.
///
/// Source: YAML 1.2.2, section 9.1.2, document markers.
pub(super) fn split(text: &str) -> Result<(Range<usize>, Range<usize>), Fence> {
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut lines = text[bom..].split_inclusive('\n');
    let opening = lines.next().filter(|line| is_fence(line)).ok_or(Fence::Missing)?;
    let start = bom + opening.len();
    let mut at = start;
    for line in lines {
        if is_fence(line) {
            return Ok((start..at, at + line.len()..text.len()));
        }
        at += line.len();
    }
    Err(Fence::Open)
}

fn is_fence(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.trim_end_matches([' ', '\t', '\r', '\n']).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_split_at_its_fences() {
        let check = |text: &str, yaml: &str, body: &str| {
            let (yaml_range, body_range) = split(text).unwrap();
            assert_eq!((&text[yaml_range], &text[body_range]), (yaml, body), "{text:?}");
        };
        check("---\ntitle: Vote\n---\nBody\n", "title: Vote\n", "Body\n");
        check("---\r\ntitle: Vote\r\n---\r\nBody", "title: Vote\r\n", "Body");
        check("\u{feff}---\na: b\n---\n", "a: b\n", "");
        check("--- \t\na: b\n---  ", "a: b\n", "");
        check("---\n---\n", "", "");
        check("---\na: b\n---\nBody\n\n---\n\nMore", "a: b\n", "Body\n\n---\n\nMore");
        check("---\na: '----'\n----\n...\n---\n", "a: '----'\n----\n...\n", "");
    }

    #[test]
    fn a_file_without_fences_says_which_is_missing() {
        for text in ["", "Body", "----\n", " ---\n---\n", "\n---\n---\n", "-- -\n"] {
            assert_eq!(split(text), Err(Fence::Missing), "{text:?}");
        }
        for text in ["---", "---\n", "---\ntitle: Vote\n", "---\na\n ---\n"] {
            assert_eq!(split(text), Err(Fence::Open), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn splitting_never_panics_and_loses_nothing(text in "(\u{feff})?(---\r?\n)?(\\PC{0,20}\n){0,3}(---)?\\PC{0,20}") {
            if let Ok((yaml, body)) = split(&text) {
                proptest::prop_assert!(yaml.end <= body.start && body.end == text.len());
                proptest::prop_assert!(text.get(yaml).is_some() && text.get(body).is_some());
            }
        }
    }
}
