//! What of a document is seen from outside of its own text.

use super::{
    Document,
    body::{LinkKind, Outline},
};
use crate::model::{Digest, Reference};

impl Document {
    /// Tells all that the rest of the site can depend on: everything but the words of its body, and where its references stand.
    ///
    /// Two versions of a document with the same have their places in the same lists, and the same addresses, links and files are there.
    pub fn outside(&self) -> Digest {
        let entries = self.live.iter().flat_map(|live| &live.entries);
        let entry_outlines = entries.clone().map(|entry| &entry.outline);
        let references: Vec<_> = entry_outlines.chain([&self.outline]).map(references).collect();
        let entries: Vec<_> =
            entries.map(|entry| (&entry.id, entry.at, &entry.title, entry.is_key, entry.is_pinned)).collect();
        let matter = (&self.timing, &self.place, &self.subject, &self.diagnostics, entries);
        let matter = postcard::to_allocvec(&matter).expect("a document can be written into memory");
        Digest::of(&(matter, references))
    }
}

/// A link, without its place.
type Link<'a> = (LinkKind, &'a str, Option<&'a str>);

/// What a text refers to, in order: links, then pictures, files and figures.
fn references(outline: &Outline) -> (Vec<Link<'_>>, [Vec<&str>; 3]) {
    let links = outline.links.iter().map(|link| (link.kind, link.address.text.as_str(), link.fragment.as_deref()));
    (links.collect(), [&outline.pictures, &outline.files, &outline.data].map(|files| texts(files)))
}

fn texts(files: &[Reference]) -> Vec<&str> {
    files.iter().map(|file| file.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use crate::{config::Config, load::Site, model::SourcePath, parse};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test makes the site that is read")]
    fn words_of_the_body_are_its_own_and_all_else_is_not() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("content/a")).unwrap();
        let config = Config::read(&SourcePath::new("site.yaml"), Some(b"title: T\n"), None).0.unwrap();
        let path = SourcePath::new("content/a/story.md");
        let outside = |text: &str| {
            std::fs::write(folder.path().join("content/a/story.md"), text).unwrap();
            let site = Site::open(folder.path()).unwrap();
            parse::again(&site, &path, false, &config).outside()
        };
        let text = "---\ntitle: T\ndate: 2026-11-22\n---\nThe words and [a link](b.md#c).\n\n![p](p.png)\n";
        let usual = outside(text);
        for (from, to, is_same) in [
            ("The words", "Other words, and more of them", true),
            ("\n\n![", "\n\nA paragraph.\n\n![", true),
            ("title: T", "title: U", false),
            ("date: 2026-11-22", "date: 2026-11-22\ntags: [a]", false),
            ("date: 2026-11-22", "date: 2026-11-22\ndraft: true", false),
            ("b.md", "d.md", false),
            ("#c", "", false),
            ("b.md", "/b.md", false),
            ("p.png", "q.png", false),
            ("words and", "words <b onclick=\"x\">and</b>", false),
        ] {
            assert_eq!(outside(&text.replace(from, to)) == usual, is_same, "{from} to {to}");
        }
    }
}
