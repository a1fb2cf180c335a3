//! Pages of the calendar, corrections, and the page for what is not there.

use tera::Value;

use super::frame::{Frame, unlisted, with, with_stories};
use crate::{
    model::{SectionKey, UrlPath, weekday},
    plan::{FeedOf, Output, archive_url},
    relate::Day,
    render::{
        Failure,
        card::{or_none, record},
        view::{Reader, Renderer},
    },
};

fn archive_link(reader: &Reader) -> (String, UrlPath) {
    let url = UrlPath::parse("/archive/").expect("the program's own paths are safe");
    (reader.words().word("archive").to_owned(), url)
}

fn link(reader: &Reader, title: &str, url: &UrlPath) -> Value {
    record! { "title": title, "url": reader.href(url) }
}

/// The years, newest first, each with its months.
pub(super) fn archive(renderer: &Renderer, output: &Output) -> Value {
    let reader = &renderer.reader;
    let years: Vec<Value> = (reader.years().into_iter().rev())
        .map(|(year, count)| {
            record! {
                "title": year.to_string(),
                "url": reader.href(&archive_url(year, None, None)),
                "count": count,
                "months": months_of(reader, year),
            }
        })
        .collect();
    let title = reader.words().word("archive");
    with(Frame::new(reader, "archive", title, &output.url).fields(reader), record! { "years": years })
}

/// The months of a year that have stories, in order.
fn months_of(reader: &Reader, year: i16) -> Vec<Value> {
    let counted = |(month, count): (i8, usize)| {
        let (title, url) = (reader.words().month(year, month), archive_url(year, Some(month), None));
        record! { "title": title, "url": reader.href(&url), "count": count }
    };
    reader.months(year).into_iter().map(counted).collect()
}

/// A year's months.
pub(super) fn year(renderer: &Renderer, output: &Output, year: i16) -> Value {
    let reader = &renderer.reader;
    let months = months_of(reader, year);
    let title = year.to_string();
    let frame = Frame { above: vec![archive_link(reader)], ..Frame::new(reader, "year", &title, &output.url) };
    with(frame.fields(reader), record! { "months": months, "year": i64::from(year) })
}

/// A month's days, also those without a story, so that a template can draw a calendar.
pub(super) fn month(renderer: &Renderer, output: &Output, year: i16, month: i8) -> Value {
    let reader = &renderer.reader;
    let counts = reader.month(year, month);
    let days: Vec<Value> = (1..=31)
        .filter_map(|day| Some((day, weekday(year, month, day)?)))
        .map(|(day, weekday)| {
            let count = counts.it.get(&day).copied().unwrap_or_default();
            let url = (count > 0).then(|| reader.href(&archive_url(year, Some(month), Some(day))));
            record! {
                "title": reader.words().day(year, month, day),
                "url": or_none(url),
                "count": count,
                "day": i64::from(day),
                "weekday": i64::from(weekday),
            }
        })
        .collect();
    let other = |day: Option<Day>| {
        let link = |day: Day| link(reader, &reader.words().month(day.0, day.1), &archive_url(day.0, Some(day.1), None));
        or_none(day.map(link))
    };
    let title = reader.words().month(year, month);
    let above = vec![archive_link(reader), (year.to_string(), archive_url(year, None, None))];
    let frame = Frame { above, ..Frame::new(reader, "month", &title, &output.url) };
    let beside = record! { "days": days, "previous": other(counts.earlier), "next": other(counts.later) };
    with(frame.fields(reader), beside)
}

/// A day's stories.
///
/// # Errors
/// [`Failure::Mistakes`] if the component `Card` fails.
pub(super) fn day(renderer: &Renderer, output: &Output, day: Day) -> Result<Value, Failure> {
    let reader = &renderer.reader;
    let stories = reader.day(day);
    let (year, month, number) = day;
    let other = |day: Option<Day>| {
        let link = |day: Day| {
            link(reader, &reader.words().day(day.0, day.1, day.2), &archive_url(day.0, Some(day.1), Some(day.2)))
        };
        or_none(day.map(link))
    };
    let title = reader.words().day(year, month, number);
    let above = vec![
        archive_link(reader),
        (year.to_string(), archive_url(year, None, None)),
        (reader.words().month(year, month), archive_url(year, Some(month), None)),
    ];
    let frame = Frame { above, ..Frame::new(reader, "day", &title, &output.url) };
    let beside = record! { "previous": other(stories.earlier), "next": other(stories.later) };
    with_stories(renderer, with(frame.fields(reader), beside), stories.it)
}

/// All corrections, newest first.
pub(super) fn corrections(renderer: &Renderer, output: &Output) -> Value {
    let reader = &renderer.reader;
    let entries: Vec<Value> = (reader.corrections().iter())
        .map(|(_, id, which)| {
            let story = reader.story(*id);
            let correction = &story.matter().corrections[*which];
            record! {
                "at": reader.words().moment(correction.at, &reader.config().zone),
                "kind": correction.kind.as_str(),
                "kind_text": reader.words().word(correction.kind.as_str()),
                "text": reader.inline(&correction.text, story),
                "story": reader.card(*id),
            }
        })
        .collect();
    let title = reader.words().word("corrections");
    let frame = Frame { feed: Some(FeedOf::Corrections), ..Frame::new(reader, "corrections", title, &output.url) };
    with(frame.fields(reader), record! { "entries": entries })
}

/// The search page. It shows no story, so that none changes it.
pub(super) fn search(renderer: &Renderer, output: &Output) -> Value {
    let reader = &renderer.reader;
    let top: Vec<SectionKey> = reader.top_sections().into_iter().map(|(key, _)| key.clone()).collect();
    let mut sections = Vec::new();
    for key in &top {
        add_sections(reader, key, &mut sections);
    }
    let frame = Frame::new(reader, "search", reader.words().word("search"), &output.url);
    with(frame.fields(reader), record! { "sections": sections })
}

/// Adds a section, and behind it those below it.
fn add_sections(reader: &Reader, key: &SectionKey, sections: &mut Vec<Value>) {
    sections.extend(reader.section_value(key));
    for (below, _) in reader.sections_below(key) {
        add_sections(reader, below, sections);
    }
}

/// The page for addresses that are not there.
pub(super) fn not_found(renderer: &Renderer, output: &Output) -> Value {
    let reader = &renderer.reader;
    let title = reader.words().word("not-found-title");
    let frame = unlisted(Frame::new(reader, "not-found", title, &output.url));
    Value::from(frame.fields(reader))
}
