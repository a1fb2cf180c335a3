//! How well automatic lists find what editors chose themselves: on a newsroom's own archive, beside simpler ways.
//!
//! What editors chose are their pins and the links in their texts from one article to another; each counts for both of the two. No list here is made from them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{Destination, Found, Scratch, SiteIndex, StoryId, texts::Texts};
use crate::model::Taxonomy;

/// How many places of a list count.
const PLACES: usize = 5;

/// What a site's editors chose, and how much of it each way of making lists finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// How many articles there are.
    pub articles: usize,
    /// How many of them editors joined with another.
    pub queries: usize,
    /// How many pairs they joined.
    pub pairs: usize,
    /// The ways, ours first.
    pub ways: Vec<(Way, Quality)>,
}

/// A way of making lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By text, as in this site's pages.
    Text,
    /// By the share of labels (tags, people, organisations, places) that two have in common, the newest first.
    Labels,
    /// As Hugo does by default, on tags and date.
    Hugo,
    /// The newest of the section.
    Newest,
}

impl Way {
    const ALL: [Self; 4] = [Self::Text, Self::Labels, Self::Hugo, Self::Newest];

    /// The word for it in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Labels => "shared-tags",
            Self::Hugo => "hugo",
            Self::Newest => "newest-in-section",
        }
    }
}

/// How good lists of five are, from 0 to 1: means over all articles that editors joined with another.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Quality {
    /// How far up in the list the right ones stand: 1 if all that can stand in it are on top.
    pub ndcg: f64,
    /// Which part of the right ones are in the list.
    pub recall: f64,
}

/// Measures every way on what editors joined.
pub fn measure(index: &SiteIndex, texts: &Texts) -> Findings {
    let chosen = chosen(index);
    let mut scratch = Scratch::default();
    let mut ways = Vec::with_capacity(Way::ALL.len());
    for way in Way::ALL {
        let mut sum = Quality::default();
        for (id, right) in &chosen {
            let list = match way {
                Way::Text => texts.nearest(index, *id, PLACES, &mut scratch).into_iter().map(|(id, _)| id).collect(),
                Way::Labels => by_labels(index, *id),
                Way::Hugo => by_hugo(index, *id),
                Way::Newest => newest(index, *id),
            };
            let quality = quality(&list, right);
            sum.ndcg += quality.ndcg;
            sum.recall += quality.recall;
        }
        #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
        let count = chosen.len().max(1) as f64;
        ways.push((way, Quality { ndcg: sum.ndcg / count, recall: sum.recall / count }));
    }
    let pairs = chosen.values().map(BTreeSet::len).sum::<usize>() / 2;
    Findings { articles: index.articles().len(), queries: chosen.len(), pairs, ways }
}

/// The articles that editors joined with another, and with which.
fn chosen(index: &SiteIndex) -> BTreeMap<StoryId, BTreeSet<StoryId>> {
    let mut chosen: BTreeMap<StoryId, BTreeSet<StoryId>> = BTreeMap::new();
    for id in index.articles() {
        let source = &index.story(id).article.source;
        let pins = source.matter.related.iter().map(|pin| match index.find(&pin.text) {
            Found::Story(other) => Some(other),
            _ => None,
        });
        let links = source.outline.links.iter().map(|link| match index.destination(&source.path, link) {
            Destination::Story(other) => Some(other),
            _ => None,
        });
        for other in
            pins.chain(links).flatten().filter(|other| *other != id && index.story(*other).matter().date.is_some())
        {
            chosen.entry(id).or_default().insert(other);
            chosen.entry(other).or_default().insert(id);
        }
    }
    chosen
}

fn quality(list: &[StoryId], right: &BTreeSet<StoryId>) -> Quality {
    #[expect(clippy::cast_precision_loss, reason = "five places")]
    let gain = |place: usize| 1.0 / (place as f64 + 2.0).log2();
    let best: f64 = (0..right.len().min(PLACES)).map(gain).sum();
    let places = list.iter().take(PLACES).enumerate().filter(|(_, id)| right.contains(id)).map(|(place, _)| place);
    let found = places.clone().count();
    #[expect(clippy::cast_precision_loss, reason = "a share for people")]
    let recall = found as f64 / right.len() as f64;
    Quality { ndcg: places.map(gain).sum::<f64>() / best, recall }
}

fn newest(index: &SiteIndex, id: StoryId) -> Vec<StoryId> {
    let section = index.story(id).article.section.as_ref().and_then(|key| index.sections.get(key));
    let stories = section.map_or(&[][..], |section| &section.stories);
    stories.iter().copied().filter(|other| *other != id).take(PLACES).collect()
}

fn by_labels(index: &SiteIndex, id: StoryId) -> Vec<StoryId> {
    let mut shared: BTreeMap<StoryId, usize> = BTreeMap::new();
    for (taxonomy, slug) in index.story(id).labels() {
        let stories = index.terms.get(&(taxonomy, slug.clone())).map_or(&[][..], |term| &term.stories);
        for other in stories.iter().filter(|other| **other != id) {
            *shared.entry(*other).or_default() += 1;
        }
    }
    let own = index.story(id).labels().count();
    // Shares of 2^16, so that they are compared as whole numbers.
    let share = |other: StoryId, both: usize| (both << 16) / (own + index.story(other).labels().count() - both);
    let mut found: Vec<(Reverse<usize>, StoryId)> =
        shared.into_iter().map(|(other, both)| (Reverse(share(other, both)), other)).collect();
    found.sort_unstable();
    found.into_iter().take(PLACES).map(|(_, other)| other).collect()
}

/// Hugo's related content with its default settings: indices `keywords` (weight 100, which no article here has), `tags` (80) and `date` (10, by the year),
/// threshold 80, nothing newer. A match weighs the mean of the weights it was found by, spread over 0 to 100 between the least and the greatest weight, and must
/// reach the threshold divided by their number; the greatest sum comes first, then the newest.
///
/// Source: Hugo's documentation of related content, and its package `related`.
fn by_hugo(index: &SiteIndex, id: StoryId) -> Vec<StoryId> {
    const TAG: usize = 80;
    const DATE: usize = 10;
    const THRESHOLD: usize = 80;
    const LEAST: usize = 10;
    const RANGE: usize = 100 - LEAST;
    let date = |id: StoryId| index.story(id).matter().date.map(|date| date.at);
    let year = |id: StoryId| index.day_of(id).map(|(year, _, _)| year);
    let mut tagged: BTreeMap<StoryId, usize> = BTreeMap::new();
    for slug in index.story(id).terms.get(&Taxonomy::Tags).into_iter().flatten() {
        let stories = index.terms.get(&(Taxonomy::Tags, slug.clone())).map_or(&[][..], |term| &term.stories);
        for other in stories.iter().filter(|other| **other != id && date(**other) <= date(id)) {
            *tagged.entry(*other).or_default() += 1;
        }
    }
    let weighed = tagged.into_iter().filter_map(|(other, tags)| {
        let dates = usize::from(year(other) == year(id));
        let (weight, matches) = (tags * TAG + dates * DATE, tags + dates);
        let above = (weight / matches).saturating_sub(LEAST);
        let spread = (above * 200 + RANGE) / (2 * RANGE);
        // What is found by the year alone never reaches the threshold, and is not looked at.
        (spread >= THRESHOLD / matches).then_some((Reverse(weight), other))
    });
    let mut found: Vec<(Reverse<usize>, StoryId)> = weighed.collect();
    found.sort_unstable();
    found.into_iter().take(PLACES).map(|(_, other)| other).collect()
}
