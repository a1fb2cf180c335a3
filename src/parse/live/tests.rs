use super::*;
use crate::{config::HtmlPolicy, diag::draw, model::Zone};

const BODY: BodySettings<'_> = BodySettings { html: HtmlPolicy::AllowList, language: "en" };

fn path() -> SourcePath {
    SourcePath::new("content/politics/vote.md")
}

fn read(text: &str) -> (Parsed, LiveOutline) {
    let zone = Zone::named("Europe/London").unwrap();
    let settings = Settings { zone, zone_is_set: true, extra_fields: std::collections::BTreeMap::new() };
    let (parsed, live, _) = outline(&path(), text, 0..text.len(), (&settings, &BODY), Some("2026-11-22".to_owned()));
    (parsed, live)
}

/// The entries, one to a line, then what is wrong.
fn told(text: &str) -> String {
    let (parsed, live) = read(text);
    let mut told = String::new();
    for entry in &live.entries {
        let flags = [(entry.is_key, " key"), (entry.is_pinned, " pinned")];
        let flags: String = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| *flag).collect();
        let body = text[entry.body.start..entry.body.end].trim().replace('\n', "⏎");
        let _ = writeln!(told, "{} {} “{}”{flags}: {body}", entry.id, entry.at, entry.title);
    }
    for diagnostic in &parsed.diagnostics {
        told.push_str(&draw(diagnostic, &|_| Some(text.to_owned())));
    }
    told
}

#[test]
fn entries_are_told_by_their_times() {
    let text = "\
Before it all.

## 2026-11-22 14:05 Vote begins {.key}

Doors shut.

## 9:20 – The *chamber* fills {.pinned .key}
Slowly.

## What we know

It belongs to the entry above.

## 2026-11-23T00:30:15 Home
## 00:31

### Counting

```
## 01:00 not this
```

<!--
## 01:00 nor this
-->
";
    insta::assert_snapshot!(told(text), @r"
    t20261122-1405 2026-11-22T14:05:00Z “Vote begins” key: Doors shut.
    t20261122-0920 2026-11-22T09:20:00Z “The chamber fills” key pinned: Slowly.⏎⏎## What we know⏎⏎It belongs to the entry above.
    t20261123-003015 2026-11-23T00:30:15Z “Home”: 
    t20261123-0031 2026-11-23T00:31:00Z “”: ### Counting⏎⏎```⏎## 01:00 not this⏎```⏎⏎<!--⏎## 01:00 nor this⏎-->
    ");
    let (_, live) = read(text);
    assert_eq!(&text[live.introduction.start..live.introduction.end], "Before it all.\n\n");
}

#[test]
fn what_may_be_an_entry_and_is_none_is_refused() {
    let check = |heading: &str, is_refused: bool| {
        let (parsed, live) = read(&format!("## 2026-11-22 09:00 First\n\nx\n\n{heading}\n\ny\n"));
        assert_eq!(!parsed.diagnostics.is_empty(), is_refused, "{heading}: {:?}", parsed.diagnostics);
        assert_eq!(live.entries.len(), 1, "{heading}");
    };
    check("## 22/11/2026 14:30 Vote", true);
    check("## 22 November 2026, 14:30 Vote", true);
    check("## 2026-11-22 Vote", true);
    check("## 14.30 Vote", true);
    check("## 14h30 Vote", true);
    check("## 2pm Vote", true);
    check("## 2 p.m. Vote", true);
    check("## Sunday 14:30: vote", true);
    check("## 25:00 Vote", true);
    check("## 2026-11-31 14:30 Vote", true);
    check("# 14.30 Vote", true);
    check("### 14:30 Vote", true);
    check("<div>\n## 14:30 Vote\n</div>", true);
    check("## 12 arrested", false);
    check("## 2026 in numbers", false);
    check("## What happened by the time of 14:30", false);
    check("## 7.5 per cent", false);
    check("## A vote", false);
    check("### 14.30", false);
    check("> ## 14:30 Vote", false);
}

#[test]
fn what_is_open_swallows_no_entry() {
    let check = |open: &str, count: usize, is_told: bool| {
        let (parsed, live) = read(&format!("## 2026-11-22 14:30 First\n\n{open}\n\n## 11:00 Second\n\ny\n"));
        assert_eq!(live.entries.len(), count, "{open}");
        assert_eq!(parsed.diagnostics.iter().any(Diagnostic::is_error), is_told, "{open}: {:?}", parsed.diagnostics);
    };
    check(":::factbox\nx", 2, true);
    check("x[^1]\n\n[^1]: y", 2, false);
    check("- a\n- b", 2, false);
    check("<div>", 2, false);
    check("```\nx", 1, true);
    check("<!-- x", 1, true);
    check("```\n## 11:30\n```", 2, false);
    check("<!-- x\n## 11:30 -->", 2, false);
}

#[test]
fn mistakes_are_shown_with_their_cure() {
    insta::assert_snapshot!(told("## 14:05 Vote begins\n"), @r"
    error[bad-instant]: this entry has no day
     --> content/politics/vote.md:1:4
      |
    1 | ## 14:05 Vote begins
      |    ^^^^^^^^^^^^^^^^^ no entry above it has one
      |
      = help: write `## 2026-11-22 14:05 …`
    ");
    insta::assert_snapshot!(told("## 22 Nov 2026, 2.30pm Vote ends\n"), @r"
    error[bad-instant]: this heading looks like the time of an entry, and is not one
     --> content/politics/vote.md:1:4
      |
    1 | ## 22 Nov 2026, 2.30pm Vote ends
      |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ expected year-month-day, a time and a headline
      |
      = help: begin it as in `## 2026-11-22 14:05 Vote begins`; a subheading within an entry takes `###`
    ");
    insta::assert_snapshot!(told("## 2026-10-25 01:30 The clocks\n"), @r"
    error[ambiguous-instant]: this entry is two instants: the clocks show it twice
     --> content/politics/vote.md:1:4
      |
    1 | ## 2026-10-25 01:30 The clocks
      |    ^^^^^^^^^^^^^^^^^^^^^^^^^^^ twice in Europe/London
      |
      = help: write `2026-10-25T01:30:00+01:00` for the first, or `2026-10-25T01:30:00+00:00` for the second
    ");
    insta::assert_snapshot!(told("## 2026-11-22 14:05 A\n## 14:05 B\n"), @r"
    t20261122-1405 2026-11-22T14:05:00Z “A”: 
    t20261122-1405 2026-11-22T14:05:00Z “B”: 
    error[duplicate-id]: two entries stand at one time
     --> content/politics/vote.md:2:4
      |
    2 | ## 14:05 B
      |    ^^^^^^^ the second of them
      |
      = help: give the newer one seconds, such as `14:05:30`: its link is made from its time, and the other keeps its own
    ");
    insta::assert_snapshot!(told("<div>\n## 2026-11-22 14:05 A\n"), @r"
    error[bad-markdown]: this looks like an entry, and is none
     --> content/politics/vote.md:2:1
      |
    2 | ## 2026-11-22 14:05 A
      | ^^^^^^^^^^^^^^^^^^^^^ it stands within something else
      |
      = help: put an empty line above it, and end what is open: HTML, code or a comment
    ");
}

/// An entry's id is a function of its own time: whatever else the file holds, a link to it stays good.
#[test]
fn an_id_is_made_of_its_own_time_alone() {
    let check = |heading: &str, id: &str| {
        let (parsed, live) = read(&format!("## {heading} Vote\n"));
        assert_eq!(parsed.diagnostics, [], "{heading}");
        assert_eq!(live.entries[0].id, id, "{heading}");
    };
    check("2026-11-22 14:05", "t20261122-1405");
    check("2026-11-22 14:05:00", "t20261122-1405");
    check("2026-11-22 14:05:07", "t20261122-140507");
    check("2026-11-22T14:05+02:00", "t20261122-1205");
    check("2026-10-25T01:30+01:00", "t20261025-0130-utc0030");
    check("2026-10-25T01:30Z", "t20261025-0130-utc0130");
}

#[test]
fn no_part_knows_another() {
    let text = "See [it][r].[^1]\n\n## 2026-11-22 14:05 A\n\n[r]: /secret/\n[^1]: Secret.\n";
    let (parsed, live) = read(text);
    assert_eq!(parsed.outline.links, []);
    let part = |span: Span, prefix: &str| body::parse_part(&path(), text, span.start..span.end, &BODY, prefix);
    assert!(!format!("{:?}", part(live.introduction, "")).contains("ecret"));
    let text = "## One\n\nx[^1]\n\n[^1]: y\n";
    let made = format!("{:?}", body::parse_part(&path(), text, 0..text.len(), &BODY, "t1-"));
    for id in ["id=\\\"t1-one", "id=\\\"t1-fnref-1", "href=\\\"#t1-fn-1", "id=\\\"t1-fn-1", "href=\\\"#t1-fnref-1"] {
        assert!(made.contains(id), "{id} in {made}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..24)) {
        let text = parts.concat();
        let (parsed, live) = read(&text);
        for span in parsed.diagnostics.iter().filter_map(|diagnostic| diagnostic.span) {
            proptest::prop_assert!(text.get(span.start..span.end).is_some(), "{text:?} {span:?}");
        }
        let mut end = live.introduction.end;
        for entry in &live.entries {
            proptest::prop_assert!(entry.span.start >= end && entry.body.start >= entry.span.start);
            proptest::prop_assert!(text.get(entry.body.start..entry.body.end).is_some());
            end = entry.span.end;
        }
        proptest::prop_assert!(end <= text.len());
    }

    #[test]
    fn any_heading_opens_somehow(words in "\\PC{0,30}|[0-9:.hTpam+Z /-]{0,24}") {
        let _ = clock::opening(&words);
        let _ = read(&format!("## {words}\n"));
    }
}

const PARTS: &[&str] = &[
    "## ",
    "# ",
    "### ",
    "2026-11-22 ",
    "14:05 ",
    "14:05:30",
    "25:00",
    "9:5",
    "T",
    "Vote ",
    "{.key}",
    "{.key .pinned #x}",
    "\n",
    "\n\n",
    "\n\n",
    "é",
    "> ",
    "- ",
    "```\n",
    "<!--",
    "-->",
    "<div>\n",
    ":::factbox\n",
    ":::\n",
    "[^1]",
    "[^1]: x\n",
    "---\n",
    "22/11/2026 ",
    "2pm ",
    "    ",
    "\t",
    "\r\n",
];
