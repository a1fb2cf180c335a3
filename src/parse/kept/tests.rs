#![expect(clippy::disallowed_methods, reason = "the tests make the sites that are read")]

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    load,
    model::SourcePath,
    parse::{self, Documents, Place, fields},
};

/// Blocks in memory.
#[derive(Default)]
struct Memory {
    blocks: Vec<Vec<u8>>,
    is_distrusted: bool,
}

impl Keeper for Memory {
    fn is_open(&self) -> bool {
        true
    }

    fn count(&self) -> usize {
        self.blocks.len()
    }

    fn block(&self, number: usize) -> Option<Vec<u8>> {
        self.blocks.get(number).cloned()
    }

    fn distrust(&mut self) {
        self.is_distrusted = true;
        self.renew();
    }

    fn renew(&mut self) {
        self.blocks.clear();
    }

    fn add(&mut self, bytes: &[u8]) {
        self.blocks.push(bytes.to_vec());
    }
}

/// A site, and what is kept of its documents.
struct Desk {
    folder: tempfile::TempDir,
    settings: String,
    kept: Memory,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("content")).unwrap();
        Self { folder, settings: "title: T\ntime_zone: Europe/London\n".into(), kept: Memory::default() }
    }

    fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    fn write(&self, path: &str, text: &str) {
        let place = self.folder.path().join("content").join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    fn config(&self) -> Config {
        Config::read(&SourcePath::new("site.yaml"), Some(self.settings.as_bytes()), None).0.unwrap()
    }

    /// Reads the site in a build that begins when the clock of the file system has gone on since the last edit.
    fn read(&mut self) -> Documents {
        let config = self.config();
        let (site, sources) = self.later();
        parse::documents(&site, &sources, &config, &mut self.kept)
    }

    fn later(&self) -> (Site, Vec<Source>) {
        loop {
            let site = Site::open(self.folder.path()).unwrap().with_shelf();
            let began_at = site.began_at().unwrap();
            let sources = load::sources(&site).unwrap().documents;
            if sources.iter().all(|source| source.stamp.is_older(began_at)) {
                return (site, sources);
            }
        }
    }

    /// Whether what is known is what there is to know, and how many files were read and parsed to know it.
    fn work(&mut self) -> (usize, usize) {
        let documents = self.read();
        let (site, sources) = self.later();
        let afresh = parse::documents(&site, &sources, &self.config(), &mut Nothing).all;
        same(&documents.all, &afresh);
        (documents.read, documents.parsed)
    }
}

/// All but what is not kept.
fn same(one: &[Document], other: &[Document]) {
    let plain = |document: &Document| {
        let mut document = document.clone();
        let entries = document.live.iter_mut().flat_map(|live| &mut live.entries).map(|entry| &mut entry.outline);
        for outline in entries.chain([&mut document.outline]) {
            (outline.terms, outline.shelved, outline.word_list) = Default::default();
        }
        document
    };
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(other) {
        assert_eq!(format!("{:#?}", plain(one)), format!("{:#?}", plain(other)));
    }
}

fn story(headline: &str) -> String {
    format!("---\ntitle: {headline}\ndate: 2026-11-22\n---\nThe words of {headline}.\n")
}

fn three() -> Desk {
    Desk::new().file("a/one.md", &story("One")).file("a/two.md", &story("Two")).file("b/three.md", &story("Three"))
}

#[test]
fn an_edit_parses_one_document_and_reads_one_file() {
    let mut desk = three();
    for number in 0..100 {
        desk.write(&format!("c/{number}.md"), &story(&format!("Number {number}")));
    }
    assert_eq!(desk.work(), (103, 103), "nothing is known");
    assert_eq!(desk.work(), (0, 0), "all is known");
    desk.write("a/two.md", &story("Two again"));
    assert_eq!(desk.work(), (2, 1), "read once to compare it, and once to parse it");
    assert_eq!(desk.work(), (0, 0));
    desk.write("a/two.md", &story("Two again"));
    assert_eq!(desk.work(), (1, 0), "the same bytes under another stamp");
    assert_eq!(desk.work(), (0, 0), "whose record is kept");
    desk.write("d/new.md", &story("New"));
    assert_eq!(desk.work(), (1, 1), "a new file");
    fs::remove_file(desk.folder.path().join("content/d/new.md")).unwrap();
    assert_eq!(desk.work(), (0, 0), "it is gone");
    desk.write("d/new.md", &story("New"));
    assert_eq!(desk.work(), (1, 0), "it is back, and still known");
    fs::rename(desk.folder.path().join("content/a/one.md"), desk.folder.path().join("content/a/uno.md")).unwrap();
    assert_eq!(desk.work(), (1, 1), "another name");
}

#[test]
fn what_is_out_of_date_is_dropped_in_time() {
    let mut desk = three();
    for number in 0..100 {
        desk.write(&format!("c/{number}.md"), &story(&format!("Number {number}")));
    }
    desk.work();
    let len_bytes = |desk: &Desk| desk.kept.blocks.iter().map(Vec::len).sum::<usize>();
    let (first, mut most) = (len_bytes(&desk), 0);
    for number in 0..120 {
        desk.write("a/one.md", &story(&format!("One, the {number}th time")));
        let documents = desk.read();
        assert_eq!((documents.read, documents.parsed), (2, 1));
        most = most.max(len_bytes(&desk));
    }
    assert!(most * 3 < first * 4, "{first} bytes became {most}");
}

#[test]
fn other_settings_are_another_key() {
    let key = |settings: &str| depends_on(&Desk { settings: settings.into(), ..Desk::new() }.config());
    let usual = key("title: T\ntime_zone: Europe/London\n");
    assert_eq!(
        usual,
        key("title: Another\nurl: https://a.example\ntime_zone: Europe/London\n"),
        "all that does not matter"
    );
    for other in [
        "title: T\n",
        "title: T\ntime_zone: Europe/Paris\n",
        "title: T\ntime_zone: Europe/London\nlanguage: de\n",
        "title: T\ntime_zone: Europe/London\nhtml: trusted\n",
        "title: T\ntime_zone: Europe/London\nextra_fields: {weather: text}\n",
    ] {
        assert_ne!(usual, key(other), "{other}");
    }
}

#[test]
fn a_bundle_that_appears_or_goes_changes_what_its_folder_means() {
    let mut desk = three().file("e/only/index.md", &story("Only"));
    assert_eq!(desk.work(), (4, 4));
    desk.write("a/index.md", &story("All of a"));
    let documents = desk.read();
    let misplaced: Vec<_> = documents.all.iter().filter(|document| document.has_errors()).collect();
    assert_eq!(
        misplaced.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(),
        ["content/a/one.md", "content/a/two.md"]
    );
    desk.work();
    fs::remove_file(desk.folder.path().join("content/a/index.md")).unwrap();
    desk.work();
    assert!(
        desk.read().all.iter().all(|document| matches!(document.place, Place::Article(_)) && !document.has_errors())
    );
}

#[test]
fn warnings_are_told_again_and_mistakes_are_looked_at_again() {
    let mut desk = three()
        .file("a/warned.md", "---\ntitle: Warned\ndate: 2026-11-22\n---\n![](grid.png)\n\n<b onclick=\"x\">bold</b>\n")
        .file("a/wrong.md", "---\ntitle: Wrong\ndate: yesterday\n---\n")
        .file("a/binary.md", "\u{0}");
    let first = desk.read();
    let warned = |documents: &Documents| documents.all.iter().find(|it| it.path.name() == "warned.md").unwrap().clone();
    assert!(!warned(&first).diagnostics.is_empty() && !warned(&first).has_errors());
    let again = desk.read();
    assert_eq!((again.read, again.parsed), (2, 2), "the two with errors");
    assert_eq!(warned(&again).diagnostics, warned(&first).diagnostics);
}

#[test]
fn what_cannot_be_understood_is_of_no_use_at_all() {
    let mut desk = three();
    desk.work();
    let whole = desk.kept.blocks.clone();
    for cut in 1..whole[0].len() {
        desk.kept.blocks[0].truncate(cut);
        desk.kept.is_distrusted = false;
        let documents = desk.read();
        // A block may end between two records: then it says less, and nothing that is wrong.
        assert_eq!(documents.parsed, if desk.kept.is_distrusted { 3 } else { documents.parsed });
        assert_eq!(desk.work(), (0, 0), "and is made anew");
        desk.kept.blocks.clone_from(&whole);
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Something that a field of a type takes.
fn value(kind: fields::Type, dice: &mut Dice) -> Value {
    use fields::Type;
    match kind {
        Type::Text | Type::Inline | Type::Name | Type::Story => {
            json!(dice.one(&["Élysée", "a *b* c", "東京", "O’Neill: “no”", "x", "1.5", "a-b"]))
        }
        Type::Bool => json!(dice.below(2) == 0),
        Type::Integer(least, most) => json!(dice.below(90).try_into().unwrap_or(0_i64).clamp(least, most)),
        Type::Share => json!(0.1),
        Type::Instant | Type::Gate => {
            json!(dice.one(&["2026-11-22T10:00:00Z", "2027-01-01T00:00:00+05:30", "1999-12-31T23:59:59Z"]))
        }
        Type::Duration => json!(dice.one(&["1:02", "90", "1:00:01"])),
        Type::Slug => json!(dice.one(&["a-b", "выборы"])),
        Type::Path => json!(dice.one(&["/old/", "/a/b.html"])),
        Type::Url | Type::AbsoluteUrl | Type::SiteUrl => json!("https://a.example/x"),
        Type::File => json!(dice.one(&["a.jpg", "/b.png", "https://a.example/x.mp3"])),
        Type::Email => json!("a@post.example"),
        Type::Word(words) => json!(words[dice.below(words.len())]),
        Type::Language => json!(dice.one(&["en", "pt-BR", "ja"])),
        Type::Zone => json!("Europe/London"),
        Type::Robots => json!(dice.one(&["noindex", "noindex, nofollow"])),
        Type::Focus => json!([0.1, 1.0 / 3.0]),
        Type::Permalinks => json!("/{slug}/"),
        Type::Sources => json!("https://a.example"),
        Type::Extra => json!({
            "any": [null, true, -7, u64::MAX, 1.0e-300, 0.1, "x", {"deep": [{"z": 1, "a": []}]}],
            "number": 1.0 / 3.0,
            "flag": false,
            "words": "text",
            "list": ["a", "b"],
        }),
        Type::Later => json!(1),
        Type::List(item) => (0..=dice.below(3)).map(|_| value(*item, dice)).collect(),
        Type::Map(shape) => shape_value(shape, dice),
        Type::Entries(item) => ["lead", "top"].iter().map(|name| ((*name).to_owned(), value(*item, dice))).collect(),
    }
}

fn shape_value(shape: &fields::Shape, dice: &mut Dice) -> Value {
    let mut fields = serde_json::Map::new();
    for field in shape.fields() {
        let is_needed = !matches!(field.need, fields::Need::Optional) || field.name == "date";
        if field.name != "description" && (is_needed || dice.below(2) == 0) {
            fields.insert(field.name.to_owned(), value(field.kind, dice));
        }
    }
    Value::Object(fields)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_kind_of_front_matter_is_kept_whole(seed: u64) {
        let mut dice = Dice(seed);
        let settings = "title: T\ntime_zone: Europe/London\nextra_fields: {any: any, number: number, flag: bool, words: text, list: list}\n";
        let mut desk = Desk { settings: settings.into(), ..Desk::new() };
        let places = [
            (fields::Kind::Article, "a/b/story.md"),
            (fields::Kind::Article, "a/bundle/index.md"),
            (fields::Kind::Article, "2026/story.md"),
            (fields::Kind::Page, "page.md"),
            (fields::Kind::Author, "authors/ann.md"),
            (fields::Kind::Series, "series/s.md"),
            (fields::Kind::Topic, "tags/energy.md"),
            (fields::Kind::Section, "_index.md"),
            (fields::Kind::Section, "a/_index.md"),
        ];
        let body = "Words, [a link](../x.md#y \"t\"), [[Wiki|w]] and ![a](b.png).\n\n## 2026-11-22 14:05 Vote begins {.key}\n\nMore [words](/z/).\n\n:::table{src=\"figures.csv\"}\n:::\n";
        for (kind, path) in places {
            let Value::Object(fields) = shape_value(kind.shape(), &mut dice) else { unreachable!("a shape is a map") };
            let yaml: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            desk.write(path, &format!("---\n{}---\n{body}", yaml.concat()));
        }
        let first = desk.read();
        for document in &first.all {
            prop_assert!(!document.has_errors(), "{:#?}", document.diagnostics);
        }
        prop_assert_eq!(desk.work(), (0, 0));
    }
}
