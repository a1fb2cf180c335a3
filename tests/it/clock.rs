//! Nothing changes because the clock moved, except at the instants that `next-event` names.

use crate::site::{Site, assert_same};

/// A site with something dated ahead in every way, for a host whose files name what is on.
fn site() -> Site {
    Site::empty()
        .file(
            "site.yaml",
            "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\nhost: netlify\n\
             breaking: {text: It happened, until: 2026-11-22T12:10}\n\
             publisher: {security: {contact: [\"mailto:s@post.example\"], expires: 2026-11-22T12:20}}\n",
        )
        .file("static/a.gif", "GIF89a")
        .file("data/most_read.csv", "path\n/2026/11/20/comes/\n/2026/11/20/vote/\n/2026/11/20/goes/\n")
        .file(
            "content/_index.md",
            "---\nslots:\n  lead: [{story: vote, until: 2026-11-22T12:30}]\n  top: {pins: [count], until: 2026-11-22T12:40}\n  most_read: {}\n---\n",
        )
        .file("content/city/_index.md", "---\ntitle: City\nembargo: 2026-11-22T12:45\n---\n")
        .file("content/authors/ann.md", "---\nname: Ann Open\nexpires: 2026-11-22T12:50\n---\n")
        .file("content/tags/energy.md", "---\ntitle: Energy and power\nembargo: 2026-11-22T12:55\n---\n")
        .article("city/vote.md", "The vote", "2026-11-20", "authors: [ann]\ntags: [energy]\nexpires: 2027-06-01T00:00\n")
        .article("city/count.md", "The count", "2026-11-21", "corrections: [{at: 2026-11-22T13:00, text: Wrong}]\n")
        .article("city/comes.md", "It comes", "2026-11-20", "embargo: 2026-11-22T13:10\naliases: [/comes/]\n")
        .article("city/goes.md", "It goes", "2026-11-20", "expires: 2026-11-22T13:20\n")
        .article("city/later.md", "Later", "2026-11-23T09:00", "updated: 2026-11-23T10:00\n")
        .article("city/log.md", "The log", "2026-11-19", "updates: [{at: 2026-11-22T13:30, note: More}]\n")
        .article("city/lost.md", "Lost", "2026-11-19", "withdrawn: {at: 2026-11-22T13:40, reason: Wrong}\naliases: [/lost/]\n")
        .article("city/seen.md", "Seen", "2026-11-19", "image: {src: /a.gif, alt: A, rights_expire: 2026-11-22T13:50}\n")
        .file(
            "content/city/live.md",
            "---\ntitle: Live\ndate: 2026-11-22T11:00\nlabel: live\nlive: {ends: 2026-11-22T15:00}\n---\nIt is on.\n\n## 2026-11-22 11:30 First {.key}\n\nOne.\n\n## 14:00 Second\n\nTwo.\n",
        )
        .article("city/draft.md", "Never", "2026-11-20", "draft: true\nexpires: 2026-11-22T12:05\n")
}

/// The instant that `next-event` names, in seconds since 1970.
fn next(site: &Site, clock: &str) -> Option<i64> {
    let told = site.run(&["next-event", "--as-of", clock, "--format", "json"]).succeeded().stdout.clone();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    told["at"].as_str().map(|at| at.parse::<jiff::Timestamp>().unwrap().as_second())
}

#[test]
fn the_clock_alone_changes_nothing_between_events() {
    let site = site();
    let text = |second: i64| jiff::Timestamp::from_second(second).unwrap().to_string();
    let built = |second: i64| {
        site.run(&["build", "--as-of", &text(second)]).succeeded();
        site.public()
    };
    let mut now: i64 = "2026-11-22T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let mut before = built(now);
    let mut events = 0;
    while let Some(at) = next(&site, &text(now)) {
        for instant in [now + (at - now) / 2, at - 1] {
            assert_same(&built(instant), &before, &format!("{} and {}", text(instant), text(now)));
        }
        (now, before, events) = (at, built(at), events + 1);
    }
    assert!(events >= 18, "only {events} events");
    assert_same(&built(now + 10_000_000), &before, "a long time after the last event");
}
