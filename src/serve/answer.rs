//! Requests to responses: the routes, and the headers that all of them share.

use std::{
    hash::{BuildHasher, RandomState},
    io::{self, Read},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use hyper::{
    Method, Request, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION},
};
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    Options,
    address::{Found, find},
    body::Body,
    builds::Edition,
    events,
    guard::{Hosts, Refusal, admit, admit_own_page},
    inject::{self, Tag},
    published::{self, HTML},
};

/// The paths that are not the site's. The script holds them too.
const EVENTS: &str = "/_letterpress/events";
const REPORT: &str = "/_letterpress/report";
const SCRIPT: &str = "/_letterpress/reload.js";

const TEXT: &str = "text/plain; charset=utf-8";

/// What it takes to answer.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    hosts: Hosts,
    base_path: String,
    public: PathBuf,
    /// Differs from one start of the server to the next, so that a page of the last one reloads.
    token: Arc<str>,
    newest: watch::Receiver<Edition>,
}

impl Desk {
    pub(super) fn new(options: &Options, address: SocketAddr, newest: watch::Receiver<Edition>) -> Self {
        let base = options.base_path.trim_matches('/');
        Self {
            hosts: Hosts::new(address, &options.allow_hosts),
            base_path: if base.is_empty() { String::new() } else { format!("/{base}") },
            public: options.public.clone(),
            token: format!("{:016x}", RandomState::new().hash_one(address)).into(),
            newest,
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

/// Answers with what is published at a path.
async fn page(desk: &Desk, path: &str) -> Response<Body> {
    let mut newest = desk.newest.clone();
    // Before the first build has ended there is nothing to tell: the browser waits, as for a slow server.
    let Ok(edition) = newest.wait_for(Edition::is_known).await.map(|edition| edition.clone()) else {
        return respond(StatusCode::SERVICE_UNAVAILABLE, TEXT, "The preview has ended.\n");
    };
    let (desk, path) = (desk.clone(), path.to_owned());
    // Files are read on a thread that may wait, and a panic there ends that thread's work, not the server's.
    spawn_blocking(move || shown(&desk, &edition, &path))
        .await
        .unwrap_or_else(|_| respond(StatusCode::INTERNAL_SERVER_ERROR, TEXT, "This is a mistake in Letterpress.\n"))
}

fn shown(desk: &Desk, edition: &Edition, path: &str) -> Response<Body> {
    let name = edition.name(&desk.token);
    let tag = Tag { script: SCRIPT, edition: &name, nonce: &desk.token };
    if let Some(report) = edition.report.as_deref().filter(|_| edition.files.is_empty()) {
        return respond(StatusCode::SERVICE_UNAVAILABLE, HTML, inject::report_page(report, &tag));
    }
    match find(&edition.files, &desk.base_path, path) {
        Found::File(file) => {
            file_response(desk, file, StatusCode::OK, &tag).unwrap_or_else(|_| missing(desk, edition, &tag))
        }
        Found::Moved(to) => moved(&to),
        Found::Nothing => missing(desk, edition, &tag),
        Found::Malformed => respond(StatusCode::BAD_REQUEST, TEXT, "This address is malformed.\n"),
    }
}

fn missing(desk: &Desk, edition: &Edition, tag: &Tag<'_>) -> Response<Body> {
    let page = edition.files.get("404.html");
    page.and_then(|page| file_response(desk, page, StatusCode::NOT_FOUND, tag).ok())
        .unwrap_or_else(|| respond(StatusCode::NOT_FOUND, HTML, inject::missing_page(tag)))
}

fn file_response(desk: &Desk, file: &str, status: StatusCode, tag: &Tag<'_>) -> io::Result<Response<Body>> {
    let (mut opened, len_bytes) = published::open_file(&desk.public, file)?;
    let content_type = published::content_type(file);
    let body = if content_type == HTML {
        let mut html = Vec::new();
        opened.read_to_end(&mut html)?;
        inject::live_page(html, tag).into()
    } else {
        Body::File { file: opened.into(), left: len_bytes }
    };
    Ok(respond(status, content_type, body))
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
