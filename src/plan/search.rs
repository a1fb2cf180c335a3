//! The search index: which volumes the archive is bound in, and which files each has.
//!
//! Stories in the order of their dates are bound as the issues of a newspaper are. A volume ends before a story whose address has the least hash of all
//! around it; the larger the volume, the further around. So its ends stay where they are, whatever is published, edited or taken down elsewhere; one more
//! story touches the newest volume alone; and all of it depends on the stories that are out, not on what was built before. Cuts by the calendar were tried,
//! and so was one index for everything: the figures are in `docs/search.md`.

use std::ops::Range;

use super::{OutputKind, Plan, fixed};
use crate::{
    model::UrlPath,
    relate::{SiteIndex, StoryId},
};

/// Where volumes of each size end, the largest first: before a story of which no other has a lesser hash so far around it. The mean distance between two
/// such ends is twice as much. With it, the name of the one volume that ends at the last of them; of the largest size there are many.
const ENDS: [(usize, Option<&str>); 3] = [(8192, None), (1024, Some("older")), (32, Some("recent"))];

/// The name of the volume that has no end yet.
const NEWEST: &str = "newest";

/// How many bytes a file of words has, roughly: what a query loads more than it needs, for each volume and word.
const FILE_BYTES: usize = 4500;

/// The most files of words of the newest volume, nearly all of which change with every story that is published.
const MOST_FILES_OF_NEWEST: usize = 7;

/// How many stories a quire has, on the average: those whose words are read and written again for an edit of one.
const STORIES_A_QUIRE: u64 = 128;

/// How many stories a file of cards shows.
const CARDS_A_FILE: usize = 10;

/// The address of the search page.
pub const SEARCH: &str = "/search/";

/// A file of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchPart {
    /// The page.
    Page,
    /// The list of volumes.
    Volumes,
    /// What a volume holds, and in which of its files; by its number.
    Contents(usize),
    /// Words, with the stories that have them: a volume's file of that number.
    Words(usize, usize),
    /// What results show of stories: a volume's file of that number.
    Cards(usize, usize),
}

/// The archive as search has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// Every story that can be found, the oldest first.
    pub stories: Vec<StoryId>,
    /// The volumes, the oldest first.
    pub volumes: Vec<Volume>,
}

/// Stories that follow on each other, with an index of their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Volume {
    /// Its folder below `/search/`.
    pub name: String,
    /// Its stories, among all that can be found.
    pub range: Range<usize>,
    /// Parts of it, among its stories, whose words are gathered apart. As an end of a volume, that of a quire stays where it is.
    pub quires: Vec<Range<usize>>,
    /// How many files of words it has.
    pub word_files: usize,
}

impl Volume {
    /// How many files of cards it has.
    pub fn card_files(&self) -> usize {
        self.range.len().div_ceil(CARDS_A_FILE)
    }

    /// The address of one of its files.
    fn url(&self, file: &str) -> UrlPath {
        fixed(&format!("{SEARCH}{}/{file}", self.name))
    }
}

impl Search {
    /// Binds the stories of a site.
    pub(super) fn of(index: &SiteIndex) -> Self {
        let found = index.articles().filter(|id| index.story(*id).matter().is_indexed());
        let mut stories: Vec<StoryId> = found.collect();
        stories.reverse();
        let hashes: Vec<u64> = stories.iter().map(|id| hash(&index.story(*id).permalink)).collect();
        let volume = |name: String, range: Range<usize>, most_files: usize| {
            let words: usize = stories[range.clone()].iter().map(|id| words(index, *id)).sum();
            let word_files = (len_bytes(words) / FILE_BYTES).clamp(1, most_files);
            Volume { name, word_files, quires: quires(&hashes[range.clone()]), range }
        };
        let volumes = bound(&hashes).into_iter().map(|(name, range)| {
            let most_files = if name == NEWEST { MOST_FILES_OF_NEWEST } else { usize::MAX };
            volume(name, range, most_files)
        });
        Self { volumes: volumes.collect(), stories }
    }

    /// The stories of a volume, the oldest first.
    pub fn of_volume(&self, volume: usize) -> &[StoryId] {
        &self.stories[self.volumes[volume].range.clone()]
    }

    /// The first story of each quire of each volume.
    pub fn first_of_quires(&self) -> impl Iterator<Item = StoryId> {
        self.volumes
            .iter()
            .flat_map(|volume| volume.quires.iter().map(|quire| self.stories[volume.range.start + quire.start]))
    }

    /// The stories of a volume that are shown by its file of cards of this number, the oldest first; none if there is no such file.
    pub fn shown(&self, volume: usize, file: usize) -> &[StoryId] {
        self.of_volume(volume).chunks(CARDS_A_FILE).nth(file).unwrap_or_default()
    }

    /// The number of a volume.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.volumes.iter().position(|volume| volume.name == name)
    }
}

impl Plan {
    /// Adds the search page and its index, if the site has them.
    pub(super) fn add_search(&mut self, index: &SiteIndex) {
        if !index.config.search {
            return;
        }
        let search = Search::of(index);
        self.add(fixed(SEARCH), OutputKind::Search(SearchPart::Page), None);
        self.add(fixed(&format!("{SEARCH}volumes.json")), OutputKind::Search(SearchPart::Volumes), None);
        for (at, volume) in search.volumes.iter().enumerate() {
            self.add(volume.url("contents.bin"), OutputKind::Search(SearchPart::Contents(at)), None);
            for file in 0..volume.word_files {
                self.add(volume.url(&format!("w{file}.bin")), OutputKind::Search(SearchPart::Words(at, file)), None);
            }
            for file in 0..volume.card_files() {
                self.add(volume.url(&format!("c{file}.json")), OutputKind::Search(SearchPart::Cards(at, file)), None);
            }
        }
        self.search = search;
    }
}

/// Where volumes begin and end, the oldest first, with the name of each.
fn bound(hashes: &[u64]) -> Vec<(String, Range<usize>)> {
    let mut volumes: Vec<(String, Range<usize>)> = Vec::new();
    let mut start = 0;
    for (reach, name) in ENDS {
        let mut ends: Vec<usize> = (start + 1..hashes.len()).filter(|at| is_least(hashes, *at, reach)).collect();
        if name.is_some() {
            ends.drain(..ends.len().saturating_sub(1));
        }
        for end in ends {
            let name = name.map_or_else(|| format!("bound-{:08x}", hashes[start] >> 32), str::to_owned);
            volumes.push((name, start..end));
            start = end;
        }
    }
    if start < hashes.len() {
        volumes.push((NEWEST.to_owned(), start..hashes.len()));
    }
    volumes
}

/// The quires of a volume of stories with these hashes: one begins before each story with a hash of which one in so many has its like.
fn quires(hashes: &[u64]) -> Vec<Range<usize>> {
    let begins = |at: &usize| hashes[*at].is_multiple_of(STORIES_A_QUIRE);
    let ends = (1..hashes.len()).filter(begins).chain([hashes.len()]);
    let mut start = 0;
    ends.map(|end| std::mem::replace(&mut start, end)..end).collect()
}

/// Whether no story within reach on either side has a lesser hash, and there are so many on both.
fn is_least(hashes: &[u64], at: usize, reach: usize) -> bool {
    let own = hashes[at];
    at >= reach
        && at + reach < hashes.len()
        && hashes[at - reach..at].iter().rev().all(|other| *other > own)
        && hashes[at + 1..=at + reach].iter().all(|other| *other > own)
}

/// The hash of an address: the same on every machine and for ever.
fn hash(url: &UrlPath) -> u64 {
    let hash = blake3::hash(url.as_str().as_bytes());
    let (first, _) = hash.as_bytes().split_first_chunk().expect("a hash has 32 bytes");
    u64::from_be_bytes(*first)
}

/// How many bytes the words of a text take in all its files: about half a byte for each, and more for every new one, of which there are ever fewer.
fn len_bytes(words: usize) -> usize {
    words / 2 + 400 * words.isqrt()
}

/// How many words the text of a story has.
fn words(index: &SiteIndex, id: StoryId) -> usize {
    let article = &index.story(id).article;
    let entries = article.live.iter().flat_map(|live| &live.entries);
    article.source.outline.words + entries.map(|entry| entry.outline.words).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(count: usize) -> Vec<u64> {
        (0..count).map(|at| hash(&fixed(&format!("/story-{at}/")))).collect()
    }

    fn ends(hashes: &[u64]) -> Vec<(String, usize)> {
        bound(hashes).into_iter().map(|(name, range)| (name, range.end)).collect()
    }

    #[test]
    fn volumes_follow_on_each_other() {
        for count in [0, 1, 50, 65, 1000, 5000, 40_000] {
            let volumes = bound(&hashes(count));
            let mut start = 0;
            for (_, range) in &volumes {
                assert!(range.start == start && !range.is_empty(), "{count}: {volumes:?}");
                start = range.end;
            }
            assert_eq!(start, count, "{volumes:?}");
            assert!(volumes.last().is_none_or(|(name, _)| name == NEWEST), "{volumes:?}");
        }
    }

    #[test]
    fn quires_follow_on_each_other_and_stay_where_they_are() {
        let all = hashes(20_000);
        for volume in [0..1, 7..9000, 100..20_000] {
            let quires = quires(&all[volume.clone()]);
            let ends: Vec<usize> = quires.iter().map(|quire| quire.end).collect();
            let starts: Vec<usize> = quires.iter().map(|quire| quire.start).collect();
            assert_eq!([&[0], &ends[..ends.len() - 1]].concat(), starts);
            assert_eq!(ends.last(), Some(&volume.len()));
            assert!(quires.iter().all(|quire| !quire.is_empty()));
        }
        let count = quires(&all).len();
        assert!((100..220).contains(&count), "{count}");
        let mut fewer = all.clone();
        fewer.remove(9000);
        let (before, after) = (quires(&all), quires(&fewer));
        let same =
            before.iter().rev().zip(after.iter().rev()).take_while(|(before, after)| before.end == after.end + 1);
        assert!(before.len().abs_diff(after.len()) <= 1 && same.count() > 30);
    }

    #[test]
    fn small_sites_have_one_volume() {
        assert_eq!(ends(&hashes(64)), [("newest".to_owned(), 64)]);
        assert_eq!(ends(&[]), []);
    }

    #[test]
    fn one_more_story_touches_the_newest_volume_alone_nearly_always() {
        let all = hashes(20_000);
        let mut bindings = 0;
        for count in (10_000..20_000).step_by(37) {
            let (before, after) = (ends(&all[..count]), ends(&all[..=count]));
            let kept = before.len() == after.len()
                && before.iter().zip(&after).rev().skip(1).all(|(before, after)| before == after);
            bindings += usize::from(!kept);
        }
        // One end in 129 stories, on the average.
        assert!((1..=9).contains(&bindings), "{bindings} of 271");
    }

    #[test]
    fn a_story_taken_from_an_old_volume_moves_no_other() {
        let mut all = hashes(60_000);
        let before = bound(&all);
        let oldest = &before[0];
        assert!(oldest.0.starts_with("bound-"), "{oldest:?}");
        all.remove(oldest.1.len() / 2);
        let after = bound(&all);
        let names = |volumes: &[(String, Range<usize>)]| {
            volumes.iter().map(|(name, range)| (name.clone(), range.len())).collect::<Vec<_>>()
        };
        assert_eq!(names(&after)[1..], names(&before)[1..]);
        assert_eq!(after[0].1.len() + 1, before[0].1.len());
    }
}
