//! `--keep-going`: a source that has become broken keeps its last page, and the rest is built.

use crate::site::{Site, Tree, assert_same, manifest_dir};

const BROKEN: &str = "---\ntitle: The vote\ndate: 2026-11-21\ntags: {a: b}\n---\n";

fn picture() -> Vec<u8> {
    std::fs::read(manifest_dir().join("static/icons/apple-touch-icon.png")).unwrap()
}

/// A published site, with the page that is about to break in a bundle with a picture.
fn published() -> (Site, Tree) {
    let bundle = "---\ntitle: The vote\ndate: 2026-11-21\nauthors: [ann]\nimage: {src: hall.png, alt: The hall}\naudio: vote.mp3\n---\n![The hall](hall.png)\n\n[The bill](bill.pdf)\n";
    let site = Site::new()
        .file("content/politics/vote/index.md", bundle)
        .file("content/politics/vote/hall.png", picture())
        .file("content/politics/vote/bill.pdf", "the bill")
        .file("content/politics/vote/vote.mp3", "the sound")
        .article("politics/count.md", "The count", "2026-11-20", "related: [The vote]\n")
        .file("content/authors/ann.md", "---\nname: Ann Open\nrole: Editor\npicture: ann.png\n---\nHer life.\n")
        .file("content/authors/ann.png", picture())
        .file("static/css/site.css", "body{}");
    let tree = site.published();
    (site, tree)
}

const PAGE: &str = "2026/11/21/vote/index.html";

#[test]
fn a_broken_source_keeps_its_page_with_what_it_names() {
    let (site, before) = published();
    site.write("content/politics/vote/index.md", BROKEN);
    site.write("static/css/site.css", "body{color:red}");
    site.build().exited(1);
    assert_same(&site.public(), &before, "without --keep-going nothing changes");

    let told = site.build_with(&["--keep-going"]);
    told.exited(3).says(PAGE).says("content/politics/vote/index.md:4:1");
    let after = site.public();
    let page = String::from_utf8(before[PAGE].clone()).unwrap();
    assert!(after[PAGE] == before[PAGE], "the page stays, byte for byte");
    let names = |path: &str| page.contains(&format!("/{path}\""));
    let assets = before.keys().filter(|path| path.starts_with("assets/") && names(path));
    let files = ["bill.pdf", "vote.mp3"].map(|file| format!("2026/11/21/vote/{file}"));
    let pictures: Vec<&String> =
        before.keys().filter(|path| path.starts_with("media/sized/politics/vote/hall")).collect();
    assert!(!pictures.is_empty() && pictures.iter().all(|path| page.contains(path.as_str())));
    assert!(
        pictures.iter().all(|path| after.get(*path) == before.get(*path)),
        "a picture is named by the page, and gone"
    );
    for path in assets.clone().chain(&files) {
        assert!(names(path) && after.get(path) == before.get(path), "{path} is named by the page, and gone");
    }
    assert!(assets.count() > 0);
    for list in ["index.html", "politics/index.html", "2026/11/index.html", "feed.xml", "2026/11/20/count/index.html"] {
        let text = String::from_utf8(after[list].clone()).unwrap();
        assert!(!text.contains("The vote") && !text.contains("/2026/11/21/"), "{list} lists the broken story\n{text}");
    }

    // It stays kept in the edition after that, and another one is no work.
    site.build_with(&["--keep-going"]).exited(3).says("0 written").says(PAGE);
    site.write("content/politics/vote/index.md", BROKEN.replace("tags: {a: b}", "kicker: Mended"));
    site.build_with(&["--keep-going"]).exited(0);
    assert!(site.page(PAGE).contains("Mended"));
    assert!(site.page("politics/index.html").contains("The vote"));
}

#[test]
fn pages_of_broken_authors_and_sections_stay() {
    let (site, before) = published();
    site.write("content/authors/ann.md", "---\nname: Ann Open\nrole: {a: b}\n---\n");
    site.write("content/politics/_index.md", "---\ntitle: [a]\n---\n");
    let told = site.build_with(&["--keep-going"]);
    told.exited(3).says("content/authors/ann.md:3:1").says("content/politics/_index.md:2:1");
    assert!(
        site.public()["authors/ann/index.html"] == before["authors/ann/index.html"],
        "authors/ann/index.html stays"
    );
    let portraits = |tree: &Tree| tree.keys().filter(|path| path.starts_with("media/sized/authors/ann")).count();
    assert!(portraits(&before) > 0 && portraits(&site.public()) == portraits(&before), "her portrait stays");
}

#[test]
fn a_source_that_was_never_out_is_just_absent() {
    let (site, before) = published();
    site.write("content/politics/new.md", BROKEN.replace("The vote", "New"));
    site.build_with(&["--keep-going"]).exited(3).says("content/politics/new.md:4:1").says("0 written");
    assert_same(&site.public(), &before, "the tree before");
    let fresh = Site::new().file("content/politics/new.md", BROKEN);
    fresh.build_with(&["--keep-going"]).exited(3);
    assert!(fresh.public().keys().all(|path| !path.contains("vote")));
}

/// What cannot be told from a broken source is whether it may be out: so its embargo, once set, takes the page away.
#[test]
fn a_source_that_is_readably_withdrawn_or_unpublished_is_not_kept() {
    let (site, _) = published();
    site.write("content/politics/vote/index.md", BROKEN.replace("---\ntitle", "---\ndraft: true\ntitle"));
    site.build_with(&["--keep-going"]).exited(0);
    assert!(!site.public().keys().any(|path| path.contains("vote")), "the page, its picture and its file are gone");
}

#[test]
fn a_removed_source_is_not_kept() {
    let (site, _) = published();
    site.remove("content/politics/vote/index.md");
    site.build_with(&["--keep-going"]).exited(0);
    assert!(!site.public().contains_key(PAGE));
}

#[test]
fn mistakes_that_concern_the_whole_site_still_stop() {
    let (site, before) = published();
    let check = |path: &str, text: &str, words: &str| {
        let was = std::fs::read(site.path(path)).ok();
        site.write(path, text);
        site.build_with(&["--keep-going"]).exited(1).says(words);
        assert_same(&site.public(), &before, "{path}");
        match was {
            Some(was) => site.write(path, was),
            None => site.remove(path),
        }
    };
    check("site.yaml", "titel: x\n", "site.yaml:1:1");
    check("templates/article.html", "{% frobnicate %}", "templates/article.html:1");
    check("templates/article.html", "{{ 1 / 0 }}", "templates/article.html:1");
    check("redirects.yaml", "/a/: /a/\n", "redirects.yaml:1:1");
    check("static/404.html", "x", "static/404.html");
}

/// Tables are read when pages are made, long after all other mistakes of sources are known.
#[test]
fn a_story_that_cannot_draw_its_tables_keeps_its_page() {
    let (site, _) = published();
    let head = "---\ntitle: The count\ndate: 2026-11-20\n---\n";
    let table = ":::table{src=\"votes.csv\"}\n:::\n";
    let chart = ":::chart{type=\"line\" src=\"gone.csv\" title=\"Votes\"}\n:::\n";
    let text = |votes: &str| site.write("content/politics/votes.csv", votes);
    text("ward,votes\nnorth,12\n");
    site.write("content/politics/count.md", [head, table].concat());
    site.published();
    let page = "2026/11/20/count/index.html";
    let before = site.page(page);
    assert!(before.contains("north"));

    text("ward,votes\nsouth,12,13\n");
    site.write("content/politics/count.md", [head, table, chart].concat());
    site.write("content/politics/vote/index.md", "---\ntitle: The vote\ndate: 2026-11-21\n---\nRecounted.\n");
    let (of_table, of_chart) = ("content/politics/count.md:5:", "content/politics/count.md:7:");
    site.build().exited(1).says(of_table).says(of_chart);
    site.build_with(&["--keep-going"]).exited(3).says(of_table).says(of_chart).says(page);
    assert_eq!(site.page(page), before, "it stays, byte for byte");
    assert!(site.page(PAGE).contains("Recounted"), "and the rest is built");
    assert!(!site.page("politics/index.html").contains("The count"), "it is in no list");

    text("ward,votes\nsouth,12\n");
    site.write("content/politics/count.md", [head, table].concat());
    site.build_with(&["--keep-going"]).exited(0);
    assert!(site.page(page).contains("south"));
}

/// Whatever is wrong with a section's file: its stories stay as open, as paid and as sensitive as it says they are.
#[test]
fn stories_keep_what_a_broken_section_says_of_them() {
    let section = |more: &str| format!("---\ntitle: Club\ndefaults:\n  paywall: subscribers\n{more}");
    let site = Site::new()
        .file("content/club/_index.md", section("---\n"))
        .file("content/club/x.md", "---\ntitle: Deal\ndate: 2026-11-20\nsummary: A deal\n---\nThe zanzibar clause.\n");
    let says = |tree: &Tree| -> Vec<String> {
        let says = |bytes: &[u8]| bytes.windows(8).any(|word| word == b"zanzibar");
        tree.iter().filter(|(_, bytes)| says(bytes)).map(|(path, _)| path.clone()).collect()
    };
    let before = site.published();
    let where_it_stood = says(&before);
    assert_eq!(where_it_stood, ["2026/11/20/x/index.html"], "the page alone");

    for body in [":::table{src=\"gone.csv\"}\n:::\n", ":::nonsense\n"] {
        site.write("content/club/_index.md", [&section("---\n"), body].concat());
        site.build_with(&["--keep-going"]).exited(3).says("content/club/_index.md:");
        assert_eq!(says(&site.public()), where_it_stood, "{body}");
    }
    for lines in
        ["  label: sponsord\n---\n", "defualts: {label: sponsored}\n---\n", "defaults: {}\n---\n", "slots: [\n---\n"]
    {
        site.write("content/club/_index.md", section(lines));
        let before = site.public();
        site.build_with(&["--keep-going"]).exited(1).says("content/club/_index.md:");
        assert_same(&site.public(), &before, lines);
    }
    site.write("content/club/_index.md", b"---\ntitle: Club\xff\n---\n");
    site.build_with(&["--keep-going"]).exited(1).says("content/club/_index.md");
    assert_eq!(says(&site.public()), where_it_stood);
}
