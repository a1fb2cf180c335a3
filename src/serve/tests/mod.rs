//! The server over real loopback connections, with raw bytes: what a browser would not send is what matters.
#![expect(clippy::disallowed_methods, reason = "tests make sites, and stand in for the build that publishes them")]

mod attacks;
mod live;
mod pages;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{Content, Event, Limits, Options, Outcome, Page, Pages, Trouble, run_until};

/// What no response may hold. It lies in a file beside the site.
const CANARY: &str = "quagmire-zephyr";

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

const PAGE: &str = "<!doctype html><head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\"></head><body>News</body>";

/// A server in a thread, over a site of its own; it ends with the test.
struct Preview {
    folder: TempDir,
    address: SocketAddr,
    events: mpsc::Receiver<Event>,
    /// A word for each time that a build looked at the site, whatever came of it.
    looks: mpsc::Receiver<()>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Files by name, with their bytes.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Folder(Vec<(String, Vec<u8>)>);

impl Folder {
    pub(super) fn from_names(names: &[&str]) -> Self {
        Self(names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect())
    }

    fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.push((name.to_owned(), bytes.into()));
        self
    }
}

impl Pages for Folder {
    fn listed(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| known == name)
    }

    /// A page that says so cannot be made, is gone, or has a ribbon; the large one comes as a file.
    fn page(&self, number: usize) -> Result<Page, Trouble> {
        let (name, bytes) = &self.0[number];
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("a bug in a page"), "this page has a bug");
        if text.contains("a mistake") {
            return Err(Trouble::Mistake(text.into_owned()));
        }
        if text.contains("is gone") {
            return Err(Trouble::Changed);
        }
        let content = if name == "large.txt" {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            std::io::Seek::rewind(&mut file).unwrap();
            Content::File(file)
        } else {
            Content::Bytes(bytes.clone())
        };
        Ok(Page { content, ribbon: text.contains("of a draft").then(|| "Draft".to_owned()) })
    }
}

/// Serves a site whose build shows `content/page.html` as the front page, fails with its text if it begins with `broken`, and panics on `bug`.
fn preview() -> Preview {
    preview_with(|_| {}, Limits::default())
}

fn preview_with(adapt: impl FnOnce(&mut Options), limits: Limits) -> Preview {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    fs::create_dir_all(root.join("content")).unwrap();
    fs::write(folder.path().join("canary.txt"), CANARY).unwrap();
    fs::write(root.join("content/page.html"), PAGE).unwrap();
    let mut options = Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        allow_hosts: vec!["preview.example".to_owned()],
        root: root.clone(),
        watch: ["content", "data", "site.yaml"].map(PathBuf::from).into(),
        base_path: String::new(),
    };
    adapt(&mut options);
    let (announced, events) = mpsc::channel();
    let announced = Mutex::new(announced);
    let (looking, looks) = mpsc::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = thread::spawn(move || {
        let stop = async { drop(stopped.await) };
        let announce = |event| drop(announced.lock().unwrap().send(event));
        let mut last = None;
        let build = |_: &_| {
            let _ = looking.send(());
            build(&root, &mut last)
        };
        run_until(stop, &options, limits, build, announce).unwrap();
    });
    let Ok(Event::Listening { url }) = events.recv_timeout(PATIENCE) else {
        panic!("the server tells where it listens")
    };
    let address = url.trim_start_matches("http://").split('/').next().unwrap().parse().unwrap();
    let preview = Preview { folder, address, events, looks, stop: Some(stop), thread: Some(thread) };
    preview.event();
    preview
}

fn build(root: &Path, last: &mut Option<Folder>) -> Outcome {
    let mut page =
        fs::read_to_string(root.join("content/page.html")).unwrap_or_else(|error| format!("broken: {error}"));
    page.push_str(&fs::read_to_string(root.join("data/more.txt")).unwrap_or_default());
    assert!(!page.starts_with("bug"), "this build has a bug");
    if page.starts_with("broken") {
        return Outcome::Failed { report: page };
    }
    let large = fs::read(root.join("data/large.txt")).unwrap_or_default();
    let folder = Folder::default()
        .with("404.html", "<body>Lost</body>")
        .with("index.html", page)
        .with("large.txt", large)
        .with("news/feed.xml", "<feed/>")
        .with("news/index.html", "<body>All the news</body>");
    let is_new = last.as_ref() != Some(&folder);
    *last = Some(folder.clone());
    let look_again = root.join("data/again.txt").exists().then(|| Duration::from_millis(20));
    Outcome::Built { pages: Arc::new(folder), is_new, look_again }
}

impl Preview {
    /// A path in the site's folder.
    fn site(&self, path: &str) -> PathBuf {
        self.folder.path().join("site").join(path)
    }

    /// Saves a file of the site in one step, as editors of text do: a build that comes at once does not find half of it.
    fn save(&self, path: &str, text: &str) {
        let draft = self.folder.path().join("draft");
        fs::write(&draft, text).unwrap();
        fs::rename(draft, self.site(path)).unwrap();
    }

    /// How the next build ends.
    fn event(&self) -> Event {
        loop {
            match self.events.recv_timeout(PATIENCE).expect("a build ends") {
                Event::Listening { .. } | Event::Building | Event::Polling { .. } => {}
                ended => return ended,
            }
        }
    }

    /// Waits until a build looks at the site once more.
    fn looked(&self) {
        while self.looks.try_recv().is_ok() {}
        self.looks.recv_timeout(PATIENCE).expect("a build looks again");
    }

    /// Waits for a build that brings something new.
    fn changed(&self) {
        while self.event() != (Event::Built { is_new: true }) {}
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes and reads until the server ends the connection.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may refuse before it has taken everything.
        let _ = stream.write_all(bytes);
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        String::from_utf8_lossy(&response).into_owned()
    }

    /// Asks with a method, a path and further header lines.
    fn ask(&self, method: &str, path: &str, headers: &str) -> String {
        self.send(
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").as_bytes(),
        )
    }

    fn get(&self, path: &str) -> String {
        self.ask("GET", path, "")
    }

    #[track_caller]
    fn assert_alive(&self) {
        let page = self.get("/");
        assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("News"), "{page}");
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(thread::JoinHandle::join);
        assert!(thread::panicking() || ended.is_some_and(|ended| ended.is_ok()), "the server ends in order");
    }
}

/// The status of a response, 0 if there is none.
fn status(response: &str) -> u16 {
    response.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    let head = response.split("\r\n\r\n").next()?;
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
