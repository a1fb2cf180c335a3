//! Where links lead: out of the site, inside it, or nowhere.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::LinkType;

use super::LinkKind;
use crate::model::{Span, is_web_address};

/// What a written address is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Destination<'a> {
    /// A URL that may stand in HTML as it is.
    Outside(Cow<'a, str>),
    /// A place on the same page, with its `#`.
    Fragment(&'a str),
    /// An address inside the site.
    Inside { kind: LinkKind, address: &'a str, fragment: Option<&'a str> },
    /// An address that must not reach a reader, and why.
    Refused(&'static str),
}

/// Tells what a written address is. It is read as a browser would read it, after entities and backslash escapes were resolved.
///
/// Source: the WHATWG URL standard, which strips tabs and line feeds inside a scheme and takes `\` for `/`: so neither gets through.
pub(super) fn destination(written: &str) -> Destination<'_> {
    let address = written.trim();
    if address.is_empty() {
        return Destination::Refused("this link has no address");
    }
    if has_control(address) {
        return Destination::Refused("this address holds a control character");
    }
    if let Some(scheme) = scheme(address) {
        return outside(address, scheme);
    }
    if address.contains('\\') {
        return Destination::Refused("this address holds a backslash; folders are separated by `/`");
    }
    if address.starts_with("//") {
        return Destination::Outside(format!("https:{address}").into());
    }
    if address.starts_with('#') {
        return Destination::Fragment(address);
    }
    let kind = if address.starts_with('/') { LinkKind::Rooted } else { LinkKind::Relative };
    match address.split_once('#') {
        Some((address, fragment)) => Destination::Inside { kind, address, fragment: Some(fragment) },
        None => Destination::Inside { kind, address, fragment: None },
    }
}

fn has_control(address: &str) -> bool {
    if address.is_ascii() {
        address.bytes().any(|byte| byte.is_ascii_control())
    } else {
        address.chars().any(char::is_control)
    }
}

/// Tells where a wikilink leads. A headline may hold `#`, so only `#` within a word begins a fragment.
pub(super) fn wiki(written: &str) -> Destination<'_> {
    let name = written.trim();
    if name.is_empty() || name.chars().any(|character| character.is_control() && character != '\n') {
        return Destination::Refused("this link names no story");
    }
    if is_web_address(name) {
        return destination(name);
    }
    let (address, fragment) = match name.split_once('#') {
        Some((address, fragment))
            if !address.is_empty()
                && !fragment.is_empty()
                && !address.ends_with(char::is_whitespace)
                && !fragment.contains(char::is_whitespace) =>
        {
            (address, Some(fragment))
        }
        _ => (name, None),
    };
    Destination::Inside { kind: LinkKind::Wiki, address, fragment }
}

/// The scheme of an absolute URL, without its colon.
pub(super) fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let mut bytes = scheme.bytes();
    let is_scheme = bytes.next()?.is_ascii_alphabetic()
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then_some(scheme)
}

fn outside<'a>(address: &'a str, scheme: &str) -> Destination<'a> {
    let rest = &address[scheme.len() + 1..];
    if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") {
        return match rest.strip_prefix("//") {
            Some(host) if host.starts_with(|first| !matches!(first, '/' | '\\' | '?' | '#')) => {
                Destination::Outside(address.into())
            }
            _ => Destination::Refused("this URL has no host"),
        };
    }
    if (scheme.eq_ignore_ascii_case("mailto") || scheme.eq_ignore_ascii_case("tel")) && !rest.is_empty() {
        return Destination::Outside(address.into());
    }
    Destination::Refused("this address is of a kind that is not let through")
}

/// Why a picture's address must not reach a reader, if so.
pub(super) fn refused_picture(address: &str) -> Option<&'static str> {
    match destination(address) {
        Destination::Outside(url) if url.starts_with(['h', 'H']) => None,
        Destination::Inside { .. } => None,
        Destination::Refused(reason) => Some(reason),
        _ => Some("this is not the address of a picture"),
    }
}

/// Writes a URL as the value of an attribute: what may not stand in a URL is percent-encoded, what is encoded already stays.
pub(super) fn push_href(url: &str, out: &mut String) {
    for byte in url.bytes() {
        match byte {
            b'&' => out.push_str("&amp;"),
            byte if IN_URL[usize::from(byte)] => out.push(char::from(byte)),
            other => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(char::from(HEX[usize::from(other >> 4)]));
                out.push(char::from(HEX[usize::from(other & 15)]));
            }
        }
    }
}

/// The bytes that stand in a URL as they are.
const IN_URL: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+!*(),%#@?=;:/$~";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// Where the address of a link or picture stands in the text; `range` is the whole link. A reference link's is the link itself.
pub(super) fn place(text: &str, range: &Range<usize>, link_type: LinkType, address: &str) -> Span {
    let Some(link) = text.get(range.clone()) else { return range.clone().into() };
    let from = match link_type {
        LinkType::Inline => link.rfind("](").map(|at| {
            let rest = link[at + 2..].trim_start();
            link.len() - rest.strip_prefix('<').unwrap_or(rest).len()
        }),
        LinkType::Autolink | LinkType::Email | LinkType::WikiLink { .. } => link.find(address),
        _ => None,
    };
    let Some(from) = from else { return range.clone().into() };
    let written = if link[from..].starts_with(address) {
        address.len()
    } else {
        link[from..].find([' ', '\n', '\t', '>', ')']).unwrap_or(link.len() - from)
    };
    Span::new(range.start + from, range.start + from + written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_as_a_browser_would() {
        let refused = |written: &str| assert!(matches!(destination(written), Destination::Refused(_)), "{written:?}");
        for written in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:x",
            "\u{1}javascript:x",
            "vbscript:x",
            "data:text/html,x",
            "file:///etc/passwd",
            "http:example.com",
            "https://",
            "https:///x",
            "mailto:",
            "\\\\evil.example",
            "/\\evil.example",
            "",
        ] {
            refused(written);
        }
        let check = |written: &str, expected: Destination<'_>| assert_eq!(destination(written), expected, "{written}");
        check("HTTPS://example.org/a?b#c", Destination::Outside("HTTPS://example.org/a?b#c".into()));
        check("mailto:a@b.example", Destination::Outside("mailto:a@b.example".into()));
        check("tel:+441632960000", Destination::Outside("tel:+441632960000".into()));
        check("//cdn.example/x", Destination::Outside("https://cdn.example/x".into()));
        check("#part", Destination::Fragment("#part"));
        let inside = |kind, address, fragment| Destination::Inside { kind, address, fragment };
        check("../energy/grid.md#cost", inside(LinkKind::Relative, "../energy/grid.md", Some("cost")));
        check("/about/", inside(LinkKind::Rooted, "/about/", None));
        check("javascript%3Aalert(1)", inside(LinkKind::Relative, "javascript%3Aalert(1)", None));
        check("./a:b", inside(LinkKind::Relative, "./a:b", None));
    }

    #[test]
    fn a_wikilink_is_a_name() {
        let check = |written: &str, address: &str, fragment: Option<&str>| {
            assert_eq!(wiki(written), Destination::Inside { kind: LinkKind::Wiki, address, fragment }, "{written}");
        };
        check("budget-vote", "budget-vote", None);
        check("budget-vote#cost", "budget-vote", Some("cost"));
        check("We are #1", "We are #1", None);
        check("C# is fun", "C# is fun", None);
        check("javascript:alert(1)", "javascript:alert(1)", None);
    }
}
