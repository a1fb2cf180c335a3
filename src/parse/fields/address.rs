//! Addresses: which are let through, and why others are not.

use url::Url;

/// Why an address is not let through, in words that end "this …".
pub(in crate::parse) type Fault = &'static str;

/// Checks an address that a reader may follow: http, https, mailto, tel or relative.
pub(super) fn link(written: &str) -> Result<(), Fault> {
    match scheme(written)?.as_deref() {
        Some("http" | "https") => whole(written),
        Some("mailto" | "tel") if written.contains(char::is_whitespace) => Err("has a space in it"),
        None | Some("mailto" | "tel") => Ok(()),
        Some(_) => Err("is neither http, https, mailto, tel nor relative"),
    }
}

/// Checks a file of the site, or an address with http or https. A file's name may hold spaces.
pub(super) fn file(written: &str) -> Result<(), Fault> {
    match scheme(written)?.as_deref() {
        Some("http" | "https") => whole(written),
        None => Ok(()),
        Some(_) => Err("is neither a file of the site nor an address with http or https"),
    }
}

/// Checks an address with http or https.
pub(in crate::parse) fn whole(written: &str) -> Result<(), Fault> {
    match scheme(written)?.as_deref() {
        Some("http" | "https") if written.contains(char::is_whitespace) => Err("has a space in it"),
        Some("http" | "https") => parse(written).map(|_| ()),
        _ => Err("is not a whole address with http or https"),
    }
}

/// The origin and base path of a site's address: `("https://news.example", "/project")`, neither with a final `/`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with the address.
pub fn site_url(written: &str) -> Result<(String, String), &'static str> {
    whole(written)?;
    let url = parse(written)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or a fragment");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user name or password");
    }
    Ok((url.origin().ascii_serialization(), url.path().trim_end_matches('/').to_owned()))
}

fn parse(written: &str) -> Result<Url, Fault> {
    let url = Url::parse(written).map_err(|_| "cannot be read as an address")?;
    if url.host_str().is_some_and(|host| !host.is_empty()) { Ok(url) } else { Err("names no host") }
}

/// The scheme in lower case, if there is one; refuses what browsers read otherwise than we do.
fn scheme(written: &str) -> Result<Option<String>, Fault> {
    // Browsers drop tabs and line ends wherever they stand, so `java\tscript:` is a scheme to them; and they take `\` for `/`.
    if written.chars().any(char::is_control) {
        return Err("holds a control character");
    }
    if written.contains('\\') {
        return Err("holds a backslash");
    }
    if written.starts_with("//") {
        return Err("begins with `//` instead of `https://`");
    }
    let end = written.find([':', '/', '?', '#']).filter(|at| written[*at..].starts_with(':'));
    Ok(end.map(|at| written[..at].to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_addresses_pass() {
        for written in [
            "https://a.example/x?y#z",
            "HTTP://a.example",
            "mailto:desk@a.example",
            "tel:+441234",
            "/about/",
            "../x y.md",
            "?p=1",
            "#top",
            "a/b:c",
        ] {
            assert_eq!(link(written), Ok(()), "{written}");
        }
        for written in [
            "javascript:alert(1)",
            "JavaScript:x",
            "java\tscript:x",
            "data:text/html,x",
            "//evil.example",
            "\\\\evil",
            "https://",
            "https:///x y",
            "http://a b/",
            "vbscript:x",
            ":x",
        ] {
            assert!(link(written).is_err(), "{written}");
        }
    }

    #[test]
    fn a_sites_address_is_split_into_origin_and_path() {
        let check = |written: &str, origin: &str, path: &str| {
            assert_eq!(site_url(written), Ok((origin.to_owned(), path.to_owned())), "{written}");
        };
        check("https://news.example", "https://news.example", "");
        check("https://News.example/", "https://news.example", "");
        check("https://desk.example/project/", "https://desk.example", "/project");
        check("http://localhost:4000", "http://localhost:4000", "");
        for written in ["news.example", "ftp://a.example", "https://a.example/?x", "https://u:p@a.example", "/x", ""] {
            assert!(site_url(written).is_err(), "{written}");
        }
    }
}
