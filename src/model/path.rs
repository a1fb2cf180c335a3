//! Paths: of sources, of URLs, of output files.
//!
//! An [`OutPath`] is made by one function, and nothing else may name a file to be written: that is what keeps slugs and aliases inside the output folder.

use std::{
    borrow::{Borrow, Cow},
    fmt,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

/// A file of the site, relative to its root, with `/` between the parts on every system. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SourcePath(Arc<str>);

impl SourcePath {
    /// Wraps a relative path that is already written with `/`.
    pub fn new(path: impl Into<Arc<str>>) -> Self {
        Self(path.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds the file, without a final `/`; empty at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&*self.0, |(_, name)| name)
    }

    /// The file's name without its last ending.
    pub fn stem(&self) -> &str {
        self.name().rsplit_once('.').map_or(self.name(), |(stem, _)| stem)
    }

    /// The part of the path below `folder`, if it lies there.
    pub fn below(&self, folder: &str) -> Option<&str> {
        self.0.strip_prefix(folder)?.strip_prefix('/')
    }

    /// Resolves a relative path written in this file, such as `../energy/grid.md`; none if it leaves the site.
    pub fn join(&self, relative: &str) -> Option<Self> {
        let mut parts: Vec<&str> = self.folder().split('/').filter(|part| !part.is_empty()).collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                name => parts.push(name),
            }
        }
        Some(Self::new(parts.join("/")))
    }
}

impl From<String> for SourcePath {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

impl From<SourcePath> for String {
    fn from(path: SourcePath) -> Self {
        path.as_str().to_owned()
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why a path cannot name an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// It does not begin with `/`.
    #[error("it does not begin with `/`")]
    NotRooted,
    /// A part is empty, `.` or `..`.
    #[error("it has a part that is empty, `.` or `..`")]
    Traversal,
    /// It holds a control character, a backslash, or an escape that hides one.
    #[error("it holds a control character or a backslash")]
    Control,
    /// A part has more than 255 bytes, or the path more than 1,000.
    #[error("a part of it has more than 255 bytes, or all of it more than 1,000")]
    Long,
    /// It holds `?` or `#`, which end a path.
    #[error("it holds `?` or `#`, which end the path of a URL")]
    Query,
    /// A percent sign that is not followed by two hexadecimal digits, or bytes that are not UTF-8.
    #[error("it has a percent sign that escapes nothing")]
    Escape,
}

/// What stands behind the last dot of a file's name, in lower case; empty if there is no dot. Of a path or address, that of its last part.
pub fn ending(path: &str) -> String {
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase()
}

/// Whether this is the whole address of something on the web.
pub fn is_web_address(written: &str) -> bool {
    written.starts_with("https://") || written.starts_with("http://")
}

/// Whether a file is a picture, by the ending of its name.
pub fn is_picture(path: &str) -> bool {
    ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg"].contains(&ending(path).as_str())
}

/// The path of a URL below the site's own, decoded: `/2026/11/22/budget-vote/` or `/feed.xml`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UrlPath(Arc<str>);

impl From<UrlPath> for String {
    fn from(url: UrlPath) -> Self {
        url.0.to_string()
    }
}

impl Borrow<str> for UrlPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Reads back what was kept, decoded as it is.
impl TryFrom<String> for UrlPath {
    type Error = PathFault;

    fn try_from(kept: String) -> Result<Self, PathFault> {
        Self::parse(&kept.replace('%', "%25"))
    }
}

impl UrlPath {
    /// The front page.
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Checks a path as an editor wrote it, percent-decoding it once.
    ///
    /// # Errors
    /// A [`PathFault`] for everything that could name a file outside the output folder or surprise a host.
    pub fn parse(written: &str) -> Result<Self, PathFault> {
        let decoded = percent_decode(written)?;
        let inner = decoded.strip_prefix('/').ok_or(PathFault::NotRooted)?;
        if decoded.len() > 1000 {
            return Err(PathFault::Long);
        }
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        if inner.is_empty() {
            return if decoded == "/" { Ok(Self::root()) } else { Err(PathFault::Traversal) };
        }
        // Nearly all are: then no character needs to be looked at again.
        let is_harmless = |byte: u8| matches!(byte, b'!'..=b'~') && !b"\\?#".contains(&byte);
        let is_plain = inner.bytes().all(is_harmless);
        for part in inner.split('/') {
            if part.is_empty() || part == "." || part == ".." {
                return Err(PathFault::Traversal);
            }
            if is_plain && part.len() <= 255 {
                continue;
            }
            if part.chars().any(|character| character.is_control() || character == '\\') {
                return Err(PathFault::Control);
            }
            if part.contains(['?', '#']) {
                return Err(PathFault::Query);
            }
            if part.len() > 255 {
                return Err(PathFault::Long);
            }
        }
        Ok(Self(decoded.into()))
    }

    /// The path as text, decoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the path names a folder's index.
    pub fn is_folder(&self) -> bool {
        self.0.ends_with('/')
    }

    /// The path as it stands in an `href`: everything outside the unreserved characters of RFC 3986 is percent-encoded.
    pub fn encoded(&self) -> Cow<'_, str> {
        let stays = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'..=b'/' | b'A'..=b'Z' | b'_' | b'~' | b'@' | b':' | b'!' | b',');
        let Some(first) = self.0.bytes().position(|byte| !stays(&byte)) else { return Cow::Borrowed(&self.0) };
        let mut encoded = String::with_capacity(3 * self.0.len());
        encoded.push_str(&self.0[..first]);
        for byte in self.0.bytes().skip(first) {
            if stays(&byte) {
                encoded.push(char::from(byte));
            } else {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                encoded.push('%');
                encoded.push(char::from(HEX[usize::from(byte >> 4)]));
                encoded.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        Cow::Owned(encoded)
    }

    /// The file that a static host serves for this path.
    pub fn file(&self) -> OutPath {
        let inner = &self.0[1..];
        OutPath(if self.is_folder() { format!("{inner}index.html").into() } else { inner.into() })
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A file of the output, relative to its folder. Made from a [`UrlPath`] only, so it never leads outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutPath(Arc<str>);

impl OutPath {
    /// Checks a relative path, such as one read back from a manifest.
    ///
    /// # Errors
    /// As [`UrlPath::parse`], and [`PathFault::Traversal`] for a folder.
    pub fn parse(relative: &str) -> Result<Self, PathFault> {
        if relative.contains('%') {
            // A decoded path may hold a percent sign; encode it, so that decoding once gives it back.
            return Self::parse_url(&format!("/{}", relative.replace('%', "%25")));
        }
        Self::parse_url(&format!("/{relative}"))
    }

    fn parse_url(path: &str) -> Result<Self, PathFault> {
        let url = UrlPath::parse(path)?;
        if url.is_folder() { Err(PathFault::Traversal) } else { Ok(url.file()) }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OutPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn percent_decode(written: &str) -> Result<Cow<'_, str>, PathFault> {
    if !written.contains('%') {
        return Ok(Cow::Borrowed(written));
    }
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(PathFault::Escape);
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        let byte = u8::try_from(value).map_err(|_| PathFault::Escape)?;
        if byte == b'/' {
            return Err(PathFault::Traversal);
        }
        bytes.push(byte);
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| PathFault::Escape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_stand_behind_the_last_dot_of_a_name() {
        let check = |path: &str, expected: &str| assert_eq!(ending(path), expected, "{path}");
        check("../a/report.v2.PDF", "pdf");
        check("photo.JPG", "jpg");
        check("e.f/g", "");
        check("", "");
        assert!(is_picture("/a/b.Avif") && !is_picture("png"));
    }

    #[test]
    fn only_safe_paths_become_outputs() {
        let ok = |written: &str, file: &str| {
            assert_eq!(UrlPath::parse(written).map(|path| path.file().as_str().to_owned()), Ok(file.to_owned()));
        };
        ok("/", "index.html");
        ok("/2026/11/22/vote/", "2026/11/22/vote/index.html");
        ok("/old/story.html", "old/story.html");
        ok("/caf%C3%A9/", "café/index.html");
        for written in [
            "",
            "a",
            "//",
            "/../x",
            "/a/./b",
            "/a//b",
            "/%2e%2e/x",
            "/a%2fb",
            "/a\\b",
            "/a%5cb",
            "/a\0b",
            "/a%",
            "/a?b",
        ] {
            assert!(UrlPath::parse(written).is_err(), "{written}");
        }
        assert!(UrlPath::parse(&format!("/{}", "a".repeat(256))).is_err());
    }

    #[test]
    fn relative_paths_stay_inside_the_site() {
        let story = SourcePath::new("content/politics/vote.md");
        assert_eq!(story.join("../energy/grid.md").unwrap().as_str(), "content/energy/grid.md");
        assert_eq!(story.join("../../../etc/passwd"), None);
    }

    proptest::proptest! {
        #[test]
        fn an_output_stays_inside(written in "\\PC{0,60}") {
            if let Ok(path) = UrlPath::parse(&format!("/{written}")) {
                let file = path.file();
                proptest::prop_assert!(file.as_str().split('/').all(|part| !part.is_empty() && part != "." && part != ".."));
                proptest::prop_assert_eq!(OutPath::parse(file.as_str()), Ok(file));
                proptest::prop_assert_eq!(UrlPath::parse(&path.encoded()), Ok(path));
            }
        }
    }
}
