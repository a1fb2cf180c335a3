//! Whom the server answers: the checks that come before any look-up.

use std::net::{IpAddr, SocketAddr};

use hyper::{
    Method, Request, StatusCode, Uri,
    header::{HOST, HeaderMap, HeaderName, ORIGIN},
};

/// The most bytes of a request's path and query.
const MAX_URL_BYTES: usize = 16 * 1024;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which the server may be called, in lower case and without ports.
///
/// A page of another site can make its own name lead to this machine (DNS rebinding), and would then count as ours: only the `Host` it sends tells.
#[derive(Debug, Clone)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// The loopback names, the address that was asked for, and those that the user allows.
    pub(super) fn new(address: SocketAddr, allowed: &[String]) -> Self {
        let mut names: Vec<_> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
        // An address can't be rebound; but the unspecified one is no name to be called by.
        match address.ip() {
            ip if ip.is_unspecified() => {}
            IpAddr::V4(ip) => names.push(ip.to_string()),
            IpAddr::V6(ip) => names.push(format!("[{ip}]")),
        }
        names.extend(allowed.iter().map(|name| name.to_ascii_lowercase()));
        Self(names)
    }

    fn allows(&self, host: &str) -> bool {
        without_port(host).is_some_and(|name| self.0.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }
}

/// A host without its port, if it has one; nothing if the port is no number.
fn without_port(host: &str) -> Option<&str> {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => port.bytes().all(|byte| byte.is_ascii_digit()).then_some(name),
        _ => Some(host),
    }
}

/// Why a request is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// None or several `Host` headers.
    NoHost,
    /// A host that is not ours.
    Host,
    /// Another site's page asks for what is meant for our own pages.
    Origin,
    /// Neither `GET` nor `HEAD`.
    Method,
    /// More than 16 KiB of path and query.
    Length,
}

impl Refusal {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NoHost => StatusCode::BAD_REQUEST,
            Self::Host | Self::Origin => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Length => StatusCode::URI_TOO_LONG,
        }
    }

    /// What to tell the caller; never a word of the request.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NoHost => "A request names one host.\n",
            Self::Host => {
                "This preview answers to localhost only. To open it under another name, start it with `--allow-host NAME`.\n"
            }
            Self::Origin => "This is for the preview's own pages.\n",
            Self::Method => "A preview can be read, no more.\n",
            Self::Length => "This address is too long.\n",
        }
    }
}

/// Checks what every request must fulfil.
pub(super) fn admit<B>(hosts: &Hosts, request: &Request<B>) -> Result<(), Refusal> {
    let host = the_host(request.headers()).ok_or(Refusal::NoHost)?;
    // A request may name a host in its first line too; hyper leaves it to us that it is one of ours.
    let named = request.uri().authority().is_none_or(|authority| hosts.allows(authority.as_str()));
    if !hosts.allows(host) || !named {
        return Err(Refusal::Host);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refusal::Method);
    }
    if len_bytes(request.uri()) > MAX_URL_BYTES {
        return Err(Refusal::Length);
    }
    Ok(())
}

/// Checks that a request comes from a page of ours, or from no page at all.
///
/// The origin must be the very one under which we are called: letting all addresses through, or all ports, was webpack-dev-server's CVE-2025-30360.
/// Browsers without `Origin` on such requests say `Sec-Fetch-Site`.
pub(super) fn admit_own_page(headers: &HeaderMap) -> Result<(), Refusal> {
    let host = the_host(headers).ok_or(Refusal::NoHost)?;
    let own = format!("http://{host}");
    let is_own = headers.get_all(ORIGIN).iter().all(|origin| origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()));
    let is_near = headers.get_all(SEC_FETCH_SITE).iter().all(|site| site == "same-origin" || site == "none");
    if is_own && is_near { Ok(()) } else { Err(Refusal::Origin) }
}

fn the_host(headers: &HeaderMap) -> Option<&str> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then_some(host)
}

fn len_bytes(uri: &Uri) -> usize {
    uri.path().len() + uri.query().map_or(0, |query| query.len() + 1)
}
