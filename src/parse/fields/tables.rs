//! The tables.

use super::{
    Field, Kind, Need, Shape,
    Type::{
        self, AbsoluteUrl, Bool, Duration, Email, Entries, Extra, File, Focus, Gate, Inline, Instant, Integer,
        Language, Later, List, Map, Name, Path, Permalinks, Robots, Share, SiteUrl, Slug, Sources, Story, Text, Url,
        Word, Zone,
    },
};
use crate::{
    config::{AiPolicy, Compression, ExtraType, Host, HtmlPolicy, PictureOf, Publish, SocialCards},
    model::{CorrectionKind, Label, Paywall},
    parse::matter::SeriesOrder,
};

pub(super) fn of(kind: Kind) -> &'static Shape {
    match kind {
        Kind::Site => SITE,
        Kind::Article | Kind::Page => ARTICLE,
        Kind::Author => AUTHOR,
        Kind::Series => SERIES,
        Kind::Section => SECTION,
        Kind::Topic => TOPIC,
    }
}

const fn field(name: &'static str, kind: Type, help: &'static str) -> Field {
    Field { name, kind, need: Need::Optional, help }
}

impl Field {
    const fn needed(mut self) -> Self {
        self.need = Need::Required;
        self
    }

    const fn needed_in(mut self, kind: Kind) -> Self {
        self.need = Need::RequiredIn(kind);
        self
    }

    const fn unless(mut self, other: &'static str) -> Self {
        self.need = Need::Unless(other);
        self
    }
}

const fn plain(groups: &'static [&'static [Field]]) -> Shape {
    Shape { groups, short: None }
}

const fn or_just(short: &'static str, groups: &'static [&'static [Field]]) -> Shape {
    Shape { groups, short: Some(short) }
}

const ARTICLE: &Shape = &plain(&[HEAD, DATES, GATE, PLACE, TEXTS, SHARED, PINS, RECORD, MEDIA]);
const AUTHOR: &Shape = &plain(&[PERSON, GATE]);
const SERIES: &Shape = &plain(&[RUN, GATE]);
const SECTION: &Shape = &plain(&[DESK, GATE]);
const TOPIC: &Shape = &plain(&[TERM, GATE]);
const SITE: &Shape = &plain(&[PAPER]);

const HEAD: &[Field] = &[
    field("title", Text, "The headline. Plain text.").needed(),
    field("headlines", Map(HEADLINES), "The headline's variants."),
];

const HEADLINES: &Shape = &plain(&[&[
    field("seo", Text, "For search engines: the page's `<title>`."),
    field("social", Text, "For social networks."),
    field("short", Text, "For cards."),
]]);

const DATES: &[Field] = &[
    field(
        "date",
        Instant,
        "First publication. A bare date is the first instant of that day in the site's zone; a time without offset is in that zone. The story is live from the later of `date` and `embargo` until `expires`. A file directly in `content/` may do without, and is a page then.",
    )
    .needed_in(Kind::Article),
    field("updated", Instant, "Last substantive change."),
    field("updates", List(&Map(UPDATE)), "The public log of changes."),
];

const UPDATE: &Shape =
    &plain(&[&[field("at", Instant, "When.").needed(), field("note", Inline, "What changed.").needed()]]);

const GATE: &[Field] = &[
    field("draft", Bool, "Not to be published at all."),
    field(
        "embargo",
        Gate,
        "Not before this instant; a bare date is the first instant of that day. In a site without `time_zone` it needs an offset.",
    ),
    field(
        "expires",
        Gate,
        "Not from this instant on; a bare date is the first instant of that day. In a site without `time_zone` it needs an offset.",
    ),
];

const PLACE: &[Field] = &[
    field(
        "id",
        Name,
        "Stable identity apart from the address, unique in the site. Never change it: feed readers would show the story again.",
    ),
    field("slug", Slug, "Last part of the address, if not the file's name."),
    field("section", Name, "The section, if not the folder's."),
    field("aliases", List(&Path), "Old addresses in this site, which redirect here."),
    field("canonical", AbsoluteUrl, "The address of the original, if this is a syndicated copy."),
];

const TEXTS: &[Field] = &[
    field("standfirst", Inline, "Summary below the headline."),
    field("summary", Text, "Text for cards, search results and feeds, if not the standfirst."),
    field("description", Text, "Another name of `summary`."),
];

/// What a section may set for all its articles.
const SHARED: &[Field] = &[
    field("kicker", Text, "Short label above the headline."),
    field(
        "label",
        Word(Label::WORDS),
        "What kind of journalism it is, shown wherever the story is; `news` if not said.",
    ),
    field("authors", List(&Map(CREDIT)), "The byline: ids of authors, or free names."),
    field("agency", Text, "The wire agency credited."),
    field("dateline", Text, "Where it was filed from."),
    field("tags", List(&Name), "Subjects."),
    field("people", List(&Name), "Persons the story is about."),
    field("organisations", List(&Name), "Companies, parties, institutions."),
    field("places", List(&Name), "Where it happens."),
    field("series", Name, "The series or running story it belongs to."),
    field("image", Map(PICTURE), "The lead picture."),
    field("related_auto", Bool, "Whether related stories are found automatically; `true` if not said."),
    field("sensitive", Bool, "Kept out of automatic links in either direction."),
    field("paywall", Word(Paywall::WORDS), "Who may read it all. Markup only: the gate is the host's."),
    field("lang", Language, "The language, if not the site's."),
    field("robots", Robots, "What search engines are told: `noindex`, `nofollow`, `noarchive` …"),
    field("extra", Extra, "Fields that the site defines with `extra_fields` in `site.yaml`."),
];

const CREDIT: &Shape = &or_just(
    "id",
    &[&[
        field("id", Name, "The id of an author's file, or a free name.").unless("name"),
        field("name", Name, "A free name."),
        field("role", Text, "What the person did, if it was not writing."),
    ]],
);

const PICTURE: &Shape = &or_just(
    "src",
    &[&[
        field("src", File, "The file: relative to this one, from the root of `static/`, or an address.").needed(),
        field("alt", Text, "What it shows, for those who do not see it.").unless("decorative"),
        field("decorative", Bool, "It adds nothing that must be told, and needs no `alt`."),
        field("caption", Inline, "What the reader is told below it."),
        field("credit", Inline, "Who made it."),
        field("licence", Text, "On which terms it is used."),
        field("rights_expire", Instant, "When the right to show it ends."),
        field(
            "focus",
            Focus,
            "The point that crops must keep, from the upper left: `[0.5, 0.3]`, `{x: 0.5, y: 0.3}` or `50% 30%`.",
        ),
    ]],
);

const PINS: &[Field] = &[
    field("related", List(&Story), "Related stories picked by hand, in order."),
    field("related_never", List(&Story), "Stories never to be related."),
];

const RECORD: &[Field] = &[
    field("corrections", List(&Map(CORRECTION)), "Mended mistakes, shown on the article and on `/corrections/`."),
    field("withdrawn", Map(WITHDRAWAL), "Taken down: only a notice stands."),
    field("translation_of", Story, "The original that this is a translation of: the page links to it."),
];

const CORRECTION: &Shape = &plain(&[&[
    field("at", Instant, "When it was mended.").needed(),
    field("type", Word(CorrectionKind::WORDS), "What kind of notice it is; `correction` if not said."),
    field("text", Inline, "The notice.").needed(),
]]);

const WITHDRAWAL: &Shape =
    &plain(&[&[field("at", Instant, "From when on.").needed(), field("reason", Inline, "Why.").needed()]]);

const MEDIA: &[Field] = &[
    field("audio", Map(AUDIO), "A recording of the story; makes it a podcast episode."),
    field("live", Map(LIVE), "Live coverage; goes with `label: live`."),
];

const AUDIO: &Shape = &or_just(
    "src",
    &[&[
        field("src", File, "The file or address.").needed(),
        field("duration", Duration, "How long it plays."),
        field("bytes", Integer(0, i64::MAX), "Its size, if it lies elsewhere."),
        field("type", Text, "Its media type, if the file's ending does not tell."),
        field("title", Text, "The title of the episode, if not the headline."),
    ]],
);

const LIVE: &Shape =
    &plain(&[&[field("ends", Instant, "When it ends."), field("summary", Inline, "What has happened so far.")]]);

const PERSON: &[Field] = &[
    field("name", Text, "The name as in bylines.").needed(),
    field("role", Text, "What they do at the paper."),
    field("bio", Inline, "A sentence or two; the body is the long biography."),
    field("picture", File, "The portrait."),
    field("links", List(&Map(LINK)), "Where else to find them."),
    field("email", Email, "Where to write to them."),
];

const LINK: &Shape =
    &plain(&[&[field("label", Text, "What the reader sees.").needed(), field("url", Url, "Where it leads.").needed()]]);

const RUN: &[Field] = &[
    field("title", Text, "Its name.").needed(),
    field("description", Text, "What it is about."),
    field(
        "order",
        Word(SeriesOrder::WORDS),
        "`oldest` first for a series with parts (if not said), `newest` first for a running story.",
    ),
];

const TERM: &[Field] = &[
    field("title", Text, "The term as shown.").needed(),
    field("synonyms", List(&Name), "Other spellings of it in articles."),
    field("description", Text, "What it is about."),
];

const DESK: &[Field] = &[
    field("title", Text, "Its name."),
    field("description", Text, "What it covers."),
    field("order", Integer(i64::MIN, i64::MAX), "Its place among its neighbours, smallest first."),
    field("defaults", Map(DEFAULTS), "What its articles take from it, where they say nothing themselves."),
    field(
        "slots",
        Entries(&Map(SLOT)),
        "The places of its front, by name: `lead`, `top`, `features`, `opinion` … They fill in the order written.",
    ),
];

const DEFAULTS: &Shape = &plain(&[SHARED]);

const SLOT: &Shape = &or_just(
    "pins",
    &[&[
        field("title", Text, "The heading over it."),
        field("pins", List(&Map(PIN)), "The stories put there by hand, in order."),
        field("count", Integer(0, 100), "How many stories it holds."),
        field("label", Word(Label::WORDS), "The label that its automatic stories must have."),
        field("until", Instant, "When all its pins end."),
        field(
            "data",
            Name,
            "The file of `data/` that fills it, best first; its stories may stand elsewhere on the front as well. A slot named `most_read` needs no such line: `data/most_read.csv`, `.json` or `.yaml` fills it.",
        ),
    ]],
);

const PIN: &Shape = &or_just(
    "story",
    &[&[field("story", Story, "The story.").needed(), field("until", Instant, "When it makes room.")]],
);

const PAPER: &[Field] = &[
    field("title", Text, "The paper's name."),
    field(
        "url",
        SiteUrl,
        "Where it is published. Without it, what needs absolute addresses (canonical links, feeds, sitemaps) is left out. It may have a path, as a project page has.",
    ),
    field("language", Language, "The language; `en` if not said."),
    field(
        "time_zone",
        Zone,
        "The zone of every time without offset: an IANA name. Without it UTC is taken, and embargoes need an offset.",
    ),
    field("description", Text, "What the paper is, in a sentence."),
    field("publisher", Map(PUBLISHER), "Who publishes it."),
    field("sections", List(&Slug), "The sections in the order of the navigation; the others follow."),
    field(
        "permalinks",
        Permalinks,
        "The pattern of article addresses; `/{yyyy}/{mm}/{dd}/{slug}/` if not said. `{section}` and `{id}` are possible, and `.html` at the end.",
    ),
    field(
        "host",
        Word(Host::WORDS),
        "The host whose forms of redirects, headers and 410s are written; `plain` (any host) if not said.",
    ),
    field("related", Map(RELATED), "How related stories are chosen."),
    field("feeds", Map(FEEDS), "How feeds are made."),
    field("images", Map(IMAGES), "In which widths pictures are made, and for what: see [pictures](pictures.md)."),
    field(
        "social_cards",
        Word(SocialCards::WORDS),
        "Which articles have a picture drawn for social networks: none (`off`, if not said), those without one (`missing`), or `always`: see [social cards](social-cards.md).",
    ),
    field(
        "precompress",
        List(&Word(Compression::WORDS)),
        "In which forms text files are published beside themselves, compressed for your host to hand out: `[br, gz]`, one of them, or none if not said: see [compressed copies](precompression.md).",
    ),
    field(
        "robots",
        Map(CRAWLERS),
        "What crawlers are told in `robots.txt`. A `robots.txt` in `static/` replaces ours.",
    ),
    field("search", Bool, "Whether there is a search page with its index; `true` if not said."),
    field("follow", List(&Map(LINK)), "Links shown under every article."),
    field("breaking", Map(BREAKING), "The banner on fronts."),
    field(
        "html",
        Word(HtmlPolicy::WORDS),
        "How HTML in articles is treated: harmless elements pass an `allow-list` (if not said), or everything is `trusted`.",
    ),
    field(
        "publish",
        Word(Publish::WORDS),
        "How the output folder is changed: whole in one step (`atomic`, if not said), or file by file (`in-place`) where the folder cannot be exchanged.",
    ),
    field(
        "extra_fields",
        Entries(&Word(ExtraType::WORDS)),
        "Fields of the site's own, which articles may set under `extra`.",
    ),
    field("languages", Later, "Editions in other languages."),
    field("deploy", Later, "Targets of `letterpress deploy`."),
    field(
        "csp",
        Map(CSP),
        "What the content security policy lets in besides the site itself: the site's own statistics or consent, by directive.",
    ),
];

const PUBLISHER: &Shape = &or_just(
    "name",
    &[&[
        field("name", Text, "The name, if not the paper's."),
        field("logo", File, "A file of `static/`, or an address."),
        field(
            "policies",
            Entries(&Url),
            "Pages by kind. Search engines are told of `corrections`, `ethics`, `ownership`, `principles`, `masthead`, `verification`, `unnamed-sources`, `diversity`, `coverage` and `feedback`; readers of all.",
        ),
        field(
            "security",
            Map(SECURITY),
            "Whom to tell of a hole in the site's security: makes `/.well-known/security.txt`, as in RFC 9116.",
        ),
    ]],
);

const SECURITY: &Shape = &plain(&[&[
    field("contact", List(&Url), "Where to write or call: e-mail addresses, `tel:` or pages, the preferred first.")
        .needed(),
    field("expires", Instant, "When this is to be looked at again; a year ahead at most is advised.").needed(),
    field("policy", Url, "The page that tells how reports are treated."),
    field("encryption", Url, "Where a key for secret reports is."),
    field("acknowledgments", Url, "The page that thanks those who reported."),
    field("languages", List(&Language), "The languages in which reports are read."),
]]);

const FEEDS: &Shape = &plain(&[&[
    field("count", Integer(1, 100), "How many stories a feed with full text holds; 20 if not said."),
    field("hub", AbsoluteUrl, "The WebSub hub that tells subscribers of a change."),
    field("podcast", Map(PODCAST), "What podcast directories ask of a feed with recordings."),
]]);

const IMAGES: &Shape = &plain(&[&[
    field("quality", Integer(1, 100), "The quality of photographs in WebP and AVIF; 75 if not said."),
    field(
        "avif",
        Bool,
        "Whether photographs are made in AVIF as well, where that is smaller; `false` if not said. It takes many times as long: see [pictures](pictures.md#avif).",
    ),
    field(
        "store",
        Integer(1, 1_000_000),
        "How many megabytes of finished pictures are kept in `.letterpress/pictures` for the next build; 2000 if not said.",
    ),
    field(
        "uses",
        Entries(&Map(PICTURE_USE)),
        "The places on pages for which pictures are made, by name. The theme has `card`, `front`, `lead`, `article` and `portrait`; what is written here replaces what they have.",
    ),
]]);

const PICTURE_USE: &Shape = &plain(&[&[
    field("widths", List(&Integer(16, 4096)), "The widths in pixels; none is made wider than its original."),
    field("sizes", Text, "How wide the place is, as in the attribute `sizes` of HTML; `100vw` if not said."),
    field(
        "of",
        List(&Word(PictureOf::WORDS)),
        "Which pictures it is for: those of front matter (`lead`, if not said), of texts (`text`), of authors (`portrait`).",
    ),
    field("files", List(&Path), "Files of `static/` that it is for, and folders, which end in `/`."),
]]);

const PODCAST: &Shape = &plain(&[&[
    field(
        "image",
        File,
        "The cover: a square JPEG or PNG of `static/`, or an address; the publisher's logo if not said.",
    ),
    field("category", Text, "The directory's category, as `News` or `News > Politics`; `News` if not said."),
]]);

const CRAWLERS: &Shape = &plain(&[&[
    field(
        "ai",
        Word(AiPolicy::WORDS),
        "What crawlers for language models may do: read everything (`allow`, if not said), answer readers with it but not train on it (`refuse-training`), or nothing (`refuse`).",
    ),
    field("disallow", List(&Path), "Paths that no crawler shall read; `*` stands for anything, `$` for the end."),
    field("sitemap", Bool, "Whether the sitemaps are named; `true` if not said."),
]]);

const CSP: &Shape = &plain(&[&[
    field("connect-src", List(&Sources), "Where scripts may ask."),
    field("font-src", List(&Sources), "Fonts."),
    field("form-action", List(&Sources), "Where forms may be sent."),
    field("frame-src", List(&Sources), "Pages in frames."),
    field("img-src", List(&Sources), "Pictures, counting pixels too."),
    field("media-src", List(&Sources), "Sound and film."),
    field("script-src", List(&Sources), "Scripts."),
    field("style-src", List(&Sources), "Style sheets."),
    field("worker-src", List(&Sources), "Workers of scripts."),
]]);

const RELATED: &Shape = &plain(&[&[
    field("count", Integer(0, 20), "How many in all; 5 if not said."),
    field(
        "min_score",
        Share,
        "The least score of a story that is found by its text, as `letterpress related` tells it; 0.02 if not said.",
    ),
    field(
        "tag_weight",
        Share,
        "What a shared tag, person, organisation or place counts, beside a word of the text, which counts 1; 0.5 if not said.",
    ),
    field(
        "half_life_days",
        Integer(1, 36_500),
        "How fast distance in time counts against two stories: after so many days between them, a quarter of their score is gone; 365 if not said.",
    ),
]]);

const BREAKING: &Shape = &plain(&[&[
    field("text", Text, "What it says.").needed(),
    field("link", Url, "Where it leads."),
    field("until", Instant, "When it ends.").needed(),
]]);

/// Names that other generators and desks use, and ours.
pub(super) const FOREIGN: &[(&str, &str)] = &[
    ("article", "story"),
    ("author", "authors"),
    ("avatar", "picture"),
    ("baseurl", "url"),
    ("blurb", "summary"),
    ("byline", "authors"),
    ("categories", "tags"),
    ("category", "section"),
    ("cover", "image"),
    ("deck", "standfirst"),
    ("excerpt", "summary"),
    ("expiry", "expires"),
    ("expirydate", "expires"),
    ("featured_image", "image"),
    ("file", "src"),
    ("headline", "title"),
    ("href", "url"),
    ("id", "story"),
    ("image", "picture"),
    ("keywords", "tags"),
    ("language", "lang"),
    ("lastmod", "updated"),
    ("license", "licence"),
    ("link", "url"),
    ("modified", "updated"),
    ("name", "title"),
    ("name", "label"),
    ("path", "slug"),
    ("permalink", "slug"),
    ("photo", "image"),
    ("photo", "picture"),
    ("pubdate", "date"),
    ("publish_date", "date"),
    ("published", "date"),
    ("publishdate", "date"),
    ("redirect_from", "aliases"),
    ("ref", "story"),
    ("stories", "pins"),
    ("subtitle", "standfirst"),
    ("summary", "description"),
    ("taxonomies", "tags"),
    ("text", "note"),
    ("text", "reason"),
    ("timezone", "time_zone"),
    ("title", "name"),
    ("title", "label"),
    ("topics", "tags"),
    ("unlisted", "robots"),
    ("url", "src"),
    ("url", "story"),
    ("url", "slug"),
    ("weight", "order"),
];
