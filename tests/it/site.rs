//! Tiny sites in temporary folders, and the built binary run on them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use tempfile::TempDir;

/// The clock of every build that does not say another.
pub(crate) const AS_OF: &str = "2026-11-22T12:00:00Z";

/// How long a command may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// Every file of a folder by its path, with its bytes.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// A site in a temporary folder, which goes with it.
pub(crate) struct Site {
    temp: TempDir,
}

/// What a command printed, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Site {
    /// An empty folder, without even `content/`.
    pub(crate) fn empty() -> Self {
        let temp = tempfile::tempdir().unwrap();
        fs::create_dir(temp.path().join("site")).unwrap();
        fs::create_dir(temp.path().join("home")).unwrap();
        Self { temp }
    }

    /// A site with settings that bring no warnings, and the built-in theme.
    pub(crate) fn new() -> Self {
        Self::empty().file("site.yaml", "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\n")
    }

    /// The same with a theme of a few lines, so that the real one may change freely.
    pub(crate) fn bare() -> Self {
        Self::new().with_bare_theme()
    }

    pub(crate) fn with_bare_theme(self) -> Self {
        self.folder("templates", &manifest_dir().join("tests/bare"))
    }

    /// Writes a file, over one that is there.
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Writes an article with a headline, a date and more front matter.
    pub(crate) fn article(self, path: &str, headline: &str, date: &str, more: &str) -> Self {
        let text = format!("---\ntitle: {headline}\ndate: {date}\n{more}---\nThe text of {headline}.\n");
        self.file(&format!("content/{path}"), text)
    }

    /// Copies a folder of this repository into the site.
    pub(crate) fn folder(self, path: &str, from: &Path) -> Self {
        for (name, bytes) in tree(from) {
            self.write(&format!("{path}/{name}"), bytes);
        }
        self
    }

    /// Writes a file while the site is in use.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).unwrap();
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.temp.path().join("site")
    }

    /// A path in the site.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// The folder that holds the site's folder, and nothing else of interest.
    pub(crate) fn outside(&self) -> &Path {
        self.temp.path()
    }

    /// A command of the binary on this site, in its folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_letterpress"));
        command.args(arguments).current_dir(self.root());
        command.env_clear().env("HOME", self.temp.path().join("home"));
        command
    }

    /// Runs the binary in the site's folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), "", PATIENCE)
    }

    /// Builds at the usual clock, with more arguments.
    pub(crate) fn build_with(&self, arguments: &[&str]) -> Run {
        self.run(&[&["build", "--as-of", AS_OF], arguments].concat())
    }

    /// Builds at the usual clock.
    pub(crate) fn build(&self) -> Run {
        self.build_with(&[])
    }

    /// Builds, and gives the published tree.
    pub(crate) fn published(&self) -> Tree {
        self.build().succeeded();
        self.public()
    }

    /// The published tree as it is.
    pub(crate) fn public(&self) -> Tree {
        tree(&self.path("public"))
    }

    /// A page of the published tree as text.
    pub(crate) fn page(&self, path: &str) -> String {
        let path = self.path("public").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

impl Run {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exited(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn succeeded(&self) -> &Self {
        self.exited(0)
    }

    /// Asserts that something is said, on either stream.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.stdout.contains(words) || self.stderr.contains(words), "`{words}` is not said\n{self}");
        self
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr } = self;
        write!(formatter, "exit code {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// Runs a command to its end, with a text on its standard input. One that takes longer than `patience` is ended: then it has no exit code.
pub(crate) fn run(command: &mut Command, input: &str, patience: Duration) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let process = rustix::process::Pid::from_child(&child);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A command that does not read its input closes it.
    thread::spawn(move || drop(std::io::Write::write_all(&mut stdin, input.as_bytes())));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let output = receiver.recv_timeout(patience).unwrap_or_else(|_| {
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        receiver.recv().unwrap()
    });
    let output = output.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what is printed is UTF-8");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Every file below a folder; none if it is not there.
pub(crate) fn tree(folder: &Path) -> Tree {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let read = files.map(|entry| {
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (path, fs::read(entry.path()).unwrap())
    });
    read.collect()
}

/// Asserts that two trees are equal, naming the first files that are not.
#[track_caller]
pub(crate) fn assert_same(left: &Tree, right: &Tree, what: &str) {
    let differences = differences(left, right);
    let shown = differences.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{what}: {} files differ\n{shown}", differences.len());
}

/// Which files of two trees are not equal, and where.
pub(crate) fn differences(left: &Tree, right: &Tree) -> Vec<String> {
    let paths: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let compared = paths.into_iter().filter_map(|path| match (left.get(path), right.get(path)) {
        (Some(a), Some(b)) if a == b => None,
        (Some(a), Some(b)) => Some(format!("{path} differs {}", first_difference(a, b))),
        (Some(_), None) => Some(format!("{path} is missing on the right")),
        _ => Some(format!("{path} is missing on the left")),
    });
    compared.collect()
}

fn first_difference(a: &[u8], b: &[u8]) -> String {
    let at = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let around = |bytes: &[u8]| {
        let part = &bytes[at.saturating_sub(30).min(bytes.len())..(at + 50).min(bytes.len())];
        String::from_utf8_lossy(part).into_owned()
    };
    format!("at byte {at}\n  left:  {:?}\n  right: {:?}", around(a), around(b))
}

pub(crate) fn manifest_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
