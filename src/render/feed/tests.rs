//! The writers, on feeds made by hand: what a whole site's feeds hold is tested with the built binary.

use quick_xml::{Reader, events::Event};

use super::{
    Feed, atom,
    item::{Item, Person, Picture},
    json,
    podcast::Recording,
    rss::{self, Written},
};
use crate::model::{Timestamp, Zone};

const TIME: &str = "2026-11-22T14:05:00Z";

/// A feed with the same text in every field.
fn filled(text: &str) -> Feed {
    let own = || text.to_owned();
    let at = Timestamp::parse(TIME);
    let item = Item {
        id: own(),
        url: own(),
        title: own(),
        language: Some(own()),
        published_at: at,
        changed_at: at,
        authors: vec![Person { name: own(), url: Some(own()) }],
        categories: vec![own()],
        summary: own(),
        content: Some(text.into()),
        picture: Some(Picture {
            url: own(),
            media_type: Some("image/png"),
            size: Some((3, 2)),
            alt: own(),
            credit: own(),
        }),
        recording: Some(Recording {
            url: own(),
            media_type: own(),
            len_bytes: 7,
            duration_secs: Some(9),
            title: Some(own()),
        }),
    };
    Feed {
        title: own(),
        description: own(),
        language: own(),
        home: own(),
        self_url: own(),
        publisher: own(),
        hub: Some(own()),
        icon: Some(own()),
        changed_at: at,
        items: vec![item],
        ..Feed::default()
    }
}

/// Every text and every attribute of a document, or why it is not well-formed.
fn texts(xml: &[u8]) -> Result<Vec<String>, String> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().check_end_names = true;
    let (mut texts, mut text, mut depth) = (Vec::new(), String::new(), 0);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof if depth == 0 => return Ok(texts),
            Event::Eof => return Err("an element has no end".to_owned()),
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(reference) => {
                let reference = format!("&{};", &*reference);
                let meant = quick_xml::escape::unescape(&reference).map_err(|error| error.to_string())?.into_owned();
                text.push_str(&meant);
            }
            Event::CData(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {
                return Err("unexpected".to_owned());
            }
            Event::Decl(_) => {}
            event => {
                if let Event::Start(tag) | Event::Empty(tag) = &event {
                    for attribute in tag.attributes() {
                        let attribute = attribute.map_err(|error| error.to_string())?;
                        let value = attribute
                            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                            .map_err(|error| error.to_string())?;
                        texts.push(value.into_owned());
                    }
                }
                depth += i32::from(matches!(event, Event::Start(_))) - i32::from(matches!(event, Event::End(_)));
                texts.push(std::mem::take(&mut text));
            }
        }
    }
}

fn rss(feed: &Feed, zone: &Zone) -> Vec<u8> {
    let items: Vec<Written> = feed.items.iter().map(|item| Written::of(item, zone)).collect();
    rss::write(feed, &items, zone)
}

/// Asserts that a feed with this text everywhere is well-formed in every form, and holds the text.
fn survives(text: &str) -> Result<(), String> {
    let (feed, zone) = (filled(text), Zone::utc());
    let is_forbidden = |c: char| (c.is_control() && c < ' ' && !"\t\n\r".contains(c)) || "\u{fffe}\u{ffff}".contains(c);
    let legal: String = text.chars().filter(|c| !is_forbidden(*c)).collect();
    for (form, xml) in [("RSS", rss(&feed, &zone)), ("Atom", atom::write(&feed, &zone))] {
        let found = texts(&xml).map_err(|error| format!("{form}: {error}\n{}", String::from_utf8_lossy(&xml)))?;
        // Readers of XML make one space or line end of several; what is told apart here is the rest.
        let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !found.iter().any(|found| bare(found) == bare(&legal)) {
            return Err(format!("{form} lost {text:?}\n{}", String::from_utf8_lossy(&xml)));
        }
    }
    let json: serde_json::Value =
        serde_json::from_slice(&json::write(&feed, &zone)).map_err(|error| format!("JSON: {error}"))?;
    let held =
        [&json["title"], &json["items"][0]["title"], &json["items"][0]["content_html"], &json["items"][0]["tags"][0]];
    if held.iter().all(|held| *held == text) { Ok(()) } else { Err(format!("JSON lost {text:?}")) }
}

#[test]
fn no_text_breaks_a_feed() {
    for text in [
        "a\u{0}b\u{1}c\u{8}d\u{b}e\u{1f}f",
        "]]>",
        "<![CDATA[x]]>",
        "🦀 👩‍🚒 \u{10ffff}",
        "\"double\" 'single' „low“",
        "<script>alert(1)</script>",
        "&amp; & &#0; &unknown; &#xFFFE;",
        "\u{fffe}\u{ffff}\u{fdd0}",
        "-->",
        "<?xml version=\"1.0\"?>",
        "tab\there\nline",
        "\u{2028}\u{85}\u{7f}",
        "é\u{301}\u{202e}gnp.exe",
    ] {
        survives(text).unwrap();
    }
}

proptest::proptest! {
    #[test]
    fn any_text_survives(text in "(.|[<>&\"'\\]\u{0}-\u{1f}]){0,40}") {
        survives(&text).unwrap();
    }
}

#[test]
fn a_feed_without_items_is_a_feed() {
    let feed = Feed { title: "The Post".into(), self_url: "https://p.example/atom.xml".into(), ..Feed::default() };
    let zone = Zone::named("Europe/London").unwrap();
    assert!(texts(&rss(&feed, &zone)).is_ok());
    let atom = String::from_utf8(atom::write(&feed, &zone)).unwrap();
    assert!(atom.contains("<updated>1970-01-01T01:00:00+01:00</updated>"), "{atom}");
}

/// What the three forms make of one story.
#[test]
fn the_three_forms() {
    let feed = Feed {
        title: "The Post".into(),
        description: "News & views".into(),
        language: "en".into(),
        home: "https://p.example/".into(),
        self_url: "https://p.example/feed".into(),
        publisher: "Post Ltd".into(),
        hub: Some("https://hub.example/".into()),
        changed_at: Timestamp::parse(TIME),
        items: vec![Item {
            id: "tag:p.example,2026:vote".into(),
            url: "https://p.example/vote/".into(),
            title: "Opinion: The vote".into(),
            published_at: Timestamp::parse("2026-11-22T09:00:00Z"),
            changed_at: Timestamp::parse(TIME),
            authors: vec![Person { name: "Ann Open".into(), url: Some("https://p.example/authors/ann/".into()) }],
            categories: vec!["Politics".into()],
            summary: "Why x < y.".into(),
            content: Some("<p>Text.</p>".into()),
            recording: Some(Recording {
                url: "https://p.example/vote.mp3".into(),
                media_type: "audio/mpeg".into(),
                len_bytes: 1234,
                duration_secs: Some(61),
                title: None,
            }),
            ..Item::default()
        }],
        ..Feed::default()
    };
    let zone = Zone::utc();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    insta::assert_snapshot!("rss", text(rss(&feed, &zone)));
    insta::assert_snapshot!("atom", text(atom::write(&feed, &zone)));
    insta::assert_snapshot!("json", text(json::write(&feed, &zone)));
}
