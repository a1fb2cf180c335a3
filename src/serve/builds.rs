//! Brings what is shown up to date, one change after the other, and makes the result known.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    time::Duration,
};

use tokio::sync::watch;

use super::{Event, Outcome, pages::Pages};
use crate::pipeline::preview::Changed;

/// What there is to show at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Edition {
    /// Counts the editions, from 1; 0 if there is none yet.
    number: u64,
    /// The files that may be asked for.
    pub(super) pages: Option<Arc<dyn Pages>>,
    /// What is wrong with the site as it is now, if anything is.
    pub(super) report: Option<Arc<str>>,
    /// Whether that is a page of it which cannot be made.
    is_of_page: bool,
}

impl Edition {
    /// Whether there is anything to tell yet.
    pub(super) fn is_known(&self) -> bool {
        self.pages.is_some() || self.report.is_some()
    }

    /// A name that no other edition has, in this start of the server or another.
    pub(super) fn name(&self, token: &str) -> String {
        format!("{token}-{}", self.number)
    }

    /// Notes that a page of this edition cannot be made; tells whether that is news.
    pub(super) fn fails(&mut self, number: u64, report: &str) -> bool {
        let is_news = self.number == number && self.report.as_deref() != Some(report);
        if is_news {
            (self.report, self.is_of_page) = (Some(report.into()), true);
        }
        is_news
    }

    /// Its number.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    fn after(&self, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Built { pages, is_new, .. } => {
                let number = self.number + u64::from(is_new || self.number == 0);
                // Where nothing is new, what is wrong with a page stays wrong.
                let report = self.report.clone().filter(|_| self.is_of_page && !is_new);
                Self { number, pages: Some(pages), is_of_page: report.is_some(), report }
            }
            Outcome::Failed { report } => Self { report: Some(report.into()), is_of_page: false, ..self.clone() },
        }
    }
}

/// Builds each time that something changes, and when the last build asked for it, until nobody can tell of changes any more.
pub(super) fn run(
    changes: &mpsc::Receiver<Changed>,
    editions: &watch::Sender<Edition>,
    mut build: impl FnMut(&Changed) -> Outcome,
    announce: &impl Fn(Event),
) {
    // What a build has failed on is still to be shown, whatever changes next.
    let mut owed = Changed::default();
    let mut pause = None;
    while let Some(mut changed) = next(changes, pause) {
        if editions.borrow().is_known() && !changed.is_nothing() {
            announce(Event::Building);
        }
        changed.join(std::mem::take(&mut owed));
        // What a panic has left behind does no harm: the next build after it reads everything anew. Other pages can still be read meanwhile.
        let outcome = catch_unwind(AssertUnwindSafe(|| build(&changed))).unwrap_or_else(|_| {
            changed = Changed::anything();
            Outcome::Failed {
                report: "Letterpress itself made a mistake, and this build stopped.\nThe terminal shows where; please report it.\n"
                    .to_owned(),
            }
        });
        // That it was time to look, and nothing is new, is nothing to tell: what is wrong with a page stays wrong.
        if let Outcome::Built { is_new: false, look_again, .. } = outcome
            && changed.is_nothing()
        {
            pause = look_again;
            continue;
        }
        let event = match &outcome {
            Outcome::Built { is_new, look_again, .. } => {
                pause = *look_again;
                Event::Built { is_new: *is_new }
            }
            Outcome::Failed { .. } => {
                (owed, pause) = (changed, None);
                Event::Failed
            }
        };
        let edition = editions.borrow().after(outcome);
        editions.send_replace(edition);
        announce(event);
    }
}

/// What has changed since the last build; nothing if it is time for another one all the same. None when all is over.
fn next(changes: &mpsc::Receiver<Changed>, pause: Option<Duration>) -> Option<Changed> {
    let mut changed = match pause {
        None => changes.recv().ok()?,
        Some(pause) => match changes.recv_timeout(pause) {
            Ok(changed) => changed,
            Err(mpsc::RecvTimeoutError::Timeout) => Changed::default(),
            Err(mpsc::RecvTimeoutError::Disconnected) => return None,
        },
    };
    for more in changes.try_iter() {
        changed.join(more);
    }
    Some(changed)
}
