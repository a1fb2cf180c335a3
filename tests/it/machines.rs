//! What machines read in a page: JSON-LD, Open Graph, and the policy that browsers hold it to.

use serde_json::Value;

use crate::site::Site;

/// A picture of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

fn site() -> Site {
    Site::empty()
        .file(
            "site.yaml",
            "title: The Post\nurl: https://post.example/paper\nlanguage: en-GB\ntime_zone: Europe/London\ndescription: News from the harbour\n\
             publisher:\n  name: Post Ltd\n  logo: /logo.gif\n  policies: {ethics: /ethics/, corrections: /not-there/, masthead: \"https://staff.example/\", privacy: /ethics/}\n\
             follow: [{label: Mastodon, url: \"https://social.example/@post\"}, {label: Feed, url: /feed.xml}]\n",
        )
        .file("static/logo.gif", PIXEL)
        .file("content/ethics.md", "---\ntitle: Our ethics\n---\nWe have some.\n")
        .file("content/city/ship.gif", PIXEL)
        .file(
            "content/authors/ann-open.md",
            "---\nname: Ann Open\nrole: Harbour correspondent\nbio: She *knows* ships.\nemail: ann@post.example\nlinks: [{label: Code, url: \"https://code.example/ann\"}]\n---\n",
        )
        .file("content/people/ned-pole.md", "---\ntitle: Ned Pole\ndescription: The harbour master.\n---\n")
        .article("city/dock.md", "The dock", "2026-07-01T18:00", "series: Docks\nauthors: [Ann Open]\ntags: [Ships]\n")
        .file(
            "content/city/ferry.md",
            "---\ntitle: \"The </script> ferry & the <b>pier</b>\"\ndate: 2026-07-02\nexpires: 2027-01-01T00:00\nupdated: 2026-07-03T09:00\nstandfirst: It *sails* again.\n\
             authors: [ann-open, {name: Lee Lens, role: Photography}]\ndateline: Northgate\ntags: [Ships, Ferries]\npeople: [Ned Pole]\n\
             organisations: [Ferry Co]\nplaces: [Northgate]\nseries: Docks\nlabel: explainer\npaywall: metered\n\
             image: {src: ship.gif, alt: A ship, caption: The *ship*, credit: Lee Lens, licence: \"https://licence.example/\"}\n\
             corrections: [{at: 2026-07-04, type: clarification, text: It is *a* ferry.}, {at: 2026-12-01, text: Dated ahead}]\n\
             related: [The dock]\n---\nOne two three.\n",
        )
        .article(
            "city/paid.md",
            "Paid",
            "2026-07-05",
            "label: sponsored\ndateline: Northgate\nagency: Wire\ncanonical: https://wire.example/paid\n",
        )
}

/// The JSON-LD of a page.
fn graph(page: &str) -> Option<Value> {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">")?;
    let (json, _) = rest.split_once("</script>").unwrap();
    assert!(!json.contains('<'), "{json}");
    Some(serde_json::from_str(json).unwrap())
}

#[test]
fn every_kind_of_page_tells_what_it_is() {
    let site = site();
    site.build().succeeded();
    for (name, page) in [
        ("front", "index.html"),
        ("article", "2026/07/02/ferry/index.html"),
        ("paid-copy", "2026/07/05/paid/index.html"),
        ("page", "ethics/index.html"),
        ("author", "authors/ann-open/index.html"),
        ("section", "city/index.html"),
        ("term", "people/ned-pole/index.html"),
        ("series", "series/docks/index.html"),
        ("day", "2026/07/02/index.html"),
    ] {
        let graph = graph(&site.page(page)).unwrap_or_else(|| panic!("{page} says nothing"));
        insta::assert_snapshot!(format!("json-ld-{name}"), serde_json::to_string_pretty(&graph).unwrap());
    }
    assert_eq!(graph(&site.page("404.html")), None, "a page that stands for nothing says nothing");
}

#[test]
fn without_an_address_nothing_is_said_to_machines() {
    let site = site().file("site.yaml", "title: The Post\ntime_zone: UTC\n");
    for (path, bytes) in site.published() {
        let is_silent = !String::from_utf8_lossy(&bytes).contains("application/ld+json");
        assert!(is_silent, "{path}");
    }
}

#[test]
fn the_head_of_an_article() {
    let site = site();
    site.build().succeeded();
    let page = site.page("2026/07/02/ferry/index.html");
    let wanted = [
        "<meta property",
        "<meta name=\"twitter",
        "<meta name=\"robots",
        "<meta name=\"author",
        "<link rel=\"canonical",
    ];
    let tags = page.split_inclusive('>').filter(|tag| wanted.iter().any(|start| tag.starts_with(start)));
    insta::assert_snapshot!("head", tags.collect::<Vec<_>>().join("\n"));
    let copy = site.page("2026/07/05/paid/index.html");
    assert!(copy.contains("<link rel=\"canonical\" href=\"https://wire.example/paid\">"), "{copy}");
    assert!(
        copy.contains("<meta property=\"og:url\" content=\"https://post.example/paper/2026/07/05/paid/\">"),
        "{copy}"
    );
}

#[test]
fn a_policy_is_the_sites_own_and_what_it_adds() {
    let settings = "title: P\nurl: https://post.example\ntime_zone: UTC\ncsp:\n  script-src: https://stats.example\n";
    let site = Site::new().article("a/b.md", "B", "2026-11-20", "").file("site.yaml", settings);
    site.build().succeeded();
    let page = site.page("2026/11/20/b/index.html");
    assert!(page.contains("; script-src 'self' https://stats.example; worker-src 'none'"), "{page}");
    let site = site.file("site.yaml", settings.replace("https://stats.example", "\"'unsafe-inline'\""));
    site.build().exited(1).says("error[bad-config]").says("would let in any script").says("site.yaml:5:15");
    let site = site.file("site.yaml", settings.replace("script-src", "scriptsrc"));
    site.build().exited(1).says("did you mean `script-src`?");
}
