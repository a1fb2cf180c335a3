//! Runs the build, one at a time, and makes its result known.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, mpsc},
};

use tokio::sync::watch;

use super::{Event, Outcome, published::Listing};

/// What there is to show at one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Edition {
    /// Counts the builds that changed something, from 1; 0 if none did.
    number: u64,
    /// The files that may be asked for.
    pub(super) files: Arc<Listing>,
    /// Why the last build failed, if it did.
    pub(super) report: Option<Arc<str>>,
}

impl Edition {
    /// Whether a build has ended yet.
    pub(super) fn is_known(&self) -> bool {
        self.number > 0 || self.report.is_some()
    }

    /// A name that no other edition has, in this start of the server or another.
    pub(super) fn name(&self, token: &str) -> String {
        format!("{token}-{}", self.number)
    }

    fn after(&self, outcome: &Outcome, public: &Path) -> Self {
        match outcome {
            Outcome::Built { changed: false } if self.number > 0 => Self { report: None, ..self.clone() },
            Outcome::Built { .. } => {
                Self { number: self.number + 1, files: Arc::new(Listing::of(public)), report: None }
            }
            Outcome::Failed { report } => {
                // What an earlier run has published is the last good edition, until there is a better one.
                let files = if self.is_known() { Arc::clone(&self.files) } else { Arc::new(Listing::of(public)) };
                Self { number: self.number, files, report: Some(report.as_str().into()) }
            }
        }
    }
}

/// Builds each time it is asked to, until nobody can ask any more.
pub(super) fn run(
    changes: &mpsc::Receiver<()>,
    public: &Path,
    editions: &watch::Sender<Edition>,
    mut build: impl FnMut() -> Outcome,
    announce: &impl Fn(Event),
) {
    for (turn, ()) in changes.iter().enumerate() {
        if turn > 0 {
            announce(Event::Building);
        }
        // The next build reads everything anew, so what a panic has left behind does no harm; the site's other pages can still be read meanwhile.
        let outcome = catch_unwind(AssertUnwindSafe(&mut build)).unwrap_or_else(|_| Outcome::Failed {
            report: "Letterpress itself made a mistake, and this build stopped.\nThe terminal shows where; please report it.\n"
                .to_owned(),
        });
        let edition = editions.borrow().after(&outcome, public);
        editions.send_replace(edition);
        announce(Event::Ended(outcome));
    }
}
