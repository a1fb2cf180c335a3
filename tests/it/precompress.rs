//! Compressed copies: which files have some, that they are those very files, and that they stay or go with them.

#![cfg(feature = "precompress")]

use std::{fs, io::Read};

use letterpress::pipeline::preview::{Changed, Preview, Request as PreviewRequest};

use crate::{
    site::{Site, Tree, assert_same, manifest_dir},
    walks::{Asked, does_nothing},
};

const HEAD: &str = "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\n";
const PAGE: &str = "2026/11/20/ferry/index.html";

/// A site with files of many kinds.
fn site(setting: &str) -> Site {
    let icon = fs::read(manifest_dir().join("static/icons/apple-touch-icon.png")).unwrap();
    Site::new()
        .file("site.yaml", format!("{HEAD}{setting}"))
        .article("city/ferry.md", "Ferry late", "2026-11-20", "tags: [Harbour]\nimage: {src: pier.png, alt: A pier}\n")
        .article("city/wall.md", "The wall", "2026-11-19", "tags: [Harbour]\n")
        .article("city/secret.md", "A secret", "2026-11-18", "draft: true\n")
        .file("content/city/pier.png", icon)
        .file("content/city/tides.csv", "day,metres\n1,4\n".repeat(500))
        .file("content/city/links.md", "---\ntitle: Links\ndate: 2026-11-17\n---\n[Tides](tides.csv)\n")
        .file("static/css/extra.css", "a{color:red}\n")
        .file("static/big.json", format!("[{}0]", "1234567,".repeat(40_000)))
        .file("static/empty.txt", "")
        .file("static/NOTES.TXT", "Notes of the desk, notes of the desk.\n")
        .file("static/fonts/post.woff2", "not really a font")
        .file("static/_headers", "/*\n  X-Own: yes\n")
        .file("static/old.tar.gz", "not really an archive")
}

/// What a copy holds.
fn decoded(path: &str, bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    if form(path) == Some("br") {
        brotli::Decompressor::new(bytes, 4096).read_to_end(&mut decoded).unwrap();
    } else {
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut decoded).unwrap();
    }
    decoded
}

fn is_copy(path: &str) -> bool {
    path != "old.tar.gz" && form(path).is_some()
}

fn form(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ["br", "gz"].contains(ending))
}

/// The files of a tree that have a copy. Each copy is that of its file.
fn copied(tree: &Tree, ending: &str) -> Vec<String> {
    let copies = tree.iter().filter(|(path, _)| is_copy(path) && path.ends_with(ending));
    let base = |(path, bytes): (&String, &Vec<u8>)| {
        let base = path.strip_suffix(ending).unwrap().to_owned();
        assert!(tree.get(&base) == Some(&decoded(path, bytes)), "{path} is not {base}");
        base
    };
    copies.map(base).collect()
}

fn without_copies(tree: &Tree) -> Tree {
    tree.iter().filter(|(path, _)| !is_copy(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

#[test]
fn copies_are_of_their_files() {
    let tree = site("precompress: [br, gz]\n").published();
    let copied = copied(&tree, ".br");
    assert_eq!(copied, self::copied(&tree, ".gz"));
    let endings = ["html", "css", "csv", "json", "js", "TXT", "txt", "xml", "webmanifest", "bin", "svg"];
    let has_text = |path: &&String| endings.iter().any(|ending| path.ends_with(&format!(".{ending}")));
    let expected: Vec<String> = tree.keys().filter(has_text).cloned().collect();
    assert_eq!(copied, expected);
    for path in [
        PAGE,
        "404.html",
        "feed.xml",
        "atom.xml",
        "sitemap.xml",
        "robots.txt",
        "search/volumes.json",
        "big.json",
        "NOTES.TXT",
        "empty.txt",
    ] {
        assert!(copied.iter().any(|copied| copied == path), "{path}");
    }
    for ending in [".csv", ".bin"] {
        assert!(copied.iter().any(|copied| copied.ends_with(ending)), "{ending}");
    }
    assert!(copied.iter().any(|path| path.starts_with("assets/css/")));
    let page = &tree[&format!("{PAGE}.gz")];
    assert_eq!(page[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255], "no time, no name, no system");
    assert!(tree[&format!("{PAGE}.br")].len() < page.len() && page.len() * 2 < tree[PAGE].len());
}

#[test]
fn only_what_is_asked_for_is_made() {
    let off = site("").published();
    assert_eq!(off.keys().filter(|path| is_copy(path)).count(), 0);
    assert_same(&site("precompress: []\n").published(), &off, "no forms");
    for (setting, made, not_made) in [("gz", ".gz", ".br"), ("[BR, br]", ".br", ".gz")] {
        let tree = site(&format!("precompress: {setting}\n")).published();
        assert!(copied(&tree, made).len() > 40 && copied(&tree, not_made).is_empty(), "{setting}");
        assert_same(&without_copies(&tree), &off, "the files themselves");
    }
}

#[test]
fn any_number_of_threads_makes_the_same_copies() {
    let built = |jobs: &str| {
        let site = site("precompress: [br, gz]\n");
        site.build_with(&["--jobs", jobs]).succeeded();
        site.public()
    };
    assert_same(&built("1"), &built("8"), "1 and 8 threads");
}

#[test]
fn copies_come_change_and_go_with_their_files() {
    let (site, asked) = (site("precompress: [br, gz]\n"), Asked::usual());
    let root = site.root();
    asked.build(&root);
    let before = site.public();
    let (is_nothing, _) = does_nothing(|| asked.build(&root), &root);
    assert!(is_nothing, "a second build writes");

    site.write(
        "content/city/wall.md",
        "---\ntitle: The wall\ndate: 2026-11-19\ntags: [Harbour]\nsummary: The text of The wall.\n---\nAnother text.\n",
    );
    let built = asked.build(&root);
    let written: Vec<&str> = built.report.written.iter().map(letterpress::model::OutPath::as_str).collect();
    let page = "2026/11/19/wall/index.html";
    let copies = [format!("{page}.br"), format!("{page}.gz")];
    assert!(written.contains(&page) && copies.iter().all(|copy| written.contains(&copy.as_str())), "{written:?}");
    let is_alone =
        |path: &&&str| !is_copy(path) && !["br", "gz"].iter().all(|form| written.contains(&&*format!("{path}.{form}")));
    assert_eq!(written.iter().find(is_alone), None, "all that is written has copies");
    let after = site.public();
    let changed = |path: &str| before[path] != after[path];
    assert!(changed(page) && copies.iter().all(|copy| changed(copy)));
    copied(&after, ".br");

    site.remove("content/city/wall.md");
    let built = asked.build(&root);
    let removed: Vec<&str> = built.report.removed.iter().map(letterpress::model::OutPath::as_str).collect();
    assert!([page, &copies[0], &copies[1]].iter().all(|path| removed.contains(path)), "{removed:?}");

    site.write("site.yaml", HEAD);
    asked.build(&root);
    assert_eq!(site.public().keys().filter(|path| is_copy(path)).count(), 0, "switched off");
}

/// Settings are read by every output, and most of them change no byte: then nothing is compressed again.
#[test]
fn what_stays_the_same_is_not_compressed_again() {
    let (site, asked) = (site("precompress: [br, gz]\n"), Asked::usual());
    let root = site.root();
    asked.build(&root);
    let before = site.public();
    let files = without_copies(&before).len();
    site.write("site.yaml", format!("{HEAD}precompress: [br, gz]\nimages: {{store: 500}}\n"));
    let built = asked.build(&root);
    assert_eq!((built.work.rendered, built.report.written.len()), (files, 0));
    assert_same(&site.public(), &before, "nothing has changed");
    // What they have read is known.
    let text = fs::read_to_string(site.path("content/city/wall.md")).unwrap();
    site.write("content/city/wall.md", text.replace("The text", "All the text"));
    asked.build(&root);
    let changed = site.public();
    assert!(changed["2026/11/19/wall/index.html.br"] != before["2026/11/19/wall/index.html.br"]);
    copied(&changed, ".br");
    copied(&changed, ".gz");
}

#[test]
fn a_file_that_stands_where_a_copy_goes_is_an_error() {
    let own = |path: &str| site("precompress: [br, gz]\n").file(path, "own");
    let run = own("static/css/extra.css.br").build();
    run.exited(1)
        .says("error[collision]: the compressed copy of `/css/extra.css` and `static/css/extra.css.br` would both be published at `/css/extra.css.br`")
        .says("take it away, or `br` out of `precompress` in `site.yaml`");
    own("static/css/Extra.CSS.gz").build().exited(1).says("cannot stand side by side everywhere");
    own("static/feed.xml.gz/own.txt").build().exited(1).says("the compressed copy of `/feed.xml`");
    own("static/lonely.css.br").build().succeeded();
    site("precompress: gz\n").file("static/css/extra.css.br", "own").build().succeeded();
    let checked = own("static/css/extra.css.br").run(&["check", "--as-of", crate::site::AS_OF]);
    checked.exited(1).says("the compressed copy of `/css/extra.css`");
}

#[test]
fn a_kept_page_keeps_its_copies() {
    const BROKEN: &str = "---\ntitle: Ferry\ndate: 2026-11-20\ntags: {a: b}\n---\n";
    let copies = [format!("{PAGE}.br"), format!("{PAGE}.gz")];
    let published = |setting: &str| {
        let site = site(setting);
        let before = site.published();
        site.write("content/city/ferry.md", BROKEN);
        (site, before)
    };
    let (site, before) = published("precompress: [br, gz]\n");
    for _ in 0..2 {
        site.build_with(&["--keep-going"]).exited(3);
        let after = site.public();
        assert!(copies.iter().chain([&PAGE.to_owned()]).all(|path| after.get(path) == before.get(path)));
        copied(&after, ".br");
    }

    // A section's page is planned although its own file is broken, and what is kept of it is what is copied.
    let section = "city/index.html";
    let with_section = |setting: &str| {
        let site = self::site(setting).file("content/city/_index.md", "---\ntitle: The City\n---\nA city.\n");
        let before = site.published();
        site.write("content/city/_index.md", "---\ntitle: {a: b}\n---\nA city.\n");
        (site, before)
    };
    let (site, before) = with_section("precompress: br\n");
    site.write("site.yaml", format!("{HEAD}precompress: [br, gz]\n"));
    site.build_with(&["--keep-going"]).exited(3);
    let after = site.public();
    assert!(after[section] == before[section] && after["city/index.html.br"] == before["city/index.html.br"]);
    assert!(!after.contains_key("city/index.html.gz"), "there is none of what is kept");
    let (site, _) = with_section("precompress: br\n");
    site.write("public/city/index.html", "by another hand");
    site.build_with(&["--keep-going"]).exited(3);
    let after = site.public();
    assert_eq!(after.get(section).map(|page| decoded("x.br", &after["city/index.html.br"]) == *page), Some(true));

    let (site, _) = published("precompress: [br, gz]\n");
    site.write("site.yaml", HEAD);
    site.build_with(&["--keep-going"]).exited(3);
    let after = site.public();
    assert!(after.contains_key(PAGE) && !after.keys().any(|path| is_copy(path)), "no longer asked for");
}

#[test]
fn a_preview_has_no_copies() {
    let site = site("precompress: [br, gz]\n");
    let request = PreviewRequest {
        root: site.root(),
        base_url: None,
        program: None,
        policy: letterpress::release::Policy::Public,
    };
    let refreshed = Preview::new(request)
        .refresh(&Changed::anything(), letterpress::model::Timestamp::parse(crate::site::AS_OF).unwrap());
    let shown = refreshed.unwrap().shown;
    for path in site.published().into_keys() {
        assert_eq!(shown.output(&path).is_some(), !is_copy(&path), "{path}");
    }
}
