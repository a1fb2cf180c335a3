//! Related stories: slots, exclusions and reasons, through the binary and through the index.

use std::{path::Path, sync::Arc};

use letterpress::{
    config::Config,
    load,
    model::{Label, SourcePath, Timestamp},
    parse,
    relate::{self, Lists, Reason, SiteIndex},
    release,
};
use proptest::{collection::vec, prelude::*, sample::select, test_runner};
use serde_json::Value;

use crate::site::{AS_OF, Site};

const TURBINES: &str =
    "The turbines off Kelder Sound feed the harbour of Eastquay, and the fishing fleet keeps away from them.";
const LIBRARY: &str =
    "The library of Marlow Street lends books on weaving, and its readers knit scarves on Thursday evenings.";

fn story(site: Site, name: &str, day: u8, more: &str, text: &str) -> Site {
    let matter = format!("---\ntitle: {name}\ndate: 2026-11-{day:02}\n{more}---\n{text}\n");
    site.file(&format!("content/news/{name}.md"), matter)
}

fn explained(site: &Site, name: &str) -> Value {
    let run = site.run(&["related", name, "--format", "json", "--as-of", AS_OF]);
    run.succeeded();
    serde_json::from_str(&run.stdout).unwrap()
}

/// The list of a story as `slot name`.
fn list(site: &Site, name: &str) -> Vec<String> {
    let facts = explained(site, name);
    let entries = facts["related"].as_array().unwrap().iter();
    let words = |entry: &Value| format!("{} {}", entry["slot"].as_str().unwrap(), entry["title"].as_str().unwrap());
    entries.map(words).collect()
}

/// Why a story is not in the list of another.
fn lost(site: &Site, name: &str, other: &str) -> String {
    let facts = explained(site, name);
    let lost = facts["lost"].as_array().unwrap();
    let found = lost.iter().find(|entry| entry["title"] == other);
    found.map_or_else(|| format!("{other} is not told: {lost:?}"), |entry| entry["why"].as_str().unwrap().to_owned())
}

#[test]
fn slots_follow_each_other() {
    let site = [("library", 1, "", LIBRARY), ("old", 2, "", "Budget talk."), ("near", 3, "", TURBINES)]
        .into_iter()
        .chain([("part-1", 4, "series: Wind\n", "Prologue."), ("part-3", 6, "series: Wind\n", "Epilogue.")])
        .fold(Site::new(), |site, (name, day, more, text)| story(site, name, day, more, text));
    let words = format!("{TURBINES} Nobody asked the gulls.");
    let site = story(site, "part-2", 5, "series: Wind\nrelated: [library]\n", &words);
    assert_eq!(list(&site, "part-2"), ["pin library", "series part-3", "series part-1", "text near", "section old"]);
    site.build_with(&["--strict"]).succeeded();
    let page = site.page("2026/11/05/part-2/index.html");
    for words in
        ["Picked by the desk", "In the same series", "On the same subject: Kelder Sound", "From the same section"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("\"relatedLink\""), "in the structured data");
    assert!(site.page("feed.xml").contains("Related stories"), "in the feed");
    assert!(!page.contains("0."), "no score on a page");
}

#[test]
fn who_may_not_stand_together() {
    let same = |more: &str| format!("{TURBINES} {more}");
    let site = story(Site::new(), "this", 10, "related_never: [never]\nid: this\n", &same("Gulls watch on."));
    let site = [
        ("never", "", "Seals sleep."),
        ("paid", "label: sponsored\n", "Visit today."),
        ("sensitive", "sensitive: true\n", "Mourning goes on."),
        ("translated", "translation_of: this\n", "Windmills."),
        ("fits", "", "Herring swarm."),
        ("draft", "draft: true\n", "Secret porpoises."),
        ("ahead", "embargo: 2026-12-01T00:00:00Z\n", "Secret walruses."),
        ("gone", "withdrawn: {at: 2026-11-20, reason: Wrong.}\n", "Secret whales."),
    ]
    .into_iter()
    .fold(site, |site, (name, more, text)| story(site, name, 9, more, &same(text)));
    assert_eq!(list(&site, "this"), ["text fits"]);
    assert_eq!(lost(&site, "this", "never"), "`related_never` keeps the two apart");
    assert_eq!(lost(&site, "never", "this"), "`related_never` keeps the two apart");
    assert_eq!(lost(&site, "this", "paid"), "it is paid content, and this story is not");
    assert_eq!(lost(&site, "paid", "this"), "this story is paid content, and it is not");
    assert_eq!(lost(&site, "this", "sensitive"), "it is sensitive");
    assert_eq!(lost(&site, "sensitive", "this"), "this story is sensitive");
    assert_eq!(lost(&site, "this", "translated"), "it is a translation of this story, or both are of a third");
    assert_eq!(list(&site, "sensitive"), [""; 0]);
    for what in ["this", "fits", "paid"] {
        let told = site.run(&["related", what, "--as-of", AS_OF]);
        told.succeeded();
        assert!(
            !told.stdout.contains("draft") && !told.stdout.contains("ahead") && !told.stdout.contains("gone"),
            "{told:?}"
        );
    }
    site.run(&["related", "draft", "--as-of", AS_OF]).exited(1).says("names no published story");
}

#[test]
fn copies_stand_once() {
    let site = story(Site::new(), "this", 10, "", &format!("{TURBINES} Gulls watch on from the long grey pier."));
    let site = story(site, "again", 9, "", &format!("{TURBINES} Gulls watch on from the long grey pier."));
    let wire = "Eastquay harbour took power from Kelder Sound turbines for the first time, engineers of the fleet said, \
                while cables hummed below cold water and the control room cheered.";
    let site = story(site, "wire", 8, "", wire);
    let site = story(site, "wire-again", 7, "", &format!("{wire} More follows."));
    let site = story(site, "other", 6, "", LIBRARY);
    assert_eq!(
        list(&site, "this"),
        ["text wire", "section other"].map(str::to_owned),
        "{:?}",
        explained(&site, "this")
    );
    assert_eq!(lost(&site, "this", "wire-again"), "it repeats “wire”, which is in the list");
}

#[test]
fn languages_are_apart() {
    let french = "Les éoliennes de Kelder Sound alimentent le port d’Eastquay, et les pêcheurs les évitent.";
    let site = story(Site::new(), "this", 10, "", TURBINES);
    let site = story(site, "english", 9, "lang: en-GB\n", &format!("{TURBINES} Gulls."));
    let site = story(site, "french", 8, "lang: fr\n", french);
    let site = story(site, "french-too", 7, "lang: fr-CA\n", &format!("{french} Mouettes."));
    assert_eq!(list(&site, "this"), ["text english"]);
    assert_eq!(list(&site, "french"), ["text french-too"]);
}

#[test]
fn settings_change_lists() {
    let with = |settings: &str| {
        let site = story(Site::new(), "this", 10, "tags: [Wind]\n", TURBINES);
        let site = story(site, "near", 9, "", &format!("{TURBINES} {LIBRARY}"));
        let site = story(site, "tagged", 8, "tags: [Wind]\n", "Nothing else.");
        let yaml = format!("title: P\nurl: https://p.example\ntime_zone: UTC\nrelated: {{{settings}}}\n");
        list(&site.file("site.yaml", yaml), "this")
    };
    assert_eq!(with("tag_weight: 1"), ["text near", "text tagged"]);
    assert_eq!(with("tag_weight: 0"), ["text near", "section tagged"]);
    assert_eq!(with("min_score: 1"), ["section near", "section tagged"]);
    assert_eq!(with("count: 1"), ["text near"]);
    assert_eq!(with("count: 0"), [""; 0]);
}

#[test]
fn live_posts_ahead_of_their_time_count_nothing() {
    let live = |ahead: &str| {
        let text =
            format!("Rolling news.\n\n## 2026-11-22 10:00 Gulls\n\nGulls.\n\n## 2026-11-22 13:00 {ahead}\n\n{ahead}\n");
        let site = story(Site::new(), "live", 22, "label: live\n", &text);
        list(&story(story(site, "turbines", 9, "", TURBINES), "gulls", 8, "", "Gulls of the pier."), "live")
    };
    assert_eq!(live(TURBINES), live("Later."));
    assert_eq!(live(TURBINES), ["text gulls", "section turbines"]);
}

#[test]
fn the_command_is_read_by_editors() {
    let site = story(Site::new(), "this", 10, "tags: [Wind power]\n", TURBINES);
    let site = story(site, "near", 3, "tags: [Wind power]\n", &format!("{TURBINES} Gulls."));
    let site = story(site, "library", 2, "", LIBRARY);
    let told = site.run(&["related", "content/news/this.md", "--as-of", AS_OF]);
    insta::assert_snapshot!(told.succeeded().stdout);
    site.run(&["related", "thas"]).exited(1).says("names no published story");
    site.run(&["related"]).exited(2);
    site.run(&["related", "--all", "--eval"]).exited(2);
    let all: Value = serde_json::from_str(&site.run(&["related", "--all", "--format", "json"]).stdout).unwrap();
    assert_eq!((&all["version"], &all["related"]["this"][0]["id"]), (&1.into(), &"near".into()));
    let pairs: Value =
        serde_json::from_str(&site.run(&["related", "--pairs", "t", "--format", "json"]).stdout).unwrap();
    assert_eq!(pairs["pairs"], serde_json::json!([]));
}

#[test]
fn the_measure_hides_what_editors_chose() {
    let site = story(Site::new(), "this", 10, "related: [near]\n", TURBINES);
    let site = story(site, "near", 3, "", &format!("{TURBINES} Gulls."));
    let site = story(site, "library", 2, "", &format!("{LIBRARY} See [the other](weaving.md)."));
    let site = story(site, "weaving", 1, "", "Weaving and books.");
    let facts: Value =
        serde_json::from_str(&site.run(&["related", "--eval", "--format", "json", "--as-of", AS_OF]).stdout).unwrap();
    assert_eq!((&facts["articles"], &facts["queries"], &facts["pairs"]), (&4.into(), &4.into(), &2.into()));
    assert_eq!(facts["ways"]["text"]["ndcg5"], 1.0);
    assert_eq!(facts["ways"]["hugo"]["recall5"], 0.0);
    assert_eq!(facts["ways"]["newest-in-section"]["recall5"], 1.0);
    site.run(&["related", "--eval", "--as-of", AS_OF]).succeeded().says("by text, as in the pages");
}

/// A story of a generated site: its front matter and its text.
fn any_story() -> impl Strategy<Value = (String, String)> {
    let fields = select(vec![
        "label: sponsored\n",
        "sensitive: true\n",
        "related_never: [s1, s2]\n",
        "translation_of: s3\n",
        "related: [s4, s5]\n",
        "related_auto: false\n",
        "series: Run\n",
        "lang: fr\n",
        "tags: [Wind]\n",
        "draft: true\n",
        "embargo: 2026-12-01T00:00:00Z\n",
        "withdrawn: {at: 2026-11-21, reason: x}\n",
    ]);
    let fields = vec(fields, 0..3).prop_map(|mut fields| {
        fields.sort_unstable();
        fields.dedup();
        fields.concat()
    });
    let words =
        vec(select(vec!["turbine", "harbour", "gull", "pier", "fleet", "cable", "book", "library", "scarf"]), 0..14);
    (fields, words.prop_map(|words| words.join(" ")))
}

fn documents(root: &Path) -> (load::Site, Config, Vec<parse::Document>) {
    let site = load::Site::open(root).unwrap();
    let sources = load::sources(&site).unwrap();
    let bytes = site.read(&SourcePath::new("site.yaml")).unwrap();
    let config = Config::read(&SourcePath::new("site.yaml"), Some(&bytes), None).0.unwrap();
    let documents = parse::documents(&site, &sources.documents, &config, &mut parse::kept::Nothing).all;
    (site, config, documents)
}

fn related(site: &load::Site, config: &Arc<Config>, documents: Vec<parse::Document>) -> (SiteIndex, Lists) {
    let mut released = release::as_of(documents, Vec::new(), config, Timestamp::parse(AS_OF).unwrap());
    let terms = std::mem::take(&mut released.terms);
    let index = relate::index(released, Vec::new(), parse::ranking::Rankings::new(), config);
    let lists = relate::lists(&index, &relate::texts(&index, site, terms).unwrap());
    (index, lists)
}

proptest! {
    #![proptest_config(test_runner::Config { cases: 48, failure_persistence: None, ..test_runner::Config::default() })]

    #[test]
    fn no_list_holds_what_it_must_not(stories in vec(any_story(), 2..12), turn in 0..12_usize) {
        let site = stories.iter().enumerate().fold(Site::new(), |site, (at, (fields, words))| {
            story(site, &format!("s{at}"), 1 + u8::try_from(at % 4).unwrap(), fields, words)
        });
        let (opened, config, documents) = documents(&site.root());
        let config = Arc::new(config);
        let mut turned = documents.clone();
        turned.reverse();
        turned.rotate_left(turn % documents.len());
        let ((index, lists), (_, other)) = (related(&opened, &config, documents), related(&opened, &config, turned));
        for id in index.articles() {
            let this = index.story(id);
            let listed: Vec<_> = lists.of(id).iter().map(|related| related.story).collect();
            prop_assert_eq!(lists.of(id), other.of(id), "the order of documents does not matter");
            prop_assert!(!listed.contains(&id), "never itself");
            prop_assert!(listed.len() <= 5 || lists.of(id).iter().all(|related| related.reason == Reason::Pin));
            for related in lists.of(id) {
                let that = index.story(related.story);
                let never = |a: &relate::Story, b: &relate::Story| {
                    let matter = a.matter();
                    let names = matter.related_never.iter().chain(&matter.translation_of);
                    names.into_iter().any(|name| name.text == b.matter().title)
                };
                prop_assert!(!never(this, that) && !never(that, this), "kept apart in both directions");
                prop_assert!(that.matter().withdrawn.is_none());
                if related.reason != Reason::Pin {
                    prop_assert!(!this.is_sensitive() && !that.is_sensitive());
                    prop_assert_eq!(this.label() == Label::Sponsored, that.label() == Label::Sponsored);
                    prop_assert_eq!(&this.matter().shared.lang, &that.matter().shared.lang);
                    prop_assert_ne!(this.matter().shared.related_auto, Some(false));
                }
            }
        }
    }
}

#[test]
fn a_slug_names_a_story_whose_address_does_not_hold_it() {
    let settings = "title: The Post\nurl: https://post.example\ntime_zone: UTC\npermalinks: /{section}/{id}/\n";
    let site = Site::bare().file("site.yaml", settings);
    let site = site.article("news/hello.md", "First words", "2026-11-20", "id: h1\n");
    let site = site.article("news/given.md", "Second words", "2026-11-20", "id: h2\nslug: own-slug\n");
    let naming =
        "---\ntitle: Naming\ndate: 2026-11-21\nid: h3\nrelated: [hello, own-slug]\n---\n[[hello]] and [[own-slug]]\n";
    let tree = site.file("content/news/naming.md", naming).published();
    let page = String::from_utf8(tree["news/h3/index.html"].clone()).unwrap();
    for address in ["/news/h1/", "/news/h2/"] {
        assert_eq!(page.matches(address).count(), 2, "{address}: a link and a pin\n{page}");
    }
}

#[test]
fn a_translation_names_its_original() {
    let site = Site::new().article("news/vote.md", "The vote", "2026-11-20", "label: opinion\n");
    let tree = site.article("news/wahl.md", "Die Wahl", "2026-11-21", "lang: de\ntranslation_of: vote\n").published();
    let page = |path: &str| String::from_utf8(tree[path].clone()).unwrap();
    let link = "Translation of Opinion: <a href=\"/2026/11/20/vote/\" lang=\"en\" hreflang=\"en\">The vote</a>";
    let translation = page("2026/11/21/wahl/index.html");
    assert!(translation.contains(link) && translation.contains("<p class=\"note\" data-story="), "{translation}");
    assert!(!page("2026/11/20/vote/index.html").contains("Translation of"));
}
