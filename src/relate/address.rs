//! Addresses: permalinks, identities, old addresses.

use std::{collections::BTreeMap, fmt::Write as _};

use litemap::LiteMap;
use rayon::prelude::*;

use super::{Story, first_seen};
use crate::{
    config::{Config, PermalinkPart},
    diag::{Code, Diagnostic},
    model::{Moment, Reference, SectionKey, Slug, SourcePath, Span, UrlPath, is_filing},
    parse::redirects::{RedirectRule, Target},
    release::{Article, Tombstone},
};

/// The first parts of addresses that are kept for the site's own pages.
pub const RESERVED: &[&str] = &[
    "authors",
    "series",
    "tags",
    "people",
    "organisations",
    "places",
    "labels",
    "archive",
    "corrections",
    "search",
    "assets",
    "media",
];

/// How far a chain of redirects is followed to tell where it ends.
const LONGEST_CHAIN: usize = 20;

/// Whether the first part of an address belongs to the site's own pages: a reserved word, or a year.
pub(super) fn is_reserved(first: &str) -> bool {
    RESERVED.contains(&first) || (first.len() == 4 && is_filing(first))
}

pub(super) fn stories(articles: Vec<Article>, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Story> {
    let placed: Vec<Result<Story, Box<Diagnostic>>> = articles
        .into_par_iter()
        .map(|article| {
            let permalink = Address::of_article(&article).permalink(config)?;
            let id = identity(&article, &permalink);
            let civil = article.matter().date.map(|date| date.at.civil(&config.zone));
            let day = civil.map(|civil| (civil.year, civil.month, civil.day));
            let (byline, terms, series) = (Vec::new(), LiteMap::new(), None);
            Ok(Story { article, permalink, day, id, byline, terms, series })
        })
        .collect();
    let mut stories = Vec::with_capacity(placed.len());
    for story in placed {
        match story {
            Ok(story) => stories.push(story),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    let written = stories.iter().filter_map(|story| {
        let id = story.matter().id.as_ref()?;
        Some((id.text.as_str(), (story.article.path(), id.span)))
    });
    first_seen(written, |(first, _), (path, span)| {
        diagnostics.push(
            Diagnostic::error(Code::DuplicateId, path, span, "this id belongs to another story already")
                .note(format!("`{first}` has it too"))
                .help("give one of the two another id; feed readers tell stories apart by it"),
        );
    });
    stories
}

/// The id that was given, else the first old address, else the permalink.
fn identity(article: &Article, permalink: &UrlPath) -> String {
    let matter = article.matter();
    let written = matter.id.as_ref().or(matter.aliases.first());
    written.map_or_else(|| permalink.as_str().to_owned(), |reference| reference.text.clone())
}

pub(super) fn tombstones(
    tombstones: Vec<Tombstone>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(UrlPath, Tombstone)> {
    let mut placed = Vec::with_capacity(tombstones.len());
    for tombstone in tombstones {
        let address = Address {
            path: &tombstone.path,
            span: None,
            date: tombstone.date,
            slug: tombstone.slug.as_ref(),
            section: tombstone.section.as_ref(),
            id: tombstone.id.as_ref(),
        };
        match address.permalink(config) {
            Ok(permalink) => placed.push((permalink, tombstone)),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    placed
}

/// An old address, and where it leads now.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The file that says so.
    pub path: SourcePath,
    /// The old address.
    pub from: UrlPath,
    /// Where it stands in that file.
    pub span: Span,
    /// Where it leads.
    pub to: Target,
}

/// What an address is made from.
struct Address<'a> {
    path: &'a SourcePath,
    span: Option<Span>,
    date: Option<Moment>,
    slug: Option<&'a Slug>,
    section: Option<&'a SectionKey>,
    id: Option<&'a Reference>,
}

/// The slug of an article, from its front matter or its file's name, whether or not its address holds it. Articles with an address have one.
pub(super) fn slug(article: &Article) -> Option<Slug> {
    Address::of_article(article).slug().ok()
}

impl<'a> Address<'a> {
    fn of_article(article: &'a Article) -> Self {
        let matter = article.matter();
        Self {
            path: article.path(),
            span: Some(article.span()),
            date: matter.date,
            slug: matter.slug.as_ref().map(|(slug, _)| slug),
            section: article.section.as_ref(),
            id: matter.id.as_ref(),
        }
    }

    fn error(&self, message: &str) -> Box<Diagnostic> {
        Box::new(match self.span {
            Some(span) => Diagnostic::error(Code::BadPath, self.path, span, message),
            None => Diagnostic::error_in(Code::BadPath, self.path, message),
        })
    }

    fn slug(&self) -> Result<Slug, Box<Diagnostic>> {
        let name = match self.path.name() {
            "index.md" => self.path.folder().rsplit('/').next().unwrap_or_default(),
            _ => self.path.stem(),
        };
        self.slug.cloned().or_else(|| Slug::from_headline(name)).ok_or_else(|| {
            Box::new(
                self.error("nothing of this file's name can stand in an address")
                    .help("add `slug:` to the front matter"),
            )
        })
    }

    fn permalink(&self, config: &Config) -> Result<UrlPath, Box<Diagnostic>> {
        let slug = self.slug()?;
        let Some(date) = self.date else {
            // A page lies at the top of the site.
            if is_reserved(slug.as_str()) {
                let error = self.error("this page's address is kept for the site's own pages");
                return Err(Box::new(error.help(format!("rename the file or give it a `slug`; `/{slug}/` is taken"))));
            }
            return Ok(UrlPath::parse(&format!("/{slug}/")).expect("a slug is a safe path"));
        };
        let civil = date.at.civil(&config.zone);
        let mut path = String::new();
        for segment in &config.permalinks.segments {
            let mut text = String::new();
            for part in segment {
                let _ = match part {
                    PermalinkPart::Text(fixed) => write!(text, "{fixed}"),
                    PermalinkPart::Year => write!(text, "{:04}", civil.year),
                    PermalinkPart::Month => write!(text, "{:02}", civil.month),
                    PermalinkPart::Day => write!(text, "{:02}", civil.day),
                    PermalinkPart::Slug => write!(text, "{slug}"),
                    PermalinkPart::Section => write!(text, "{}", self.section.map_or("", SectionKey::as_str)),
                    PermalinkPart::Id => {
                        let id = self.id.and_then(|id| Slug::from_headline(&id.text)).ok_or_else(|| {
                            let error = self.error("this story has no `id`, and the site's addresses hold it");
                            Box::new(error.help("add `id:` to the front matter"))
                        })?;
                        write!(text, "{id}")
                    }
                };
            }
            if !text.is_empty() {
                path.push('/');
                path.push_str(&text);
            }
        }
        if config.permalinks.is_folder || path.is_empty() {
            path.push('/');
        }
        UrlPath::parse(&path.replace('%', "%25")).map_err(|fault| {
            Box::new(self.error("this story's address cannot be a path").note(format!("`{path}`: {fault}")))
        })
    }
}

/// What editors wrote, then the aliases of stories; loops and chains are refused.
pub(super) fn redirects(
    written: Vec<RedirectRule>,
    stories: &[Story],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Redirect> {
    let file = SourcePath::new("redirects.yaml");
    let mut rules: Vec<Redirect> = (written.into_iter())
        .map(|rule| Redirect { path: file.clone(), from: rule.from, span: rule.from_span, to: rule.to })
        .collect();
    for story in stories {
        for alias in &story.matter().aliases {
            let Ok(from) = UrlPath::parse(&alias.text) else { continue };
            if from == story.permalink {
                diagnostics.push(
                    Diagnostic::warning(
                        Code::RedirectLoop,
                        story.article.path(),
                        alias.span,
                        "this old address is the story's own",
                    )
                    .help("remove it"),
                );
                continue;
            }
            let to = Target::Path { path: story.permalink.clone(), suffix: String::new() };
            rules.push(Redirect { path: story.article.path().clone(), from, span: alias.span, to });
        }
    }
    let by_from: BTreeMap<UrlPath, usize> =
        rules.iter().enumerate().rev().map(|(at, rule)| (rule.from.clone(), at)).collect();
    for (at, rule) in rules.iter().enumerate() {
        let first = by_from[&rule.from];
        if first != at {
            diagnostics.push(
                Diagnostic::error(Code::Collision, &rule.path, rule.span, "this old address is redirected twice")
                    .note(format!("`{}` redirects it too", rules[first].path))
                    .help("keep one of the two"),
            );
        }
        if let Target::Path { path, .. } = &rule.to
            && let Some(next) = by_from.get(path)
        {
            let message = if rules[*next].from == rule.from {
                "this redirect leads to itself"
            } else {
                "this redirect leads to another redirect"
            };
            let error = Diagnostic::error(Code::RedirectLoop, &rule.path, rule.span, message);
            diagnostics.push(match end_of(&rules, &by_from, *next) {
                Some(end) => error.help(format!("lead it straight to `{}`", config.href(end))),
                None => error.help("lead it to a page that exists"),
            });
        }
    }
    rules
}

/// Where a chain of redirects ends inside the site; none if it does not.
fn end_of<'a>(rules: &'a [Redirect], by_from: &BTreeMap<UrlPath, usize>, first: usize) -> Option<&'a UrlPath> {
    let mut at = first;
    for _ in 0..LONGEST_CHAIN {
        let Target::Path { path, .. } = &rules[at].to else { return None };
        match by_from.get(path) {
            Some(next) => at = *next,
            None => return Some(path),
        }
    }
    None
}
