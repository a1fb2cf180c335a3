use super::*;
use crate::diag::draw;

fn read_all(text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    read(&SourcePath::new("a.md"), text, 0..text.len(), Size::FrontMatter)
}

/// The first diagnostic: where it stands, and what it says.
fn mistake(text: &str) -> (String, String) {
    let (_, diagnostics) = read_all(text);
    let first = diagnostics.first().unwrap_or_else(|| panic!("{text:?} has no mistake"));
    let span = first.span.unwrap();
    (text[span.start..span.end].to_owned(), first.message.clone())
}

#[test]
fn scalars_keep_their_spelling() {
    let check = |written: &str, text: &str, json: serde_json::Value| {
        let (root, _) = read_all(&format!("a: {written}\n"));
        let root = root.unwrap();
        let node = root.get("a").unwrap();
        let NodeValue::Scalar(scalar) = &node.value else { panic!("{written}: {node:?}") };
        assert_eq!((scalar.text.as_str(), node.to_json()), (text, json), "{written}");
    };
    check("2026", "2026", 2026.into());
    check("1.10", "1.10", 1.1.into());
    check("007", "007", "007".into());
    check("0x1F", "0x1F", "0x1F".into());
    check("1_000", "1_000", "1_000".into());
    check("1e400", "1e400", "1e400".into());
    check(".inf", ".inf", ".inf".into());
    check("no", "no", "no".into());
    check("True", "True", true.into());
    check("'true'", "true", "true".into());
    check("2026-11-22", "2026-11-22", "2026-11-22".into());
    check("12:30", "12:30", "12:30".into());
    check("\"a\\u00e9\"", "aé", "aé".into());
    check("|\n  \"x\" # y\n  z\n", "\"x\" # y\nz\n", "\"x\" # y\nz\n".into());
    check("one\n  two", "one two", "one two".into());
}

#[test]
fn places_are_those_of_the_file() {
    let text = "\u{feff}---\r\né: [x, \"ü\"]\r\nm:\r\n  k: v\r\n---\r\n";
    let start = text.find('é').unwrap();
    let (root, _) = read(&SourcePath::new("a.md"), text, start..text.rfind("---").unwrap(), Size::FrontMatter);
    let root = root.unwrap();
    let at = |node: &Node| &text[node.span.start..node.span.end];
    let NodeValue::List(items) = &root.get("é").unwrap().value else { panic!() };
    assert_eq!(items.iter().map(at).collect::<Vec<_>>(), ["x", "\"ü\""]);
    assert_eq!(at(root.get("é").unwrap()), "é");
    assert_eq!(at(root.get("m").unwrap()), "m");
    assert_eq!(at(root.get("m").unwrap().get("k").unwrap()), "v");
}

#[test]
fn what_editors_write_is_explained_at_its_place() {
    let check = |text: &str, place: &str, message: &str| {
        assert_eq!(mistake(text), (place.to_owned(), message.to_owned()), "{text:?}");
    };
    let colon = "this text has a colon in it, and no quotes";
    check("title: Budget: what now\n", "Budget: what now", colon);
    check("- Double Edge: A: B\n", "Double Edge: A: B", colon);
    check("a: 1\r\né: ü: x\r\n", "ü: x", colon);
    check("\u{feff}a: b: c\n", "b: c", colon);
    check("a:b\nc: d\n", "a:b", "a space is missing behind this colon");
    check("a:\u{a0}b\nc: d\n", "a:\u{a0}b", "behind this colon is no ordinary space");
    check("a：b\nc: d\n", "a：b", "this is a full-width colon, which YAML does not know");
    check("a: \"b\nc: d\n", "\"b", "this quote is not closed");
    check("a: \"b\nc: \"d\"\n", "\"b", "this quote is not closed");
    check("a: 'Tis the season\n", "'Tis the season", "this quote is not closed");
    check("a: \"Yes\", she said\n", ", she said", "there is text behind the closing quote");
    check("a: 'it's\n", "s", "there is text behind the closing quote");
    check("a: \"\\q\"\n", "\"\\q\"", "a backslash between double quotes means something else to YAML");
    check("a: b\n\tc: d\n", "\t", "this line is indented with a tab");
    check("a:\n\tc: d\n", "\t", "this line is indented with a tab");
    check("a: [x, y\nb: c\n", "[x, y", "this `[` is not closed");
    check("a: {x: y\n", "{x: y", "this `{` is not closed");
    check("a: [Update] Budget\n", "Budget", "there is text behind the closing bracket");
    for mark in ["@", "`", "%", "*", "&", "!", ",", "]", "}"] {
        check(&format!("a: {mark}x y\nb: c\n"), &format!("{mark}x y"), &format!("a text cannot begin with `{mark}`"));
    }
    check("a: [b, *c]\n", "*c", "a text cannot begin with `*`");
    check("a: | x\n", "| x", "a text cannot begin with `|`");
    check("a: - x\n", "- x", "a list cannot begin on the line of its key");
    check("a:\n  - x\n - y\n", "- y", "this list item is not in line with the others");
    check("a:\n  b: x\n c: y\n", "c: y", "this line is not in line with its neighbours");
    check("a:\n- x\n-y\n", "-y", "a space is missing behind this hyphen");
    check("a: b\n  c: d\n", "c: d", "this line is indented deeper than the one above, which has a value already");
    check("a: b\nfoo\n", "foo", "this line has no name and colon");
    check("see http://x.example\na: b\n", "see http://x.example", "this line has no name and colon");
    check("a: b\n---\nc: d\n", "---", "a second YAML document begins here");
    check("a: b\nc: \0\n", "\0", "an invisible character stands here: U+0000");
    check("a: b\nc: d\u{1}e\n", "\u{1}", "an invisible character stands here: U+0001");
    check(": x\n", ": x", "there is no name before this colon");
    check("? [a]\n: b\n", "? [a]", "a text cannot begin with `?`");
    check("\u{a0}a: b\n", "\u{a0}a", "an invisible character is part of this name: a no-break space");
    check("a:\n  - b\n    - c\n", "- c", "YAML joins this line to the text above it");
    check("a: 1\nb: 2\na: 3\n", "a", "`a` stands twice");
}

#[test]
fn an_unquoted_headline_is_drawn_with_its_cure() {
    let text = "date: 2026-11-22\ntitle: Budget: what now\n";
    let (root, diagnostics) = read_all(text);
    assert_eq!(root, None);
    insta::assert_snapshot!(draw(&diagnostics[0], &|_| Some(text.into())), @r#"
    error[bad-yaml]: this text has a colon in it, and no quotes
     --> a.md:2:8
      |
    2 | title: Budget: what now
      |        ^^^^^^^^^^^^^^^^ a colon and a space mean something to YAML
      |
      = help: quote it: `title: "Budget: what now"`
    "#);
}

#[test]
fn a_key_that_stands_twice_names_both_places() {
    let text = "title: One\ntags: []\ntitle: Two\n";
    let (root, diagnostics) = read_all(text);
    assert_eq!(root.unwrap().to_json(), serde_json::json!({"title": "One", "tags": []}));
    insta::assert_snapshot!(draw(&diagnostics[0], &|_| Some(text.into())), @r"
    error[duplicate-key]: `title` stands twice
     --> a.md:3:1
      |
    3 | title: Two
      | ^^^^^ the second time
      |
      = note: the first is in line 1
      = help: remove one of the two
    ");
}

#[test]
fn a_comment_behind_a_text_is_known() {
    let cut = |text: &str| {
        let (root, _) = read_all(text);
        let node = root.unwrap().get("a").unwrap().clone();
        node.cut.map(|cut| text[cut.start..cut.end].to_owned())
    };
    assert_eq!(cut("a: Budget #1\n").as_deref(), Some("#1"));
    assert_eq!(cut("a: #1\n").as_deref(), Some("#1"));
    assert_eq!(cut("a: C#\n"), None);
    assert_eq!(cut("a: \"Budget\" #1\n"), None);
    assert_eq!(cut("a: |\n  Budget #1\n"), None);
    assert_eq!(cut("a: > # folded\n  \"Budget\" #1\n"), None);
}

#[test]
fn what_is_too_large_is_refused() {
    let code = |text: &str| read_all(text).1.first().map(|diagnostic| (diagnostic.code, diagnostic.message.clone()));
    let limit = |message: &str| Some((Code::YamlLimit, message.to_owned()));
    assert_eq!(code(&"{a: ".repeat(13)), limit("this is nested deeper than 12 levels"));
    assert_eq!(code(&"[".repeat(13)), limit("this is nested deeper than 12 levels"));
    assert_eq!(code(&format!("a: [{}]", "1,".repeat(6000))), limit("these are more than 5000 values"));
    // Larger than a front matter may be: refused before the crate sees a byte of it.
    assert_eq!(code(&"{a: ".repeat(50_000)), limit("this front matter has 200000 bytes"));
    assert_eq!(code(&format!("a: {}", "x".repeat(1_000_000))), limit("this front matter has 1000003 bytes"));
    let bomb = "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    assert_eq!(mistake(bomb), ("&a [x]".to_owned(), "a text cannot begin with `&`".to_owned()));
}

#[test]
fn a_file_of_the_site_may_be_larger_but_not_deeper() {
    let read_file = |text: &str| read(&SourcePath::new("data/a.yaml"), text, 0..text.len(), Size::File);
    let rows = "- {a: 1, b: 2}\n".repeat(20_000);
    let (root, diagnostics) = read_file(&rows);
    assert!(diagnostics.is_empty() && matches!(root.unwrap().value, NodeValue::List(items) if items.len() == 20_000));
    for deep in ["{a: ", "["] {
        let (root, diagnostics) = read_file(&deep.repeat(50_000));
        assert_eq!((root, diagnostics[0].code), (None, Code::YamlLimit));
    }
}

#[test]
fn texts_are_quoted_where_yaml_needs_it() {
    let check = |text: &str, written: &str| assert_eq!(scalar(text), written);
    check("The mayor’s plan", "The mayor’s plan");
    check("Budget: what now", "\"Budget: what now\"");
    check("no", "\"no\"");
    check("2026", "\"2026\"");
    check("", "\"\"");
    check("say \"no\"", "say \"no\"");
    check("C #", "\"C #\"");
    check("a\nb", "\"a\\nb\"");
}

fn spans(node: &Node, found: &mut Vec<Span>) {
    found.push(node.span);
    found.extend(node.cut);
    match &node.value {
        NodeValue::List(items) => items.iter().for_each(|item| spans(item, found)),
        NodeValue::Map(entries) => {
            for entry in entries {
                found.push(entry.key_span);
                spans(&entry.value, found);
            }
        }
        NodeValue::Null | NodeValue::Scalar(_) => {}
    }
}

#[test]
fn what_is_usual_is_read_thin() {
    let check = |yaml: &str, is_thin: bool| assert_eq!(thin::read(yaml, 0).is_some(), is_thin, "{yaml:?}");
    check(
        "title: \"A: b\"\ndate: 2026-03-02T20:39:00Z\nauthors:\n  - Ann Open\ntags: [a, \"b, c\", 'd']\n\nweight: 3\n",
        true,
    );
    check("title: Élysée – what now\nlist:\n- a\n- b", true);
    for odd in [
        "",
        "a",
        "a:\n",
        "a: ~\n",
        "a: b # c\n",
        "a: b: c\n",
        "a: b\n  c\n",
        "a: |\n  b\n",
        "a: {b: c}\n",
        "a: b \n",
        "a: b\r\n",
        "a:\tb\n",
        "a: \"b\\n\"\n",
        "a: 'b''c'\n",
        "a: &b c\n",
        "a: 1.5\n",
        "a: TRUE\n",
        "a: b\na: c\n",
        "a:\n  b: c\n",
        "a:\n  - b\n   - c\n",
        "a: [b, [c]]\n",
        "a: [b,c]\n",
        "a: [b, ]\n",
        "null: a\n",
        "a: b\n---\n",
    ] {
        check(odd, false);
    }
}

proptest::proptest! {
    #[test]
    fn thin_is_the_whole_in_short(
        text in "(([a-c]|[a-c_]{1,3}|null|é)(: | : |:|:  |:\n  - |:\n- )(\"|'|\\[|)([a-e]|x y|true|Null|NaN|~|[0-9]{1,4}|0[0-9]|2026-01-02|1e5|\\.inf|: | #|#|, |,|-|- |“|é|\\?|\\\\|\\PC){0,5}(\"|'|\\]|)(\n  - [a-c]|\n  - \"[a-c, :#]{0,4}\"|\n   x| |)\n{1,2}){1,4}",
        before in "\\PC{0,5}",
    ) {
        let file = format!("{before}{text}");
        if let Some(root) = thin::read(&text, before.len()) {
            let whole = read_whole(&SourcePath::new("a.md"), &file, before.len()..file.len(), Size::FrontMatter);
            proptest::prop_assert_eq!((Some(root), Vec::new()), whole, "{}", file);
        }
    }

    #[test]
    fn reading_never_panics_and_places_lie_inside(
        text in "(([a-zé\u{a0}]{1,3}: |- |  |\t|\"|'|\\[|\\{|\\]|\\}|[|>]|#| #|&a|\\*a|!x|\\\\|%|---|\u{feff}|,|\\?|\r?\n|\\PC){0,40}\n?){0,3}",
        before in "\\PC{0,5}",
        after in "\\PC{0,5}",
    ) {
        let file = format!("{before}{text}{after}");
        let yaml = before.len()..before.len() + text.len();
        let (root, diagnostics) = read(&SourcePath::new("a.md"), &file, yaml.clone(), Size::FrontMatter);
        let inside = |span: Span| span.start <= span.end && yaml.start <= span.start && span.end <= yaml.end && file.get(span.start..span.end).is_some();
        let mut found = Vec::new();
        if let Some(root) = &root {
            spans(root, &mut found);
        }
        for diagnostic in &diagnostics {
            found.extend(diagnostic.span);
            draw(diagnostic, &|_| Some(file.clone()));
        }
        proptest::prop_assert!(root.is_some() || !diagnostics.is_empty());
        for span in found {
            proptest::prop_assert!(inside(span), "{span:?} of {file:?}");
        }
    }

    #[test]
    fn a_written_text_is_read_back(text in "([ :#'\"a-z\\[\\]{},@!|>\\\\\n-]|\\PC|\u{85}|\u{2028}|[0-9]|true|null){0,20}") {
        let yaml = format!("a: {}\nb: c\n", scalar(&text));
        let (root, diagnostics) = read_all(&yaml);
        proptest::prop_assert_eq!(&diagnostics, &[], "{}", yaml);
        proptest::prop_assert_eq!(root.unwrap().get("a").unwrap().to_json(), serde_json::Value::String(text));
    }
}
