//! Shows the site while it is being written: keeps it in memory, makes the pages that this machine asks for, and reloads the browser when a source changes.
//!
//! Three parts that know little of each other. `watch` tells which files changed, and nothing else: file system events only say where to look, the
//! stamps of the files decide, so a lost event costs two seconds and a false one costs nothing. `builds` calls the given build, one at a time, and
//! makes a new edition of its result. `server` answers requests from the newest edition: only what is in its list can be named by a request.
//!
//! What a build is, and what it prints, is for the caller: this room prints nothing and has no other way to build.

mod address;
mod answer;
mod body;
mod builds;
mod events;
mod good;
mod guard;
mod inject;
mod pages;
mod policy;
mod ribbon;
mod server;
mod stamps;
#[cfg(test)]
mod tests;
mod watch;

use std::{
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use tokio::{runtime, signal, sync::watch as channel};

use crate::pipeline::preview::Changed;
use answer::Desk;
use builds::Edition;
pub use pages::{Content, Page, Pages, Trouble};
pub use ribbon::ribbon;
use server::Limits;
use watch::{Hint, Watcher};

/// Where to listen, whom to answer, what to watch and what to show.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen.
    pub address: SocketAddr,
    /// Names under which the server may be called, besides `localhost`, `127.0.0.1` and `[::1]`; without ports.
    pub allow_hosts: Vec<String>,
    /// The site's folder: links that lead out of it are not followed by the watcher.
    pub root: PathBuf,
    /// Files and folders whose changes bring a build, absolute or in `root`; they need not exist.
    pub watch: Vec<PathBuf>,
    /// What stands before every path of the site's URLs: empty, or like `/news`.
    pub base_path: String,
}

impl Options {
    /// The address to listen on unless another is asked for.
    pub const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 4000);
}

/// How a build ended.
#[derive(Debug)]
pub enum Outcome {
    /// What is shown is up to date.
    Built {
        /// What there is to show.
        pages: Arc<dyn Pages>,
        /// Whether any of it may be new.
        is_new: bool,
        /// When to build again although nothing changes.
        look_again: Option<Duration>,
    },
    /// There is a mistake; the last good pages stay.
    Failed {
        /// The diagnostics as plain text, shown over the page.
        report: String,
    },
}

/// What the person at the terminal may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The server is up; the first build begins.
    Listening {
        /// Where the front page will be.
        url: String,
    },
    /// A source changed; a build begins.
    Building,
    /// What is shown is up to date.
    Built {
        /// Whether any of it may be new.
        is_new: bool,
    },
    /// There is a mistake; the last good pages stay.
    Failed,
    /// The system can't tell of changes, so the files are looked at from time to time instead.
    Polling {
        /// What the system said.
        reason: String,
    },
}

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another program listens there.
    #[error("{0} is in use by another program; choose another port with `--port`")]
    Taken(SocketAddr),
    /// The system does not let us listen there.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The site's folder can't be watched.
    #[error("the site's folder {0} cannot be opened: {1}")]
    Root(PathBuf, #[source] io::Error),
    /// The system gives no threads or timers.
    #[error("cannot start the server: {0}")]
    Start(#[source] io::Error),
}

/// Serves until interrupted (`Ctrl-C`).
///
/// `build` is called once at the start and then with what changed, one call at a time on a thread of its own; changes during a call bring one more. What a
/// failed call was given is given to the next one as well. A panic in it counts as a failed build. An interrupt waits for the build that is under way; a second one ends the process.
///
/// # Errors
/// [`Error::Taken`] if the port is in use; the others if the system refuses what a server needs.
pub fn run(
    options: &Options,
    build: impl FnMut(&Changed) -> Outcome + Send,
    announce: impl Fn(Event) + Send + Sync,
) -> Result<(), Error> {
    run_until(interrupt(), options, Limits::default(), build, announce)
}

fn run_until(
    stop: impl Future<Output = ()>,
    options: &Options,
    limits: Limits,
    build: impl FnMut(&Changed) -> Outcome + Send,
    announce: impl Fn(Event) + Send + Sync,
) -> Result<(), Error> {
    let (listener, address) = listen(options.address)?;
    let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Error::Start)?;
    let (hints, hinted) = mpsc::channel();
    let mut watcher = Watcher::new(options, hints.clone(), hinted)?;
    let editions = Arc::new(channel::Sender::new(Edition::default()));
    let (change, changes) = mpsc::channel();
    let desk = Desk::new(options, address, Arc::clone(&editions));
    announce(Event::Listening { url: format!("http://{address}{}", desk.front_page()) });

    let ended = thread::scope(|scope| {
        let announce = &announce;
        scope.spawn(move || watcher.run(&change, announce));
        scope.spawn(move || builds::run(&changes, &editions, build, announce));
        // However this ends, the threads must hear of it, or the scope would wait for them for ever.
        let _ended = OnDrop(hints);
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).map_err(Error::Start)?;
            tokio::select! {
                () = stop => Ok(()),
                () = server::serve(listener, limits, desk) => Ok(()),
            }
        })
    });
    runtime.shutdown_background();
    ended
}

/// Tells the watcher to stop, and the builder with it.
struct OnDrop(mpsc::Sender<Hint>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        // If the watcher is gone already, there is nobody to tell.
        let _ = self.0.send(Hint::Stop);
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let fail = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => Error::Taken(address),
        _ => Error::Listen(address, error),
    };
    let listener = TcpListener::bind(address).map_err(fail)?;
    listener.set_nonblocking(true).map_err(fail)?;
    let address = listener.local_addr().map_err(fail)?;
    Ok((listener, address))
}

/// Waits for `Ctrl-C`. From then on another one ends the process, for those who can't wait for the build that is under way: a build may be killed anywhere.
async fn interrupt() {
    if signal::ctrl_c().await.is_err() {
        // No way to hear of it: the system's own answer to the signal, to end the process, is in force.
        std::future::pending::<()>().await;
    }
    tokio::spawn(async {
        if signal::ctrl_c().await.is_ok() {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM);
        }
    });
}
