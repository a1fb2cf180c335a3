//! Sources that do not fit together, or lie where none may be; bodies.

use super::{BAD, Desk, story};

const OTHER: &str = "content/politics/other.md";

#[test]
fn addresses_that_lead_out_or_cannot_be() {
    let desk = Desk::new();
    let slugs = ["../../etc/passwd", "..", "a/b", "\"a\\0b\"", "'a\\b'", "'.'", "'!!!'", "\"\\u202e\""];
    for slug in slugs {
        desk.refuses(&format!("slug {slug}"), BAD, story(&format!("slug: {slug}\n")), &format!("{BAD}:4:7"), "");
    }
    let aliases = [
        "../x",
        "/a/../../x",
        "/%2e%2e/x",
        "/a//b",
        "'/a\\..\\x'",
        "\"/a\\0b\"",
        "no-slash",
        "/a?b",
        "/a#b",
        "https://evil.example/",
    ];
    for alias in aliases {
        desk.refuses(
            &format!("alias {alias}"),
            BAD,
            story(&format!("aliases: [{alias}]\n")),
            &format!("{BAD}:4:11"),
            "",
        );
    }
    let long = format!("/{}/", "x".repeat(300));
    desk.refuses("a long alias", BAD, story(&format!("aliases: [{long}]\n")), &format!("{BAD}:4:11"), "255");
    desk.refuses(
        "a script as original",
        BAD,
        story("canonical: 'javascript:alert(1)'\n"),
        &format!("{BAD}:4:12"),
        "http",
    );
    desk.refuses("an original without host", BAD, story("canonical: /x/\n"), &format!("{BAD}:4:12"), "http");
    let author = "---\nname: Bo\nlinks: [{label: x, url: 'javascript:alert(1)'}]\n---\n";
    desk.refuses("a script as link", "content/authors/bo.md", author, "content/authors/bo.md:3:25", "http");
    desk.refuses(
        "an author's name of nothing",
        "content/authors/!!!.md",
        "---\nname: A\n---\n",
        "content/authors/!!!.md",
        "name",
    );
    desk.refuses("a name of nothing", "content/politics/!!!.md", story(""), "content/politics/!!!.md", "slug");
}

#[test]
fn sources_that_want_the_same() {
    let desk = Desk::new();
    let check = |name: &str, more: &str, place: &str, cure: &str| {
        desk.refuses(name, BAD, story(more), &format!("{BAD}:{place}"), cure);
    };
    check("an id of another story", "id: vote\n", "4:5", "content/politics/vote.md");
    check("an old address of another story", "aliases: [/old/vote/]\n", "4:11", "content/politics/vote.md");
    check("an old address that is a page", "aliases: [/politics/]\n", "4:11", "politics");
    check("an old address that is the front page", "aliases: [/]\n", "4:11", "");
    check("an old address that is a file of the theme", "aliases: [/css/site.css]\n", "4:11", "site.css");
    check("an old address below a file", "aliases: [/404.html/x/]\n", "4:11", "");
    let at_one = |slug: &str| story(&format!("slug: {slug}\n"));
    let (one, two) = (at_one("same"), at_one("same"));
    desk.refuses_all("two stories on one slug", &[(BAD, one.as_bytes()), (OTHER, two.as_bytes())], OTHER, BAD);
    let (upper, lower) = (story("aliases: [/Old/]\n"), story("aliases: [/old/]\n"));
    desk.refuses_all("letter case", &[(BAD, upper.as_bytes()), (OTHER, lower.as_bytes())], "content/politics", "/old/");
    let (composed, split) = (story("aliases: [/caf\u{e9}/]\n"), story("aliases: [/cafe\u{301}/]\n"));
    desk.refuses_all(
        "Unicode forms",
        &[(BAD, composed.as_bytes()), (OTHER, split.as_bytes())],
        "content/politics",
        "caf",
    );
    desk.refuses_all(
        "two files of the site",
        &[("static/A.txt", b"a"), ("static/a.txt", b"b")],
        "static/a.txt",
        "static/A.txt",
    );
    desk.refuses("a file on a page", "static/404.html", "x", "static/404.html", "404");
    desk.refuses("a file on a folder", "static/politics", "x", "static/politics", "politics");
    let (plus, none) = (story("tags: [C++]\n"), story("tags: [C]\n"));
    desk.refuses_all(
        "two terms on one slug",
        &[(BAD, plus.as_bytes()), (OTHER, none.as_bytes())],
        "content/politics",
        "content/tags/c.md",
    );
    desk.refuses("a term of nothing", BAD, story("tags: ['!!!']\n"), &format!("{BAD}:4:8"), "content/tags/");
    let (ann, twin) = ("content/authors/bo-free.md", "content/authors/Bo Free.md");
    desk.refuses_all(
        "two files of one author",
        &[(ann, b"---\nname: A\n---\n"), (twin, b"---\nname: B\n---\n")],
        "content/authors",
        "bo-free",
    );
}

#[test]
fn files_where_none_may_be() {
    let desk = Desk::new();
    let check = |path: &str, cure: &str| desk.refuses(path, path, story(""), path, cure);
    check("content/index.md", "_index.md");
    check("content/2026/_index.md", "digits");
    check("content/authors/_index.md", "named");
    check("content/tags/deep/energy.md", "content/tags/");
    check("content/archive/story.md", "another name");
    check("content/search/2026/story.md", "another name");
    desk.refuses(
        "a page on a kept name",
        "content/search.md",
        "---\ntitle: Search\n---\n",
        "content/search.md",
        "rename",
    );
    desk.refuses("a section on a kept name", BAD, story("section: tags\n"), &format!("{BAD}:4:10"), "another");
    let index = story("");
    desk.refuses_all(
        "a second text in a bundle",
        &[("content/politics/b/index.md", index.as_bytes()), ("content/politics/b/notes.md", index.as_bytes())],
        "content/politics/b/notes.md",
        "index.md",
    );
    desk.refuses_all(
        "an article that is a section",
        &[("content/politics/b/index.md", index.as_bytes()), ("content/politics/b/_index.md", b"---\ntitle: B\n---\n")],
        "content/politics/b/_index.md",
        "one of the two",
    );
}

#[test]
fn bodies_that_say_too_much() {
    let desk = Desk::new();
    let body = |text: &str| format!("{}{text}", story(""));
    let check = |name: &str, text: &str, place: &str, cure: &str| {
        desk.refuses(name, BAD, body(text), &format!("{BAD}:{place}"), cure);
    };
    check("an unknown directive", ":::poll\nx\n:::\n", "6", "figure");
    check("a directive without end", ":::factbox{title=\"x\"}\nText\n", "6", ":::");
    check("a directive with an unknown attribute", ":::factbox{colour=\"red\"}\nx\n:::\n", "6", "title");
    check("a figure without a source", ":::figure{alt=\"x\"}\n:::\n", "6", "src");
    check("a table that is not there", ":::table{src=\"none.csv\"}\n:::\n", "6", "csv");
    check("a script as embed", ":::embed{url=\"javascript:alert(1)\" title=\"x\"}\n:::\n", "6", "http");
    desk.warns("a script as link", BAD, body("[x](javascript:alert(1))\n"), &format!("{BAD}:6"), "");
    desk.warns("a script", BAD, body("<script>alert(1)</script>\n"), &format!("{BAD}:6"), "");
    desk.warns("a link to nothing", BAD, body("[x](nothing.md)\n"), &format!("{BAD}:6:5"), "");
    desk.warns("a picture of nothing", BAD, body("![x](nothing.png)\n"), &format!("{BAD}:6:6"), "beside");
    let table = body(":::table{src=\"t.csv\"}\n:::\n");
    let with = |name: &str, csv: &[u8], cure: &str| {
        desk.refuses_all(name, &[(BAD, table.as_bytes()), ("content/politics/t.csv", csv)], BAD, cure);
    };
    with("a ragged table", b"a,b\n1,2,3\n", "t.csv");
    with("an empty table", b"", "t.csv");
    with("a table that is not UTF-8", b"a,b\ncaf\xe9,1\n", "UTF-8");
}

#[test]
fn bodies_that_are_made_to_hurt() {
    let desk = Desk::new();
    let n = 10_000;
    let nested: String = (0..500).map(|depth| format!("{}- x\n", "  ".repeat(depth))).collect();
    let cases = [
        ("brackets", "[".repeat(n)),
        ("links", "[a](".repeat(n)),
        ("pictures", "![".repeat(n)),
        ("block quotes", "> ".repeat(n)),
        ("lists in one line", "- ".repeat(n)),
        ("lists", nested),
        ("stars", "*a **b ".repeat(n)),
        ("backticks", (1..400).map(|length| "`".repeat(length) + " ").collect()),
        ("footnotes", "[^a]: [^a]\n".repeat(n)),
        ("HTML", "<div>".repeat(n)),
        ("comments", "<!--".repeat(n)),
        ("a table", format!("|{}\n|{}\n", "a|".repeat(n), "-|".repeat(n))),
        ("directives", ":::factbox\n".repeat(n)),
        ("wikilinks", "[[".repeat(n)),
        ("entities", "&".repeat(n)),
        ("a line of 5 MB", "a".repeat(5_000_000)),
        ("NULs", "\0".repeat(n)),
        ("definition lists", "a\n: b\n\n".repeat(n)),
        ("a parser's panic", "- a\n\n  : b\n\t: c\n : d\n".to_owned()),
        ("headings", "# a\n".repeat(n)),
    ];
    for (name, text) in cases {
        desk.survives(name, BAD, format!("{}{text}\n", story("")));
    }
}
