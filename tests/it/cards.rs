//! Social cards: which articles have one, when it is drawn, and what it says of a story.

#![cfg(feature = "social-cards")]

use std::collections::BTreeMap;

use crate::site::Site;

/// A site with two articles without a picture, one with one, and one that is not out.
fn site(setting: &str) -> Site {
    Site::new()
        .file("site.yaml", format!("title: The Post\nurl: https://post.example\ntime_zone: Europe/London\n{setting}"))
        .article("city/ferry.md", "Ferry & <i>late</i>", "2026-11-20", "label: opinion\n")
        .article("city/wall.md", "The wall", "2026-11-19", "")
        .article("city/photo.md", "A photo", "2026-11-18", "image: {src: /icons/apple-touch-icon.png, alt: An icon}\n")
        .article("city/secret.md", "A secret", "2026-11-18", "draft: true\n")
}

/// The cards by address, with their bytes.
fn cards(site: &Site) -> BTreeMap<String, Vec<u8>> {
    site.public().into_iter().filter(|(path, _)| path.starts_with("media/sized/social/")).collect()
}

#[test]
fn articles_without_a_picture_have_a_card() {
    let site = site("social_cards: missing\n");
    site.build().succeeded();
    let cards = cards(&site);
    assert_eq!(cards.len(), 2, "{:?}", cards.keys());
    for (path, bytes) in &cards {
        assert!(bytes.starts_with(b"\x89PNG") && bytes[16..24] == [0, 0, 4, 176, 0, 0, 2, 118], "{path}");
    }
    let ferry = site.page("2026/11/20/ferry/index.html");
    let path = cards.keys().find(|path| path.contains("/20/ferry")).unwrap();
    for said in [
        format!("<meta property=\"og:image\" content=\"https://post.example/{path}\">"),
        "<meta property=\"og:image:width\" content=\"1200\">".to_owned(),
        "<meta property=\"og:image:height\" content=\"630\">".to_owned(),
        "content=\"summary_large_image\"".to_owned(),
    ] {
        assert!(ferry.contains(&said), "{said}");
    }
    assert!(!site.page("2026/11/18/photo/index.html").contains("/sized/social/"));
}

#[test]
fn off_draws_none_and_always_draws_all() {
    let count = |setting: &str| {
        let site = site(setting);
        site.build().succeeded();
        cards(&site).len()
    };
    assert_eq!((count(""), count("social_cards: off\n"), count("social_cards: always\n")), (0, 0, 3));
}

#[test]
fn an_edit_draws_what_it_changes() {
    let site = site("social_cards: missing\n");
    site.build().succeeded();
    let first = cards(&site);
    site.write("content/city/wall.md", "---\ntitle: The wall\ndate: 2026-11-19\n---\nAnother text.\n");
    site.build().succeeded();
    assert_eq!(cards(&site), first, "a text is on no card");
    site.write("content/city/wall.md", "---\ntitle: The new wall\ndate: 2026-11-19\n---\nAnother text.\n");
    site.build().succeeded();
    let second = cards(&site);
    let same = first.iter().filter(|(path, bytes)| second.get(*path) == Some(bytes)).count();
    assert_eq!((first.len(), second.len(), same), (2, 2, 1), "one card is another, under another name");
}

#[test]
fn what_the_fonts_lack_is_told_once_and_shown_plainly() {
    let site = site("social_cards: missing\n").article("city/flood.md", "港口洪水", "2026-11-17", "").article(
        "city/wave.md",
        "Flood 🌊",
        "2026-11-16",
        "",
    );
    let run = site.build();
    run.succeeded().says("warning[plain-card]: the social cards of 2 stories, first of this one");
    assert_eq!(cards(&site).len(), 4);
}

#[test]
fn a_site_draws_cards_its_own_way() {
    let own = |svg: &str| site("social_cards: missing\n").file("templates/social-card.svg", svg);
    let drawn = own(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 630\"><text y=\"90\">{{ card.label.text }}: {{ card.headline.lines[0].text }}</text></svg>",
    );
    drawn.write("content/city/wall.md", "---\ntitle: The wall\ndate: 2026-11-19\nlabel: opinion\n---\n");
    drawn.build().succeeded();
    let theme = site("social_cards: missing\n");
    theme.build().succeeded();
    let (drawn, theme) = (cards(&drawn), cards(&theme));
    assert_eq!(drawn.len(), 2);
    assert!(drawn.iter().all(|(path, bytes)| !theme.contains_key(path) && theme.values().all(|other| other != bytes)));
    own("<p>no drawing</p>").build().exited(1).says("error[template-failed]: this is no SVG that can be drawn");
}
