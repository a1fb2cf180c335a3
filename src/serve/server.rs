//! Takes connections and sets their limits; hyper reads and writes the protocol.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};

use super::answer::{Desk, answer};

/// How much of this machine a caller may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How long a request's line and headers may take, and how long a connection may idle.
    pub(super) header_read: Duration,
    /// How many connections are open at once; more wait in the system's queue. A little above 2,000, so that so many idle ones leave room for a reader.
    pub(super) connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { header_read: Duration::from_secs(10), connections: 2_048 }
    }
}

/// The most bytes of a request's line and headers.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// How long to wait when the system has no more handles to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers connections for ever.
pub(super) async fn serve(listener: TcpListener, limits: Limits, desk: Desk) {
    raise_handle_limit(limits.connections);
    let desk = Arc::new(desk);
    let slots = Arc::new(Semaphore::new(limits.connections));
    loop {
        let slot = Arc::clone(&slots).acquire_owned().await.expect("the slots are never closed");
        match listener.accept().await {
            Ok((stream, _)) => {
                let desk = Arc::clone(&desk);
                tokio::spawn(async move {
                    converse(stream, limits, desk).await;
                    drop(slot);
                });
            }
            // A caller that has gone, or no more handles: neither is a reason to end.
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn converse(stream: TcpStream, limits: Limits, desk: Arc<Desk>) {
    let service = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(answer(&desk, &request).await) }
    });
    // HTTP/1 alone: no streams to flood, no header compression to bomb. Its errors (a caller that hung up, sent nonsense or nothing) concern that
    // connection only; hyper has answered what could be answered.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Asks for a handle for each connection and some for files: the usual soft limit is 1,024.
fn raise_handle_limit(connections: usize) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_mul(2);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < wanted) {
        let raised = maximum.map_or(wanted, |maximum| maximum.min(wanted));
        // Without it the server waits for handles where it would have had them: slower under a flood, but right.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum });
    }
}
