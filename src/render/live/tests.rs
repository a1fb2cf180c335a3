#![expect(clippy::disallowed_methods, reason = "tests make sites of their own")]

use std::{collections::BTreeMap, fs, path::Path};

use super::*;
use crate::{
    model::Timestamp,
    pipeline::{self, Built, Mistakes, Request},
    write,
};

/// A site of one live story.
const SITE: &str = "title: Test\nurl: https://news.example\ntime_zone: Europe/London\n";
const HEAD: &str = "\
---
title: The vote
date: 2026-11-22T09:00
label: live
live: {ends: 2026-11-22T18:00, summary: It is *close*.}
---
Before it all.

## 2026-11-22 09:30 Doors open {.key}

They are open. ![A door](door.png)

";
const AHEAD: &str = "\
## 2026-11-22 14:30 Zanzibar carried {.key .pinned}

Zanzibar, [zanzibar](zanzibar.md), ![zanzibar](zanzibar.png), <zanzibar>, [[zanzibar]][^zanzibar]

:::zanzibar
## 14:31 Zanzibar again

";
const LATER: &str = "\
## 2026-11-22 11:00

A second post with [a link][r].

[r]: /about/
";

/// Builds the site at noon, with `body` after the front matter of its one story.
fn built(root: &Path, body: &str, as_of: &str) -> Built {
    for folder in ["content", "public"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    fs::write(root.join("site.yaml"), SITE).unwrap();
    fs::write(root.join("content/vote.md"), body).unwrap();
    fs::write(root.join("content/door.png"), "door").unwrap();
    fs::write(root.join("content/zanzibar.png"), "zanzibar").unwrap();
    let request = Request {
        root: root.to_owned(),
        out: root.join("out/public"),
        as_of: Timestamp::parse(as_of).unwrap(),
        base_url: None,
        mistakes: Mistakes::Stop,
        folder: write::Options { durable: false, ..write::Options::default() },
        program: None,
    };
    fs::create_dir_all(root.join("out")).unwrap();
    pipeline::build(&request).unwrap()
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder_here) = open.pop() {
        for entry in fs::read_dir(&folder_here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn page(root: &Path, name: &str) -> String {
    fs::read_to_string(root.join("out/public/2026/11/22/vote").join(name)).unwrap()
}

/// The gate: an entry dated ahead changes no byte of anything, and no mistake in it is told.
#[test]
fn an_entry_ahead_leaks_no_byte() {
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let noon = "2026-11-22T12:00:00Z";
    let built_with = built(with.path(), &[HEAD, AHEAD, LATER].concat(), noon);
    let built_without = built(without.path(), &[HEAD, LATER].concat(), noon);
    assert_eq!(built_with.diagnostics.len(), built_without.diagnostics.len(), "{:?}", built_with.diagnostics);
    let (with, without) = (tree(&with.path().join("out/public")), tree(&without.path().join("out/public")));
    assert!(with.contains_key("2026/11/22/vote/live.json"));
    assert_eq!(with.keys().collect::<Vec<_>>(), without.keys().collect::<Vec<_>>());
    for (name, bytes) in &with {
        assert!(bytes == &without[name], "{name} differs");
        assert!(!String::from_utf8_lossy(bytes).to_lowercase().contains("zanzibar"), "{name} leaks");
    }
}

#[test]
fn an_entry_is_out_from_its_time_on() {
    let folder = tempfile::tempdir().unwrap();
    let body = [HEAD, "## 2026-11-22 12:00 Carried {.key .pinned}\n\nBy one.\n\n", LATER].concat();
    built(folder.path(), &body, "2026-11-22T11:59:59Z");
    assert!(!page(folder.path(), "index.html").contains("Carried"));
    built(folder.path(), &body, "2026-11-22T12:00:00Z");
    let html = page(folder.path(), "index.html");
    let place = |words: &str| html.find(words).unwrap_or_else(|| panic!("{words} in {html}"));
    assert!(place("Before it all") < place("id=\"t20261122-1200\""), "the introduction comes first");
    assert!(place("id=\"t20261122-1200\"") < place("id=\"t20261122-1100\""), "a pinned entry stands on top");
    assert!(place("id=\"t20261122-1100\"") < place("id=\"t20261122-0930\""), "the newest comes first");
    assert!(place("href=\"#t20261122-1200\"") < place("id=\"t20261122-1200\""), "key events are listed on top");
    assert!(html.contains("2026-11-22T12:00:00+00:00"), "the story is as new as its newest entry");
}

/// The page changes with the end of the coverage, which `next-event` announces, and `live.json` stays.
#[test]
fn coverage_ends() {
    let folder = tempfile::tempdir().unwrap();
    let body = [HEAD, LATER].concat();
    built(folder.path(), &body, "2026-11-22T17:59:59Z");
    let (live, json) = (page(folder.path(), "index.html"), page(folder.path(), "live.json"));
    assert!(live.contains("/assets/js/live."));
    built(folder.path(), &body, "2026-11-22T18:00:00Z");
    let over = page(folder.path(), "index.html");
    assert!(!over.contains("/assets/js/live."));
    assert!(over.contains("This live coverage has ended"));
    assert_eq!(page(folder.path(), "live.json"), json);
    let (config, documents) = pipeline::documents(folder.path()).unwrap();
    let next = |at: &str| crate::release::next_event(&documents, &config, Timestamp::parse(at).unwrap());
    assert_eq!(next("2026-11-22T10:00:00Z").unwrap().1, "an entry of live coverage is shown");
    assert_eq!(next("2026-11-22T12:00:00Z").unwrap().1, "live coverage ends");
    assert_eq!(next("2026-11-24T18:00:00Z"), None);
}

#[test]
fn the_newest_entries_are_json() {
    let folder = tempfile::tempdir().unwrap();
    let post = |minute: i32| format!("## 2026-11-22 10:{minute:02} Post {minute}\n\nText.\n\n");
    let posts = (0..30).map(post).collect::<Vec<_>>().concat();
    built(folder.path(), &[HEAD, &posts].concat(), "2026-11-22T12:00:00Z");
    let json: serde_json::Value = serde_json::from_str(&page(folder.path(), "live.json")).unwrap();
    let entries = json["entries"].as_array().unwrap();
    assert_eq!(entries.len(), NEWEST);
    assert_eq!(json["ends"], "2026-11-22T18:00:00+00:00");
    assert_eq!(entries[0]["id"], "t20261122-1029");
    assert_eq!(entries[0]["at"], "2026-11-22T10:29:00+00:00");
    assert_eq!(entries[0]["title"], "Post 29");
    assert_eq!(entries[0]["key"], false);
    let html = entries[0]["html"].as_str().unwrap();
    assert!(page(folder.path(), "index.html").contains(html), "the page shows what the script puts in: {html}");
}

#[test]
fn coverage_without_entries_is_a_beginning() {
    let folder = tempfile::tempdir().unwrap();
    built(
        folder.path(),
        "---\ntitle: A\ndate: 2026-11-22\nslug: vote\nlabel: live\n---\nSoon.\n",
        "2026-11-22T12:00:00Z",
    );
    let html = page(folder.path(), "index.html");
    assert!(html.contains("Soon.") && html.contains("The first post is still to come"));
    assert_eq!(page(folder.path(), "live.json"), "{\"ends\":null,\"entries\":[]}");
}

#[test]
fn feeds_hold_the_whole_coverage() {
    let folder = tempfile::tempdir().unwrap();
    built(folder.path(), &[HEAD, LATER].concat(), "2026-11-22T12:00:00Z");
    let feed = fs::read_to_string(folder.path().join("out/public/feed.xml")).unwrap();
    let place = |words: &str| feed.find(words).unwrap_or_else(|| panic!("{words} in {feed}"));
    assert!(place("It is") < place("A second post") && place("A second post") < place("They are open"));
    assert!(feed.contains("https://news.example/2026/11/22/vote/#t20261122-1100"));
}

#[test]
fn markup_is_taken_from_words() {
    let check = |html: &str, text: &str| assert_eq!(plain_text(html), text, "{html}");
    check("<p>One <em>t</em>wo.</p>\n<p>Three &amp; &lt;four&gt;.</p>", "One two. Three & <four>.");
    check("a<br>b <img alt=\"x\">c", "a b c");
    check("&amp;lt;", "&lt;");
}
