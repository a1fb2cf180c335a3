//! Opens the content security policies of a page for the reload script.
//!
//! Built pages bring a strict policy in a `<meta>` tag. Removing it would hide what readers' browsers will refuse, so it stays in force and only gains our
//! script's nonce, and leave to ask this server for events. With `'unsafe-inline'` a nonce would take more away than it gives (it switches inline scripts
//! off, CSP level 3, section 6.7.3.2), so there the server itself is let in instead.

use std::ops::Range;

use super::inject::escape;

/// Opens every policy of a page for scripts with `nonce` and for requests to its own server.
pub(super) fn let_in(html: &str, nonce: &str) -> String {
    let mut opened = String::with_capacity(html.len() + 512);
    let mut done = 0;
    for policy in policies(html) {
        opened.push_str(&html[done..policy.start]);
        // The value's quotes, if it has any, are part of the range, so that the new value can have its own.
        let value = unquote(&html[policy.clone()]);
        opened.push('"');
        opened.push_str(&escape(&open_policy(&unescape(value), nonce)));
        opened.push('"');
        done = policy.end;
    }
    opened.push_str(&html[done..]);
    opened
}

type Directive = (String, Vec<String>);

fn open_policy(policy: &str, nonce: &str) -> String {
    let mut directives: Vec<Directive> = policy.split(';').filter_map(directive).collect();
    let nonce = format!("'nonce-{nonce}'");
    let script_source = |sources: &[String]| {
        let is_inline = sources.iter().any(|source| source.eq_ignore_ascii_case("'unsafe-inline'"));
        if is_inline { "'self'".to_owned() } else { nonce.clone() }
    };
    open_directive(&mut directives, &["script-src-elem", "script-src"], script_source);
    open_directive(&mut directives, &["connect-src"], |_| "'self'".to_owned());
    let directives =
        directives.into_iter().map(|(name, sources)| [name].into_iter().chain(sources).collect::<Vec<_>>().join(" "));
    directives.collect::<Vec<_>>().join("; ")
}

fn directive(text: &str) -> Option<Directive> {
    let mut words = text.split_ascii_whitespace();
    let name = words.next()?.to_ascii_lowercase();
    Some((name, words.map(str::to_owned).collect()))
}

/// Adds a source to the first of `names` that the policy has; else to a copy of its default; without a default there is nothing to open.
fn open_directive(directives: &mut Vec<Directive>, names: &[&str], source: impl Fn(&[String]) -> String) {
    let place = |wanted: &str| directives.iter().position(|(name, _)| name == wanted);
    let own = names.iter().find_map(|name| place(name));
    let default = place("default-src");
    let at = own.unwrap_or(directives.len());
    if own.is_none() {
        let Some(default) = default else { return };
        let name = names.last().copied().unwrap_or_default().to_owned();
        directives.push((name, directives[default].1.clone()));
    }
    let sources = &mut directives[at].1;
    let source = source(sources);
    sources.retain(|source| !source.eq_ignore_ascii_case("'none'"));
    if !sources.contains(&source) {
        sources.push(source);
    }
}

/// The places of the policies' values, quotes included.
fn policies(html: &str) -> Vec<Range<usize>> {
    let lower = html.to_ascii_lowercase();
    let tags = lower.match_indices("<meta").map(|(at, tag)| at + tag.len());
    tags.filter_map(|start| {
        let attributes = attributes(&lower, start);
        let value =
            |wanted: &str| attributes.iter().find(|(name, _)| lower[name.clone()] == *wanted).map(|(_, value)| value);
        let kind = unquote(&lower[value("http-equiv")?.clone()]);
        (kind == "content-security-policy").then(|| value("content").cloned())?
    })
    .collect()
}

/// The attributes of a tag, from the end of its name: places of names, and of values with their quotes.
fn attributes(html: &str, start: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let until = |from: usize, stop: &dyn Fn(char) -> bool| html[from..].find(stop).map_or(html.len(), |at| from + at);
    let is_space = |character: char| character.is_ascii_whitespace();
    let mut found = Vec::new();
    let mut at = start;
    loop {
        at = until(at, &|character| !is_space(character) && character != '/');
        if html[at..].chars().next().is_none_or(|character| character == '>') {
            return found;
        }
        // A name may begin with `=`, and with nothing else that ends one.
        let name = at..until(at, &|character| is_space(character) || "/>=".contains(character)).max(at + 1);
        at = until(name.end, &|character| !is_space(character));
        let mut value = at..at;
        if html[at..].starts_with('=') {
            let begin = until(at + 1, &|character| !is_space(character));
            let end = match html[begin..].chars().next() {
                Some(quote @ ('"' | '\'')) => html[begin + 1..].find(quote).map_or(html.len(), |len| begin + len + 2),
                _ => until(begin, &|character| is_space(character) || character == '>'),
            };
            value = begin..end;
            at = end;
        }
        found.push((name, value));
    }
}

/// An attribute's value without its quotes.
fn unquote(value: &str) -> &str {
    let quote = value.chars().next().filter(|first| "\"'".contains(*first));
    quote.map_or(value, |quote| value.trim_start_matches(quote).trim_end_matches(quote))
}

/// Undoes the escapes that template engines write.
fn unescape(text: &str) -> String {
    let quotes = text.replace("&#39;", "'").replace("&#x27;", "'").replace("&apos;", "'").replace("&quot;", "\"");
    quotes.replace("&#x2F;", "/").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_policy_gains_the_script_and_nothing_else() {
        let check = |policy: &str, opened: &str| assert_eq!(open_policy(policy, "N"), opened, "{policy}");
        check("script-src 'self'", "script-src 'self' 'nonce-N'");
        check("script-src 'none'; img-src *", "script-src 'nonce-N'; img-src *");
        check("default-src 'none'", "default-src 'none'; script-src 'nonce-N'; connect-src 'self'");
        check("Default-Src 'self';", "default-src 'self'; script-src 'self' 'nonce-N'; connect-src 'self'");
        check("script-src 'unsafe-inline'", "script-src 'unsafe-inline' 'self'");
        check("script-src-elem a.example; script-src 'none'", "script-src-elem a.example 'nonce-N'; script-src 'none'");
        check("connect-src a.example", "connect-src a.example 'self'");
        check("img-src 'none'", "img-src 'none'");
        check("", "");
    }

    #[test]
    fn policies_are_found_in_any_spelling() {
        let opened = "\"script-src &#39;nonce-N&#39;\"";
        let check = |before: &str, value: &str, after: &str| {
            assert_eq!(let_in(&format!("{before}{value}{after}"), "N"), format!("{before}{opened}{after}"));
        };
        check("<meta http-equiv=\"Content-Security-Policy\" content=", "\"script-src 'none'\"", ">");
        check("<META content=", "'script-src'", " HTTP-EQUIV=content-security-policy />");
        check("ü<meta\n http-equiv = 'content-security-policy' content = ", "\"script-src &#x27;none&#x27;\"", "/><p>");
        check("<meta http-equiv=content-security-policy content=", "script-src", ">");
        check("<meta http-equiv='content-security-policy' content=", "\"script-src 'none'\"", ">");
        for html in ["<meta name=description content=\"script-src 'none'\">", "<meta http-equiv=refresh>", "<meta", ""]
        {
            assert_eq!(let_in(html, "N"), html);
        }
    }

    proptest! {
        #[test]
        fn never_panics(html in "(<meta|http-equiv|content-security-policy|content|[ =\"'/>ü;]|script-src){0,24}") {
            let _ = let_in(&html, "N");
        }
    }
}
