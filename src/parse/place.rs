//! What a document is, by where it lies in `content/`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::fields::Kind;
use crate::{
    diag::{Code, Diagnostic},
    model::{SectionKey, SourcePath, Taxonomy, is_filing},
};

/// What stands at a place in `content/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// `_index.md`: the front page.
    Front,
    /// `<section>/_index.md`.
    Section(SectionKey),
    /// An article, in the section of its folder.
    Article(Option<SectionKey>),
    /// A file directly in `content/`: an article if it has a date, else a page.
    Root,
    /// `authors/<id>.md`.
    Author,
    /// `series/<id>.md`.
    Series,
    /// `tags/<slug>.md` and the like.
    Topic(Taxonomy),
    /// A file that could not be read at all.
    Unknown,
}

/// The file that stands for a section, or for the front page.
pub const SECTION_FILE: &str = "_index.md";

/// The folders that are bundles: they hold an `index.md`.
pub(super) type Bundles = BTreeSet<String>;

pub(super) fn bundles<'a>(paths: impl Iterator<Item = &'a SourcePath>) -> Bundles {
    paths.filter(|path| path.name() == "index.md").map(|path| path.folder().to_owned()).collect()
}

impl Place {
    /// Which front matter such a document has.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Front | Self::Section(_) => Kind::Section,
            Self::Article(_) => Kind::Article,
            Self::Root | Self::Unknown => Kind::Page,
            Self::Author => Kind::Author,
            Self::Series => Kind::Series,
            Self::Topic(_) => Kind::Topic,
        }
    }

    pub(super) fn of(path: &SourcePath, bundles: &Bundles) -> Result<Self, Box<Diagnostic>> {
        let misplaced =
            |message: &str, help: &str| Err(Box::new(Diagnostic::error_in(Code::Misplaced, path, message).help(help)));
        let folder = path.below("content").map_or("", |inner| inner.rsplit_once('/').map_or("", |(folder, _)| folder));
        let name = path.name();
        let top = folder.split('/').next().unwrap_or_default();
        let special = match top {
            "authors" => Some(Self::Author),
            "series" => Some(Self::Series),
            _ => Taxonomy::parse(top).filter(|taxonomy| taxonomy.as_str() == top).map(Self::Topic),
        };
        if let Some(place) = special {
            return match (folder == top, name) {
                (true, SECTION_FILE | "index.md") => misplaced(
                    "this folder is no section and has no page of its own",
                    "remove the file; each author, series or topic has a file named for it",
                ),
                (true, _) => Ok(place),
                (false, _) => {
                    misplaced("files in this folder lie directly in it", &format!("move the file to `content/{top}/`"))
                }
            };
        }
        match (folder, name) {
            ("", SECTION_FILE) => Ok(Self::Front),
            ("", "index.md") => misplaced("the front page's file has another name", "rename it to `_index.md`"),
            ("", _) => Ok(Self::Root),
            (_, SECTION_FILE) if folder.rsplit('/').next().is_some_and(is_filing) => misplaced(
                "a folder named by digits is for filing and is no section",
                "move this file up into the section's own folder, or give the folder a name with a letter in it",
            ),
            (_, SECTION_FILE) if bundles.contains(path.folder()) => misplaced(
                "a folder is either an article (`index.md`) or a section (`_index.md`)",
                "keep one of the two",
            ),
            (_, SECTION_FILE) => Ok(SectionKey::from_folder(folder).map_or(Self::Front, Self::Section)),
            (_, "index.md") => {
                let parent = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
                Ok(Self::Article(SectionKey::from_folder(parent)))
            }
            _ if bundles.contains(path.folder()) => misplaced(
                "this folder is one article, whose text is `index.md`; no other `.md` may lie in it",
                "move the file into the section's folder",
            ),
            _ => Ok(Self::Article(SectionKey::from_folder(folder))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_tells_what_a_document_is() {
        let bundles = Bundles::from(["content/politics/vote".to_owned()]);
        let place = |path: &str| Place::of(&SourcePath::new(format!("content/{path}")), &bundles).ok();
        let section = |folder: &str| SectionKey::from_folder(folder);
        assert_eq!(place("_index.md"), Some(Place::Front));
        assert_eq!(place("index.md"), None);
        assert_eq!(place("about.md"), Some(Place::Root));
        assert_eq!(place("politics/_index.md"), section("politics").map(Place::Section));
        assert_eq!(place("politics/vote/index.md"), Some(Place::Article(section("politics"))));
        assert_eq!(place("politics/vote/notes.md"), None);
        assert_eq!(place("politics/2026/11/cut.md"), Some(Place::Article(section("politics"))));
        assert_eq!(place("politics/Local News/cut.md"), Some(Place::Article(section("politics/local-news"))));
        assert_eq!(place("2026/cut.md"), Some(Place::Article(None)));
        assert_eq!(place("2026/_index.md"), None);
        assert_eq!(place("authors/ann.md"), Some(Place::Author));
        assert_eq!(place("authors/_index.md"), None);
        assert_eq!(place("tags/energy.md"), Some(Place::Topic(Taxonomy::Tags)));
    }
}
