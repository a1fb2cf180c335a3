//! Bad YAML, and front matter that is no front matter.

use super::{BAD, Desk, story};

#[test]
fn yaml_that_cannot_be_read() {
    let desk = Desk::new();
    let check = |name: &str, more: &str, place: &str, cure: &str| {
        desk.refuses(name, BAD, story(more), &format!("{BAD}:{place}"), cure);
    };
    check("an unclosed quote", "kicker: \"Open\ntags: [a]\n", "4", "quote");
    check("a tab", "image:\n\tsrc: a.png\n", "5", "spaces");
    check("a key twice", "title: Again\n", "4:1", "title");
    check("an anchor", "tags: &a [x]\n", "4:7", "&");
    check("an alias", "tags: *a\n", "4:7", "*");
    check("a tag of YAML's", "kicker: !!python/object x\n", "4:9", "!");
    check("a second colon", "kicker: Vote: the count\n", "4", "quote");
    check("an unclosed list", "tags: [a, b\nkicker: x\n", "4", "]");
    check("a stray bracket", "tags: ]\n", "4:7", "quote");
    check("a line that is no field", "just words\n", "4:1", ":");
    check("an at sign", "kicker: @home\n", "4:9", "quote");
    check("a backtick", "kicker: `x`\n", "4:9", "quote");
    check("a percent sign", "kicker: %x\n", "4:9", "quote");
    check("a bad escape", "kicker: \"C:\\path\"\n", "4", "\\");
    check("a control character", "kicker: a\u{7}b\n", "4", "");
    check("indentation", "tags:\n    - a\n  - b\n", "6", "");
    check("a key that is a list", "? [a]\n: b\n", "4", "");
    check("a merge key", "<<: {kicker: a}\n", "4:1", "");
    check("a key of a number", "2026: x\n", "4:1", "");
}

#[test]
fn yaml_without_end_or_bottom() {
    let desk = Desk::new();
    let check = |name: &str, more: &str, cure: &str| desk.refuses(name, BAD, story(more), &format!("{BAD}:4"), cure);
    let bomb: String = (b'b'..=b'z').fold("a: &a [x, x]\n".to_owned(), |bomb, letter| {
        let (this, last) = (char::from(letter), char::from(letter - 1));
        format!("{bomb}{this}: &{this} [*{last}, *{last}]\n")
    });
    check("a bomb of anchors", &bomb, "&");
    check("50,000 lists in one another", &format!("tags: {}\n", "[".repeat(50_000)), "");
    check("10,000 maps in one another", &format!("extra: {}\n", "{a: ".repeat(10_000)), "");
    check("10,000 items in one another", &format!("tags: {}x\n", "- ".repeat(10_000)), "");
    check("20 levels", &format!("extra: {}x{}\n", "[".repeat(20), "]".repeat(20)), "");
    check("20,000 items", &format!("tags: [{}]\n", "a,".repeat(20_000)), "");
    desk.refuses("100,000 items", BAD, story(&format!("tags: [{}]\n", "a,".repeat(100_000))), BAD, "65536");
    desk.survives("a headline of 2 MB", BAD, story(&format!("kicker: {}\n", "long ".repeat(400_000))));
    desk.survives("2 MB of quotes", BAD, story(&format!("kicker: {}\n", "'\"".repeat(1_000_000))));
    desk.survives("a million lines", BAD, story(&"\n".repeat(1_000_000)));
    desk.survives(
        "deep indentation",
        BAD,
        story(&(0..5000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>()),
    );
}

#[test]
fn front_matter_that_is_none() {
    let desk = Desk::new();
    let check =
        |name: &str, text: &str, place: &str, cure: &str| desk.refuses(name, BAD, text, &format!("{BAD}{place}"), cure);
    check("an empty file", "", "", "---");
    check("a file of spaces", "  \n\n", "", "---");
    check("no front matter", "Just text.\n", ":1:1", "---");
    check("front matter without an end", "---\ntitle: Bad\ndate: 2026-11-20\n", ":1:1", "---");
    check("front matter of TOML", "+++\ntitle = \"Bad\"\n+++\n", ":1", "---");
    check("a list", "---\n- title\n- date\n---\n", ":2", "title");
    check("a text", "---\nonly words\n---\n", ":2", "title");
    check("nothing in it", "---\n---\nText.\n", ":1", "title");
    check("a byte that is not UTF-8", "", "", "---");
    desk.refuses(
        "a body in Latin 1",
        BAD,
        [story("").as_bytes(), b"caf\xe9\n"].concat(),
        &format!("{BAD}:6:4"),
        "UTF-8",
    );
    desk.refuses("a headline in Latin 1", BAD, b"---\ntitle: caf\xe9\n---\n", &format!("{BAD}:2:11"), "UTF-8");
    let utf16: Vec<u8> = [0xfe, 0xff].into_iter().chain(story("").encode_utf16().flat_map(u16::to_be_bytes)).collect();
    desk.refuses("UTF-16", BAD, utf16, &format!("{BAD}:1:1"), "UTF-8");
    desk.refuses("a file of NULs", BAD, vec![0; 4096], BAD, "---");
    desk.refuses("20 MB", BAD, story(&"#".repeat(20_000_000)), BAD, "bytes");
    for (name, text) in
        [("a byte order mark", format!("\u{feff}{}", story(""))), ("CR LF", story("").replace('\n', "\r\n"))]
    {
        let told = desk.with(name, &[(BAD, text.as_bytes())], &[0]);
        assert_eq!(told.stderr, "", "{name}");
    }
}

#[test]
fn fields_of_another_kind() {
    let desk = Desk::new();
    let check = |name: &str, more: &str, place: &str, cure: &str| {
        desk.refuses(name, BAD, story(more), &format!("{BAD}:{place}"), cure);
    };
    check("a field of another tool", "headline: X\n", "4:1", "title");
    check("a mistyped embargo", "embrago: 2027-01-01T00:00Z\n", "4:1", "embargo");
    check("a mistyped draft", "Draft: true\n", "4:1", "draft");
    check("yes", "draft: yes\n", "4:8", "true");
    check("a word for a draft", "draft: maybe\n", "4:8", "true");
    check("an empty draft", "draft:\n", "4:1", "draft");
    check("a date in words", "embargo: 22 Nov 2026, 6pm\n", "4:10", "2026");
    check("a month 13", "updated: 2026-13-01\n", "4:10", "");
    check("a 30th of February", "updated: 2026-02-30\n", "4:10", "");
    check("an hour 25", "updated: 2026-11-20T25:00\n", "4:10", "");
    check("an American date", "updated: 11/20/2026\n", "4:10", "2026-11-20");
    check("a year of five digits", "updated: 12026-11-20\n", "4:10", "");
    check("an hour that is skipped", "embargo: 2026-03-29T01:30\n", "4:10", "+01:00");
    check("an hour that comes twice", "embargo: 2026-10-25T01:30\n", "4:10", "+00:00");
    check("a word that is none", "label: oppinion\n", "4:8", "opinion");
    check("a field that holds two names", "summary: a\ndescription: b\n", "5", "summary");
    check("a picture without alt", "image: {src: a.png}\n", "4", "alt");
    check("a story below itself", "extra: {mood: x}\n", "4", "extra_fields");
    let place = format!("{BAD}:2:1");
    desk.refuses("an empty headline", BAD, "---\ntitle: ''\ndate: 2026-11-20\n---\n", &format!("{BAD}:2"), "title");
    desk.refuses("no headline", BAD, "---\ntitle:\ndate: 2026-11-20\n---\n", &place, "empty");
    desk.refuses(
        "a headline of spaces",
        BAD,
        "---\ntitle: '  '\ndate: 2026-11-20\n---\n",
        &format!("{BAD}:2"),
        "empty",
    );
    desk.refuses("a missing headline", BAD, "---\ndate: 2026-11-20\n---\n", BAD, "title");
    desk.refuses("a missing date", BAD, "---\ntitle: Bad\n---\n", BAD, "date");
    desk.refuses(
        "an author without a name",
        "content/authors/bo.md",
        "---\nrole: x\n---\n",
        "content/authors/bo.md",
        "name",
    );
    desk.refuses(
        "a series without a title",
        "content/series/s.md",
        "---\norder: newest\n---\n",
        "content/series/s.md",
        "title",
    );
    desk.refuses(
        "a term without a title",
        "content/tags/t.md",
        "---\nsynonyms: [a]\n---\n",
        "content/tags/t.md",
        "title",
    );
}

/// Every field of every kind of file, given a map of maps.
#[test]
fn no_field_takes_anything_at_all() {
    let kinds = [
        ("article", "content/politics", "title: T\ndate: 2026-11-20\n"),
        ("author", "content/authors", "name: N\n"),
        ("series", "content/series", "title: T\n"),
        ("topic", "content/places", "title: T\n"),
    ];
    let desk = Desk::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for (kind, folder, needed) in kinds {
        let schema = desk.site.run(&["schema", kind]).stdout;
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        for field in schema["properties"].as_object().unwrap().keys() {
            let others: String = needed
                .lines()
                .filter(|line| !line.starts_with(&format!("{field}:")))
                .map(|line| format!("{line}\n"))
                .collect();
            files.push((format!("{folder}/bad-{field}.md"), format!("---\n{others}{field}: {{zz: {{yy: 1}}}}\n---\n")));
        }
    }
    assert!(files.len() > 60, "every field is tried");
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let before: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    // At most 50 errors are drawn, so a few files at a time.
    for files in files.chunks(20) {
        let told = desk.with("every field", files, &[1]);
        for (path, _) in files {
            assert!(told.stderr.contains(&format!("--> {path}:")), "{path} is not named\n{told}");
        }
    }
    assert!(before.len() == files.len());
}
