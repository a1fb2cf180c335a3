//! Related lists from those of the last build: whatever is edited, they are those of making all of them.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    sync::{Arc, Mutex},
};

use letterpress::{
    config::Config,
    load,
    model::{SourcePath, Timestamp},
    parse::{self, terms::TermLists},
    relate::{self, Archive, Lists, Making, SiteIndex},
    release,
};

use crate::site::AS_OF;

/// Numbers that look like chance, and are the same in every run.
#[derive(Debug, Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// A word as texts have them: the first is met twice as often as the second, and so on.
    fn word(&mut self, words: usize) -> usize {
        let most = f64::from(u32::try_from(words).unwrap()).ln();
        let at = f64::from(u32::try_from(self.roll(1 << 20)).unwrap()) / f64::from(1 << 20) * most;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of words")]
        let word = at.exp() as usize;
        word
    }

    fn words(&mut self, count: usize, subject: usize, kind: Kind) -> String {
        let (rare, common) = match kind {
            Kind::Wide { .. } => (4000, 900),
            Kind::Narrow => (90, 60),
        };
        let words = (0..count).map(|_| match self.roll(8) {
            0 | 1 => format!("subject{subject}x{} ", self.roll(12)),
            2 => format!("rare{} ", self.roll(rare)),
            _ => format!("word{} ", self.word(common)),
        });
        words.collect()
    }
}

/// What the stories of a newsroom are about.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// So many subjects, and many words.
    Wide { subjects: usize },
    /// Few words, so that many stories have each, and the lists of postings are longer than may be read.
    Narrow,
}

impl Kind {
    fn subjects(self) -> usize {
        if let Self::Wide { subjects } = self { subjects } else { 6 }
    }
}

/// A file that only grows, in memory.
#[derive(Debug, Default)]
struct Drawer {
    state: Option<Vec<u8>>,
    bytes: Mutex<Vec<u8>>,
    anew: Mutex<Vec<u8>>,
}

impl Archive for Drawer {
    fn is_open(&self) -> bool {
        true
    }

    fn state(&self) -> Option<&[u8]> {
        self.state.as_deref()
    }

    fn len_bytes(&self) -> u64 {
        self.bytes.lock().unwrap().len() as u64
    }

    fn read(&self, at: u64, into: &mut [u8]) -> bool {
        let (bytes, at) = (self.bytes.lock().unwrap(), usize::try_from(at).unwrap());
        bytes.get(at..at + into.len()).map(|bytes| into.copy_from_slice(bytes)).is_some()
    }

    fn add(&self, bytes: &[u8]) -> Option<u64> {
        let mut all = self.bytes.lock().unwrap();
        all.extend_from_slice(bytes);
        Some((all.len() - bytes.len()) as u64)
    }

    fn add_anew(&self, bytes: &[u8]) -> Option<u64> {
        let mut all = self.anew.lock().unwrap();
        all.extend_from_slice(bytes);
        Some((all.len() - bytes.len()) as u64)
    }
}

impl Drawer {
    /// What the next build finds.
    fn after(self, state: Option<Vec<u8>>, making: Making) -> Self {
        let bytes = if matches!(making, Making::Updated { .. }) { self.bytes } else { self.anew };
        Self { state, bytes, anew: Mutex::default() }
    }
}

#[derive(Debug, Clone)]
struct Story {
    day: usize,
    fields: BTreeMap<&'static str, String>,
    section: &'static str,
    text: String,
}

/// A newsroom: stories that are edited one after the other.
struct Newsroom {
    folder: tempfile::TempDir,
    config: Arc<Config>,
    stories: BTreeMap<usize, Story>,
    documents: BTreeMap<String, parse::Document>,
    dice: Dice,
    kind: Kind,
    next: usize,
}

const SECTIONS: [&str; 3] = ["news", "sport", "culture"];

impl Newsroom {
    fn new(seed: u64, count: usize, kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("content")).unwrap();
        let yaml = b"title: P\nurl: https://p.example\ntime_zone: UTC\n";
        let config = Config::read(&SourcePath::new("site.yaml"), Some(yaml), None).0.unwrap();
        let (stories, documents) = (BTreeMap::new(), BTreeMap::new());
        let mut room =
            Self { folder, config: Arc::new(config), stories, documents, dice: Dice(seed * 7919 + 1), kind, next: 0 };
        let paths: Vec<String> = (0..count).map(|_| room.add()).collect();
        room.read(&paths);
        room
    }

    /// Adds a story; gives its path.
    fn add(&mut self) -> String {
        let subject = self.dice.roll(self.kind.subjects());
        // Some are too short to be like any other, and are filled up from their section.
        let count = if self.dice.roll(9) == 0 { 3 } else { 30 + self.dice.roll(120) };
        let text = self.dice.words(count, subject, self.kind);
        let fields = BTreeMap::new();
        let section = SECTIONS[self.dice.roll(3)];
        let day = self.dice.roll(40);
        self.stories.insert(self.next, Story { day, fields, section, text });
        self.next += 1;
        self.write(self.next - 1)
    }

    /// Writes a story's file; gives its path.
    fn write(&self, name: usize) -> String {
        let story = &self.stories[&name];
        let mut file = format!("---\ntitle: s{name}\ndate: 2026-{:02}-{:02}\n", 9 + story.day / 28, 1 + story.day % 28);
        for (field, value) in &story.fields {
            let _ = writeln!(file, "{field}: {value}");
        }
        let _ = write!(file, "---\n{}\n", story.text);
        let path = format!("content/{}/s{name}.md", story.section);
        let place = self.folder.path().join(&path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, file).unwrap();
        path
    }

    /// Reads stories that were written.
    fn read(&mut self, paths: &[String]) {
        let site = self.site();
        let mut sources = load::sources(&site).unwrap();
        sources.documents.retain(|source| paths.iter().any(|path| source.path.as_str() == path));
        for document in parse::documents(&site, &sources.documents, &self.config, &mut parse::kept::Nothing).all {
            assert!(!document.has_errors(), "{:?}", document.diagnostics);
            self.documents.insert(document.path.as_str().to_owned(), document);
        }
    }

    fn remove(&mut self, name: usize) {
        let story = self.stories.remove(&name).unwrap();
        self.forget(story.section, name);
    }

    fn forget(&mut self, section: &str, name: usize) {
        let path = format!("content/{section}/s{name}.md");
        fs::remove_file(self.folder.path().join(&path)).unwrap();
        self.documents.remove(&path);
    }

    /// Does what editors do; gives a word for it, and which files were read again.
    fn edit(&mut self) -> (String, Vec<String>) {
        let (told, paths) = self.edited();
        self.read(&paths);
        (told, paths)
    }

    fn edited(&mut self) -> (String, Vec<String>) {
        let names: Vec<usize> = self.stories.keys().copied().collect();
        let name = names[self.dice.roll(names.len())];
        let other = names[self.dice.roll(names.len())];
        let (subject, sides) = (self.dice.roll(self.kind.subjects()), self.dice.roll(18));
        let words = self.dice.words(12, subject, self.kind);
        let day = self.dice.roll(40);
        let field = |room: &mut Self, field: &'static str, value: String| {
            let fields = &mut room.stories.get_mut(&name).unwrap().fields;
            if fields.remove(field).as_ref() != Some(&value) {
                fields.insert(field, value);
            }
            (format!("{field} of s{name}"), vec![room.write(name)])
        };
        match sides {
            0..=4 => {
                let text = &mut self.stories.get_mut(&name).unwrap().text;
                let cut = text.char_indices().filter(|(_, c)| *c == ' ').nth(12).map_or(0, |(at, _)| at);
                text.replace_range(..cut, &words);
                (format!("text of s{name}"), vec![self.write(name)])
            }
            5 => {
                let text = self.stories[&other].text.clone();
                self.stories.get_mut(&name).unwrap().text = text;
                (format!("s{name} copies s{other}"), vec![self.write(name)])
            }
            6 | 7 => ("a new story".to_owned(), vec![self.add()]),
            8 => {
                self.remove(name);
                (format!("no s{name}"), Vec::new())
            }
            9 => {
                self.stories.get_mut(&name).unwrap().day = day;
                (format!("day of s{name}"), vec![self.write(name)])
            }
            10 => field(self, "tags", format!("[tag{}, tag{}]", subject % 5, 5 + subject % 7)),
            11 => field(self, "label", "sponsored".to_owned()),
            12 => field(self, "sensitive", "true".to_owned()),
            13 => field(self, "related", format!("[s{other}, s{}, nobody]", names[subject % names.len()])),
            14 => field(self, "related_never", format!("[s{other}]")),
            15 => field(self, "series", format!("Run {}", subject % 4)),
            16 => {
                let section = SECTIONS[subject % 3];
                let old = std::mem::replace(&mut self.stories.get_mut(&name).unwrap().section, section);
                if old != section {
                    self.forget(old, name);
                }
                (format!("section of s{name}"), vec![self.write(name)])
            }
            _ => field(self, "related_auto", "false".to_owned()),
        }
    }

    /// The index, and the term lists of the articles that were read again; with `all`, of every article.
    fn index(&self, read: Option<&[String]>) -> (SiteIndex, TermLists) {
        let mut documents: Vec<parse::Document> = self.documents.values().cloned().collect();
        for document in &mut documents {
            if read.is_some_and(|read| read.iter().all(|path| *path != document.path.as_str())) {
                document.outline.terms = parse::terms::TermList::Unknown;
            }
        }
        let as_of = Timestamp::parse(AS_OF).unwrap();
        let mut released = release::as_of(documents, Vec::new(), &self.config, as_of);
        let terms = std::mem::take(&mut released.terms);
        (relate::index(released, Vec::new(), parse::ranking::Rankings::new(), &self.config), terms)
    }

    fn site(&self) -> load::Site {
        load::Site::open(self.folder.path()).unwrap()
    }

    fn renewed(&self, read: Option<&[String]>, drawer: &Drawer) -> relate::Renewed {
        let (index, terms) = self.index(read);
        relate::renew(&index, &self.site(), terms, drawer).unwrap()
    }

    fn assert_same(&self, lists: &Lists, what: &str) {
        let (index, terms) = self.index(None);
        let all = relate::lists(&index, &relate::texts(&index, &self.site(), terms).unwrap());
        for id in index.articles() {
            let path = index.story(id).article.path();
            assert_eq!(lists.of(id), all.of(id), "the list of {path} after: {what}");
        }
        assert_eq!(format!("{:?}", lists.diagnostics), format!("{:?}", all.diagnostics), "{what}");
    }
}

/// What the first build of a newsroom leaves.
fn built(room: &Newsroom) -> Drawer {
    let drawer = Drawer::default();
    let first = room.renewed(None, &drawer);
    assert_eq!(first.making, Making::Anew);
    drawer.after(first.state, first.making)
}

/// Edits a newsroom so many times, and compares all lists each time. Gives how often they were made from the last ones.
fn edited(seed: u64, (stories, kind): (usize, Kind), edits: usize) -> usize {
    let mut room = Newsroom::new(seed, stories, kind);
    let mut drawer = built(&room);
    let mut updates = 0;
    for turn in 0..edits {
        let (mut told, mut read) = room.edit();
        // Now and then several at once.
        while room.dice.roll(6) == 0 {
            let (more, also) = room.edit();
            told = format!("{told}, {more}");
            read.extend(also);
        }
        let renewed = room.renewed(Some(&read), &drawer);
        assert_ne!(renewed.making, Making::Odd, "{told}");
        room.assert_same(&renewed.lists, &format!("{told} (newsroom {seed}, edit {turn}, {:?})", renewed.making));
        updates += usize::from(matches!(renewed.making, Making::Updated { .. }));
        drawer = drawer.after(renewed.state, renewed.making);
    }
    updates
}

const WIDE: Kind = Kind::Wide { subjects: 25 };

#[test]
fn lists_of_the_last_build_are_renewed_as_if_all_were_made() {
    let updates = edited(1, (200, WIDE), 30) + edited(2, (300, WIDE), 30);
    assert!(updates > 30, "most edits change little: {updates} of 60");
}

#[test]
fn lists_are_renewed_where_postings_are_longer_than_may_be_read() {
    let updates = edited(3, (300, Kind::Narrow), 30);
    assert!(updates > 6, "{updates} of 30");
}

#[test]
fn a_new_power_of_two_moves_all_weights() {
    let updates = edited(4, (254, WIDE), 10);
    assert!(updates < 10 && updates > 0, "{updates}");
}

/// What is damaged is known, or of no effect.
#[test]
fn damage_is_told_and_changes_nothing() {
    let mut room = Newsroom::new(5, 120, WIDE);
    let mut odd = 0;
    for turn in 0..12 {
        let mut drawer = built(&room);
        let (told, read) = room.edit();
        let mut damaged =
            if turn % 3 == 0 { drawer.state.take().unwrap() } else { drawer.bytes.lock().unwrap().clone() };
        let at = room.dice.roll(damaged.len());
        match turn % 4 {
            0 => damaged.truncate(at),
            _ => damaged[at] ^= 1 << room.dice.roll(8),
        }
        // The state is sealed by who keeps it, so that a single bit in it is not noticed here.
        let is_state = turn % 3 == 0;
        if is_state {
            damaged.truncate(at);
            drawer.state = Some(damaged);
        } else {
            *drawer.bytes.lock().unwrap() = damaged;
        }
        let renewed = room.renewed(Some(&read), &drawer);
        assert!(!is_state || renewed.making == Making::Odd, "{told}");
        odd += usize::from(renewed.making == Making::Odd);
        room.assert_same(&renewed.lists, &told);
    }
    assert!(odd >= 4, "{odd}");
}

/// Counted, not timed: beside going through what was kept once, the work of an edit is that of the lists that it may change.
#[test]
fn the_work_of_an_edit_does_not_grow_with_the_site() {
    let work = |stories: usize| {
        let mut room = Newsroom::new(6, stories, Kind::Wide { subjects: stories / 8 });
        let mut drawer = built(&room);
        let mut counts = Vec::new();
        for turn in 0..9 {
            let name = turn * 11;
            let words = room.dice.words(12, name % room.kind.subjects(), room.kind);
            room.stories.get_mut(&name).unwrap().text.push_str(&words);
            let read = [room.write(name)];
            room.read(&read);
            let renewed = room.renewed(Some(&read), &drawer);
            counts.push(match renewed.making {
                Making::Updated { made, read } => (made, read),
                Making::Anew | Making::Odd => (stories, stories),
            });
            drawer = drawer.after(renewed.state, renewed.making);
        }
        counts.sort_unstable();
        counts[4]
    };
    let (few, many) = (work(400), work(1600));
    let told = format!("lists and vectors: {few:?} of 400, {many:?} of 1,600");
    assert!(many.0 <= few.0 * 3 / 2 && many.1 <= few.1 * 2 && many.0 < 400, "{told}");
}
