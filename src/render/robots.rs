//! `robots.txt`, as in RFC 9309, and the policy for crawlers of language models.

use std::fmt::Write as _;

use super::view::Reader;
use crate::{config::AiPolicy, model::UrlPath};

/// What a crawler for language models reads for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To train a model.
    Training,
    /// To answer a reader's question now, with a link.
    Answers,
}

/// The crawlers for language models that say who they are, by the name that they look for in `robots.txt`.
///
/// Written down on 2026-11-22, and not compared with their makers' pages yet. One that is missing here is not refused: a new name is a line in this table.
const AI_CRAWLERS: &[(&str, Purpose)] = &[
    ("AI2Bot", Purpose::Training),
    ("Amazonbot", Purpose::Training),
    ("anthropic-ai", Purpose::Training),
    ("Applebot-Extended", Purpose::Training),
    ("Bytespider", Purpose::Training),
    ("CCBot", Purpose::Training),
    ("ClaudeBot", Purpose::Training),
    ("cohere-training-data-crawler", Purpose::Training),
    ("Diffbot", Purpose::Training),
    ("FacebookBot", Purpose::Training),
    ("Google-Extended", Purpose::Training),
    ("GPTBot", Purpose::Training),
    ("ImagesiftBot", Purpose::Training),
    ("meta-externalagent", Purpose::Training),
    ("omgili", Purpose::Training),
    ("PanguBot", Purpose::Training),
    ("Timpibot", Purpose::Training),
    ("Webzio-Extended", Purpose::Training),
    ("ChatGPT-User", Purpose::Answers),
    ("Claude-SearchBot", Purpose::Answers),
    ("Claude-User", Purpose::Answers),
    ("cohere-ai", Purpose::Answers),
    ("DuckAssistBot", Purpose::Answers),
    ("meta-externalfetcher", Purpose::Answers),
    ("MistralAI-User", Purpose::Answers),
    ("OAI-SearchBot", Purpose::Answers),
    ("Perplexity-User", Purpose::Answers),
    ("PerplexityBot", Purpose::Answers),
    ("YouBot", Purpose::Answers),
];

/// The file.
pub(super) fn robots(reader: &Reader) -> String {
    let config = reader.config();
    let robots = &config.robots;
    let mut text = String::new();
    let is_refused = |purpose: Purpose| match robots.ai {
        AiPolicy::Allow => false,
        AiPolicy::RefuseTraining => purpose == Purpose::Training,
        AiPolicy::Refuse => true,
    };
    // A group is for the crawlers named above its rules, and a crawler obeys one group only.
    let refused: Vec<&str> =
        AI_CRAWLERS.iter().filter(|(_, purpose)| is_refused(*purpose)).map(|(name, _)| *name).collect();
    if !refused.is_empty() {
        for name in refused {
            let _ = writeln!(text, "User-agent: {name}");
        }
        text.push_str("Disallow: /\n\n");
    }
    text.push_str("User-agent: *\n");
    if robots.disallow.is_empty() {
        // Without a path nothing is disallowed.
        text.push_str("Disallow:\n");
    }
    for path in &robots.disallow {
        let _ = writeln!(text, "Disallow: {}{}", config.base_path, encoded(path));
    }
    if robots.names_sitemaps {
        let news = reader.news_urls().cloned();
        let sitemap = UrlPath::parse("/sitemap.xml").expect("the program's own paths are safe");
        let there = std::iter::once(sitemap).chain(news).filter(|url| reader.has(url));
        for (at, url) in there.filter_map(|url| config.absolute(&url)).enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            let _ = writeln!(text, "{gap}Sitemap: {url}");
        }
    }
    text
}

/// A path with its wildcards, everything outside ASCII percent-encoded, as crawlers compare it.
fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && byte != b'#' {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_stand_once_and_in_order() {
        for purpose in [Purpose::Training, Purpose::Answers] {
            let names: Vec<String> =
                AI_CRAWLERS.iter().filter(|it| it.1 == purpose).map(|it| it.0.to_ascii_lowercase()).collect();
            assert!(names.is_sorted() && !names.is_empty());
        }
        let mut names: Vec<String> = AI_CRAWLERS.iter().map(|it| it.0.to_ascii_lowercase()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), AI_CRAWLERS.len());
    }

    #[test]
    fn paths_are_encoded_as_crawlers_compare_them() {
        let check = |path: &str, written: &str| assert_eq!(encoded(path), written);
        check("/desk/*.pdf$", "/desk/*.pdf$");
        check("/élysée/", "/%C3%A9lys%C3%A9e/");
        check("/a b#c", "/a%20b%23c");
    }
}
