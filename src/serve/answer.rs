//! Requests to responses: the routes, and the headers that all of them share.

use std::{
    hash::{BuildHasher, RandomState},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use hyper::{
    Method, Request, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
};
use tokio::{
    sync::{Semaphore, watch},
    task::spawn_blocking,
    time::timeout,
};

use super::{
    Options,
    address::{Found, find},
    body::Body,
    builds::Edition,
    events,
    good::Good,
    guard::{Hosts, Refusal, admit, admit_own_page},
    inject::{self, Tag},
    pages::{self, Content, HTML, Page, Pages, Trouble},
};

/// The paths that are not the site's. The script holds them too.
const EVENTS: &str = "/_letterpress/events";
const REPORT: &str = "/_letterpress/report";
const SCRIPT: &str = "/_letterpress/reload.js";

/// The page for addresses that are not there.
const MISSING: &str = "404.html";

/// How many pages are made at once.
const AT_ONCE: usize = 8;

/// How long a page that changes is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

const TEXT: &str = "text/plain; charset=utf-8";

/// What it takes to answer.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    hosts: Hosts,
    base_path: String,
    /// Differs from one start of the server to the next, so that a page of the last one reloads.
    token: Arc<str>,
    newest: watch::Receiver<Edition>,
    /// Where it is noted that a page cannot be made.
    editions: Arc<watch::Sender<Edition>>,
    good: Good,
    /// So many pages are made at once, however many are asked for.
    places: Arc<Semaphore>,
}

impl Desk {
    pub(super) fn new(options: &Options, address: SocketAddr, editions: Arc<watch::Sender<Edition>>) -> Self {
        let base = options.base_path.trim_matches('/');
        Self {
            hosts: Hosts::new(address, &options.allow_hosts),
            base_path: if base.is_empty() { String::new() } else { format!("/{base}") },
            token: format!("{:016x}", RandomState::new().hash_one(address)).into(),
            newest: editions.subscribe(),
            editions,
            good: Good::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The path of the site's front page.
    pub(super) fn front_page(&self) -> String {
        format!("{}/", self.base_path)
    }
}

/// Answers a request; never fails, never panics.
pub(super) async fn answer<B>(desk: &Desk, request: &Request<B>) -> Response<Body> {
    let response = match admit(&desk.hosts, request) {
        Ok(()) => route(desk, request.uri().path(), request.headers()).await,
        Err(refusal) => refuse(refusal),
    };
    finish(response, request.method())
}

async fn route(desk: &Desk, path: &str, headers: &HeaderMap) -> Response<Body> {
    match path {
        SCRIPT => respond(StatusCode::OK, "text/javascript; charset=utf-8", include_str!("reload.js")),
        EVENTS | REPORT => match admit_own_page(headers) {
            Ok(()) if path == EVENTS => {
                let lines = events::stream(desk.newest.clone(), Arc::clone(&desk.token));
                respond(StatusCode::OK, "text/event-stream", Body::Events(lines))
            }
            Ok(()) => {
                let report = desk.newest.borrow().report.clone();
                respond(StatusCode::OK, TEXT, report.as_deref().unwrap_or_default().to_owned())
            }
            Err(refusal) => refuse(refusal),
        },
        _ => page(desk, path).await,
    }
}

/// Answers with what there is at a path.
async fn page(desk: &Desk, path: &str) -> Response<Body> {
    let ended = || respond(StatusCode::SERVICE_UNAVAILABLE, TEXT, "The preview has ended.\n");
    let mut newest = desk.newest.clone();
    let mut patience = 1;
    loop {
        // Before the first build has ended there is nothing to tell: the browser waits, as for a slow server.
        let Ok(edition) = newest.wait_for(Edition::is_known).await.map(|edition| edition.clone()) else {
            return ended();
        };
        let Ok(place) = Arc::clone(&desk.places).acquire_owned().await else { return ended() };
        let (at_desk, asked) = (desk.clone(), path.to_owned());
        // Pages are made on a thread that may wait, and a panic there ends that thread's work, not the server's.
        let answer = spawn_blocking(move || {
            let answer = shown(&at_desk, &edition, &asked, patience > 0);
            drop(place);
            answer
        });
        match answer.await {
            Ok(Some(response)) => return response,
            // What has changed under us is told to the builder as well, and so it is the next edition that can answer.
            Ok(None) => drop(timeout(PATIENCE, newest.changed()).await),
            Err(_) => return respond(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "This is a mistake in Letterpress.\n"),
        }
        patience -= 1;
    }
}

/// What is shown at a path; none if that changes now, and it `may_wait` for the next edition.
fn shown(desk: &Desk, edition: &Edition, path: &str, may_wait: bool) -> Option<Response<Body>> {
    let name = edition.name(&desk.token);
    let tag = Tag { script: SCRIPT, edition: &name, nonce: &desk.token, ribbon: None };
    let Some(pages) = edition.pages.as_deref() else {
        let report = edition.report.as_deref().unwrap_or_default();
        return Some(respond(StatusCode::SERVICE_UNAVAILABLE, HTML, inject::report_page(report, &tag)));
    };
    let shown = Shown { desk, edition, pages, tag, may_wait };
    match find(pages, &desk.base_path, path) {
        Found::File(name, number) => shown.file(&name, number, StatusCode::OK),
        Found::Moved(to) => Some(moved(&to)),
        Found::Nothing => match pages.listed(MISSING) {
            Some(number) => shown.file(MISSING, number, StatusCode::NOT_FOUND),
            None => Some(respond(StatusCode::NOT_FOUND, HTML, inject::missing_page(&tag))),
        },
        Found::Malformed => Some(respond(StatusCode::BAD_REQUEST, TEXT, "This address is malformed.\n")),
    }
}

/// What a request is answered from.
struct Shown<'a> {
    desk: &'a Desk,
    edition: &'a Edition,
    pages: &'a dyn Pages,
    tag: Tag<'a>,
    may_wait: bool,
}

impl Shown<'_> {
    fn file(&self, name: &str, number: usize, status: StatusCode) -> Option<Response<Body>> {
        let content_type = pages::content_type(name);
        let Page { content, ribbon } = match self.pages.page(number) {
            Ok(page) => page,
            Err(Trouble::Changed) if self.may_wait => return None,
            Err(trouble) => return Some(self.last(name, content_type, &trouble)),
        };
        let body = match content {
            Content::Bytes(html) if content_type == HTML => {
                self.desk.good.keep(name, &html, ribbon.as_deref());
                inject::live_page(html, &Tag { ribbon: ribbon.as_deref(), ..self.tag }).into()
            }
            Content::Bytes(bytes) => bytes.into(),
            Content::File(file) => match file.metadata() {
                Ok(facts) if facts.is_file() => Body::File { left: facts.len(), file: file.into() },
                _ => return Some(self.last(name, content_type, &Trouble::Changed)),
            },
        };
        Some(respond(status, content_type, body))
    }

    /// The page as it was when it could be made, under what is wrong with it now.
    fn last(&self, name: &str, content_type: &'static str, trouble: &Trouble) -> Response<Body> {
        let report = match trouble {
            Trouble::Mistake(report) => report,
            Trouble::Changed => "A file of this page is gone, or is another one than it was.\n",
        };
        if let Trouble::Mistake(report) = trouble {
            self.desk.editions.send_if_modified(|edition| edition.fails(self.edition.number(), report));
        }
        match self.desk.good.last(name) {
            Some(page) => {
                let tag = Tag { ribbon: page.ribbon.as_deref(), ..self.tag };
                respond(StatusCode::OK, content_type, inject::live_page(page.html.to_vec(), &tag))
            }
            None => respond(StatusCode::SERVICE_UNAVAILABLE, HTML, inject::report_page(report, &self.tag)),
        }
    }
}

fn moved(to: &str) -> Response<Body> {
    let mut response = respond(StatusCode::FOUND, TEXT, Body::empty());
    let to = HeaderValue::from_str(to).expect("a percent-encoded path is a header's value");
    response.headers_mut().insert(LOCATION, to);
    response
}

fn refuse(refusal: Refusal) -> Response<Body> {
    let mut response = respond(refusal.status(), TEXT, refusal.words());
    if refusal == Refusal::Method {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}

fn respond(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Adds what every response carries, and takes the body from an answer to `HEAD`.
///
/// There is no cross-origin header but the one that keeps other sites from embedding drafts: a preview is for its own pages.
fn finish(mut response: Response<Body>, method: &Method) -> Response<Body> {
    let len_bytes = hyper::body::Body::size_hint(response.body()).exact();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    if let Some(len_bytes) = len_bytes {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(len_bytes));
    }
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}
