//! What a browser gets.

use super::{header, preview, preview_with, status};
use crate::serve::{Event, server::Limits};

#[test]
fn pages_come_with_their_type_and_are_not_kept() {
    let preview = preview();
    let check = |path: &str, expected: u16, content_type: &str| {
        let response = preview.get(path);
        assert_eq!(status(&response), expected, "{path}: {response}");
        assert_eq!(header(&response, "content-type"), Some(content_type), "{path}");
        assert_eq!(header(&response, "cache-control"), Some("no-store"), "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), None, "{path}");
    };
    check("/", 200, "text/html; charset=utf-8");
    check("/?query", 200, "text/html; charset=utf-8");
    check("/news/feed.xml", 200, "application/xml; charset=utf-8");
    check("/nowhere", 404, "text/html; charset=utf-8");
    check("/_letterpress/reload.js", 200, "text/javascript; charset=utf-8");
    check("/_letterpress/report", 200, "text/plain; charset=utf-8");
    check("/_letterpress/nowhere", 404, "text/html; charset=utf-8");
    assert!(preview.get("/nowhere").contains("Lost"));
    assert!(preview.get("/news/feed.xml").ends_with("<feed/>"));
}

#[test]
fn the_script_is_in_the_served_page_alone() {
    let preview = preview();
    let page = preview.get("/");
    assert!(page.contains("<script src=\"/_letterpress/reload.js\" nonce=\""), "{page}");
    assert!(page.contains("default-src &#39;none&#39;; script-src &#39;nonce-"), "{page}");
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert!(!page.contains("data-ribbon"), "{page}");
    assert!(!preview.get("/news/feed.xml").contains("<script"));
}

#[test]
fn a_missing_slash_is_a_redirect_within_the_site() {
    let preview = preview();
    let check = |path: &str, to: Option<&str>| assert_eq!(header(&preview.get(path), "location"), to, "{path}");
    check("/news", Some("/news/"));
    check("//news", Some("/news/"));
    check("//news/", Some("/news/"));
    check("/news/", None);
    check("//evil.example/..", None);
    check("//evil.example/%2e%2e", None);
    check("/\\evil.example/..", None);
    check("//evil.example", None);
}

#[test]
fn head_has_the_length_and_no_body() {
    let preview = preview();
    for path in ["/", "/news/feed.xml", "/nowhere", "/_letterpress/events"] {
        let (head, get) = (preview.ask("HEAD", path, ""), path.ends_with("events"));
        assert!(head.ends_with("\r\n\r\n"), "{head}");
        if !get {
            assert_eq!(header(&head, "content-length"), header(&preview.get(path), "content-length"), "{path}");
        }
    }
}

#[test]
fn a_site_below_a_path_has_its_pages_there() {
    let preview = preview_with(|options| options.base_path = "/paper/".to_owned(), Limits::default());
    assert_eq!(header(&preview.get("/"), "location"), Some("/paper/"));
    assert_eq!(header(&preview.get("/paper/news"), "location"), Some("/paper/news/"));
    assert_eq!(status(&preview.get("/paper/")), 200);
    assert_eq!(status(&preview.get("/news/")), 404);
}

#[test]
fn a_large_file_arrives_whole() {
    let preview = preview();
    let large = (0..200_000).map(|number: u32| number.to_string()).collect::<Vec<_>>().join(" ");
    std::fs::create_dir_all(preview.site("data")).unwrap();
    std::fs::write(preview.site("data/large.txt"), &large).unwrap();
    let mut response = String::new();
    // Large files are saved in several steps, and each may bring a build.
    while header(&response, "content-length") != Some(large.len().to_string().as_str()) {
        preview.changed();
        response = preview.get("/large.txt");
    }
    assert!(response.ends_with(&large));
}

#[test]
fn a_page_that_readers_do_not_get_says_so() {
    let preview = preview();
    preview.save("content/page.html", "<body>News of a draft</body>");
    preview.changed();
    let page = preview.get("/");
    assert!(page.contains(" data-ribbon=\"Draft\" defer>"), "{page}");

    preview.save("content/page.html", "<body>News of a draft with a mistake</body>");
    preview.changed();
    let page = preview.get("/");
    assert!(page.contains("<body>News of a draft<"), "the last good page: {page}");
    assert!(page.contains(" data-ribbon=\"Draft\" defer>"), "a page that is not out never looks as if it were: {page}");
}

#[test]
fn what_is_wrong_with_a_page_stays_on_the_screen_while_nothing_changes() {
    let preview = preview();
    std::fs::create_dir_all(preview.site("data")).unwrap();
    std::fs::write(preview.site("data/again.txt"), "").unwrap();
    preview.save("content/page.html", "<body>News with a mistake</body>");
    preview.changed();
    assert_eq!(status(&preview.get("/")), 503);
    for _ in 0..3 {
        preview.looked();
    }
    assert!(preview.get("/_letterpress/report").contains("a mistake"));
    std::fs::write(preview.site("data/of-no-use.txt"), "").unwrap();
    while preview.event() != (Event::Built { is_new: false }) {}
    assert!(preview.get("/_letterpress/report").contains("a mistake"), "nor while what changes changes nothing");
}

#[test]
fn a_page_that_cannot_be_made_stays_as_it_was() {
    let preview = preview();
    let save = |text: &str| {
        preview.save("content/page.html", text);
        preview.changed();
    };
    save("<body>News with a mistake in its template</body>");
    let unseen = preview.get("/");
    assert_eq!(status(&unseen), 503, "nobody has seen it before: {unseen}");
    assert!(unseen.contains("a mistake in its template") && unseen.contains("role=\"alert\""), "{unseen}");

    save("<body>News as they were</body>");
    assert!(preview.get("/").contains("News as they were"));
    save("<body>News with a mistake &lt;</body>");
    assert!(preview.get("/").contains("News as they were"), "the last good page");
    assert!(preview.get("/_letterpress/report").contains("a mistake &lt;"), "under what is wrong now");
    assert_eq!(status(&preview.get("/news/")), 200);
    save("<body>News, mended</body>");
    assert!(preview.get("/").contains("News, mended"));
    assert!(preview.get("/_letterpress/report").ends_with("\r\n\r\n"));

    save("<body>What this says is gone</body>");
    assert!(preview.get("/").contains("News, mended"), "after it was waited for");
    save("<body>a bug in a page</body>");
    assert_eq!(status(&preview.get("/")), 500);
    preview.get("/news/");
    save("<body>News, alive</body>");
    preview.assert_alive();
}
