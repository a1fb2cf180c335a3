//! The search index: who is in it, who is not, and how much of it a newsroom's day changes.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::site::{Site, Tree, assert_same, tree};

/// Reads numbers of seven bits a byte, and words, from a file of the index. The form is told in `docs/search.md`.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        let (byte, rest) = self.0.split_first().unwrap();
        self.0 = rest;
        *byte
    }

    fn number(&mut self) -> usize {
        let byte = self.byte();
        let low = usize::from(byte & 0x7f);
        if byte < 0x80 { low } else { low + (self.number() << 7) }
    }

    fn word(&mut self, above: &[u8]) -> Vec<u8> {
        let head = self.byte();
        let mut len = |half: u8| if half < 15 { usize::from(half) } else { 15 + self.number() };
        let (alike, more) = (len(head >> 4), len(head & 15));
        let (word, rest) = self.0.split_at(more);
        self.0 = rest;
        [&above[..alike], word].concat()
    }

    /// The stories of a word, without what it counts there.
    fn stories(&mut self) -> Vec<usize> {
        let count = self.number();
        let mut list = Reader(self.0);
        if count > 1 {
            let form = self.number();
            let (bytes, rest) = self.0.split_at(form >> 1);
            self.0 = rest;
            if form & 1 == 1 {
                let code = |story: usize| bytes[story / 4] >> (story % 4 * 2) & 3;
                return (0..bytes.len() * 4).filter(|story| code(*story) > 0).collect();
            }
            list = Reader(bytes);
        }
        let mut stories: Vec<usize> = Vec::new();
        while stories.len() < count {
            let first = list.byte();
            let more = if first < 0x80 { 0 } else { (list.number() + 1) << 4 };
            stories.push(stories.last().map_or(0, |last| last + 1) + usize::from(first >> 3 & 15) + more);
        }
        if count == 1 {
            self.0 = list.0;
        }
        stories
    }
}

/// The words of a site's newest volume, each with the addresses of the stories that it finds.
fn words(out: &Tree) -> BTreeMap<String, Vec<String>> {
    let of_volume = |ending: &str| {
        let below = |path: &&String| path.starts_with("search/newest/") && path.ends_with(ending);
        out.keys().filter(below).cloned().collect::<Vec<_>>()
    };
    let mut cards: Vec<Vec<String>> = Vec::new();
    for at in 0..of_volume(".json").len() {
        cards.extend(serde_json::from_slice::<Vec<Vec<String>>>(&out[&format!("search/newest/c{at}.json")]).unwrap());
    }
    let mut words = BTreeMap::new();
    for at in 0..of_volume(".bin").len() - 1 {
        let mut reader = Reader(&out[&format!("search/newest/w{at}.bin")]);
        let mut word: Vec<u8> = Vec::new();
        while !reader.0.is_empty() {
            word = reader.word(&word);
            if word[0] == 0xff {
                reader.number();
                continue;
            }
            let stories = reader.stories().into_iter().map(|story| cards[story][0].clone());
            words.insert(String::from_utf8(word.clone()).unwrap(), stories.collect());
        }
    }
    words
}

fn found(site: &Site) -> impl Fn(&str) -> Vec<String> {
    let words = words(&site.published());
    move |word| words.get(word).cloned().unwrap_or_default()
}

/// The files of the index that differ.
fn touched(before: &Tree, after: &Tree) -> Vec<String> {
    let paths = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    paths.filter(|path| path.starts_with("search/") && before.get(*path) != after.get(*path)).cloned().collect()
}

/// A text of its own for each number: a few words that all texts have, and some of a vocabulary.
fn text(number: usize) -> String {
    let mut text = String::from("The harbour reported news.");
    for at in 0..120 {
        let _ = write!(text, " word{}", (number * 7919 + at * at * 31) % 4000);
    }
    text
}

/// A site with so many stories, three a day.
fn archive(count: usize) -> Site {
    let mut site = Site::bare();
    for number in 0..count {
        site = add(site, number);
    }
    site
}

fn add(site: Site, number: usize) -> Site {
    let (year, month, day) = (2020 + number / 1008, number / 84 % 12 + 1, number / 3 % 28 + 1);
    let front = format!("title: Story number{number}\ndate: {year}-{month:02}-{day:02}\nauthors: [Ann Open]\n");
    site.file(&format!("content/news/story-{number}.md"), format!("---\n{front}---\n{}\n", text(number)))
}

#[test]
fn stories_are_found_by_headline_standfirst_names_and_text() {
    let site = Site::bare()
        .article(
            "politics/uk/vote.md",
            "Élysée vote",
            "2026-11-21",
            "authors: [Ann Öpen]\ntags: [Offshore wind]\nstandfirst: A *narrow* margin.\n",
        )
        .article("sport/match.md", "The match", "2026-11-20", "standfirst: Sea birds.\nplaces: [Kelder Bay]\n");
    let found = found(&site);
    let (vote, game) = ("/2026/11/21/vote/", "/2026/11/20/match/");
    for word in [
        "elysee",
        "vote",
        "narrow",
        "margin",
        "ann",
        "open",
        "offshore",
        "@ann-open=Ann Öpen",
        "#offshore-wind=Offshore wind",
        "/politics",
        "/politics/uk",
    ] {
        assert!(found(word).contains(&vote.to_owned()), "{word}");
    }
    assert_eq!(found("kelder"), [game]);
    assert_eq!(found("bird"), [game], "a plural is found by its singular");
    assert_eq!(found("the"), [""; 0]);
}

#[test]
fn texts_without_spaces_are_found_by_pairs_of_characters() {
    let site = Site::bare().article("world/diet.md", "国会議事堂", "2026-11-21", "lang: ja\n");
    let found = found(&site);
    for pair in ["国会", "会議", "議事", "事堂"] {
        assert_eq!(found(pair), ["/2026/11/21/diet/"], "{pair}");
    }
}

#[test]
fn what_others_may_not_list_is_not_found() {
    let site = Site::bare()
        .article("a/open.md", "Openly", "2026-11-21", "")
        .article("a/hidden.md", "Hiddenly", "2026-11-21", "robots: noindex\n")
        .article("a/copied.md", "Copiedly", "2026-11-21", "canonical: https://elsewhere.example/\n")
        .article("a/gone.md", "Gonely", "2026-11-21", "withdrawn: {at: 2026-11-22, reason: Wrong.}\n")
        .file(
            "content/a/paid.md",
            "---\ntitle: Paidly\ndate: 2026-11-21\npaywall: subscribers\nsummary: The gist.\n---\nSecretly.\n",
        );
    let out = site.published();
    let words = words(&out);
    for (word, is_found) in [
        ("openly", true),
        ("hiddenly", false),
        ("copiedly", false),
        ("gonely", false),
        ("paidly", true),
        ("gist", true),
        ("secretly", false),
    ] {
        assert_eq!(words.contains_key(word), is_found, "{word}");
    }
    let cards = String::from_utf8_lossy(&out["search/newest/c0.json"]).into_owned();
    assert!(!cards.contains("Hiddenly") && !cards.contains("Secretly"), "{cards}");
}

#[test]
fn posts_of_live_coverage_are_found_once_they_are_out() {
    let text = "---\ntitle: Count\ndate: 2026-11-22T08:00\nlabel: live\nlive: {ends: 2026-11-23}\n---\nAtlast.\n\n## 2026-11-22 09:00 Now\n\nDawn.\n\n## 2026-11-22 23:00 Then\n\nAfterwards.\n";
    let site = Site::bare().file("content/news/count.md", text);
    let found = found(&site);
    for word in ["count", "atlast", "dawn"] {
        assert_eq!(found(word), ["/2026/11/22/count/"], "{word}");
    }
    assert_eq!(found("afterward"), [""; 0]);
    assert_eq!(found("afterwards"), [""; 0]);
}

#[test]
fn a_story_that_is_published_edited_or_taken_down_changes_few_files() {
    let site = archive(700);
    let before = site.published();
    let is_index = |path: &&String| path.starts_with("search/");
    assert!(before.keys().filter(is_index).count() > 60, "the archive is in several volumes");
    let site = add(site, 700);
    let published = site.published();
    let new = touched(&before, &published);
    assert!(new.len() <= 10, "published: {new:?}");

    // An old story gets other words: its volume's files that have them, and the two that tell its version.
    let edited = site
        .file(
            "content/news/story-9.md",
            "---\ntitle: Story number9\ndate: 2020-01-04\nauthors: [Ann Open]\n---\nQuite another text.\n",
        )
        .published();
    let of_edit = touched(&published, &edited);
    assert!(!of_edit.iter().any(|path| path.starts_with("search/newest/")), "edited: {of_edit:?}");
}

#[test]
fn a_volume_whose_results_say_it_in_other_words_has_another_version() {
    let site = archive(3);
    let before = site.published();
    let site = site.file("templates/strings/en.yaml", "month-1: Deepwinter\n");
    let touched = touched(&before, &site.published());
    for path in ["search/newest/c0.json", "search/volumes.json"] {
        assert!(touched.iter().any(|it| it == path), "{path}: {touched:?}");
    }
}

/// Where the seal of a kept file lies, behind its first line.
const SEAL: std::ops::Range<usize> = 20..52;

fn says(quire: &[u8], word: &str) -> bool {
    quire.windows(word.len()).any(|at| at == word.as_bytes())
}

/// The files in which words are kept for later builds.
fn kept(site: &Site) -> Tree {
    tree(&site.path(".letterpress/search"))
}

#[test]
fn an_edit_has_few_words_gathered_again() {
    let site = archive(700);
    site.published();
    let before = kept(&site);
    assert!(before.len() > 5, "{:?}", before.keys());
    let site =
        add(site, 700).file("content/news/story-9.md", "---\ntitle: Story\ndate: 2020-01-04\n---\nRetractedly.\n");
    site.published();
    let after = kept(&site);
    let new: Vec<&String> =
        after.iter().filter(|(name, quire)| before.get(*name) != Some(quire)).map(|it| it.0).collect();
    assert_eq!(new.len(), 2, "that of the edited story, and that of the new one");

    site.write("content/news/story-9.md", "---\ntitle: Story\ndate: 2020-01-04\n---\nCorrigendum.\n");
    site.published();
    let said = |word: &str| kept(&site).values().any(|quire| says(quire, word));
    assert!(said("corrigendum") && !said("retractedly"), "nothing stays of a text that is no more");
}

#[test]
fn an_edit_has_its_own_words_gathered_alone() {
    let site = archive(40);
    site.published();
    // As no text says it: a word that is there after the edit was not gathered again.
    let (name, quire) = kept(&site).into_iter().find(|(_, quire)| says(quire, "story")).unwrap();
    let mut forged = quire;
    let at = forged.windows(5).position(|word| word == b"story").unwrap();
    forged[at..at + 5].copy_from_slice(b"stoxy");
    let seal = blake3::hash(&forged[SEAL.end..]);
    forged[SEAL].copy_from_slice(seal.as_bytes());
    site.write(&format!(".letterpress/search/{name}"), forged);
    site.write("content/news/story-9.md", "---\ntitle: Story\ndate: 2020-01-04\n---\nCorrigendum.\n");
    site.published();
    let after = &kept(&site)[&name];
    assert!(says(after, "corrigendum") && says(after, "stoxy"));
}

#[test]
fn words_that_were_kept_are_believed_if_they_are_whole() {
    let site = archive(300);
    site.published();
    for (name, quire) in kept(&site) {
        let path = format!(".letterpress/search/{name}");
        match name.as_bytes()[0] % 3 {
            0 => site.write(&path, &quire[..quire.len() / 2]),
            1 => site.write(&path, [&quire[..quire.len() - 1], b"x"].concat()),
            _ => site.remove(&path),
        }
    }
    site.write("content/news/story-9.md", "---\ntitle: Story\ndate: 2020-01-04\n---\nAnother text.\n");
    let rebuilt = site.published();
    std::fs::remove_dir_all(site.path(".letterpress")).unwrap();
    assert_same(&rebuilt, &site.published(), "the index");
}

#[test]
fn a_site_may_have_no_search() {
    let site = Site::new().article("a/story.md", "Story", "2026-11-21", "");
    let with = site.published();
    assert!(with.contains_key("search/index.html"));
    assert!(String::from_utf8_lossy(&with["index.html"]).contains("SearchAction"));
    let without = site
        .file("site.yaml", "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\nsearch: false\n")
        .published();
    assert!(!without.keys().any(|path| path.starts_with("search/")));
    for (path, bytes) in &without {
        let text = String::from_utf8_lossy(bytes);
        assert!(path.starts_with("assets/") || path.starts_with("js/") || !text.contains("/search/"), "{path}");
    }
}

#[test]
fn the_page_works_below_a_path() {
    let site = Site::new()
        .file("site.yaml", "title: The Post\nurl: https://post.example/daily\ntime_zone: Europe/London\n")
        .article("a/story.md", "Story", "2026-11-21", "");
    let out = site.published();
    let page = String::from_utf8_lossy(&out["search/index.html"]).into_owned();
    assert!(page.contains("data-index=\"/daily/search/\""), "{page}");
    assert!(String::from_utf8_lossy(&out["search/newest/c0.json"]).contains("\"/daily/2026/11/21/story/\""));
    assert!(
        String::from_utf8_lossy(&out["index.html"])
            .contains("https://post.example/daily/search/?q={search_term_string}")
    );
    let scripted: Vec<&String> = out
        .iter()
        .filter(|(path, bytes)| path.contains(".html") && String::from_utf8_lossy(bytes).contains("<script src"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(scripted, ["search/index.html"], "no other page has a script");
}

#[test]
fn a_site_without_stories_has_an_empty_index() {
    let out = Site::new().file("content/about.md", "---\ntitle: About\n---\nUs.\n").published();
    let index: Vec<&String> = out.keys().filter(|path| path.starts_with("search/")).collect();
    assert_eq!(index, ["search/index.html", "search/volumes.json"]);
}
