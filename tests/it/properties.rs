//! The invariants over generated sites, in this process, so that many are tried.

use std::path::Path;

use letterpress::{
    model::Timestamp,
    pipeline::{self, Mistakes, Request},
    write,
};
use proptest::{collection::vec, prelude::*, sample::select, test_runner::Config};

use crate::site::{AS_OF, Site, Tree, assert_same};

/// A source of a generated site.
#[derive(Debug, Clone, PartialEq)]
struct Source {
    path: String,
    text: String,
    /// Whether it is out.
    is_out: bool,
}

/// The front matter that lets a source through the gate, or does not.
fn gate() -> impl Strategy<Value = (&'static str, bool)> {
    prop_oneof![
        6 => Just(("", true)),
        1 => Just(("draft: true\n", false)),
        1 => Just(("embargo: 2026-11-22T12:00:01Z\n", false)),
        1 => Just(("expires: 2026-11-22T12:00:00Z\n", false)),
        1 => Just(("embargo: 2026-11-22T12:00:00Z\nexpires: 2026-11-22T12:00:01Z\n", true)),
    ]
}

/// Fields of which an article has any, in any combination; pins and links may lead to what is out, to what is not, and to nothing.
fn fields() -> impl Strategy<Value = String> {
    let fields = select(vec![
        "authors: [ann, Bo Free]\n",
        "tags: [Energy, Power]\n",
        "places: [Élysée]\n",
        "series: Run\n",
        "label: opinion\n",
        "related: [Story 1, story-2, /2026/11/20/story-3/]\n",
        "related_never: [Story 4]\n",
        "kicker: Now\n",
        "sensitive: true\n",
        "image: {src: photo.gif, alt: A}\n",
        "corrections: [{at: 2026-11-21, text: x}]\n",
        "withdrawn: {at: 2026-11-22, reason: x}\n",
        "standfirst: See [[Story 5]]\n",
    ]);
    vec(fields, 0..5).prop_map(|mut fields| {
        fields.sort_unstable();
        fields.dedup();
        fields.concat()
    })
}

fn article(number: usize) -> impl Strategy<Value = Source> {
    let place = (0..3_usize, 16..21_u8, select(vec!["story-{n}.md", "story-{n}/index.md", "2026/story-{n}.md"]));
    (place, fields(), gate(), 0..8_usize).prop_map(move |((section, day, name), fields, (gate, is_out), link)| {
        let path = format!("content/{}/{}", ["a", "b/c", "d"][section], name.replace("{n}", &number.to_string()));
        let text = format!(
            "---\ntitle: Story {number}\ndate: 2026-11-{day}\naliases: [/old/{number}/]\n{fields}{gate}---\nText, [[Story {link}]] and [this](/2026/11/20/story-{link}/).\n"
        );
        Source { path, text, is_out }
    })
}

/// Authors, topics, series and sections, each out or not.
fn others() -> impl Strategy<Value = Vec<Source>> {
    let kinds = [
        ("content/authors/ann.md", "name: Ann Open\nrole: Editor\n"),
        ("content/tags/energy.md", "title: Energy\nsynonyms: [power]\n"),
        ("content/series/run.md", "title: The run\norder: newest\n"),
        (
            "content/a/_index.md",
            "title: Section A\ndefaults: {kicker: From A, tags: [Energy]}\nslots: {lead: [Story 1]}\n",
        ),
        ("content/_index.md", "slots: {lead: [Story 2], opinion: []}\n"),
        ("content/about.md", "title: About\n"),
    ];
    vec(gate(), kinds.len()).prop_map(move |gates| {
        let sources = kinds.iter().zip(gates).map(|((path, matter), (gate, is_out))| Source {
            path: (*path).to_owned(),
            text: format!("---\n{matter}{gate}---\nWords.\n"),
            is_out,
        });
        sources.collect()
    })
}

fn sources() -> impl Strategy<Value = Vec<Source>> {
    let articles: Vec<_> = (0..8).map(article).collect();
    (articles, others()).prop_map(|(articles, others)| articles.into_iter().chain(others).collect())
}

fn site(sources: &[Source]) -> Site {
    sources
        .iter()
        .fold(Site::bare().file("content/a/photo.gif", b"GIF89a"), |site, source| site.file(&source.path, &source.text))
}

/// Builds in this process with a number of threads.
fn built(root: &Path, jobs: usize) -> Tree {
    let request = Request {
        root: root.to_owned(),
        out: "public".into(),
        as_of: Timestamp::parse(AS_OF).unwrap(),
        base_url: None,
        mistakes: Mistakes::Stop,
        folder: write::Options { durable: false, ..write::Options::default() },
        program: std::env::current_exe().ok(),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(8 * 1024 * 1024).build().unwrap();
    pool.install(|| pipeline::build(&request)).unwrap();
    crate::site::tree(&root.join("public"))
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, max_shrink_iters: 100, ..Config::default() })]

    #[test]
    fn what_is_not_out_changes_no_byte(sources in sources()) {
        let out: Vec<Source> = sources.iter().filter(|source| source.is_out).cloned().collect();
        let (all, published) = (site(&sources), site(&out));
        assert_same(&built(&all.root(), 1), &built(&published.root(), 8), "with and without what is not out");
    }

    #[test]
    fn a_rebuild_after_any_edits_equals_a_clean_build(before in sources(), after in sources()) {
        let edited = site(&before);
        built(&edited.root(), 2);
        for source in before.iter().filter(|source| after.iter().all(|other| other.path != source.path)) {
            edited.remove(&source.path);
        }
        for source in &after {
            edited.write(&source.path, &source.text);
        }
        assert_same(&built(&edited.root(), 8), &built(&site(&after).root(), 1), "edited and clean");
    }
}
