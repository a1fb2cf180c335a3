//! From the path of a request to a file of the site.

use std::fmt::Write as _;

use super::pages::Pages;

/// What a path stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The file of that name and number.
    File(String, usize),
    /// What was asked for has this path, percent-encoded; it begins with one slash.
    Moved(String),
    /// Nothing.
    Nothing,
    /// It is no path: a broken escape, or bytes that are no text.
    Malformed,
}

/// Looks up the path of a request, still percent-encoded, among the files that there are.
///
/// Decoded once, a path is only compared with the list: `..`, an absolute path, a NUL or a backslash is a name that no file has.
/// A redirect is made of a listed name, never of the request, and is a path with one leading slash, so it can't lead to another host (RUSTSEC-2022-0072).
pub(super) fn find(pages: &dyn Pages, base_path: &str, path: &str) -> Found {
    let trimmed = path.trim_start_matches('/');
    let has_doubled_slash = path.len() - trimmed.len() > 1;
    let Some(path) = decode(trimmed) else { return Found::Malformed };
    let Some(name) = below(base_path, &path) else {
        let is_front_page = path.is_empty() || format!("/{path}") == base_path;
        return if is_front_page { Found::Moved(encode(&format!("{base_path}/"))) } else { Found::Nothing };
    };
    let is_folder = name.is_empty() || name.ends_with('/');
    let file = if is_folder { format!("{name}index.html") } else { name.to_owned() };
    match pages.listed(&file) {
        Some(number) if !has_doubled_slash => Found::File(file, number),
        Some(_) => Found::Moved(encode(&format!("{base_path}/{name}"))),
        None if !is_folder && pages.listed(&format!("{name}/index.html")).is_some() => {
            Found::Moved(encode(&format!("{base_path}/{name}/")))
        }
        None => Found::Nothing,
    }
}

/// The part of a path behind the site's own.
fn below<'a>(base_path: &str, path: &'a str) -> Option<&'a str> {
    match base_path.strip_prefix('/') {
        None => Some(path),
        Some(base) => path.strip_prefix(base)?.strip_prefix('/'),
    }
}

/// Decodes percent-encoded UTF-8, once.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (high, low) = (hex(*rest.first()?)?, hex(*rest.get(1)?)?);
            bytes.push(high * 16 + low);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Encodes a path, leaving the unreserved characters of RFC 3986 and the slashes.
fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{super::tests::Folder, *};

    #[test]
    fn paths_lead_to_listed_files_only() {
        let pages = Folder::from_names(&[
            "index.html",
            "news/index.html",
            "news/feed.xml",
            "a b/ü.html",
            "evil/index.html",
            "100%/index.html",
        ]);
        let check = |path: &str, found: &Found| assert_eq!(find(&pages, "", path), *found, "{path}");
        let moved = |path: &str| Found::Moved(path.to_owned());
        let file = |name: &str| Found::File(name.to_owned(), pages.listed(name).unwrap());
        check("/", &file("index.html"));
        check("/news/", &file("news/index.html"));
        check("/news", &moved("/news/"));
        check("/news/feed.xml", &file("news/feed.xml"));
        check("/news/feed.xml/", &Found::Nothing);
        check("/a%20b/%C3%BC.html", &file("a b/ü.html"));
        check("/100%25", &moved("/100%25/"));
        check("/100%2525/", &Found::Nothing);
        check("//evil", &moved("/evil/"));
        check("//evil/", &moved("/evil/"));
        check("///", &moved("/"));
        check("//evil/..", &Found::Nothing);
        check("//evil.example/%2e%2e", &Found::Nothing);
        check("/news/../index.html", &Found::Nothing);
        check("/news//feed.xml", &Found::Nothing);
        for path in ["/%", "/%2", "/%zz", "/%+1", "/%ff", "/%c0%ae"] {
            check(path, &Found::Malformed);
        }
    }

    #[test]
    fn a_site_below_a_path() {
        let pages = Folder::from_names(&["index.html", "news/index.html"]);
        let check = |path: &str, found: &Found| assert_eq!(find(&pages, "/the paper", path), *found, "{path}");
        check("/", &Found::Moved("/the%20paper/".to_owned()));
        check("/the%20paper", &Found::Moved("/the%20paper/".to_owned()));
        check("/the%20paper/", &Found::File("index.html".to_owned(), 0));
        check("/the%20paper/news", &Found::Moved("/the%20paper/news/".to_owned()));
        check("/news/", &Found::Nothing);
        check("/the%20papers/", &Found::Nothing);
    }
}
