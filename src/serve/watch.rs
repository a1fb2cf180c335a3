//! Tells when a watched file has changed: at once where the system says so, within a few seconds where it does not.
//!
//! The system's events are hints. They get lost (a full queue, a folder that was made and filled at once, a network or container mount) and they lie (a file
//! that was only opened). So each hint is checked against the stamps, and every two seconds all stamps are looked at without any hint.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use notify::{
    Config, ErrorKind, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode, ModifyKind, RenameMode},
};

use super::{
    Error, Event, Options,
    stamps::{Scope, Stamps},
};
use crate::pipeline::preview::Changed;

/// Where to look.
#[derive(Debug)]
pub(super) enum Hint {
    /// At these files and folders.
    At(Vec<PathBuf>),
    /// At this file, of which the writer has let go.
    Saved(PathBuf),
    /// At everything: the system lost count.
    Everywhere,
    /// At everything from now on: the system gave up.
    Blind(String),
    /// Nowhere any more.
    Stop,
}

/// How long a program takes from its first write of a file to its last, and how often so long is waited for that. An editor's save ends in the time of
/// the first; what has not ended after the last is waited for until it is quiet.
const SAVING: Duration = Duration::from_millis(1);
const SAVE_TURNS: usize = 10;

/// How long it must be quiet after any other change: to move a file is several events.
const QUIET: Duration = Duration::from_millis(50);

/// How often to wait for quiet before building anyway, so that a long copy shows its progress.
const MAX_QUIET_TURNS: usize = 20;

/// How often everything is looked at.
const SWEEP_EVERY: Duration = Duration::from_secs(2);

/// What is added to that for each watched file, so that sweeping takes a twentieth of a processor at most: 100,000 files took
/// 0.3 s, optimised, on a busy machine (the processor time of an idle preview, over thirty seconds).
const SWEEP_PAUSE_PER_FILE: Duration = Duration::from_micros(80);

/// Watches the files of a site.
#[derive(Debug)]
pub(super) struct Watcher {
    scope: Scope,
    sender: Sender<Hint>,
    hints: Receiver<Hint>,
}

impl Watcher {
    /// Finds out what there is to watch; `sender` and `hints` are the two ends of the channel that the system's events and the order to stop come through.
    pub(super) fn new(options: &Options, sender: Sender<Hint>, hints: Receiver<Hint>) -> Result<Self, Error> {
        let root = options.root.canonicalize().map_err(|error| Error::Root(options.root.clone(), error))?;
        let tops = options.watch.iter().map(|path| absolute(&root, path)).collect();
        Ok(Self { scope: Scope { root, tops }, sender, hints })
    }

    /// Tells that everything has changed, and then of each change.
    pub(super) fn run(&mut self, change: &Sender<Changed>, announce: &impl Fn(Event)) {
        let (mut system, mut stamps) = thread::scope(|scope| {
            let system = scope.spawn(|| System::start(&self.scope, &self.sender));
            // Stamps come before the first build: of what is saved later, the system may tell later still, and stamps that know it already would hide it.
            let stamps = Stamps::new(self.scope.clone());
            // Whoever listens is gone when the server ends, as the loop below will find.
            let _ = change.send(Changed::anything());
            (system.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), stamps)
        });
        // Before it listened, the system told of nothing.
        let mut changed = Changed { files: stamps.look_everywhere().into_iter().collect(), anything: false };
        let mut blind = None;
        let mut is_blind = false;
        loop {
            // Whoever listens is gone when the server ends.
            if !changed.is_nothing() && change.send(changed).is_err() {
                return;
            }
            if let Some(reason) = blind.take().filter(|_| !is_blind) {
                is_blind = true;
                announce(Event::Polling { reason });
            }
            let pause = SWEEP_PAUSE_PER_FILE.saturating_mul(u32::try_from(stamps.len()).unwrap_or(u32::MAX));
            let mut anything = false;
            let files = match self.hints.recv_timeout(SWEEP_EVERY.saturating_add(pause)) {
                Err(RecvTimeoutError::Timeout) => stamps.look_everywhere(),
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(first) => match self.settle(first) {
                    None => return,
                    Some(asked) => {
                        // A watched folder that is made, or put in the place of another, must be watched anew.
                        for top in self.scope.tops.iter().filter(|top| asked.at.contains(*top)) {
                            system.watch_top(top, &self.sender);
                            // Its files may have been gone for a moment, and be as they were.
                            anything = true;
                        }
                        let files = if asked.everywhere {
                            stamps.look_everywhere()
                        } else {
                            // Each is looked at, whatever the ones before it say: what is not looked at now would count as a change later.
                            asked.at.iter().flat_map(|path| stamps.look_at(path)).collect()
                        };
                        blind = asked.blind;
                        files
                    }
                },
            };
            changed = Changed { files: files.into_iter().collect(), anything };
        }
    }

    /// Collects hints until every file that is being written is saved, or until none come for a moment; nothing if one is to stop.
    fn settle(&self, first: Hint) -> Option<Asked> {
        let mut asked = Asked::default();
        asked.add(first, &self.scope)?;
        for _ in 0..SAVE_TURNS {
            for hint in self.hints.try_iter() {
                asked.add(hint, &self.scope)?;
            }
            if asked.is_settled() {
                return Some(asked);
            }
            thread::sleep(SAVING);
        }
        for _ in 0..MAX_QUIET_TURNS {
            thread::sleep(QUIET);
            let mut is_quiet = true;
            for hint in self.hints.try_iter() {
                is_quiet = false;
                asked.add(hint, &self.scope)?;
            }
            if is_quiet {
                break;
            }
        }
        Some(asked)
    }
}

/// A path without links above its last part, which need not exist.
fn absolute(root: &Path, path: &Path) -> PathBuf {
    let path = root.join(path);
    let parts = path.parent().and_then(|parent| parent.canonicalize().ok()).zip(path.file_name());
    parts.map_or(path.clone(), |(parent, name)| parent.join(name))
}

/// Where several hints say to look.
#[derive(Debug, Default)]
struct Asked {
    at: BTreeSet<PathBuf>,
    /// Those of them that may be half written.
    open: BTreeSet<PathBuf>,
    everywhere: bool,
    blind: Option<String>,
}

impl Asked {
    fn add(&mut self, hint: Hint, scope: &Scope) -> Option<()> {
        match hint {
            Hint::At(paths) => {
                for path in paths.into_iter().filter(|path| scope.covers(path)) {
                    self.open.insert(path.clone());
                    self.at.insert(path);
                }
            }
            Hint::Saved(path) if scope.covers(&path) => {
                self.open.remove(&path);
                self.at.insert(path);
            }
            Hint::Saved(_) => {}
            Hint::Everywhere => self.everywhere = true,
            Hint::Blind(reason) => {
                self.everywhere = true;
                self.blind = Some(reason);
            }
            Hint::Stop => return None,
        }
        Some(())
    }

    fn is_settled(&self) -> bool {
        self.open.is_empty() && !self.everywhere
    }
}

/// The system's own watcher, as far as it works.
#[derive(Debug)]
struct System(Option<RecommendedWatcher>);

impl System {
    fn start(scope: &Scope, hints: &Sender<Hint>) -> Self {
        let sender = hints.clone();
        let listen = move |event| {
            // Nobody listens any more when the server ends.
            if let Some(hint) = hint(event) {
                let _ = sender.send(hint);
            }
        };
        // Linked folders are left to the sweep: following them here could mean to watch a whole disk.
        match RecommendedWatcher::new(listen, Config::default().with_follow_symlinks(false)) {
            Err(error) => {
                let _ = hints.send(Hint::Blind(reason(&error)));
                Self(None)
            }
            Ok(watcher) => {
                let mut system = Self(Some(watcher));
                // A file is watched through its folder, as editors save by putting another file in its place; so is what does not exist yet.
                let parents: BTreeSet<_> = scope.tops.iter().filter_map(|top| top.parent()).collect();
                for parent in parents {
                    system.watch(parent, RecursiveMode::NonRecursive, hints);
                }
                for top in &scope.tops {
                    system.watch_top(top, hints);
                }
                system
            }
        }
    }

    fn watch_top(&mut self, top: &Path, hints: &Sender<Hint>) {
        if let Some(watcher) = &mut self.0 {
            // What is not watched can't be unwatched, which is what we want.
            let _ = watcher.unwatch(top);
        }
        if top.is_dir() {
            self.watch(top, RecursiveMode::Recursive, hints);
        }
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode, hints: &Sender<Hint>) {
        let Some(watcher) = &mut self.0 else { return };
        match watcher.watch(path, mode) {
            Err(error) if !is_absence(&error) => {
                // Half a watcher would only be mistaken for a whole one.
                self.0 = None;
                let _ = hints.send(Hint::Blind(reason(&error)));
            }
            _ => {}
        }
    }
}

/// What an event of the system says about where to look.
fn hint(event: notify::Result<notify::Event>) -> Option<Hint> {
    match event {
        Ok(event) if event.need_rescan() => Some(Hint::Everywhere),
        // Reading is no change, and a build reads a lot.
        Ok(event) => match event.kind {
            EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write) => None,
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Name(RenameMode::To)) if event.paths.len() == 1 => {
                event.paths.into_iter().next().map(Hint::Saved)
            }
            _ if event.paths.is_empty() => Some(Hint::Everywhere),
            _ => Some(Hint::At(event.paths)),
        },
        Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => Some(Hint::Blind(reason(&error))),
        Err(_) => Some(Hint::Everywhere),
    }
}

/// Whether a path could not be watched because it is not, or no longer, there.
fn is_absence(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

fn reason(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "the system's limit of watched folders is reached".to_owned(),
        ErrorKind::Io(error) => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_lowercase()
        }
        _ => "the system's watcher does not work here".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use notify::{Event as Told, event::Flag};

    use super::*;

    #[test]
    fn what_the_system_tells_is_where_to_look() {
        let check = |told: notify::Result<Told>, expected: &str| {
            let shown = hint(told).map_or("nowhere".to_owned(), |hint| format!("{hint:?}"));
            assert_eq!(shown, expected);
        };
        let at = |kind: EventKind| Ok(Told::new(kind).add_path(PathBuf::from("/a")));
        check(at(EventKind::Modify(ModifyKind::Any)), "At([\"/a\"])");
        check(at(EventKind::Access(AccessKind::Close(AccessMode::Write))), "Saved(\"/a\")");
        check(at(EventKind::Modify(ModifyKind::Name(RenameMode::To))), "Saved(\"/a\")");
        check(at(EventKind::Modify(ModifyKind::Name(RenameMode::From))), "At([\"/a\"])");
        check(at(EventKind::Access(AccessKind::Open(AccessMode::Any))), "nowhere");
        check(at(EventKind::Access(AccessKind::Close(AccessMode::Read))), "nowhere");
        check(Ok(Told::new(EventKind::Other).set_flag(Flag::Rescan)), "Everywhere");
        check(Ok(Told::new(EventKind::Any)), "Everywhere");
        check(Err(notify::Error::generic("lost")), "Everywhere");
        check(
            Err(notify::Error::new(ErrorKind::MaxFilesWatch)),
            "Blind(\"the system's limit of watched folders is reached\")",
        );
    }
}
