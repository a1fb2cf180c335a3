//! Whatever the input: a mistake with its file, place and cure, in bounded time and memory, and the published tree as it was.
//!
//! Each case is a line of data for [`Desk`], whose site is built once and gets the bad files for one command only.

mod content;
mod files;
mod folders;
mod settings;
mod templates;
mod yaml;

use std::{cell::RefCell, fs, process::Command, time::Duration};

use crate::site::{AS_OF, Run, Site, Tree, differences, run};

/// The longest that any input may take.
const LONGEST: Duration = Duration::from_mins(1);

/// The most processor time that any input may cost; unlike the clock on the wall it is the same on a busy machine.
const MOST_SECONDS: u32 = 10;

/// The most memory, in KiB, as the shell's `ulimit` takes it.
const MOST_KIB: u32 = 1024 * 1024;

/// What never stands in a message: words of a crash, and Rust's own way of writing values and types.
const INSIDES: [&str; 14] = [
    "panicked",
    "RUST_BACKTRACE",
    "Some(",
    "None",
    "Ok(",
    "Err(",
    "Os {",
    "Error {",
    "Error(",
    "kind:",
    "Utf8Error",
    "std::",
    "serde",
    "src/",
];

/// A published site that gets bad files. Tells all cases that went wrong at its end, as a build tells all mistakes.
struct Desk {
    site: Site,
    edition: Tree,
    wrong: RefCell<Vec<String>>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let wrong = self.wrong.borrow();
        if !std::thread::panicking() {
            assert!(wrong.is_empty(), "{} cases went wrong\n\n{}", wrong.len(), wrong.join("\n\n"));
        }
    }
}

impl Desk {
    fn new() -> Self {
        Self::of(Site::new())
    }

    fn of(site: Site) -> Self {
        let site = site
            .article("politics/vote.md", "The vote", "2026-11-21", "id: vote\naliases: [/old/vote/]\nauthors: [ann]\n")
            .article("energy/turbines.md", "The turbines", "2026-11-01", "tags: [Wind]\n")
            .file("content/authors/ann.md", "---\nname: Ann Open\n---\n");
        let edition = site.published();
        Self { site, edition, wrong: RefCell::default() }
    }

    /// Builds within the bounds of time and memory.
    fn build(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("/bin/sh");
        command.args([
            "-c",
            &format!("ulimit -v {MOST_KIB} && ulimit -t {MOST_SECONDS} && exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_letterpress"),
        ]);
        command.args(["build", "--as-of", AS_OF]).args(arguments);
        command.current_dir(self.site.root()).env_clear().env("HOME", self.site.outside().join("home"));
        run(&mut command, "", LONGEST)
    }

    /// Puts files into the site, builds, and puts everything back. Gives what was said.
    fn with(&self, name: &str, files: &[(&str, &[u8])], codes: &[i32]) -> Run {
        let before: Vec<Option<Vec<u8>>> = files.iter().map(|(path, _)| fs::read(self.site.path(path)).ok()).collect();
        for (path, bytes) in files {
            self.site.write(path, bytes);
        }
        let told = self.build(&[]);
        for ((path, _), before) in files.iter().zip(before) {
            match before {
                Some(bytes) => self.site.write(path, bytes),
                None => self.site.remove(path),
            }
        }
        self.judge(name, &told, codes);
        told
    }

    /// Notes a case that did not end as it must.
    fn expect(&self, holds: bool, name: &str, what: &str, told: &Run) {
        if !holds {
            self.wrong.borrow_mut().push(format!("## {name}: {what}\n{told}"));
        }
    }

    /// What holds for every input.
    fn judge(&self, name: &str, told: &Run, codes: &[i32]) {
        self.expect(told.code.is_some_and(|code| codes.contains(&code)), name, "another exit code", told);
        for inside in INSIDES {
            self.expect(!told.stderr.contains(inside), name, &format!("`{inside}` is no word for an editor"), told);
        }
        if told.code == Some(0) {
            self.site.build();
        }
        let changed = differences(&self.edition, &self.site.public());
        self.expect(changed.is_empty(), name, &format!("the published tree changed: {changed:?}"), told);
    }

    /// One bad file: an error at `place` (`path`, `path:line` or `path:line:column`), with `cure` in its text.
    fn refuses(&self, name: &str, path: &str, content: impl AsRef<[u8]>, place: &str, cure: &str) {
        self.refuses_all(name, &[(path, content.as_ref())], place, cure);
    }

    fn refuses_all(&self, name: &str, files: &[(&str, &[u8])], place: &str, cure: &str) {
        let told = self.with(name, files, &[1]);
        self.expect(told.stderr.contains("error["), name, "no error is told", &told);
        self.expect_words(name, &told, place, cure);
    }

    /// One odd file: a warning, and the site is built.
    fn warns(&self, name: &str, path: &str, content: impl AsRef<[u8]>, place: &str, cure: &str) {
        let told = self.with(name, &[(path, content.as_ref())], &[0]);
        self.expect_words(name, &told, place, cure);
    }

    /// One hard file: built without a word, or refused with one, but within the bounds.
    fn survives(&self, name: &str, path: &str, content: impl AsRef<[u8]>) {
        let told = self.with(name, &[(path, content.as_ref())], &[0, 1]);
        self.expect(told.code == Some(0) || told.stderr.contains(path), name, "the file is not named", &told);
    }

    fn expect_words(&self, name: &str, told: &Run, place: &str, cure: &str) {
        let is_there = told.stderr.lines().any(|line| {
            let arrow = line.trim_start().strip_prefix("--> ").and_then(|told| told.strip_prefix(place));
            arrow.is_some_and(|rest| place.is_empty() || rest.is_empty() || rest.starts_with([':', '/']))
        });
        self.expect(is_there, name, &format!("`{place}` is not the place"), told);
        self.expect(told.stderr.contains(cure), name, &format!("the cure `{cure}` is not there"), told);
    }
}

/// An article with a headline and a date; what is added begins on line 4.
fn story(more: &str) -> String {
    format!("---\ntitle: Bad\ndate: 2026-11-20\n{more}---\nText.\n")
}

/// The path of most bad articles.
const BAD: &str = "content/politics/bad.md";
