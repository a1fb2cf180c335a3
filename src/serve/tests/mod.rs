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
    sync::{Mutex, mpsc},
    thread,
    time::Duration,
};

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{Event, Limits, Options, Outcome, run_until};

/// What no response may hold. It lies in a file beside the published folder.
const CANARY: &str = "quagmire-zephyr";

/// The longest that a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(20);

const PAGE: &str = "<!doctype html><head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\"></head><body>News</body>";

/// A server in a thread, over a site of its own; it ends with the test.
struct Preview {
    folder: TempDir,
    address: SocketAddr,
    events: mpsc::Receiver<Event>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// Serves a site whose build publishes `content/page.html` as the front page, fails with its text if it begins with `broken`, and panics on `bug`.
fn preview() -> Preview {
    preview_with(|_| {}, Limits::default())
}

fn preview_with(adapt: impl FnOnce(&mut Options), limits: Limits) -> Preview {
    let folder = tempfile::tempdir().unwrap();
    let (root, public) = (folder.path().join("site"), folder.path().join("public"));
    fs::create_dir_all(root.join("content")).unwrap();
    fs::create_dir_all(public.join("news")).unwrap();
    fs::write(folder.path().join("canary.txt"), CANARY).unwrap();
    fs::write(root.join("content/page.html"), PAGE).unwrap();
    fs::write(public.join("404.html"), "<body>Lost</body>").unwrap();
    fs::write(public.join("news/index.html"), "<body>All the news</body>").unwrap();
    fs::write(public.join("news/feed.xml"), "<feed/>").unwrap();
    std::os::unix::fs::symlink("../canary.txt", public.join("link.txt")).unwrap();
    std::os::unix::fs::symlink("..", public.join("folder")).unwrap();
    let mut options = Options {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        allow_hosts: vec!["preview.example".to_owned()],
        root: root.clone(),
        watch: ["content", "data", "site.yaml"].map(PathBuf::from).into(),
        public: public.clone(),
        base_path: String::new(),
    };
    adapt(&mut options);
    let (announced, events) = mpsc::channel();
    let announced = Mutex::new(announced);
    let (stop, stopped) = oneshot::channel::<()>();
    let thread = thread::spawn(move || {
        let stop = async { drop(stopped.await) };
        let announce = |event| drop(announced.lock().unwrap().send(event));
        run_until(stop, &options, limits, || build(&root, &public), announce).unwrap();
    });
    let Ok(Event::Listening { url }) = events.recv_timeout(PATIENCE) else {
        panic!("the server tells where it listens")
    };
    let address = url.trim_start_matches("http://").split('/').next().unwrap().parse().unwrap();
    let preview = Preview { folder, address, events, stop: Some(stop), thread: Some(thread) };
    preview.outcome();
    preview
}

fn build(root: &Path, public: &Path) -> Outcome {
    let mut page =
        fs::read_to_string(root.join("content/page.html")).unwrap_or_else(|error| format!("broken: {error}"));
    page.push_str(&fs::read_to_string(root.join("data/more.txt")).unwrap_or_default());
    assert!(!page.starts_with("bug"), "this build has a bug");
    if page.starts_with("broken") {
        return Outcome::Failed { report: page };
    }
    let published = public.join("index.html");
    let changed = fs::read_to_string(&published).ok().as_ref() != Some(&page);
    fs::write(published, page).unwrap();
    Outcome::Built { changed }
}

impl Preview {
    /// A path in the site's folder.
    fn site(&self, path: &str) -> PathBuf {
        self.folder.path().join("site").join(path)
    }

    /// How the next build ends.
    fn outcome(&self) -> Outcome {
        loop {
            match self.events.recv_timeout(PATIENCE).expect("a build ends") {
                Event::Ended(outcome) => return outcome,
                Event::Listening { .. } | Event::Building | Event::Polling { .. } => {}
            }
        }
    }

    /// Waits for a build that brings something new.
    fn changed(&self) {
        while self.outcome() != (Outcome::Built { changed: true }) {}
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
