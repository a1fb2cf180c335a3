//! Data files that name stories, best first: what the site's statistics say is read most.
//!
//! They are written by programs, at any time. So a file that cannot be read is a warning: a list that is missing must not hold up the news.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::{
    fields::one_of,
    matter::Slot,
    yaml::{self, Node, NodeValue, Size},
};
use crate::{
    diag::{Code, Diagnostic, Severity},
    load::{Site, Source},
    model::{SourcePath, Span},
};

/// What the files name, by their path below `data/`. A file that cannot be read names nothing.
pub type Rankings = BTreeMap<String, Vec<String>>;

/// The fields, or columns, in which an entry may name its story; the others are for whoever writes the file.
const NAMES: [&str; 6] = ["story", "url", "path", "page", "id", "slug"];

/// Reads the data files that slots of fronts ask for, as far as they are there.
pub fn rankings<'a>(
    site: &Site,
    data: &[Source],
    slots: impl IntoIterator<Item = &'a Slot>,
) -> (Rankings, Vec<Diagnostic>) {
    let (mut rankings, mut diagnostics) = (Rankings::new(), Vec::new());
    for name in slots.into_iter().flat_map(Slot::data_files) {
        let path = SourcePath::new(format!("data/{name}"));
        if rankings.contains_key(&name) || !data.iter().any(|source| source.path == path) {
            continue;
        }
        let (stories, found) = match site.read(&path) {
            Ok(bytes) => ranking(&path, &bytes),
            Err(error) => (Vec::new(), vec![Diagnostic::warning_in(Code::BadRanking, &path, error.to_string())]),
        };
        rankings.insert(name, stories);
        diagnostics.extend(found);
    }
    (rankings, diagnostics)
}

/// Reads one file: a list in YAML or JSON, or a column in CSV. Entries with a mistake are left out.
pub fn ranking(path: &SourcePath, bytes: &[u8]) -> (Vec<String>, Vec<Diagnostic>) {
    let text = match super::utf8(path, bytes) {
        Ok(text) => text,
        Err(diagnostic) => return (Vec::new(), vec![left_out(*diagnostic)]),
    };
    let read = match path.name().rsplit_once('.').map_or("", |(_, ending)| ending) {
        "yaml" | "yml" => return of_yaml(path, text),
        "json" => of_json(path, text),
        "csv" => of_csv(path, text),
        _ => Err(Box::new(
            Diagnostic::warning_in(Code::BadRanking, path, "this file is no list of stories")
                .help("write the list as YAML, JSON or CSV"),
        )),
    };
    match read {
        Ok(stories) => (stories, Vec::new()),
        Err(diagnostic) => (Vec::new(), vec![left_out(*diagnostic)]),
    }
}

/// A mistake that leaves no list.
fn left_out(diagnostic: Diagnostic) -> Diagnostic {
    let diagnostic = Diagnostic { code: Code::BadRanking, severity: Severity::Warning, ..diagnostic };
    diagnostic.note("the list is left out until this is mended; everything else is built")
}

fn no_list(path: &SourcePath, span: Option<Span>) -> Diagnostic {
    let message = "this file is no list of stories";
    let warning = match span {
        Some(span) => Diagnostic::warning(Code::BadRanking, path, span, message),
        None => Diagnostic::warning_in(Code::BadRanking, path, message),
    };
    warning.help("write one story an entry, best first: its address, path, id, slug or headline")
}

fn no_story(path: &SourcePath, span: Span) -> Diagnostic {
    Diagnostic::warning(Code::BadRanking, path, span, "this entry names no story")
        .label("expected an address, or a map with one")
        .help(format!("the story stands under {}", one_of_names()))
}

fn one_of_names() -> String {
    one_of(&NAMES)
}

fn of_yaml(path: &SourcePath, text: &str) -> (Vec<String>, Vec<Diagnostic>) {
    let (root, mistakes) = yaml::read(path, text, 0..text.len(), Size::File);
    let mut diagnostics: Vec<Diagnostic> = mistakes.into_iter().map(left_out).collect();
    let entries = match root.map(|root| (root.value, root.span)) {
        None | Some((NodeValue::Null, _)) => return (Vec::new(), diagnostics),
        Some((NodeValue::List(entries), _)) => entries,
        Some((_, span)) => {
            diagnostics.push(left_out(no_list(path, (span.start < span.end).then_some(span))));
            return (Vec::new(), diagnostics);
        }
    };
    let mut stories = Vec::with_capacity(entries.len());
    for entry in &entries {
        let named = match &entry.value {
            NodeValue::Map(_) => NAMES.iter().find_map(|name| scalar(entry.get(name)?)),
            _ => scalar(entry),
        };
        match named {
            Some(story) => stories.push(story.to_owned()),
            None => diagnostics.push(no_story(path, entry.span)),
        }
    }
    (stories, diagnostics)
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        NodeValue::Scalar(scalar) => Some(scalar.text.as_str()),
        _ => None,
    }
}

fn of_json(path: &SourcePath, text: &str) -> Result<Vec<String>, Box<Diagnostic>> {
    let entries: Vec<Named> = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let line = line(text, error.line());
        let is_list = text.trim_start_matches('\u{feff}').trim_start().starts_with('[');
        Box::new(match error.classify() {
            serde_json::error::Category::Data if is_list => no_story(path, line),
            serde_json::error::Category::Data => no_list(path, Some(line)),
            _ => Diagnostic::warning(Code::BadRanking, path, line, "this is not JSON, or not all of it")
                .help("whoever writes the file should write it whole: to another name first, then rename it"),
        })
    })?;
    Ok(entries.into_iter().map(|entry| entry.0).collect())
}

/// The words of a line, counted from 1; of the last one with words where there are fewer.
fn line(text: &str, number: usize) -> Span {
    let mut at = 0;
    let mut found = Span::new(0, 0);
    for line in text.split_inclusive('\n').take(number.max(1)) {
        let words = line.trim();
        if !words.is_empty() {
            let start = at + (line.len() - line.trim_start().len());
            found = Span::new(start, start + words.len());
        }
        at += line.len();
    }
    found
}

/// The story of an entry in JSON.
struct Named(String);

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedVisitor)
    }
}

struct NamedVisitor;

impl<'de> Visitor<'de> for NamedVisitor {
    type Value = Named;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a story")
    }

    fn visit_str<E>(self, text: &str) -> Result<Named, E> {
        Ok(Named(text.to_owned()))
    }

    fn visit_u64<E>(self, id: u64) -> Result<Named, E> {
        Ok(Named(id.to_string()))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut fields: M) -> Result<Named, M::Error> {
        let mut named: Option<(usize, Named)> = None;
        while let Some(field) = fields.next_key::<String>()? {
            match NAMES.iter().position(|name| *name == field) {
                Some(rank) if named.as_ref().is_none_or(|(best, _)| rank < *best) => {
                    named = Some((rank, fields.next_value()?));
                }
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        named.map(|(_, named)| named).ok_or_else(|| M::Error::custom("no story"))
    }
}

fn of_csv(path: &SourcePath, text: &str) -> Result<Vec<String>, Box<Diagnostic>> {
    let text_start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(&text.as_bytes()[text_start..]);
    let (mut column, mut stories) = (None, Vec::new());
    for row in reader.records() {
        let row = row.map_err(|error| {
            let number = error.position().map_or(1, csv::Position::line);
            let place = line(text, usize::try_from(number).unwrap_or(usize::MAX));
            let message = match error.kind() {
                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("this line has {len} cells, and the first {expected_len}")
                }
                _ => "this line is not CSV".to_owned(),
            };
            Box::new(Diagnostic::warning(Code::BadRanking, path, place, message))
        })?;
        if let Some(column) = column {
            stories.extend(row.get(column).map(str::to_owned));
        } else {
            let named = |name: &&str| row.iter().position(|head| head.eq_ignore_ascii_case(name));
            let found = NAMES.iter().find_map(named);
            column = Some(found.ok_or_else(|| {
                let message = "no column of this table names stories";
                let warning = Diagnostic::warning(Code::BadRanking, path, line(text, 1), message);
                Box::new(warning.help(format!("the first line names the columns: call it {}", one_of_names())))
            })?);
        }
    }
    Ok(stories)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diag;

    fn read(name: &str, text: &str) -> (Vec<String>, Vec<Diagnostic>) {
        ranking(&SourcePath::new(format!("data/{name}")), text.as_bytes())
    }

    #[test]
    fn stories_are_named_in_order() {
        let check = |name: &str, text: &str, stories: &[&str]| {
            assert_eq!(read(name, text), (stories.iter().map(|story| (*story).to_owned()).collect(), vec![]), "{text}");
        };
        check("a.yaml", "- /a/\n- {url: /b/, count: 3}\n- count: 2\n  slug: c\n- 007\n", &["/a/", "/b/", "c", "007"]);
        check("a.yml", "", &[]);
        check("a.json", "\u{feff}[\"/a/\", {\"views\": {\"n\": [9]}, \"page\": \"/b/\"}, 7]", &["/a/", "/b/", "7"]);
        check("a.json", "[{\"id\": \"x\", \"url\": \"/x/\"}]", &["/x/"]);
        check("a.json", "[]", &[]);
        check("a.csv", "\u{feff}Page, views\n/a/, 3\n\"/b,c/\", 2\n", &["/a/", "/b,c/"]);
        check("a.csv", "views,id,url\n3,x,/a/\n", &["/a/"]);
        check("a.csv", "", &[]);
    }

    #[test]
    fn mistakes_are_warnings_with_their_line() {
        let mut told = String::new();
        for (name, text) in [
            ("map.yaml", "most_read:\n  - /a/\n"),
            ("text.yaml", "/a/\n"),
            ("entries.yaml", "- /a/\n- views: 3\n- [/b/]\n"),
            ("broken.yaml", "- /a/\n- \"/b/\n"),
            ("half.json", "[\n  \"/a/\",\n  {\"url\": \"/b"),
            ("map.json", "{\"most_read\": []}"),
            ("entries.json", "[\n  \"/a/\",\n  {\"views\": 3}\n]"),
            ("head.csv", "/a/\n/b/\n"),
            ("cells.csv", "url,views\n/a/,1\n/b/\n"),
            ("list.txt", "/a/\n"),
        ] {
            let (_, diagnostics) = read(name, text);
            assert!(!diagnostics.is_empty(), "{name}");
            for diagnostic in &diagnostics {
                assert!(!diagnostic.is_error() && diagnostic.code == Code::BadRanking, "{name}");
                told.push_str(&diag::draw(diagnostic, &|_| Some(text.to_owned())));
                told.push('\n');
            }
        }
        insta::assert_snapshot!(told);
        assert_eq!(read("entries.yaml", "- /a/\n- views: 3\n").0, ["/a/"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, ending in "(yaml|json|csv)") {
            let (_, diagnostics) = ranking(&SourcePath::new(format!("data/a.{ending}")), &bytes);
            let spans = diagnostics.iter().filter_map(|diagnostic| diagnostic.span);
            prop_assert!(spans.into_iter().all(|span| span.start <= span.end && span.end <= bytes.len()));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[\\[\\]{}\":,/a \n0-9\u{feff}é-]{0,60}", ending in "(yaml|json|csv)") {
            let (_, diagnostics) = read(&format!("a.{ending}"), &text);
            let spans = diagnostics.iter().filter_map(|diagnostic| diagnostic.span);
            prop_assert!(spans.into_iter().all(|span| text.get(span.start..span.end).is_some()));
        }
    }
}
