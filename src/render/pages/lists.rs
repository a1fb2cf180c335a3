//! Fronts and lists: front page, sections, authors, terms, labels, series.

use tera::{Map, Value};

use super::{
    frame::{Frame, local, with, with_stories},
    story::{portrait, section_trail},
};
use crate::{
    model::{Label, SectionKey, Slug, Taxonomy, UrlPath},
    parse::{
        self,
        matter::{SeriesMatter, SeriesOrder},
    },
    plan::{Cut, FEWEST_STORIES_OF_A_TERM, FeedOf, ListKey, Output, Period},
    relate::{FilledSlot, StoryId},
    release::Published,
    render::{
        Failure,
        body::fill,
        card::{or_empty, or_none, record},
        json_ld::{self, Subject},
        view::{Named, Reader, Renderer},
    },
};

/// The front page.
pub(super) fn front(renderer: &Renderer) -> Result<Value, Failure> {
    let reader = &renderer.reader;
    let front = reader.front();
    let section = |(key, stories): &(SectionKey, Vec<StoryId>)| {
        let section = reader.section(key).expect("the front page shows sections of the index");
        record! {
            "title": section.title,
            "url": reader.href(section.url),
            "slug": key.as_str(),
            "stories": reader.cards(stories),
        }
    };
    let sections: Vec<Value> = front.sections.iter().map(section).collect();
    let source = reader.front_file();
    let content = match source {
        Some(source) => content(renderer, source)?,
        None => Value::safe_string(""),
    };
    let config = reader.config();
    let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or(&config.description);
    let root = UrlPath::root();
    let frame = Frame { description, subject: Subject::Front, ..Frame::new(reader, "front", &config.title, &root) };
    let (slots, order) = slot_values(reader, &front.slots);
    Ok(with(
        frame.fields(reader),
        record! {
            "breaking": breaking(reader),
            "slots": slots,
            "order": order,
            "sections": sections,
            "content": content,
        },
    ))
}

/// The banner on fronts.
fn breaking(reader: &Reader) -> Value {
    reader.breaking().map_or_else(Value::none, |breaking| {
        record! {
            "text": breaking.text.as_str(),
            "url": or_none(breaking.link.as_deref().map(|link| local(reader, link))),
        }
    })
}

fn slot_values(reader: &Reader, slots: &[FilledSlot]) -> (Map, Vec<Value>) {
    let values = slots.iter().map(|slot| {
        let title =
            slot.title.clone().or_else(|| reader.words().get(&format!("slot-{}", slot.name)).map(str::to_owned));
        let stories = reader.cards(&slot.stories);
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
    let reader = &renderer.reader;
    Ok(Value::safe_string(&fill(renderer, &source.path, &reader.body(source)?)?))
}

/// A list, or the calendar's part of it, with its template.
pub(super) fn list(
    renderer: &Renderer,
    output: &Output,
    key: &ListKey,
    cut: &Cut,
) -> Result<(&'static str, Value), Failure> {
    let list = List { renderer, reader: &renderer.reader, output, key, cut };
    match key {
        ListKey::Section(section) => Ok(("section.html", list.section(section)?)),
        ListKey::Author(slug) => Ok(("author.html", list.author(slug)?)),
        ListKey::Term(taxonomy, slug) => Ok(("term.html", list.term(*taxonomy, slug)?)),
        ListKey::Label(label) => Ok(("label.html", list.label(*label)?)),
    }
}

struct List<'a> {
    renderer: &'a Renderer,
    reader: &'a Reader,
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
            Period::Month(year, month) => self.reader.words().month(year, month),
        }
    }

    fn periods(&self) -> Vec<Value> {
        let list = self.reader.list_url(self.key);
        let link =
            |period: Period| record! { "title": self.period(period), "url": self.reader.href(&period.url(&list)) };
        self.reader.periods(self.key).into_iter().map(link).collect()
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
            above.push((name.to_owned(), self.reader.list_url(self.key)));
        }
        let social_type = if kind == "author" { "profile" } else { "website" };
        let subject = self.subject();
        let frame = Frame::new(self.reader, kind, &title, &self.output.url);
        let feed = Some(FeedOf::List(self.key.clone()));
        Frame { description, robots, above, social_type, subject, feed, ..frame }.fields(self.reader)
    }

    /// What machines are told of the page. A person's page is about the person; the years of it are lists.
    fn subject(&self) -> Subject<'_> {
        match self.key {
            ListKey::Author(slug) if self.is_first_page() => Subject::Author(self.reader.author(slug)),
            ListKey::Term(taxonomy, slug) => {
                let term = self.reader.term(*taxonomy, slug);
                Subject::List(&[], json_ld::term(self.reader, *taxonomy, term))
            }
            ListKey::Section(_) => Subject::List(self.ids(), None),
            ListKey::Author(_) | ListKey::Label(_) => Subject::List(&[], None),
        }
    }

    fn ids(&self) -> &[StoryId] {
        self.reader.list(self.key, self.cut)
    }

    fn section(&self, key: &SectionKey) -> Result<Value, Failure> {
        let section = self.reader.section(key).expect("lists are planned of sections in the index");
        let description = section.source.and_then(|source| source.matter.description.as_deref()).unwrap_or_default();
        let above = section_trail(self.reader, key.parent().as_ref());
        let (slots, stories) =
            if self.is_first_page() { self.reader.section_front(key) } else { (Vec::new(), self.ids().to_vec()) };
        let content = match section.source {
            Some(source) if self.is_first_page() => content(self.renderer, source)?,
            _ => Value::safe_string(""),
        };
        let subsections: Vec<Value> = (self.reader.sections_below(key).into_iter())
            .map(|(key, below)| {
                record! { "title": below.title, "url": self.reader.href(below.url), "slug": key.as_str() }
            })
            .collect();
        let (slots, order) = slot_values(self.reader, &slots);
        let page = with(
            self.frame("section", section.title, description, "", above),
            record! {
                "breaking": if self.is_first_page() { breaking(self.reader) } else { Value::none() },
                "name": section.title,
                "content": content,
                "slots": slots,
                "order": order,
                "subsections": subsections,
                "months": self.periods(),
                "period": self.period(self.cut.period),
            },
        );
        with_stories(self.renderer, page, &stories)
    }

    fn author(&self, slug: &Slug) -> Result<Value, Failure> {
        let author = self.reader.author(slug);
        let source = author.source;
        let bio = source.and_then(|source| Some((source, source.matter.bio.as_ref()?)));
        let description = bio.map(|(_, bio)| parse::body::plain_text(&bio.0)).unwrap_or_default();
        let content = match source {
            Some(source) if self.is_first_page() => content(self.renderer, source)?,
            _ => Value::safe_string(""),
        };
        let links: Vec<Value> = (source.into_iter().flat_map(|source| &source.matter.links))
            .map(|link| record! { "label": link.label.as_str(), "url": local(self.reader, &link.url) })
            .collect();
        let bio = bio.map(|(source, bio)| self.reader.inline_in(bio, &source.path));
        let page = with(
            self.frame("author", author.title, &description, "", Vec::new()),
            record! {
                "name": author.title,
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
        let term = self.reader.term(taxonomy, slug);
        let source = term.source;
        let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or_default();
        let content = match source {
            Some(source) if self.is_first_page() => content(self.renderer, source)?,
            _ => Value::safe_string(""),
        };
        // Of a part of the list, its own stories are counted: a new story changes no old page.
        let count = if self.is_first_page() { self.reader.count(self.key) } else { self.ids().len() };
        let robots = if self.is_first_page() && count < FEWEST_STORIES_OF_A_TERM { "noindex" } else { "" };
        let page = with(
            self.frame("term", term.title, description, robots, Vec::new()),
            record! {
                "name": term.title,
                "taxonomy": taxonomy.as_str(),
                "taxonomy_text": self.reader.words().word(&format!("taxonomy-{}", taxonomy.as_str())),
                "content": content,
                "count": count,
                "periods": self.periods(),
                "period": self.period(self.cut.period),
            },
        );
        with_stories(self.renderer, page, self.ids())
    }

    fn label(&self, label: Label) -> Result<Value, Failure> {
        let text = self.reader.words().word(&format!("label-{}", label.as_str())).to_owned();
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
pub(super) fn is_running(series: Named<'_, SeriesMatter>) -> bool {
    series.source.is_some_and(|source| source.matter.order == SeriesOrder::Newest)
}

/// A series, in its order.
pub(super) fn series(renderer: &Renderer, slug: &Slug) -> Result<Value, Failure> {
    let reader = &renderer.reader;
    let series = reader.series(slug);
    let source = series.source;
    let mut stories = reader.parts(slug).to_vec();
    if !is_running(series) {
        stories.reverse();
    }
    let description = source.and_then(|source| source.matter.description.as_deref()).unwrap_or_default();
    let content = match source {
        Some(source) => content(renderer, source)?,
        None => Value::safe_string(""),
    };
    let subject = Subject::List(&stories, json_ld::series(reader, series));
    let feed = Some(FeedOf::Series(slug.clone()));
    let frame = Frame { description, subject, feed, ..Frame::new(reader, "series", series.title, series.url) };
    let page = with(frame.fields(reader), record! { "content": content, "running": is_running(series) });
    with_stories(renderer, page, &stories)
}
