//! The search index: files that a script in the reader's browser asks for, few and small for each query.
//!
//! A volume of stories (see `plan::search`) has three kinds of files. `contents.bin` tells which day its stories are of and which of its files has which words;
//! the files of words have, in order, each word with the stories that it stands in and how much it counts there; those of cards have what results show.
//! All numbers that make an order are whole, so that two machines agree. The form is described in `docs/search.md`, and read by `static/js/search.js`.

mod gather;
mod list;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use tera::Value;

use super::{Failure, View, view::Library};
use crate::{
    load::{Shelved, Site},
    model::Paywall,
    parse::{
        self,
        terms::{Languages, push_number, stop_words},
    },
    plan::SearchPart,
    relate::{Day, Story, StoryId},
};
use gather::Gatherer;

/// What a word counts in the fields that are not the body's, in tenths.
const IN_HEADLINE: u32 = 40;
const IN_NAMES: u32 = 40;
const IN_SUMMARY: u32 = 20;

/// How many characters of a summary a result shows.
const SUMMARY_CHARS: usize = 200;

/// The volumes made so far.
#[derive(Debug, Default)]
pub(super) struct Volumes {
    made: Mutex<BTreeMap<usize, Slot>>,
    languages: Languages,
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
    fn of(site: &Site, bytes: Vec<u8>) -> Self {
        site.shelve(&bytes).map_or(Self::Here(bytes), Self::Shelf)
    }

    fn bytes(&self, site: &Site) -> Option<Vec<u8>> {
        match self {
            Self::Shelf(place) => site.shelved(*place),
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
pub(super) fn volumes(view: &View) -> Vec<u8> {
    let library = view.library();
    let search = &library.plan.search;
    let listed = search.volumes.iter().enumerate().map(|(at, volume)| {
        let mut hasher = blake3::Hasher::new();
        for id in search.made_of(SearchPart::Contents(at)) {
            hasher.update(ingredients(library, *id).as_bytes());
        }
        let version = hasher.finalize().to_hex()[..10].to_owned();
        Listed { name: &volume.name, stories: volume.range.len(), version }
    });
    let language = library.config().language.as_str();
    let list = List { language, stop_words: stop_words(language).join(" "), volumes: listed.collect() };
    serde_json::to_vec(&list).expect("a list of texts and numbers can be written")
}

/// The hash of all that the index says of a story: what its files are made of, and so when they have to be made again.
///
/// Not that of its source, which may hold what is dated ahead, and no byte of an output may depend on that.
fn ingredients(library: &Library, id: StoryId) -> blake3::Hash {
    let index = &library.index;
    let story = index.story(id);
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    if is_for_subscribers(story) {
        add(story.matter().title.as_bytes());
    } else {
        let entries = story.article.live.iter().flat_map(|live| &live.entries).map(|entry| entry.outline.word_list);
        for list in std::iter::once(story.article.source.outline.word_list).chain(entries).flatten() {
            add(list.hash.as_bytes());
        }
    }
    for text in card(library, id) {
        add(text.as_bytes());
    }
    for (taxonomy, slug) in story.labels() {
        add(slug.as_str().as_bytes());
        add(index.terms[&(taxonomy, slug.clone())].title.as_bytes());
    }
    for byline in &story.byline {
        add(byline.author.as_str().as_bytes());
    }
    if let Some(key) = &story.article.section {
        add(key.as_str().as_bytes());
    }
    add(library.summary(id).as_bytes());
    hasher.finalize()
}

fn is_for_subscribers(story: &Story) -> bool {
    story.matter().shared.paywall == Some(Paywall::Subscribers)
}

/// What a volume holds, and in which of its files.
///
/// # Errors
/// [`Failure::Load`] if a source changed meanwhile.
pub(super) fn contents(view: &View, volume: usize) -> Result<Vec<u8>, Failure> {
    Ok(bound(view.library(), volume)?.contents.clone())
}

/// A volume's file of words.
///
/// # Errors
/// As [`contents`].
pub(super) fn words(view: &View, volume: usize, file: usize) -> Result<Vec<u8>, Failure> {
    let library = view.library();
    let bound = bound(library, volume)?;
    match bound.words[file].bytes(&library.site) {
        Some(bytes) => Ok(bytes),
        // The shelf is gone: rare enough to make the whole again.
        None => Ok(gathered(library, volume)?.finish().1.swap_remove(file)),
    }
}

fn bound(library: &Library, volume: usize) -> Result<Arc<Bound>, Failure> {
    let slot = {
        let mut made = library.volumes.made.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(volume).or_default())
    };
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bound) = &*slot {
        return Ok(Arc::clone(bound));
    }
    let (separators, files) = gathered(library, volume)?.finish();
    let words = files.into_iter().map(|file| Kept::of(&library.site, file)).collect();
    let bound = Arc::new(Bound { contents: table_of_contents(library, volume, &separators), words });
    *slot = Some(Arc::clone(&bound));
    Ok(bound)
}

/// The number of stories, that of files, the days with the number of their stories, and the least word of each file.
fn table_of_contents(library: &Library, volume: usize, separators: &[Vec<u8>]) -> Vec<u8> {
    let stories = library.plan.search.of_volume(volume);
    let mut bytes = Vec::new();
    let mut days: Vec<(u32, u32)> = Vec::new();
    for day in stories.iter().filter_map(|id| library.index.day_of(*id)).map(ordinal) {
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

/// All words of a volume.
fn gathered(library: &Library, volume: usize) -> Result<Gatherer, Failure> {
    let search = &library.plan.search;
    let stories = search.of_volume(volume);
    let mut gatherer = Gatherer::new(stories.len(), search.volumes[volume].word_files);
    for id in stories {
        gather_story(library, *id, &mut gatherer)?;
    }
    Ok(gatherer)
}

/// The words, names and labels of a story.
fn gather_story(library: &Library, id: StoryId, gatherer: &mut Gatherer) -> Result<(), Failure> {
    let index = &library.index;
    let story = index.story(id);
    let settings = library.settings_of(story);
    let language = (&library.volumes.languages, settings.language);
    let add = |gatherer: &mut Gatherer, text: &str, tenths: u32| {
        parse::terms::words(text, language, |word| gatherer.add(word.as_bytes(), tenths));
    };
    // A name may be any word: Will Young is to be found.
    let add_name = |gatherer: &mut Gatherer, name: &str| {
        parse::terms::all_words(name, language, |word| gatherer.add(word.as_bytes(), IN_NAMES));
    };
    if is_for_subscribers(story) {
        gatherer.begin(0);
        add(gatherer, &story.matter().title, IN_HEADLINE);
    } else {
        let lists = word_lists(library, story)?;
        let lists = || lists.iter().map(|list| parse::terms::WordList::of(list));
        gatherer.begin(lists().map(parse::terms::WordList::len_of_text).sum());
        for (word, tenths) in lists().flat_map(parse::terms::WordList::iter) {
            gatherer.add(word, tenths);
        }
    }
    add(gatherer, &library.summary(id), IN_SUMMARY);
    for byline in &story.byline {
        let name = &index.authors[&byline.author].name;
        add_name(gatherer, name);
        gatherer.add(format!("@{}={name}", byline.author).as_bytes(), 0);
    }
    for (taxonomy, slug) in story.labels() {
        let title = &index.terms[&(taxonomy, slug.clone())].title;
        add_name(gatherer, title);
        gatherer.add(format!("#{slug}={title}").as_bytes(), 0);
    }
    for key in std::iter::successors(story.article.section.clone(), crate::model::SectionKey::parent) {
        gatherer.add(format!("/{key}").as_bytes(), 0);
    }
    gatherer.end();
    Ok(())
}

/// The word lists of a story, that of each entry of live coverage apart.
fn word_lists(library: &Library, story: &Story) -> Result<Vec<Vec<u8>>, Failure> {
    let source = &story.article.source;
    let introduction = story.article.live.as_ref().map(|live| live.introduction);
    let entries = story.article.live.iter().flat_map(|live| &live.entries);
    let entries = entries.map(|entry| (Some(entry.body), entry.outline.word_list));
    let parts: Vec<_> = std::iter::once((introduction, source.outline.word_list)).chain(entries).collect();
    let (settings, original) = (library.settings_of(story), (&source.path, &source.hash));
    Ok(parse::word_lists(&library.site, original, &story.matter().title, &parts, &settings)?)
}

/// What results show of stories, as JSON: a list for each.
pub(super) fn cards(view: &View, volume: usize, file: usize) -> Vec<u8> {
    let library = view.library();
    let stories = library.plan.search.made_of(SearchPart::Cards(volume, file));
    let cards: Vec<_> = stories.iter().map(|id| card(library, *id)).collect();
    serde_json::to_vec(&cards).expect("texts can be written")
}

/// A result: address, headline, summary, day as machines and as people read it, names, section, label and its word, language if it is another.
fn card(library: &Library, id: StoryId) -> [String; 10] {
    let card = library.card(id);
    let text =
        |field: &'static str| card.get_from_path(field).and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    let story = library.index.story(id);
    let names: Vec<&str> = story.byline.iter().map(|it| library.index.authors[&it.author].name.as_str()).collect();
    let language = text("lang");
    [
        text("url"),
        text("title"),
        shortened(&text("summary")),
        text("date.iso").chars().take(10).collect(),
        text("date.day"),
        if names.is_empty() { text("agency") } else { names.join(", ") },
        text("section.title"),
        text("label"),
        text("label_text"),
        if language == library.config().language { String::new() } else { language },
    ]
}

/// The beginning of a text that is too long, cut between words where it has spaces.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(SUMMARY_CHARS) else { return text.to_owned() };
    let cut = text[..end].rfind(' ').filter(|space| *space > end / 2).unwrap_or(end);
    format!("{}…", text[..cut].trim_end())
}
