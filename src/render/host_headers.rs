//! How long browsers and caches may keep each kind of file, and what a page may not say in itself, in the form of the site's host.
//!
//! Files in `/assets/`, and pictures as they were made for pages, have a fingerprint in their names and never change. News for live coverage is
//! asked for every few seconds. Pages are news: a cache between host and reader keeps them for a minute, and longer only while it asks for the new one, or cannot get it (RFC 5861).
//! Policies on who may frame a page are heeded in headers alone (Content Security Policy Level 3, section 3.3).

use std::fmt::Write as _;

use super::view::Reader;
use crate::{
    config::{Compression, Config, Host},
    plan,
};

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const LIVE: &str = "public, max-age=10";
const FEED: &str = "public, max-age=300";
const PAGE: &str = "public, max-age=0, s-maxage=60, stale-while-revalidate=600, stale-if-error=86400";

/// What every answer says.
const ALWAYS: [(&str, &str); 3] = [
    ("Content-Security-Policy", "frame-ancestors 'self'"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];

/// The feeds and sitemaps that are asked for again and again, as the ends of their addresses in a regular expression.
const FEEDS: &str = r"/(feed\.(xml|json)|atom\.xml|news-sitemap[^/]*\.xml)$";
const LIVE_FEEDS: &str = r"/live\.json$";

/// The ends of the addresses of compressed copies, as a regular expression.
pub(super) const COPIES: &str = r"\.(br|gz)";

/// The most addresses that `_headers` names one by one: Cloudflare Pages reads a hundred rules.
const MOST_ADDRESSES: usize = 90;

/// What stands behind the redirects in the one file of nginx, Apache or Caddy; nothing for other hosts.
pub(super) fn beside_rules(config: &Config) -> String {
    // A fingerprint is ten hexadecimal digits. What a site itself puts into `static/assets/` has none, and may change.
    let fixed = format!("^{}/(assets|media/sized)/.*\\.[0-9a-f]{{10}}\\.[^/]+$", regex_of(&config.base_path));
    let mut text = String::new();
    let _ = match config.host {
        Host::Nginx => nginx(&mut text, &fixed, config),
        Host::Apache => apache(&mut text, &fixed, config),
        Host::Caddy => caddy(&mut text, &fixed),
        Host::Plain | Host::Netlify | Host::CloudflarePages | Host::GithubPages | Host::S3 => Ok(()),
    };
    text
}

/// The file `_headers` of Netlify and Cloudflare Pages.
///
/// No two rules with one header fit the same address: one host joins their values with commas. What has no rule keeps the host's own: never kept
/// without asking, which suits pages.
pub(super) fn headers_file(reader: &Reader) -> String {
    let config = reader.config();
    let base = &config.base_path;
    let mut text = format!("{base}/*\n");
    for (name, value) in ALWAYS {
        let _ = writeln!(text, "  {name}: {value}");
    }
    for folder in ["/assets/", plan::RENDITIONS] {
        let _ = writeln!(text, "{base}{folder}*\n  Cache-Control: {FOR_EVER}");
    }
    let feeds = ["/feed.xml", "/atom.xml", "/feed.json", "/news-sitemap.xml"];
    let feeds = feeds.into_iter().filter(|_| config.origin.is_some()).map(|feed| (format!("{base}{feed}"), FEED));
    let live = reader.on_air().into_iter().map(|url| (config.href(&url), LIVE));
    for (address, value) in feeds.chain(live).take(MOST_ADDRESSES) {
        let _ = writeln!(text, "{}\n  Cache-Control: {value}", super::host_rules::literal(&address));
    }
    text
}

/// `set` and `if` with `set` alone, which nginx runs once a request, before it looks for a location.
fn nginx(text: &mut String, fixed: &str, config: &Config) -> std::fmt::Result {
    // The module for Brotli is not part of nginx, which would not start with a directive that it does not know.
    if plan::compressed_forms(config).contains(&Compression::Gzip) {
        writeln!(text, "gzip_static on;\ngzip_vary on;")?;
    }
    writeln!(text, "set $letterpress_keep \"{PAGE}\";")?;
    for (pattern, value) in [(fixed, FOR_EVER), (FEEDS, FEED), (LIVE_FEEDS, LIVE)] {
        writeln!(text, "if ($uri ~ \"{pattern}\") {{ set $letterpress_keep \"{value}\"; }}")?;
    }
    writeln!(text, "add_header Cache-Control $letterpress_keep;")?;
    ALWAYS.iter().try_for_each(|(name, value)| writeln!(text, "add_header {name} \"{value}\" always;"))
}

fn apache(text: &mut String, fixed: &str, config: &Config) -> std::fmt::Result {
    let forms = plan::compressed_forms(config);
    if !forms.is_empty() {
        apache_copies(text, forms)?;
    }
    writeln!(text, "<IfModule mod_headers.c>\nHeader set Cache-Control \"{PAGE}\"")?;
    for (pattern, value) in [(fixed, FOR_EVER), (FEEDS, FEED), (LIVE_FEEDS, LIVE)] {
        // What is asked for is the address of the copy by now.
        let with_copies = pattern.strip_suffix('$').map(|pattern| format!("{pattern}({COPIES})?$"));
        let pattern = with_copies.filter(|_| !forms.is_empty()).unwrap_or_else(|| pattern.to_owned());
        writeln!(text, "Header set Cache-Control \"{value}\" \"expr=%{{REQUEST_URI}} =~ m#{pattern}#\"")?;
    }
    ALWAYS.iter().try_for_each(|(name, value)| writeln!(text, "Header always set {name} \"{value}\""))?;
    writeln!(text, "</IfModule>")
}

/// Hands out the copy beside a file, if there is one and the browser takes it. `mod_dir` asks for a folder's index anew, by its own name.
///
/// Both modules for it and `mod_mime` come with Apache; without `mod_headers` caches could not be told to keep the forms apart.
fn apache_copies(text: &mut String, forms: &[Compression]) -> std::fmt::Result {
    writeln!(text, "<IfModule mod_rewrite.c>\n<IfModule mod_headers.c>\nRewriteEngine On")?;
    for form in forms {
        let (ending, coding) = (form.as_str(), form.coding());
        // A weight of nothing means that it is refused (RFC 9110, section 12.4.2).
        writeln!(
            text,
            "RewriteCond %{{HTTP:Accept-Encoding}} \"(^|,)[ \\t]*{coding}[ \\t]*(,|$|;[ \\t]*q=(1|0\\.[0-9]*[1-9]))\" [NC]"
        )?;
        writeln!(text, "RewriteCond %{{REQUEST_FILENAME}} !{COPIES}$")?;
        writeln!(text, "RewriteCond %{{REQUEST_FILENAME}}.{ending} -f")?;
        writeln!(text, "RewriteRule ^ %{{REQUEST_URI}}.{ending} [L,E=no-gzip:1,E=no-brotli:1]")?;
    }
    for form in forms {
        let (ending, coding) = (form.as_str(), form.coding());
        writeln!(text, "<FilesMatch \"\\.({})\\.{ending}$\">", plan::COMPRESSED_ENDINGS.join("|"))?;
        // `.gz` may be a type of its own, and `.br` is Breton to some.
        writeln!(
            text,
            "RemoveType .{ending}\nRemoveLanguage .{ending}\nAddEncoding {coding} .{ending}\n</FilesMatch>"
        )?;
    }
    let endings = plan::COMPRESSED_ENDINGS.join("|");
    writeln!(text, "<FilesMatch \"\\.({endings})({COPIES})?$\">\nHeader merge Vary Accept-Encoding\n</FilesMatch>")?;
    writeln!(text, "</IfModule>\n</IfModule>")
}

/// Caddy sorts directives by how narrow they are, so each address fits one of the four.
fn caddy(text: &mut String, fixed: &str) -> std::fmt::Result {
    for (name, pattern, value) in [("assets", fixed, FOR_EVER), ("feeds", FEEDS, FEED), ("live", LIVE_FEEDS, LIVE)] {
        writeln!(
            text,
            "@letterpress_{name} path_regexp {pattern}\nheader @letterpress_{name} Cache-Control \"{value}\""
        )?;
    }
    let all = format!("({fixed})|({FEEDS})|({LIVE_FEEDS})");
    writeln!(text, "@letterpress_pages not path_regexp {all}\nheader @letterpress_pages Cache-Control \"{PAGE}\"")?;
    writeln!(text, "header {{")?;
    ALWAYS.iter().try_for_each(|(name, value)| writeln!(text, "\t{name} \"{value}\""))?;
    writeln!(text, "}}")
}

/// A base path as a regular expression. It holds no quotes or spaces: it is the path of an address.
fn regex_of(base_path: &str) -> String {
    base_path.replace('.', "\\.").replace('+', "\\+")
}
