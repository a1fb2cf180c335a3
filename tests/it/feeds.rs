//! Feeds, sitemaps and the files for machines: what stands in each, and what is left out.

use std::collections::BTreeSet;

use crate::site::{AS_OF, Site, Tree, assert_same};

/// A paper with every kind of story that some output leaves out; now is noon on the 22nd.
fn paper() -> Site {
    let mut site = Site::new()
        .article("politics/fresh.md", "Fresh", "2026-11-20T12:00:01Z", "tags: [Energy]\nauthors: [Ann]\n")
        .article("politics/aged.md", "Aged", "2026-11-20T12:00:00Z", "tags: [Energy, Rare]\nlabel: opinion\n")
        .article("politics/paid.md", "Paid", "2026-11-22", "label: sponsored\ntags: [Energy]\nauthors: [Ann]\n")
        .article("politics/hidden.md", "Hidden", "2026-11-22T10:00", "robots: noindex, nofollow\ntags: [Rare]\n")
        .article("politics/copied.md", "Copied", "2026-11-22T09:00", "canonical: https://other.example/x\n")
        .article("politics/taken.md", "Taken", "2026-11-22T08:00", "withdrawn: {at: 2026-11-22T11:00, reason: x}\n")
        .article("politics/locked.md", "Locked", "2026-11-22T07:00", "paywall: subscribers\nsummary: In short\n")
        .article("culture/old.md", "Old", "2026-09-01", "series: Walks\nupdates: [{at: 2026-11-01, note: x}]\n")
        .article(
            "culture/wrong.md",
            "Wrong",
            "2026-09-02",
            "id: wrong\ncorrections: [{at: 2026-11-02T10:00, text: 'It was *two* & not 3'}, {at: 2026-11-02T10:00, type: retraction, text: All of it}]\n",
        );
    for number in 0..25 {
        let name = format!("culture/filler-{number:02}.md");
        site = site.article(&name, &format!("Filler {number}"), "2026-08-01", "tags: [Filler]\n");
    }
    site
}

fn text(tree: &Tree, path: &str) -> String {
    let bytes = tree.get(path).unwrap_or_else(|| panic!("{path} is not published"));
    String::from_utf8(bytes.clone()).unwrap()
}

/// Which stories of `paper` a file names, by what only their address holds.
fn named(tree: &Tree, path: &str) -> BTreeSet<&'static str> {
    let text = text(tree, path);
    let names =
        ["fresh", "aged", "paid", "hidden", "copied", "taken", "locked", "old", "wrong", "filler-00", "filler-24"];
    names
        .into_iter()
        .filter(|name| text.contains(&format!("/{name}/</link>")) || text.contains(&format!("/{name}/</loc>")))
        .collect()
}

#[test]
fn each_file_names_what_belongs_there() {
    let tree = paper().published();
    let check = |path: &str, expected: &[&'static str]| {
        assert_eq!(named(&tree, path), expected.iter().copied().collect(), "{path}");
    };
    check("feed.xml", &["fresh", "aged", "hidden", "copied", "locked", "old", "wrong", "filler-00"]);
    check("politics/feed.xml", &["fresh", "aged", "hidden", "copied", "locked"]);
    check("labels/sponsored/feed.xml", &["paid"]);
    check("labels/opinion/feed.xml", &["aged"]);
    check("authors/ann/feed.xml", &["fresh", "paid"]);
    check("tags/energy/feed.xml", &["fresh", "aged"]);
    check("tags/filler/feed.xml", &["filler-00"]);
    check("series/walks/feed.xml", &["old"]);
    check("news-sitemap.xml", &["fresh", "locked"]);
    check("sitemap-2026-11.xml", &["fresh", "aged", "paid", "locked"]);
    check("sitemap-2026-09.xml", &["old", "wrong"]);
    for path in ["tags/rare/feed.xml", "labels/news/feed.xml", "authors/ann/atom.xml", "tags/filler/feed.json"] {
        assert!(!tree.contains_key(path), "{path}");
    }
    let pages = text(&tree, "sitemap-pages.xml");
    assert!(pages.contains("/tags/energy/</loc>") && !pages.contains("/tags/rare/"), "{pages}");
    let index = text(&tree, "sitemap.xml");
    for name in ["sitemap-2026-11.xml", "sitemap-2026-08.xml", "sitemap-pages.xml", "news-sitemap.xml"] {
        assert!(index.contains(&format!("https://post.example/{name}</loc>")), "{name}");
    }
}

#[test]
fn full_texts_and_summaries() {
    let tree = paper().published();
    let site = text(&tree, "feed.xml");
    assert!(site.contains("The text of Fresh.") && site.contains("Opinion: Aged"));
    // The lock is the host's: what subscribers pay for is not in a feed.
    for path in ["feed.xml", "atom.xml", "feed.json", "politics/feed.xml", "politics/atom.xml", "politics/feed.json"] {
        let text = text(&tree, path);
        assert!(text.contains("In short") && !text.contains("The text of Locked"), "{path}");
    }
    let tag = text(&tree, "tags/energy/feed.xml");
    assert!(
        !tag.contains("content:encoded>") && tag.contains("<description>The text of Fresh.</description>"),
        "{tag}"
    );
    let json: serde_json::Value = serde_json::from_str(&text(&tree, "feed.json")).unwrap();
    assert_eq!(json["items"].as_array().unwrap().len(), 20);
    // Each correction is an item, and what identifies it is neither its words nor its place in the list.
    let corrections = text(&tree, "corrections/feed.xml");
    assert!(corrections.contains("tag:post.example,2026:wrong#correction-1793613600</guid>"), "{corrections}");
    assert!(corrections.contains("wrong#correction-1793613600-2</guid>"), "{corrections}");
    assert!(corrections.contains("<title>Retraction: Wrong</title>"), "{corrections}");
    assert!(corrections.contains("It was &lt;em&gt;two&lt;/em&gt; &amp;amp; not 3"), "{corrections}");
}

#[test]
fn lists_change_when_their_cards_do() {
    let tree = paper().published();
    let pages = text(&tree, "sitemap-pages.xml");
    let changed = |page: &str| {
        let (_, after) = pages.split_once(&format!("{page}</loc><lastmod>")).unwrap_or_else(|| panic!("{page}"));
        after.split('<').next().unwrap().to_owned()
    };
    assert_eq!(changed("/politics/"), "2026-11-22T10:00:00+00:00");
    assert_eq!(changed("/culture/"), "2026-11-02T10:00:00+00:00");
    assert_eq!(changed("/series/walks/"), "2026-11-01T00:00:00+00:00");
    assert_eq!(changed("/tags/filler/"), "2026-08-01T00:00:00+01:00");
    assert_eq!(changed("/corrections/"), "2026-11-02T10:00:00+00:00");
}

#[test]
fn a_busy_day_fills_several_news_sitemaps() {
    let mut site = Site::bare();
    for number in 0..1001 {
        site = site.article(&format!("news/story-{number}.md"), &format!("Story {number}"), "2026-11-22T06:00", "");
    }
    let tree = site.published();
    let count = |path: &str| text(&tree, path).matches("<news:news>").count();
    assert_eq!((count("news-sitemap.xml"), count("news-sitemap-2.xml")), (1000, 1));
    assert!(text(&tree, "sitemap.xml").contains("https://post.example/news-sitemap-2.xml"));
    assert!(text(&tree, "robots.txt").contains("Sitemap: https://post.example/news-sitemap-2.xml"));
}

/// Nothing changes because the clock moved, except at the instants that `next-event` names.
#[test]
fn the_clock_changes_what_next_event_announces() {
    let site = paper();
    let built_at = |clock: &str| {
        site.run(&["build", "--as-of", clock]).succeeded();
        site.public()
    };
    let mut clock = AS_OF.to_owned();
    let mut tree = built_at(&clock);
    for (next, before, leaves) in [
        ("2026-11-22T12:00:01+00:00", AS_OF, "/fresh/"),
        ("2026-11-24T07:00:00+00:00", "2026-11-24T06:59:59Z", "/locked/"),
    ] {
        // Hidden and copied stories are in no news sitemap, so that nothing of theirs ends.
        site.run(&["next-event", "--as-of", &clock]).succeeded().says(next).says("a story leaves the news sitemap");
        let before = built_at(before);
        assert_same(&tree, &before, "until a second before the event");
        assert!(text(&before, "news-sitemap.xml").contains(leaves));
        clock = next.to_owned();
        let after = built_at(&clock);
        assert!(!text(&after, "news-sitemap.xml").contains(leaves), "{leaves}");
        let changed: Vec<&String> = after.keys().filter(|path| tree.get(*path) != after.get(*path)).collect();
        assert_eq!(changed, ["news-sitemap.xml"]);
        tree = after;
    }
    site.run(&["next-event", "--as-of", &clock]).succeeded().says("nothing changes by itself");
    assert_same(&tree, &built_at("2036-01-01T00:00:00Z"), "ten years later");
}

#[test]
fn without_an_address_there_is_nothing_that_needs_one() {
    let tree = paper().file("site.yaml", "title: The Post\ntime_zone: UTC\n").published();
    let needs = |path: &&String| {
        path.contains("sitemap") || ["feed.xml", "atom.xml", "feed.json"].iter().any(|name| path.ends_with(name))
    };
    assert_eq!(tree.keys().filter(needs).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(text(&tree, "robots.txt"), "User-agent: *\nDisallow:\n");
}

#[test]
fn settings_of_feeds_and_crawlers() {
    let site = paper().file(
        "site.yaml",
        "title: The Post\nurl: https://post.example/paper\ntime_zone: UTC\nfeeds: {hub: 'https://hub.example/', count: 3}\nrobots: {ai: refuse-training, disallow: [/desk/]}\npublisher: {name: Us, security: {contact: desk@post.example, expires: 2027-01-01}}\n",
    );
    let tree = site.published();
    let rss = text(&tree, "feed.xml");
    assert!(rss.contains("<atom:link href=\"https://hub.example/\" rel=\"hub\"/>"), "{rss}");
    assert!(rss.contains("<link>https://post.example/paper/2026/11/22/hidden/</link>"), "{rss}");
    assert_eq!(rss.matches("<item>").count(), 3);
    assert!(text(&tree, "atom.xml").contains("<link rel=\"hub\" href=\"https://hub.example/\"/>"));
    assert!(text(&tree, "feed.json").contains("\"hubs\":[{\"type\":\"WebSub\",\"url\":\"https://hub.example/\"}]"));
    let robots = text(&tree, "robots.txt");
    assert!(robots.contains("User-agent: GPTBot\n") && !robots.contains("User-agent: PerplexityBot\n"), "{robots}");
    assert!(
        robots.ends_with(
            "Disallow: /\n\nUser-agent: *\nDisallow: /paper/desk/\n\nSitemap: https://post.example/paper/sitemap.xml\nSitemap: https://post.example/paper/news-sitemap.xml\n"
        ),
        "{robots}"
    );
    let security = text(&tree, ".well-known/security.txt");
    assert!(security.starts_with("Contact: mailto:desk@post.example\nExpires: 2027-01-01T00:00:00Z\n"), "{security}");
    let manifest: serde_json::Value = serde_json::from_str(&text(&tree, "site.webmanifest")).unwrap();
    assert_eq!((&manifest["start_url"], &manifest["name"]), (&"/paper/".into(), &"The Post".into()));
    site.run(&["build", "--as-of", "2027-01-01T00:00:00Z"]).succeeded().says("ran-out");
}

#[test]
fn files_of_the_site_replace_ours() {
    let names = ["robots.txt", "site.webmanifest", ".well-known/security.txt", "ads.txt"];
    let settings = "title: The Post\nurl: https://post.example\ntime_zone: UTC\npublisher: {security: {contact: a@b.example, expires: 2027-01-01}}\n";
    let mut site = paper().file("site.yaml", settings);
    for name in names {
        site = site.file(&format!("static/{name}"), format!("my own {name}"));
    }
    site.build_with(&["--strict"]).succeeded();
    for name in names {
        assert_eq!(text(&site.public(), name), format!("my own {name}"));
    }
}

#[test]
fn a_story_with_a_recording_is_an_episode() {
    let site = Site::new()
        .article(
            "politics/talk/index.md",
            "The talk",
            "2026-11-22",
            "audio: {src: talk.mp3, duration: '1:01', title: Episode}\nimage: {src: talk.png, alt: A, credit: By *Bo*}\n",
        )
        .file("content/politics/talk/talk.mp3", "twelve bytes")
        .file("content/politics/talk/talk.png", std::fs::read(crate::site::manifest_dir().join("static/icons/apple-touch-icon.png")).unwrap())
        .article("politics/far.md", "Far", "2026-11-21", "audio: {src: 'https://cdn.example/far.ogg', bytes: 99}\n")
        .article("politics/paid.md", "Paid", "2026-11-20", "paywall: subscribers\naudio: {src: 'https://cdn.example/paid.mp3'}\n");
    let tree = site.published();
    let rss = text(&tree, "feed.xml");
    for line in [
        "<enclosure url=\"https://post.example/2026/11/22/talk/talk.mp3\" length=\"12\" type=\"audio/mpeg\"/>",
        "<enclosure url=\"https://cdn.example/far.ogg\" length=\"99\" type=\"audio/ogg\"/>",
        "<itunes:title>Episode</itunes:title>",
        "<itunes:duration>61</itunes:duration>",
        "<itunes:category text=\"News\"/>",
        ".png\" medium=\"image\" type=\"image/png\" width=\"180\" height=\"180\">",
        "<media:credit>By Bo</media:credit>",
    ] {
        assert!(rss.contains(line), "{line}\n{rss}");
    }
    assert!(!rss.contains("paid.mp3"), "what subscribers pay for is not in a feed");
    assert!(text(&tree, "atom.xml").contains("length=\"12\" href=\"https://post.example/2026/11/22/talk/talk.mp3\""));
    let json: serde_json::Value = serde_json::from_str(&text(&tree, "feed.json")).unwrap();
    assert_eq!(json["items"][0]["attachments"][0]["duration_in_seconds"], 61);
    let picture = json["items"][0]["image"].as_str().unwrap();
    assert!(picture.starts_with("https://post.example/media/sized/politics/talk/talk-180."), "{picture}");
    assert!(rss.contains(&format!("<media:content url=\"{picture}\"")));
    let sitemap = text(&tree, "sitemap-2026-11.xml");
    assert!(sitemap.contains(&format!("<image:loc>{picture}</image:loc>")), "{sitemap}");
    let file = picture.strip_prefix("https://post.example/").unwrap();
    assert!(tree.contains_key(file), "{file}");
}

/// What authors write cannot break a feed, nor run in a reader of feeds.
#[test]
fn hostile_texts_stay_texts() {
    let nasty = "\"]]> <script>alert(1)</script> & 🦀 \\\"x\\\" 'y' \\u0085\"";
    let more = format!(
        "summary: {nasty}\nkicker: {nasty}\nagency: {nasty}\ntags: [{nasty}]\nauthors: [{{name: {nasty}, role: {nasty}}}]\ncorrections: [{{at: 2026-11-21, text: {nasty}}}]\nid: {nasty}\nseries: {nasty}\n"
    );
    let site = Site::new()
        .article("politics/a.md", nasty, "2026-11-20", &more)
        .file("content/politics/b.md", format!("---\ntitle: B\ndate: 2026-11-21\nrelated: [{nasty}]\n---\n]]> <script>alert(1)</script> <a href=\"/x\" onclick=\"y\">`href=\"/x\"`</a> [x](#y)\n"))
        .file("site.yaml", format!("title: {nasty}\nurl: https://post.example\ntime_zone: UTC\ndescription: {nasty}\n"));
    let tree = site.published();
    let mut seen = 0;
    for (path, bytes) in &tree {
        let file = String::from_utf8_lossy(bytes);
        if path.ends_with("xml") {
            assert!(!file.contains("<script") && !file.contains("]]>"), "{path}");
            seen += 1;
        } else if path.ends_with("feed.json") {
            let json: serde_json::Value = serde_json::from_str(&file).unwrap();
            let html = json["items"][0]["content_html"].as_str().unwrap();
            assert!(!html.contains("<script"), "{html}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{:?}", tree.keys());
    let rss = text(&tree, "feed.xml");
    assert!(rss.contains("&lt;code&gt;href=&amp;quot;/x&amp;quot;&lt;/code&gt;"), "text is no attribute: {rss}");
    assert!(rss.contains("href=&quot;https://post.example/2026/11/21/b/#y&quot;"), "{rss}");
}
