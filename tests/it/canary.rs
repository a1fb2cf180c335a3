//! Nothing unpublished leaks: a site builds to the very bytes of the same site without what is not out.
//!
//! A rare word stands in every field, file name and picture of what is withheld. A new kind of output joins by being in this site.

use std::fs;

use crate::site::{AS_OF, Run, Site, assert_same};

/// The rare word: a genus of dragonflies.
const WORD: &str = "zyxomma";

/// The four ways of not being out.
const GATES: [(&str, &str); 4] = [
    ("embargoed", "date: 2026-11-20\nembargo: 2026-11-22T12:00:01Z\n"),
    ("future", "date: 2026-11-23T09:00\n"),
    ("expired", "date: 2026-11-01\nexpires: 2026-11-22T12:00:00Z\n"),
    ("draft", "date: 2026-11-19\ndraft: true\n"),
];

/// The same for what has no date.
const UNDATED_GATES: [(&str, &str); 3] = [
    ("embargoed", "embargo: 2026-11-22T12:00:01Z\n"),
    ("expired", "expires: 2026-11-22T12:00:00Z\n"),
    ("draft", "draft: true\n"),
];

/// Every field of an article, with the word in each; `{n}` tells one story from another.
const FIELDS: &str = r"title: Zyxomma {n} headline
headlines: {seo: zyxomma seo {n}, social: zyxomma social, short: zyxomma short {n}}
updated: 2026-11-21
updates: [{at: 2026-11-21, note: zyxomma note}]
id: zyxomma-id-{n}
slug: zyxomma-slug-{n}
section: politics
aliases: [/old/zyxomma-{n}/, /zyxomma-{n}.html]
canonical: https://zyxomma.example/{n}
authors: [zyxomma-author, {name: Zyxomma Person, role: zyxomma role}, ann]
agency: zyxomma agency
dateline: ZYXOMMA TOWN
standfirst: The *zyxomma* standfirst
kicker: zyxomma kicker
summary: The zyxomma summary
label: satire
tags: [Zyxomma tag, Energy]
people: [Zyxomma Q. Person]
organisations: [Zyxomma Ltd]
places: [Zyxomma Bay]
series: Zyxomma series
image: {src: zyxomma.png, alt: zyxomma alt, caption: zyxomma caption, credit: zyxomma credit, licence: zyxomma}
related: [The vote]
related_never: [The turbines]
corrections: [{at: 2026-11-21, type: retraction, text: zyxomma correction}]
audio: {src: zyxomma.mp3, title: zyxomma episode}
live: {ends: 2026-12-01, summary: zyxomma live}
lang: cy
robots: nofollow
extra: {desk: zyxomma desk}
";

const BODY: &str = "Zyxomma text, [a link](zyxomma.pdf), [[The vote]].\n\n![zyxomma picture](zyxomma.png \"zyxomma title\")\n\n:::factbox{title=\"zyxomma box\"}\nzyxomma fact\n:::\n";

/// What would be a mistake in anything that is out.
const MISTAKES: [(&str, &str); 6] = [
    ("wrong-type", "tags: {zyxomma: 1}\n"),
    ("unknown-field", "zyxommas: 1\n"),
    ("unknown-word", "label: zyxomma\n"),
    ("bad-path", "aliases: [\"../zyxomma\"]\n"),
    ("bad-instant", "updated: zyxomma\n"),
    ("missing-alt", "image: {src: zyxomma.png}\n"),
];

fn base() -> Site {
    let site = Site::new()
        .file(
            "site.yaml",
            "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\nsocial_cards: always\nextra_fields: {desk: text}\n",
        )
        .article(
            "politics/vote.md",
            "The vote",
            "2026-11-21",
            "id: vote\nauthors: [ann]\ntags: [Energy]\naliases: [/old/vote/]\nseries: Budget\n",
        )
        .article("politics/2026/11/count.md", "The count", "2026-11-20", "series: Budget\nlabel: analysis\n")
        .article("energy/turbines.md", "The turbines", "2026-10-01", "tags: [Energy]\npeople: [Ann Open]\n")
        .article("briefs.md", "Briefs", "2026-11-22T11:59", "tags: [Energy]\n")
        .file("content/about.md", "---\ntitle: About\n---\nUs.\n")
        .file("content/authors/ann.md", "---\nname: Ann Open\nrole: Editor\n---\nHer life.\n")
        .file("content/politics/_index.md", "---\ntitle: Politics\nslots:\n  lead: [vote]\n  most_read: {}\n---\n")
        .file("content/tags/energy.md", "---\ntitle: Energy\n---\n")
        .file("content/energy/photo.png", picture("photo"));
    site.file("redirects.yaml", "/older/vote/: /2026/11/21/vote/\n/gone/: gone\n")
        // Written by the site's statistics, which knew the stories before they were taken off; `data/` is outside the gate.
        .file("data/most_read.csv", most_read())
}

/// What readers read most: every withheld story by its address, slug, id and headline, among some that are out.
fn most_read() -> String {
    let withheld = |n: usize| {
        format!(
            "zyxomma-id-{n}a\n/2026/11/20/zyxomma-slug-{n}b/\nzyxomma-slug-{n}c\nZyxomma {n}a headline\n/old/zyxomma-{n}a/\n"
        )
    };
    format!("story\nturbines\n{}vote\ncount\n", (0..GATES.len()).map(withheld).collect::<String>())
}

/// The smallest picture, with a word behind its pixels.
fn picture(word: &str) -> Vec<u8> {
    let mut bytes = fs::read(crate::site::manifest_dir().join("static/icons/apple-touch-icon.png")).unwrap();
    bytes.extend_from_slice(word.as_bytes());
    bytes
}

/// Puts withheld sources of every kind into a site.
fn add_withheld(site: Site) -> Site {
    let mut site = site;
    for (number, (gate, fields)) in GATES.iter().enumerate() {
        let text = |n: &str| format!("---\n{}{fields}---\n{BODY}", FIELDS.replace("{n}", n));
        let bundle = format!("content/politics/zyxomma-bundle-{gate}");
        site = site
            .file(&format!("content/zyxomma-section/zyxomma-{gate}.md"), text(&format!("{number}a")))
            .file(&format!("{bundle}/index.md"), text(&format!("{number}b")))
            .file(&format!("{bundle}/zyxomma.png"), picture(WORD))
            .file(&format!("{bundle}/zyxomma.mp3"), "zyxomma sound")
            .file(&format!("{bundle}/zyxomma.pdf"), "zyxomma paper")
            .file(&format!("content/zyxomma-{gate}.md"), text(&format!("{number}c")));
    }
    for (gate, fields) in UNDATED_GATES {
        let front_matter = |matter: &str| format!("---\n{matter}{fields}---\nThe zyxomma body of {gate}.\n");
        site = site
            .file(&format!("content/authors/zyxomma-{gate}.md"), front_matter("name: Zyxomma Person\nrole: zyxomma\nbio: zyxomma\npicture: zyxomma.png\nlinks: [{label: zyxomma, url: 'https://zyxomma.example/'}]\nemail: zyxomma@post.example\n"))
            .file(&format!("content/series/zyxomma-{gate}.md"), front_matter("title: Zyxomma series\ndescription: zyxomma\norder: newest\n"))
            .file(&format!("content/zyxomma-{gate}/_index.md"), front_matter("title: Zyxomma section\ndescription: zyxomma\nslots: {zyxomma: [zyxomma]}\n"))
            .file(&format!("content/zyxomma-page-{gate}.md"), front_matter("title: Zyxomma page\n"));
        for taxonomy in ["tags", "people", "organisations", "places"] {
            let matter = "title: Zyxomma term\nsynonyms: [Energy, Ann Open]\ndescription: zyxomma\n";
            site = site.file(&format!("content/{taxonomy}/zyxomma-{gate}.md"), front_matter(matter));
        }
    }
    // The file of a section, series and author that are out by their stories, but whose own words are not.
    site.file("content/energy/_index.md", "---\ntitle: Zyxomma energy\ndraft: true\ndefaults: {kicker: zyxomma, label: satire, tags: [zyxomma]}\norder: 1\n---\nzyxomma\n")
        .file("content/series/budget.md", "---\ntitle: Zyxomma budget\nembargo: 2027-01-01T00:00Z\norder: newest\n---\nzyxomma\n")
        .file("content/_index.md", "---\ntitle: Zyxomma front\ndraft: true\nslots: {lead: [turbines]}\n---\nzyxomma\n")
        .file("content/politics/.zyxomma.md.swp", "zyxomma")
        .file("content/authors/zyxomma.png", picture(WORD))
        .file("content/energy/zyxomma.png", picture(WORD))
        .file("content/energy/zyxomma.csv", "zyxomma,1\n")
}

/// The log without what a count of withheld sources, and the time taken, may change.
fn told(run: &Run) -> String {
    let log = format!("{}\n{}", run.stdout, run.stderr);
    let lines = log.lines().map(|line| {
        let timed = line.rfind(" in ").filter(|at| line[at + 4..].starts_with(|c: char| c.is_ascii_digit()));
        let line = &line[..timed.unwrap_or(line.len())];
        line.split(",\"withheld\":").next().unwrap_or_default().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The rows of the record of the published edition: what it is made of, without when and on which disk.
fn manifest(site: &Site) -> String {
    let record = fs::read_to_string(site.path(".public.letterpress/live")).unwrap();
    record.lines().filter(|line| line.starts_with('[')).collect::<Vec<_>>().join("\n")
}

/// Asserts that nothing of what was withheld is in the site's output, its manifest or its logs.
fn check(with: &Site, without: &Site, arguments: &[&str]) {
    let expected = without.build_with(arguments);
    let run = with.build_with(arguments);
    expected.succeeded();
    run.succeeded();
    assert_same(&with.public(), &without.public(), "with and without what is withheld");
    for (path, bytes) in with.public() {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(!path.to_lowercase().contains(WORD) && !text.contains(WORD), "{path} holds the word");
    }
    assert_eq!(manifest(with), manifest(without), "the manifest");
    assert_eq!(told(&run), told(&expected), "the log");
    assert!(!format!("{}{}", run.stdout, run.stderr).to_lowercase().contains(WORD), "the log holds the word\n{run}");
}

#[test]
fn what_is_not_out_changes_no_byte_and_no_word_of_the_log() {
    check(&add_withheld(base()), &base(), &[]);
    check(&add_withheld(base()), &base(), &["--keep-going"]);
    check(&add_withheld(base()), &base(), &["--strict", "--format", "json"]);
    check(
        &add_withheld(base().with_bare_theme()),
        &base().with_bare_theme(),
        &["--base-url", "https://x.example/paper"],
    );
}

#[test]
fn mistakes_in_what_is_not_out_are_not_told() {
    let mut mistaken = Site::empty();
    for (gate, fields) in GATES {
        for (mistake, line) in MISTAKES {
            let text =
                format!("---\ntitle: Zyxomma\n{fields}{line}---\n:::zyxomma\n[zyxomma](zyxomma.md) ![](zyxomma.png)\n");
            mistaken = mistaken.file(&format!("content/politics/zyxomma-{gate}-{mistake}.md"), text);
        }
    }
    let with = || add_withheld(base()).folder("content", &mistaken.path("content"));
    check(&with(), &base(), &[]);
    check(&with(), &base(), &["--strict"]);
}

#[test]
fn compressed_copies_hold_nothing_that_is_not_out() {
    let settings = "title: The Post\nurl: https://post.example\ntime_zone: UTC\nprecompress: [br, gz]\nextra_fields: {desk: text}\n";
    check(&add_withheld(base()).file("site.yaml", settings), &base().file("site.yaml", settings), &["--strict"]);
}

#[test]
fn a_rule_for_each_host_holds_nothing_that_is_not_out() {
    for host in ["netlify", "nginx", "apache", "caddy", "cloudflare-pages"] {
        let settings = format!(
            "title: The Post\nurl: https://post.example\ntime_zone: UTC\nhost: {host}\nextra_fields: {{desk: text}}\n"
        );
        check(&add_withheld(base()).file("site.yaml", &settings), &base().file("site.yaml", &settings), &[]);
    }
}

#[test]
fn a_reference_to_what_is_not_out_behaves_as_one_to_nothing() {
    let base = || {
        base().article(
            "politics/pins.md",
            "Pins",
            "2026-11-18",
            "related: [secret, The secret, /2026/11/20/secret/, politics/secret.md]\nauthors: [secret]\nimage: {src: secret/s.png, alt: A}\n",
        )
        .file("content/politics/links.md", "---\ntitle: Links\ndate: 2026-11-17\n---\n[a](secret.md) [b](/2026/11/20/secret/) [[The secret]] [c](secret/s.png) ![d](secret/s.png) [e](/old/secret/)\n")
        .file("content/energy/_index.md", "---\ntitle: Energy\nslots: {lead: [secret]}\n---\n")
    };
    let with = base()
        .article("politics/secret.md", "The secret", "2026-11-20", "id: secret\ndraft: true\naliases: [/old/secret/]\n")
        .article("politics/secret/index.md", "The secret", "2026-11-20", "draft: true\nslug: other\n")
        .file("content/politics/secret/s.png", picture("s"))
        .file("content/authors/secret.md", "---\nname: Secret Name\ndraft: true\n---\n");
    let (run, expected) = (with.build(), base().build());
    run.succeeded();
    expected.succeeded();
    let without = base();
    without.build().succeeded();
    assert_same(&with.public(), &without.public(), "with and without what is referred to");
    assert_eq!(told(&run), told(&expected));
}

/// A slug, id, alias, term or path that only a withheld source has is free for others, until both are out.
#[test]
fn what_is_not_out_collides_with_nothing() {
    let with = base()
        .article(
            "politics/vote-2.md",
            "The vote",
            "2026-11-21",
            "id: vote\nslug: vote\naliases: [/old/vote/]\ndraft: true\n",
        )
        .article("energy/VOTE.md", "The vote", "2026-11-21", "embargo: 2026-12-01T00:00Z\ntags: [ENERGY, 'Energy!']\n")
        .file("content/authors/Ann.md", "---\nname: Ann Open\ndraft: true\n---\n");
    check(&with, &base(), &["--strict"]);
}

#[test]
fn the_next_event_tells_when_and_not_what() {
    let run = add_withheld(base()).run(&["next-event", "--as-of", AS_OF]);
    run.succeeded().says("2026-11-22T12:00:01+00:00");
    assert!(!format!("{}{}", run.stdout, run.stderr).to_lowercase().contains(WORD), "{run}");
}

/// The other side: at its hour everything of it is there, and is gone after it.
#[test]
fn what_is_withheld_comes_and_goes_by_the_clock() {
    let site = base().article(
        "politics/secret.md",
        "The secret",
        "2026-11-20",
        "embargo: 2026-11-22T18:00Z\nexpires: 2026-11-22T19:00Z\naliases: [/old/secret/]\n",
    );
    let built_at = |clock: &str| {
        site.run(&["build", "--as-of", clock]).succeeded();
        let mut tree = site.public();
        // Stories leave it two days after their date, whatever else happens.
        tree.remove("news-sitemap.xml");
        tree
    };
    let before = built_at("2026-11-22T17:59:59Z");
    let live = built_at("2026-11-22T18:00:00Z");
    let after = built_at("2026-11-22T19:00:00Z");
    assert!(live.contains_key("2026/11/20/secret/index.html") && live.contains_key("old/secret/index.html"));
    assert_same(&before, &after, "before the embargo and after the expiry");
}

/// What a story that is out has dated ahead is not out yet.
#[test]
fn what_is_dated_ahead_changes_no_byte() {
    let story = |more: &str| base().article("politics/vote.md", "The vote", "2026-11-21", more);
    let with = story(
        "updated: 2026-11-23\nupdates: [{at: 2026-11-22T12:00:01Z, note: zyxomma}]\ncorrections: [{at: 2026-11-23, text: zyxomma}]\nwithdrawn: {at: 2026-12-01, reason: zyxomma}\nimage: {src: /zyxomma.png, alt: zyxomma, rights_expire: 2026-11-22T12:00:00Z}\n",
    );
    check(&with, &story(""), &["--strict"]);
    let slots = "title: Politics\nslots:\n  lead: {pins: [{story: The turbines, until: 2026-11-22T12:00:00Z}]}\n  top: {pins: [Zyxomma], until: 2026-11-01}\n";
    let front = |slots: &str| base().file("content/politics/_index.md", format!("---\n{slots}---\n"));
    check(&front(slots), &front("title: Politics\nslots:\n  lead: []\n  top: []\n"), &["--strict"]);
    let settings = "title: The Post\nurl: https://post.example\ntime_zone: UTC\nextra_fields: {desk: text}\n";
    let banner = format!("{settings}breaking: {{text: Zyxomma, until: 2026-11-22T12:00:00Z}}\n");
    check(&base().file("site.yaml", banner), &base().file("site.yaml", settings), &["--strict"]);
}

/// Links that lead nowhere, pipes and misplaced files are mistakes, but not of anything that is out.
#[test]
fn litter_in_the_bundle_of_a_draft_is_not_told() {
    let with = base().article("politics/zyxomma/index.md", "Zyxomma", "2026-11-20", "draft: true\n");
    std::os::unix::fs::symlink("/etc/zyxomma", with.path("content/politics/zyxomma/zyxomma.png")).unwrap();
    std::os::unix::fs::symlink("..", with.path("content/politics/zyxomma/zyxomma-loop")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        with.path("content/politics/zyxomma/zyxomma.fifo"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    check(&with, &base(), &["--strict"]);
}

#[test]
fn a_draft_where_none_may_be_is_not_told() {
    let draft = "---\ntitle: Zyxomma\ndraft: true\n---\nzyxomma\n";
    for path in ["index.md", "authors/zyxomma/a.md", "tags/_index.md", "2026/_index.md"] {
        let path = format!("content/{path}");
        check(&base().file(&path, draft), &base(), &["--strict"]);
    }
}
