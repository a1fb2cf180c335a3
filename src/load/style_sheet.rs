//! The addresses in a style sheet, which has to name the same files from where its fingerprinted copy lies.
//!
//! `/assets/` has the folders of `static/`, so a file with a fingerprint is named by a new last part alone, and any other by a longer way up.
//! No part of the site's own address is needed for either.

use std::collections::BTreeMap;

use crate::model::{SourcePath, UrlPath};

/// The text of a style sheet for `/assets/`; none if nothing in it has to change.
///
/// `name` is its path below `static/`; `fingerprinted` are the names of other files there, each with that of its copy.
///
/// Source: CSS Syntax Module Level 3, sections 4.3.4 to 4.3.6; CSS Cascading and Inheritance Level 4, section 2.
pub(super) fn moved(name: &str, text: &str, fingerprinted: &BTreeMap<String, String>) -> Option<String> {
    let mut moved = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for (from, to) in addresses(text) {
        if let Some(address) = address(name, &text[from..to], fingerprinted) {
            moved.push_str(&text[done..from]);
            moved.push_str(&address);
            done = to;
        }
    }
    (done > 0).then(|| moved + &text[done..])
}

/// Where the addresses stand, without their quotes: in `url(…)`, and behind `@import`.
fn addresses(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut is_import = false;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let is_word_before = at > 0 && is_name(bytes[at - 1]);
        if rest.starts_with(b"/*") {
            at = text[at + 2..].find("*/").map_or(bytes.len(), |end| at + 2 + end + 2);
        } else if matches!(rest[0], b'"' | b'\'') {
            let end = end_of_text(bytes, at);
            if is_import {
                found.push((at + 1, end));
            }
            is_import = false;
            at = end + 1;
        } else if !is_word_before && starts_with(rest, b"url(") {
            let start = at + 4 + blanks(&rest[4..]);
            let (from, to) = match bytes.get(start) {
                Some(b'"' | b'\'') => (start + 1, end_of_text(bytes, start)),
                _ => (
                    start,
                    start + text[start..].find([')', ' ', '\t', '\n', '\r', '\u{c}']).unwrap_or(bytes.len() - start),
                ),
            };
            found.push((from, to.max(from)));
            is_import = false;
            at = text[to.min(bytes.len())..].find(')').map_or(bytes.len(), |end| to + end + 1);
        } else {
            if starts_with(rest, b"@import") {
                is_import = true;
                at += 6;
            } else if !rest[0].is_ascii_whitespace() {
                is_import = false;
            }
            at += 1;
        }
    }
    found
}

fn starts_with(rest: &[u8], word: &[u8]) -> bool {
    rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\') || !byte.is_ascii()
}

fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// The place of the closing quote; the end of the sheet, or of the line, where there is none.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != bytes[start] && bytes[at] != b'\n' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// The address from the copy's place; none if it stays: it is absolute, escaped, or leads out of the site.
fn address(name: &str, written: &str, fingerprinted: &BTreeMap<String, String>) -> Option<String> {
    let (path, suffix) = written.split_at(written.find(['?', '#']).unwrap_or(written.len()));
    let is_relative = !path.is_empty() && !path.starts_with('/') && !path.contains([':', '\\']);
    if !is_relative {
        return None;
    }
    let sheet = SourcePath::new(format!("static/{name}"));
    let decoded =
        UrlPath::parse(&format!("/{path}")).map_or_else(|_| path.to_owned(), |path| path.as_str()[1..].to_owned());
    let target = sheet.join(&decoded)?;
    let target = target.below("static")?;
    if let Some(copy) = fingerprinted.get(target) {
        // The copy differs in its last part alone, and in that by the fingerprint before the ending.
        let fingerprint = copy.rsplit('.').nth(1)?;
        let (stem, ending) = path.rsplit_once('.')?;
        return Some(format!("{stem}.{fingerprint}.{ending}{suffix}"));
    }
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let up = "../".repeat(1 + folder.split('/').filter(|part| !part.is_empty()).count());
    let folder = UrlPath::parse(&format!("/{}", folder.replace('%', "%25"))).ok()?.encoded().into_owned();
    let folder = folder.trim_matches('/');
    let slash = if folder.is_empty() { "" } else { "/" };
    Some(format!("{up}{folder}{slash}{path}{suffix}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known() -> BTreeMap<String, String> {
        [("fonts/serif.woff2", "fonts/serif.0123456789.woff2"), ("css/dot.svg", "css/dot.abcdef0123.svg")]
            .map(|(name, copy)| (name.to_owned(), copy.to_owned()))
            .into()
    }

    #[test]
    fn addresses_lead_where_they_led() {
        let check = |text: &str, expected: &str| {
            assert_eq!(moved("css/site.css", text, &known()).as_deref().unwrap_or(text), expected, "{text}");
        };
        check("a{b:url(../fonts/serif.woff2)}", "a{b:url(../fonts/serif.0123456789.woff2)}");
        check("a{b:URL( 'dot.svg?x#y' )}", "a{b:URL( 'dot.abcdef0123.svg?x#y' )}");
        check("@import \"more.css\" screen;", "@import \"../../css/more.css\" screen;");
        check("@IMPORT url(../base.css);", "@IMPORT url(../../css/../base.css);");
        check("a{b:url(../media/x.ogg)}", "a{b:url(../../css/../media/x.ogg)}");
        check("a{b:url(./dot.svg) url(\"dot.svg\")}", "a{b:url(./dot.abcdef0123.svg) url(\"dot.abcdef0123.svg\")}");
        for same in [
            "a{b:url(/fonts/serif.woff2)}",
            "a{b:url(https://x.example/a.png)}",
            "a{b:url(//x.example/a.png)}",
            "a{b:url(data:image/png;base64,AA==)}",
            "a{b:url(#mark)}",
            "a{b:url()}",
            "a{b:url('')}",
            "a{b:url(../../../x.png)}",
            "a{b:url(do\\t.svg)}",
            "/* url(dot.svg) @import 'x' */",
            "a{content:\"url(dot.svg)\"}",
            "a{b:my-url(dot.svg)}",
            "@charset \"utf-8\";",
            "@import/**/;\"x\"",
            "url(",
            "@import",
            "\"",
        ] {
            check(same, same);
        }
        assert_eq!(moved("site.css", "a{b:url(x.ogg)}", &known()).unwrap(), "a{b:url(../x.ogg)}");
    }

    proptest! {
        #[test]
        fn any_sheet_is_read(text in "([a-z]|url\\(|@import|[\"'()/*\\\\. \n{}:é]|dot\\.svg){0,40}") {
            let places = addresses(&text);
            prop_assert!(places.iter().all(|(from, to)| text.get(*from..*to).is_some()), "{places:?}");
            prop_assert!(places.is_sorted());
            let _ = moved("css/site.css", &text, &known());
        }
    }
}
