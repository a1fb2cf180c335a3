//! Fronts: the places that editors fill, then the newest stories; no story stands twice on one front.
//!
//! What readers read most is told by a data file, and alone may repeat a story: it is a list about the front, not a part of it.

use std::collections::BTreeSet;

use super::{Found, Section, SiteIndex, StoryId, dangling};
use crate::{
    diag::{Code, Diagnostic},
    model::{Label, SectionKey, SourcePath, Span},
    parse::matter::{SectionMatter, Slot},
    release::Published,
};

/// A slot with its stories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledSlot {
    /// Its name: `lead`, `top`, `opinion` …
    pub name: String,
    /// The heading, if the editor gave one.
    pub title: Option<String>,
    /// Its stories, in order.
    pub stories: Vec<StoryId>,
    /// Whether a data file fills it, best first: then its stories may stand elsewhere on the front.
    pub is_ranked: bool,
}

/// The stories of the front page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontPage {
    /// Its slots.
    pub slots: Vec<FilledSlot>,
    /// The top sections, each with the newest of its stories that stand nowhere above.
    pub sections: Vec<(SectionKey, Vec<StoryId>)>,
}

/// How many stories the front page shows of each section.
const OF_A_SECTION: usize = 5;

/// The slots of a front that has no file.
const USUAL: [(&str, usize); 2] = [("lead", 1), ("top", 6)];

/// How many stories a slot holds by its name.
fn usual_count(name: &str) -> usize {
    match name {
        "lead" => 1,
        "top" => 6,
        "most_read" => 5,
        _ => 4,
    }
}

/// Fills the slots of the front page (no section) or of a section's front, in the order written.
///
/// A slot takes its pins, then the newest stories with its label: the one it names, else the one it is named for.
/// A slot without a label takes the newest of all that no other slot of the front is for; sponsored stories stand only where an editor puts them.
pub fn fill(index: &SiteIndex, section: Option<&SectionKey>) -> Vec<FilledSlot> {
    let (matter, newest) = match section {
        None => (index.front.as_ref().map(|front| &front.matter), None),
        Some(key) => {
            let section = &index.sections[key];
            (section.source.as_ref().map(|source| &source.matter), Some(section))
        }
    };
    let slots: Vec<Slot> = match matter {
        Some(matter) if !matter.slots.is_empty() => matter.slots.clone(),
        _ if section.is_some() => return Vec::new(),
        _ => USUAL.iter().map(|(name, count)| unwritten(name, *count)).collect(),
    };
    fill_slots(index, &slots, newest)
}

/// Fills the front page: its slots, then the sections with what no slot shows. Paid content stands only where an editor puts it.
pub fn front_page(index: &SiteIndex) -> FrontPage {
    let slots = fill(index, None);
    let mut shown = standing(&slots);
    let mut sections = Vec::new();
    for (key, section) in index.sections_below(None) {
        let is_paid = |id: &StoryId| index.story(*id).label() == Label::Sponsored;
        let fresh = section.stories.iter().copied().filter(|id| !shown.contains(id) && !is_paid(id));
        let stories: Vec<StoryId> = fresh.take(OF_A_SECTION).collect();
        if !stories.is_empty() {
            shown.extend(&stories);
            sections.push((key.clone(), stories));
        }
    }
    FrontPage { slots, sections }
}

/// Fills a section's front: its slots, then at most `most` of its newest stories that stand in none.
pub fn section_front(index: &SiteIndex, key: &SectionKey, most: usize) -> (Vec<FilledSlot>, Vec<StoryId>) {
    let slots = fill(index, Some(key));
    let shown = standing(&slots);
    let rest = index.sections[key].stories.iter().copied().filter(|id| !shown.contains(id)).take(most).collect();
    (slots, rest)
}

/// The stories that stand on a front by the desk's choice: what is read most may be among them, and may not.
fn standing(slots: &[FilledSlot]) -> BTreeSet<StoryId> {
    slots.iter().filter(|slot| !slot.is_ranked).flat_map(|slot| slot.stories.iter().copied()).collect()
}

fn unwritten(name: &str, count: usize) -> Slot {
    let (name, span) = (name.to_owned(), Span::default());
    Slot { name, span, title: None, pins: Vec::new(), count: Some(count), label: None, until: None, data: None }
}

fn fill_slots(index: &SiteIndex, slots: &[Slot], section: Option<&Section>) -> Vec<FilledSlot> {
    let label_of = |slot: &Slot| slot.label.or_else(|| Label::parse(&slot.name)).filter(|label| *label != Label::News);
    let by_hand = slots.iter().filter(|slot| slot.data_files().is_empty());
    let labels: BTreeSet<Label> = by_hand.filter_map(label_of).collect();
    let mut taken: BTreeSet<StoryId> = BTreeSet::new();
    // Pins of a later slot are spoken for: an earlier slot must not fill itself with them.
    let pinned: BTreeSet<StoryId> = slots.iter().flat_map(|slot| pins(index, slot)).collect();
    let mut filled = Vec::with_capacity(slots.len());
    for slot in slots {
        let files = slot.data_files();
        if !files.is_empty() {
            let stories = most_read(index, slot, &files, section);
            if !stories.is_empty() {
                filled.push(FilledSlot {
                    name: slot.name.clone(),
                    title: slot.title.clone(),
                    stories,
                    is_ranked: true,
                });
            }
            continue;
        }
        let mut stories: Vec<StoryId> = pins(index, slot).filter(|id| taken.insert(*id)).collect();
        let count = slot.count.unwrap_or_else(|| usual_count(&slot.name)).max(stories.len());
        let fits = |id: &StoryId| {
            let label = index.story(*id).label();
            match label_of(slot) {
                Some(wanted) => label == wanted,
                None => label != Label::Sponsored && !labels.contains(&label),
            }
        };
        let free = |id: &StoryId| !taken.contains(id) && !pinned.contains(id) && fits(id);
        let open = count - stories.len();
        let newest: Vec<StoryId> = match section {
            Some(section) => section.stories.iter().copied().filter(free).take(open).collect(),
            None => index.articles().filter(free).take(open).collect(),
        };
        taken.extend(&newest);
        stories.extend(newest);
        if !stories.is_empty() {
            filled.push(FilledSlot { name: slot.name.clone(), title: slot.title.clone(), stories, is_ranked: false });
        }
    }
    filled
}

/// What a data file names, on a section's front of that section alone.
fn most_read(index: &SiteIndex, slot: &Slot, files: &[String], section: Option<&Section>) -> Vec<StoryId> {
    let named = files.iter().find_map(|file| index.rankings.get(file)).map(Vec::as_slice).unwrap_or_default();
    let fits = |id: &StoryId| {
        section.is_none_or(|section| section.stories.binary_search(id).is_ok())
            && slot.label.is_none_or(|label| index.story(*id).label() == label)
    };
    let count = slot.count.unwrap_or_else(|| usual_count("most_read"));
    named.iter().copied().filter(fits).take(count).collect()
}

/// The articles that a data file names, each once. Paid content stands only where an editor puts it, and is passed over.
///
/// So is what names no article that is out, without a word: statistics count pages that are no stories, and stories that are out no more.
pub(super) fn ranked(index: &SiteIndex, named: &[String]) -> Vec<StoryId> {
    let mut taken = BTreeSet::new();
    let articles = named.iter().filter_map(|story| match index.find(story) {
        Found::Story(id) if id.index() < index.article_count => Some(id),
        _ => None,
    });
    articles.filter(|id| index.story(*id).label() != Label::Sponsored && taken.insert(*id)).collect()
}

fn pins<'a>(index: &'a SiteIndex, slot: &'a Slot) -> impl Iterator<Item = StoryId> + 'a {
    slot.pins.iter().filter_map(|pin| match index.find(&pin.story.text) {
        Found::Story(id) => Some(id),
        _ => None,
    })
}

/// Warns of slot pins that name nothing, and of slots whose data file is not there.
pub(super) fn check(index: &mut SiteIndex) {
    let mut diagnostics = Vec::new();
    let mut check = |source: &Published<SectionMatter>| {
        for slot in &source.matter.slots {
            let files = slot.data_files();
            if files.is_empty() {
                let found = slot.pins.iter().map(|pin| (pin, index.find(&pin.story.text)));
                let dead_pins = found.filter(|(_, found)| !matches!(found, Found::Story(_)));
                diagnostics.extend(dead_pins.map(|(pin, found)| dead(index, &source.path, pin, &found)));
            } else {
                diagnostics.extend(not_filled(index, &source.path, slot, &files));
            }
        }
    };
    index.front.iter().for_each(&mut check);
    index.sections.values().filter_map(|section| section.source.as_ref()).for_each(check);
    index.diagnostics.extend(diagnostics);
}

/// What keeps a data file from filling a slot as it is meant to.
fn not_filled(index: &SiteIndex, path: &SourcePath, slot: &Slot, files: &[String]) -> Option<Diagnostic> {
    let place = slot.data.as_ref().map_or(slot.span, |file| file.span);
    if !slot.pins.is_empty() {
        let message = format!("a data file fills the slot `{}`, not the desk", slot.name);
        let error = Diagnostic::error(Code::WrongType, path, slot.span, message);
        return Some(error.help("take its stories out, or give them a slot of another name"));
    }
    let is_there = files.iter().any(|file| index.rankings.contains_key(file));
    (!is_there).then(|| {
        let message = format!("there is no `data/{}` to fill this slot", files[0]);
        let warning = Diagnostic::warning(Code::BadRanking, path, place, message);
        match files {
            [_] => warning.help("the site's statistics write it: one story an entry, best first"),
            _ => warning.help("`most_read.json` and `most_read.yaml` do as well; `data` names another file"),
        }
    })
}

fn dead(index: &SiteIndex, path: &SourcePath, pin: &crate::parse::matter::Pin, found: &Found) -> Diagnostic {
    dangling(Code::DeadPin, "story of a slot", path, &pin.story, found, index)
}
