//! Tells open pages, over server-sent events, which edition is the newest and whether the last build failed.
//!
//! A message is an edition's name and a word: no byte of the site or of a report passes here. The page compares the name with its own, so a page that was
//! asleep, or missed a message, or was loaded from an earlier start of the server, still finds out.

use std::{sync::Arc, time::Duration};

use hyper::body::Bytes;
use tokio::{
    sync::{mpsc, watch},
    time::sleep,
};

use super::builds::Edition;

/// How often a silent stream sends a comment, lest something between us and the browser should think it dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The lines of an event stream: one message at once, then one for each build that changes what is shown.
pub(super) fn stream(mut newest: watch::Receiver<Edition>, token: Arc<str>) -> mpsc::Receiver<Bytes> {
    let (lines, body) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut line = format!("retry: 1000\n{}", message(&newest.borrow_and_update(), &token));
        while lines.send(line.into()).await.is_ok() {
            line = tokio::select! {
                changed = newest.changed() => match changed {
                    Ok(()) => message(&newest.borrow_and_update(), &token),
                    Err(_) => break,
                },
                () = lines.closed() => break,
                () = sleep(KEEP_ALIVE) => ":\n\n".to_owned(),
            };
        }
    });
    body
}

fn message(edition: &Edition, token: &str) -> String {
    let word = if edition.report.is_some() { "failed" } else { "built" };
    format!("data: {} {word}\n\n", edition.name(token))
}
