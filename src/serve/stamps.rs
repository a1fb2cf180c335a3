//! What the watched files looked like when we last looked: the truth behind the watcher's hints.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::Metadata,
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::MetadataExt,
    },
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use crate::load;

/// Which files are watched. All paths are absolute, and without links above their last part.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// The site's folder.
    pub(super) root: PathBuf,
    /// The watched files and folders, whether they exist or not.
    pub(super) tops: Vec<PathBuf>,
}

impl Scope {
    /// Whether a path lies in a watched folder, or is one, and is no litter.
    pub(super) fn covers(&self, path: &Path) -> bool {
        let inside = self.tops.iter().find_map(|top| path.strip_prefix(top).ok());
        let is_litter_free = |rest: &Path| !rest.iter().any(|name| is_litter(&name.to_string_lossy()));
        inside.is_some_and(is_litter_free)
    }

    fn walk(&self, at: &Path) -> Vec<(Place, Stamp)> {
        let entries = WalkDir::new(at).follow_links(true).into_iter().filter_entry(|entry| self.enters(entry));
        // What can't be read, or went while we walked, has no stamp: that is a change too, if it had one.
        let files = entries.filter_map(Result::ok).filter(|entry| !entry.file_type().is_dir());
        let stamped = |file: DirEntry| Some((Place::of(file.path()), Stamp::of(&file.metadata().ok()?)));
        files.collect::<Vec<_>>().into_par_iter().filter_map(stamped).collect()
    }

    fn enters(&self, entry: &DirEntry) -> bool {
        // Where a walk begins has been asked about already, and so have the folders above each entry, or the walk would not be here.
        let is_ours = entry.depth() == 0 || !is_litter(&entry.file_name().to_string_lossy());
        is_ours && (!entry.path_is_symlink() || self.follows(entry.path()) == Some(true))
    }

    /// Whether a link is followed: not out of the site, where it may lead to the whole disk, and not to a folder that it lies in.
    fn follows(&self, link: &Path) -> Option<bool> {
        let target = link.canonicalize().ok()?;
        let is_circle = link.parent()?.canonicalize().ok()?.starts_with(&target);
        Some(target.starts_with(&self.root) && !is_circle)
    }
}

/// Whether a name is one that programs make for themselves: hidden files, backups, swap and lock files.
fn is_litter(name: &str) -> bool {
    if matches!(name, ".well-known" | ".nojekyll" | ".htaccess") {
        return false;
    }
    // Vim tries whether it may write into a folder with a file of this name.
    load::is_litter_name(name) || name == "4913"
}

/// What tells that a file is another than it was.
///
/// The time of change is in it because no program can set it back, unlike the time of modification; the inode because of file systems with coarse times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified_at: (i64, i64),
    changed_at: (i64, i64),
    inode: u64,
    len_bytes: u64,
}

impl Stamp {
    fn of(facts: &Metadata) -> Self {
        Self {
            modified_at: (facts.mtime(), facts.mtime_nsec()),
            changed_at: (facts.ctime(), facts.ctime_nsec()),
            inode: facts.ino(),
            len_bytes: facts.len(),
        }
    }
}

/// A path as bytes that are in the order of its parts: what lies in a folder stands behind it without a gap. To compare paths takes them apart each time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place(Vec<u8>);

impl Place {
    /// What stands for a slash: no path has it, and nothing comes before it.
    const SLASH: u8 = 0;

    fn of(path: &Path) -> Self {
        let bytes = path.as_os_str().as_bytes();
        Self(bytes.iter().map(|byte| if *byte == b'/' { Self::SLASH } else { *byte }).collect())
    }

    fn path(&self) -> PathBuf {
        let bytes = self.0.iter().map(|byte| if *byte == Self::SLASH { b'/' } else { *byte });
        OsString::from_vec(bytes.collect()).into()
    }

    /// Whether it is another place, or lies in it.
    fn is_at(&self, other: &Self) -> bool {
        self.0.strip_prefix(&*other.0).is_some_and(|rest| rest.first().is_none_or(|byte| *byte == Self::SLASH))
    }
}

/// The stamps of all watched files.
#[derive(Debug)]
pub(super) struct Stamps {
    scope: Scope,
    files: BTreeMap<Place, Stamp>,
}

impl Stamps {
    pub(super) fn new(scope: Scope) -> Self {
        let mut stamps = Self { scope, files: BTreeMap::new() };
        stamps.look_everywhere();
        stamps
    }

    /// How many files are watched.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// Looks at one file or folder, and tells which files there are not as they were.
    pub(super) fn look_at(&mut self, path: &Path) -> Vec<PathBuf> {
        if !self.scope.covers(path) {
            return Vec::new();
        }
        let (place, fresh) = (Place::of(path), self.scope.walk(path));
        let known = self.files.range(place.clone()..).take_while(|(known, _)| known.is_at(&place));
        let known: BTreeMap<Place, Stamp> = known.map(|(place, stamp)| (place.clone(), *stamp)).collect();
        let fresh: BTreeMap<Place, Stamp> = fresh.into_iter().collect();
        let changed = changed(&known, &fresh);
        for place in known.keys() {
            self.files.remove(place);
        }
        self.files.extend(fresh);
        changed
    }

    /// Looks at every watched file, and tells which are not as they were.
    pub(super) fn look_everywhere(&mut self) -> Vec<PathBuf> {
        let fresh = self.scope.tops.iter().flat_map(|top| self.scope.walk(top)).collect();
        let before = std::mem::replace(&mut self.files, fresh);
        changed(&before, &self.files)
    }
}

/// The files that are others than they were, or gone.
fn changed(before: &BTreeMap<Place, Stamp>, now: &BTreeMap<Place, Stamp>) -> Vec<PathBuf> {
    let other = now.iter().filter(|(place, stamp)| before.get(*place) != Some(*stamp)).map(|(place, _)| place);
    let gone = before.keys().filter(|place| !now.contains_key(*place));
    other.chain(gone).map(Place::path).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the tests make the files that are looked at")]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn every_change_is_seen_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("site");
        let content = root.join("content");
        fs::create_dir_all(content.join("a/b")).unwrap();
        fs::write(content.join("a/b/story.md"), "one").unwrap();
        fs::write(folder.path().join("outside.md"), "").unwrap();
        let tops = vec![content.clone(), root.join("data"), root.join("site.yaml")];
        let mut stamps = Stamps::new(Scope { root: root.clone(), tops });
        let mut look = |what: &str, at: &Path, is_change: bool| {
            assert_eq!(stamps.look_at(at).len(), usize::from(is_change), "{what}");
            assert!(stamps.look_everywhere().is_empty(), "{what}: seen once");
        };
        let story = content.join("a/b/story.md");
        look("nothing", &content, false);

        let modified_at = fs::metadata(&story).unwrap().modified().unwrap();
        fs::write(&story, "two").unwrap();
        fs::File::options().write(true).open(&story).unwrap().set_modified(modified_at).unwrap();
        look("the same length and time", &story, true);

        for litter in [".story.md.swp", "story.md~", "#story.md#", "story.tmp", ".git/HEAD"] {
            fs::create_dir_all(content.join(litter).parent().unwrap()).unwrap();
            fs::write(content.join(litter), "").unwrap();
            look(litter, &content.join(litter), false);
        }

        fs::write(root.join("unwatched.md"), "").unwrap();
        look("not watched", &root.join("unwatched.md"), false);
        symlink(folder.path().join("outside.md"), content.join("out.md")).unwrap();
        look("a link out of the site", &content.join("out.md"), false);
        symlink(&content, content.join("a/loop")).unwrap();
        look("a link in a circle", &content.join("a/loop"), false);

        fs::rename(content.join("a"), content.join("c")).unwrap();
        assert!(
            !stamps.look_at(&content.join("a")).is_empty() && !stamps.look_at(&content.join("c")).is_empty(),
            "a folder moved within the site"
        );
        assert!(stamps.look_everywhere().is_empty());
        fs::write(root.join("site.yaml"), "").unwrap();
        assert_eq!(stamps.look_everywhere(), [root.join("site.yaml")], "a file made that no event told of");
    }
}
