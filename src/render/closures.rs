//! What a template builds on: the files whose change may change what it writes.
//!
//! Found by our own scan, since the template engine does not tell: a file builds on every template whose name stands in it as a text, and on every file
//! that defines a component whose name stands in it as a word. That may be too much, and is never too little, as no name can be put together when a
//! template runs.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Digest;

/// The digests of templates and components, each with all that it builds on.
#[derive(Debug, Default)]
pub(super) struct Closures {
    templates: BTreeMap<String, Digest>,
    components: BTreeMap<String, Digest>,
}

impl Closures {
    /// Of files by name; one of a site stands for the theme's of that name, which `prefix` in front of it still names.
    pub(super) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, prefix: &str) -> Self {
        let files: BTreeMap<&str, &str> = files.into_iter().collect();
        let mut defined: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (file, text) in &files {
            for name in components_in(text) {
                defined.entry(name).or_default().insert(file);
            }
        }
        let builds_on: BTreeMap<&str, BTreeSet<&str>> = files
            .iter()
            .map(|(file, text)| {
                let by_word = words(text).filter_map(|word| defined.get(word)).flatten().copied();
                let by_name = texts(text).flat_map(|name| named(&files, name, prefix));
                (*file, by_word.chain(by_name).collect())
            })
            .collect();
        let digest = |from: BTreeSet<&str>| {
            let closure = closure(from, &builds_on);
            Digest::of(&closure.iter().map(|file| (*file, files[file])).collect::<Vec<_>>())
        };
        let names = files.keys().map(|name| name.strip_prefix(prefix).unwrap_or(name)).chain(files.keys().copied());
        let templates = names.map(|name| (name.to_owned(), digest(named(&files, name, prefix).collect()))).collect();
        let components = defined.iter().map(|(name, files)| ((*name).to_owned(), digest(files.clone()))).collect();
        Self { templates, components }
    }

    /// What tells a template and all that it builds on from what they were; none if there is none of that name.
    pub(super) fn template(&self, name: &str) -> Option<Digest> {
        self.templates.get(name).copied()
    }

    /// The same of a component.
    pub(super) fn component(&self, name: &str) -> Option<Digest> {
        self.components.get(name).copied()
    }
}

/// The files that a template's name may stand for: the site's, and the theme's on which that may build.
fn named<'a>(files: &BTreeMap<&'a str, &'a str>, name: &str, prefix: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let own = files.get_key_value(name).map(|(file, _)| *file);
    let themes = files.get_key_value(format!("{prefix}{name}").as_str()).map(|(file, _)| *file);
    own.into_iter().chain(themes)
}

fn closure<'a>(from: BTreeSet<&'a str>, builds_on: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = from.clone();
    let mut open: Vec<&str> = from.into_iter().collect();
    while let Some(file) = open.pop() {
        for other in &builds_on[file] {
            if found.insert(other) {
                open.push(other);
            }
        }
    }
    found
}

/// The names behind the word `component`.
fn components_in(text: &str) -> impl Iterator<Item = &str> {
    let after = text.match_indices("component").map(|(at, word)| text[at + word.len()..].trim_start());
    after.filter_map(|rest| words(rest).next().filter(|name| rest.starts_with(name)))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').filter(|word| !word.is_empty())
}

/// What stands between two quotes of one kind.
fn texts(text: &str) -> impl Iterator<Item = &str> {
    ['"', '\'', '`'].into_iter().flat_map(|quote| text.split(quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"{% extends "base.html" %}{% block main %}{{ <Card(story=page) /> }}{% endblock %}"#;
    const CARDS: &str = "{% component Card(story) %}{% include 'part.html' %}{% endcomponent %}";

    fn of(changed: &str) -> Closures {
        let files = [
            ("theme/base.html", "<html>"),
            ("theme/page.html", PAGE),
            ("theme/cards.html", CARDS),
            ("theme/part.html", "part"),
            ("theme/other.html", "other"),
        ];
        let touched =
            files.map(|(name, text)| (name, if name == changed { format!("{text} ") } else { text.to_owned() }));
        Closures::of(touched.iter().map(|(name, text)| (*name, text.as_str())), "theme/")
    }

    #[test]
    fn a_template_changes_with_all_that_it_builds_on() {
        let check = |changed: &str, is_other: bool| {
            assert_eq!(of(changed).template("page.html") != of("").template("page.html"), is_other, "{changed}");
        };
        check("theme/page.html", true);
        check("theme/base.html", true);
        check("theme/cards.html", true);
        check("theme/part.html", true);
        check("theme/other.html", false);
        assert_ne!(of("theme/part.html").component("Card"), of("").component("Card"));
        assert_eq!(of("theme/base.html").component("Card"), of("").component("Card"));
        assert_eq!(of("").template("none.html"), None);
    }

    #[test]
    fn a_sites_own_file_stands_for_the_themes() {
        let with =
            Closures::of([("theme/page.html", "a"), ("page.html", "{% extends \"theme/page.html\" %}")], "theme/");
        let without = Closures::of([("theme/page.html", "a")], "theme/");
        assert_ne!(with.template("page.html"), without.template("page.html"));
        assert_eq!(with.template("theme/page.html"), without.template("theme/page.html"));
    }
}
