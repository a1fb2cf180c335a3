//! Which directives there are, and what they take: the one table. `docs/directives.md` explains it to writers.

/// What an attribute's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// Plain text.
    Text,
    /// Inline Markdown.
    Inline,
    /// A URL with `http` or `https`.
    Url,
    /// A picture: a relative path, a root-relative path or a URL.
    Picture,
    /// Another file of the site, published with it: a relative or root-relative path.
    File,
    /// A file of figures, which is read and not published: a path beside the source or in `data/`.
    Data,
    /// A recording: a file of the site, or a URL with `http` or `https`.
    Recording,
    /// A number.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// An attribute that a directive takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeRule {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: AttributeKind,
    /// Whether the directive is nothing without it.
    pub is_required: bool,
}

/// What may stand between a directive's fences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyRule {
    /// Nothing.
    Empty,
    /// Markdown, and not nothing.
    Required,
    /// Pictures, in Markdown or as `figure`.
    Pictures,
    /// A list whose items begin with a date.
    Dates,
    /// Headings, each with text below it.
    Questions,
}

/// What a directive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declaration {
    /// Its name, also that of the component that renders it.
    pub name: &'static str,
    /// What it takes.
    pub attributes: &'static [AttributeRule],
    /// What stands between its fences.
    pub body: BodyRule,
    /// How it is written.
    pub help: &'static str,
}

const fn required(name: &'static str, kind: AttributeKind) -> AttributeRule {
    AttributeRule { name, kind, is_required: true }
}

const fn optional(name: &'static str, kind: AttributeKind) -> AttributeRule {
    AttributeRule { name, kind, is_required: false }
}

/// Every directive. A directive that has `alt` needs either it or `decorative="true"`.
pub const DIRECTIVES: &[Declaration] = &[
    Declaration {
        name: "figure",
        attributes: &[
            required("src", AttributeKind::Picture),
            optional("alt", AttributeKind::Text),
            optional("decorative", AttributeKind::Word(&["true", "false"])),
            optional("caption", AttributeKind::Inline),
            optional("credit", AttributeKind::Inline),
            optional("licence", AttributeKind::Text),
        ],
        body: BodyRule::Empty,
        help: ":::figure{src=\"vote.jpg\" alt=\"The council votes\" caption=\"Tuesday night\" credit=\"Ann Open\"}",
    },
    Declaration {
        name: "pullquote",
        attributes: &[optional("cite", AttributeKind::Inline)],
        body: BodyRule::Required,
        help: ":::pullquote{cite=\"Ann Open, mayor\"}",
    },
    Declaration {
        name: "factbox",
        attributes: &[optional("title", AttributeKind::Text)],
        body: BodyRule::Required,
        help: ":::factbox{title=\"The budget in figures\"}",
    },
    Declaration {
        name: "keypoints",
        attributes: &[optional("title", AttributeKind::Text)],
        body: BodyRule::Required,
        help: ":::keypoints",
    },
    Declaration {
        name: "table",
        attributes: &[
            required("src", AttributeKind::Data),
            optional("caption", AttributeKind::Inline),
            optional("header", AttributeKind::Word(&["row", "both"])),
        ],
        body: BodyRule::Empty,
        help: ":::table{src=\"budget.csv\" caption=\"The budget, in millions\" header=\"both\"}",
    },
    Declaration {
        name: "embed",
        attributes: &[required("url", AttributeKind::Url), optional("title", AttributeKind::Text)],
        body: BodyRule::Empty,
        help: ":::embed{url=\"https://example.org/video/1\" title=\"The debate\"}",
    },
    Declaration {
        name: "gallery",
        attributes: &[optional("title", AttributeKind::Text)],
        body: BodyRule::Pictures,
        help: ":::gallery{title=\"The flood in pictures\"}\n![What it shows](flood.jpg \"Its caption\")",
    },
    Declaration {
        name: "timeline",
        attributes: &[optional("title", AttributeKind::Text)],
        body: BodyRule::Dates,
        help: ":::timeline{title=\"How it came to this\"}\n- 2026-11-20: The council votes.",
    },
    Declaration {
        name: "qa",
        attributes: &[optional("title", AttributeKind::Text)],
        body: BodyRule::Questions,
        help: ":::qa\n### What has been decided?\nThe answer.",
    },
    Declaration {
        name: "chart",
        attributes: &[
            required("src", AttributeKind::Data),
            required("type", AttributeKind::Word(&["line", "bar", "stacked", "area", "dot"])),
            required("title", AttributeKind::Text),
            optional("description", AttributeKind::Text),
            optional("columns", AttributeKind::Text),
            optional("x", AttributeKind::Text),
            optional("y", AttributeKind::Text),
            optional("unit", AttributeKind::Text),
            optional("source", AttributeKind::Inline),
            optional("credit", AttributeKind::Inline),
            optional("height", AttributeKind::Number),
        ],
        body: BodyRule::Empty,
        help: ":::chart{type=\"line\" src=\"peaks.csv\" title=\"Peak tides\" unit=\"metres\"}",
    },
    Declaration {
        name: "audio",
        attributes: &[
            required("src", AttributeKind::Recording),
            required("title", AttributeKind::Text),
            optional("duration", AttributeKind::Text),
            optional("transcript", AttributeKind::File),
            optional("credit", AttributeKind::Inline),
        ],
        body: BodyRule::Empty,
        help: ":::audio{src=\"bell.mp3\" title=\"The bell\" duration=\"0:05\" transcript=\"bell.txt\"}",
    },
    Declaration {
        name: "video",
        attributes: &[
            required("src", AttributeKind::Recording),
            required("title", AttributeKind::Text),
            optional("poster", AttributeKind::Picture),
            optional("captions", AttributeKind::File),
            optional("transcript", AttributeKind::File),
            optional("width", AttributeKind::Number),
            optional("height", AttributeKind::Number),
            optional("caption", AttributeKind::Inline),
            optional("credit", AttributeKind::Inline),
        ],
        body: BodyRule::Empty,
        help: ":::video{src=\"gate.mp4\" title=\"The gate closes\" poster=\"gate.jpg\" captions=\"gate.vtt\"}",
    },
    Declaration {
        name: "document",
        attributes: &[
            required("src", AttributeKind::File),
            required("title", AttributeKind::Text),
            optional("description", AttributeKind::Inline),
        ],
        body: BodyRule::Empty,
        help: ":::document{src=\"report.pdf\" title=\"The auditor's report\"}",
    },
    Declaration {
        name: "map",
        attributes: &[
            required("src", AttributeKind::Picture),
            required("alt", AttributeKind::Text),
            optional("caption", AttributeKind::Inline),
            optional("credit", AttributeKind::Inline),
            optional("url", AttributeKind::Url),
            optional("lat", AttributeKind::Number),
            optional("lon", AttributeKind::Number),
        ],
        body: BodyRule::Empty,
        help: ":::map{src=\"route.svg\" alt=\"The cable runs from the wind farm to Scarrow Point\" url=\"https://maps.example/#15/54.1/-0.2\"}",
    },
];
