//! Bad templates and data.

use super::Desk;
use crate::site::Site;

#[test]
fn parts_that_are_made_once_read_no_page() {
    let desk = Desk::new();
    let check = |file: &str, text: &str, cure: &str| {
        desk.refuses(file, file, text, &format!("{file}:1"), cure);
    };
    check("templates/partials/header.html", "<header>{{ page.title }}</header>\n", "it reads `site` and `here`");
    check("templates/partials/footer.html", "<footer>{{ page.url }}</footer>\n", "it reads `site` and `here`");
}

#[test]
fn templates_that_cannot_be_read() {
    let desk = Desk::new();
    let file = "templates/article.html";
    let check = |name: &str, text: &str, place: &str, cure: &str| {
        desk.refuses(name, file, text, &format!("{file}{place}"), cure);
    };
    check("an open tag", "<p>\n{{ page.title\n", ":2", "");
    check("an open block", "{% block main %}\n", ":1", "");
    check("a tag that is none", "{% frobnicate %}\n", ":1", "");
    check("an unknown function", "x {{ frobnicate(a=1) }}\n", ":1:6", "frobnicate");
    check("an unknown filter", "{{ page.title | frobnicate }}\n", ":1:17", "frobnicate");
    check("an unknown component", "{{ <Frobnicate /> }}\n", ":1", "Frobnicate");
    check("an include of nothing", "{% include \"nothing.html\" %}\n", ":1", "nothing.html");
    check("an extension of nothing", "{% extends \"nothing.html\" %}\n", "", "nothing.html");
    check("an extension of itself", "{% extends \"article.html\" %}\n", "", "theme/article.html");
    desk.refuses("a template in Latin 1", file, b"caf\xe9 {{ page.title }}\n", &format!("{file}:1:4"), "UTF-8");
    desk.refuses(
        "a file of the theme's",
        "templates/theme/article.html",
        "x",
        "templates/theme/article.html",
        "templates/",
    );
    let cycle: [(&str, &[u8]); 2] = [
        (file, b"{% include \"partials/a.html\" %}\n"),
        ("templates/partials/a.html", b"{% include \"article.html\" %}\n"),
    ];
    desk.refuses_all("includes in a circle", &cycle, "templates", "include");
    let extends: [(&str, &[u8]); 2] =
        [(file, b"{% extends \"b.html\" %}\n"), ("templates/b.html", b"{% extends \"article.html\" %}\n")];
    desk.refuses_all("extensions in a circle", &extends, "templates", "extends");
    desk.refuses(
        "a component with other arguments",
        "templates/c.html",
        "{% component Figure(a) %}x{% endcomponent Figure %}\n",
        "templates/c.html:1:4",
        "arguments",
    );
    let many: [(&str, &[u8]); 2] = [(file, b"{{ a( }}\n"), ("templates/page.html", b"{% for %}\n")];
    desk.refuses_all("the first of two", &many, file, "");
    desk.refuses_all("the second of two", &many, "templates/page.html", "");
}

#[test]
fn templates_that_fail_on_a_page() {
    let desk = Desk::new();
    let file = "templates/article.html";
    let check = |name: &str, text: &str, place: &str, cure: &str| {
        desk.refuses(name, file, text, &format!("{file}{place}"), cure);
    };
    check("a field that is none", "x\n{{ page.headlin.text }}\n", ":2", "content/");
    check("an unknown argument", "{% set a = latest(limt=1) %}\n", ":1", "limt");
    check("an asset that is not there", "{% set a = asset(path=\"css/sight.css\") %}\n", ":1", "css/site.css");
    check("a word that is not there", "{{ t(key=\"archiv\") }}\n", ":1", "archive");
    check("a label that is none", "{% set a = latest(label=\"oppinion\") %}\n", ":1", "opinion");
    check("data that is not there", "{% set a = data(file=\"none.json\") %}\n", ":1", "none.json");
    check("a division by zero", "{{ 1 / 0 }}\n", ":1", "");
    check("a range without end", "{% for a in range(end=1000000000) %}x{% endfor %}\n", ":1", "");
    desk.refuses(
        "a page without end",
        file,
        "{% for a in range(end=9000) %}{% for b in range(end=9000) %}0123456789{% endfor %}{% endfor %}\n",
        "content",
        "larger",
    );
    let recursion = "{% component Again() %}{{ <Again /> }}{% endcomponent Again %}{{ <Again /> }}\n";
    desk.refuses("recursion without end", file, recursion, "content", "article.html");
}

#[test]
fn data_that_cannot_be_read() {
    let desk = Desk::new();
    let check = |name: &str, data: &[u8], cure: &str| {
        let template = format!("{{% set a = data(file=\"{name}\") %}}\n");
        let path = format!("data/{name}");
        let files: [(&str, &[u8]); 2] = [("templates/article.html", template.as_bytes()), (&path, data)];
        desk.refuses_all(name, &files, "templates/article.html:1", cure);
    };
    check("bad.json", b"{\"a\": ", "data/bad.json");
    check("bad.yaml", b"a: [1\n", "data/bad.yaml");
    check("deep.json", "[".repeat(50_000).as_bytes(), "data/deep.json");
    check("bomb.yaml", b"a: &a [x]\nb: [*a, *a]\n", "data/bomb.yaml");
    check("ragged.csv", b"a,b\n1\n", "data/ragged.csv");
    check("latin.csv", b"a\ncaf\xe9\n", "UTF-8");
    check("data.xml", b"<a/>", "JSON");
    // Data that no one asks for is no mistake.
    desk.with("unused data", &[("data/bad.json", b"{")], &[0]);
}

/// One page tells that a template never ends; trying it on every page would take as long as the site is large.
#[test]
fn a_template_without_end_is_tried_on_few_pages() {
    let desk =
        (0..300).fold(Site::bare(), |site, number| site.article(&format!("a/{number}.md"), "X", "2026-11-20", ""));
    let desk = Desk::of(desk);
    let endless = "{% for a in range(end=9000) %}{% for b in range(end=9000) %}0123456789{% endfor %}{% endfor %}\n";
    desk.refuses("a template without end", "templates/article.html", endless, "content", "1 error;");
}
