//! What a walk looked at, so that it can be told later whether another walk would find the same files with the same bytes.
//!
//! The table is asked, not walked: each folder and each file costs one call to the system, relative to an open folder. A folder is listed only if
//! its stamp has changed or cannot be trusted, a file is hashed only then; so a folder in which an editor left a swap file is still as it was. What
//! was looked for and not there is in the table as well.

use std::{borrow::Cow, collections::BTreeSet, fs, fs::File, io, path::Path};

use rayon::prelude::*;
use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, fstat, openat, statat},
    io::Errno,
};
use serde::{Deserialize, Serialize};

use super::{Site, Source, Sources, Stamp, stamp::FileTime, walk};
use crate::model::SourcePath;

/// How many files of a folder a thread looks at in one go.
const AT_ONCE: usize = 256;

/// Every file and folder that a walk looked at.
#[derive(Debug, Serialize, Deserialize)]
pub struct Looked<'a> {
    /// When the build began that looked, by the clock of the file system.
    began_at: FileTime,
    #[serde(borrow)]
    folders: Vec<Listed<'a>>,
}

/// A folder with all that the walk saw in it, sorted by name.
#[derive(Debug, Serialize, Deserialize)]
struct Listed<'a> {
    #[serde(borrow)]
    path: Cow<'a, str>,
    /// None for the site's own folder, in which a few names are looked for, and others are nobody's business.
    stamp: Option<Stamp>,
    #[serde(borrow)]
    entries: Vec<Seen<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Seen<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    what: What,
}

#[derive(Debug, Serialize, Deserialize)]
enum What {
    Nothing,
    File(Stamp, Option<[u8; 32]>),
    /// It has an entry of its own in the table.
    Folder,
    /// A link, with the file or folder inside the site to which it leads in the end, and what that is.
    Link(Box<str>, Stamp, Option<[u8; 32]>),
    /// A pipe, socket or device, which is passed over.
    Special,
}

impl<'a> Looked<'a> {
    /// The table of a walk; `hashes` are those of the documents' bytes, as the build read them.
    ///
    /// None if it would not hold: the walk met something that it could not look at.
    pub fn of(site: &Site, sources: &'a Sources, hashes: &[blake3::Hash]) -> Option<Self> {
        if !sources.is_whole {
            return None;
        }
        let began_at = sources.began_at?;
        let mut seen: Vec<(&str, Seen<'a>)> = Vec::new();
        let mut see = |path: &'a SourcePath, what| {
            seen.push((path.folder(), Seen { name: path.name().into(), what }));
        };
        for (source, hash) in sources.documents.iter().zip(hashes) {
            see(&source.path, source_seen(source, Some(*hash)));
        }
        for source in sources.undocumented() {
            see(&source.path, source_seen(source, source.hash.filter(|_| is_still(site, source))));
        }
        for folder in &sources.folders {
            let link = |target: &str| What::Link(target.into(), folder.stamp, None);
            see(&folder.path, folder.leads_to.as_deref().map_or(What::Folder, link));
        }
        sources.absent.iter().for_each(|path| see(path, What::Nothing));
        sources.passed_over.iter().for_each(|path| see(path, What::Special));
        seen.sort_unstable_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));

        let mut folders = vec![Listed { path: "".into(), stamp: None, entries: Vec::new() }];
        let stamped = sources.folders.iter();
        folders.extend(stamped.map(|folder| Listed {
            path: folder.path.as_str().into(),
            stamp: Some(folder.stamp),
            entries: Vec::new(),
        }));
        folders.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let mut at = 0;
        for (folder, entry) in seen {
            while folders.get(at)?.path != folder {
                at += 1;
            }
            folders[at].entries.push(entry);
        }
        Some(Self { began_at, folders })
    }

    /// When the build began that looked, by the clock of the file system.
    pub fn began_at(&self) -> FileTime {
        self.began_at
    }

    /// Whether a walk would find the same files now, with the same bytes.
    pub fn is_unchanged(&self, site: &Site) -> bool {
        let Ok(root) = open_folder(site.root()) else { return false };
        let look = Look { site, root: &root, began_at: self.began_at };
        self.folders.par_iter().all(|folder| look.is_folder_unchanged(folder))
    }
}

fn source_seen(source: &Source, hash: Option<blake3::Hash>) -> What {
    let hash = hash.map(Into::into);
    match &source.leads_to {
        Some(target) => What::Link(target.clone(), source.stamp, hash),
        None => What::File(source.stamp, hash),
    }
}

/// Whether a file was left alone since the walk hashed it, so that its hash is that of the bytes that the build read.
fn is_still(site: &Site, source: &Source) -> bool {
    fs::metadata(site.locate(&source.path)).is_ok_and(|facts| Stamp::from(&facts) == source.stamp)
}

struct Look<'a> {
    site: &'a Site,
    root: &'a File,
    began_at: FileTime,
}

impl Look<'_> {
    fn is_folder_unchanged(&self, folder: &Listed<'_>) -> bool {
        let path = if folder.path.is_empty() { "." } else { &folder.path };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(handle) = openat(self.root, path, flags, Mode::empty()).map(File::from) else { return false };
        if let Some(stamp) = &folder.stamp {
            let is_same = fstat(&handle).is_ok_and(|now| self.is_same(stamp, &Stamp::from(&now)));
            if !is_same && !self.has_same_names(folder) {
                return false;
            }
        }
        let is_unchanged = |entry: &Seen<'_>| self.is_entry_unchanged(&handle, &folder.path, entry);
        folder.entries.par_chunks(AT_ONCE).all(|entries| entries.iter().all(is_unchanged))
    }

    fn is_same(&self, before: &Stamp, now: &Stamp) -> bool {
        before == now && before.is_older(self.began_at)
    }

    fn has_same_names(&self, folder: &Listed<'_>) -> bool {
        let place = self.site.root().join(&*folder.path);
        let is_listed = |name: &String| !walk::is_passed_over(&SourcePath::new(format!("{}/{name}", folder.path)));
        let known = folder.entries.iter().map(|entry| &*entry.name);
        names(&place).is_ok_and(|names| names.iter().filter(|name| is_listed(name)).map(String::as_str).eq(known))
    }

    fn is_entry_unchanged(&self, folder: &File, path: &str, entry: &Seen<'_>) -> bool {
        let facts = match statat(folder, &*entry.name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => return matches!(entry.what, What::Nothing),
            Err(_) => return false,
            Ok(facts) => facts,
        };
        let is_same_file = |stamp: &Stamp, hash: Option<&[u8; 32]>, now: &Stamp| {
            self.is_same(stamp, now)
                || stamp.len_bytes() == now.len_bytes() && hash.is_some_and(|hash| self.has_hash(path, entry, hash))
        };
        match (&entry.what, FileType::from_raw_mode(facts.st_mode)) {
            (What::File(stamp, hash), FileType::RegularFile) => {
                is_same_file(stamp, hash.as_ref(), &Stamp::from(&facts))
            }
            (What::Link(target, stamp, hash), FileType::Symlink) => {
                // Looked up anew to its end: any folder on the way there may be a link as well.
                let place = self.site.locate(&path_of(path, entry));
                let is_there = walk::target(self.site, &place).as_ref() == Some(target);
                is_there && fs::metadata(&place).is_ok_and(|now| is_same_file(stamp, hash.as_ref(), &Stamp::from(&now)))
            }
            (What::Folder, FileType::Directory) => true,
            (What::Special, kind) => !matches!(kind, FileType::RegularFile | FileType::Directory | FileType::Symlink),
            _ => false,
        }
    }

    fn has_hash(&self, folder: &str, entry: &Seen<'_>, hash: &[u8; 32]) -> bool {
        self.site.hash(&path_of(folder, entry)).is_ok_and(|now| now == *hash)
    }
}

fn path_of(folder: &str, entry: &Seen<'_>) -> SourcePath {
    let slash = if folder.is_empty() { "" } else { "/" };
    SourcePath::new(format!("{folder}{slash}{}", entry.name))
}

#[expect(clippy::disallowed_methods, reason = "what the walk listed is listed again here")]
fn names(folder: &Path) -> io::Result<BTreeSet<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

#[expect(clippy::disallowed_methods, reason = "the site's folder is opened to look at what lies in it")]
fn open_folder(at: &Path) -> io::Result<File> {
    File::open(at)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test makes the files that are looked at")]
mod tests {
    use super::*;
    use crate::load;

    #[test]
    fn an_equal_stamp_is_believed_only_if_it_is_older_than_the_build() {
        let folder = tempfile::tempdir().unwrap();
        let place = |path: &str| folder.path().join(path);
        fs::create_dir_all(place("content/a")).unwrap();
        fs::create_dir(place("static")).unwrap();
        fs::write(place("content/a/story.md"), "one").unwrap();
        fs::write(place("static/robots.txt"), "").unwrap();
        let site = Site::open(folder.path()).unwrap().with_shelf();
        let sources = load::sources(&site).unwrap();
        let stands = |began_at: FileTime, story: &str, robots: Option<&str>| {
            let mut sources = sources.clone();
            sources.began_at = Some(began_at);
            sources.statics[0].hash = robots.map(|text| blake3::hash(text.as_bytes()));
            Looked::of(&site, &sources, &[blake3::hash(story.as_bytes())]).unwrap().is_unchanged(&site)
        };
        let (never, always) = ((0, 0), (i64::MAX, 0));
        assert!(stands(always, "two", None), "stamps alone");
        assert!(stands(never, "one", Some("")), "bytes alone");
        assert!(!stands(never, "two", Some("")), "another story under the same stamp");
        assert!(!stands(never, "one", Some("x")), "another file under the same stamp");
        assert!(!stands(never, "one", None), "a file whose bytes nobody knows");

        fs::write(place("content/a/.story.md.swp"), "").unwrap();
        assert!(stands(always, "two", None), "an editor's litter");
        fs::write(place("content/a/more.md"), "").unwrap();
        assert!(!stands(always, "one", None), "a new file");
        fs::remove_file(place("content/a/more.md")).unwrap();
        assert!(stands(always, "two", None), "it is gone again");
        fs::create_dir(place("data")).unwrap();
        assert!(!stands(always, "one", None), "a folder that was not there");
    }

    #[test]
    fn a_file_that_changed_since_it_was_hashed_is_never_believed() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("content")).unwrap();
        let page = folder.path().join("content/picture.gif");
        fs::write(&page, "one").unwrap();
        let site = Site::open(folder.path()).unwrap().with_shelf();
        let mut sources = load::sources(&site).unwrap();
        sources.began_at = Some((0, 0));
        sources.attachments[0].hash = Some(blake3::hash(b"one"));
        fs::write(&page, "other").unwrap();
        fs::write(&page, "one").unwrap();
        // In case the clock did not tick meanwhile.
        File::options().write(true).open(&page).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        assert!(!Looked::of(&site, &sources, &[]).unwrap().is_unchanged(&site));
    }
}
