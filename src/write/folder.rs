//! Opening an output folder: refusals, the lock, and the recovery of whatever a killed build left.

use std::{
    fs::{File, TryLockError},
    io::{Seek, Write},
    os::unix::fs::MetadataExt,
    path::Path,
    sync::atomic::AtomicUsize,
    time::Duration,
};

use super::{
    Error, Manifest, Method, Options, Row,
    disk::{self, Disk, Kind, Real, Stat},
    look::{Look, STAGE, State, Trust, hash_if, is_older},
    place::Place,
    record::{self, Found, Made, Record, Rung},
    spare::{self, Spare},
    switch, table,
};
use crate::model::OutPath;

/// How often a held lock is tried again.
const RETRY: Duration = Duration::from_millis(50);

/// An output folder, held by this build until it is dropped.
pub struct Folder {
    pub(super) disk: Box<dyn Disk>,
    pub(super) place: Place,
    pub(super) options: Options,
    pub(super) rung: Rung,
    /// The record of the tree at `public`; of no tree any more if `is_known` is false.
    pub(super) live: Option<Record>,
    /// Whether the record is of the very tree at `public`.
    pub(super) is_known: bool,
    /// Whether `manifest` is what the table of the record says.
    pub(super) is_recorded: bool,
    /// The tree that can be brought forward.
    pub(super) spare: Option<Spare>,
    /// Whether we ever published here, so that foreign files may be carried over.
    pub(super) is_ours: bool,
    pub(super) manifest: Manifest,
    /// What stands at `public`, and its root; none if there is no such folder.
    pub(super) root: Option<Stat>,
    pub(super) look: Look,
    pub(super) notes: Vec<String>,
    lock: Lock,
}

impl std::fmt::Debug for Folder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Folder").field("public", &self.place.public).finish_non_exhaustive()
    }
}

impl Folder {
    /// Opens the output folder `out` of the site in `site_root`: takes its lock, mends what a killed build left, and looks for foreign hands.
    ///
    /// Changes nothing in the published tree.
    ///
    /// # Errors
    /// [`Error::Refused`] for folders that someone would lose work in, and those that can't be published into as `options` ask;
    /// [`Error::Locked`] if another build holds the folder; [`Error::Disk`].
    pub fn open(out: &Path, site_root: &Path, options: Options) -> Result<Self, Error> {
        Self::open_on(Box::new(Real), out, site_root, options)
    }

    pub(super) fn open_on(disk: Box<dyn Disk>, out: &Path, site_root: &Path, options: Options) -> Result<Self, Error> {
        let place = Place::resolve(out, site_root, &options)?;
        disk::make_folders(&*disk, &place.parent).map_err(Error::disk("make the folder", &place.parent))?;
        let lock = Lock::take(&*disk, &place, options.wait)?;
        let mut folder = Self {
            disk,
            place,
            options,
            rung: Rung::Exchange,
            live: None,
            is_known: false,
            is_recorded: false,
            spare: None,
            is_ours: false,
            manifest: Manifest::default(),
            root: None,
            look: Look::default(),
            notes: Vec::new(),
            lock,
        };
        folder.recover()?;
        folder.root = folder.find_root()?;
        folder.rung = switch::choose(&folder)?;
        folder.look_over()?;
        folder.spare = spare::find(&folder)?;
        Ok(folder)
    }

    /// What we published, and what is live now but for what other hands did.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The row of a published file that is whole, so that [`Content::Published`](super::Content::Published) can carry it over.
    pub fn published(&self, path: &OutPath) -> Option<&Row> {
        let at = self.manifest.position(path.as_str().as_bytes())?;
        matches!(self.look.states[at], State::Whole(_)).then(|| &self.manifest.rows()[at])
    }

    /// The published files that are not as they were written: missing, edited or replaced. They have to be rendered.
    pub fn damaged(&self) -> impl Iterator<Item = &OutPath> {
        let rows = self.manifest.rows().iter().zip(&self.look.states);
        rows.filter(|(_, state)| !matches!(state, State::Whole(_))).map(|(row, _)| &row.path)
    }

    /// The number of the live edition; zero before the first. Another folder, or this one after it was made anew, has the same numbers.
    pub fn generation(&self) -> u64 {
        self.live.as_ref().map_or(0, |live| live.header.generation)
    }

    /// What tells the edition of the manifest from all others: whatever was learned about its outputs holds if it was learned with this seal.
    ///
    /// None before the first edition, and where it is not known which edition is live.
    pub fn seal(&self) -> Option<blake3::Hash> {
        self.live.as_ref().filter(|_| self.is_recorded).map(|live| live.seal)
    }

    /// When this build began, by the clock of the file system.
    pub(super) fn began_at(&self) -> disk::Time {
        self.lock.taken_at
    }

    pub(super) fn error(&self, doing: &'static str, name: &str) -> impl FnOnce(std::io::Error) -> Error + use<> {
        let path = self.place.own(name);
        move |error| Error::Disk { doing, path, error }
    }

    /// Brings the state to what the tree at `public` says: a switch that took place is finished, one that did not is forgotten.
    fn recover(&mut self) -> Result<(), Error> {
        let public = disk::identify(&self.place.public)?;
        let live = self.read_record("live")?;
        self.is_ours = !matches!(live, Found::Nothing);
        if matches!(live, Found::Broken) {
            self.notes.push(format!(
                "the record of {} is damaged: every file that differs from this edition is treated as someone else's",
                self.place.shown()
            ));
        }
        self.live = if let Found::Whole(live) = live { Some(live) } else { None };
        let mut is_mixed = false;
        match self.read_record("next")? {
            Found::Whole(next) if Some(next.header.tree) == public => {
                self.is_ours = true;
                if next.header.rung == Rung::InPlace {
                    is_mixed = true;
                    self.mix(&next)?;
                } else {
                    let paths = spare::listed(self)?;
                    switch::settle(self, next, None, paths)?;
                }
            }
            Found::Nothing => {}
            Found::Broken | Found::Whole(_) => self.remove("next")?,
        }
        self.clear_debris();
        if !is_mixed {
            self.clear_tables();
        }
        self.is_recorded = !is_mixed;
        self.is_known = !is_mixed && self.live.as_ref().is_some_and(|live| Some(live.header.tree) == public);
        match (&self.live, public) {
            (Some(_), None) => {
                self.notes.push(format!("someone removed {}: everything is published anew", self.place.shown()));
            }
            (Some(_), Some(_)) if !self.is_known && !is_mixed => {
                self.notes
                    .push(format!("{} was copied or replaced by someone: every file is compared", self.place.shown()));
            }
            _ => {}
        }
        self.manifest = self.live.as_ref().map(|live| live.manifest.clone()).unwrap_or_default();
        Ok(())
    }

    /// After a publish in place was cut off, each file of ours is of the old edition or of the new one.
    fn mix(&mut self, next: &Record) -> Result<(), Error> {
        let old = self.live.take().map(|live| live.manifest).unwrap_or_default();
        let mut rows = Vec::new();
        for row in next.manifest.rows() {
            let place = self.place.public.join(row.path.as_str());
            let is_new = match disk::stat(&place).map_err(Error::disk("look at", &place))? {
                Some(stat) => {
                    hash_if(&place, &stat, row.len_bytes).map_err(Error::disk("read", &place))? == Some(row.hash)
                }
                None => false,
            };
            // One that was not yet put in place is ours, and missing: so is its folder.
            rows.push(old.get(&row.path).filter(|_| !is_new).unwrap_or(row).clone());
        }
        rows.extend(old.rows().iter().filter(|row| next.manifest.get(&row.path).is_none()).cloned());
        self.live = Some(Record::new(next.header.clone(), Manifest::new(rows)));
        self.notes.push(format!("the last build was cut off while it published {} in place", self.place.shown()));
        Ok(())
    }

    /// Moves what was being made out of the way, to be swept by the next publish. Nothing depends on its success but room on the disk.
    fn clear_debris(&self) {
        // A look-up through our link may be on its way into the tree to which the link led: that stays until its name is needed.
        let names: &[&str] = if self.place.is_link { &["fresh", "twin"] } else { &["fresh", "twin", "a", "b"] };
        for name in names {
            let _ = self.discard(&self.place.own(name));
        }
        let _ = disk::there(disk::remove_tree(&*self.disk, &self.place.own("stage")));
        let _ = disk::remove_tree(&*self.disk, &self.place.public.join(STAGE));
    }

    /// Removes the manifests that no record names.
    pub(super) fn clear_tables(&self) {
        let live = self.live.as_ref().map(|live| live.header.table.name());
        for (name, _) in disk::list(&self.place.state).unwrap_or_default() {
            let name = name.to_string_lossy();
            if name.starts_with(table::PREFIX) && Some(&*name) != live.as_deref() {
                let _ = self.disk.remove_file(&self.place.own(&name));
            }
        }
    }

    /// Moves a tree of ours to the trash.
    pub(super) fn discard(&self, tree: &Path) -> std::io::Result<()> {
        if disk::stat(tree)?.is_none() {
            return Ok(());
        }
        let mut number = 0;
        while disk::stat(&self.place.own(&format!("trash-{number}")))?.is_some() {
            number += 1;
        }
        self.disk.rename(tree, &self.place.own(&format!("trash-{number}")))
    }

    /// Removes old trees, but for those whose shared lock a reader holds. What is more than `budget` names or can't be removed is left to the next
    /// publish.
    pub(super) fn sweep(&self, budget: usize) {
        let budget = AtomicUsize::new(budget);
        for (name, _) in disk::list(&self.place.state).unwrap_or_default() {
            if !name.to_string_lossy().starts_with("trash-") {
                continue;
            }
            let at = self.place.state.join(name);
            let Ok(root) = disk::open(&at) else { continue };
            if root.try_lock().is_ok() {
                let _ = disk::remove_some(&*self.disk, &at, &budget);
            }
        }
    }

    fn look_over(&mut self) -> Result<(), Error> {
        if self.root.is_none() {
            let gone = self.manifest.rows().iter().map(|_| State::Missing);
            self.look = Look { states: gone.collect(), foreign: Vec::new() };
            return Ok(());
        }
        if !self.is_ours && disk::stat(&self.place.public.join(".git")).is_ok_and(|found| found.is_some()) {
            return Err(Error::refused(
                format!("{} holds a git repository that Letterpress did not publish into before", self.place.shown()),
                "publish to a folder of its own, and copy from there",
            ));
        }
        let mark = self.mark()?;
        let foreign = self.live.as_ref().map_or(&[][..], |live| &live.header.foreign);
        let trust = match mark {
            None => Trust::NOTHING,
            Some(mark) => Trust {
                file: &move |_, stat| is_older(stat, mark),
                folder: &move |stat| is_older(stat, mark),
                foreign,
                rows: &|_| true,
            },
        };
        self.look = Look::over(&self.place.public, &self.manifest, &trust)?;
        Ok(())
    }

    /// Since when a change to the tree is not ours; none if that can't be told.
    pub(super) fn mark(&self) -> Result<Option<disk::Time>, Error> {
        let Some(live) = self.live.as_ref().filter(|_| self.is_known) else { return Ok(None) };
        // After a power cut, what was not made to last may be there with its length, and without its bytes.
        let may_be_torn = !live.header.durable && live.header.boot != disk::boot();
        let since = match live.header.made {
            // What that build touched itself is hashed once more, and nothing that others did meanwhile is missed.
            Made::FromSpare => Some(live.header.looked_at),
            Made::Anew => {
                let at = self.place.own("live");
                disk::stat(&at).map_err(Error::disk("look at", &at))?.map(|stat| stat.modified)
            }
        };
        // The lock was written just now. If the mark is younger, the clock was set back, and no ctime tells anything.
        Ok(since.filter(|since| !may_be_torn && *since <= self.lock.taken_at))
    }

    fn find_root(&self) -> Result<Option<Stat>, Error> {
        let public = &self.place.public;
        let Some(root) = disk::identify(public)?.map(|_| public.canonicalize()) else { return Ok(None) };
        let root = root.map_err(Error::disk("look at", public))?;
        disk::stat(&root).map_err(Error::disk("look at", public))
    }

    fn read_record(&self, name: &str) -> Result<Found, Error> {
        record::read(&self.place.own(name)).map_err(self.error("read", name))
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        self.disk.remove_file(&self.place.own(name)).map_err(self.error("remove", name))
    }
}

impl Drop for Folder {
    /// Leaves no trace beside a folder into which nothing was ever published.
    fn drop(&mut self) {
        let is_first = |name| matches!(disk::stat(&self.place.own(name)), Ok(None));
        if is_first("live") && is_first("next") {
            self.sweep(usize::MAX);
            let others = disk::list(&self.place.state).unwrap_or_default();
            if others.iter().all(|(name, kind)| *kind == Kind::File && name.as_os_str() == "lock") {
                let _ = self.disk.remove_file(&self.place.own("lock"));
                let _ = self.disk.remove_folder(&self.place.state);
            }
        }
    }
}

/// The lock of an output folder, held as long as this lives.
struct Lock {
    #[expect(dead_code, reason = "closing it gives the lock back")]
    file: File,
    /// When the lock was taken, by the clock of the file system.
    taken_at: disk::Time,
}

impl Lock {
    fn take(disk: &dyn Disk, place: &Place, wait: Duration) -> Result<Self, Error> {
        let path = place.own("lock");
        let mut waited = Duration::ZERO;
        loop {
            match disk.make_folder(&place.state, 0o700) {
                Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                    return Err(Error::disk("make the folder", &place.state)(error));
                }
                _ => {}
            }
            let file = match disk::open_lock(&path) {
                // Another build has just removed the folder that it had made for nothing.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                result => result.map_err(Error::disk("open the lock", &path))?,
            };
            match file.try_lock() {
                // Whoever held it may have removed the file: then this is a lock that no other build sees.
                Ok(()) if Self::is_current(&file, &path) => return Self::sign(file, &path),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) if waited < wait => {
                    std::thread::sleep(RETRY);
                    waited += RETRY;
                }
                Err(TryLockError::WouldBlock) => {
                    let holder = disk::read(&path)
                        .ok()
                        .flatten()
                        .and_then(|pid| String::from_utf8(pid).ok()?.trim().parse().ok());
                    return Err(Error::Locked { path: place.public.clone(), holder });
                }
                Err(TryLockError::Error(error)) => return Err(Error::disk("lock", &path)(error)),
            }
        }
    }

    fn is_current(file: &File, path: &Path) -> bool {
        let ours = file.metadata().map(|facts| facts.ino()).ok();
        ours.is_some() && ours == disk::stat(path).ok().flatten().map(|stat| stat.inode)
    }

    /// Writes into the lock who holds it. A full disk is no reason to stop here.
    fn sign(mut file: File, path: &Path) -> Result<Self, Error> {
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
        let taken_at = disk::stat(path).map_err(Error::disk("look at", path))?.map_or((0, 0), |stat| stat.modified);
        Ok(Self { file, taken_at })
    }
}

/// Whether publishing file by file was asked for.
pub(super) fn is_in_place(options: &Options) -> bool {
    options.method == Method::InPlace
}
