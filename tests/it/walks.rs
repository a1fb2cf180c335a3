//! Long walks of changes and builds: dice, builds within the test's own process, and what clean builds make.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt, symlink},
    path::Path,
};

use letterpress::{
    diag::Diagnostic,
    model::Timestamp,
    pipeline::{self, Built, Failure, Mistakes, Request},
    write,
};

use crate::site::{AS_OF, Tree, tree};

/// Numbers that are the same in every run (xorshift64, as Marsaglia gave it).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << shift } else { self.0 >> shift };
        }
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// How a build is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) as_of: i64,
    pub(crate) base_url: Option<String>,
}

impl Asked {
    pub(crate) fn usual() -> Self {
        Self { as_of: Timestamp::parse(AS_OF).unwrap().as_second(), base_url: None }
    }

    pub(crate) fn build(&self, root: &Path) -> Built {
        self.try_build(root).unwrap()
    }

    /// The same, where there may be mistakes.
    pub(crate) fn try_build(&self, root: &Path) -> Result<Built, Failure> {
        let request = Request {
            root: root.to_owned(),
            out: "public".into(),
            as_of: Timestamp::from_second(self.as_of).unwrap(),
            base_url: self.base_url.clone(),
            mistakes: Mistakes::Stop,
            folder: write::Options { durable: false, ..write::Options::default() },
            program: std::env::current_exe().ok(),
        };
        pipeline::build(&request)
    }
}

/// What tells whether a file was written or replaced.
pub(crate) fn states(root: &Path) -> BTreeMap<String, (u64, i64, i64)> {
    let files =
        walkdir::WalkDir::new(root.join("public")).into_iter().chain(walkdir::WalkDir::new(root.join(".letterpress")));
    let state = |entry: walkdir::DirEntry| {
        let facts = entry.metadata().unwrap();
        (entry.path().to_str().unwrap().to_owned(), (facts.ino(), facts.mtime(), facts.mtime_nsec()))
    };
    files.map(|entry| state(entry.unwrap())).collect()
}

/// Whether a build leaves every file alone, the cache with them: one that is made anew is another file.
pub(crate) fn does_nothing<T>(build: impl FnOnce() -> T, root: &Path) -> (bool, T) {
    let before = states(root);
    let built = build();
    (states(root) == before, built)
}

/// What a clean build makes: the tree, what it tells, and how many sources are not out.
pub(crate) type Clean = (Tree, Vec<Diagnostic>, usize);

/// What clean builds make, each made once: many changes lead back to where others began.
#[derive(Default)]
pub(crate) struct CleanBuilds(BTreeMap<(Tree, Asked), Clean>);

impl CleanBuilds {
    pub(crate) fn of(&mut self, asked: &Asked, root: &Path) -> &Clean {
        let names = ["content", "templates", "static", "data", "site.yaml", "redirects.yaml", "shared"];
        let read = |name: &&str| {
            tree(&root.join(name))
                .into_iter()
                .map(|(path, bytes)| (format!("{name}/{path}"), bytes))
                .collect::<Vec<_>>()
        };
        let mut sources: Tree = names.iter().flat_map(read).collect();
        // Links are no files of a tree, but part of a site.
        let links = walkdir::WalkDir::new(root.join("content"))
            .into_iter()
            .filter_map(Result::ok)
            .filter(walkdir::DirEntry::path_is_symlink);
        sources.extend(links.map(|link| (link.path().to_str().unwrap().to_owned(), fs::read(link.path()).unwrap())));
        self.0.entry((sources, asked.clone())).or_insert_with(|| {
            // In memory where that can be: most of the time of this test goes into making trees and removing them.
            let fresh = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
            for name in names {
                copy(&root.join(name), &fresh.path().join(name));
            }
            // What pictures were developed to goes by their bytes, and to develop all of them again takes minutes.
            let pictures = ".letterpress/pictures";
            copy(&root.join(pictures), &fresh.path().join(pictures));
            let built = asked.build(fresh.path());
            (tree(&fresh.path().join("public")), built.diagnostics, built.withheld)
        })
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let to = to.join(entry.path().strip_prefix(from).unwrap());
        let to = if entry.depth() == 0 { to.components().collect() } else { to };
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).unwrap();
        } else if entry.file_type().is_symlink() {
            symlink(fs::read_link(entry.path()).unwrap(), to).unwrap();
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
