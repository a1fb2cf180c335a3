//! The fixed word lists of a newsroom.

/// Declares an enum whose variants have one written form each, read in any letter case.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every written form, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The written form.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads a written form, in any letter case.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str().eq_ignore_ascii_case(word.trim()))
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What kind of journalism a story is; readers are told wherever it is shown.
    Label {
        /// Plain news, the default; the only label that is not shown.
        News = "news",
        /// What the news means.
        Analysis = "analysis",
        /// An author's own view.
        Opinion = "opinion",
        /// Background.
        Explainer = "explainer",
        /// A critic's judgement.
        Review = "review",
        /// A conversation.
        Interview = "interview",
        /// Coverage while it happens.
        Live = "live",
        /// Paid for by someone.
        Sponsored = "sponsored",
        /// Not meant to be believed.
        Satire = "satire",
    }
}

words! {
    /// The ways to label stories besides section, author and series.
    Taxonomy {
        /// Subjects.
        Tags = "tags",
        /// Persons the story is about.
        People = "people",
        /// Companies, parties, institutions.
        Organisations = "organisations",
        /// Where it happens.
        Places = "places",
    }
}

words! {
    /// What a correction notice is.
    CorrectionKind {
        /// A stated mistake mended.
        Correction = "correction",
        /// Something that could be misread, made clear.
        Clarification = "clarification",
        /// The story, or a part of it, no longer stands.
        Retraction = "retraction",
    }
}

words! {
    /// Who may read the whole story; markup only, since the gate is the host's.
    Paywall {
        /// Everyone.
        Free = "free",
        /// Everyone, a number of times.
        Metered = "metered",
        /// Those who pay.
        Subscribers = "subscribers",
    }
}
