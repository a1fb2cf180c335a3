//! Reads single values: what their types let through, and what is said of the rest.

use std::ops::RangeInclusive;

use super::{
    Content, Type, address,
    instant::{self, Rule},
    one_of,
    read::{Fault, Found, Reader},
    sources,
};
use crate::{
    config::{ExtraType, PermalinkPattern},
    diag::{Code, Diagnostic},
    model::{PathFault, Slug, Span, UrlPath, Zone, nearest},
    parse::yaml::{self, Literal, Node, NodeValue, Scalar},
};

/// What a value is, for a message.
pub(super) fn what(node: &Node) -> &'static str {
    match &node.value {
        NodeValue::Null => "nothing",
        NodeValue::Scalar(Scalar { literal: Some(Literal::Bool(_)), .. }) => "a truth value",
        NodeValue::Scalar(Scalar { literal: Some(Literal::Number(_)), .. }) => "a number",
        NodeValue::Scalar(_) => "text",
        NodeValue::List(_) => "a list",
        NodeValue::Map(_) => "a map",
    }
}

impl Reader<'_> {
    pub(super) fn wrong_type(&mut self, name: &str, kind: Type, node: &Node) -> Fault {
        let mut diagnostic = self
            .error(Code::WrongType, node.span, format!("`{name}` cannot be {}", what(node)))
            .label(format!("expected {}", kind.words()));
        if kind.is_text()
            && let Some((written, _)) = self.headline(node)
        {
            diagnostic =
                diagnostic.help(format!("if it is a text with a colon, quote it: `{}`", yaml::scalar(&written)));
        }
        self.fail(diagnostic)
    }

    fn bad(&mut self, code: Code, span: Span, message: String, kind: Type) -> Fault {
        let diagnostic = self.error(code, span, message).label(format!("expected {}", kind.words()));
        self.fail(diagnostic)
    }

    /// A map of one entry as the text that its writer meant, with its place.
    pub(super) fn headline(&self, node: &Node) -> Option<(String, Span)> {
        let NodeValue::Map(entries) = &node.value else { return None };
        let [entry] = entries.as_slice() else { return None };
        let end = match &entry.value.value {
            NodeValue::Null | NodeValue::Scalar(_) => entry.value.span.end,
            NodeValue::List(_) | NodeValue::Map(_) => return None,
        };
        let written = self.text.get(entry.key_span.start..end)?;
        // In braces it is a map on purpose.
        if self.text[..entry.key_span.start].trim_end().ends_with('{') {
            return None;
        }
        Some((one_line(written), Span::new(entry.key_span.start, end)))
    }

    /// A scalar as text on one line; nothing if there is none, or nothing in it.
    pub(super) fn line(&mut self, name: &str, kind: Type, node: &Node) -> Found<String> {
        let text = match &node.value {
            NodeValue::Null => return Ok(None),
            NodeValue::Scalar(scalar) => one_line(&scalar.text),
            NodeValue::Map(_) if matches!(kind, Type::Story) => {
                let Some((written, span)) = self.headline(node) else { return Err(self.wrong_type(name, kind, node)) };
                self.report(
                    Diagnostic::warning(
                        Code::UnquotedHeadline,
                        self.path,
                        span,
                        "YAML takes this headline for a map, because of its colon",
                    )
                    .note("it was read as the headline that it was meant to be")
                    .help(format!("quote it: `{}`", yaml::scalar(&written))),
                );
                written
            }
            NodeValue::Map(_) | NodeValue::List(_) => return Err(self.wrong_type(name, kind, node)),
        };
        if text.chars().any(char::is_control) {
            let diagnostic = self.error(Code::WrongType, node.span, format!("`{name}` holds a control character"));
            return Err(self.fail(diagnostic.help("remove it: it shows nowhere, and breaks feeds")));
        }
        // Behind a name a hash and a space are a comment, as in `- energy # for the desk`; behind a headline they may be anything.
        let is_comment =
            |cut: &Span| matches!(kind, Type::Name | Type::Story) && self.text[cut.start..].starts_with("# ");
        if let Some(cut) = node.cut.filter(|cut| kind.is_text() && !is_comment(cut)) {
            let lost = self.text[cut.start..cut.end].to_owned();
            let whole = format!("{text} {lost}");
            self.report(
                Diagnostic::warning(
                    Code::CutShort,
                    self.path,
                    cut,
                    format!("`{name}` ends before ` #`: to YAML the rest is a comment"),
                )
                .label(format!("not part of `{name}`"))
                .help(format!("if it belongs to the text, quote all of it: `{}`", yaml::scalar(&whole)))
                .help(format!("if it is a comment, quote the text before it: `\"{text}\" {lost}`")),
            );
        }
        Ok((!text.is_empty()).then_some(text))
    }

    /// Checks a text against its type.
    pub(super) fn scalar(&mut self, name: &str, kind: Type, text: &str, span: Span) -> Result<Content, Fault> {
        let owned = || Content::Text(text.to_owned());
        match kind {
            Type::Instant => self.instant(name, text, Rule::Lenient, span),
            Type::Gate => self.instant(name, text, Rule::Strict, span),
            Type::Duration => match seconds(text) {
                Some(seconds) => Ok(Content::Integer(seconds)),
                None => Err(self.bad(Code::WrongType, span, format!("`{name}` is not a length of time"), kind)),
            },
            Type::Slug => self.slug(name, text, span),
            Type::Path => UrlPath::parse(text).map(|_| owned()).map_err(|fault| self.bad_path(text, span, fault)),
            Type::Url => self.checked(name, text, span, address::link),
            Type::AbsoluteUrl => self.checked(name, text, span, address::whole),
            Type::File => self.checked(name, text, span, address::file),
            Type::SiteUrl => self.checked(name, text, span, |text| address::site_url(text).map(drop)),
            Type::Word(words) => self.word(name, text, span, words),
            Type::Email if is_email(text) => Ok(owned()),
            Type::Email => Err(self.bad(Code::WrongType, span, "this is not an e-mail address".into(), kind)),
            Type::Language if is_language(text) => Ok(owned()),
            Type::Language => Err(self.bad_language(name, text, span)),
            Type::Zone => self.zone(text, span),
            Type::Permalinks => PermalinkPattern::parse(text).map(Content::Pattern).map_err(|fault| {
                let diagnostic = self
                    .error(Code::BadConfig, span, format!("these permalinks cannot be: {fault}"))
                    .label(format!("expected {}", kind.words()));
                self.fail(diagnostic)
            }),
            Type::Sources => sources::read(text).map(Content::Text).map_err(|(source, fault, cure)| {
                let diagnostic = self.error(Code::BadConfig, span, format!("the source `{source}` {fault}")).help(cure);
                self.fail(diagnostic)
            }),
            _ => Ok(owned()),
        }
    }

    fn word(&mut self, name: &str, text: &str, span: Span, words: &[&str]) -> Result<Content, Fault> {
        if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(Content::Text((*word).to_owned()));
        }
        let diagnostic = self
            .error(Code::UnknownWord, span, format!("`{name}` cannot be `{text}`"))
            .label(format!("expected {}", one_of(words)))
            .did_you_mean(nearest(text, words.iter().copied()));
        Err(self.fail(diagnostic))
    }

    fn bad_language(&mut self, name: &str, text: &str, span: Span) -> Fault {
        let better = Some(text.replace('_', "-")).filter(|better| is_language(better));
        let diagnostic = self
            .error(Code::WrongType, span, format!("`{name}` is not a language tag"))
            .label(format!("expected {}", Type::Language.words()))
            .did_you_mean(better.as_deref());
        self.fail(diagnostic)
    }

    fn zone(&mut self, text: &str, span: Span) -> Result<Content, Fault> {
        Zone::named(text).map(Content::Zone).ok_or_else(|| {
            let diagnostic = self
                .error(Code::BadConfig, span, format!("there is no time zone `{text}`"))
                .label(format!("expected {}", Type::Zone.words()))
                .did_you_mean(Zone::nearest(text).as_deref());
            self.fail(diagnostic)
        })
    }

    fn instant(&mut self, name: &str, text: &str, rule: Rule, span: Span) -> Result<Content, Fault> {
        instant::read(name, text, rule, self.settings, (self.path, span))
            .map(Content::Moment)
            .map_err(|diagnostic| self.fail(*diagnostic))
    }

    fn slug(&mut self, name: &str, text: &str, span: Span) -> Result<Content, Fault> {
        let slug = Slug::from_headline(text);
        if text.contains(['/', '\\']) || text.contains("..") {
            let diagnostic = self
                .error(
                    Code::BadPath,
                    span,
                    format!("`{name}` is one part of an address, and cannot hold `/`, `\\` or `..`"),
                )
                .did_you_mean(slug.as_ref().map(Slug::as_str));
            return Err(self.fail(diagnostic));
        }
        slug.map(Content::Slug).ok_or_else(|| {
            let diagnostic = self
                .error(Code::BadPath, span, format!("nothing of this `{name}` can stand in an address"))
                .label("expected letters or digits");
            self.fail(diagnostic)
        })
    }

    fn bad_path(&mut self, text: &str, span: Span, fault: PathFault) -> Fault {
        let mut diagnostic = self.error(Code::BadPath, span, format!("this cannot be a path of the site: {fault}"));
        if fault == PathFault::NotRooted {
            let path = address_path(text);
            diagnostic = diagnostic.label("expected a path that begins with `/`").help(format!("write `{path}`"));
        }
        self.fail(diagnostic)
    }

    fn checked(
        &mut self,
        name: &str,
        text: &str,
        span: Span,
        check: impl Fn(&str) -> Result<(), &'static str>,
    ) -> Result<Content, Fault> {
        check(text).map(|()| Content::Text(text.to_owned())).map_err(|fault| {
            let mut diagnostic = self.error(Code::BadUrl, span, format!("the address in `{name}` {fault}"));
            let guess = format!("https://{}", text.trim_start_matches('/'));
            if !text.contains(':') && text.contains('.') && check(&guess).is_ok() {
                diagnostic = diagnostic.did_you_mean(Some(&guess));
            }
            self.fail(diagnostic)
        })
    }

    pub(super) fn truth(&mut self, name: &str, node: &Node) -> Found<bool> {
        match &node.value {
            NodeValue::Null => Ok(None),
            NodeValue::Scalar(Scalar { literal: Some(Literal::Bool(value)), .. }) => Ok(Some(*value)),
            NodeValue::Scalar(scalar) => {
                let meant = match scalar.text.trim().to_ascii_lowercase().as_str() {
                    "true" | "yes" | "y" | "on" | "1" => Some("true"),
                    "false" | "no" | "n" | "off" | "0" => Some("false"),
                    _ => None,
                };
                let mut diagnostic = self
                    .error(Code::WrongType, node.span, format!("`{name}` takes only `true` or `false`"))
                    .label("expected `true` or `false`, without quotes");
                if let Some(meant) = meant {
                    diagnostic = diagnostic.help(format!("write `{name}: {meant}`"));
                }
                Err(self.fail(diagnostic))
            }
            NodeValue::List(_) | NodeValue::Map(_) => Err(self.wrong_type(name, Type::Bool, node)),
        }
    }

    pub(super) fn integer(&mut self, name: &str, range: RangeInclusive<i64>, node: &Node) -> Found<i64> {
        let kind = Type::Integer(*range.start(), *range.end());
        match &node.value {
            NodeValue::Null => Ok(None),
            NodeValue::Scalar(Scalar { literal: Some(Literal::Number(number)), .. }) => match number.as_i64() {
                Some(value) if range.contains(&value) => Ok(Some(value)),
                _ => Err(self.bad(Code::WrongType, node.span, format!("`{name}` cannot be {number}"), kind)),
            },
            _ => Err(self.wrong_type(name, kind, node)),
        }
    }

    /// Reads a number from 0 to 1.
    pub(super) fn share(&mut self, name: &str, node: &Node) -> Found<f64> {
        match &node.value {
            NodeValue::Null => Ok(None),
            NodeValue::Scalar(Scalar { literal: Some(Literal::Number(number)), .. }) => match number.as_f64() {
                Some(value) if (0.0..=1.0).contains(&value) => Ok(Some(value)),
                _ => Err(self.bad(Code::WrongType, node.span, format!("`{name}` cannot be {number}"), Type::Share)),
            },
            _ => Err(self.wrong_type(name, Type::Share, node)),
        }
    }

    /// Reads the point that crops must keep.
    pub(super) fn focus(&mut self, name: &str, node: &Node) -> Found<Content> {
        let share = |node: &Node| match &node.value {
            NodeValue::Scalar(scalar) => share(&scalar.text),
            _ => None,
        };
        let point = match &node.value {
            NodeValue::Null => return Ok(None),
            NodeValue::List(items) => match items.as_slice() {
                [x, y] => share(x).zip(share(y)),
                _ => None,
            },
            NodeValue::Map(entries) if entries.len() == 2 => {
                node.get("x").and_then(share).zip(node.get("y").and_then(share))
            }
            NodeValue::Map(_) => None,
            NodeValue::Scalar(scalar) => {
                let mut parts = scalar.text.split([' ', ',']).filter(|part| !part.is_empty());
                let point = parts.next().and_then(self::share).zip(parts.next().and_then(self::share));
                point.filter(|_| parts.next().is_none())
            }
        };
        if let Some((x, y)) = point {
            return Ok(Some(Content::Point(x, y)));
        }
        let diagnostic = self
            .error(Code::WrongType, node.span, format!("`{name}` is not a point in the picture"))
            .label(format!("expected {}", Type::Focus.words()))
            .help("for example `[0.5, 0.3]`, `{x: 0.5, y: 0.3}` or `50% 30%`");
        Err(self.fail(diagnostic))
    }

    /// Reads rules for search engines, as a text or a list, into the form of the `robots` meta element.
    pub(super) fn robots(&mut self, name: &str, node: &Node) -> Found<String> {
        let items = match &node.value {
            NodeValue::Null => return Ok(None),
            NodeValue::List(items) => items.as_slice(),
            NodeValue::Scalar(_) | NodeValue::Map(_) => std::slice::from_ref(node),
        };
        let mut rules = Vec::new();
        let mut fault = false;
        for item in items {
            let NodeValue::Scalar(scalar) = &item.value else { return Err(self.wrong_type(name, Type::Robots, item)) };
            for word in
                scalar.text.split(',').map(|word| word.trim().to_ascii_lowercase()).filter(|word| !word.is_empty())
            {
                if !is_robots_rule(&word) {
                    let diagnostic = self
                        .error(Code::UnknownWord, item.span, format!("search engines know no rule `{word}`"))
                        .label(format!("expected {}", one_of(ROBOTS)))
                        .did_you_mean(nearest(&word, ROBOTS.iter().copied()));
                    self.report(diagnostic);
                    fault = true;
                } else if !rules.contains(&word) {
                    rules.push(word);
                }
            }
        }
        if fault { Err(Fault) } else { Ok((!rules.is_empty()).then(|| rules.join(", "))) }
    }

    /// Reads a field that the site defines.
    pub(super) fn defined(&mut self, name: &str, kind: ExtraType, node: &Node) -> Found<serde_json::Value> {
        let text = |text: Option<String>| text.map(serde_json::Value::String);
        match kind {
            ExtraType::Any => Ok(Some(node.to_json())),
            ExtraType::Text => self.line(name, Type::Text, node).map(text),
            ExtraType::Bool => Ok(self.truth(name, node)?.map(serde_json::Value::Bool)),
            ExtraType::Number => match &node.value {
                NodeValue::Null => Ok(None),
                NodeValue::Scalar(Scalar { literal: Some(Literal::Number(_)), .. }) => Ok(Some(node.to_json())),
                _ => {
                    let diagnostic = self
                        .error(Code::WrongType, node.span, format!("`{name}` cannot be {}", what(node)))
                        .label("expected a number");
                    Err(self.fail(diagnostic))
                }
            },
            ExtraType::List => match &node.value {
                NodeValue::Null => Ok(None),
                NodeValue::List(items) => {
                    let mut list = Vec::with_capacity(items.len());
                    for item in items {
                        list.extend(text(self.line(name, Type::Text, item)?));
                    }
                    Ok(Some(list.into()))
                }
                _ => Ok(text(self.line(name, Type::Text, node)?).map(|item| vec![item].into())),
            },
        }
    }
}

/// Joins the lines of a text.
fn one_line(text: &str) -> String {
    let text = text.trim();
    if text.contains(['\n', '\r', '\t']) {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    }
}

/// What follows the host of an address, or the text with a slash in front.
fn address_path(text: &str) -> String {
    match url::Url::parse(text) {
        Ok(url) if url.has_host() => url.path().to_owned(),
        _ => format!("/{text}"),
    }
}

/// `754`, `12:34` or `1:02:03` as seconds.
fn seconds(text: &str) -> Option<i64> {
    let number = |part: &str| -> Option<i64> {
        (!part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let sixtieth = |part: &str| number(part).filter(|value| part.len() == 2 && *value < 60);
    match text.split(':').collect::<Vec<_>>().as_slice() {
        [seconds] => number(seconds),
        [minutes, seconds] => Some(number(minutes)? * 60 + sixtieth(seconds)?),
        [hours, minutes, seconds] => Some(number(hours)? * 3600 + sixtieth(minutes)? * 60 + sixtieth(seconds)?),
        _ => None,
    }
}

/// `0.5` or `50%`, between 0 and 1.
fn share(text: &str) -> Option<f64> {
    let value = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok()? / 100.0,
        None => text.trim().parse::<f64>().ok()?,
    };
    (0.0..=1.0).contains(&value).then_some(value)
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && text.chars().all(|c| !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | ',' | ';' | ':' | '?' | '&'))
        && !host.contains('@')
}

/// Whether a text has the form of BCP 47 with a primary language of two or three letters, as all in use have.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Rules for search engines without a value.
pub(super) const ROBOTS: &[&str] =
    &["index", "noindex", "follow", "nofollow", "noarchive", "nosnippet", "noimageindex", "notranslate", "none", "all"];

fn is_robots_rule(word: &str) -> bool {
    match word.split_once(':') {
        None => ROBOTS.contains(&word),
        Some(("max-snippet" | "max-video-preview", count)) => {
            count.trim().parse::<i32>().is_ok_and(|count| count >= -1)
        }
        Some(("max-image-preview", size)) => matches!(size.trim(), "none" | "standard" | "large"),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let check = |written: &str, expected: Option<i64>| assert_eq!(seconds(written), expected, "{written}");
        check("754", Some(754));
        check("12:34", Some(754));
        check("1:02:03", Some(3723));
        for bad in ["", "1:2", "1:60", "1:99:00", "-5", "a", "1:2:3:4", "9999999"] {
            check(bad, None);
        }
    }

    #[test]
    fn language_tags() {
        for good in ["en", "pt-BR", "zh-Hant-TW", "gsw", "de-1996"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["english", "en_GB", "e", "", "en-", "12", "en-GB oed"] {
            assert!(!is_language(bad), "{bad}");
        }
    }
}
