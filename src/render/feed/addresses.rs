//! Makes the addresses in HTML absolute: a feed is read on another site, where a relative one means something else.
//!
//! A scanner of tags and attributes, so that text which only looks like an attribute stays as it is. What cannot be told (a tag without an end) is copied.

use std::fmt::Write as _;

/// Where relative addresses begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base<'a> {
    /// Scheme and host, without a final `/`.
    pub(super) origin: &'a str,
    /// The page that the text is from.
    pub(super) page: &'a str,
}

/// Elements whose content is text, whatever it looks like.
const TEXT: [&str; 7] = ["style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// What an attribute holds.
enum Holds {
    Address,
    /// Addresses with what tells which to choose, between commas.
    Candidates,
    SomethingElse,
}

/// The HTML with absolute addresses and without scripts, which no reader of feeds runs.
pub(super) fn absolute(html: &str, base: Base<'_>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            tag(rest, base, &mut out)
        } else {
            let end = if rest.starts_with("<!--") { rest.find("-->").map(|at| at + 3) } else { Some(1) };
            let (markup, after) = rest.split_at(end.unwrap_or(rest.len()));
            out.push_str(markup);
            after
        };
    }
    out.push_str(rest);
    out
}

/// Copies a start tag, and the content of an element that holds only text; gives what follows.
fn tag<'a>(html: &'a str, base: Base<'_>, out: &mut String) -> &'a str {
    let is_space_or_end = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
    let name = &html[1..html.find(is_space_or_end).unwrap_or(html.len())];
    let start = out.len();
    let Some(after) = attributes(&html[1 + name.len()..], name, base, {
        out.push('<');
        out.push_str(name);
        &mut *out
    }) else {
        out.truncate(start);
        out.push_str(html);
        return "";
    };
    let is_script = name.eq_ignore_ascii_case("script");
    if !is_script && !TEXT.iter().any(|text| name.eq_ignore_ascii_case(text)) {
        return after;
    }
    let end = end_tag(after, name);
    if is_script {
        out.truncate(start);
        let rest = &after[end..];
        return rest.find('>').map_or("", |at| &rest[at + 1..]);
    }
    out.push_str(&after[..end]);
    &after[end..]
}

/// Where the end tag of an element begins.
fn end_tag(html: &str, name: &str) -> usize {
    let is_end = |at: &usize| html.get(at + 2..at + 2 + name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
    html.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(html.len())
}

/// Copies the attributes of a tag and its end; gives what follows, or nothing if it has no end.
fn attributes<'a>(html: &'a str, element: &str, base: Base<'_>, out: &mut String) -> Option<&'a str> {
    let mut rest = html;
    loop {
        let at = rest.find(|c: char| !c.is_ascii_whitespace() && c != '/')?;
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('>') {
            out.push('>');
            return Some(after);
        }
        // An attribute's name may begin with `=`; it ends before one.
        let end = rest.char_indices().skip(1).find(|(_, c)| c.is_ascii_whitespace() || "/>=".contains(*c))?.0;
        let (name, after) = rest.split_at(end);
        out.push_str(name);
        let value = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
        rest = match value.strip_prefix('=') {
            Some(value) => {
                attribute_value(value.trim_start_matches(|c: char| c.is_ascii_whitespace()), element, name, base, out)?
            }
            None => after,
        };
    }
}

/// Copies an attribute's value with its `=`; gives what follows.
fn attribute_value<'a>(html: &'a str, element: &str, name: &str, base: Base<'_>, out: &mut String) -> Option<&'a str> {
    let quote = html.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (value, after) = match quote {
        Some(quote) => html[1..].split_once(quote)?,
        None => html.split_at(html.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
    };
    // What is put in front of an address needs no quotes that the address did not need.
    let quote = quote.map(String::from).unwrap_or_default();
    let _ = match holds(element, name) {
        Holds::Address => write!(out, "={quote}{}{quote}", address(value, element, base)),
        Holds::Candidates => write!(out, "={quote}{}{quote}", candidates(value, element, base)),
        Holds::SomethingElse => write!(out, "={quote}{value}{quote}"),
    };
    Some(after)
}

fn holds(element: &str, name: &str) -> Holds {
    let name = name.to_ascii_lowercase();
    let of_data = name.strip_prefix("data-").map(|name| name.rsplit('-').next().unwrap_or_default());
    match of_data.unwrap_or(&name) {
        "srcset" | "imagesrcset" => Holds::Candidates,
        "href" | "src" | "poster" | "cite" | "action" | "formaction" | "background" | "longdesc" | "xlink:href" => {
            Holds::Address
        }
        "url" if of_data.is_some() => Holds::Address,
        "data" if element.eq_ignore_ascii_case("object") => Holds::Address,
        _ => Holds::SomethingElse,
    }
}

fn address(written: &str, element: &str, base: Base<'_>) -> String {
    let Base { origin, page } = base;
    let value = written.trim();
    let is_link = ["a", "area"].iter().any(|link| element.eq_ignore_ascii_case(link));
    let first = value.find([':', '/', '?', '#']).map(|at| &value[at..=at]);
    match first {
        // The parts of a drawing refer to each other: `<use href="#bar">`.
        _ if value.starts_with('#') && !is_link => written.to_owned(),
        _ if value.starts_with("//") => format!("{}:{value}", origin.split(':').next().unwrap_or("https")),
        _ if value.starts_with('/') => format!("{origin}{value}"),
        _ if value.starts_with(['#', '?']) || value.is_empty() => format!("{page}{value}"),
        Some(":") => written.to_owned(),
        _ => format!("{}{value}", &page[..=page.rfind('/').unwrap_or(page.len() - 1)]),
    }
}

/// Candidates as in the HTML standard, section 4.8.4: an address up to a space, what describes it up to a comma.
fn candidates(written: &str, element: &str, base: Base<'_>) -> String {
    let mut made: Vec<String> = Vec::new();
    let mut rest = written.trim_start_matches([' ', ',', '\n', '\t']);
    while !rest.is_empty() {
        let (url, after) = rest.split_at(rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len()));
        let bare = url.trim_end_matches(',');
        let descriptor = if bare.len() < url.len() { 0 } else { after.find(',').unwrap_or(after.len()) };
        let words = after[..descriptor].trim();
        let space = if words.is_empty() { "" } else { " " };
        made.push(format!("{}{space}{words}", address(bare, element, base)));
        rest = after[descriptor..].trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
    }
    made.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(html: &str) -> String {
        absolute(html, Base { origin: "https://n.example", page: "https://n.example/paper/2026/vote/" })
    }

    #[test]
    fn addresses_in_attributes_become_absolute() {
        let check = |html: &str, expected: &str| assert_eq!(made(html), expected, "{html}");
        check(r#"<a href="/x/?a=1&amp;b=2">x</a>"#, r#"<a href="https://n.example/x/?a=1&amp;b=2">x</a>"#);
        check(
            r##"<a class="y" href="#fn1">1</a>"##,
            r#"<a class="y" href="https://n.example/paper/2026/vote/#fn1">1</a>"#,
        );
        check("<A HREF='/x'>", "<A HREF='https://n.example/x'>");
        check("<a href=/x>x</a>", "<a href=https://n.example/x>x</a>");
        check("<img\n src = \"a.png\"/>", "<img\n src=\"https://n.example/paper/2026/vote/a.png\"/>");
        check(r#"<img src="//cdn.example/a.png">"#, r#"<img src="https://cdn.example/a.png">"#);
        check(r#"<a href="?p=2">"#, r#"<a href="https://n.example/paper/2026/vote/?p=2">"#);
        check(
            r#"<video poster="/p.jpg" src="/v.mp4" controls>"#,
            r#"<video poster="https://n.example/p.jpg" src="https://n.example/v.mp4" controls>"#,
        );
        check(
            r#"<img srcset="/a.jpg 1x,/b,c.jpg 2x, https://x.example/d.jpg 800w">"#,
            r#"<img srcset="https://n.example/a.jpg 1x, https://n.example/b,c.jpg 2x, https://x.example/d.jpg 800w">"#,
        );
        check(
            r#"<img srcset="/a.jpg, /b.jpg 2x">"#,
            r#"<img srcset="https://n.example/a.jpg, https://n.example/b.jpg 2x">"#,
        );
        check(
            r#"<div data-src="/e" data-poster-url="/p">"#,
            r#"<div data-src="https://n.example/e" data-poster-url="https://n.example/p">"#,
        );
        check(
            r#"<blockquote cite="/x"><q cite="/y">"#,
            r#"<blockquote cite="https://n.example/x"><q cite="https://n.example/y">"#,
        );
    }

    #[test]
    fn all_else_stays_as_it_is() {
        for html in [
            r#"<code>&lt;a href="/x"&gt; href="/x" src="/y"</code>"#,
            "1 < 2 href=\"/x\" > 3",
            r#"<p title=' href="/x"'>"#,
            r#"<p data-story="/2026/vote/">"#,
            r#"<a href="https://x.example/">, <a href="mailto:a@b.example">, <a href="tel:+44">"#,
            r##"<svg><use href="#bar"/></svg>"##,
            "<style>a[href=\"/x\"] { color: red }</style>",
            "<!-- <a href=\"/x\"> --><textarea><a href=\"/x\"></textarea>",
            "<a href=\"/x",
            "<a",
            "<",
            "<!--",
            "<b x=\"",
            "<b x= ",
            "<b =>",
            "",
        ] {
            assert_eq!(made(html), html);
        }
    }

    #[test]
    fn scripts_are_left_out() {
        assert_eq!(made("a<script src=\"/x\">if (a </b) '<a href=\"/\">'</script >b"), "ab");
        assert_eq!(made("a<SCRIPT>b"), "a");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_scanned(html in "[<>a-c=\"' /!#?,é-]{0,40}", more in ".{0,40}") {
            made(&html);
            made(&format!("<a {more}>{html}"));
        }
    }
}
