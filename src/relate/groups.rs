//! Groups of stories: by author, series, term, section, label and day.

use std::collections::BTreeMap;

use litemap::LiteMap;

use super::{Author, Byline, Day, Section, Series, Story, StoryId, Term, address::is_reserved};
use crate::{
    diag::{Code, Diagnostic},
    model::{
        Label, Lookup, Reference, SectionKey, Slug, SourcePath, Span, Taxonomy, Timestamp, UrlPath, fold_headline,
    },
    parse::matter::{AuthorMatter, SectionMatter, SeriesMatter, TopicMatter},
    release::Published,
};

fn folder_url(folder: &str, slug: &Slug) -> UrlPath {
    UrlPath::parse(&format!("/{folder}/{slug}/")).expect("a slug is a safe path")
}

/// Files by the slug of their name, and by the names that articles may call them.
struct Files<T> {
    by_slug: BTreeMap<Slug, Published<T>>,
    by_name: Lookup<String, Slug>,
}

impl<T> Files<T> {
    fn of(files: Vec<Published<T>>, diagnostics: &mut Vec<Diagnostic>, names: impl Fn(&T) -> Vec<String>) -> Self {
        let mut found: Self = Self { by_slug: BTreeMap::new(), by_name: Lookup::default() };
        for file in files {
            let Some(slug) = Slug::from_headline(file.path.stem()) else {
                let message = "nothing of this file's name can stand in an address";
                let error = Diagnostic::error_in(Code::BadPath, &file.path, message);
                diagnostics.push(error.help("give the file a name with a letter or digit in it"));
                continue;
            };
            if let Some(first) = found.by_slug.get(&slug) {
                let message = format!("this file and `{}` would have one page", first.path);
                let error = Diagnostic::error_in(Code::Collision, &file.path, message);
                diagnostics.push(error.note(format!("both are known as `{slug}`")).help("rename one of the two"));
                continue;
            }
            for name in names(&file.matter) {
                let folded = fold_headline(&name);
                match found.by_name.get(&folded).filter(|known| **known != slug) {
                    Some(known) => {
                        let first = &found.by_slug[known].path;
                        let message = format!("this file and `{first}` are both called “{name}”");
                        let warning = Diagnostic::warning_in(Code::SameName, &file.path, message);
                        let note = format!("a story that names it is counted to `{first}`, the first of the two");
                        let cure = format!("give the two different names, or write `{slug}` where this one is meant");
                        diagnostics.push(warning.note(note).help(cure));
                    }
                    None => drop(found.by_name.insert(folded, slug.clone())),
                }
            }
            found.by_slug.insert(slug, file);
        }
        found
    }

    /// The slug under which something named in an article is known: its file's, else one made from the name.
    fn slug(&self, name: &str) -> Option<Slug> {
        let made = Slug::from_headline(name);
        match made {
            Some(slug) if self.by_slug.contains_key(&slug) => Some(slug),
            made => self.by_name.get(&fold_headline(name)).cloned().or(made),
        }
    }
}

/// The authors, and the byline of each story.
pub(super) fn authors(
    stories: &[Story],
    article_count: usize,
    files: Vec<Published<AuthorMatter>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (BTreeMap<Slug, Author>, Vec<Vec<Byline>>) {
    let mut files = Files::of(files, diagnostics, |matter| vec![matter.name.clone()]);
    let mut authors: BTreeMap<Slug, Author> = BTreeMap::new();
    let mut met: Lookup<String, Slug> = Lookup::default();
    let mut bylines = Vec::with_capacity(stories.len());
    for (at, story) in stories.iter().enumerate() {
        let credits = story.article.matter().shared.authors.as_deref().unwrap_or_default();
        let mut bylined = Vec::with_capacity(credits.len());
        for credit in credits {
            let Some(slug) = met.get(&credit.who.text).cloned().or_else(|| files.slug(&credit.who.text)) else {
                continue;
            };
            if !met.contains(&credit.who.text) {
                met.insert(credit.who.text.clone(), slug.clone());
            }
            let author = authors.entry(slug.clone()).or_insert_with(|| {
                let source = files.by_slug.remove(&slug);
                let name = source.as_ref().map_or_else(|| credit.who.text.clone(), |file| file.matter.name.clone());
                files.by_name.insert(fold_headline(&name), slug.clone());
                Author { name, url: folder_url("authors", &slug), source, stories: Vec::new() }
            });
            // A person who wrote and photographed is one author of one story.
            if at < article_count && author.stories.last() != Some(&StoryId::new(at)) {
                author.stories.push(StoryId::new(at));
            }
            bylined.push(Byline { author: slug, role: credit.role.clone() });
        }
        bylines.push(bylined);
    }
    authors.retain(|_, author| !author.stories.is_empty());
    // Those of articles have one.
    for bylined in &mut bylines[article_count..] {
        bylined.retain(|byline| authors.contains_key(&byline.author));
    }
    (authors, bylines)
}

/// The series, and that of each article.
pub(super) fn series(
    articles: &[Story],
    files: Vec<Published<SeriesMatter>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (BTreeMap<Slug, Series>, Vec<Option<Slug>>) {
    let mut files = Files::of(files, diagnostics, |matter| vec![matter.title.clone()]);
    let mut series: BTreeMap<Slug, Series> = BTreeMap::new();
    let mut of_articles = vec![None; articles.len()];
    for (at, story) in articles.iter().enumerate() {
        let Some(name) = story.article.matter().shared.series.as_ref().map(|series| series.text.clone()) else {
            continue;
        };
        let Some(slug) = files.slug(&name) else { continue };
        let entry = series.entry(slug.clone()).or_insert_with(|| {
            let source = files.by_slug.remove(&slug);
            let title = source.as_ref().map_or(name, |file| file.matter.title.clone());
            files.by_name.insert(fold_headline(&title), slug.clone());
            Series { title, url: folder_url("series", &slug), source, stories: Vec::new() }
        });
        entry.stories.push(StoryId::new(at));
        of_articles[at] = Some(slug);
    }
    (series, of_articles)
}

/// The spellings under which a term was met.
#[derive(Default)]
struct Spelling {
    folded: String,
    written: String,
    warned: bool,
}

/// The terms of a story in each taxonomy.
type Termed = LiteMap<Taxonomy, Vec<Slug>>;

/// The terms, and those of each story.
pub(super) fn terms(
    stories: &[Story],
    article_count: usize,
    files: Vec<(Taxonomy, Published<TopicMatter>)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (BTreeMap<(Taxonomy, Slug), Term>, Vec<Termed>) {
    let mut by_taxonomy: BTreeMap<Taxonomy, Vec<Published<TopicMatter>>> = BTreeMap::new();
    for (taxonomy, file) in files {
        by_taxonomy.entry(taxonomy).or_default().push(file);
    }
    let mut terms: BTreeMap<(Taxonomy, Slug), Term> = BTreeMap::new();
    let mut of_stories = vec![Termed::new(); stories.len()];
    for taxonomy in Taxonomy::ALL {
        let files = Files::of(by_taxonomy.remove(taxonomy).unwrap_or_default(), diagnostics, |matter| {
            let synonyms = matter.synonyms.iter().map(|synonym| synonym.text.clone());
            std::iter::once(matter.title.clone()).chain(synonyms).collect()
        });
        let mut spellings: BTreeMap<Slug, Spelling> = BTreeMap::new();
        // What was met in this spelling before, with nothing to tell, by its number: nearly all.
        let mut settled: Lookup<String, usize> = Lookup::default();
        let mut numbers: Lookup<Slug, usize> = Lookup::default();
        let mut met: Vec<(Slug, Option<Term>)> = Vec::new();
        for (at, story) in stories.iter().enumerate() {
            let Some(written) = story.article.matter().shared.terms.get(taxonomy) else { continue };
            let path = story.article.path();
            let mut slugs: Vec<Slug> = Vec::with_capacity(written.len());
            for reference in written {
                let number = if let Some(number) = settled.get(&reference.text) {
                    *number
                } else {
                    // The topic file's own names come first: that is how it settles which term is meant.
                    let named = files.by_name.get(&fold_headline(&reference.text)).cloned();
                    let is_named = named.is_some();
                    let Some(slug) = named.or_else(|| Slug::from_headline(&reference.text)) else {
                        diagnostics.push(no_slug(*taxonomy, path, reference));
                        continue;
                    };
                    let told = diagnostics.len();
                    if !is_named {
                        let spelling = spellings.entry(slug.clone()).or_default();
                        compare(spelling, *taxonomy, &slug, path, reference, diagnostics);
                    }
                    let number = numbers.get(&slug).copied().unwrap_or(met.len());
                    if number == met.len() {
                        numbers.insert(slug.clone(), number);
                        met.push((slug, None));
                    }
                    if told == diagnostics.len() {
                        settled.insert(reference.text.clone(), number);
                    }
                    number
                };
                let (slug, term) = &mut met[number];
                if slugs.contains(slug) {
                    continue;
                }
                slugs.push(slug.clone());
                if at < article_count {
                    let term = term.get_or_insert_with(|| {
                        let source: Option<Published<TopicMatter>> = files.by_slug.get(slug).cloned();
                        let title =
                            source.as_ref().map_or_else(|| reference.text.clone(), |file| file.matter.title.clone());
                        Term { title, url: folder_url(taxonomy.as_str(), slug), source, stories: Vec::new() }
                    });
                    term.stories.push(StoryId::new(at));
                }
            }
            if !slugs.is_empty() {
                of_stories[at].insert(*taxonomy, slugs);
            }
        }
        let of_articles = met.into_iter().filter_map(|(slug, term)| Some(((*taxonomy, slug), term?)));
        terms.extend(of_articles);
    }
    // Those of articles have one.
    for (taxonomy, slugs) in of_stories[article_count..].iter_mut().flatten() {
        slugs.retain(|slug| terms.contains_key(&(*taxonomy, slug.clone())));
    }
    (terms, of_stories)
}

fn no_slug(taxonomy: Taxonomy, path: &SourcePath, reference: &Reference) -> Diagnostic {
    Diagnostic::error(Code::BadPath, path, reference.span, "nothing of this term can stand in an address").help(
        format!(
            "give it a name in `content/{taxonomy}/<slug>.md`, with this one among its `synonyms`",
            taxonomy = taxonomy.as_str()
        ),
    )
}

/// Two spellings that differ in case alone are one term, with a warning; two different terms on one slug are an error.
fn compare(
    spelling: &mut Spelling,
    taxonomy: Taxonomy,
    slug: &Slug,
    path: &SourcePath,
    reference: &Reference,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let folded = fold_headline(&reference.text);
    if spelling.written.is_empty() {
        *spelling = Spelling { folded, written: reference.text.clone(), warned: false };
    } else if spelling.folded != folded {
        diagnostics.push(
            Diagnostic::error(
                Code::TermCollision,
                path,
                reference.span,
                format!("`{}` and `{}` would share one page", reference.text, spelling.written),
            )
            .note(format!("both have the address `/{}/{slug}/`", taxonomy.as_str()))
            .help(format!(
                "if they are one, write `content/{}/{slug}.md` with both under `title` and `synonyms`; if not, give one its own file there with another name",
                taxonomy.as_str()
            )),
        );
    } else if spelling.written != reference.text && !spelling.warned {
        spelling.warned = true;
        diagnostics.push(
            Diagnostic::warning(
                Code::SameTerm,
                path,
                reference.span,
                format!("`{}` and `{}` are one term", reference.text, spelling.written),
            )
            .help("spell it one way everywhere"),
        );
    }
}

pub(super) fn sections(
    articles: &[Story],
    mut files: BTreeMap<SectionKey, Published<SectionMatter>>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<SectionKey, Section> {
    let mut sections: BTreeMap<SectionKey, Section> = BTreeMap::new();
    for (at, story) in articles.iter().enumerate() {
        for key in story.article.section.iter().flat_map(SectionKey::ancestry) {
            let section = sections.entry(key.clone()).or_insert_with(|| {
                if is_reserved(key.as_str().split('/').next().unwrap_or_default()) {
                    let span: Span =
                        story.matter().section.as_ref().map_or(story.article.span(), |section| section.span);
                    diagnostics.push(
                        Diagnostic::error(
                            Code::Misplaced,
                            story.article.path(),
                            span,
                            format!("a section cannot be named `{key}`"),
                        )
                        .note("that address is kept for the site's own pages")
                        .help("give the section's folder another name"),
                    );
                }
                let source = files.remove(&key);
                let title = source.as_ref().and_then(|file| file.matter.title.clone());
                let url = UrlPath::parse(&format!("/{key}/")).expect("slugs are safe paths");
                Section { title: title.unwrap_or_else(|| titled(key.slug())), url, source, stories: Vec::new() }
            });
            section.stories.push(StoryId::new(at));
        }
    }
    sections
}

/// A name for a section without one: its slug with spaces and a capital.
fn titled(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(super) fn labels(articles: &[Story]) -> BTreeMap<Label, Vec<StoryId>> {
    let mut labels: BTreeMap<Label, Vec<StoryId>> = BTreeMap::new();
    for (at, story) in articles.iter().enumerate() {
        if story.label() != Label::News {
            labels.entry(story.label()).or_default().push(StoryId::new(at));
        }
    }
    labels
}

pub(super) fn days(articles: &[Story]) -> BTreeMap<Day, Vec<StoryId>> {
    let mut days: BTreeMap<Day, Vec<StoryId>> = BTreeMap::new();
    for (at, story) in articles.iter().enumerate() {
        if let Some(day) = story.day {
            days.entry(day).or_default().push(StoryId::new(at));
        }
    }
    days
}

pub(super) fn corrections(articles: &[Story]) -> Vec<(Timestamp, StoryId, usize)> {
    let mut corrections: Vec<_> = articles
        .iter()
        .enumerate()
        .flat_map(|(at, story)| {
            let corrections = story.matter().corrections.iter().enumerate();
            corrections.map(move |(which, correction)| (correction.at.at, StoryId::new(at), which))
        })
        .collect();
    corrections.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    corrections
}
