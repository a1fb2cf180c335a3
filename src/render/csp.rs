//! The content security policy of a page: what its browser may load, and nothing else.
//!
//! It stands in the page itself, so that any host keeps it. Everything comes from the site's own host; inline scripts and styles are never let in.
//! JSON-LD is data to a browser, and needs no leave.

use crate::config::Config;

/// What a page asks for beyond what every page may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing.
    Nothing,
    /// Its scripts ask the site for news: live coverage.
    Requests,
}

/// What every page may have, by directive in the order of the alphabet; `default-src` comes first.
const EVERY_PAGE: [(&str, &str); 9] = [
    ("base-uri", "'none'"),
    ("connect-src", ""),
    ("font-src", "'self'"),
    ("form-action", "'self'"),
    ("img-src", "'self' data:"),
    ("manifest-src", "'self'"),
    ("media-src", "'self'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
];

/// The policy of a page with what the site adds.
pub(super) fn policy(config: &Config, needs: Needs) -> String {
    let mut directives: Vec<(&str, Vec<&str>)> =
        EVERY_PAGE.iter().map(|(name, sources)| (*name, sources.split_ascii_whitespace().collect())).collect();
    let mut add = |name: &'static str, source| match directives.iter_mut().find(|(known, _)| *known == name) {
        Some((_, sources)) if sources.contains(&source) => {}
        Some((_, sources)) => sources.push(source),
        None => directives.push((name, vec![source])),
    };
    if needs == Needs::Requests {
        add("connect-src", "'self'");
    }
    for (name, sources) in &config.csp {
        for source in sources {
            add(name, source);
        }
    }
    directives.sort_by_key(|(name, _)| *name);
    let mut policy = "default-src 'none'".to_owned();
    for (name, sources) in directives.iter().filter(|(_, sources)| !sources.is_empty()) {
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
        let check = |yaml: &str, needs: Needs, expected: &[&str]| {
            let path = SourcePath::new("site.yaml");
            let (config, _) = Config::read(&path, Some(yaml.as_bytes()), Some("https://post.example"));
            let policy = policy(&config.unwrap(), needs);
            let found: Vec<&str> = policy.split("; ").collect();
            assert_eq!(found[0], "default-src 'none'");
            for directive in expected {
                assert!(found.contains(directive), "{directive}: {policy}");
            }
            assert!(!policy.contains("unsafe-inline"), "{policy}");
        };
        check("title: P", Needs::Nothing, &["base-uri 'none'", "script-src 'self'", "style-src 'self'"]);
        check("title: P", Needs::Requests, &["connect-src 'self'"]);
        let csp = "csp:\n  script-src: [https://stats.example, 'self']\n  frame-src: https://video.example https://b.example\n";
        check(
            csp,
            Needs::Nothing,
            &["script-src 'self' https://stats.example", "frame-src https://video.example https://b.example"],
        );
        check(
            "csp: {connect-src: https://stats.example}",
            Needs::Requests,
            &["connect-src 'self' https://stats.example"],
        );
        check("csp: {script-src: 'unsafe-inline'}", Needs::Nothing, &["script-src 'self'"]);
    }
}
