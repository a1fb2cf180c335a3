//! Recorded reads: after any edit a build makes what a clean build makes, and makes again only what has read something that changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use crate::{
    site::{AS_OF, Site, assert_same, manifest_dir},
    walks::{Asked, CleanBuilds, Dice, does_nothing},
};

/// An article whose fields are edited one by one.
#[derive(Debug, Clone)]
struct Article {
    path: String,
    fields: BTreeMap<&'static str, String>,
    body: String,
}

/// A newsroom at work on a site.
struct Newsroom {
    site: Site,
    articles: Vec<Article>,
    random: Dice,
    asked: Asked,
}

/// What a field may hold, besides nothing. `#` stands for a number that is the article's own.
const FIELDS: [(&str, &[&str]); 33] = [
    ("title", &["Bridge # opens", "Bridge # opens late", "Harbour # flooded", "Council # votes"]),
    ("date", &["2026-11-20", "2026-11-21T10:00:00Z", "2026-10-02", "2025-12-31T23:30:00Z", "2026-11-22T13:00:00Z"]),
    ("embargo", &["2026-11-22T12:30:00Z", "2026-11-01T00:00:00Z"]),
    ("expires", &["2026-11-22T13:30:00Z", "2026-11-10T00:00:00Z"]),
    ("draft", &["true", "false"]),
    ("tags", &["[Energy]", "[Energy, Harbour]", "[Water]", "[energy, Ports]"]),
    ("people", &["[Ada Open]", "[Ada Open, Bo Shut]"]),
    ("places", &["[Nordhaven]"]),
    ("authors", &["[ann]", "[Bo Free]", "[ann, {name: Cy Lens, role: photography}]"]),
    ("kicker", &["City", "Exclusive"]),
    ("label", &["opinion", "analysis", "sponsored", "news"]),
    (
        "standfirst",
        &["It took *years*.", "See [the other](a1.md) and [[Harbour 2 flooded]].", "See [/about/](/about/)."],
    ),
    ("summary", &["In short.", "Shorter."]),
    ("headlines", &["{short: Short #}", "{seo: Found #, social: Shared #}"]),
    ("series", &["works", "Night Desk"]),
    ("related", &["[Bridge 1 opens]", "[Harbour 2 flooded, Nowhere]", "[content/city/a4.md]"]),
    ("related_never", &["[Bridge 1 opens]"]),
    ("related_auto", &["false"]),
    ("sensitive", &["true"]),
    (
        "image",
        &[
            "{src: photo.gif, alt: A bridge}",
            "{src: /images/pier.png, alt: A pier, caption: \"Near [[Bridge 1 opens]]\", credit: Cy}",
            "{src: gone.gif, alt: Nothing}",
            "{src: photo.gif, alt: A bridge, rights_expire: 2026-11-22T14:00:00Z}",
        ],
    ),
    ("aliases", &["[/old-#/]", "[/older-#.html, /old-#/]"]),
    ("updated", &["2026-11-21T12:00:00Z"]),
    ("updates", &["[{at: 2026-11-21T12:00:00Z, note: More}, {at: 2026-11-22T12:45:00Z, note: Ahead}]"]),
    (
        "corrections",
        &[
            "[{at: 2026-11-21T11:00:00Z, type: correction, text: \"It was *not*.\"}]",
            "[{at: 2026-11-22T12:40:00Z, type: retraction, text: Ahead}]",
        ],
    ),
    ("withdrawn", &["{at: 2026-11-21T00:00:00Z, reason: Wrong}", "{at: 2026-11-22T13:15:00Z, reason: Wrong}"]),
    ("paywall", &["subscribers", "metered"]),
    ("lang", &["de", "en"]),
    ("canonical", &["https://elsewhere.example/#/"]),
    ("robots", &["noindex"]),
    ("agency", &["Wire"]),
    ("audio", &["{src: clip.mp3, duration_secs: 12}", "{src: gone.mp3}"]),
    ("section", &["opinion"]),
    ("slug", &["story-#", "tale-#"]),
];

/// What a body may be made of.
const BODIES: [&str; 9] = [
    "The text of the bridge over the harbour.",
    "The text of the harbour, the tide and the pumps.",
    "See [one](a1.md), [two](../city/a5.md) and [[Harbour 2 flooded]].",
    "See [[Council 3 votes|the vote]] and [rooted](/2026/11/20/story-1/) and [about](/about/).",
    "![A pier](/images/pier.png \"The pier\")",
    "![A bridge](photo.gif)",
    ":::table{src=\"/data/trade.csv\" caption=\"Trade\"}\n:::",
    ":::factbox{title=\"Facts\"}\nA [link](a2.md) in a box.\n:::",
    "A council, a vote, pumps, and [a file](paper.pdf).",
];

/// Whole files that come, go and change: a path, and what may stand there.
const FILES: [(&str, &[&str]); 19] = [
    (
        "content/_index.md",
        &[
            "---\nslots: {lead: [Bridge 1 opens], top: {count: 3}}\n---\nWelcome.\n",
            "---\nslots: {top: {count: 2}, opinion: {count: 2}}\n---\n",
            "---\nslots: {lead: {pins: [{story: Harbour 2 flooded, until: 2026-11-22T12:50:00Z}]}, most_read: {count: 2}}\n---\n",
        ],
    ),
    (
        "content/news/_index.md",
        &[
            "---\ntitle: The News\ndescription: All of it\n---\n",
            "---\ntitle: News\ndefaults: {kicker: From the desk, tags: [Desk]}\nslots: {lead: {count: 1}}\n---\nAbout [[Bridge 1 opens]].\n",
        ],
    ),
    ("content/city/_index.md", &["---\ntitle: The City\n---\n", "---\ntitle: City\norder: 1\n---\n"]),
    (
        "content/authors/ann.md",
        &[
            "---\nname: Ann Open\nrole: Editor\nbio: Writes of *bridges*.\n---\nLong.\n",
            "---\nname: Ann Shut\npicture: ann.gif\nlinks: [{label: Elsewhere, url: https://ann.example/}]\n---\n",
        ],
    ),
    (
        "content/series/works.md",
        &["---\ntitle: The Works\n---\nParts.\n", "---\ntitle: Works\norder: newest\ndescription: Running\n---\n"],
    ),
    (
        "content/tags/energy.md",
        &[
            "---\ntitle: Energy\n---\nPower.\n",
            "---\ntitle: Power\nsynonyms: [Energy, Ports]\ndescription: All of it\n---\n",
        ],
    ),
    (
        "content/about.md",
        &["---\ntitle: About\n---\nOf us.\n", "---\ntitle: About us\n---\nOf us, see [[Bridge 1 opens]].\n"],
    ),
    (
        "content/live.md",
        &[
            "---\ntitle: The vote, live\ndate: 2026-11-22T08:00:00Z\nlabel: live\n---\nNow.\n\n## 2026-11-22 09:00 It begins {.key}\n\nSee [[Bridge 1 opens]].\n",
            "---\ntitle: The vote, live\ndate: 2026-11-22T08:00:00Z\nlive: {ends: 2026-11-22T12:35:00Z}\n---\nNow.\n\n## 2026-11-22 09:00 It begins\n\nYes.\n\n## 12:55 It ends\n\nNo.\n",
        ],
    ),
    ("data/trade.csv", &["year,tons\n2025,3\n", "year,tons\n2025,4\n2026,5\n"]),
    ("data/most_read.csv", &["story\nBridge 1 opens\n", "story\nHarbour 2 flooded\nBridge 1 opens\n"]),
    ("data/desk.yaml", &["tip: Call us\n", "tip: Write to us\n"]),
    ("redirects.yaml", &["/gone/: gone\n", "/moved/: /about/\n/gone/: gone\n"]),
    ("static/css/extra.css", &["a{color:red}\n", "a{color:blue}\n"]),
    ("static/images/pier.png", &["not really one", "not really another"]),
    ("content/city/photo.gif", &["GIF89a\x01\0\x01\0\0\0\0", "GIF89a\x02\0\x01\0\0\0\0"]),
    ("content/city/paper.pdf", &["paper", "papers"]),
    ("templates/partials/tip.html", &["{% set desk = data(file=\"desk.yaml\") %}tip {{ desk.tip }}\n", "tips\n"]),
    ("templates/strings/en.yaml", &["related: More of this\n", "archive: All there was\nlabel-opinion: Comment\n"]),
    ("static/robots.txt", &["User-agent: *\n"]),
];

/// Lines of `site.yaml` besides those that it always has.
const SETTINGS: [&str; 11] = [
    "",
    "description: A paper\n",
    "sections: [opinion, city]\n",
    "breaking: {text: Now, link: /about/, until: 2026-11-22T12:20:00Z}\n",
    "feeds: {count: 3}\n",
    "follow: [{label: Elsewhere, url: https://follow.example/}]\n",
    "related: {count: 3}\n",
    "search: false\n",
    "social_cards: missing\n",
    "social_cards: always\n",
    // Brotli takes fifty times as long, and a walk has hundreds of builds.
    "precompress: gz\n",
];

/// What asks for all that templates may ask for.
const ARTICLE: &str = r#"{% extends "theme-base.html" %}
{% block more %}{{ page.label_text }} {{ page.headline }} {{ page.summary }} {{ page.content }}
{% for author in page.authors %}{{ author.name }} {{ author.bio }} {% endfor %}
{% for term in page.terms %}{{ term.title }} {% endfor %}
{% for item in page.related %}{{ item.card }} {{ item.reason_text }}{% endfor %}
{% if page.series %}{{ page.series.title }} {{ page.series.part }}/{{ page.series.parts }}{% endif %}
{% set newest = latest(limit=2, section="city") %}{% for story in newest %}{{ <Line story={story}/> }}{% endfor %}
{% set tagged = latest(limit=3, tag="energy", author="ann") %}{% for story in tagged %}{{ story.url }} {% endfor %}
{% set other = article(ref="Bridge 1 opens") %}{% if other %}{{ other.title }}{% endif %}
{% set city = section(name="city") %}{% if city %}{{ city.title }}{% endif %}
{% set sheet = asset(path="css/base.css") %}{{ sheet.url }} {{ t(key="related") }} {{ url(path="/about/") }}
{% include "partials/tip.html" %}{% endblock more %}
"#;

fn number(index: usize) -> String {
    (index + 1).to_string()
}

impl Article {
    fn new(index: usize) -> Self {
        let folder = ["news", "city", "opinion"][index % 3];
        let titles = ["Bridge # opens", "Harbour # flooded", "Council # votes"];
        let title = titles[index % 3].replace('#', &number(index));
        let date = format!("2026-{:02}-{:02}", 11 - index % 3, 20 - index % 7);
        let fields = BTreeMap::from([("title", title), ("date", date), ("slug", format!("story-{}", index + 1))]);
        Self {
            path: format!("content/{folder}/a{}.md", index + 1),
            fields,
            body: BODIES[index % BODIES.len()].to_owned(),
        }
    }

    fn text(&self) -> String {
        let fields = self.fields.iter().fold(String::new(), |mut text, (name, value)| {
            let _ = writeln!(text, "{name}: {value}");
            text
        });
        format!("---\n{fields}---\n{}\n", self.body)
    }
}

impl Newsroom {
    fn open(site: Site, random: Dice) -> Self {
        let articles: Vec<Article> = (0..9).map(Article::new).collect();
        for article in &articles {
            site.write(&article.path, article.text());
        }
        site.write("static/css/base.css", "b{}\n");
        site.write("content/city/clip.mp3", "sound");
        site.write("content/authors/ann.gif", "GIF89a");
        for (path, texts) in FILES {
            site.write(path, texts[0]);
        }
        Self { site, articles, random, asked: Asked::usual() }
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.random.below(from.len())]
    }

    /// One edit of anything; tells what it was.
    fn edit(&mut self) -> String {
        match self.random.below(20) {
            0..=9 => self.edit_field(),
            10..=11 => self.edit_body(),
            12..=15 => self.edit_file(),
            16 => self.rename(),
            17 => self.edit_settings(),
            18 => self.edit_template(),
            _ => self.step_clock(),
        }
    }

    fn edit_field(&mut self) -> String {
        let at = self.random.below(self.articles.len());
        let (field, values) = FIELDS[self.random.below(FIELDS.len())];
        let is_needed = ["title", "date"].contains(&field);
        let choice = self.random.below(values.len() + 1);
        let article = &mut self.articles[at];
        match values.get(choice) {
            Some(value) => drop(article.fields.insert(field, value.replace('#', &number(at)))),
            None if is_needed => {}
            None => drop(article.fields.remove(field)),
        }
        let what = format!("{} has `{field}: {:?}`", article.path, article.fields.get(field));
        self.site.write(&article.path.clone(), article.text());
        what
    }

    fn edit_body(&mut self) -> String {
        let at = self.random.below(self.articles.len());
        let (one, other) = (self.pick(&BODIES), self.pick(&BODIES));
        let article = &mut self.articles[at];
        article.body = format!("{one}\n\n{other}");
        self.site.write(&article.path.clone(), article.text());
        format!("the body of {} is {:?}", article.path, article.body)
    }

    fn edit_file(&mut self) -> String {
        let (path, texts) = FILES[self.random.below(FILES.len())];
        // What templates and bodies cannot do without stays.
        let must_be = ["data/desk.yaml", "data/trade.csv", "templates/partials/tip.html"].contains(&path);
        let choice = self.random.below(texts.len() + usize::from(!must_be));
        match texts.get(choice) {
            Some(text) => self.site.write(path, text),
            None if self.site.path(path).exists() => self.site.remove(path),
            None => {}
        }
        format!("{path} is {:?}", texts.get(choice))
    }

    /// An article comes, goes or has another name.
    fn rename(&mut self) -> String {
        let at = self.random.below(self.articles.len());
        let path = self.articles[at].path.clone();
        if self.random.below(2) == 0 && self.site.path(&path).exists() {
            self.site.remove(&path);
            return format!("{path} is gone");
        }
        if self.site.path(&path).exists() {
            self.site.remove(&path);
        }
        let folder = self.pick(&["news", "city", "opinion", "news/deep"]);
        let article = &mut self.articles[at];
        article.path = format!("content/{folder}/a{}.md", number(at));
        self.site.write(&article.path.clone(), article.text());
        format!("{path} is {} now", article.path)
    }

    fn edit_settings(&mut self) -> String {
        let (one, other) = (self.random.below(SETTINGS.len()), self.random.below(SETTINGS.len()));
        let lines = if one == other { SETTINGS[one].to_owned() } else { [SETTINGS[one], SETTINGS[other]].concat() };
        let head = "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\n";
        self.site.write("site.yaml", format!("{head}{lines}"));
        format!("the settings have {lines:?}")
    }

    fn edit_template(&mut self) -> String {
        let file = self.pick(&["templates/article.html", "templates/components/bare.html", "templates/base.html"]);
        let path = self.site.path(file);
        let Ok(text) = fs::read_to_string(&path) else { return format!("{file} is the theme's") };
        let edited = if let Some((before, after)) = text.split_once("(edited)") {
            [before, after].concat()
        } else if let Some((before, after)) = text.split_once("endcomponent Line") {
            // Within the component, before the tag that ends it.
            let at = before.rfind("{%").unwrap();
            [&before[..at], "(edited)", &before[at..], "endcomponent Line", after].concat()
        } else if text.contains("{% extends") {
            text.replace("endblock more %}", "endblock more %}{# edited #}")
        } else {
            format!("{text}(edited)")
        };
        fs::write(path, edited).unwrap();
        format!("{file} is edited")
    }

    fn step_clock(&mut self) -> String {
        let noon = Asked::usual().as_of;
        self.asked.as_of = noon + [0, 0, 1500, 2600, 3700, 5000, 8000, -3600, -100_000][self.random.below(9)];
        format!("the clock is at noon and {} s", self.asked.as_of - noon)
    }

    /// The files that an edit may touch, to take it back.
    fn copy(&self) -> (BTreeMap<String, Vec<u8>>, Vec<Article>, i64) {
        let root = self.site.root();
        let names = ["content", "templates", "static", "data"];
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for name in names {
            let read = crate::site::tree(&root.join(name)).into_iter();
            files.extend(read.map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        }
        for name in ["site.yaml", "redirects.yaml"] {
            files.extend(fs::read(root.join(name)).ok().map(|bytes| (name.to_owned(), bytes)));
        }
        (files, self.articles.clone(), self.asked.as_of)
    }

    fn restore(&mut self, (files, articles, as_of): (BTreeMap<String, Vec<u8>>, Vec<Article>, i64)) {
        let now: BTreeSet<String> = self.copy().0.into_keys().collect();
        for path in now.iter().filter(|path| !files.contains_key(*path)) {
            self.site.remove(path);
        }
        for (path, bytes) in &files {
            if fs::read(self.site.path(path)).ok().as_ref() != Some(bytes) {
                self.site.write(path, bytes);
            }
        }
        (self.articles, self.asked.as_of) = (articles, as_of);
    }

    /// After each of many edits, the tree is that of a clean build; an edit with a mistake changes nothing, and is taken back.
    fn walk(mut self, steps: usize) {
        let root = self.site.root();
        self.asked.build(&root);
        let mut done: Vec<String> = Vec::new();
        for step in 0..steps {
            let before = self.copy();
            done.push(self.edit());
            let last = format!("step {step}: {}", done[done.len().saturating_sub(3)..].join(";\n  then "));
            let published = self.site.public();
            match self.asked.try_build(&root) {
                Err(_) => {
                    assert_same(&self.site.public(), &published, &format!("{last}: a failed build"));
                    self.restore(before);
                }
                Ok(built) => {
                    let mut clean = CleanBuilds::default();
                    let (expected, told, withheld) = clean.of(&self.asked, &root);
                    assert_same(&self.site.public(), expected, &last);
                    assert_eq!((&built.diagnostics, &built.withheld), (told, withheld), "{last}");
                }
            }
            if step % 16 == 0 {
                let (is_nothing, _) = does_nothing(|| self.asked.build(&root), &root);
                assert!(is_nothing, "{last}: a second build writes");
            }
        }
    }
}

/// The bare theme with templates that ask for everything.
fn bare() -> Site {
    Site::bare()
        .file("templates/theme-base.html", "{% block more %}{% endblock more %}\n")
        .file("templates/article.html", ARTICLE)
}

/// How many steps each walk takes: `STEPS=1000` for a long one.
fn steps(usual: usize) -> usize {
    std::env::var("STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(usual)
}

#[test]
fn any_edit_is_rebuilt_as_a_clean_build_would() {
    std::thread::scope(|scope| {
        for seed in [0x51_7C_C1_B7, 0x27_22_0A_95] {
            scope.spawn(move || Newsroom::open(bare(), Dice(seed)).walk(steps(900)));
        }
    });
}

#[test]
fn any_edit_is_rebuilt_as_a_clean_build_would_with_the_theme() {
    Newsroom::open(Site::new(), Dice(0xFE_5A_1F_21)).walk(steps(200));
}

/// The pages that a build has made again after an edit, by the reasons that it tells.
fn made_after(edit: impl FnOnce(&Path)) -> Vec<String> {
    let site = Newsroom::open(bare(), Dice(1)).site;
    let root = site.root();
    let asked = Asked::usual();
    asked.build(&root);
    edit(&root);
    let built = asked.build(&root);
    let mut written: Vec<String> = built.report.written.iter().map(|path| path.as_str().to_owned()).collect();
    written.sort();
    written
}

#[test]
fn an_edit_makes_what_has_read_it() {
    let edit = |path: &'static str, from: &'static str, to: &'static str| {
        move |root: &Path| {
            let path = root.join(path);
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from), "{text}");
            fs::write(path, text.replace(from, to)).unwrap();
        }
    };
    let feeds = |list: &str| ["atom.xml", "feed.json", "feed.xml"].map(|name| format!("{list}{name}"));
    let expect = |mut paths: Vec<String>| {
        paths.sort();
        paths
    };
    let body = made_after(edit("content/city/a8.md", "in a box", "in the box"));
    let story = "2026/10/20/story-8/index.html".to_owned();
    // Its summary is its first sentences, and so results of a search show it.
    let found = ["search/newest/c0.json", "search/volumes.json"].map(str::to_owned).to_vec();
    assert_eq!(body, expect([vec![story], feeds("").to_vec(), feeds("city/").to_vec(), found].concat()));

    let data = made_after(edit("data/trade.csv", "2025,3", "2025,9"));
    let story = "2026/11/14/story-7/index.html".to_owned();
    assert_eq!(data, expect([vec![story], feeds("").to_vec(), feeds("news/").to_vec()].concat()));

    let author = made_after(edit("content/authors/ann.md", "Editor", "Editor at large"));
    assert_eq!(author, Vec::<String>::new(), "she has written nothing yet");
}

/// A site of so many articles over many days, sections and tags, of which a twentieth name one author.
fn archive(articles: usize) -> Site {
    let words =
        ["harbour", "council", "bridge", "pump", "tide", "vote", "budget", "school", "ferry", "market", "storm"];
    // What an edit costs of the search index is counted in `search.rs`.
    (0..articles).fold(Site::new().file("site.yaml", "search: false\n"), |site, at| {
        let (year, month, day) = (2020 + at % 6, 1 + at / 6 % 12, 1 + at / 72 % 28);
        let word = |step: usize| words[(at * step + at / 11) % words.len()];
        let text = (1..40).map(|step| format!("{} {} ", word(step), word(step + 3))).collect::<String>();
        let more = format!("tags: [{}]\nauthors: [a{}]\n", word(5), at % 20);
        let headline = format!("{} {} {at}", word(1), word(2));
        let path = format!("{}/story-{at}.md", ["news", "city", "sport", "opinion"][at % 4]);
        let front = format!("---\ntitle: {headline}\ndate: {year}-{month:02}-{day:02}\n{more}---\n{text}\n");
        site.file(&format!("content/{path}"), front)
    })
}

#[test]
fn an_edit_costs_what_it_changes_and_not_what_the_site_has() {
    let work = |articles: usize| {
        let site = archive(articles);
        let (root, asked) = (site.root(), Asked::usual());
        let first = asked.build(&root);
        let edited = |edit: fn(String) -> String| {
            let path = site.path("content/news/story-40.md");
            fs::write(&path, edit(fs::read_to_string(&path).unwrap())).unwrap();
            let built = asked.build(&root);
            assert_eq!(built.work.parsed, 1);
            (built.work.rendered, built.report.written.len())
        };
        let body = edited(|text| format!("{text}\nOne more sentence.\n"));
        let headline = edited(|text| text.replacen("title: ", "title: Late ", 1));
        (first.work, first.report.written.len(), body, headline)
    };
    let (small, large) = (work(150), work(600));
    assert_eq!((small.0.parsed, large.0.parsed), (150, 600));
    assert!(large.0.rendered < small.0.rendered * 4, "{small:?} {large:?}");
    assert_eq!(large.0.rendered, large.1, "each output is made once");
    // Its page, three feeds of its section and three of the site at most, and lists of related stories.
    assert!(small.2.0 <= 12 && large.2.0 <= 12, "{small:?} {large:?}");
    assert!(large.3.0 <= small.3.0 + 12, "{small:?} {large:?}");
}

#[test]
fn the_report_tells_why() {
    let site = Newsroom::open(bare(), Dice(1)).site;
    site.build().succeeded();
    let text = fs::read_to_string(site.path("content/city/a2.md")).unwrap();
    site.write("content/city/a2.md", text.replace("flooded", "drained"));
    let built = site.build();
    built.succeeded().says("the card of `content/city/a2.md` changed");
    let explained = site.run(&["explain", "/", "--as-of", AS_OF]);
    explained.succeeded().says("a build now leaves it as it is").says("the card of `content/city/a2.md`");
    site.write("content/city/a2.md", text.replace("flooded", "dry"));
    let explained = site.run(&["explain", "/city/", "--as-of", AS_OF]);
    explained.succeeded().says("city/index.html: a build now makes it again").says("the card of `content/city/a2.md`");
    site.run(&["explain", "/ctiy/", "--as-of", AS_OF]).exited(1).says("did you mean `/city`?");
}

#[test]
fn what_is_out_no_more_is_not_named() {
    let site = Newsroom::open(bare(), Dice(1)).site;
    site.write("content/city/secretive.md", "---\ntitle: Secretive\ndate: 2026-11-20\ntags: [Secrecy]\n---\nWords.\n");
    site.build().succeeded();
    site.write("content/city/secretive.md", "---\ntitle: Secretive\ndate: 2026-11-20\ndraft: true\n---\nWords.\n");
    let built = site.build();
    assert!(!built.succeeded().to_string().to_lowercase().contains("secre"), "{built}");
}

#[test]
fn the_example_is_rebuilt_as_a_clean_build_would() {
    let root = manifest_dir();
    let site = ["content", "data", "static", "templates"]
        .into_iter()
        .fold(Site::empty(), |site, folder| site.folder(folder, &root.join(folder)))
        .file("site.yaml", fs::read(root.join("site.yaml")).unwrap())
        .file("redirects.yaml", fs::read(root.join("redirects.yaml")).unwrap());
    let asked = Asked::usual();
    asked.build(&site.root());
    let stories = crate::site::tree(&site.path("content"));
    for path in stories.keys().filter(|path| Path::new(path).extension().is_some_and(|end| end == "md")).step_by(20) {
        let place = format!("content/{path}");
        let text = fs::read_to_string(site.path(&place)).unwrap();
        site.write(&place, format!("{text}\nOne more *line*.\n"));
        let built = asked.build(&site.root());
        let mut clean = CleanBuilds::default();
        assert_same(&site.public(), &clean.of(&asked, &site.root()).0, path);
        assert!(built.report.written.len() < 60, "{path}: {} files", built.report.written.len());
    }
}
