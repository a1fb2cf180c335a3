//! What directives become, and how their mistakes are shown.

use super::tests::*;

#[test]
fn directives_hold_markdown() {
    check(
        ":::factbox{title=\"A \\\"b\\\"\"}\n- c[^1]\n\n[d]\n:::\n\n[^1]: e\n\n[d]: /f/\n",
        concat!(
            "⟦factbox title=\"A \\\"b\\\"\"⟧\n",
            "<ul>\n<li>c<sup class=\"footnote-ref\"><a id=\"fnref-1\" href=\"#fn-1\" role=\"doc-noteref\">1</a></sup></li>\n</ul>\n",
            "<p>⟦Rooted /f/⟧d⟦/⟧</p>\n⟦/factbox⟧\n",
            "<section class=\"footnotes\" role=\"doc-endnotes\" aria-label=\"⟦word footnotes⟧\">\n<ol>\n<li id=\"fn-1\"><p>e ",
            "<a href=\"#fnref-1\" class=\"footnote-back\" role=\"doc-backlink\" aria-label=\"⟦word footnote-back⟧\">\u{21a9}\u{fe0e}</a></p>\n",
            "</li>\n</ol>\n</section>",
        ),
    );
    check("a\n:::pullquote\nb\n:::\nc", "<p>a</p>\n⟦pullquote⟧\n<p>b</p>\n⟦/pullquote⟧\n<p>c</p>");
    check(
        "::: keypoints { title='x' }\n\n- a\n\n::::",
        "⟦keypoints title=\"x\"⟧\n<ul>\n<li>a</li>\n</ul>\n⟦/keypoints⟧",
    );
    check(
        "::::factbox\n:::figure{src=\"a.png\" alt=\"b\" caption=\"*c*\"}\n:::\n::::",
        "⟦factbox⟧\n⟦figure alt=\"b\" caption=\"*c*\" src=\"a.png\"⟧\n⟦/figure⟧\n⟦/factbox⟧",
    );
    check(
        "- a\n\n  :::embed{url=\"https://e.org\"}\n  :::",
        "<ul>\n<li><p>a</p>\n⟦embed url=\"https://e.org\"⟧\n⟦/embed⟧\n</li>\n</ul>",
    );
    check(":::table{src=\"a.csv\" header=\"both\"}\r\n:::\r\n", "⟦table header=\"both\" src=\"a.csv\"⟧\n⟦/table⟧");
    check("<div>\n\n:::pullquote\n<b>a\n:::\n\n</div>", "<div>\n⟦pullquote⟧\n<p><b>a</b></p>\n⟦/pullquote⟧\n</div>");
}

#[test]
fn a_fence_in_code_or_in_a_comment_is_none() {
    check("```\n:::factbox\n:::\n```", "<pre><code>:::factbox\n:::\n</code></pre>");
    check("    :::factbox\n", "<pre><code>:::factbox\n</code></pre>");
    check("<!--\n:::nothing\n-->\n\na :::b", "<p>a :::b</p>");
}

#[test]
fn what_directives_name_is_in_the_outline() {
    let text = concat!(
        ":::figure{src=\"a b.png\" decorative=\"true\"}\n:::\n:::table{src=\"/data/b.csv\"}\n:::\n![c](d.png)\n\n",
        ":::video{src=\"e.mp4\" title=\"E\" poster=\"e.png\" captions=\"e.vtt\"}\n:::\n",
        ":::audio{src=\"https://f.example/f.mp3\" title=\"F\" transcript=\"/f.txt\"}\n:::\n",
        ":::chart{type=\"line\" title=\"G\" src=\"g.csv\"}\n:::\n:::document{src=\"h.pdf\" title=\"H\"}\n:::\n",
        ":::map{src=\"i.svg\" alt=\"I\"}\n:::\n",
    );
    let outline = read(text).outline;
    let named = |references: &[crate::model::Reference]| -> Vec<String> {
        references.iter().map(|reference| text[reference.span.start..reference.span.end].to_owned()).collect()
    };
    assert_eq!(read(text).diagnostics, []);
    assert_eq!(named(&outline.pictures), ["a b.png", "d.png", "e.png", "i.svg"]);
    assert_eq!(named(&outline.files), ["e.mp4", "e.vtt", "/f.txt", "h.pdf"]);
    assert_eq!(named(&outline.data), ["/data/b.csv", "g.csv"]);
}

#[test]
fn mistakes_in_directives_are_shown_at_their_places() {
    insta::assert_snapshot!(mistakes(":::figur{src=\"a\"}\n:::\n"), @r#"
    error[unknown-directive]: there is no directive of this name
     --> content/politics/vote.md:1:4
      |
    1 | :::figur{src="a"}
      |    ^^^^^
      |
      = note: directives are `figure`, `pullquote`, `factbox`, `keypoints`, `table`, `embed`, `gallery`, `timeline`, `qa`, `chart`, `audio`, `video`, `document`, `map`
      = help: did you mean `figure`?
    "#);
    insta::assert_snapshot!(mistakes("a\n\n:::figure{src=\"javascript:x\" captoin=\"b\"}\n:::\n"), @r#"
    error[missing-alt]: this figure has no text for those who do not see it
     --> content/politics/vote.md:3:4
      |
    3 | :::figure{src="javascript:x" captoin="b"}
      |    ^^^^^^
      |
      = help: say with `alt` what it shows, or write `decorative="true"` if it adds nothing
    error[bad-url]: this address is of a kind that is not let through
     --> content/politics/vote.md:3:16
      |
    3 | :::figure{src="javascript:x" captoin="b"}
      |                ^^^^^^^^^^^^
    error[bad-directive]: `figure` has no attribute `captoin`
     --> content/politics/vote.md:3:30
      |
    3 | :::figure{src="javascript:x" captoin="b"}
      |                              ^^^^^^^
      |
      = help: did you mean `caption`?
      = help: write :::figure{src="vote.jpg" alt="The council votes" caption="Tuesday night" credit="Ann Open"}
    "#);
    insta::assert_snapshot!(mistakes(":::factbox{title=“a”}\nb\n"), @r#"
    error[bad-directive]: this directive is never closed
     --> content/politics/vote.md:1:1
      |
    1 | :::factbox{title=“a”}
      | ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: end it with a line of its own: `:::`
    error[bad-directive]: a value stands in straight quotes: `name="value"`
     --> content/politics/vote.md:1:18
      |
    1 | :::factbox{title=“a”}
      |                  ^^^^
      |
      = help: write :::factbox{title="The budget in figures"}
    "#);
}

#[test]
fn bodies_and_ends_that_are_wrong_are_shown() {
    insta::assert_snapshot!(mistakes(":::table{header=\"x\"}\na\n:::\n:::\n"), @r#"
    error[bad-directive]: `table` holds nothing between its fences
     --> content/politics/vote.md:1:1
      |
    1 | :::table{header="x"}
      | ^^^^^^^^^^^^^^^^^^^^
      |
      = help: write
              :::table{src="budget.csv" caption="The budget, in millions" header="both"}
              :::
    error[bad-directive]: this table has no `src`
     --> content/politics/vote.md:1:4
      |
    1 | :::table{header="x"}
      |    ^^^^^
      |
      = help: write :::table{src="budget.csv" caption="The budget, in millions" header="both"}
    error[bad-directive]: `header` is one of `row` and `both`
     --> content/politics/vote.md:1:18
      |
    1 | :::table{header="x"}
      |                  ^
    error[bad-directive]: this line closes no directive
     --> content/politics/vote.md:4:1
      |
    4 | :::
      | ^^^
      |
      = help: a directive begins with a line such as `:::factbox`, with as many colons, outside lists and quotations
    "#);
    insta::assert_snapshot!(mistakes("<div>\n:::factbox\nb\n:::\n</div>\n"), @r#"
    error[bad-directive]: this line is read as HTML, not as a directive
     --> content/politics/vote.md:2:1
      |
    2 | :::factbox
      | ^^^^^^^^^^
      |
      = help: leave an empty line between the HTML tag above and the directive
    error[bad-directive]: this line is read as HTML, not as a directive
     --> content/politics/vote.md:4:1
      |
    4 | :::
      | ^^^
      |
      = help: leave an empty line between the HTML tag above and the directive
    "#);
    insta::assert_snapshot!(mistakes("- a\n  :::factbox\n  b\n\n:::\n"), @r#"
    error[bad-directive]: this directive is never closed
     --> content/politics/vote.md:2:3
      |
    2 |   :::factbox
      |   ^^^^^^^^^^
      |
      = help: end it with a line of its own: `:::`
    error[bad-directive]: this line closes no directive
     --> content/politics/vote.md:5:1
      |
    5 | :::
      | ^^^
      |
      = help: a directive begins with a line such as `:::factbox`, with as many colons, outside lists and quotations
    "#);
    let deep = ":::factbox\n".repeat(9) + "a\n" + &":::\n".repeat(9);
    insta::assert_snapshot!(mistakes(&deep), @r#"
    error[bad-directive]: directives nest more than 8 deep
     --> content/politics/vote.md:9:1
      |
    9 | :::factbox
      | ^^^^^^^^^^
      |
      = help: close the directives above it with lines of `:::`
    error[bad-directive]: this line closes no directive
      --> content/politics/vote.md:19:1
       |
    19 | :::
       | ^^^
       |
       = help: a directive begins with a line such as `:::factbox`, with as many colons, outside lists and quotations
    "#);
}

#[test]
fn a_timeline_is_a_list_of_dates() {
    check(
        ":::timeline{title=\"a\"}\n- 2026-11-20: *b* \"c\"\n  - d: e\n- 1953: f\n:::",
        concat!(
            "⟦timeline title=\"a\"⟧\n<ol>\n<li>⟦2026-11-20None⟧ <em>b</em> “c”<ul>\n<li>d: e</li>\n</ul>\n</li>\n",
            "<li>⟦1953None⟧ f</li>\n</ol>\n⟦/timeline⟧"
        ),
    );
    check(
        ":::timeline\n1. 14:05: a\n\n   b\n\n2. 2026-11-20 7:00: [c](/d/)\n:::",
        concat!(
            "⟦timeline⟧\n<ol>\n<li>⟦Some((14, 5))⟧ <p>a</p>\n<p>b</p>\n</li>\n",
            "<li>⟦2026-11-20Some((7, 0))⟧ <p>⟦Rooted /d/⟧c⟦/⟧</p>\n</li>\n</ol>\n⟦/timeline⟧"
        ),
    );
    insta::assert_snapshot!(mistakes(":::timeline\n- 2026-11-31: a\n- b\n:::\n:::timeline\nc\n:::\n"), @r#"
    error[bad-directive]: this item of a timeline has no date
     --> content/politics/vote.md:2:3
      |
    2 | - 2026-11-31: a
      |   ^^^^^^^^^^^^^ expected a date and a colon
      |
      = help: begin it with a day, month, year or time: `- 2026-11-20: …`, `- 2026-11: …`, `- 2026: …`, `- 14:05: …`
    error[bad-directive]: this item of a timeline has no date
     --> content/politics/vote.md:3:3
      |
    3 | - b
      |   ^ expected a date and a colon
      |
      = help: begin it with a day, month, year or time: `- 2026-11-20: …`, `- 2026-11: …`, `- 2026: …`, `- 14:05: …`
    error[bad-directive]: `timeline` needs a list between its fences, of items that begin with a date
     --> content/politics/vote.md:5:1
      |
    5 | :::timeline
      | ^^^^^^^^^^^
      |
      = help: write
              :::timeline{title="How it came to this"}
              - 2026-11-20: The council votes.
              :::
    "#);
}

#[test]
fn galleries_and_questions_hold_what_they_are_for() {
    check(
        "::::gallery\n![a](b.png \"c\")\n![d](e.png)\n:::figure{src=\"f.png\" alt=\"g\"}\n:::\n::::",
        concat!(
            "⟦gallery⟧\n<p>⟦picture b.png \"a\" \"c\"⟧\n⟦picture e.png \"d\"⟧</p>\n",
            "⟦figure alt=\"g\" src=\"f.png\"⟧\n⟦/figure⟧\n⟦/gallery⟧"
        ),
    );
    check(":::qa\n### a?\nb\n:::", "⟦qa⟧\n<h3 id=\"a\">a?</h3>\n<p>b</p>\n⟦/qa⟧");
    insta::assert_snapshot!(mistakes(":::gallery\n![a](b.png) c\n:::\n:::qa\na\n:::\n::::gallery\n:::factbox\na\n:::\n::::\n"), @r#"
    error[bad-directive]: `gallery` holds pictures alone between its fences, each with its caption in quotes
     --> content/politics/vote.md:1:1
      |
    1 | :::gallery
      | ^^^^^^^^^^
      |
      = help: write
              :::gallery{title="The flood in pictures"}
              ![What it shows](flood.jpg "Its caption")
              :::
    error[bad-directive]: `qa` needs questions between its fences, each a heading
     --> content/politics/vote.md:4:1
      |
    4 | :::qa
      | ^^^^^
      |
      = help: write
              :::qa
              ### What has been decided?
              The answer.
              :::
    error[bad-directive]: `gallery` holds pictures alone between its fences, each with its caption in quotes
     --> content/politics/vote.md:7:1
      |
    7 | ::::gallery
      | ^^^^^^^^^^^
      |
      = help: write
              :::gallery{title="The flood in pictures"}
              ![What it shows](flood.jpg "Its caption")
              ::::
    error[bad-directive]: a gallery holds pictures, not `factbox`
     --> content/politics/vote.md:8:4
      |
    8 | :::factbox
      |    ^^^^^^^
      |
      = help: close the gallery above it with a line of `:::`
    "#);
    insta::assert_snapshot!(mistakes(":::chart{type=\"pie\" title=\"a\" src=\"https://e.org/b.csv\"}\n:::\n:::audio{src=\"javascript:x\" title=\"a\"}\n:::\n"), @r#"
    error[bad-directive]: `type` is one of `line` and `bar` and `stacked` and `area` and `dot`
     --> content/politics/vote.md:1:16
      |
    1 | :::chart{type="pie" title="a" src="https://e.org/b.csv"}
      |                ^^^
    error[bad-directive]: this is not the path of a file of the site
     --> content/politics/vote.md:1:36
      |
    1 | :::chart{type="pie" title="a" src="https://e.org/b.csv"}
      |                                    ^^^^^^^^^^^^^^^^^^^
    error[bad-url]: this is neither the path of a file of the site nor a URL with http or https
     --> content/politics/vote.md:3:15
      |
    3 | :::audio{src="javascript:x" title="a"}
      |               ^^^^^^^^^^^^
    "#);
}
