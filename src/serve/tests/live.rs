//! What an open page hears, and what brings a build.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
};

use super::{Event, Preview, header, preview, preview_with, status};
use crate::serve::Limits;

/// An open page's event stream.
struct Page(BufReader<TcpStream>);

impl Page {
    fn open(preview: &Preview) -> Self {
        let mut stream = preview.connect();
        stream.write_all(b"GET /_letterpress/events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        Self(BufReader::new(stream))
    }

    /// The next message: the number of the edition, and whether it was built or failed.
    fn hears(&mut self) -> (u64, String) {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream goes on");
            if let Some(message) = line.trim_end().strip_prefix("data: ") {
                let (edition, word) = message.split_once(' ').unwrap();
                let number = edition.rsplit_once('-').unwrap().1;
                return (number.parse().unwrap(), word.to_owned());
            }
        }
    }
}

fn built(number: u64) -> (u64, String) {
    (number, "built".to_owned())
}

fn failed(number: u64) -> (u64, String) {
    (number, "failed".to_owned())
}

#[test]
fn an_open_page_hears_of_changes_failures_and_cures() {
    let preview = preview();
    let story = preview.site("content/page.html");
    let mut page = Page::open(&preview);
    assert_eq!(page.hears(), built(1));

    fs::write(&story, "<body>News of today</body>").unwrap();
    assert_eq!(page.hears(), built(2));
    assert!(preview.get("/").contains("News of today"));

    fs::write(&story, "broken: <b>no</b>").unwrap();
    assert_eq!(page.hears(), failed(2));
    assert!(preview.get("/").contains("News of today"), "the last good page stays");
    assert!(preview.get("/_letterpress/report").ends_with("broken: <b>no</b>"));
    assert_eq!(Page::open(&preview).hears(), failed(2), "a page that is opened now hears it too");

    fs::write(&story, "<body>News of today</body>").unwrap();
    assert_eq!(page.hears(), built(2), "nothing is new, so the overlay goes without a reload");
    assert!(header(&preview.get("/_letterpress/report"), "content-length") == Some("0"));
}

#[test]
fn a_bug_in_a_build_is_a_failure_and_not_the_end() {
    let preview = preview();
    let mut page = Page::open(&preview);
    assert_eq!(page.hears(), built(1));
    preview.save("content/page.html", "bug");
    assert_eq!(page.hears(), failed(1));
    preview.save("content/page.html", "<body>News again</body>");
    assert_eq!(page.hears(), built(2));
}

#[test]
fn a_report_stands_in_while_nothing_is_published() {
    let preview = preview_with(
        |options| {
            fs::write(options.root.join("content/page.html"), "broken: <i>").unwrap();
        },
        Limits::default(),
    );
    let page = preview.get("/any/page");
    assert_eq!(status(&page), 503);
    assert!(page.contains("broken: &lt;i&gt;") && page.contains("role=\"alert\""), "{page}");
}

#[test]
fn every_way_to_save_brings_a_build() {
    let preview = preview();
    let (content, story) = (preview.site("content"), preview.site("content/page.html"));
    let page = |words: &str| format!("<body>{words}</body>");
    let check = |way: &str, save: &dyn Fn(&str)| {
        save(&page(way));
        preview.changed();
        assert!(preview.get("/").contains(way), "{way}");
    };
    check("written in place", &|page| fs::write(&story, page).unwrap());
    check("renamed over", &|page| {
        fs::write(content.join(".page.html.swp"), page).unwrap();
        fs::rename(content.join(".page.html.swp"), &story).unwrap();
    });
    check("moved away first", &|page| {
        fs::rename(&story, content.join("page.html~")).unwrap();
        fs::write(&story, page).unwrap();
    });
    check("emptied and filled", &|page| {
        let mut file = fs::File::create(&story).unwrap();
        file.write_all(page.as_bytes()).unwrap();
    });
    check("a folder moved in", &|page| {
        fs::create_dir(preview.site("other")).unwrap();
        fs::write(preview.site("other/page.html"), page).unwrap();
        fs::rename(&content, preview.site("gone")).unwrap();
        fs::rename(preview.site("other"), &content).unwrap();
    });
    check("saved in the folder moved in", &|page| fs::write(&story, page).unwrap());
    // A watched folder that did not exist at the start, and one below it.
    check("more", &|more| {
        fs::create_dir_all(preview.site("data/deep")).unwrap();
        fs::write(preview.site("data/more.txt"), more).unwrap();
    });
}

#[test]
fn a_folder_taken_away_and_put_back_is_noticed() {
    let preview = preview();
    fs::rename(preview.site("content"), preview.site("away")).unwrap();
    assert_eq!(preview.event(), Event::Failed);
    fs::rename(preview.site("away"), preview.site("content")).unwrap();
    assert_eq!(preview.event(), Event::Built { is_new: false });
}

#[test]
fn a_change_that_the_system_does_not_tell_of_is_found() {
    let preview = preview();
    // The target lies where nothing is watched, so no event names it.
    let (story, target) = (preview.site("content/page.html"), preview.site("shared.html"));
    fs::rename(&story, &target).unwrap();
    std::os::unix::fs::symlink(&target, &story).unwrap();
    fs::write(&target, "<body>News, linked</body>").unwrap();
    preview.changed();
    fs::write(&target, "<body>News, found by looking</body>").unwrap();
    preview.changed();
    assert!(preview.get("/").contains("found by looking"));
}
