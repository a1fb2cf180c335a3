//! Reads `redirects.yaml`: old addresses, and where they lead now.

use super::{
    fields::whole_address,
    yaml::{self, Entry, Node, NodeValue, Size},
};
use crate::{
    diag::{Code, Diagnostic},
    model::{Lookup, PathFault, SourcePath, Span, UrlPath},
};

/// An old address that is kept alive, or buried on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectRule {
    /// The old path in this site.
    pub from: UrlPath,
    /// Where it is written.
    pub from_span: Span,
    /// Where it leads.
    pub to: Target,
}

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// Out of the site: an http or https address.
    Url(String),
    /// To a path of this site.
    Path {
        /// The path.
        path: UrlPath,
        /// What follows it, as written: empty, or from the first `?` or `#` on.
        suffix: String,
    },
    /// Nowhere: what stood there is gone for good.
    Gone,
}

/// Reads `redirects.yaml`. Lines with a mistake are left out of the rules.
pub fn redirects(path: &SourcePath, bytes: &[u8]) -> (Vec<RedirectRule>, Vec<Diagnostic>) {
    let text = match crate::parse::utf8(path, bytes) {
        Ok(text) => text,
        Err(diagnostic) => return (Vec::new(), vec![*diagnostic]),
    };
    let (root, mut diagnostics) = yaml::read(path, text, 0..text.len(), Size::File);
    let entries = match root.map(|root| root.value) {
        None | Some(NodeValue::Null) => return (Vec::new(), diagnostics),
        Some(NodeValue::Map(entries)) => entries,
        Some(NodeValue::Scalar(_) | NodeValue::List(_)) => {
            diagnostics.push(
                Diagnostic::error_in(Code::WrongType, path, "these are no redirects")
                    .help("write lines such as `/old/: /new/` or `/old/: gone`"),
            );
            return (Vec::new(), diagnostics);
        }
    };
    let mut rules = Vec::with_capacity(entries.len());
    let mut seen: Lookup<UrlPath, ()> = Lookup::default();
    for entry in entries.iter().filter(|entry| !entry.is_repeated) {
        match rule(path, entry) {
            Ok(rule) if seen.insert(rule.from.clone(), ()).is_some() => diagnostics.push(
                Diagnostic::error(
                    Code::DuplicateKey,
                    path,
                    entry.key_span,
                    "this address stands twice, in two spellings",
                )
                .help("remove one of the two"),
            ),
            Ok(rule) => rules.push(rule),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    (rules, diagnostics)
}

fn rule(path: &SourcePath, entry: &Entry) -> Result<RedirectRule, Box<Diagnostic>> {
    let from = UrlPath::parse(&entry.key).map_err(|fault| {
        let mut diagnostic =
            Diagnostic::error(Code::BadPath, path, entry.key_span, format!("this cannot be an old address: {fault}"));
        if fault == PathFault::NotRooted {
            diagnostic = diagnostic.help("write the path alone, from its first `/`");
        } else if fault == PathFault::Query {
            diagnostic = diagnostic.help("a redirect goes by the path alone");
        }
        Box::new(diagnostic)
    })?;
    Ok(RedirectRule { from, from_span: entry.key_span, to: target(path, entry)? })
}

fn target(path: &SourcePath, entry: &Entry) -> Result<Target, Box<Diagnostic>> {
    let Node { value, span, .. } = &entry.value;
    let error = |code, span, message: String| Diagnostic::error(code, path, span, message);
    let text = match value {
        NodeValue::Scalar(scalar) => scalar.text.trim(),
        NodeValue::Null => {
            return Err(Box::new(
                error(Code::EmptyField, entry.key_span, "this address leads nowhere".into())
                    .help("write where it leads, or `gone`"),
            ));
        }
        NodeValue::List(_) | NodeValue::Map(_) => {
            return Err(Box::new(
                error(Code::WrongType, *span, "an address leads to one other".into())
                    .label("expected a path, an address with `https://`, or `gone`"),
            ));
        }
    };
    if text.eq_ignore_ascii_case("gone") {
        return Ok(Target::Gone);
    }
    if text.starts_with('/') && !text.starts_with("//") {
        let (inner, suffix) = text.split_at(text.find(['?', '#']).unwrap_or(text.len()));
        if suffix.chars().any(|character| character.is_control() || character.is_whitespace()) {
            return Err(Box::new(error(Code::BadPath, *span, "this address has a space behind its path".into())));
        }
        return UrlPath::parse(inner).map(|path| Target::Path { path, suffix: suffix.to_owned() }).map_err(|fault| {
            Box::new(error(Code::BadPath, *span, format!("this cannot be a path of the site: {fault}")))
        });
    }
    whole_address(text).map(|()| Target::Url(text.to_owned())).map_err(|fault| {
        Box::new(
            error(Code::BadUrl, *span, format!("this address {fault}"))
                .label("expected a path that begins with `/`, an address with `https://`, or `gone`"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_read() {
        let path = SourcePath::new("redirects.yaml");
        let text = "\u{feff}/old/: /new/?a=b#c\n/shop: https://shop.example/x\n/2019/: Gone\n\"/caf%C3%A9/\": /\n";
        let (rules, diagnostics) = redirects(&path, text.as_bytes());
        assert_eq!(diagnostics, []);
        let shown: Vec<_> = rules.iter().map(|rule| (rule.from.as_str(), &rule.to)).collect();
        let path =
            |path: &str, suffix: &str| Target::Path { path: UrlPath::parse(path).unwrap(), suffix: suffix.into() };
        assert_eq!(
            shown,
            [
                ("/old/", &path("/new/", "?a=b#c")),
                ("/shop", &Target::Url("https://shop.example/x".into())),
                ("/2019/", &Target::Gone),
                ("/café/", &path("/", "")),
            ]
        );
        assert_eq!(&text[rules[0].from_span.start..rules[0].from_span.end], "/old/");
        assert_eq!(redirects(&SourcePath::new("redirects.yaml"), b""), (Vec::new(), Vec::new()));
    }

    #[test]
    fn every_bad_line_is_told_and_the_others_are_kept() {
        let text = "/a/: /b/\nold/: /x/\n/c/:\n/d/: javascript:x\n/e/: //evil.example\n/f/: [x]\n/a/: /z/\n/%61/: /y/\n/g/: /../x\n/h/?a: /x/\n/i/: x\n";
        let (rules, diagnostics) = redirects(&SourcePath::new("redirects.yaml"), text.as_bytes());
        assert_eq!(rules.len(), 1);
        let told: Vec<_> = diagnostics.iter().map(|d| (d.code.as_str(), d.message.as_str())).collect();
        insta::assert_debug_snapshot!(told, @r#"
        [
            (
                "duplicate-key",
                "`/a/` stands twice",
            ),
            (
                "bad-path",
                "this cannot be an old address: it does not begin with `/`",
            ),
            (
                "empty-field",
                "this address leads nowhere",
            ),
            (
                "bad-url",
                "this address is not a whole address with http or https",
            ),
            (
                "bad-url",
                "this address begins with `//` instead of `https://`",
            ),
            (
                "wrong-type",
                "an address leads to one other",
            ),
            (
                "duplicate-key",
                "this address stands twice, in two spellings",
            ),
            (
                "bad-path",
                "this cannot be a path of the site: it has a part that is empty, `.` or `..`",
            ),
            (
                "bad-path",
                "this cannot be an old address: it holds `?` or `#`, which end the path of a URL",
            ),
            (
                "bad-url",
                "this address is not a whole address with http or https",
            ),
        ]
        "#);
    }
}
