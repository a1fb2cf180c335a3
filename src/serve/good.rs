//! The last good bytes of the pages that were looked at last: what an editor sees who has just broken one.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// How many pages are kept.
const MOST_PAGES: usize = 64;

/// The most bytes of a page that is kept.
const MOST_BYTES: usize = 1024 * 1024;

/// Pages, the newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Good(Arc<Mutex<VecDeque<Kept>>>);

/// A page as it was answered with.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    name: String,
    /// Its bytes, without the preview's own.
    pub(super) html: Arc<[u8]>,
    /// What its ribbon said: a page that is not out never looks as if it were.
    pub(super) ribbon: Option<Arc<str>>,
}

impl Good {
    /// Keeps a page.
    pub(super) fn keep(&self, name: &str, html: &[u8], ribbon: Option<&str>) {
        if html.len() > MOST_BYTES {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|page| page.name != name);
        kept.push_front(Kept { name: name.to_owned(), html: html.into(), ribbon: ribbon.map(Into::into) });
        kept.truncate(MOST_PAGES);
    }

    /// A page as it was last, if it is kept.
    pub(super) fn last(&self, name: &str) -> Option<Kept> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|page| page.name == name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_pages_are_kept() {
        let good = Good::default();
        for number in 0..100 {
            good.keep(&format!("{}.html", number % 80), &[number], None);
        }
        let last = |name: &str| good.last(name).map(|page| page.html[0]);
        assert_eq!(
            (last("19.html"), last("79.html"), last("36.html"), last("20.html")),
            (Some(99), Some(79), Some(36), None)
        );
        good.keep("large.html", &vec![0; MOST_BYTES + 1], None);
        assert_eq!(last("large.html"), None);
    }
}
