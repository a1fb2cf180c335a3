//! The content security policy of a page: what its browser may load, and nothing else.
//!
//! It stands in the page itself, so that any host keeps it. Everything comes from the site's own host; inline scripts and styles are never let in.
//! JSON-LD is data to a browser, and needs no leave.

use crate::config::Config;

/// What every page may have, by directive in the order of the alphabet. What is not named here is as `default-src` says, which comes first: from the
/// site's own host. It stands on every page, so it is short.
///
/// Live coverage asks for its news. The other pages may ask their own host as well: browsers' tools read `robots.txt` from within a page, and would
/// call it unreadable. Where no foreign script runs, it gives nothing away.
const EVERY_PAGE: [(&str, &str); 6] = [
    ("base-uri", "'none'"),
    ("form-action", "'self'"),
    ("frame-src", "'none'"),
    ("img-src", "'self' data:"),
    ("object-src", "'none'"),
    ("worker-src", "'none'"),
];

/// What a directive says that is not named, and that the site adds to.
const DEFAULT: &str = "'self'";

/// The policy of a page with what the site adds.
pub(super) fn policy(config: &Config) -> String {
    let mut directives: Vec<(&str, Vec<&str>)> =
        EVERY_PAGE.iter().map(|(name, sources)| (*name, sources.split_ascii_whitespace().collect())).collect();
    let mut add = |name: &'static str, source| match directives.iter_mut().find(|(known, _)| *known == name) {
        Some((_, sources)) if sources.contains(&source) => {}
        Some((_, sources)) => {
            sources.retain(|source| *source != "'none'");
            sources.push(source);
        }
        None if source == DEFAULT => {}
        None => directives.push((name, vec![DEFAULT, source])),
    };
    for (name, sources) in &config.csp {
        for source in sources {
            add(name, source);
        }
    }
    directives.sort_by_key(|(name, _)| *name);
    let mut policy = format!("default-src {DEFAULT}");
    for (name, sources) in &directives {
        policy.push_str("; ");
        policy.push_str(name);
        for source in sources {
            policy.push(' ');
            policy.push_str(source);
        }
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourcePath;

    #[test]
    fn a_policy_lets_in_the_site_and_what_it_adds() {
        let check = |yaml: &str, expected: &[&str]| {
            let path = SourcePath::new("site.yaml");
            let (config, _) = Config::read(&path, Some(yaml.as_bytes()), Some("https://post.example"));
            let policy = policy(&config.unwrap());
            let found: Vec<&str> = policy.split("; ").collect();
            assert_eq!(found[0], "default-src 'self'");
            for directive in expected {
                assert!(found.contains(directive), "{directive}: {policy}");
            }
            assert!(!policy.contains("unsafe-inline"), "{policy}");
        };
        check("title: P", &["base-uri 'none'", "form-action 'self'", "frame-src 'none'", "object-src 'none'"]);
        let csp = "csp:\n  script-src: [https://stats.example, 'self']\n  frame-src: https://video.example https://b.example\n";
        check(csp, &["script-src 'self' https://stats.example", "frame-src https://video.example https://b.example"]);
        check("csp: {connect-src: https://stats.example}", &["connect-src 'self' https://stats.example"]);
        check("csp: {script-src: 'unsafe-inline'}", &["default-src 'self'"]);
        check(
            "csp: {script-src: 'self', img-src: https://pictures.example}",
            &["img-src 'self' data: https://pictures.example"],
        );
    }
}
