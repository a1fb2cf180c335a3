//! Redirects and what is gone, in the form of the site's host.

use std::fmt::Write as _;

use super::{
    host_headers::{COPIES, beside_rules},
    view::Reader,
};
use crate::{
    config::{Config, Host},
    model::UrlPath,
    parse::redirects::Target,
    plan,
};

/// What the host is told of an old address.
enum Rule {
    /// It has moved for good.
    Moved(String),
    /// It is gone; the notice, if there is a page of it.
    Gone(Option<UrlPath>),
}

/// The rules file, one rule an old address in the order of addresses.
pub(super) fn rules(reader: &Reader) -> String {
    let config = reader.config();
    let (redirects, tombstones) = reader.old_addresses();
    let mut rules: Vec<(String, Rule)> = Vec::new();
    for rule in redirects {
        let to = match &rule.to {
            Target::Gone if config.host.can_say_gone() => Rule::Gone(None),
            Target::Gone => continue,
            target => Rule::Moved(quotable(&target_address(config, target))),
        };
        rules.push((config.href(&rule.from), to));
    }
    if config.host.can_say_gone() {
        rules.extend(tombstones.iter().map(|(url, _)| (config.href(url), Rule::Gone(Some(url.clone())))));
    }
    rules.sort_by(|a, b| a.0.cmp(&b.0));
    let mut text = String::new();
    for (from, rule) in &rules {
        let _ = match config.host {
            Host::Apache => apache(&mut text, from, rule, config),
            Host::Nginx => nginx(&mut text, from, rule),
            Host::Caddy => caddy(&mut text, from, rule, config),
            _ => redirects_file(&mut text, from, rule, config),
        };
    }
    if config.host == Host::Nginx && rules.iter().any(|(_, rule)| matches!(rule, Rule::Gone(Some(_)))) {
        let _ = writeln!(text, "location {NOTICES} {{ try_files $uri ${{uri}}index.html =410; }}");
    }
    text.push_str(&beside_rules(config));
    text
}

/// Where a redirect leads, as the host and the reader's browser take it.
pub(super) fn target_address(config: &Config, target: &Target) -> String {
    match target {
        Target::Path { path, suffix } => format!("{}{suffix}", config.href(path)),
        Target::Url(url) => url.clone(),
        Target::Gone => String::new(),
    }
}

/// Netlify and Cloudflare Pages: the status is always written, since their defaults differ.
fn redirects_file(text: &mut String, from: &str, rule: &Rule, config: &Config) -> std::fmt::Result {
    let from = literal(from);
    match rule {
        Rule::Moved(to) => writeln!(text, "{from} {to} 301"),
        Rule::Gone(notice) => {
            let page = notice
                .as_ref()
                .map_or_else(|| format!("{}/404.html", config.base_path), |url| file_address(config, url));
            writeln!(text, "{from} {page} 410!")
        }
    }
}

fn apache(text: &mut String, from: &str, rule: &Rule, config: &Config) -> std::fmt::Result {
    match rule {
        Rule::Moved(to) => writeln!(text, "RedirectMatch 301 \"^{}$\" \"{to}\"", pattern(from)),
        // `mod_rewrite` comes first, and may have led to the compressed copy of a notice.
        Rule::Gone(Some(url)) if !url.is_folder() && !plan::compressed_forms(config).is_empty() => {
            writeln!(text, "RedirectMatch 410 \"^{}({COPIES})?$\"", pattern(from))
        }
        Rule::Gone(_) => writeln!(text, "RedirectMatch 410 \"^{}$\"", pattern(from)),
    }
}

/// A file to include inside a `server` block.
fn nginx(text: &mut String, from: &str, rule: &Rule) -> std::fmt::Result {
    let from = decoded(from);
    match rule {
        Rule::Moved(to) => writeln!(text, "location = \"{from}\" {{ return 301 \"{to}\"; }}"),
        Rule::Gone(None) => writeln!(text, "location = \"{from}\" {{ return 410; }}"),
        Rule::Gone(Some(_)) => {
            writeln!(text, "location = \"{from}\" {{ error_page 410 {NOTICES}; return 410; }}")
        }
    }
}

/// The place from which nginx takes notices. It has no address: by that of its file, a notice would come back to the rule that it is gone.
const NOTICES: &str = "@letterpress_gone";

/// A file to import inside a site block.
fn caddy(text: &mut String, from: &str, rule: &Rule, config: &Config) -> std::fmt::Result {
    let plain = decoded(from);
    // In a path an asterisk stands for anything, and braces for a variable. A matcher is known by its name.
    let matcher = if plain.contains(['*', '{', '}']) {
        let name = format!("@letterpress_{}", &blake3::hash(plain.as_bytes()).to_hex()[..10]);
        writeln!(text, "{name} path_regexp \"^{}$\"", pattern(from))?;
        name
    } else {
        format!("\"{plain}\"")
    };
    match rule {
        Rule::Moved(to) => writeln!(text, "redir {matcher} \"{to}\" 301"),
        Rule::Gone(None) => writeln!(text, "respond {matcher} 410"),
        Rule::Gone(Some(url)) => {
            let page = decoded(&file_address(config, url));
            let copies = precompressed(config);
            writeln!(
                text,
                "handle {matcher} {{\n\trewrite * \"{page}\"\n\tfile_server {{\n\t\tstatus 410\n{copies}\t}}\n}}"
            )
        }
    }
}

/// The line by which Caddy hands out compressed copies.
fn precompressed(config: &Config) -> String {
    match plan::compressed_forms(config) {
        [] => String::new(),
        forms => {
            let codings: Vec<&str> = forms.iter().map(|form| form.coding()).collect();
            format!("\t\tprecompressed {}\n", codings.join(" "))
        }
    }
}

/// An address of which Netlify and Cloudflare Pages take nothing for a pattern: `*` is anything to them, and `:name` a part of the path.
pub(super) fn literal(address: &str) -> String {
    address.replace('*', "%2A").replace(':', "%3A")
}

/// The file of a page, as its own address.
fn file_address(config: &Config, url: &UrlPath) -> String {
    let file = config.href(url);
    if url.is_folder() { format!("{file}index.html") } else { file }
}

/// An address without the characters that end a quoted text, or that nginx and Caddy take for the start of a variable.
fn quotable(address: &str) -> String {
    let mut quotable = String::with_capacity(address.len());
    for character in address.chars() {
        if character.is_ascii_graphic() && !"\"\\<>^`{|}$".contains(character) {
            quotable.push(character);
        } else {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(quotable, "%{byte:02X}");
            }
        }
    }
    quotable
}

/// An address as a server compares it: decoded, with quotes and backslashes escaped.
fn decoded(address: &str) -> String {
    let path = UrlPath::parse(address).map_or_else(|_| address.to_owned(), |path| path.as_str().to_owned());
    path.replace('\\', "\\\\").replace('"', "\\\"")
}

/// An address as a regular expression.
fn pattern(address: &str) -> String {
    let mut pattern = String::new();
    for character in decoded(address).chars() {
        if ".+*?()[]{}^$|".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
