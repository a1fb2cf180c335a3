use litemap::LiteMap;

use super::*;
use crate::{
    config::ExtraType,
    diag::draw,
    model::{Inline, Label, Paywall, Reference, Slug, Zone},
    parse::{fences, matter::SeriesOrder},
};

fn london() -> Settings {
    Settings {
        zone: Zone::named("Europe/London").unwrap(),
        zone_is_set: true,
        extra_fields: [("rating".to_owned(), ExtraType::Number)].into(),
    }
}

fn read_as(kind: Kind, text: &str) -> Read {
    let (yaml, _) = fences::split(text).unwrap();
    read(kind, &SourcePath::new("content/politics/vote.md"), text, yaml, &london())
}

const FULL: &str = "\
---
title: Budget vote
headlines: {seo: Budget vote 2026, social: The vote, short: Vote}
date: 2026-11-22T14:05
updated: 2026-11-22 18:00
updates:
  - {at: 2026-11-22 18:00, note: Adds the *result*}
id: vote-1
slug: Budget Vote
section: politics/uk
aliases: [/old/vote/, /older.html]
canonical: https://wire.example/vote
draft: false
embargo: 2026-11-22T14:00:00+00:00
expires: 2030-01-01
standfirst: What *happened*
summary: A vote
kicker: Politics
label: Analysis
authors:
  - ann-open
  - {id: bo, role: photography}
  - name: Cy Free
agency: Wire
dateline: London
tags: energy
people: [Ann Open]
organisations: []
places: [Paris, Texas]
series: the-budget
image:
  src: vote.jpg
  alt: Members walk
  caption: Members *walk*
  credit: Ann
  licence: CC BY 4.0
  rights_expire: 2027-01-01
  focus: 50% 30%
related:
  - Double Edge: A New Era
  - energy/grid.md
related_never: [old-story]
related_auto: false
sensitive: true
corrections:
  - {at: 2026-11-23, text: We said ten., type: Clarification}
withdrawn: {at: 2027-01-01, reason: Court order}
paywall: metered
audio: {src: vote.mp3, duration: 12:34, bytes: 1000, type: audio/mpeg, title: Listen}
live: {ends: 2026-11-22T23:00, summary: So far}
lang: en-GB
translation_of: le-vote
robots: noindex
extra: {rating: 4.5}
---
Body
";

fn article(read: &Read) -> &ArticleMatter {
    match &read.subject {
        Some(Subject::Article(article)) => article,
        other => panic!("no article: {other:?}"),
    }
}

#[test]
fn every_field_arrives() {
    let read = read_as(Kind::Article, FULL);
    let codes: Vec<_> = read.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::UnquotedHeadline]);
    let at = |written: &str| london().zone.read(written).unwrap();
    let place = |text: &str| {
        let start = FULL.find(text).unwrap();
        Span::new(start, start + text.len())
    };
    let named = |text: &str| Reference { text: text.to_owned(), span: place(text) };
    let within = |around: &str, text: &str| {
        let start = place(around).start + around.find(text).unwrap();
        Reference { text: text.to_owned(), span: Span::new(start, start + text.len()) }
    };
    let inline = |text: &str| Inline(text.to_owned());
    assert_eq!(
        read.timing,
        Some(Timing {
            draft: false,
            date: Some(at("2026-11-22T14:05").at),
            embargo: Some(at("2026-11-22T14:00").at),
            expires: Some(at("2030-01-01").at),
        })
    );
    let expected = ArticleMatter {
        title: "Budget vote".into(),
        title_span: place("Budget vote"),
        headlines: Headlines {
            seo: Some("Budget vote 2026".into()),
            social: Some("The vote".into()),
            short: Some("Vote".into()),
        },
        date: Some(at("2026-11-22T14:05")),
        updated: Some(at("2026-11-22T18:00")),
        updates: vec![Update { at: at("2026-11-22T18:00"), note: inline("Adds the *result*") }],
        id: Some(named("vote-1")),
        slug: Some((Slug::from_headline("budget-vote").unwrap(), place("Budget Vote"))),
        section: Some(named("politics/uk")),
        aliases: vec![named("/old/vote/"), named("/older.html")],
        canonical: Some("https://wire.example/vote".into()),
        shared: SharedMatter {
            kicker: Some("Politics".into()),
            label: Some(Label::Analysis),
            authors: Some(vec![
                Credit { who: named("ann-open"), role: None },
                Credit { who: within("{id: bo", "bo"), role: Some("photography".into()) },
                Credit { who: named("Cy Free"), role: None },
            ]),
            agency: Some("Wire".into()),
            dateline: Some("London".into()),
            terms: LiteMap::from_iter([
                (Taxonomy::Tags, vec![within("tags: energy", "energy")]),
                (Taxonomy::People, vec![named("Ann Open")]),
                (Taxonomy::Organisations, vec![]),
                (Taxonomy::Places, vec![named("Paris"), named("Texas")]),
            ]),
            series: Some(named("the-budget")),
            image: Some(Box::new(Picture {
                src: named("vote.jpg"),
                alt: "Members walk".into(),
                decorative: false,
                caption: Some(inline("Members *walk*")),
                credit: Some(inline("Ann")),
                licence: Some("CC BY 4.0".into()),
                rights_expire: Some(at("2027-01-01")),
                focus: Some((0.5, 0.3)),
                set_in: None,
            })),
            related_auto: Some(false),
            sensitive: Some(true),
            paywall: Some(Paywall::Metered),
            lang: Some("en-GB".into()),
            robots: Some("noindex".into()),
            extra: [("rating".to_owned(), 4.5.into())].into(),
        },
        standfirst: Some(inline("What *happened*")),
        summary: Some("A vote".into()),
        related: vec![named("Double Edge: A New Era"), named("energy/grid.md")],
        related_never: vec![named("old-story")],
        corrections: vec![Correction {
            at: at("2026-11-23"),
            kind: CorrectionKind::Clarification,
            text: inline("We said ten."),
        }],
        withdrawn: Some(Box::new(Withdrawal { at: at("2027-01-01"), reason: inline("Court order") })),
        audio: Some(Box::new(Audio {
            src: named("vote.mp3"),
            duration_secs: Some(754),
            len_bytes: Some(1000),
            media_type: Some("audio/mpeg".into()),
            title: Some("Listen".into()),
        })),
        live: Some(Box::new(LiveCoverage { ends: Some(at("2026-11-22T23:00")), summary: Some(inline("So far")) })),
        translation_of: Some(named("le-vote")),
    };
    assert_eq!(article(&read), &expected);
}

#[test]
fn the_other_kinds_arrive() {
    let read = read_as(
        Kind::Author,
        "---\nname: Ann Open\nrole: Editor\nbio: Writes *well*\npicture: ann.jpg\nlinks: [{label: Blog, url: https://ann.example}]\nemail: ann@news.example\ndraft: true\n---\n",
    );
    assert_eq!(read.diagnostics, []);
    assert!(read.timing.unwrap().draft);
    let Some(Subject::Author(author)) = read.subject else { panic!() };
    assert_eq!(
        (author.name.as_str(), author.role.as_deref(), author.email.as_deref()),
        ("Ann Open", Some("Editor"), Some("ann@news.example"))
    );
    assert_eq!(
        (author.bio, author.links.len(), author.picture.unwrap().text.as_str()),
        (Some(Inline("Writes *well*".into())), 1, "ann.jpg")
    );

    let read = read_as(Kind::Series, "---\ntitle: The budget\norder: Newest\n---\n");
    let Some(Subject::Series(series)) = read.subject else { panic!() };
    assert_eq!((series.title.as_str(), series.order), ("The budget", SeriesOrder::Newest));

    let read = read_as(Kind::Topic, "---\ntitle: Energy\nsynonyms: [power, 2026]\ndescription: All of it\n---\n");
    let Some(Subject::Topic(topic)) = read.subject else { panic!() };
    assert_eq!(topic.synonyms.iter().map(|name| name.text.as_str()).collect::<Vec<_>>(), ["power", "2026"]);
}

#[test]
fn a_section_has_defaults_and_slots() {
    let text = "\
---
title: Politics
order: -2
defaults: {kicker: Politics, tags: [westminster]}
slots:
  lead: Budget vote
  top:
    - Double Edge: A New Era
    - {story: grid, until: 2026-11-23}
  opinion: {title: Views, pins: a, count: 3, label: opinion, until: 2026-12-01}
  empty: []
---
";
    let read = read_as(Kind::Section, text);
    let codes: Vec<_> = read.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::UnquotedHeadline]);
    let Some(Subject::Section(section)) = read.subject else { panic!() };
    assert_eq!((section.title.as_deref(), section.order), (Some("Politics"), Some(-2)));
    assert_eq!(section.defaults.unwrap().kicker.as_deref(), Some("Politics"));
    let slots: Vec<_> = section
        .slots
        .iter()
        .map(|slot| (slot.name.as_str(), slot.pins.iter().map(|pin| pin.story.text.as_str()).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        slots,
        [
            ("lead", vec!["Budget vote"]),
            ("top", vec!["Double Edge: A New Era", "grid"]),
            ("opinion", vec!["a"]),
            ("empty", vec![])
        ]
    );
    let [_, top, opinion, _] = section.slots.as_slice() else { panic!() };
    assert_eq!(&text[top.span.start..top.span.end], "top");
    assert!(top.pins[1].until.is_some() && top.pins[0].until.is_none());
    assert_eq!(
        (opinion.title.as_deref(), opinion.count, opinion.label),
        (Some("Views"), Some(3), Some(Label::Opinion))
    );
    assert!(opinion.until.is_some());
}

/// An article that has all it needs, with these lines.
fn with(lines: &str) -> String {
    format!("---\ntitle: Vote\ndate: 2026-11-22\n{lines}---\n")
}

#[test]
fn mistakes_stand_at_their_places() {
    let check = |lines: &str, code: Code, place: &str| {
        let text = with(lines);
        let read = read_as(Kind::Article, &text);
        let found: Vec<_> = read
            .diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.code, diagnostic.span.map_or("", |span| &text[span.start..span.end])))
            .collect();
        assert_eq!(found, [(code, place)], "{lines}");
    };
    check("tilte: x\n", Code::UnknownField, "tilte");
    check("image: {src: a.jpg, alt: b, captoin: c}\n", Code::UnknownField, "captoin");
    check("authors:\n  - {idd: bo, name: Bo}\n", Code::UnknownField, "idd");
    check("extra: {ratng: 1}\n", Code::UnknownField, "ratng");
    check("extra: {rating: high}\n", Code::WrongType, "high");
    check("kicker: [a]\n", Code::WrongType, "kicker");
    check("kicker: {a: b}\n", Code::WrongType, "kicker");
    check("tags: {a: b}\n", Code::WrongType, "tags");
    check("tags: [a, [b]]\n", Code::WrongType, "b");
    check("tags: [a, '']\n", Code::EmptyField, "''");
    check("draft: yes\n", Code::WrongType, "yes");
    check("draft: \"true\"\n", Code::WrongType, "\"true\"");
    check("draft:\n", Code::EmptyField, "draft");
    check("embargo: ~\n", Code::EmptyField, "~");
    check("embargo: 22 Nov 2026, 6pm\n", Code::BadInstant, "22 Nov 2026, 6pm");
    check("embargo: 2026-03-29T01:30\n", Code::AmbiguousInstant, "2026-03-29T01:30");
    check("label: opinon\n", Code::UnknownWord, "opinon");
    check("paywall: closed\n", Code::UnknownWord, "closed");
    check("robots: noindx, nofollow\n", Code::UnknownWord, "noindx, nofollow");
    check("corrections:\n  - {at: 2026-11-23}\n", Code::MissingField, "at");
    check("corrections: [{at: 2026-11-23, text: }]\n", Code::EmptyField, "text");
    check("aliases: [old/]\n", Code::BadPath, "old/");
    check("aliases: /../x\n", Code::BadPath, "/../x");
    check("slug: a/b\n", Code::BadPath, "a/b");
    check("slug: '!!!'\n", Code::BadPath, "'!!!'");
    check("canonical: /here/\n", Code::BadUrl, "/here/");
    check("image: {src: 'javascript:x', alt: y}\n", Code::BadUrl, "'javascript:x'");
    check("image: a.jpg\n", Code::MissingAlt, "a.jpg");
    check("image: {src: a.jpg}\n", Code::MissingAlt, "image");
    check("image: {src: a.jpg, decorative: false}\n", Code::MissingAlt, "image");
    check("image: {src: a.jpg, alt: ''}\n", Code::MissingAlt, "image");
    check("image: {src: a.jpg, alt: b, focus: [2, 0]}\n", Code::WrongType, "focus");
    check("audio: {src: a.mp3, duration: long}\n", Code::WrongType, "long");
    check("lang: english\n", Code::WrongType, "english");
    check("summary: a\ndescription: b\n", Code::DuplicateKey, "b");
    check("kicker: Budget #1\n", Code::CutShort, "#1");
    check("kicker: #MeToo\n", Code::CutShort, "kicker");
    check("kicker: \"a\\u0007\"\n", Code::WrongType, "\"a\\u0007\"");
    check("related: [{ref: x}]\n", Code::WrongType, "ref");
    check("withdrawn: true\n", Code::WrongType, "true");
}

#[test]
fn what_is_odd_but_clear_is_read() {
    let check = |lines: &str| {
        let text = with(lines);
        assert_eq!(read_as(Kind::Article, &text).diagnostics, [], "{lines}");
    };
    check("kicker:\ntags:\nimage:\n");
    check("draft: False\n");
    check("tags: energy # for the desk\n");
    check("draft: false # until Monday\n");
    check("image: {src: a.jpg, decorative: true}\n");
    check("image: {src: a.jpg, alt: b, focus: {x: 0.5, y: 30%}}\n");
    check("authors: Ann Open\n");
    check("audio: a.mp3\n");
    check("robots: [NOINDEX, max-snippet:20]\n");
    check("updates: {at: 2026-11-22, note: x}\n");
    check("lang: pt-BR\nlabel: NEWS\n");
}

#[test]
fn titles_are_texts_as_spelled() {
    let check = |written: &str, title: &str| {
        let read = read_as(Kind::Page, &format!("---\ntitle: {written}\n---\n"));
        assert_eq!(article(&read).title, title, "{written}");
        assert_eq!(read.diagnostics, [], "{written}");
    };
    check("2026", "2026");
    check("no", "no");
    check("1.10", "1.10");
    check("007", "007");
    check("true", "true");
    check("'  A   b '", "A   b");
    check(">\n  Long\n  headline\n", "Long headline");
}

#[test]
fn nothing_that_may_hide_an_embargo_has_a_timing() {
    let timing = |lines: &str| read_as(Kind::Article, &with(lines)).timing;
    assert!(timing("").is_some());
    assert!(timing("kicker: [wrong]\n").is_some(), "a mistake elsewhere leaves the timing readable");
    for lines in [
        "embrago: 2030-01-01\n",
        "Embargo: 2030-01-01\n",
        "draf: true\n",
        "publishDate: 2030-01-01\n",
        "embargo: soon\n",
        "embargo:\n",
        "expires: [x]\n",
        "draft: yes\n",
        "draft: true\ndraft: false\n",
        "date: 2026-11-23\n",
        "a: b: c\n",
    ] {
        assert_eq!(timing(lines), None, "{lines}");
    }
    for text in ["---\nembargo 2030-01-01\n---\n", "---\n- draft: true\n---\n", "---\n---\n"] {
        assert_eq!(read_as(Kind::Article, text).timing, None, "{text}");
    }
    assert_eq!(read_as(Kind::Page, "---\nembargo 2030-01-01\n---\n").timing, None);
    assert!(timing("draft: true\nembrago: 2030-01-01\n").is_some_and(|timing| timing.draft));
    assert!(timing("draft: true\nembargo: soon\n").is_some_and(|timing| timing.draft));
    assert_eq!(read_as(Kind::Article, "---\ntitle: x\n---\n").timing, None, "an article needs a date");
    assert!(read_as(Kind::Page, "---\ntitle: x\n---\n").timing.is_some(), "a page needs none");
    assert!(read_as(Kind::Article, "---\ndraft: true\n---\n").timing.is_some_and(|timing| timing.draft));
}

#[test]
fn without_a_zone_an_embargo_needs_an_offset() {
    let settings = Settings { zone: Zone::utc(), zone_is_set: false, extra_fields: [].into() };
    let codes = |lines: &str| {
        let text = with(lines);
        let (yaml, _) = fences::split(&text).unwrap();
        let read = read(Kind::Article, &SourcePath::new("content/a.md"), &text, yaml, &settings);
        (read.timing.is_some(), read.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>())
    };
    assert_eq!(codes("embargo: 2026-11-22T18:00\n"), (false, vec![Code::NoTimeZone]));
    assert_eq!(codes("expires: 2026-11-22\n"), (false, vec![Code::NoTimeZone]));
    assert_eq!(codes("embargo: 2026-11-22T18:00+01:00\n"), (true, vec![]));
    assert_eq!(codes("updated: 2026-11-22T18:00\n"), (true, vec![]));
}

fn drawn(text: &str) -> String {
    read_as(Kind::Article, text)
        .diagnostics
        .iter()
        .map(|diagnostic| draw(diagnostic, &|_| Some(text.to_owned())))
        .collect()
}

#[test]
fn an_embargo_in_another_form_is_drawn_with_its_cure() {
    insta::assert_snapshot!(drawn(&with("embargo: 22 Nov 2026, 6pm\n")), @r"
    error[bad-instant]: this embargo is not a date and time
     --> content/politics/vote.md:4:10
      |
    4 | embargo: 22 Nov 2026, 6pm
      |          ^^^^^^^^^^^^^^^^ expected year-month-day and a time
      |
      = help: write `2026-11-22T18:00` (Europe/London) or add an offset
    ");
}

#[test]
fn a_date_that_cannot_be_is_told_why() {
    for (written, why) in [
        ("2026-02-30", "this month has 28 days"),
        ("2026-13-01T10:00", "there is no month 13"),
        ("2026-11-00", "this month has 30 days"),
        ("2026-11-22T24:00", "hours go from 00 to 23"),
        ("2026-11-22T10:99", "expected year-month-day and a time"),
    ] {
        let drawn = drawn(&with(&format!("embargo: {written}\n")));
        assert!(drawn.contains(&format!(" {why}\n")), "{written}: {drawn}");
    }
}

#[test]
fn the_end_of_time_is_refused_with_its_cure() {
    insta::assert_snapshot!(drawn(&with("expires: 9999-12-31\n")), @r"
    error[bad-instant]: `expires` lies behind the last day that can be reckoned with
     --> content/politics/vote.md:4:10
      |
    4 | expires: 9999-12-31
      |          ^^^^^^^^^^ the last is `9999-12-30`
      |
      = help: leave the field out if it is to mean that it never comes
    ");
}

#[test]
fn a_time_that_the_clocks_show_twice_is_drawn_with_both_choices() {
    insta::assert_snapshot!(drawn(&with("expires: 2026-10-25T01:30\n")), @r"
    error[ambiguous-instant]: `expires` is two instants: the clocks show it twice
     --> content/politics/vote.md:4:10
      |
    4 | expires: 2026-10-25T01:30
      |          ^^^^^^^^^^^^^^^^ twice in Europe/London
      |
      = help: write `2026-10-25T01:30:00+01:00` for the first, or `2026-10-25T01:30:00+00:00` for the second
    ");
}

#[test]
fn everything_that_is_missing_or_mistyped_is_told_at_once() {
    insta::assert_snapshot!(drawn("---\ntitle:\nembrago: 2026-11-22T18:00\nimage: vote.jpg\n---\n"), @r"
    error[empty-field]: `title` is empty
     --> content/politics/vote.md:2:1
      |
    2 | title:
      | ^^^^^ expected text
    error[unknown-field]: there is no field `embrago` here
     --> content/politics/vote.md:3:1
      |
    3 | embrago: 2026-11-22T18:00
      | ^^^^^^^
      |
      = help: did you mean `embargo`?
    error[missing-alt]: this picture has no `alt`
     --> content/politics/vote.md:4:8
      |
    4 | image: vote.jpg
      |        ^^^^^^^^ what does it show?
      |
      = help: write `{src: vote.jpg, alt: …}` for those who do not see it
      = help: or `decorative: true`, if it adds nothing that must be told
    error[missing-field]: `date` is missing
     --> content/politics/vote.md:1:1
      |
    1 | ---
      | ^^^
      |
      = help: add `date:` with a date, or a date and time
    ");
}

#[test]
fn a_headline_cut_short_is_drawn_with_the_lost_text() {
    insta::assert_snapshot!(drawn("---\ntitle: Budget #1: the cost\ndate: 2026-11-22\n---\n"), @r#"
    warning[cut-short]: `title` ends before ` #`: to YAML the rest is a comment
     --> content/politics/vote.md:2:15
      |
    2 | title: Budget #1: the cost
      |               ^^^^^^^^^^^^ not part of `title`
      |
      = help: if it belongs to the text, quote all of it: `"Budget #1: the cost"`
      = help: if it is a comment, quote the text before it: `"Budget" #1: the cost`
    "#);
}

proptest::proptest! {
    #[test]
    fn reading_never_panics_and_an_embargo_is_read_or_told(
        lines in "((title|date|draft|embargo|expires|embrago|tags|image|authors|related|slots|focus|extra|[a-z]{1,6}): ?(true|false|yes|2026-11-22|2030-01-01T10:00|\\[a, b\\]|\\{a: b\\}|\\{src: x\\}|- x|\\PC{0,10})?\n(  - [a-z]{1,3}: x\n)?){0,6}",
    ) {
        let text = format!("---\n{lines}---\n");
        if let Ok((yaml, _)) = fences::split(&text) {
            for kind in Kind::ALL {
                let read = read(kind, &SourcePath::new("content/a.md"), &text, yaml.clone(), &london());
                for diagnostic in &read.diagnostics {
                    proptest::prop_assert!(diagnostic.span.is_none_or(|span| text.get(span.start..span.end).is_some()), "{diagnostic:?}");
                    draw(diagnostic, &|_| Some(text.clone()));
                }
                let is_told = read.diagnostics.iter().any(Diagnostic::is_error);
                proptest::prop_assert!(read.timing.is_some() || is_told);
                if lines.contains("embargo: 2030") && !is_told && kind != Kind::Site {
                    proptest::prop_assert!(read.timing.is_some_and(|timing| timing.embargo.is_some()));
                }
            }
        }
    }
}
