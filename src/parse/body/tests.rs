//! What bodies become. Holes are shown in `⟦ ⟧`.

use std::fmt::Write as _;

use super::*;
use crate::{
    config::HtmlPolicy,
    diag::{self, Code},
};

pub(super) const SETTINGS: BodySettings<'_> = BodySettings { html: HtmlPolicy::AllowList, language: "en" };

pub(super) fn path() -> SourcePath {
    SourcePath::new("content/politics/vote.md")
}

pub(super) fn read(text: &str) -> Parsed {
    parse(&path(), text, 0..text.len(), &SETTINGS)
}

/// The body with its holes named.
fn shown(pieces: &[Piece]) -> String {
    let mut shown = String::new();
    for piece in pieces {
        let _ = match piece {
            Piece::Html(html) => write!(shown, "{html}"),
            Piece::Word(key) => write!(shown, "⟦word {key}⟧"),
            Piece::LinkStart { target, title, shows_headline } => {
                let LinkTarget { kind, address, fragment } = target;
                let fragment = fragment.as_ref().map(|fragment| format!("#{fragment}")).unwrap_or_default();
                let title = title.as_ref().map(|title| format!(" {title:?}")).unwrap_or_default();
                let headline = if *shows_headline { " headline" } else { "" };
                write!(shown, "⟦{kind:?} {}{fragment}{title}{headline}⟧", address.text)
            }
            Piece::LinkEnd => write!(shown, "⟦/⟧"),
            Piece::Date(ItemDate { day, time }) => {
                write!(shown, "⟦{}{time:?}⟧", day.map(PartialDate::iso).unwrap_or_default())
            }
            Piece::Picture { src, alt, title, is_figure } => {
                let title = title.as_ref().map(|title| format!(" {title:?}")).unwrap_or_default();
                let kind = if *is_figure { "figure" } else { "picture" };
                write!(shown, "⟦{kind} {} {alt:?}{title}⟧", src.text)
            }
            Piece::Directive { name, attributes, body, .. } => {
                let _ = write!(shown, "⟦{name}");
                for (name, value) in attributes {
                    let _ = write!(shown, " {name}={:?}", value.text);
                }
                write!(shown, "⟧\n{}⟦/{name}⟧\n", self::shown(body))
            }
        };
    }
    shown
}

/// The body with something plausible in its holes.
pub(super) fn filled(pieces: &[Piece]) -> String {
    let mut html = String::new();
    for piece in pieces {
        match piece {
            Piece::Html(finished) => html.push_str(finished),
            Piece::Word(key) => html.push_str(key),
            Piece::LinkStart { .. } => html.push_str("<a href=\"/\">"),
            Piece::LinkEnd => html.push_str("</a>"),
            Piece::Date(_) => html.push_str("<time>x</time>"),
            Piece::Picture { is_figure: true, .. } => html.push_str("<figure><img src=\"x\"></figure>"),
            Piece::Picture { .. } => html.push_str("<img src=\"x\">"),
            Piece::Directive { body, .. } => {
                html.push_str("<aside>");
                html.push_str(&filled(body));
                html.push_str("</aside>");
            }
        }
    }
    html
}

/// Asserts what the only block of a text becomes.
pub(super) fn check(text: &str, html: &str) {
    let parsed = read(text);
    assert_eq!(shown(&parsed.body.pieces).trim(), html, "{text}");
    assert_eq!(parsed.diagnostics, [], "{text}");
}

/// The mistakes of a text, drawn.
pub(super) fn mistakes(text: &str) -> String {
    let drawn = read(text).diagnostics;
    drawn.iter().map(|diagnostic| diag::draw(diagnostic, &|_| Some(text.to_owned()))).collect()
}

#[test]
fn text() {
    check(
        "*a* **b** ~~c~~ `d<` e\\\nf",
        "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;</code> e<br>\nf</p>",
    );
    check(
        "\"It's\" -- `\"x\"` \\\"y\\\" &quot;z&quot;...",
        "<p>“It’s” – <code>&quot;x&quot;</code> &quot;y&quot; &quot;z&quot;…</p>",
    );
    check("\"*He* said,\" <b>\"Ann</b>\" [\"x\"](y)'s", "<p>“<em>He</em> said,” <b>“Ann</b>” ⟦Relative y⟧“x”⟦/⟧’s</p>");
    check("{% raw %} {{ x }} a\u{0}b\u{8}", "<p>{% raw %} {{ x }} a\u{fffd}b</p>");
    check("---", "<hr>");
}

#[test]
fn headings() {
    check("# One\n## One\n###### One", "<h2 id=\"one\">One</h2>\n<h2 id=\"one-2\">One</h2>\n<h6 id=\"one-3\">One</h6>");
    check("## A *b* `c` [d](e)", "<h2 id=\"a-b-c-d\">A <em>b</em> <code>c</code> ⟦Relative e⟧d⟦/⟧</h2>");
    check(
        "## 2026-11-22 14:05 Vote {#x-Y .key .pinned onclick=x}",
        "<h2 id=\"x-Y\" class=\"key pinned\">2026-11-22 14:05 Vote</h2>",
    );
    check(
        "## fn 1\n\nx[^1]\n\n[^1]: y",
        concat!(
            "<h2 id=\"h-fn-1\">fn 1</h2>\n",
            "<p>x<sup class=\"footnote-ref\"><a id=\"fnref-1\" href=\"#fn-1\" role=\"doc-noteref\">1</a></sup></p>\n",
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"⟦word footnotes⟧\">\n<ol>\n<li id=\"fn-1\"><p>y ",
            "<a href=\"#fnref-1\" class=\"footnote-back\" role=\"doc-backlink\" aria-label=\"⟦word footnote-back⟧\">\u{21a9}\u{fe0e}</a></p>\n",
            "</li>\n</ol>\n</section>",
        ),
    );
}

#[test]
fn links() {
    check(
        "[a](https://e.org/?x=1&y='\"z\" \"T \\\"x\\\"\")",
        "<p><a href=\"https://e.org/?x=1&amp;y=%27%22z%22\" title=\"T &quot;x&quot;\">a</a></p>",
    );
    check(
        "<https://e.org> <a@e.org> [a](#part)",
        "<p><a href=\"https://e.org\">https://e.org</a> <a href=\"mailto:a@e.org\">a@e.org</a> <a href=\"#part\">a</a></p>",
    );
    check(
        "[a](../b.md#c \"T\") [d](/e/) [f]\n\n[f]: g.pdf",
        "<p>⟦Relative ../b.md#c \"T\"⟧a⟦/⟧ ⟦Rooted /e/⟧d⟦/⟧ ⟦Relative g.pdf⟧f⟦/⟧</p>",
    );
    check(
        "[[a-b]] [[Head: \"line\"]] [[a#c|d *e*]]",
        "<p>⟦Wiki a-b headline⟧a-b⟦/⟧ ⟦Wiki Head: \"line\" headline⟧Head: “line”⟦/⟧ ⟦Wiki a#c⟧d <em>e</em>⟦/⟧</p>",
    );
    let text = "x [a](b.md#c) [[Some story|d]] [e](<f g> 'h')";
    let spans: Vec<&str> =
        read(text).outline.links.iter().map(|link| &text[link.address.span.start..link.address.span.end]).collect();
    assert_eq!(spans, ["b.md", "Some story", "f g"]);
}

#[test]
fn addresses_that_run_scripts_are_words() {
    for address in [
        "javascript:x",
        "JAVASCRIPT:x",
        "java&#115;cript:x",
        "&#1;javascript:x",
        "data:x",
        "vbscript:x",
        "file:///x",
        "java&Tab;script:x",
    ] {
        let parsed = read(&format!("[a]({address}) ![b]({address}) <a href=\"{address}\">c</a>"));
        assert_eq!(shown(&parsed.body.pieces), "<p>a b c</p>\n", "{address}");
        assert_eq!(parsed.diagnostics.len(), 3, "{address}");
        assert!(parsed.outline.links.is_empty() && parsed.outline.pictures.is_empty());
    }
    insta::assert_snapshot!(mistakes("So [a](javascript:alert) said"), @r#"
    warning[bad-url]: this address is of a kind that is not let through
     --> content/politics/vote.md:1:8
      |
    1 | So [a](javascript:alert) said
      |        ^^^^^^^^^^^^^^^^
      |
      = note: only the words are shown
      = help: write a URL with `https:`, `http:`, `mailto:` or `tel:`, or a path of the site
    "#);
}

#[test]
fn pictures() {
    check("![A \"b\" *c*](d.png \"The *caption*\")", "⟦figure d.png \"A \\\"b\\\" c\" \"The *caption*\"⟧");
    check("x ![a](b.png)", "<p>x ⟦picture b.png \"a\"⟧</p>");
    check("![a](b.png) x", "<p>⟦picture b.png \"a\"⟧ x</p>");
    check("![a](b.png)\n![c](d.png)", "<p>⟦picture b.png \"a\"⟧\n⟦picture d.png \"c\"⟧</p>");
    check("[![a](b.png)](c.md)", "<p>⟦Relative c.md⟧⟦picture b.png \"a\"⟧⟦/⟧</p>");
    check("> ![a](b.png)", "<blockquote>\n⟦figure b.png \"a\"⟧</blockquote>");
    check("![[c.png|b]] ![[b.png|a]]", "<p>⟦picture c.png \"b\"⟧ ⟦picture b.png \"a\"⟧</p>");
    for (wordless, figure) in [
        ("![](d.png)", "⟦figure d.png"),
        ("![ ](d.png)", "⟦figure d.png"),
        ("![[d.png]]", "⟦figure d.png"),
        ("![](http-d.png)", "⟦figure http-d.png"),
    ] {
        let parsed = read(wordless);
        assert!(shown(&parsed.body.pieces).contains(figure), "{wordless}");
        let codes: Vec<Code> = parsed.diagnostics.iter().map(|found| found.code).collect();
        assert_eq!(codes, [Code::MissingAlt], "{wordless}");
    }
}

#[test]
fn blocks() {
    check("```rust,ignore\n<b>\n```", "<pre><code class=\"language-rust\">&lt;b&gt;\n</code></pre>");
    check("```\"><script>\nx\n```", "<pre><code class=\"language-script\">x\n</code></pre>");
    check("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>");
    check("term\n: def", "<dl>\n<dt>term</dt>\n<dd>def</dd>\n</dl>");
    check(
        "- [x] a\n- [ ] b",
        concat!(
            "<ul>\n<li class=\"task\"><input type=\"checkbox\" disabled checked aria-label=\"⟦word task-done⟧\"> a</li>\n",
            "<li class=\"task\"><input type=\"checkbox\" disabled aria-label=\"⟦word task-open⟧\"> b</li>\n</ul>",
        ),
    );
    check(
        "> [!WARNING]\n> a",
        "<div class=\"alert alert-warning\" role=\"note\">\n<p class=\"alert-title\">⟦word alert-warning⟧</p>\n<p>a</p>\n</div>",
    );
    check(
        "a | b\n:-: | -\nc | d",
        concat!(
            "<div class=\"table-scroll\" role=\"group\" tabindex=\"0\" aria-label=\"⟦word table⟧\"><table>\n",
            "<thead><tr><th scope=\"col\" class=\"align-center\">a</th><th scope=\"col\">b</th></tr></thead><tbody>\n",
            "<tr><td class=\"align-center\">c</td><td>d</td></tr>\n</tbody></table></div>",
        ),
    );
}

#[test]
fn harmless_html_passes_and_is_mended() {
    check("a <b>b *c</b> d*", "<p>a <b>b <em>c d</em></b></p>");
    check("<SPAN class='x' lang=de title='\"'>a", "<p><span class=\"x\" lang=\"de\" title=\"&quot;\">a</span></p>");
    check(
        "<details>\n\n*a*\n\n</details>",
        "<details>\n<summary>⟦word details⟧</summary><p><em>a</em></p>\n</details>",
    );
    check(
        "<details open><summary>s</summary>\n\n- a\n\n</details>\n\nb",
        "<details open><summary>s</summary>\n<ul>\n<li>a</li>\n</ul>\n</details>\n<p>b</p>",
    );
    check("<ul><li>b<li>c</ul>", "<ul><li>b</li><li>c</li></ul>");
    check(
        "<table><td colspan=2>a<tr><td>b</table>",
        "<table><tbody><tr><td colspan=\"2\">a</td></tr><tr><td>b</td></tr></tbody></table>",
    );
    check("<div></b>a <!-- x --> &copy; & <", "<div>a  &copy; &amp; &lt;</div>");
    check(
        "<div>\n<a href='/a#b'>c</a> <a href=https://e.org>d</a></div>",
        "<div>\n⟦Rooted /a#b⟧c⟦/⟧ <a href=\"https://e.org\">d</a></div>",
    );
}

#[test]
fn other_html_is_dropped() {
    let drop = |text: &str, html: &str, mistakes: usize| {
        let parsed = read(text);
        assert_eq!(shown(&parsed.body.pieces).trim(), html, "{text}");
        assert_eq!(parsed.diagnostics.len(), mistakes, "{text}: {:?}", parsed.diagnostics);
    };
    drop("a <script>alert(1) *b*</script> c", "<p>a  c</p>", 1);
    drop("<script>\nx\n\ny</script>\n\nz", "<p>z</p>", 1);
    drop("a <img src=x onerror=y> <font>b</font>", "<p>a  b</p>", 2);
    drop("<p onclick=x style='a' id=b class='c <'>d</p>", "<p>d</p>", 4);
    drop("<svg><title>x</title></svg>a<iframe src=x>", "<p>a</p>", 2);
    drop("<ul>a<li>b<li>c</ul>", "<ul></ul>abc", 2);
    drop("a <div>b</div> c", "<p>a b c</p>", 1);
    drop("[a <a href='/b'>c</a>](d)", "<p>⟦Relative d⟧a c⟦/⟧</p>", 1);
    insta::assert_snapshot!(mistakes("> a\n> <div>\n> <b\n> onclick='x'>\n"), @r#"
    warning[dropped-html]: the attribute `onclick` is not let through
     --> content/politics/vote.md:4:3
      |
    4 | > onclick='x'>
      |   ^^^^^^^
      |
      = help: write it in Markdown, or set `html: trusted` in `site.yaml` if every author may run scripts
    "#);
    let trusted = BodySettings { html: HtmlPolicy::Trusted, ..SETTINGS };
    let text = "<script>\nx\n</script>\n\na <b onclick=x>";
    let body = parse(&path(), text, 0..text.len(), &trusted);
    assert_eq!(filled(&body.body.pieces), "<script>\nx\n</script>\n<p>a <b onclick=x></p>\n");
    assert_eq!(body.diagnostics, []);
}

#[test]
fn lines() {
    let line = |text: &str, html: &str| assert_eq!(shown(&inline(text, &SETTINGS).pieces), html, "{text}");
    line("*a* \"b\" [c](d.md) `e` <b>f", "<em>a</em> “b” ⟦Relative d.md⟧c⟦/⟧ <code>e</code> <b>f</b>");
    line("# a\n\n- b\n> c", "# a - b &gt; c");
    line("1. a", "1. a");
    line("    a", "a");
    line("**\"a\"**", "<strong>“a”</strong>");
    line("![a](b.png) [c](javascript:x) <script>d</script>", "a c ");
    line("", "");
    assert_eq!(plain_text("*a* [b](c) `d` <b>e</b> ![f](g) &amp; \\*"), "a b d e f & *");
    assert_eq!(plain_text("# 1. a"), "# 1. a");
}

#[test]
fn the_outline_has_the_opening_and_the_words() {
    let outline = |text: &str| read(text).outline;
    let story = "![A](b.png)\n\n## Head\n\n> Quoted.\n\n:::factbox\nFact.\n:::\n\nThe *vote* is \"today\".\n\nMore [here](a.md).[^1]\n\n[^1]: Note.";
    assert_eq!(outline(story).opening, "The vote is “today”. More here.");
    assert_eq!(outline(story).words, 10);
    assert_eq!(outline("- one\n- two\n").opening, "one two");
    assert_eq!(outline("```\ncode\n```\n").words, 0);
}

#[test]
fn footnotes_without_a_partner_are_told() {
    insta::assert_snapshot!(mistakes("a[^1]\n\n[^1]: b\n\n[^1]: c\n\n[^2]: d\n"), @r#"
    warning[bad-markdown]: there is a footnote with this label already
     --> content/politics/vote.md:5:1
      |
    5 | [^1]: c
      | ^^^^^^^
      |
      = note: both are shown as one
      = help: give it a label of its own
    warning[bad-markdown]: nothing refers to this footnote
     --> content/politics/vote.md:7:1
      |
    7 | [^2]: d
      | ^^^^^^^
      |
      = help: write its label, such as `[^1]`, where it belongs
    "#);
}
