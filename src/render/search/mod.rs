//! The search index: files that a script in the reader's browser asks for, few and small for each query.
//!
//! A volume of stories (see `plan::search`) has three kinds of files. `contents.bin` tells which day its stories are of and which of its files has which words;
//! the files of words have, in order, each word with the stories that it stands in and how much it counts there; those of cards have what results show.
//! All numbers that make an order are whole, so that two machines agree. The form is described in `docs/search.md`, and read by `static/js/search.js`.
//!
//! A volume is bound of quires, which are kept for later builds: who edits a story has its words alone gathered again.

mod bind;
mod gather;
mod list;
mod quire;
mod threads;
mod words;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    ops::Range,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use serde::Serialize;
use tera::Value;

use super::{Failure, view::Reader};
use crate::{
    load::{self, Shelved},
    model::{Digest, SectionKey, UrlPath},
    parse::terms::{self, Languages, WordList, Workbench, push_number, stop_words},
    relate::{Day, StoryId},
};
use bind::Binder;
use gather::Gatherer;
use quire::{Known, Quire};

/// What a word counts in the fields that are not the body's, in tenths.
const IN_HEADLINE: u32 = 40;
const IN_NAMES: u32 = 40;
const IN_SUMMARY: u32 = 20;

/// How many characters of a summary a result shows.
const SUMMARY_CHARS: usize = 200;

/// The quires that earlier builds made, each by the address of its first story.
pub trait Quires: Debug + Send + Sync {
    /// The last that began with this story, byte for byte; none if it was not kept.
    fn find(&self, first: &UrlPath) -> Option<Vec<u8>>;

    /// Keeps the one that begins with this story, if that can be done.
    fn keep(&self, first: &UrlPath, quire: &[u8]);
}

/// The volumes made so far.
#[derive(Debug, Default)]
pub(super) struct Volumes {
    made: Mutex<BTreeMap<usize, Slot>>,
    /// What each story of each volume is made of.
    ingredients: Vec<OnceLock<Vec<Digest>>>,
    languages: Languages,
}

impl Volumes {
    /// None is made yet of so many.
    pub(super) fn for_so_many(count: usize) -> Self {
        let ingredients = std::iter::repeat_with(OnceLock::new).take(count).collect();
        Self { ingredients, ..Self::default() }
    }

    /// The languages of their stories, as far as one was met.
    pub(super) fn languages(&self) -> &Languages {
        &self.languages
    }
}

/// A volume that is made when the first of its files is asked for; others wait.
type Slot = Arc<Mutex<Option<Arc<Bound>>>>;

/// A volume: its contents, and its files of words.
#[derive(Debug)]
struct Bound {
    contents: Vec<u8>,
    words: Vec<Kept>,
}

/// Bytes on the shelf, or here where there is none.
#[derive(Debug)]
enum Kept {
    Shelf(Shelved),
    Here(Vec<u8>),
}

impl Kept {
    fn of(reader: &Reader, bytes: Vec<u8>) -> Self {
        reader.shelve(&bytes).map_or(Self::Here(bytes), Self::Shelf)
    }

    fn bytes(&self, reader: &Reader) -> Option<Vec<u8>> {
        match self {
            Self::Shelf(place) => reader.shelved(*place),
            Self::Here(bytes) => Some(bytes.clone()),
        }
    }
}

/// The list of volumes, as JSON.
#[derive(Serialize)]
struct List<'a> {
    language: &'a str,
    /// The words that no story is found by, with spaces between them.
    stop_words: String,
    volumes: Vec<Listed<'a>>,
}

/// A volume in the list.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    stories: usize,
    /// Changes whenever one of its files does, and is asked for with them: so that no cache brings together what does not belong together.
    version: String,
}

/// The list of volumes.
pub(super) fn volumes(reader: &Reader) -> Vec<u8> {
    let volumes = reader.volumes().iter().enumerate();
    let listed = volumes.map(|(at, volume)| Listed {
        name: &volume.name,
        stories: volume.range.len(),
        version: version(reader, at).fingerprint(),
    });
    let language = reader.config().language.as_str();
    let list = List { language, stop_words: stop_words(language).join(" "), volumes: listed.collect() };
    serde_json::to_vec(&list).expect("a list of texts and numbers can be written")
}

/// The digest of all that the files of a volume are made of, the same on every machine; notes nothing.
pub(super) fn version(reader: &Reader, at: usize) -> Digest {
    // In which words and zone results tell of labels and days.
    let told = [reader.words().digest(), Digest::of_bytes(reader.config().zone.name().as_bytes())];
    let ingredients = ingredients(reader, at).iter().chain(&told).flat_map(|of| *of.as_bytes());
    Digest::of_bytes(&ingredients.collect::<Vec<u8>>())
}

/// The digest of all that each story of a volume is made of, the same on every machine; notes nothing.
fn ingredients(reader: &Reader, at: usize) -> &[Digest] {
    let made = || {
        let (unnoted, mut bytes) = (reader.unnoted(), Vec::new());
        let of_story = |id: &StoryId| {
            bytes.clear();
            add_ingredients(&unnoted, *id, &mut bytes);
            Digest::of_bytes(&bytes)
        };
        unnoted.volume(at).1.iter().map(of_story).collect()
    };
    reader.made_volumes().ingredients[at].get_or_init(made)
}

/// Adds what tells all that the index says of a story, so that its files are made again when that changes.
///
/// Not the hash of its source, which may hold what is dated ahead, and no byte of an output may depend on that.
fn add_ingredients(reader: &Reader, id: StoryId, ingredients: &mut Vec<u8>) {
    let story = reader.story(id);
    let mut add = |bytes: &[u8]| {
        ingredients.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        ingredients.extend_from_slice(bytes);
    };
    if !story.is_for_subscribers() {
        let entries = story.article.live.iter().flat_map(|live| &live.entries);
        for outline in std::iter::once(&story.article.source.outline).chain(entries.map(|entry| &entry.outline)) {
            add(outline.text.as_bytes());
        }
    }
    add(story.matter().title.as_bytes());
    let settings = reader.settings_of(story);
    add(settings.language.as_bytes());
    add(settings.html.as_str().as_bytes());
    add(reader.card_digest(id).as_bytes());
    for (taxonomy, slug) in story.labels() {
        add(slug.as_str().as_bytes());
        add(reader.term(taxonomy, slug).title.as_bytes());
    }
    for byline in &story.byline {
        add(byline.author.as_str().as_bytes());
        add(reader.author(&byline.author).title.as_bytes());
    }
    if let Some(key) = &story.article.section {
        add(key.as_str().as_bytes());
    }
}

/// What a volume holds, and in which of its files.
///
/// # Errors
/// [`Failure::Load`] if a source changed meanwhile.
pub(super) fn contents(reader: &Reader, volume: usize) -> Result<Vec<u8>, Failure> {
    Ok(bound(reader, volume)?.contents.clone())
}

/// A volume's file of words.
///
/// # Errors
/// As [`contents`].
pub(super) fn words(reader: &Reader, volume: usize, file: usize) -> Result<Vec<u8>, Failure> {
    let bound = bound(reader, volume)?;
    match bound.words[file].bytes(reader) {
        Some(bytes) => Ok(bytes),
        // The shelf is gone: rare enough to make the whole again.
        None => Ok(words_of(reader, volume)?.finish().1.swap_remove(file)),
    }
}

fn bound(reader: &Reader, volume: usize) -> Result<Arc<Bound>, Failure> {
    // Noted by each file, also where another has made the volume.
    let (_, stories) = reader.volume(volume);
    let slot = {
        let mut made = reader.made_volumes().made.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(volume).or_default())
    };
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bound) = &*slot {
        return Ok(Arc::clone(bound));
    }
    let (separators, files) = words_of(reader, volume)?.finish();
    let words = files.into_iter().map(|file| Kept::of(reader, file)).collect();
    let contents = table_of_contents(&reader.unnoted(), stories, &separators);
    let bound = Arc::new(Bound { contents, words });
    *slot = Some(Arc::clone(&bound));
    Ok(bound)
}

/// The number of stories, that of files, the days with the number of their stories, and the least word of each file.
fn table_of_contents(reader: &Reader, stories: &[StoryId], separators: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut days: Vec<(u32, u32)> = Vec::new();
    for day in stories.iter().filter_map(|id| reader.story(*id).day).map(ordinal) {
        match days.last_mut() {
            Some((last, count)) if *last == day => *count += 1,
            _ => days.push((day, 1)),
        }
    }
    for number in [stories.len(), separators.len(), days.len()] {
        push_number(&mut bytes, u32::try_from(number).unwrap_or(u32::MAX));
    }
    let mut before = 0;
    for (day, count) in days {
        push_number(&mut bytes, day - before);
        push_number(&mut bytes, count);
        before = day;
    }
    let mut above: &[u8] = &[];
    for separator in separators {
        list::push_word(&mut bytes, above, separator);
        above = separator;
    }
    bytes
}

/// A day as a number that rises with it: as if every month had 31.
fn ordinal((year, month, day): Day) -> u32 {
    let (year, month, day) = (i32::from(year), i32::from(month), i32::from(day));
    u32::try_from((year * 12 + month - 1) * 31 + day - 1).unwrap_or_default()
}

/// How many quires are at hand at once while a volume is bound, for each thread.
const AT_ONCE: usize = 16;

/// How many texts a thread reads before it looks for others.
const TEXTS_AT_ONCE: usize = 8;

/// All words of a volume.
fn words_of(reader: &Reader, at: usize) -> Result<Binder, Failure> {
    let (volume, stories) = reader.volume(at);
    let mut binder = Binder::new(volume.word_files);
    let ingredients = ingredients(reader, at);
    let made = |quire: &Range<usize>| quire_of(&reader.unnoted(), &stories[quire.clone()], &ingredients[quire.clone()]);
    for quires in volume.quires.chunks(AT_ONCE * rayon::current_num_threads()) {
        let quires: Result<Vec<_>, _> = threads::each(quires, made).into_iter().collect();
        binder.add(&quires?);
    }
    Ok(binder)
}

/// The quire of some stories that are made of this: as it was kept, or made of what was kept and of the stories that are new in it.
fn quire_of(reader: &Reader, stories: &[StoryId], ingredients: &[Digest]) -> Result<Vec<u8>, load::Error> {
    let first = &reader.story(stories[0]).permalink;
    let bytes = reader.kept_quire(first).unwrap_or_default();
    let kept = Quire::read(&bytes).unwrap_or_default();
    if kept.ingredients == ingredients {
        return Ok(bytes);
    }
    let quire = gathered(reader, stories, ingredients, &kept)?;
    reader.keep_quire(first, &quire);
    Ok(quire)
}

/// Gathers the words of some stories. The texts of those that `kept` does not know are read by all threads.
fn gathered(
    reader: &Reader,
    stories: &[StoryId],
    ingredients: &[Digest],
    kept: &Quire<'_>,
) -> Result<Vec<u8>, load::Error> {
    let mut known: BTreeMap<Digest, usize> = kept.ingredients.iter().zip(0..).map(|(of, at)| (*of, at)).collect();
    let mut here = vec![None; kept.ingredients.len()];
    let mut new = Vec::new();
    for (number, (of, id)) in (0..).zip(ingredients.iter().zip(stories)) {
        match known.remove(of) {
            Some(at) => here[at] = Some(number),
            None => new.push((number, *id)),
        }
    }
    let lists = |stories: &[(u32, StoryId)]| {
        let mut bench = Workbench::default();
        stories.iter().map(|(_, id)| word_lists(&reader.unnoted(), *id, &mut bench)).collect()
    };
    let lists: Result<Vec<Vec<_>>, _> = threads::each(new.chunks(TEXTS_AT_ONCE), lists).into_iter().collect();
    let mut gatherer = Gatherer::default();
    for ((number, id), lists) in new.iter().zip(lists?.into_iter().flatten()) {
        gather_story(reader, *id, *number, &lists, &mut gatherer);
    }
    Ok(gatherer.finish(ingredients, Known { quire: kept, here: &here }))
}

/// The word lists of a story's text, as far as it can be found by that.
fn word_lists(reader: &Reader, id: StoryId, bench: &mut Workbench) -> Result<Vec<Vec<u8>>, load::Error> {
    if reader.story(id).is_for_subscribers() { Ok(Vec::new()) } else { reader.word_lists(id, bench) }
}

/// The words, names and labels of a story, given the lists of its text.
fn gather_story(reader: &Reader, id: StoryId, number: u32, lists: &[Vec<u8>], gatherer: &mut Gatherer) {
    let story = reader.story(id);
    let language = (&reader.made_volumes().languages, reader.settings_of(story).language);
    let add = |gatherer: &mut Gatherer, text: &str, tenths: u32| {
        terms::words(text, language, |word| gatherer.add(word.as_bytes(), tenths));
    };
    // A name may be any word: Will Young is to be found.
    let add_name = |gatherer: &mut Gatherer, name: &str| {
        terms::all_words(name, language, |word| gatherer.add(word.as_bytes(), IN_NAMES));
    };
    if story.is_for_subscribers() {
        gatherer.begin(number, 0);
        add(gatherer, &story.matter().title, IN_HEADLINE);
    } else {
        let lists = || lists.iter().map(|list| WordList::of(list));
        gatherer.begin(number, lists().map(WordList::len_of_text).sum());
        for (word, tenths) in lists().flat_map(WordList::iter) {
            gatherer.add(word, tenths);
        }
    }
    add(gatherer, &reader.summary(id), IN_SUMMARY);
    for byline in &story.byline {
        let name = reader.author(&byline.author).title;
        add_name(gatherer, name);
        gatherer.add(format!("@{}={name}", byline.author).as_bytes(), 0);
    }
    for (taxonomy, slug) in story.labels() {
        let title = reader.term(taxonomy, slug).title;
        add_name(gatherer, title);
        gatherer.add(format!("#{slug}={title}").as_bytes(), 0);
    }
    for key in std::iter::successors(story.article.section.clone(), SectionKey::parent) {
        gatherer.add(format!("/{key}").as_bytes(), 0);
    }
    gatherer.end();
}

/// What results show of stories, as JSON: a list for each.
pub(super) fn cards(reader: &Reader, volume: usize, file: usize) -> Vec<u8> {
    let stories = reader.shown(volume, file);
    let unnoted = reader.unnoted();
    let cards: Vec<_> = stories.iter().map(|id| card(&unnoted, *id)).collect();
    serde_json::to_vec(&cards).expect("texts can be written")
}

/// A result, of what its card says: address, headline, summary, day as machines and as people read it, names, section, label and its word, language if it is another.
fn card(reader: &Reader, id: StoryId) -> [String; 10] {
    let card = reader.card(id);
    let text =
        |field: &'static str| card.get_from_path(field).and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    let authors = card.get_from_path("authors").and_then(Value::as_array).into_iter().flatten();
    let names: Vec<&str> = authors.filter_map(|it| it.get_from_path("name").and_then(Value::as_str)).collect();
    let names = names.join(", ");
    let language = text("lang");
    [
        text("url"),
        text("title"),
        shortened(&text("summary")),
        text("date.iso").chars().take(10).collect(),
        text("date.day"),
        if names.is_empty() { text("agency") } else { names },
        text("section.title"),
        text("label"),
        text("label_text"),
        if language == reader.config().language { String::new() } else { language },
    ]
}

/// The beginning of a text that is too long, cut between words where it has spaces.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(SUMMARY_CHARS) else { return text.to_owned() };
    let cut = text[..end].rfind(' ').filter(|space| *space > end / 2).unwrap_or(end);
    format!("{}…", text[..cut].trim_end())
}
