//! Which lists can be others than in the last build.
//!
//! Take the list of an article whose own vector and traits are as they were. Text by text, it was made so: it read postings, summed what they promise, sorted, compared
//! the first in full until it could stop, and walked down the best. It can come out differently only if
//!
//! 1. it read other postings. Which it reads depends on the classes of their lengths alone: as long as none was passed over and all still fit, all are read; else it
//!    is made again if the class of any changed.
//! 2. a story that it compared, or that stands in it, or stands before or after it in its series, is gone, or has another vector or other traits.
//! 3. a story with another vector, not among those compared, now is. Those compared are the first so many by promise. Let `p` be what it promises now. If all
//!    32 that may be compared were, it needs at least the least promise of them. If fewer were, the search had stopped, or there were no more. It had to stop at
//!    any story, from the thirteenth on, that promises less than half of what the eighth best has: so one which promises that little, and less than any that was
//!    compared, comes after them and is not compared. A story whose vector is as it was promises what it did, and moves up only where one before it left (case 2).
//! 4. there was room for stories of its section, and any story of that section has changed.
//!
//! What is promised is taken too high here, as if every list of postings were read: then a list is made again that need not be.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        sweep::{Wanted, sweep},
        text::{self, MOST_READ, SURELY_COMPARED, record},
        traits,
    },
    COMPARED, Changes, Ground, Step, StoryId, key, place,
};

/// The lists to be made.
pub(super) struct Affected {
    pub(super) lists: BTreeSet<StoryId>,
    /// How much others read now, if it is not what they read.
    pub(super) reads: BTreeMap<StoryId, u32>,
}

/// Stories with the weight of a term.
type Holders = Vec<(u32, u16)>;

/// The lists that can have changed; none if a record is not as it was written.
pub(super) fn lists(at: &Step<'_>, changes: &Changes) -> Option<Affected> {
    let mut lists: BTreeSet<StoryId> = changes.texts.keys().chain(&changes.otherwise).copied().collect();
    let changed = lists.clone();
    for id in &changed {
        lists.extend(traits::neighbours(at.index, *id).into_iter().flatten());
    }
    lists.extend(by_ground(at, changes, &changed));
    let reads = by_postings(at, changes, &mut lists)?;
    Some(Affected { lists, reads })
}

/// Those whose ground holds something that has changed.
fn by_ground(at: &Step<'_>, changes: &Changes, changed: &BTreeSet<StoryId>) -> Vec<StoryId> {
    let mut has_changed = vec![false; at.kept.articles.len()];
    let mut sections: BTreeSet<u64> = BTreeSet::new();
    for old in changes.gone.keys() {
        has_changed[*old as usize] = true;
        sections.insert(at.kept.articles[*old as usize].traits.section);
    }
    for id in changed {
        sections.insert(at.now.traits[id.index()].section);
        if let Some(old) = at.then.was[id.index()] {
            has_changed[old as usize] = true;
            sections.insert(at.kept.articles[old as usize].traits.section);
        }
    }
    let is_changed = |old: u32| has_changed.get(old as usize).copied().unwrap_or(true);
    let is_affected = |id: &StoryId| {
        let Some(was) = at.then.was(at.kept, *id) else { return true };
        was.ground.is(Ground::HOLDS_PAGE)
            || was.ground.compared().any(is_changed)
            || was.list.iter().any(|related| is_changed(super::text(related.story)))
            || (was.ground.is(Ground::TRIED_SECTION) && sections.contains(&was.traits.section))
    };
    at.index.articles().filter(is_affected).collect()
}

/// Adds those that read other postings, or would now compare a story whose vector is another. Gives how much the rest reads now, where it is not what it was.
fn by_postings(at: &Step<'_>, changes: &Changes, lists: &mut BTreeSet<StoryId>) -> Option<BTreeMap<StoryId, u32>> {
    let mut lens: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for (old, signature) in &changes.gone {
        let collection = at.then.languages[at.kept.articles[*old as usize].language as usize]?;
        for (hash, _) in signature {
            lens.entry(key(collection, *hash)).or_default().0 += 1;
        }
    }
    for (id, text) in &changes.texts {
        if let Some(was) = at.then.was(at.kept, *id) {
            let collection = at.then.languages[was.language as usize]?;
            text.was_found_by.iter().for_each(|(hash, _)| lens.entry(key(collection, *hash)).or_default().0 += 1);
        }
        let (collection, _) = place(at.texts, *id);
        text.found_by().for_each(|(hash, _)| lens.entry(key(collection, hash)).or_default().1 += 1);
    }
    let wanted = Wanted::of(lens.keys().copied().collect::<Vec<_>>().into_iter());
    let holders = holders(at, changes, &wanted, lens.len())?;
    let mut reads: BTreeMap<StoryId, i64> = BTreeMap::new();
    let ground = |id: StoryId| at.then.was(at.kept, id).map(|was| &was.ground);
    for (holders, (then, now)) in holders.iter().zip(lens.values()) {
        let class = |own: usize| i64::try_from((holders.len() + own).next_power_of_two()).unwrap_or(i64::MAX);
        if class(*then) != class(*now) {
            for (text, _) in holders {
                *reads.entry(StoryId::new(*text as usize)).or_default() += class(*now) - class(*then);
            }
        }
    }
    let mut read_now = BTreeMap::new();
    for (id, more) in reads {
        let Some(ground) = ground(id) else { continue };
        if ground.is(Ground::SEARCHED) {
            let now = i64::from(ground.read) + more;
            match u32::try_from(now).ok().filter(|now| *now as usize <= MOST_READ) {
                Some(now) if !ground.is(Ground::PASSED_OVER) => read_now.insert(id, now).map_or((), |_| ()),
                _ => drop(lists.insert(id)),
            }
        }
    }
    for (id, changed) in &changes.texts {
        let (collection, this) = place(at.texts, *id);
        let mut parts: BTreeMap<u32, u32> = BTreeMap::new();
        for (hash, weight) in changed.found_by() {
            let Some(term) = wanted.number(key(collection, hash)) else { continue };
            for (other, its_weight) in &holders[term as usize] {
                *parts.entry(*other).or_default() += text::part_of_promise(weight, *its_weight);
            }
        }
        for (other, parts) in parts {
            let other = StoryId::new(other as usize);
            let Some(ground) = ground(other).filter(|ground| ground.is(Ground::SEARCHED)) else { continue };
            let promise = text::promise(parts, at.closeness(collection, this, place(at.texts, other).1));
            if may_be_compared(ground, promise) {
                lists.insert(other);
            }
        }
    }
    Some(read_now)
}

/// Whether a story that promises so much, and was not compared, may be compared now: see the head of this file, 3.
fn may_be_compared(ground: &Ground, promise: u64) -> bool {
    match ground.compared().count() {
        COMPARED => promise >= ground.least_promise,
        few if few < SURELY_COMPARED => true,
        _ => promise >= ground.least_promise || promise * 2 >= ground.last_of_best,
    }
}

/// The articles whose signature has a term that is wanted, of those whose vector is as it was.
pub(super) fn holders(at: &Step<'_>, changes: &Changes, wanted: &Wanted, count: usize) -> Option<Vec<Holders>> {
    let spans = at.index.articles().filter(|id| !changes.texts.contains_key(id));
    let spans = spans.map(|id| Some(at.then.was(at.kept, id)?.filed.signature_span(id))).collect::<Option<Vec<_>>>()?;
    let look = |found: &mut Vec<(u32, u32, u16)>, text: u32, bytes: &[u8]| {
        let collection = at.texts.places[text as usize].0;
        for (hash, weight) in record::signature(bytes) {
            if let Some(term) = wanted.number(key(collection, hash)) {
                found.push((term, text, weight));
            }
        }
    };
    let mut holders: Vec<Holders> = vec![Vec::new(); count];
    for (term, text, weight) in sweep(at.archive, spans, look)?.into_iter().flatten() {
        holders[term as usize].push((text, weight));
    }
    Some(holders)
}
