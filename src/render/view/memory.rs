//! What every output of an edition has read, kept for the next build, which makes again only what read something that has changed.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    View,
    fact::{ByFact, Fact, FactId, Noting},
    worth::Assessor,
};
use crate::{
    model::{Digest, Lookup, SourcePath},
    relate::StoryId,
};

/// What the outputs of an edition have read, and what that was worth.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reads {
    /// The stories of that build by their numbers then.
    stories: Vec<SourcePath>,
    /// Every fact that was read.
    facts: Vec<(Fact, Digest)>,
    outputs: Vec<ReadBy>,
}

/// What an output has read.
#[derive(Debug, Default, Serialize, Deserialize)]
struct ReadBy {
    /// What it was; none if nothing is known of it.
    identity: Option<Digest>,
    /// What it read, as rising numbers of facts, each as the distance from the one before.
    facts: Vec<u32>,
}

/// What is known of an output of a new edition.
#[derive(Debug, Clone)]
pub enum Origin {
    /// It was made as what [`Output::identity`](crate::plan::Output::identity) tells, and has read this.
    Made(Option<Digest>, Vec<FactId>),
    /// It is that of the edition before, by its number there.
    Carried(usize),
    /// Nothing: it is made anew each time.
    Unknown,
}

/// The facts of an edition before, as they are now.
#[derive(Debug)]
pub struct Compared<'a> {
    past: &'a Reads,
    /// Each fact under its short name now; none if it is of a story that is there no more.
    ids: Vec<Option<FactId>>,
    /// What each is worth now.
    worth: Vec<Option<Digest>>,
}

/// Why an output is made again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Nothing is known of what it was made from.
    Unknown,
    /// Something else was published there.
    Replaced,
    /// It read something that has changed: the facts, the widest first.
    Changed(Vec<Fact>),
}

impl View {
    /// Tells what the facts of an edition before are worth now.
    pub fn compare<'a>(&self, past: &'a Reads) -> Compared<'a> {
        let numbers: Lookup<&SourcePath, StoryId> = self.library.index.ids().map(|(id, path)| (path, id)).collect();
        let now: Vec<Option<StoryId>> = past.stories.iter().map(|path| numbers.get(path).copied()).collect();
        let id = |(fact, _): &(Fact, Digest)| match fact {
            Fact::Of(aspect, story) => now[story.index()].map(|story| FactId::of(*aspect, story)),
            other => Some(self.library.ledger.number(other.clone())),
        };
        let ids: Vec<Option<FactId>> = past.facts.iter().map(id).collect();
        let worth = |assessor: &mut Assessor, (id, (fact, _)): (&Option<FactId>, &(Fact, Digest))| {
            Some(match (*id)?.noting() {
                Noting::Of(aspect, story) => assessor.worth(&Fact::Of(aspect, story)),
                Noting::Numbered(_) => assessor.worth(fact),
            })
        };
        let worth = ids.par_iter().zip(&past.facts).map_init(|| Assessor::new(&self.library), worth);
        Compared { worth: worth.collect(), past, ids }
    }

    /// What the outputs of a new edition have read, for the next build. `outputs` is in the order of their paths.
    pub fn reads(&self, outputs: Vec<Origin>, before: Option<&Compared<'_>>) -> Reads {
        let carried = |at: usize| {
            let before = before.expect("an output is carried over from an edition of which the reads are known");
            let output = &before.past.outputs[at];
            let id = |number: usize| before.ids[number].expect("what is carried over has read nothing that is gone");
            (output.identity, output.numbers().map(id).collect())
        };
        let read = outputs.into_par_iter().map(|origin| match origin {
            Origin::Made(identity, facts) => (identity, facts),
            Origin::Carried(at) => carried(at),
            Origin::Unknown => (None, Vec::new()),
        });
        let read: Vec<(Option<Digest>, Vec<FactId>)> = read.collect();
        let room = (self.library.index.stories().len(), self.library.ledger.len());
        let mut known: ByFact<Option<Digest>> = ByFact::new(room);
        for (id, worth) in before.into_iter().flat_map(|before| before.ids.iter().zip(&before.worth)) {
            if let Some(id) = id {
                known[*id] = *worth;
            }
        }
        let mut is_read: ByFact<bool> = ByFact::new(room);
        let is_first = |id: &FactId| !std::mem::replace(&mut is_read[*id], true);
        let ids: Vec<FactId> = read.iter().flat_map(|(_, facts)| facts).copied().filter(is_first).collect();
        let mut facts = self.library.ledger.facts(ids);
        // In an order that another build would give them too.
        facts.par_sort_unstable();
        let mut numbers: ByFact<u32> = ByFact::new(room);
        (0..).zip(&facts).for_each(|(number, (_, id))| numbers[*id] = number);
        let numbered = |facts: Vec<FactId>| ReadBy::distances(facts.into_iter().map(|id| numbers[id]).collect());
        let outputs = read.into_par_iter().map(|(identity, facts)| ReadBy { identity, facts: numbered(facts) });
        let outputs = outputs.collect();
        let worth = |assessor: &mut Assessor, (fact, id): (Fact, FactId)| {
            let worth = known[id].unwrap_or_else(|| assessor.worth(&fact));
            (fact, worth)
        };
        let facts = facts.into_par_iter().map_init(|| Assessor::new(&self.library), worth).collect();
        let stories = self.library.index.ids().map(|(_, path)| path.clone()).collect();
        Reads { stories, facts, outputs }
    }
}

impl ReadBy {
    /// Numbers of facts as they are kept.
    fn distances(mut numbers: Vec<u32>) -> Vec<u32> {
        numbers.sort_unstable();
        let mut last = 0;
        for number in &mut numbers {
            (*number, last) = (*number - last, *number);
        }
        numbers
    }

    fn numbers(&self) -> impl Iterator<Item = usize> {
        self.facts.iter().scan(0, |last, distance| {
            *last += *distance as usize;
            Some(*last)
        })
    }
}

impl Compared<'_> {
    /// Why the output of a number in the edition before has to be made again, if it shall be what `identity` tells; none if it is the same.
    pub fn why(&self, at: usize, identity: Digest) -> Option<Why> {
        let Some(output) = self.past.outputs.get(at).filter(|output| output.identity.is_some()) else {
            return Some(Why::Unknown);
        };
        if output.identity != Some(identity) {
            return Some(Why::Replaced);
        }
        let mut changed: Vec<Fact> =
            output.numbers().filter(|number| self.has_changed(*number)).map(|number| self.fact(number)).collect();
        changed.sort_unstable();
        (!changed.is_empty()).then_some(Why::Changed(changed))
    }

    /// The first of the reasons to make an output again, in words for everybody: what is there no more is not named.
    pub fn reason(&self, why: &Why) -> String {
        match why {
            Why::Unknown => "new, or touched by someone".to_owned(),
            Why::Replaced => "something else was published there".to_owned(),
            Why::Changed(facts) => {
                let named = facts.iter().find(|fact| self.is_there(fact));
                let changed = |fact: &Fact| format!("{} changed", self.past.words(fact));
                named.map_or_else(|| "something is out no more".to_owned(), changed)
            }
        }
    }

    /// Whether what a fact of the edition before is about is still there.
    fn is_there(&self, fact: &Fact) -> bool {
        let number = self.past.facts.binary_search_by(|(known, _)| known.cmp(fact));
        number.is_ok_and(|number| self.worth[number].is_some_and(|worth| worth != absent()))
    }

    fn has_changed(&self, number: usize) -> bool {
        self.worth[number] != Some(self.past.facts[number].1)
    }

    fn fact(&self, number: usize) -> Fact {
        self.past.facts[number].0.clone()
    }
}

/// What a fact is worth that is not there.
fn absent() -> Digest {
    Digest::of(&None::<()>)
}

impl Reads {
    /// How many outputs are known.
    pub fn len(&self) -> usize {
        self.outputs.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty()
    }

    /// What the output of a number has read, in words, the widest first.
    pub fn of(&self, at: usize) -> Vec<String> {
        let Some(output) = self.outputs.get(at) else { return Vec::new() };
        let mut facts: Vec<&Fact> = output.numbers().map(|number| &self.facts[number].0).collect();
        facts.sort_unstable();
        facts.into_iter().map(|fact| self.words(fact)).collect()
    }

    /// A fact of that edition in words.
    pub fn words(&self, fact: &Fact) -> String {
        fact.words(&|story| self.stories[story.index()].to_string())
    }

    /// The facts that most outputs have read, each in words with their number, the widest read first.
    pub fn fan_out(&self) -> Vec<(String, usize)> {
        let mut counts = vec![0_usize; self.facts.len()];
        for number in self.outputs.iter().flat_map(ReadBy::numbers) {
            counts[number] += 1;
        }
        let mut counted: Vec<(&Fact, usize)> = self.facts.iter().map(|(fact, _)| fact).zip(counts).collect();
        counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        counted.into_iter().map(|(fact, count)| (self.words(fact), count)).collect()
    }
}
