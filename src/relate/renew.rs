//! Lists from those of the last build: only what can have changed is made again, and the result is that of making all of them.
//!
//! A list is a function of the vectors of all stories of its language, of the lists of postings, and of who may stand with whom. What an edit moves of these is found
//! from the two ends. From the edited texts: [`changes`] tells which terms crossed a power of two, and so whose vectors are others. From the lists: each keeps the
//! ground on which it was made, and [`affected`] asks whether any of the changed vectors could have changed it. What is left is made by the very code that makes all
//! lists, in a collection that knows the stories and postings it asks for and no others.
//!
//! Wherever a question is costly to answer, the list is made again. Where too much has changed, or anything about what was kept is odd, all are.

mod affected;
mod anew;
mod changes;
mod partial;

use std::collections::BTreeMap;

use super::{
    Lists, SiteIndex, StoryId,
    kept::{Archive, COMPARED, Filed, Ground, Kept, KeptArticle, NOBODY, Traits},
    related::{Made, Reason},
    sweep::Span,
    text::{
        closeness,
        numbers::Rarity,
        record::{self, Record, Stepped, Weighed},
    },
    texts::{Sources, Texts, day},
    traits,
};
use crate::{
    load::{self, Site},
    parse::terms::{Place, Term, TermLists},
};
use changes::Changes;

/// How much of a site may have changed before everything is made anew: one of so many stories, for vectors and for lists.
const CHANGED: usize = 6;
const REMADE: usize = 2;

/// Below which share of what the archive holds is in use it is made anew, in percent; and how small it may be before anybody cares.
const USED_PERCENT: u64 = 80;
const SMALL_BYTES: u64 = 1 << 20;

/// The related lists, and what the next build may make them from.
#[derive(Debug)]
pub struct Renewed {
    /// The lists.
    pub lists: Lists,
    /// What [`Archive::state`] shall give the next build; none if nothing could be kept.
    pub state: Option<Vec<u8>>,
    /// How they came about.
    pub making: Making,
}

/// How lists came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// All were made.
    Anew,
    /// All were made, as what the last build kept is damaged.
    Odd,
    /// So many were made, and for them so many stories were looked at in full. The others are as they were.
    Updated {
        /// How many lists were made.
        made: usize,
        /// How many stories' vectors were wanted for that.
        read: usize,
    },
}

/// Makes the related lists of all articles, from those of the last build where that is the shorter way.
///
/// `terms` has the term lists of articles that were parsed; those of the others come from the archive, and are made again by reading the article where it lacks them.
///
/// # Errors
/// [`load::Error::Changed`] if an article is read again, and is no longer what it was.
pub fn renew(index: &SiteIndex, site: &Site, terms: TermLists, archive: &dyn Archive) -> Result<Renewed, load::Error> {
    let texts = Texts::gather(index);
    let now = Now::of(index, &texts);
    let kept = archive.state().map(Kept::read);
    let is_odd = matches!(kept, Some(None));
    // A first build is an update of nothing, of which there is too much.
    let kept = kept.flatten().unwrap_or_default();
    let then = Then::of(&kept, index, &texts);
    let file = |id: StoryId, terms: &mut Vec<Term>| then.read_text(archive, &kept, &now, id, terms);
    let sources = Sources::of(index, site, terms, Some(&file));
    let step = Step { index, texts: &texts, now: &now, then: &then, kept: &kept, archive, sources: &sources };
    match step.update()? {
        Outcome::Updated(renewed) => Ok(*renewed),
        Outcome::TooMuch if !is_odd => anew::renew(index, texts, &sources, &now, archive),
        Outcome::TooMuch | Outcome::Damaged => {
            anew::renew(index, texts, &sources, &now, archive).map(|renewed| Renewed { making: Making::Odd, ..renewed })
        }
    }
}

/// What came of an update.
enum Outcome {
    Updated(Box<Renewed>),
    /// It is as well to make everything.
    TooMuch,
    /// What was kept is not as it was written.
    Damaged,
}

/// What is known of the articles of this build before their texts are.
struct Now {
    settings: u64,
    traits: Vec<Traits>,
}

impl Now {
    fn of(index: &SiteIndex, texts: &Texts) -> Self {
        use rayon::prelude::*;
        use std::hash::Hash;
        let config = &index.config;
        let settings = traits::hash(|hasher| {
            let related = &config.related;
            (related.count, related.tag_tenths(), related.half_life_days).hash(hasher);
            (related.min_score.to_bits(), &config.language, config.html).hash(hasher);
        });
        let ids: Vec<StoryId> = index.articles().collect();
        Self { settings, traits: ids.into_par_iter().map(|id| traits::of(index, texts, id)).collect() }
    }
}

/// How the articles of the last build and of this one belong together. Both are in order of date and path, by which they are known.
struct Then {
    /// Of each article now: which it was.
    was: Vec<Option<u32>>,
    /// Of each article then: which it is.
    is: Vec<Option<StoryId>>,
    /// Of each language then: its collection now.
    languages: Vec<Option<usize>>,
}

impl Then {
    fn of(kept: &Kept, index: &SiteIndex, texts: &Texts) -> Self {
        let mut then = Self { was: Vec::new(), is: vec![None; kept.articles.len()], languages: Vec::new() };
        then.languages =
            kept.languages.iter().map(|name| texts.languages.iter().position(|language| language == name)).collect();
        let mut old = 0;
        for id in index.articles() {
            let article = &index.story(id).article;
            let date = article.matter().date.map_or(0, |date| date.at.as_second());
            let order =
                |kept: &KeptArticle| date.cmp(&kept.date).then_with(|| (*kept.path).cmp(article.path().as_str()));
            while kept.articles.get(old).is_some_and(|kept| order(kept).is_lt()) {
                old += 1;
            }
            let is_same = kept.articles.get(old).is_some_and(|kept| order(kept).is_eq());
            then.was.push(is_same.then(|| u32::try_from(old).expect("a site has fewer stories than that")));
            if is_same {
                then.is[old] = Some(id);
                old += 1;
            }
        }
        then
    }

    /// What an article was.
    fn was<'a>(&self, kept: &'a Kept, id: StoryId) -> Option<&'a KeptArticle> {
        self.was[id.index()].map(|old| &kept.articles[old as usize])
    }

    /// The terms of an article's text, without those of its labels, if its source is what it was.
    fn read_text(&self, archive: &dyn Archive, kept: &Kept, now: &Now, id: StoryId, terms: &mut Vec<Term>) -> bool {
        let Some(was) = self.was(kept, id) else { return false };
        if kept.settings != now.settings || was.traits.source != now.traits[id.index()].source {
            return false;
        }
        let Some(stepped) = read_terms(archive, &was.filed) else { return false };
        let of_text = stepped.len().saturating_sub(was.filed.label_terms as usize);
        terms.extend(stepped[..of_text].iter().map(|stepped| stepped.term));
        true
    }
}

/// One update: what it is made from.
struct Step<'a> {
    index: &'a SiteIndex,
    texts: &'a Texts,
    now: &'a Now,
    then: &'a Then,
    kept: &'a Kept,
    archive: &'a dyn Archive,
    sources: &'a Sources<'a>,
}

/// A term of one collection.
fn key(collection: usize, hash: u64) -> u64 {
    (collection as u64) << 37 | hash
}

/// The terms of a record; none if it is not as it was written.
fn read_terms(archive: &dyn Archive, filed: &Filed) -> Option<Vec<Stepped>> {
    let (hash_bytes, rest_bytes) = record::part_lens(filed.terms);
    let hashes = read_part(archive, filed.hashes, hash_bytes, filed.seals[0])?;
    let rest = read_part(archive, filed.rest, rest_bytes, filed.seals[1])?;
    Some(record::terms(&hashes, &rest))
}

/// The signature of a record; none if it is not as it was written.
fn read_signature(archive: &dyn Archive, filed: &Filed) -> Option<Vec<(u64, u16)>> {
    let bytes = read_part(archive, filed.signature, filed.signature_terms as usize * 8, filed.seals[2])?;
    Some(record::signature(&bytes).collect())
}

fn read_part(archive: &dyn Archive, at: u64, len: usize, seal: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; len];
    (archive.read(at, &mut bytes) && record::seal(&bytes) == seal).then_some(bytes)
}

/// Puts records away, the same parts of all beside each other; `add` tells where bytes went.
///
/// `together` is memory for what is added at once, to be used again: it is larger than an allocator keeps at hand.
fn file(records: &[Record], together: &mut Vec<u8>, add: &dyn Fn(&[u8]) -> Option<u64>) -> Option<Vec<Filed>> {
    let mut add = |part: fn(&Record) -> &[u8]| {
        together.clear();
        for record in records {
            together.extend_from_slice(part(record));
        }
        add(together)
    };
    let mut at = [add(|record| &record.hashes)?, add(|record| &record.signature)?, add(|record| &record.rest)?];
    let filed = |record: &Record| {
        let parts = [&record.hashes, &record.signature, &record.rest];
        let count =
            |bytes: usize, each: usize| u32::try_from(bytes / each).expect("an article has fewer terms than that");
        let (hash_bytes, _) = record::part_lens(1);
        let filed = Filed {
            hashes: at[0],
            signature: at[1],
            rest: at[2],
            terms: count(record.hashes.len(), hash_bytes),
            signature_terms: count(record.signature.len(), 8),
            label_terms: 0,
            seals: [record::seal(&record.hashes), record::seal(&record.rest), record::seal(&record.signature)],
        };
        at.iter_mut().zip(parts).for_each(|(at, part)| *at += part.len() as u64);
        filed
    };
    Some(records.iter().map(filed).collect())
}

impl Filed {
    /// How many bytes of the archive it stands for.
    fn len_bytes(&self) -> u64 {
        let (hashes, rest) = record::part_lens(self.terms);
        (hashes + rest) as u64 + u64::from(self.signature_terms) * 8
    }

    fn hash_span(&self, id: StoryId) -> Span {
        let (len, _) = record::part_lens(self.terms);
        Span { text: text(id), at: self.hashes, len, seal: self.seals[0] }
    }

    fn signature_span(&self, id: StoryId) -> Span {
        let len = self.signature_terms as usize * 8;
        Span { text: text(id), at: self.signature, len, seal: self.seals[2] }
    }
}

fn text(id: StoryId) -> u32 {
    u32::try_from(id.index()).expect("a site has fewer stories than that")
}

impl Ground {
    /// The ground of a list that was just made.
    fn of(index: &SiteIndex, texts: &Texts, id: StoryId, made: &Made) -> Self {
        let mut ground = Self { compared: [NOBODY; COMPARED], least_promise: 0, last_of_best: 0, read: 0, flags: 0 };
        if made.has_tried_section {
            ground.flags |= Self::TRIED_SECTION;
        }
        let is_page = |id: StoryId| id.index() >= index.article_count;
        if made.related.iter().any(|related| related.reason == Reason::Pin && is_page(related.story)) {
            ground.flags |= Self::HOLDS_PAGE;
        }
        if let Some(evidence) = &made.evidence {
            ground.flags |= Self::SEARCHED;
            if evidence.has_passed_over {
                ground.flags |= Self::PASSED_OVER;
            }
            (ground.least_promise, ground.last_of_best) = (evidence.least_promise, evidence.last_of_best);
            ground.read = evidence.read;
            for (compared, place) in ground.compared.iter_mut().zip(&evidence.compared) {
                *compared = text(texts.story(id, *place));
            }
        }
        ground
    }
}

impl Step<'_> {
    fn update(&self) -> Result<Outcome, load::Error> {
        let count = self.now.traits.len();
        if self.kept.settings != self.now.settings || self.is_spread_out() {
            return Ok(Outcome::TooMuch);
        }
        let changes = match Changes::of(self)? {
            Ok(changes) => changes,
            Err(outcome) => return Ok(outcome),
        };
        if changes.texts.len() * CHANGED > count + CHANGED {
            return Ok(Outcome::TooMuch);
        }
        let Some(affected) = affected::lists(self, &changes) else { return Ok(Outcome::Damaged) };
        if affected.lists.len() * REMADE > count + REMADE {
            return Ok(Outcome::TooMuch);
        }
        let Some(partial) = partial::make(self, &changes, &affected) else { return Ok(Outcome::Damaged) };
        let Some(partial::Partial { made, read }) = partial else { return Ok(Outcome::TooMuch) };
        let making = Making::Updated { made: made.len(), read };
        let Some((kept, is_whole)) = self.joined(&changes, &affected, made) else { return Ok(Outcome::Damaged) };
        let diagnostics = self.texts.diagnostics.clone();
        let lists = Lists::from(kept.articles.iter().map(|article| &article.list), diagnostics);
        let state = is_whole.then(|| kept.write());
        Ok(Outcome::Updated(Box::new(Renewed { lists, state, making })))
    }

    /// Whether too much of the archive is no longer in use.
    fn is_spread_out(&self) -> bool {
        let used: u64 = self.kept.articles.iter().map(|article| article.filed.len_bytes()).sum();
        let added = self.archive.len_bytes();
        added > SMALL_BYTES && used * 100 < added * USED_PERCENT
    }

    /// The lists of the last build with those that were made, and all that is to be kept beside them; and whether it was.
    fn joined(
        &self,
        changes: &Changes,
        affected: &affected::Affected,
        made: Vec<(StoryId, Made)>,
    ) -> Option<(Kept, bool)> {
        let records: Vec<Record> = changes.texts.values().map(changes::Text::record).collect();
        let filed = file(&records, &mut Vec::new(), &|bytes| self.archive.add(bytes));
        let mut filed: BTreeMap<StoryId, Filed> =
            changes.texts.keys().copied().zip(filed.iter().flatten().copied()).collect();
        let is_kept = filed.len() == changes.texts.len();
        for (id, filed) in &mut filed {
            filed.label_terms = u32::try_from(Sources::label_terms(self.index, *id)).ok()?;
        }
        let mut made: BTreeMap<StoryId, Made> = made.into_iter().collect();
        let mut articles = Vec::with_capacity(self.now.traits.len());
        let is = |old: u32| self.then.is.get(old as usize).copied().flatten();
        for id in self.index.articles() {
            let was = self.then.was(self.kept, id);
            let (ground, list) = match (made.remove(&id), was) {
                (Some(made), _) => (Ground::of(self.index, self.texts, id, &made), made.related),
                (None, Some(was)) => {
                    let mut ground = was.ground;
                    for compared in ground.compared.iter_mut().take_while(|compared| **compared != NOBODY) {
                        *compared = text(is(*compared)?);
                    }
                    ground.read = affected.reads.get(&id).copied().unwrap_or(ground.read);
                    let mut list = was.list.clone();
                    for related in &mut list {
                        related.story = is(text(related.story))?;
                    }
                    (ground, list)
                }
                (None, None) => return None,
            };
            let article = &self.index.story(id).article;
            let changed = changes.texts.get(&id);
            articles.push(KeptArticle {
                date: article.matter().date.map_or(0, |date| date.at.as_second()),
                path: article.path().as_str().into(),
                language: u32::try_from(self.texts.places[id.index()].0).ok()?,
                traits: self.now.traits[id.index()],
                pairs: changed.map_or_else(|| was.map(|was| was.pairs), |text| Some(text.pairs))?,
                filed: match (filed.get(&id), was) {
                    (Some(filed), _) => *filed,
                    (None, Some(was)) => was.filed,
                    (None, None) => Filed::default(),
                },
                ground,
                list,
            });
        }
        let languages = self.texts.languages.clone();
        Some((Kept { settings: self.now.settings, languages, articles }, is_kept))
    }

    /// How much the days between two stories of a collection leave of their likeness.
    fn closeness(&self, collection: usize, a: u32, b: u32) -> u64 {
        let day = |place: u32| day(self.index.story(self.texts.members[collection][place as usize]));
        closeness(day(a).abs_diff(day(b)), self.index.config.related.half_life_days)
    }

    /// How much a term weighs in a collection for being rare, if that is as it was; none if all of its terms weigh otherwise now.
    fn rarity(&self, collection: usize) -> Option<Rarity> {
        let then = |article: &&KeptArticle| self.then.languages[article.language as usize] == Some(collection);
        let then = Rarity::among(self.kept.articles.iter().filter(then).count());
        (then == Rarity::among(self.texts.members[collection].len())).then_some(then)
    }
}

/// The collection of each article, and its place there.
fn place(texts: &Texts, id: StoryId) -> (usize, u32) {
    texts.places[id.index()]
}

/// Terms with their weights, as a signature has them.
fn as_weighed(signature: &[(u64, u16)]) -> Vec<Weighed> {
    signature.iter().map(|(hash, weight)| Weighed { hash: *hash, weight: *weight, place: Place::default() }).collect()
}
