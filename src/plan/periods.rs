//! The calendar's cuts of a list.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::UrlPath;
use crate::relate::{SiteIndex, StoryId};

/// A year above this many stories is cut by month.
const MOST_IN_A_YEAR: usize = 200;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Which part.
    pub period: Period,
    /// Its stories, as a range of the list.
    pub range: Range<usize>,
}

/// What a part of a list covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Period {
    /// The newest stories: the list's first page.
    Newest,
    /// A year.
    Year(i16),
    /// A month.
    Month(i16, i8),
}

impl Period {
    /// Its address, below that of the list.
    pub fn url(self, list: &UrlPath) -> UrlPath {
        let below = match self {
            Self::Newest => String::new(),
            Self::Year(year) => format!("{year:04}/"),
            Self::Month(year, month) => format!("{year:04}/{month:02}/"),
        };
        UrlPath::parse(&format!("{}{below}", list.as_str())).expect("digits are a safe path")
    }
}

/// The months of a list, newest first.
pub(super) fn by_month(index: &SiteIndex, stories: &[StoryId]) -> Vec<Cut> {
    cuts(index, stories, 0..stories.len(), |(year, month)| Period::Month(year, month))
}

/// The years of a list, newest first; a year with many stories in months.
pub(super) fn by_year(index: &SiteIndex, stories: &[StoryId]) -> Vec<Cut> {
    let years = cuts(index, stories, 0..stories.len(), |(year, _)| Period::Year(year));
    let months = |range| cuts(index, stories, range, |(year, month)| Period::Month(year, month));
    years
        .into_iter()
        .flat_map(|cut| if cut.range.len() > MOST_IN_A_YEAR { months(cut.range) } else { vec![cut] })
        .collect()
}

/// Cuts a stretch of a list, which is sorted by date, wherever the period changes.
fn cuts(
    index: &SiteIndex,
    stories: &[StoryId],
    within: Range<usize>,
    period: impl Fn((i16, i8)) -> Period,
) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    for at in within {
        let Some((year, month, _)) = index.day_of(stories[at]) else { continue };
        let period = period((year, month));
        match cuts.last_mut() {
            Some(last) if last.period == period => last.range.end = at + 1,
            _ => cuts.push(Cut { period, range: at..at + 1 }),
        }
    }
    cuts
}
