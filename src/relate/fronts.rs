//! Fronts: the places that editors fill, then the newest stories; no story stands twice on one front.

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
}

/// The slots of a front that has no file.
const USUAL: [(&str, usize); 2] = [("lead", 1), ("top", 6)];

/// How many stories a slot holds by its name.
fn usual_count(name: &str) -> usize {
    match name {
        "lead" => 1,
        "top" => 6,
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

fn unwritten(name: &str, count: usize) -> Slot {
    let (name, span) = (name.to_owned(), Span::default());
    Slot { name, span, title: None, pins: Vec::new(), count: Some(count), label: None, until: None }
}

fn fill_slots(index: &SiteIndex, slots: &[Slot], section: Option<&Section>) -> Vec<FilledSlot> {
    let label_of = |slot: &Slot| slot.label.or_else(|| Label::parse(&slot.name)).filter(|label| *label != Label::News);
    let labels: BTreeSet<Label> = slots.iter().filter_map(label_of).collect();
    let mut taken: BTreeSet<StoryId> = BTreeSet::new();
    // Pins of a later slot are spoken for: an earlier slot must not fill itself with them.
    let pinned: BTreeSet<StoryId> = slots.iter().flat_map(|slot| pins(index, slot)).collect();
    let mut filled = Vec::with_capacity(slots.len());
    for slot in slots {
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
            filled.push(FilledSlot { name: slot.name.clone(), title: slot.title.clone(), stories });
        }
    }
    filled
}

fn pins<'a>(index: &'a SiteIndex, slot: &'a Slot) -> impl Iterator<Item = StoryId> + 'a {
    slot.pins.iter().filter_map(|pin| match index.find(&pin.story.text) {
        Found::Story(id) => Some(id),
        _ => None,
    })
}

/// Warns of slot pins that name nothing.
pub(super) fn check(index: &mut SiteIndex) {
    let mut diagnostics = Vec::new();
    let mut check = |source: &Published<SectionMatter>| {
        for pin in source.matter.slots.iter().flat_map(|slot| &slot.pins) {
            let found = index.find(&pin.story.text);
            if !matches!(found, Found::Story(_)) {
                diagnostics.push(dead(index, &source.path, pin, &found));
            }
        }
    };
    index.front.iter().for_each(&mut check);
    index.sections.values().filter_map(|section| section.source.as_ref()).for_each(check);
    index.diagnostics.extend(diagnostics);
}

fn dead(index: &SiteIndex, path: &SourcePath, pin: &crate::parse::matter::Pin, found: &Found) -> Diagnostic {
    dangling(Code::DeadPin, "story of a slot", path, &pin.story, found, index)
}
