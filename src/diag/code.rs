//! The names of mistakes. Each has a page in `docs/diagnostics/`, which a test checks.

/// Declares [`Code`] with its written names.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// The stable name of a kind of mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every code, by name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, in kebab case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

codes! {
    /// A source is not UTF-8.
    NotUtf8 = "not-utf8",
    /// A source has no front matter.
    NoFrontMatter = "no-front-matter",
    /// The front matter is opened and never closed.
    OpenFrontMatter = "open-front-matter",
    /// The YAML cannot be read.
    BadYaml = "bad-yaml",
    /// The YAML is larger or deeper than a front matter may be.
    YamlLimit = "yaml-limit",
    /// A key stands twice.
    DuplicateKey = "duplicate-key",
    /// A key that is not known.
    UnknownField = "unknown-field",
    /// A field that is needed is not there.
    MissingField = "missing-field",
    /// A field that is needed is there and empty.
    EmptyField = "empty-field",
    /// A value of another kind than the field takes.
    WrongType = "wrong-type",
    /// A word that is not on the field's list.
    UnknownWord = "unknown-word",
    /// Not a date, or not a date and time.
    BadInstant = "bad-instant",
    /// A time that the clocks skip or show twice.
    AmbiguousInstant = "ambiguous-instant",
    /// Two dates of a story in an order that cannot be meant.
    OutOfOrder = "out-of-order",
    /// An embargo or expiry without offset, in a site without a time zone.
    NoTimeZone = "no-time-zone",
    /// A value that YAML cut short at ` #`.
    CutShort = "cut-short",
    /// A list item or field that YAML joined to the text before it.
    SwallowedLine = "swallowed-line",
    /// A headline that YAML read as a map.
    UnquotedHeadline = "unquoted-headline",
    /// A slug, alias or permalink that cannot be a path.
    BadPath = "bad-path",
    /// A URL of another scheme than http, https, mailto or tel.
    BadUrl = "bad-url",
    /// A picture without a text for those who do not see it.
    MissingAlt = "missing-alt",
    /// A file where no article may be, or a name that is kept for something else.
    Misplaced = "misplaced",
    /// A file that cannot be published: a FIFO, a socket, a link out of the site, a loop of links.
    NotAFile = "not-a-file",
    /// A file that cannot be read.
    Unreadable = "unreadable",
    /// A file that is larger than its kind may be.
    TooLarge = "too-large",
    /// The Markdown parser failed on this source.
    BadMarkdown = "bad-markdown",
    /// A directive that does not exist.
    UnknownDirective = "unknown-directive",
    /// A directive with a wrong or missing value, or without its end.
    BadDirective = "bad-directive",
    /// HTML that the allow-list does not let through.
    DroppedHtml = "dropped-html",
    /// A link that leads to nothing.
    DeadLink = "dead-link",
    /// A reference that fits several stories.
    AmbiguousReference = "ambiguous-reference",
    /// A related story, slot or series that names nothing.
    DeadPin = "dead-pin",
    /// A picture or file that is not there.
    MissingPicture = "missing-picture",
    /// A picture that cannot be developed, or is not what its name says.
    BadPicture = "bad-picture",
    /// A headline that the fonts of social cards cannot show.
    PlainCard = "plain-card",
    /// Two terms that are one.
    SameTerm = "same-term",
    /// Two files of authors, series or topics that go by one name.
    SameName = "same-name",
    /// Two terms on one slug.
    TermCollision = "term-collision",
    /// Two articles with one identity.
    DuplicateId = "duplicate-id",
    /// Two sources for one output.
    Collision = "collision",
    /// A redirect that leads to itself, or to another redirect.
    RedirectLoop = "redirect-loop",
    /// Something in `site.yaml` that cannot be.
    BadConfig = "bad-config",
    /// A setting that this version does not use.
    UnusedSetting = "unused-setting",
    /// Compressed copies for a host that hands out none.
    UnusedCopies = "unused-copies",
    /// A file for machines that says of itself that its time is over.
    RanOut = "ran-out",
    /// A site without `url`.
    NoUrl = "no-url",
    /// A template that cannot be read.
    BadTemplate = "bad-template",
    /// A template that failed on a page.
    TemplateFailed = "template-failed",
    /// A template that drops a story's label.
    LostLabel = "lost-label",
    /// A data file that cannot be read.
    BadData = "bad-data",
    /// A data file of the most read stories that is not there, or cannot be read.
    BadRanking = "bad-ranking",
}

impl std::fmt::Display for Code {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the manual lies beside the code, and is no site's file")]

    use std::{collections::BTreeSet, fs, path::Path};

    use super::Code;

    /// The names of the pages in `docs/diagnostics/`, without the index.
    fn pages() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics");
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name != "README.md").map(|name| name.trim_end_matches(".md").to_owned()).collect()
    }

    #[test]
    fn every_code_has_a_page_and_every_page_a_code() {
        let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
        let pages = pages();
        let without_page: Vec<&String> = codes.difference(&pages).collect();
        assert!(without_page.is_empty(), "write a page in docs/diagnostics/ for {without_page:?}");
        let without_code: Vec<&String> = pages.difference(&codes).collect();
        assert!(without_code.is_empty(), "docs/diagnostics/ has pages of no code: {without_code:?}");
    }

    #[test]
    fn every_page_is_headed_by_its_code_and_listed_in_the_index() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnostics");
        let index = fs::read_to_string(folder.join("README.md")).unwrap();
        for code in Code::ALL {
            let page = fs::read_to_string(folder.join(format!("{code}.md"))).unwrap();
            assert!(page.starts_with(&format!("# `{code}`\n")), "{code}.md is not headed by its code");
            assert!(index.contains(&format!("[`{code}`]({code}.md)")), "{code} is not in docs/diagnostics/README.md");
        }
    }
}
