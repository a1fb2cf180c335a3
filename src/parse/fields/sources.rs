//! Sources that a site may add to its content security policy.
//!
//! Source: Content Security Policy level 3, section 2.3.1, source lists.

/// What is wrong with a source, as the end of a sentence, and the cure.
type Fault = (&'static str, &'static str);

const OF_A_HOST: &str = "name a host as `https://stats.example`";

/// Reads sources with spaces between them; tells the first that cannot stand in a policy of ours, what is wrong with it, and the cure.
///
/// Keywords and hashes may lack their quotes: YAML takes `'self'` for a text in quotes, and drops them.
pub(super) fn read(written: &str) -> Result<String, (&str, &'static str, &'static str)> {
    let sources = written.split_ascii_whitespace().map(|source| {
        let bare = source.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')).unwrap_or(source);
        let checked = match keyword(bare) {
            Some(checked) => checked.map(|()| format!("'{bare}'")),
            None => place(source).map(|()| source.to_owned()),
        };
        checked.map_err(|(fault, cure)| (source, fault, cure))
    });
    Ok(sources.collect::<Result<Vec<_>, _>>()?.join(" "))
}

/// Whether a keyword or hash may stand in a policy; none if the text is neither.
fn keyword(bare: &str) -> Option<Result<(), Fault>> {
    let lower = bare.to_ascii_lowercase();
    let hash = ["sha256-", "sha384-", "sha512-"].iter().find_map(|start| lower.strip_prefix(start));
    Some(match lower.as_str() {
        "self" | "unsafe-eval" | "wasm-unsafe-eval" | "strict-dynamic" | "report-sample" => Ok(()),
        "unsafe-inline" | "unsafe-hashes" => Err((
            "would let in any script that gets into a page",
            "put the script into a file of `static/`, or add the hash of the one that is meant: `sha256-…`",
        )),
        "none" => Err(("takes nothing away from what the policy allows", "remove it: the policy begins with nothing")),
        _ if lower.starts_with("nonce-") => {
            Err(("would be the same on every visit", "add the hash of the script instead: `sha256-…`"))
        }
        _ => match hash? {
            hash if is_base64(hash) => Ok(()),
            _ => {
                Err(("is no hash in Base64", "copy it from the browser's console, which tells the one that it missed"))
            }
        },
    })
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
}

/// A scheme with its colon, or a host with what may stand around it.
fn place(source: &str) -> Result<(), Fault> {
    if let Some(scheme) = source.strip_suffix(':') {
        return if is_scheme(scheme) { Ok(()) } else { Err(("is no scheme", OF_A_HOST)) };
    }
    let rest = match source.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        Some(_) => return Err(("is no address", OF_A_HOST)),
        None => source,
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if host == "*" {
        return Err(("lets in every host", OF_A_HOST));
    }
    if !host.strip_prefix("*.").unwrap_or(host).split('.').all(is_label) {
        return Err(("names no host", OF_A_HOST));
    }
    if port.is_some_and(|port| port != "*" && (port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()))) {
        return Err(("has a port that is no number", OF_A_HOST));
    }
    // A semicolon ends a directive and a comma a policy; a query is not compared.
    if path.contains([';', ',', '?', '#', '\'', '"']) {
        return Err((
            "has a character in its path that ends it there",
            "write it percent-encoded, or leave the path out",
        ));
    }
    Ok(())
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_those_of_a_strict_policy() {
        let check = |written: &str, sources: &str| assert_eq!(read(written).as_deref(), Ok(sources), "{written}");
        check("https://stats.example", "https://stats.example");
        check("stats.example  *.cdn.example:443", "stats.example *.cdn.example:443");
        check("https://a.example/js/ https: data:", "https://a.example/js/ https: data:");
        check("'self' strict-dynamic", "'self' 'strict-dynamic'");
        check("sha256-aB+/== 'sha256-aB'", "'sha256-aB+/==' 'sha256-aB'");
        check("http://localhost:*", "http://localhost:*");
    }

    #[test]
    fn the_first_that_cannot_stand_there_is_told() {
        let check =
            |written: &str, bad: &str| assert_eq!(read(written).map_err(|fault| fault.0), Err(bad), "{written}");
        check("'unsafe-inline'", "'unsafe-inline'");
        check("https://a.example 'NONCE-abc'", "'NONCE-abc'");
        check("none", "none");
        check("*", "*");
        check("https://", "https://");
        check("https://a.example;script-src", "https://a.example;script-src");
        check("https://a.example/a;b", "https://a.example/a;b");
        check("a.example, b.example", "a.example,");
        check("'sha256-'", "'sha256-'");
        check("'selb'", "'selb'");
        check("a.example:port", "a.example:port");
        check(":", ":");
    }
}
