//! Each command once, end to end: what it prints, what it writes, and its exit code.

use std::{fs, time::Duration};

use letterpress::model::{Timestamp, Zone};

use crate::site::{AS_OF, Site, run};

const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn init_and_build_in_an_empty_folder() {
    for arguments in [&["init"][..], &["init", "."], &["init", "paper"]] {
        let site = Site::empty();
        site.run(arguments).succeeded().says("letterpress serve");
        let root = arguments.get(1).copied().unwrap_or(".");
        let told = site.run(&["build", "--strict", "--root", root]);
        told.succeeded();
        assert_eq!(told.stderr, "");
        assert!(fs::read_to_string(site.path(root).join("public/index.html")).unwrap().contains("The New Paper"));
        site.run(arguments).exited(1).says("already");
    }
    let taken = Site::empty().file("content/a.md", "theirs").file(".gitignore", "theirs");
    taken.run(&["init"]).exited(1).says("another folder");
    assert!(!taken.path("site.yaml").exists(), "nothing is written beside what is there");
}

#[test]
fn two_files_of_markdown_are_a_site() {
    let site = Site::empty()
        .file("content/news/first.md", "---\ntitle: First\ndate: 2026-11-20\n---\nHello.\n")
        .file("content/about.md", "---\ntitle: About\n---\nUs.\n");
    site.build().succeeded().says("time_zone").says("--base-url");
    assert!(site.page("index.html").contains("First"));
    assert!(site.page("2026/11/20/first/index.html").contains("Hello."));
    assert!(site.page("about/index.html").contains("Us."));
    assert!(!site.public().contains_key("feed.xml"), "a feed needs an address");
    site.build_with(&["--strict"]).exited(1);
    site.build_with(&["--base-url", "https://x.example/paper", "--quiet"]).succeeded();
    assert!(site.page("index.html").contains("href=\"/paper/2026/11/20/first/\""));
    assert!(site.page("feed.xml").contains("https://x.example/paper/2026/11/20/first/"));
}

#[test]
fn new_begins_a_draft() {
    let site = Site::new().article("politics/vote.md", "The vote", "2026-11-21", "");
    let before = site.published();
    let new = ["new", "Élysée: what now?", "--section", "politics/Europe", "--author", "ann", "--as-of", AS_OF];
    site.run(&new).succeeded().says("content/politics/Europe/elysee-what-now.md");
    let path = "content/politics/Europe/elysee-what-now.md";
    insta::assert_snapshot!(fs::read_to_string(site.path(path)).unwrap(), @r#"
    ---
    title: "Élysée: what now?"
    date: 2026-11-22T12:00:00+00:00
    id: 20261122-elysee-what-now
    authors: [ann]
    standfirst: ""
    tags: []
    draft: true
    ---
    "#);
    site.build_with(&["--strict"]).succeeded().says("1 source is not out");
    assert!(site.public() == before, "a draft changes nothing");
    site.run(&new).exited(1).says("there already");
    site.run(&["new", "The tag", "--section", "tags"]).exited(1).says("`content/tags/` holds no articles");
    assert!(!site.path("content/tags").exists());
    let text = fs::read_to_string(site.path(path)).unwrap().replace("draft: true\n", "");
    site.write(path, text);
    site.build_with(&["--strict"]).succeeded();
    assert!(site.page("2026/11/22/elysee-what-now/index.html").contains("Élysée: what now?"));

    site.run(&["new", "A bundle", "--bundle"]).succeeded();
    assert!(site.path("content/a-bundle/index.md").exists());
    site.run(&["new", "!!!"]).exited(1).says("letter");
    for section in ["..", "../x", "a/../../x", "a\\b"] {
        site.run(&["new", "Out", "--section", section]).exited(1).says("content/");
    }
    site.run(&["new", "\"quotes\": # and: {braces}", "--author", "Ann: Open"]).succeeded();
    site.build_with(&["--strict"]).succeeded();
}

#[test]
fn schemas_are_json_schemas() {
    let site = Site::empty();
    for kind in ["site", "article", "page", "author", "series", "section", "topic"] {
        let told = site.run(&["schema", kind]);
        let schema: serde_json::Value = serde_json::from_str(&told.succeeded().stdout).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{kind}");
        assert_eq!(schema["additionalProperties"], false, "{kind}: an unknown field is an error");
        assert!(schema["properties"].as_object().unwrap().len() > 4, "{kind}");
    }
    site.run(&["schema", "novel"]).exited(2).says("article");
}

#[test]
fn markdown_is_a_filter() {
    let site = Site::new().article("politics/vote.md", "The vote", "2026-11-21", "");
    let check = |arguments: &[&str], input: &str, code: i32, html: &str| {
        let told = run(&mut site.command(&[&["markdown"][..], arguments].concat()), input, PATIENCE);
        told.exited(code);
        assert_eq!(told.stdout, html, "{input}");
        told
    };
    check(&["--plain"], "# A\n\n<b onclick=x>\"b\"</b>\n", 0, "<h1>A</h1>\n<p><b onclick=x>&quot;b&quot;</b></p>\n");
    check(&["--plain"], "", 0, "");
    check(&[], "See [[The vote]].\n", 0, "<p>See <a href=\"/2026/11/21/vote/\">The vote</a>.</p>\n");
    check(&[], "{{ 1 + 1 }} {% raw %}\n", 0, "<p>{{ 1 + 1 }} {% raw %}</p>\n");
    let told = run(&mut site.command(&["markdown"]), ":::poll\n:::\n", PATIENCE);
    told.exited(1).says("unknown-directive");
    let elsewhere = Site::empty();
    let told = run(&mut elsewhere.command(&["markdown", "--plain"]), "*a*", PATIENCE);
    assert_eq!(told.succeeded().stdout, "<p><em>a</em></p>\n", "no site is needed");
}

#[test]
fn the_next_event_is_told() {
    let check = |site: Site, at: Option<&str>, why: &str| {
        let told = site.run(&["next-event", "--as-of", AS_OF]);
        told.succeeded().says(why);
        let json = site.run(&["next-event", "--as-of", AS_OF, "--format", "json"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["at"].as_str(), at, "{why}");
        if let Some(at) = at {
            told.says(at).says("letterpress build");
            // That is when the tree changes, and not a second before.
            let build = |clock: &str| {
                site.run(&["build", "--as-of", clock]).succeeded();
                site.public()
            };
            let at = Timestamp::parse(at).unwrap();
            let before = Timestamp::from_second(at.as_second() - 1).unwrap();
            let iso = |at: Timestamp| at.iso(&Zone::utc());
            let (now, before, then) = (build(AS_OF), build(&iso(before)), build(&iso(at)));
            assert!(now == before && before != then, "{why}");
        }
    };
    // Older than two days, so that it is in no news sitemap which it would leave.
    let story = |more: &str| Site::new().article("politics/vote.md", "The vote", "2026-11-01", more);
    let evening = Some("2026-11-22T18:00:00+00:00");
    let midnight = Some("2026-11-23T00:00:00+00:00");
    check(story(""), None, "nothing changes");
    check(story("embargo: 2026-11-22T18:00\n"), evening, "goes live");
    check(story("expires: 2026-11-22T18:00\n"), evening, "expires");
    check(story("embargo: 2026-11-22T18:00\ndraft: true\n"), None, "nothing changes");
    check(story("corrections: [{at: 2026-11-23, text: x}]\n"), midnight, "correction");
    check(story("updates: [{at: 2026-11-23, note: x}]\n"), midnight, "update");
    check(story("withdrawn: {at: 2026-11-23, reason: x}\n"), midnight, "withdrawn");
    let image = "image: {src: /icons/apple-touch-icon.png, alt: x, rights_expire: 2026-11-22T18:00}\n";
    check(story(image), evening, "picture");
    let banner = "title: The Post\ntime_zone: UTC\nbreaking: {text: x, until: 2026-11-22T18:00}\n";
    check(story("").file("site.yaml", banner), evening, "banner");
    let slot = "---\nslots: {lead: {pins: [The count], until: 2026-11-22T18:00}}\n---\n";
    let two = story("").article("politics/count.md", "The count", "2026-10-20", "");
    check(two.file("content/_index.md", slot), evening, "slot");
    let fresh = Site::new().article("politics/vote.md", "The vote", "2026-11-20T18:00", "");
    check(fresh, evening, "news sitemap");
    let broken = Site::new().file("site.yaml", "titel: x\n").file("content/a.md", "---\ntitle: A\n---\n");
    broken.run(&["next-event"]).exited(1).says("site.yaml:1:1");
}

#[test]
fn json_holds_the_same_facts() {
    let site = Site::new().article("politics/vote.md", "The vote", "2026-11-21", "related: [Nothing at all]\n");
    let read = |arguments: &[&str], code: i32| -> serde_json::Value {
        let told = site.build_with(&[arguments, &["--format", "json"]].concat());
        told.exited(code);
        assert_eq!(told.stderr, "", "all of it is on standard output");
        assert_eq!(told.stdout.lines().count(), 1);
        serde_json::from_str(&told.stdout).unwrap()
    };
    let built = read(&[], 0);
    assert_eq!(built["published"], true);
    let written: Vec<&str> = built["written"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(written, site.public().keys().map(String::as_str).collect::<Vec<_>>());
    let text = site.build().stderr;
    let warning = &built["diagnostics"][0];
    for fact in [&warning["code"], &warning["message"], &warning["path"]] {
        assert!(text.contains(fact.as_str().unwrap()), "{fact}\n{text}");
    }
    assert!(text.contains(&format!("content/politics/vote.md:{}:{}", warning["line"], warning["column"])), "{text}");

    site.write("content/politics/vote.md", "---\ntitle: The vote\ndate: yesterday\ntagz: []\n---\n");
    let failed = read(&[], 1);
    assert_eq!(failed["published"], false);
    let codes: Vec<&str> =
        failed["diagnostics"].as_array().unwrap().iter().map(|told| told["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["bad-instant", "unknown-field"]);
    assert_eq!(read(&["--keep-going"], 3)["kept"][0]["source"], "content/politics/vote.md");
    let refused = site.build_with(&["--out", "content", "--format", "json"]);
    let refused: serde_json::Value = serde_json::from_str(&refused.stdout).unwrap();
    assert!(refused["error"].as_str().unwrap().contains("content") && refused["help"].is_string(), "{refused}");
}

#[test]
fn exit_codes_are_as_documented() {
    let site = Site::new().article("politics/vote.md", "The vote", "2026-11-21", "related: [Nothing]\n");
    site.build().exited(0);
    site.build_with(&["--strict"]).exited(1).says("1 warning with --strict");
    site.build_with(&["--keep-going"]).exited(0);
    site.build_with(&["--keep-going", "--strict"]).exited(2);
    for wrong in
        [&["buidl"][..], &["build", "--jobs", "0"], &["build", "--as-of", "now"], &["build", "--frobnicate"], &[]]
    {
        site.run(wrong).exited(2);
    }
    site.run(&["--version"]).exited(0).says(env!("CARGO_PKG_VERSION"));
    site.write("content/politics/vote.md", "---\ntitle: ''\ndate: 2026-11-21\n---\n");
    site.build().exited(1);
    site.build_with(&["--keep-going"]).exited(3);
    let quiet = site.build_with(&["--keep-going", "--quiet"]);
    assert_eq!(quiet.stdout, "");
    quiet.says("error[empty-field]");
}

#[test]
fn completions_are_a_script() {
    let site = Site::empty();
    for shell in ["bash", "zsh", "fish"] {
        site.run(&["completions", shell]).succeeded().says("letterpress").says("keep-going");
    }
    let script = site.run(&["completions", "bash"]).stdout;
    let told = run(std::process::Command::new("bash").args(["-n"]), &script, PATIENCE);
    assert_eq!((told.code, told.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_words_of_help() {
    let site = Site::empty();
    let short = site.run(&["-h"]);
    let commands = short.stdout.lines().skip_while(|line| *line != "Commands:").skip(1).map(str::trim_start);
    let commands: Vec<&str> =
        commands.take_while(|line| !line.is_empty()).filter_map(|line| line.split(' ').next()).collect();
    insta::assert_snapshot!("help", site.run(&["--help"]).succeeded().stdout);
    for command in commands.into_iter().filter(|command| *command != "help") {
        insta::assert_snapshot!(format!("help-{command}"), site.run(&[command, "--help"]).succeeded().stdout);
    }
}

#[test]
fn check_reads_the_tables_of_stories_that_are_not_out() {
    let table = "---\ntitle: Figures\ndate: 2026-11-20\nembargo: 2027-01-01T06:00\n---\n:::table{src=\"/data/none.csv\"}\n:::\n";
    let site = Site::new().file("content/news/figures.md", table);
    site.build().succeeded();
    site.run(&["check", "--as-of", AS_OF]).exited(1).says("error[bad-data]").says("content/news/figures.md:6");
    site.write("data/none.csv", "Year,Boats\n2026,3\n");
    site.run(&["check", "--as-of", AS_OF]).succeeded();
}
