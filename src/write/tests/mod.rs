//! A tiny newsroom for the tests of this room: editions are lists of paths and texts.

mod faults;
mod hands;
mod pair;
mod publish;
mod readers;
mod recovery;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    fs,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use super::{
    CommitError, Content, Entry, Error, Folder, Method, Options, Rendered, Report, Want,
    disk::{self, Disk, Real},
    record,
};
use crate::model::OutPath;

/// Paths and texts.
type Edition<'a> = &'a [(&'a str, &'a str)];

/// A folder for a site and its output, gone at the end of the test.
struct Desk {
    temp: tempfile::TempDir,
    options: Options,
    /// Whether the file system has no exchange of folders.
    is_poor: bool,
    /// Whether every tree is made anew.
    is_alone: bool,
}

impl Desk {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir_all(temp.path().join("site/content")).unwrap();
        let options = Options { durable: false, wait: Duration::ZERO, ..Options::default() };
        Self { temp, options, is_poor: false, is_alone: false }
    }

    fn poor() -> Self {
        Self { is_poor: true, ..Self::new() }
    }

    fn alone() -> Self {
        Self { is_alone: true, ..Self::new() }
    }

    fn in_place() -> Self {
        let desk = Self::new();
        Self { options: Options { method: Method::InPlace, ..desk.options.clone() }, ..desk }
    }

    fn site(&self) -> PathBuf {
        self.temp.path().canonicalize().unwrap().join("site")
    }

    fn public(&self) -> PathBuf {
        self.site().join("public")
    }

    fn own(&self, name: &str) -> PathBuf {
        self.site().join(".public.letterpress").join(name)
    }

    fn open(&self) -> Result<Folder, Error> {
        self.open_on(Fault::never())
    }

    fn open_on(&self, fault: Fault) -> Result<Folder, Error> {
        let fault = Fault { is_poor: self.is_poor, ..fault };
        if self.is_alone {
            let _ = fs::remove_file(self.own("differs"));
        }
        Folder::open_on(Box::new(fault), &self.public(), &self.site(), self.options.clone())
    }

    fn publish(&self, edition: Edition<'_>) -> Report {
        self.try_publish(edition).unwrap()
    }

    fn try_publish(&self, edition: Edition<'_>) -> Result<Report, Error> {
        commit(self.open()?, edition)
    }

    fn adopt(&mut self, edition: Edition<'_>) -> Report {
        self.options.adopt = true;
        let report = self.publish(edition);
        self.options.adopt = false;
        report
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.public().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Every name in the output folder, with the text of files and the target of links.
    fn tree(&self) -> BTreeMap<String, String> {
        tree(&self.public())
    }

    /// Checks what holds at every instant: the list has every path in which the two trees differ, but for what others did that no build has seen yet.
    /// Tells how many it has; none if there is no pair.
    fn check_pair(&self, unseen: Edition<'_>) -> Option<usize> {
        let differs: serde_json::Value = record::unseal(&self.own("differs")).unwrap()?;
        let identity = |tree: &Path| Some(serde_json::to_value(disk::identify(tree).unwrap()?).unwrap());
        let trees = differs["trees"].as_array().unwrap();
        let public = identity(&self.public()).filter(|found| trees.contains(found))?;
        let is_spare = |tree: &PathBuf| identity(tree).is_some_and(|found| found != public && trees.contains(&found));
        let spare = ["spare", "a", "b"].map(|name| self.own(name)).into_iter().find(is_spare)?;
        let listed: Vec<&str> = differs["paths"].as_array().unwrap().iter().filter_map(|path| path.as_str()).collect();
        let (live, other) = (tree(&self.public()), tree(&spare));
        for path in live.keys().chain(other.keys()) {
            let inode = |tree: &Path| {
                fs::symlink_metadata(tree.join(path)).ok().filter(|facts| !facts.is_dir()).map(|facts| facts.ino())
            };
            let is_listed = listed.contains(&path.as_str()) || unseen.iter().any(|(unseen, _)| unseen == path);
            assert!(is_listed || inode(&self.public()) == inode(&spare), "{path} differs, and is not in {listed:?}");
        }
        Some(listed.len())
    }

    fn inode(&self, path: &str) -> (u64, i64, i64) {
        let facts = fs::symlink_metadata(self.public().join(path)).unwrap();
        (facts.ino(), facts.mtime(), facts.mtime_nsec())
    }
}

fn entries(edition: Edition<'_>) -> Vec<Entry> {
    let entry =
        |(path, _): &(&str, &str)| Entry { path: OutPath::parse(path).unwrap(), subject: None, want: Want::Rendered };
    edition.iter().map(entry).collect()
}

fn commit(folder: Folder, edition: Edition<'_>) -> Result<Report, Error> {
    let render = |number: usize| Ok::<_, Infallible>(rendered(edition[number].1));
    folder.commit(&entries(edition), render).map_err(|error| match error {
        CommitError::Write(error) => error,
        CommitError::Render(mistakes) => unreachable!("{mistakes:?}"),
    })
}

fn rendered(text: &str) -> Rendered {
    Rendered { content: Content::Bytes(text.as_bytes().to_vec()), uses: Vec::new() }
}

fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let facts = fs::symlink_metadata(&path).unwrap();
            if facts.is_dir() {
                found.insert(name, "/".into());
                folders.push(path);
            } else if facts.is_symlink() {
                found.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
            } else {
                found.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    found
}

/// The tree that an edition is, with every folder.
fn tree_of(edition: Edition<'_>) -> BTreeMap<String, String> {
    let mut tree = BTreeMap::new();
    for (path, text) in edition {
        for (at, _) in path.match_indices('/') {
            tree.insert(path[..at].to_owned(), "/".to_owned());
        }
        tree.insert((*path).to_owned(), (*text).to_owned());
    }
    tree
}

/// How the n-th call that changes the disk goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// It fails, the others work.
    Once,
    /// It fails, and so do all after it: the build was killed there, or the disk is full.
    FromThen,
    /// It works and says that it failed, the others work.
    Late,
}

/// A disk on which one call goes wrong.
#[derive(Clone)]
struct Fault {
    at: usize,
    wrong: Wrong,
    is_poor: bool,
    calls: Arc<AtomicUsize>,
}

impl Fault {
    fn never() -> Self {
        Self::at(usize::MAX, Wrong::Once)
    }

    fn at(at: usize, wrong: Wrong) -> Self {
        Self { at, wrong, is_poor: false, calls: Arc::default() }
    }

    /// How many calls there were.
    fn calls(&self) -> usize {
        self.calls.load(SeqCst)
    }

    /// Counts a call, and tells whether it fails before doing anything.
    fn fails(&self) -> bool {
        let call = self.calls.fetch_add(1, SeqCst) + 1;
        call == self.at && self.wrong == Wrong::Once || call >= self.at && self.wrong == Wrong::FromThen
    }

    fn call<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        if self.fails() {
            return Err(io::Error::other("the test says so"));
        }
        let value = act()?;
        let is_late = self.wrong == Wrong::Late && self.calls() == self.at;
        if is_late { Err(io::Error::other("the test says so, late")) } else { Ok(value) }
    }
}

impl Disk for Fault {
    fn make_folder(&self, at: &Path, mode: u32) -> io::Result<()> {
        self.call(|| Real.make_folder(at, mode))
    }

    fn create(&self, at: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.fails() {
            // As a full disk leaves it.
            let _ = Real.create(at, &bytes[..bytes.len() / 2]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        Real.create(at, bytes)
    }

    fn create_from(&self, at: &Path, source: &mut dyn Read) -> io::Result<(blake3::Hash, u64)> {
        self.call(|| Real.create_from(at, source))
    }

    fn append(&self, at: &Path, from: u64, bytes: &[u8]) -> io::Result<()> {
        if self.fails() {
            let _ = Real.append(at, from, &bytes[..bytes.len() / 2]);
            return Err(io::ErrorKind::StorageFull.into());
        }
        Real.append(at, from, bytes)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| Real.link(from, to))
    }

    fn point(&self, at: &Path, target: &Path) -> io::Result<()> {
        self.call(|| Real.point(at, target))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| Real.rename(from, to))
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| Real.rename_new(from, to))
    }

    fn exchange(&self, one: &Path, other: &Path) -> io::Result<()> {
        if self.is_poor {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.call(|| Real.exchange(one, other))
    }

    fn remove_file(&self, at: &Path) -> io::Result<()> {
        self.call(|| Real.remove_file(at))
    }

    fn remove_folder(&self, at: &Path) -> io::Result<()> {
        self.call(|| Real.remove_folder(at))
    }

    fn set_mode(&self, at: &Path, mode: u32) -> io::Result<()> {
        self.call(|| Real.set_mode(at, mode))
    }

    fn set_owner(&self, at: &Path, owner: u32, group: u32) -> io::Result<()> {
        self.call(|| Real.set_owner(at, owner, group))
    }

    fn sync_folder(&self, at: &Path) -> io::Result<()> {
        self.call(|| Real.sync_folder(at))
    }

    fn sync_all(&self, at: &Path) -> io::Result<()> {
        self.call(|| Real.sync_all(at))
    }
}
