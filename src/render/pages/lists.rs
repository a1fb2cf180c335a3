//! Fronts and lists: front page, sections, authors, terms, labels, series.

use std::collections::BTreeSet;

use tera::{Map, Value};

use super::{
    frame::{Frame, local, with, with_stories},
    story::{portrait, section_trail},
};
use crate::{
    model::{Label, SectionKey, Slug, Taxonomy, UrlPath},
    parse::{self, matter::SeriesOrder},
    plan::{Cut, FEWEST_STORIES_OF_A_TERM, FeedOf, ListKey, NEWEST, Output, Period},
    relate::{FilledSlot, Series, StoryId, fill as fill_slots},
    release::Published,
    render::{
        Failure,
        body::fill,
        card::{or_empty, or_none, record},
        json_ld::{self, Subject},
        view::{Library, Renderer},
    },
};

/// How many stories the front page shows of each section.
const OF_A_SECTION: usize = 5;

/// The front page.
pub(super) fn front(renderer: &Renderer) -> Result<Value, Failure> {
    let library = &*renderer.library;
    let index = &library.index;
    let slots = fill_slots(index, None);
    let mut shown = standing(&slots);
    let mut sections = Vec::new();
    for (key, section) in index.sections_below(None) {
        let fresh = section.stories.iter().copied().filter(|id| !shown.contains(id) && !is_sponsored(library, *id));
        let stories: Vec<StoryId> = fresh.take(OF_A_SECTION).collect();
        if !stories.is_empty() {
            shown.extend(&stories);
            sections.push(record! {
                "title": section.title.as_str(),
                "url": library.href(&section.url),
                "slug": key.as_str(),
                "stories": library.cards(&stories),
            });
        }
    }
    let source = index.front.as_ref();
    let content = match source {
        Some(source) => content(renderer, source)?,
        None => Value::safe_string(""),
    };
    let config = library.config();
    let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or(&config.description);
    let root = UrlPath::root();
    let frame = Frame { description, subject: Subject::Front, ..Frame::new(library, "front", &config.title, &root) };
    let (slots, order) = slot_values(library, &slots);
    Ok(with(
        frame.fields(library),
        record! {
            "breaking": breaking(library),
            "slots": slots,
            "order": order,
            "sections": sections,
            "content": content,
        },
    ))
}

fn is_sponsored(library: &Library, id: StoryId) -> bool {
    library.index.story(id).label() == Label::Sponsored
}

/// The stories that stand on a front by the desk's choice: what is read most may be among them, and may not.
fn standing(slots: &[FilledSlot]) -> BTreeSet<StoryId> {
    slots.iter().filter(|slot| !slot.is_ranked).flat_map(|slot| slot.stories.iter().copied()).collect()
}

/// The banner on fronts.
fn breaking(library: &Library) -> Value {
    library.index.breaking.as_ref().map_or_else(Value::none, |breaking| {
        record! {
            "text": breaking.text.as_str(),
            "url": or_none(breaking.link.as_deref().map(|link| local(library, link))),
        }
    })
}

fn slot_values(library: &Library, slots: &[FilledSlot]) -> (Map, Vec<Value>) {
    let values = slots.iter().map(|slot| {
        let title = slot.title.clone().or_else(|| library.words.get(&format!("slot-{}", slot.name)).map(str::to_owned));
        let stories = library.cards(&slot.stories);
        (
            slot.name.clone().into(),
            record! {
                "name": slot.name.as_str(),
                "title": title.unwrap_or_default(),
                "stories": stories,
                "ranked": slot.is_ranked,
            },
        )
    });
    (values.collect(), slots.iter().map(|slot| Value::from(slot.name.as_str())).collect())
}

fn content<T>(renderer: &Renderer, source: &Published<T>) -> Result<Value, Failure> {
    let library = &renderer.library;
    let body = parse::body(&library.site, source.original(), &library.body_settings())?;
    Ok(Value::safe_string(&fill(renderer, &source.path, &body)?))
}

/// A list, or the calendar's part of it, with its template.
pub(super) fn list(
    renderer: &Renderer,
    output: &Output,
    key: &ListKey,
    cut: &Cut,
) -> Result<(&'static str, Value), Failure> {
    let list = List { renderer, library: &renderer.library, output, key, cut };
    match key {
        ListKey::Section(section) => Ok(("section.html", list.section(section)?)),
        ListKey::Author(slug) => Ok(("author.html", list.author(slug)?)),
        ListKey::Term(taxonomy, slug) => Ok(("term.html", list.term(*taxonomy, slug)?)),
        ListKey::Label(label) => Ok(("label.html", list.label(*label)?)),
    }
}

struct List<'a> {
    renderer: &'a Renderer,
    library: &'a Library,
    output: &'a Output,
    key: &'a ListKey,
    cut: &'a Cut,
}

impl List<'_> {
    fn is_first_page(&self) -> bool {
        self.cut.period == Period::Newest
    }

    /// The name of the part, empty on the first page.
    fn period(&self, period: Period) -> String {
        match period {
            Period::Newest => String::new(),
            Period::Year(year) => year.to_string(),
            Period::Month(year, month) => self.library.words.month(year, month),
        }
    }

    fn periods(&self) -> Vec<Value> {
        let list = self.key.url(&self.library.index);
        let cuts = &self.library.plan.periods[self.key];
        cuts.iter()
            .map(|cut| record! { "title": self.period(cut.period), "url": self.library.href(&cut.period.url(&list)) })
            .collect()
    }

    /// The page's own fields over the frame; a part of a list is named for its period and leads up to the list.
    fn frame(
        &self,
        kind: &'static str,
        name: &str,
        description: &str,
        robots: &str,
        mut above: Vec<(String, UrlPath)>,
    ) -> Map {
        let period = self.period(self.cut.period);
        let title = if period.is_empty() { name.to_owned() } else { format!("{name}: {period}") };
        if !self.is_first_page() {
            above.push((name.to_owned(), self.key.url(&self.library.index)));
        }
        let social_type = if kind == "author" { "profile" } else { "website" };
        let subject = self.subject();
        let frame = Frame::new(self.library, kind, &title, &self.output.url);
        let feed = Some(FeedOf::List(self.key.clone()));
        Frame { description, robots, above, social_type, subject, feed, ..frame }.fields(self.library)
    }

    /// What machines are told of the page. A person's page is about the person; the years of it are lists.
    fn subject(&self) -> Subject<'_> {
        let index = &self.library.index;
        match self.key {
            ListKey::Author(slug) if self.is_first_page() => Subject::Author(&index.authors[slug]),
            ListKey::Term(taxonomy, slug) => {
                let term = &index.terms[&(*taxonomy, slug.clone())];
                Subject::List(&[], json_ld::term(self.library, *taxonomy, term))
            }
            ListKey::Section(_) => Subject::List(self.ids(), None),
            ListKey::Author(_) | ListKey::Label(_) => Subject::List(&[], None),
        }
    }

    fn ids(&self) -> &[StoryId] {
        &self.key.stories(&self.library.index)[self.cut.range.clone()]
    }

    fn section(&self, key: &SectionKey) -> Result<Value, Failure> {
        let index = &self.library.index;
        let section = &index.sections[key];
        let source = section.source.as_ref();
        let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or_default();
        let above = section_trail(self.library, key.parent().as_ref());
        let slots = if self.is_first_page() { fill_slots(index, Some(key)) } else { Vec::new() };
        let content = match source {
            Some(source) if self.is_first_page() => content(self.renderer, source)?,
            _ => Value::safe_string(""),
        };
        let shown = standing(&slots);
        let rest: Vec<StoryId> = if shown.is_empty() {
            self.ids().to_vec()
        } else {
            section.stories.iter().copied().filter(|id| !shown.contains(id)).take(NEWEST).collect()
        };
        let subsections: Vec<Value> = (index.sections_below(Some(key)).iter())
            .map(|(key, below)| {
                record! { "title": below.title.as_str(), "url": self.library.href(&below.url), "slug": key.as_str() }
            })
            .collect();
        let (slots, order) = slot_values(self.library, &slots);
        let page = with(
            self.frame("section", &section.title, description, "", above),
            record! {
                "breaking": if self.is_first_page() { breaking(self.library) } else { Value::none() },
                "name": section.title.as_str(),
                "content": content,
                "slots": slots,
                "order": order,
                "subsections": subsections,
                "months": self.periods(),
                "period": self.period(self.cut.period),
            },
        );
        with_stories(self.renderer, page, &rest)
    }

    fn author(&self, slug: &Slug) -> Result<Value, Failure> {
        let author = &self.library.index.authors[slug];
        let source = author.source.as_ref();
        let bio = source.and_then(|source| Some((source, source.matter.bio.as_ref()?)));
        let description = bio.map(|(_, bio)| parse::body::plain_text(&bio.0)).unwrap_or_default();
        let content = match source {
            Some(source) if self.is_first_page() => content(self.renderer, source)?,
            _ => Value::safe_string(""),
        };
        let links: Vec<Value> = (source.into_iter().flat_map(|source| &source.matter.links))
            .map(|link| record! { "label": link.label.as_str(), "url": local(self.library, &link.url) })
            .collect();
        let bio = bio.map(|(source, bio)| self.library.inline_in(bio, &source.path));
        let page = with(
            self.frame("author", &author.name, &description, "", Vec::new()),
            record! {
                "name": author.name.as_str(),
                "role": or_empty(source.and_then(|source| source.matter.role.as_deref())),
                "bio": bio.unwrap_or_else(|| Value::safe_string("")),
                "content": content,
                "picture": portrait(self.renderer, author),
                "links": links,
                "email": or_empty(source.and_then(|source| source.matter.email.as_deref())),
                "periods": self.periods(),
                "period": self.period(self.cut.period),
            },
        );
        with_stories(self.renderer, page, self.ids())
    }

    fn term(&self, taxonomy: Taxonomy, slug: &Slug) -> Result<Value, Failure> {
        let term = &self.library.index.terms[&(taxonomy, slug.clone())];
        let source = term.source.as_ref();
        let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or_default();
        let content = match source {
            Some(source) if self.is_first_page() => content(self.renderer, source)?,
            _ => Value::safe_string(""),
        };
        let robots = if term.stories.len() < FEWEST_STORIES_OF_A_TERM { "noindex" } else { "" };
        let page = with(
            self.frame("term", &term.title, description, robots, Vec::new()),
            record! {
                "name": term.title.as_str(),
                "taxonomy": taxonomy.as_str(),
                "taxonomy_text": self.library.words.word(&format!("taxonomy-{}", taxonomy.as_str())),
                "content": content,
                "count": term.stories.len(),
                "periods": self.periods(),
                "period": self.period(self.cut.period),
            },
        );
        with_stories(self.renderer, page, self.ids())
    }

    fn label(&self, label: Label) -> Result<Value, Failure> {
        let text = self.library.words.word(&format!("label-{}", label.as_str())).to_owned();
        let page = with(
            self.frame("label", &text, "", "", Vec::new()),
            record! {
                "label": label.as_str(),
                "label_text": text.as_str(),
                "periods": self.periods(),
                "period": self.period(self.cut.period),
            },
        );
        with_stories(self.renderer, page, self.ids())
    }
}

/// Whether a series is a running story, shown newest first.
pub(super) fn is_running(series: &Series) -> bool {
    series.source.as_ref().is_some_and(|source| source.matter.order == SeriesOrder::Newest)
}

/// A series, in its order.
pub(super) fn series(renderer: &Renderer, slug: &Slug) -> Result<Value, Failure> {
    let library = &*renderer.library;
    let series = &library.index.series[slug];
    let source = series.source.as_ref();
    let mut stories = series.stories.clone();
    if !is_running(series) {
        stories.reverse();
    }
    let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or_default();
    let content = match source {
        Some(source) => content(renderer, source)?,
        None => Value::safe_string(""),
    };
    let subject = Subject::List(&stories, json_ld::series(library, series));
    let feed = Some(FeedOf::Series(slug.clone()));
    let frame = Frame { description, subject, feed, ..Frame::new(library, "series", &series.title, &series.url) };
    let page = with(frame.fields(library), record! { "content": content, "running": is_running(series) });
    with_stories(renderer, page, &stories)
}
