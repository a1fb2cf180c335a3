//! Bad settings, redirects and words.

use super::Desk;
use crate::site::Site;

#[test]
fn bad_settings() {
    let desk = Desk::new();
    let file = "site.yaml";
    let check = |name: &str, text: &str, place: &str, cure: &str| {
        desk.refuses(name, file, text, &format!("{file}{place}"), cure);
    };
    check("a list", "- title\n", ":1", "title");
    check("an unknown key", "titel: X\n", ":1:1", "title");
    check("a zone that is none", "time_zone: Mars/Base\n", ":1:12", "Europe/London");
    check("a zone of a wrong case", "time_zone: Europe/Lundon\n", ":1:12", "Europe/London");
    check("an address without scheme", "url: post.example\n", ":1:6", "https://");
    check("an address of a file", "url: file:///etc\n", ":1:6", "http");
    check("an address with a query", "url: https://post.example/?a\n", ":1:6", "");
    check("a pattern without a slug", "permalinks: /{yyyy}/\n", ":1:13", "slug");
    check("a pattern with an unknown part", "permalinks: /{year}/{slug}/\n", ":1:13", "yyyy");
    check("a pattern that leads out", "permalinks: /../{slug}/\n", ":1:13", "");
    check("a host that is none", "host: netlfy\n", ":1:7", "netlify");
    check("a key twice", "title: A\ntitle: B\n", ":2:1", "title");
    check("a language that is none", "language: English please\n", ":1:11", "en");
    check("a section that is none", "sections: [a/b]\n", ":1:12", "");
    check("a banner without end", "breaking: {text: x}\n", ":1", "until");
    check("a script in a link", "follow: [{label: x, url: 'javascript:alert(1)'}]\n", ":1:26", "http");
    check("a count of stories", "related: {count: many}\n", ":1:18", "number");
    check("a field of the site's own", "extra_fields: {mood: colour}\n", ":1:22", "text");
    check("an open quote", "title: \"The Post\n", ":1", "quote");
    desk.refuses("settings in Latin 1", file, b"title: caf\xe9\n", "site.yaml:1:11", "UTF-8");
    let no_zone = Desk::of(Site::empty().file(file, "title: P\nurl: https://p.example\n"));
    let embargo = super::story("embargo: 2026-11-20T09:00\n");
    no_zone.refuses("an embargo in no zone", super::BAD, embargo, &format!("{}:4:10", super::BAD), "time_zone");
}

#[test]
fn a_bad_base_url() {
    let desk = Desk::new();
    let told = desk.build(&["--base-url", "ftp://x"]);
    desk.judge("a bad base URL", &told, &[1]);
    told.says("--base-url").says("https://");
}

#[test]
fn bad_redirects() {
    let desk = Desk::new();
    let file = "redirects.yaml";
    let check = |name: &str, text: &str, place: &str, cure: &str| {
        desk.refuses(name, file, text, &format!("{file}{place}"), cure);
    };
    check("a loop", "/a/: /b/\n/b/: /a/\n", ":1:1", "");
    check("a chain", "/a/: /b/\n/b/: /politics/\n", ":1:1", "/politics/");
    check("one to itself", "/a/: /a/\n", ":1:1", "itself");
    check("one that leads out", "/../a/: /b/\n", ":1:1", "");
    check("one that leads out by an escape", "/%2e%2e/a/: /b/\n", ":1:1", "");
    check("a script", "/a/: javascript:alert(1)\n", ":1:6", "https://");
    check("another host in disguise", "/a/: //evil.example/\n", ":1:6", "https://");
    check("nothing", "/a/:\n", ":1:1", "gone");
    check("a list", "- /a/\n", "", "/old/");
    check("a page that is there", "/politics/: /energy/\n", ":1:1", "");
    desk.refuses("an old address of a story", file, "/old/vote/: /energy/\n", "content/politics/vote.md:5:11", file);
    check("a story that is there", "/2026/11/21/vote/: /energy/\n", ":1:1", "vote");
    check("NUL", "\"/a\\0\": /b/\n", ":1:1", "");
    desk.warns("one that leads to nothing", file, "/a/: /nothing/?a=b\n", "redirects.yaml:1:1", "gone");
}

#[test]
fn bad_words() {
    let desk = Desk::new();
    let file = "templates/strings/en.yaml";
    desk.refuses("a list of words", file, "- a\n", file, "");
    desk.refuses("a word that is a map", file, "archive: {a: b}\n", &format!("{file}:1"), "archive");
    desk.refuses("a word twice", file, "archive: a\narchive: b\n", &format!("{file}:2:1"), "archive");
    desk.warns("a word that no one asks for", file, "archiv: a\n", &format!("{file}:1:1"), "archive");
}
