//! Edits that the random walks make seldom or never. The rebuild after each of them once was not what a clean build makes.

use crate::site::{AS_OF, Site, assert_same};

/// Builds at the first clock, edits, and builds at the second: that ends as in a folder where nothing was built before.
fn assert_rebuilt(site: &Site, clocks: [&str; 2], edit: impl FnOnce(&Site)) {
    let [before, after] = clocks.map(|clock| ["build", "--as-of", clock]);
    site.run(&before).succeeded();
    edit(site);
    let rebuilt = site.run(&after);
    let settings = std::fs::read(site.path("site.yaml")).unwrap();
    let fresh = Site::empty().file("site.yaml", settings).folder("content", &site.path("content"));
    let clean = fresh.run(&after);
    assert_eq!(rebuilt.code, clean.code, "rebuilt: {rebuilt}\nclean: {clean}");
    if clean.code == Some(0) {
        assert_same(&site.public(), &fresh.public(), "after the edit");
    }
}

fn stories(site: Site, count: usize, text: impl Fn(usize) -> String) -> Site {
    (0..count).fold(site, |site, at| {
        let matter = format!("title: Story {at}\ndate: 2026-11-{:02}T10:00:00Z\nsummary: Short", at + 1);
        site.file(&format!("content/news/s{at}.md"), format!("---\n{matter}\n---\n{}\n", text(at)))
    })
}

#[test]
fn words_are_found_in_the_language_that_a_section_sets() {
    let text = |at| format!("Les habitations continuellement mangeaient des chevaux nationaux; running walls {at}.");
    let section = "---\ntitle: News\ndefaults: {lang: fr}\n---\n";
    let site = stories(Site::new().file("content/news/_index.md", section), 4, text);
    assert_rebuilt(&site, [AS_OF; 2], |site| {
        let story = std::fs::read_to_string(site.path("content/news/s2.md")).unwrap();
        site.write("content/news/s2.md", story.replace("chevaux", "cheval"));
    });
}

#[test]
fn what_becomes_of_html_decides_which_words_a_story_has() {
    let html = "<script>var quagmire = \"hippopotamus\";</script>\n\n\
        <div>zebrafish <blink>coelacanth</blink></div>\n\n\
        Inline <object>pelican</object> <button>flamingo</button> <style>p{ostrich:1}</style> <p>cormorant</p>\n";
    let text = |at: usize| {
        let html = if (1..=3).contains(&at) { html } else { "" };
        format!("Words about barrier{at} and harbour{at} number {at}.\n\n{html}")
    };
    let site = stories(Site::new(), 8, text);
    let settings = std::fs::read_to_string(site.path("site.yaml")).unwrap();
    assert_rebuilt(&site, [AS_OF; 2], |site| site.write("site.yaml", format!("{settings}html: trusted\n")));
}

#[test]
fn a_label_is_owed_to_a_story_that_is_named_by_hand() {
    let settings = "title: The Post\nurl: https://post.example\ntime_zone: UTC\nhtml: trusted\n";
    let named = "---\ntitle: About us\n---\n<p data-story=\"n1\">Story of note</p>\n";
    let site = Site::new().file("site.yaml", settings).file("content/about.md", named);
    let site = site.article("news/note.md", "Story of note", "2026-11-20", "id: n1\n");
    assert_rebuilt(&site, [AS_OF; 2], |site| {
        let labelled = "---\ntitle: Story of note\ndate: 2026-11-20\nid: n1\nlabel: opinion\n---\nThe text.\n";
        site.write("content/news/note.md", labelled);
        assert_eq!(site.build().code, Some(1), "its label is lost on the page about us");
    });
}

#[test]
fn the_zone_decides_which_posts_are_out() {
    let settings = |zone: &str| format!("title: The Post\nurl: https://post.example\ntime_zone: {zone}\n");
    let live = "---\ntitle: Live from the quay\ndate: 2026-11-22T08:00:00Z\nlive: {}\n---\n\n\
        ## 2026-11-22 10:00 First\n\nzebrafish lanternfish coelacanth\n\n\
        ## 2026-11-22T13:00+00:00 Second\n\npelican ostrich flamingo\n";
    let text =
        |at: usize| if at.is_multiple_of(2) { "zebrafish lanternfish coelacanth" } else { "pelican ostrich flamingo" };
    let site = Site::new().file("site.yaml", settings("UTC")).file("content/news/live.md", live);
    let site = stories(site, 6, |at| text(at).to_owned());
    assert_rebuilt(&site, ["2026-11-22T12:00:00Z", "2026-11-22T14:00:00Z"], |site| {
        site.write("site.yaml", settings("America/New_York"));
    });
}
