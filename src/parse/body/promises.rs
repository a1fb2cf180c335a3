//! What holds for any body: no panic, spans in the text, well-nested HTML that a browser reads as it is written, linear time.

use super::{tests::*, tokens::*, *};
use crate::{config::HtmlPolicy, diag::Code};

/// What nasty articles are made of.
const PARTS: &[&str] = &[
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "\r\n",
    "x",
    "word ",
    "é",
    "東",
    "\0",
    "\u{7f}",
    "- ",
    "> ",
    "1. ",
    "* ",
    "# ",
    "### ",
    "---\n",
    "`",
    "```\n",
    "~~~rust\n",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "]",
    "](",
    ")",
    "[a](b)",
    "[a](/b#c \"t\")",
    "[a](https://e.org)",
    "[a](javascript:x)",
    "![a](b.png)",
    "![a](b.png \"c\")",
    "![",
    "[[a]]",
    "[[a|",
    "]]",
    "<https://e.org>",
    "<a@b.org>",
    "[r]",
    "\n[r]: /u\n",
    "[^1]",
    "[^2]",
    "\n[^1]: ",
    "\n[^2]:\n",
    "| a | b |\n|--|:-:|\n",
    "| c |\n",
    "|",
    "\\",
    "&amp;",
    "&",
    "&#0;",
    "\"",
    "'",
    "--",
    "...",
    "{#a .b}",
    "{",
    "> [!NOTE]\n",
    "- [ ] ",
    "- [x] ",
    "\n: d\n",
    ":",
    ":::factbox\n",
    ":::factbox{title=\"a\"}\n",
    ":::pullquote\n",
    ":::figure{src=\"a\" alt=\"b\"}\n:::\n",
    ":::embed{url=\"https://e.org\"}\n",
    ":::timeline\n",
    "- 2026-11-20: ",
    "1953: ",
    ":::gallery\n",
    ":::qa\n",
    ":::\n",
    "::::\n",
    "::::keypoints\n",
    "  :::\n",
    ":::nothing\n",
    ":::figure{",
    "<b>",
    "</b>",
    "<i class=x>",
    "</i>",
    "<span lang='de'>",
    "</span>",
    "<a href='/x'>",
    "<a href=\"https://e.org\" title='\"'>",
    "</a>",
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<blockquote>",
    "</blockquote>",
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<ul>",
    "</ul>",
    "<ol start=2>",
    "<li>",
    "</li>",
    "<dl>",
    "<dt>",
    "<dd>",
    "</dl>",
    "<table>",
    "</table>",
    "<caption>",
    "<thead>",
    "<tbody>",
    "<tr>",
    "</tr>",
    "<td>",
    "<th>",
    "</td>",
    "<figure>",
    "<figcaption>",
    "</figure>",
    "<ruby>",
    "<rt>",
    "</ruby>",
    "<br>",
    "<hr>",
    "<pre>",
    "</pre>",
    "<script>",
    "</script>",
    "<style>",
    "<svg>",
    "</svg>",
    "<textarea>",
    "<title>",
    "<iframe src=x>",
    "<img src=x onerror=y>",
    "<!--",
    "-->",
    "<!x>",
    "<?",
    "?>",
    "<",
    ">",
    "<b onclick=x ",
    "<unknown>",
    "</unknown>",
    "<form>",
    "<input>",
];

fn nasty() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    proptest::collection::vec(0..PARTS.len(), 0..40)
        .prop_map(|parts| parts.into_iter().map(|part| PARTS[part]).collect())
}

/// The tags of a document in their order, with closing tags marked.
fn tags(html: &str) -> Vec<String> {
    let mut tokens = Tokens::new(html);
    let mut tags = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            Token::Open { name, .. } => tags.push(html[name].to_owned()),
            Token::Close { name, .. } => tags.push(format!("/{}", &html[name])),
            Token::Text(_) => {}
            Token::Comment | Token::Other(_) => tags.push("neither tag nor text".to_owned()),
        }
    }
    tags
}

/// Asserts that no attribute runs a script, or styles or names what is not the article's.
fn assert_harmless(html: &str) {
    let mut tokens = Tokens::new(html);
    while tokens.next().is_some() {
        for (name, value) in &tokens.attributes {
            let (name, value) = (&html[name.clone()], value.clone().map_or("", |value| &html[value]));
            assert!(!name.starts_with("on") && !value.starts_with("java") && name != "style", "{html}");
        }
    }
}

/// The same document as a browser's parser reads it: what it would move, close or add shows.
fn read_by_a_browser(html: &str) -> String {
    let names = tags(html);
    let names = names.iter().map(|name| name.trim_start_matches('/')).chain(["tbody"]).collect();
    let attributes =
        ["class", "id", "href", "role", "tabindex", "aria-label", "type", "disabled", "checked", "src", "alt"];
    ammonia::Builder::new()
        .tags(names)
        .clean_content_tags([].into_iter().collect())
        .generic_attributes(attributes.into_iter().collect())
        .tag_attributes([].into_iter().collect())
        .link_rel(None)
        .clean(html)
        .to_string()
}

fn assert_sound(text: &str) {
    let parsed = read(text);
    for diagnostic in &parsed.diagnostics {
        let Some(span) = diagnostic.span else {
            assert_eq!(diagnostic.code, Code::BadMarkdown);
            return;
        };
        assert!(text.get(span.start..span.end).is_some(), "{diagnostic:?} in {text:?}");
    }
    let links = parsed.outline.links.iter().map(|link| &link.address);
    for reference in links.chain(&parsed.outline.pictures).chain(&parsed.outline.files).chain(&parsed.outline.data) {
        assert!(text.get(reference.span.start..reference.span.end).is_some(), "{reference:?} in {text:?}");
    }
    let html = filled(&parsed.body.pieces);
    assert_eq!(tags(&html), tags(&read_by_a_browser(&html)), "{text:?} gave {html}");
    assert_harmless(&html);
    let outline = outline(&path(), text, 0..text.len(), &SETTINGS);
    assert_eq!((outline.outline, outline.diagnostics), (parsed.outline, parsed.diagnostics), "{text:?}");
}

/// Patterns that made parsers slow or deep. Whether time is linear is measured elsewhere; a quadratic step would show here as a test of minutes.
#[test]
fn nasty_patterns_end() {
    const TIMES: usize = 5_000;
    let patterns = [
        "[",
        "[a](",
        "![",
        "*a **b ",
        "_a __b",
        "> ",
        "- ",
        "1. ",
        "# a\n",
        "<b>",
        "x<b>",
        "</b>",
        "<div>",
        "<div>\n\n",
        "<!--",
        "<a ",
        "x <script> ",
        "<table><td>",
        "[^1]",
        "[^",
        "[^1]: ",
        ":::factbox\n",
        ":::\n",
        ":::factbox\nx\n:::\n",
        ":::a ",
        "'a ",
        "\"",
        "'",
        "-- ",
        ".",
        "|",
        "[[a|",
        "`a ``",
        "a\n: b\n",
        "- [ ] a\n",
        "![a](b)\n\n",
        "&amp;",
        "\0",
        "~~a ",
        "<details>\n\n",
        ":",
        "<ruby><rt>",
    ];
    for pattern in patterns {
        let text = pattern.repeat(TIMES);
        let parsed = read(&text);
        assert!(parsed.diagnostics.len() <= 200, "{pattern}");
        assert_eq!(tags(&filled(&parsed.body.pieces)).iter().filter(|tag| tag.starts_with("neither")).count(), 0);
    }
    assert_sound(&("> ".repeat(500) + "*a* ![b](c.png)\n\n" + &"- ".repeat(500) + "| a |"));
}

/// pulldown-cmark 0.13.6; its issue 1110 is another way to the same panic.
#[test]
fn a_panic_of_the_parser_is_an_error_that_names_the_file() {
    let parsed = read("- [ ] \\\r\t---\n`");
    assert_eq!(parsed.diagnostics.len(), 1);
    let diagnostic = &parsed.diagnostics[0];
    assert_eq!(
        (diagnostic.code, diagnostic.path.as_str(), diagnostic.is_error()),
        (Code::BadMarkdown, path().as_str(), true)
    );
    assert_eq!(parsed.body.pieces, []);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 1500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_body_is_sound(text in nasty()) {
        assert_sound(&text);
    }

    #[test]
    fn any_language_and_policy_is_read(text in nasty(), words in "[«»:;!? \"'.é東-]{0,40}") {
        for language in ["fr", "de-CH", "sv", "??"] {
            let settings = BodySettings { html: HtmlPolicy::Trusted, language };
            for text in [&text, &words] {
                parse(&path(), text, 0..text.len(), &settings);
                inline(text, &settings);
            }
        }
    }

    #[test]
    fn any_line_is_sound(text in nasty()) {
        let html = filled(&inline(&text, &SETTINGS).pieces);
        proptest::prop_assert_eq!(tags(&html), tags(&read_by_a_browser(&html)), "{:?} gave {}", text, html);
        plain_text(&text);
        strict(&text);
    }
}
