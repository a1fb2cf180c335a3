//! `letterpress related`.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{ArgGroup, Args};
use serde_json::{Map, Value, json};

use super::{
    Common,
    print::{Printer, counted},
};
use crate::{
    model::{SourcePath, Timestamp},
    parse::{self, body::BodySettings, terms::Glimpse},
    pipeline::{self, Indexed},
    relate::{self, Apart, Explanation, Findings, Found, Judged, Reason, Refusal, Scratch, StoryId, Way},
};

/// How many of the terms that two stories share are printed.
const TERMS: usize = 6;

/// The arguments of `related`.
#[derive(Debug, Clone, Args)]
#[command(group(ArgGroup::new("what").required(true).args(["story", "all", "pairs", "eval"])))]
pub(super) struct Arguments {
    /// Explain the list of this story: its path, slug, id, address or headline
    #[arg(value_name = "STORY")]
    story: Option<String>,
    /// Print the lists of all articles by text, without pins, series and section
    #[arg(long)]
    all: bool,
    /// Print how alike the texts are of all articles whose file name begins with PREFIX
    #[arg(long, value_name = "PREFIX")]
    pairs: Option<String>,
    /// Measure how many of the editors' own pins and links are found without them
    #[arg(long)]
    eval: bool,
    /// The clock, instead of now
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    as_of: Option<Timestamp>,
}

pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let indexed = match pipeline::index(&common.root, super::as_of(arguments.as_of)) {
        Ok(indexed) => indexed,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let (words, facts) = if let Some(written) = &arguments.story {
        let story = Explained::of(&indexed, written)?;
        (story.words(), story.facts())
    } else if let Some(prefix) = &arguments.pairs {
        pairs(&indexed, prefix)
    } else if arguments.eval {
        let findings = relate::measure(&indexed.index, &indexed.texts);
        (finding_words(&findings), finding_facts(&findings))
    } else {
        all(&indexed)
    };
    printer.report(&words, facts, &[]);
    Ok(ExitCode::SUCCESS)
}

/// A list with all that is needed to print it.
struct Explained<'a> {
    indexed: &'a Indexed,
    id: StoryId,
    explanation: Explanation,
    text: parse::Text,
    labels: Vec<&'a str>,
}

impl<'a> Explained<'a> {
    fn of(indexed: &'a Indexed, written: &str) -> anyhow::Result<Self> {
        let index = &indexed.index;
        let id = match index.find(written) {
            Found::Story(id) => id,
            Found::Several(ids) => {
                let paths = ids.iter().take(5).map(|id| format!("`{}`", index.story(*id).article.path()));
                bail!(
                    "`{written}` fits {} stories; name one by its path: {}",
                    ids.len(),
                    paths.collect::<Vec<_>>().join(", ")
                );
            }
            Found::Nothing => match index.nearest_name(written) {
                Some(near) => bail!("`{written}` names no published story; did you mean `{near}`?"),
                None => bail!("`{written}` names no published story"),
            },
        };
        let source = &index.story(id).article.source;
        if source.matter.date.is_none() {
            bail!("`{}` is a page, and pages have no related stories", source.path);
        }
        let language = source.matter.shared.lang.as_deref().unwrap_or(&index.config.language);
        let settings = BodySettings { language, ..BodySettings::from(&*index.config) };
        let text = parse::text(&indexed.site, source.original(), &settings).context("the story changed meanwhile")?;
        let explanation = indexed.texts.explain(index, id);
        Ok(Self { indexed, id, explanation, text, labels: index.labels_of(id) })
    }

    fn glimpse(&self) -> Glimpse<'_> {
        let headline = &self.indexed.index.story(self.id).matter().title;
        Glimpse { headline, body: &self.text.source, labels: &self.labels, unsaid: &[] }
    }

    /// What two stories share, in words, each with what it adds to the score.
    fn shared<T>(&self, judged: &Judged<T>) -> Vec<(String, f64)> {
        let words = judged.shared.iter().filter_map(|term| Some((self.glimpse().word(term.place)?, term.weight)));
        words.take(TERMS).collect()
    }

    fn words(&self) -> String {
        let index = &self.indexed.index;
        let story = index.story(self.id);
        let mut words = format!("{}\n{}\n", story.matter().title, story.article.path());
        let Explanation { list, lost, is_automatic } = &self.explanation;
        let _ = match list.len() {
            0 => write!(words, "\nIt has no related stories.\n"),
            _ => write!(words, "\nRelated stories\n"),
        };
        for (number, judged) in (1..).zip(list) {
            let _ = write!(words, "\n{number:>3}  {}\n", self.headline(judged.story));
            let _ = writeln!(words, "     {}", slot(judged.verdict));
            words.push_str(&self.evidence(judged));
        }
        if !is_automatic {
            words.push_str("\n`related_auto: false` leaves nothing but pins.\n");
        } else if story.is_sensitive() {
            words.push_str("\nIt is sensitive: nothing but pins stands under it, and it stands under no other story unless pinned.\n");
        }
        if !lost.is_empty() {
            words.push_str("\nNearest by text, and not in the list\n");
        }
        for judged in lost {
            let _ = write!(words, "\n  –  {}\n     {}\n", self.headline(judged.story), self.refusal(judged));
            words.push_str(&self.evidence(judged));
        }
        words
    }

    fn headline(&self, id: StoryId) -> String {
        let story = self.indexed.index.story(id);
        let date = story.matter().date.map(|date| date.at.iso(&self.indexed.index.config.zone)[..10].to_owned());
        format!("{}, {}\n     {}", story.matter().title, date.unwrap_or_default(), story.article.path())
    }

    /// The score and what it is made of, on two lines.
    fn evidence<T>(&self, judged: &Judged<T>) -> String {
        let (Some(score), Some(likeness)) = (judged.score, judged.likeness) else { return String::new() };
        let date = |id: StoryId| self.indexed.index.story(id).matter().date.map(|date| date.at);
        let days = date(self.id).zip(date(judged.story)).map_or(0, |(a, b)| a.days_between(b));
        let apart = match days {
            0 => "on one day".to_owned(),
            days => format!("{} apart", counted(days as usize, "day")),
        };
        if likeness == 0.0 {
            return "     their texts have nothing in common\n".to_owned();
        }
        let mut lines = format!("     score {score:.4}: texts alike by {likeness:.4}, {apart}\n");
        let shared = self.shared(judged);
        if !shared.is_empty() {
            let shared: Vec<String> = shared.iter().map(|(word, weight)| format!("{word} {weight:.4}")).collect();
            let _ = writeln!(lines, "     shares: {}", shared.join(", "));
        }
        lines
    }

    fn refusal(&self, judged: &Judged<Refusal>) -> String {
        let index = &self.indexed.index;
        match judged.verdict {
            Refusal::Itself => "it is this story".to_owned(),
            Refusal::Listed => "it is in the list already".to_owned(),
            Refusal::Sensitive if index.story(judged.story).is_sensitive() => "it is sensitive".to_owned(),
            Refusal::Sensitive => "this story is sensitive".to_owned(),
            Refusal::Paid if index.story(judged.story).label() == crate::model::Label::Sponsored => {
                "it is paid content, and this story is not".to_owned()
            }
            Refusal::Paid => "this story is paid content, and it is not".to_owned(),
            Refusal::Apart(Apart::Never) => "`related_never` keeps the two apart".to_owned(),
            Refusal::Apart(Apart::Translation) => {
                "it is a translation of this story, or both are of a third".to_owned()
            }
            Refusal::Language => "it is in another language".to_owned(),
            Refusal::CopyOfThis => "its text is this story's, word for word".to_owned(),
            Refusal::Copy(other) => format!("it repeats “{}”, which is in the list", index.story(other).matter().title),
            Refusal::Weak => format!("its score is below {}, which is `min_score`", index.config.related.min_score),
            Refusal::Full => "the list was full".to_owned(),
        }
    }

    fn facts(&self) -> Value {
        let index = &self.indexed.index;
        let story = index.story(self.id);
        let list = self.explanation.list.iter().map(|judged| {
            let mut facts = self.story_facts(judged);
            facts["slot"] = judged.verdict.as_str().into();
            facts
        });
        let lost = self.explanation.lost.iter().map(|judged| {
            let mut facts = self.story_facts(judged);
            facts["why"] = self.refusal(judged).into();
            facts
        });
        json!({
            "path": story.article.path().as_str(),
            "id": story.id,
            "title": story.matter().title,
            "automatic": self.explanation.is_automatic,
            "related": list.collect::<Vec<_>>(),
            "lost": lost.collect::<Vec<_>>(),
        })
    }

    fn story_facts<T>(&self, judged: &Judged<T>) -> Value {
        let index = &self.indexed.index;
        let story = index.story(judged.story);
        let shared = self.shared(judged).into_iter().map(|(term, weight)| json!({ "term": term, "weight": weight }));
        json!({
            "path": story.article.path().as_str(),
            "id": story.id,
            "title": story.matter().title,
            "url": index.config.href(&story.permalink),
            "score": judged.score,
            "likeness": judged.likeness,
            "shared": shared.collect::<Vec<_>>(),
        })
    }
}

fn slot(reason: Reason) -> &'static str {
    match reason {
        Reason::Pin => "pin: an editor put it here",
        Reason::Series => "series: the next or the previous of the same series",
        Reason::Text => "text: it is about the same",
        Reason::Section => "section: published in the same section, nearest before",
    }
}

/// The name by which a file's story is known here: that of its bundle, or its own without the ending.
fn stem(path: &SourcePath) -> &str {
    if path.name() == "index.md" { path.folder().rsplit('/').next().unwrap_or_default() } else { path.stem() }
}

/// The lists of all articles by text.
fn all(indexed: &Indexed) -> (String, Value) {
    let index = &indexed.index;
    let path = |id: StoryId| index.story(id).article.path();
    let (mut words, mut facts) = (String::new(), Map::new());
    let mut scratch = Scratch::default();
    for id in index.articles() {
        let list = indexed.texts.nearest(index, id, index.config.related.count, &mut scratch);
        let _ = writeln!(words, "{}", path(id));
        for (other, score) in &list {
            let _ = writeln!(words, "  {score:.4}  {}", path(*other));
        }
        let list = list.iter().map(|(other, score)| json!({ "id": stem(path(*other)), "score": score }));
        facts.insert(stem(path(id)).to_owned(), list.collect());
    }
    (words, json!({ "version": 1, "related": facts }))
}

/// How alike the texts are of each two articles.
fn pairs(indexed: &Indexed, prefix: &str) -> (String, Value) {
    let index = &indexed.index;
    let stem = |id: StoryId| stem(index.story(id).article.path());
    let chosen: Vec<StoryId> = index.articles().filter(|id| stem(*id).starts_with(prefix)).collect();
    let (mut words, mut facts) = (String::new(), Vec::new());
    let mut scratch = Scratch::default();
    for (at, a) in chosen.iter().enumerate() {
        for b in &chosen[at + 1..] {
            let likeness = indexed.texts.likeness(*a, *b, &mut scratch).unwrap_or_default();
            let _ = writeln!(words, "{likeness:.4}  {}  {}", stem(*a), stem(*b));
            facts.push(json!([stem(*a), stem(*b), likeness]));
        }
    }
    (words, json!({ "version": 1, "pairs": facts }))
}

fn finding_words(findings: &Findings) -> String {
    let Findings { articles, queries, pairs, ways } = findings;
    if *queries == 0 {
        return "No article has a pin or a link to another: there is nothing to measure by.".to_owned();
    }
    let mut words = format!(
        "{queries} of {} are joined with others by pins and links of editors, {} in all.\nWhat lists of five find of them, without knowing them:\n\n{:<38}{:>8}{:>10}\n",
        counted(*articles, "article"),
        counted(*pairs, "pair"),
        "",
        "nDCG@5",
        "recall@5",
    );
    for (way, quality) in ways {
        let name = match way {
            Way::Text => "by text, as in the pages",
            Way::Labels => "shared tags, the newest first",
            Way::Hugo => "Hugo's, on tags and date",
            Way::Newest => "the newest of the section",
        };
        let _ = writeln!(words, "{name:<38}{:>8.3}{:>10.3}", quality.ndcg, quality.recall);
    }
    if *queries < 100 {
        words.push_str("\nFewer than a hundred: take differences of a few hundredths for chance.\n");
    }
    words
}

fn finding_facts(findings: &Findings) -> Value {
    let ways = findings
        .ways
        .iter()
        .map(|(way, quality)| (way.as_str().to_owned(), json!({ "ndcg5": quality.ndcg, "recall5": quality.recall })));
    json!({
        "articles": findings.articles,
        "queries": findings.queries,
        "pairs": findings.pairs,
        "ways": ways.collect::<Map<String, Value>>(),
    })
}
