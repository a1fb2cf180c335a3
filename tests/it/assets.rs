//! Fingerprinted files: a style sheet names the same files from its new place as from its old one.

use crate::site::Site;

#[test]
fn a_style_sheet_finds_what_it_names() {
    let site = Site::empty()
        .file("site.yaml", "title: The Post\nurl: https://post.example/paper\ntime_zone: UTC\n")
        .article("city/dock.md", "The dock", "2026-11-20", "")
        .file(
            "static/css/site.css",
            "@import 'more.css';\na{b:url(../fonts/serif.woff2)}\nc{d:url(\"../sound.ogg\")}\n",
        )
        .file("static/css/more.css", "a{b:url(../fonts/serif.woff2)}")
        .file("static/fonts/serif.woff2", "letters")
        .file("static/sound.ogg", "sound");
    let tree = site.published();
    let copy = |start: &str| tree.keys().find(|path| path.starts_with(start)).unwrap();
    let sheet = copy("assets/css/site.");
    let font = copy("assets/fonts/serif.").strip_prefix("assets/").unwrap();
    let text = String::from_utf8(tree[sheet].clone()).unwrap();
    assert_eq!(
        text,
        format!("@import '../../css/more.css';\na{{b:url(../{font})}}\nc{{d:url(\"../../css/../sound.ogg\")}}\n")
    );
    assert_eq!(tree["css/more.css"], b"a{b:url(../fonts/serif.woff2)}", "at its own place a file is as it was written");
    assert!(
        tree.contains_key("css/more.css") && tree.contains_key("sound.ogg") && tree.contains_key("fonts/serif.woff2")
    );
    let page = String::from_utf8(tree["index.html"].clone()).unwrap();
    assert!(page.contains(&format!("href=\"/paper/{sheet}\" integrity=\"sha384-")), "{page}");
    // Another font is another style sheet, since its address is in it.
    let other = site.file("static/fonts/serif.woff2", "other letters").published();
    assert!(!other.contains_key(sheet));
}
