//! Lists are cut by the calendar: an old page never shifts when a story comes.

use std::collections::BTreeSet;

use crate::site::{Site, Tree};

/// 45 stories over 14 months, all with one tag, one author and one label, in one section.
fn site() -> Site {
    (0..45).fold(Site::bare(), |site, number| {
        let (year, month) = (2025 + (number + 9) / 36, 1 + (number + 9) / 3 % 12);
        let date = format!("{year}-{month:02}-{:02}", 1 + number % 28);
        let more = "tags: [Budget]\nauthors: [Ann Open]\nlabel: opinion\n";
        site.article(&format!("politics/story-{number}.md"), &format!("Story {number}"), &date, more)
    })
}

fn stories(tree: &Tree, page: &str) -> Vec<String> {
    let text = String::from_utf8(tree[page].clone()).unwrap();
    let (_, list) = text.split_once("stories:\n").unwrap_or_else(|| panic!("{page} lists nothing\n{text}"));
    list.lines().filter_map(|line| line.strip_prefix("- ")?.split(" | ").next().map(str::to_owned)).collect()
}

fn below(tree: &Tree, list: &str) -> Vec<String> {
    let pages = tree.keys().filter_map(|path| path.strip_prefix(list)?.strip_suffix("index.html"));
    pages.filter(|period| !period.is_empty()).map(str::to_owned).collect()
}

#[test]
fn a_list_shows_the_newest_and_the_calendar_the_rest() {
    let tree = site().published();
    for list in ["politics/", "tags/budget/", "authors/ann-open/", "labels/opinion/"] {
        let newest = stories(&tree, &format!("{list}index.html"));
        assert_eq!(newest.len(), 30, "{list}");
        assert_eq!((newest[0].as_str(), newest[29].as_str()), ("Story 44", "Story 15"), "{list}: newest first");
        let periods = below(&tree, list);
        let parts: Vec<String> =
            periods.iter().flat_map(|period| stories(&tree, &format!("{list}{period}index.html"))).collect();
        let all: BTreeSet<&String> = parts.iter().collect();
        assert_eq!((parts.len(), all.len()), (45, 45), "{list}: each story stands in one period");
    }
    assert_eq!(below(&tree, "politics/").len(), 15, "a section is cut by month: {:?}", below(&tree, "politics/"));
    assert_eq!(below(&tree, "tags/budget/"), ["2025/", "2026/"], "a term by year");
}

#[test]
fn a_term_with_few_stories_has_one_page() {
    let tree = Site::bare().article("a/b.md", "B", "2026-11-20", "tags: [Budget]\n").published();
    assert_eq!(below(&tree, "tags/budget/"), Vec::<String>::new());
    assert_eq!(below(&tree, "a/"), ["2026/11/"]);
}

#[test]
fn a_new_story_leaves_old_periods_alone() {
    let site = site();
    let before = site.published();
    let site =
        site.article("politics/new.md", "New", "2026-11-22", "tags: [Budget]\nauthors: [Ann Open]\nlabel: opinion\n");
    let after = site.published();
    for page in ["politics/2025/05/", "tags/budget/2025/", "2025/05/", "2025/05/04/", "2025/"] {
        let page = format!("{page}index.html");
        let names = |tree: &Tree| tree[&page].clone();
        // A list of all periods names a new one; its stories stay.
        let is_list = page.starts_with("politics") || page.starts_with("tags");
        if is_list {
            assert_eq!(stories(&before, &page), stories(&after, &page), "{page}");
        } else {
            assert!(names(&before) == names(&after), "{page}");
        }
    }
    assert!(before["sitemap-2025-05.xml"] == after["sitemap-2025-05.xml"], "nor does an old sitemap change");
}

#[test]
fn the_archive_counts() {
    let tree = site().published();
    let text = |page: &str| String::from_utf8(tree[page].clone()).unwrap();
    assert!(text("archive/index.html").contains("2025: 27 | /2025/"), "{}", text("archive/index.html"));
    assert!(text("2025/index.html").contains("April 2025: 3 | /2025/04/"), "{}", text("2025/index.html"));
    assert!(text("2025/04/index.html").contains("1 April 2025: 1 | /2025/04/01/"), "{}", text("2025/04/index.html"));
    assert!(text("2025/04/01/index.html").contains("Story 0"));
    assert!(
        text("2025/05/index.html").contains("previous: /2025/04/")
            && text("2025/05/index.html").contains("next: /2025/06/")
    );
}

/// Who is meant is the first by path, on every machine, and the editor is told.
#[test]
fn two_files_of_one_name_are_told() {
    let site = Site::new()
        .file("content/authors/ann.md", "---\nname: Ann Open\n---\n")
        .file("content/authors/b-ann.md", "---\nname: ann open\n---\n")
        .file("content/tags/energy.md", "---\ntitle: Energy\nsynonyms: [power, Energy]\n---\n")
        .file("content/tags/might.md", "---\ntitle: Might\nsynonyms: [Power]\n---\n")
        .file("content/people/power.md", "---\ntitle: Energy\n---\n")
        .article("city/dock.md", "The dock", "2026-11-20", "authors: [Ann Open]\ntags: [power]\n");
    let run = site.build();
    run.succeeded()
        .says("warning[same-name]: this file and `content/authors/ann.md` are both called “ann open”")
        .says("warning[same-name]: this file and `content/tags/energy.md` are both called “Power”");
    assert_eq!(run.stderr.matches("same-name").count(), 2, "{run}");
    assert!(
        site.public().contains_key("authors/ann/index.html") && site.public().contains_key("tags/energy/index.html")
    );
}
