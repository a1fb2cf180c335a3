//! The pattern of article addresses, as an editor writes it.

use super::{PermalinkPart, PermalinkPattern};
use crate::model::nearest;

/// Why a pattern of addresses cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    /// It does not begin with `/`.
    #[error("they do not begin with `/`")]
    NotRooted,
    /// It ends neither in `/` nor in `.html`.
    #[error("they end neither in `/` nor in `.html`")]
    Ending,
    /// A segment is empty, `.` or `..`.
    #[error("a part between two slashes is empty, `.` or `..`")]
    Segment,
    /// A character that cannot stand in an address as it is.
    #[error("`{0}` cannot stand in them")]
    Character(char),
    /// A brace without its partner.
    #[error("a brace is not closed")]
    Brace,
    /// A placeholder that does not exist, and the one that may be meant.
    #[error("there is no `{{{0}}}`{hint}", hint = .1.map(|near| format!(", did you mean `{{{near}}}`?")).unwrap_or_default())]
    Placeholder(String, Option<&'static str>),
    /// Nothing in it tells two stories of a day apart.
    #[error("they need `{{slug}}` or `{{id}}`, or two stories would share one address")]
    Common,
    /// `{section}` beside other text: it is dropped with its slash, so it must stand alone.
    #[error("`{{section}}` must stand alone between two slashes")]
    Section,
}

const NAMES: [(&str, PermalinkPart); 6] = [
    ("yyyy", PermalinkPart::Year),
    ("mm", PermalinkPart::Month),
    ("dd", PermalinkPart::Day),
    ("section", PermalinkPart::Section),
    ("id", PermalinkPart::Id),
    ("slug", PermalinkPart::Slug),
];

impl PermalinkPattern {
    /// Reads a pattern such as `/{yyyy}/{mm}/{dd}/{slug}/` or `/{section}/{id}.html`.
    ///
    /// # Errors
    /// A [`PatternFault`], whose text ends a sentence that begins with the pattern.
    pub fn parse(written: &str) -> Result<Self, PatternFault> {
        let inner = written.strip_prefix('/').ok_or(PatternFault::NotRooted)?;
        let is_folder = inner.is_empty() || inner.ends_with('/');
        if !is_folder && inner.strip_suffix(".html").is_none() {
            return Err(PatternFault::Ending);
        }
        let segments: Vec<Vec<PermalinkPart>> =
            inner.strip_suffix('/').unwrap_or(inner).split('/').map(segment).collect::<Result<_, _>>()?;
        let has = |part: &PermalinkPart| segments.iter().flatten().any(|other| other == part);
        if !has(&PermalinkPart::Slug) && !has(&PermalinkPart::Id) {
            return Err(PatternFault::Common);
        }
        if segments.iter().any(|segment| segment.len() > 1 && segment.contains(&PermalinkPart::Section)) {
            return Err(PatternFault::Section);
        }
        Ok(Self { segments, is_folder })
    }
}

impl Default for PermalinkPattern {
    fn default() -> Self {
        Self::parse("/{yyyy}/{mm}/{dd}/{slug}/").expect("the default pattern is one")
    }
}

fn segment(written: &str) -> Result<Vec<PermalinkPart>, PatternFault> {
    if matches!(written, "" | "." | "..") {
        return Err(PatternFault::Segment);
    }
    let mut parts = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        if let Some(bad) = text.chars().find(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '~')) {
            return Err(if bad == '}' { PatternFault::Brace } else { PatternFault::Character(bad) });
        }
        if !text.is_empty() {
            parts.push(PermalinkPart::Text(text.to_owned()));
        }
        let Some(after) = after.strip_prefix('{') else { break };
        let (name, after) = after.split_once('}').ok_or(PatternFault::Brace)?;
        parts.push(placeholder(name)?);
        rest = after;
    }
    Ok(parts)
}

fn placeholder(name: &str) -> Result<PermalinkPart, PatternFault> {
    if let Some((_, part)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Ok(part.clone());
    }
    let near = match name.to_lowercase().as_str() {
        "year" | "yy" => Some("yyyy"),
        "month" | "mon" => Some("mm"),
        "day" => Some("dd"),
        "title" | "headline" | "name" => Some("slug"),
        other => nearest(other, NAMES.iter().map(|(known, _)| *known)),
    };
    Err(PatternFault::Placeholder(name.to_owned(), near))
}

#[cfg(test)]
mod tests {
    use super::{PermalinkPart::*, *};

    #[test]
    fn patterns_are_read() {
        let check = |written: &str, segments: &[&[PermalinkPart]], is_folder: bool| {
            let segments = segments.iter().map(|segment| segment.to_vec()).collect();
            assert_eq!(PermalinkPattern::parse(written), Ok(PermalinkPattern { segments, is_folder }), "{written}");
        };
        check("/{yyyy}/{mm}/{dd}/{slug}/", &[&[Year], &[Month], &[Day], &[Slug]], true);
        check("/{section}/{id}.html", &[&[Section], &[Id, Text(".html".into())]], false);
        check(
            "/news/{yyyy}-{mm}-{slug}/",
            &[&[Text("news".into())], &[Year, Text("-".into()), Month, Text("-".into()), Slug]],
            true,
        );
        assert_eq!(PermalinkPattern::default(), PermalinkPattern::parse("/{yyyy}/{mm}/{dd}/{slug}/").unwrap());
    }

    #[test]
    fn other_patterns_say_what_is_wrong() {
        let check = |written: &str, words: &str| {
            assert_eq!(PermalinkPattern::parse(written).unwrap_err().to_string(), words, "{written}");
        };
        check("{slug}/", "they do not begin with `/`");
        check("/{slug}", "they end neither in `/` nor in `.html`");
        check("/", "a part between two slashes is empty, `.` or `..`");
        check("/a//{slug}/", "a part between two slashes is empty, `.` or `..`");
        check("/../{slug}/", "a part between two slashes is empty, `.` or `..`");
        check("/{year}/{slug}/", "there is no `{year}`, did you mean `{yyyy}`?");
        check("/{slgu}/", "there is no `{slgu}`, did you mean `{slug}`?");
        check("/{quux}/{slug}/", "there is no `{quux}`");
        check("/{slug/", "a brace is not closed");
        check("/slug}/", "a brace is not closed");
        check("/a b/{slug}/", "` ` cannot stand in them");
        check("/{yyyy}/", "they need `{slug}` or `{id}`, or two stories would share one address");
        check("/{section}-{slug}/", "`{section}` must stand alone between two slashes");
    }
}
