//! Pages of the calendar, corrections, and the page for what is not there.

use std::collections::BTreeMap;

use tera::Value;

use super::frame::{Frame, unlisted, with, with_stories};
use crate::{
    model::{UrlPath, weekday},
    plan::{FeedOf, Output, archive_url},
    relate::Day,
    render::{
        Failure,
        card::{or_none, record},
        view::{Library, Renderer},
    },
};

fn archive_link(library: &Library) -> (String, UrlPath) {
    let url = UrlPath::parse("/archive/").expect("the program's own paths are safe");
    (library.words.word("archive").to_owned(), url)
}

fn link(library: &Library, title: &str, url: &UrlPath) -> Value {
    record! { "title": title, "url": library.href(url) }
}

/// The years, newest first, each with its months.
pub(super) fn archive(renderer: &Renderer, output: &Output) -> Value {
    let library = &*renderer.library;
    let mut years: BTreeMap<i16, usize> = BTreeMap::new();
    for (day, stories) in &library.index.days {
        *years.entry(day.0).or_default() += stories.len();
    }
    let years: Vec<Value> = (years.iter().rev())
        .map(|(year, count)| {
            record! {
                "title": year.to_string(),
                "url": library.href(&archive_url(*year, None, None)),
                "count": *count,
                "months": months_of(library, *year),
            }
        })
        .collect();
    let title = library.words.word("archive");
    with(Frame::new(library, "archive", title, &output.url).fields(library), record! { "years": years })
}

/// The months of a year that have stories, in order.
fn months_of(library: &Library, year: i16) -> Vec<Value> {
    let mut months: BTreeMap<i8, usize> = BTreeMap::new();
    for (day, stories) in library.index.days.range((year, 0, 0)..(year + 1, 0, 0)) {
        *months.entry(day.1).or_default() += stories.len();
    }
    let counted = |(month, count): (&i8, &usize)| {
        let (title, url) = (library.words.month(year, *month), archive_url(year, Some(*month), None));
        record! { "title": title, "url": library.href(&url), "count": *count }
    };
    months.iter().map(counted).collect()
}

/// A year's months.
pub(super) fn year(renderer: &Renderer, output: &Output, year: i16) -> Value {
    let library = &*renderer.library;
    let months = months_of(library, year);
    let title = year.to_string();
    let frame = Frame { above: vec![archive_link(library)], ..Frame::new(library, "year", &title, &output.url) };
    with(frame.fields(library), record! { "months": months, "year": i64::from(year) })
}

/// A month's days, also those without a story, so that a template can draw a calendar.
pub(super) fn month(renderer: &Renderer, output: &Output, year: i16, month: i8) -> Value {
    let library = &*renderer.library;
    let all = &library.index.days;
    let days: Vec<Value> = (1..=31)
        .filter_map(|day| Some((day, weekday(year, month, day)?)))
        .map(|(day, weekday)| {
            let count = all.get(&(year, month, day)).map_or(0, Vec::len);
            let url = (count > 0).then(|| library.href(&archive_url(year, Some(month), Some(day))));
            record! {
                "title": library.words.day(year, month, day),
                "url": or_none(url),
                "count": count,
                "day": i64::from(day),
                "weekday": i64::from(weekday),
            }
        })
        .collect();
    let other = |day: Option<&Day>| {
        or_none(
            day.map(|day| link(library, &library.words.month(day.0, day.1), &archive_url(day.0, Some(day.1), None))),
        )
    };
    let earlier = all.range(..(year, month, 0)).next_back().map(|(day, _)| day);
    let later = all.range((year, month + 1, 0)..).next().map(|(day, _)| day);
    let title = library.words.month(year, month);
    let above = vec![archive_link(library), (year.to_string(), archive_url(year, None, None))];
    let frame = Frame { above, ..Frame::new(library, "month", &title, &output.url) };
    with(frame.fields(library), record! { "days": days, "previous": other(earlier), "next": other(later) })
}

/// A day's stories.
///
/// # Errors
/// [`Failure::Mistake`] if the component `Card` fails.
pub(super) fn day(renderer: &Renderer, output: &Output, day: Day) -> Result<Value, Failure> {
    let library = &*renderer.library;
    let all = &library.index.days;
    let (year, month, number) = day;
    let other = |day: Option<&Day>| {
        or_none(day.map(|day| {
            link(library, &library.words.day(day.0, day.1, day.2), &archive_url(day.0, Some(day.1), Some(day.2)))
        }))
    };
    let earlier = all.range(..day).next_back().map(|(day, _)| day);
    let later = all.range(day..).nth(1).map(|(day, _)| day);
    let title = library.words.day(year, month, number);
    let above = vec![
        archive_link(library),
        (year.to_string(), archive_url(year, None, None)),
        (library.words.month(year, month), archive_url(year, Some(month), None)),
    ];
    let frame = Frame { above, ..Frame::new(library, "day", &title, &output.url) };
    let page = with(frame.fields(library), record! { "previous": other(earlier), "next": other(later) });
    with_stories(renderer, page, &all[&day])
}

/// All corrections, newest first.
pub(super) fn corrections(renderer: &Renderer, output: &Output) -> Value {
    let library = &*renderer.library;
    let entries: Vec<Value> = (library.index.corrections.iter())
        .map(|(_, id, which)| {
            let story = library.index.story(*id);
            let correction = &story.matter().corrections[*which];
            record! {
                "at": library.words.moment(correction.at, &library.config().zone),
                "kind": correction.kind.as_str(),
                "kind_text": library.words.word(correction.kind.as_str()),
                "text": library.inline(&correction.text, story),
                "story": library.card(*id),
            }
        })
        .collect();
    let title = library.words.word("corrections");
    let frame = Frame { feed: Some(FeedOf::Corrections), ..Frame::new(library, "corrections", title, &output.url) };
    with(frame.fields(library), record! { "entries": entries })
}

/// The search page. It shows no story, so that none changes it.
pub(super) fn search(renderer: &Renderer, output: &Output) -> Value {
    let library = &*renderer.library;
    let title = library.words.word("search");
    let sections: Vec<Value> = library.index.sections.keys().map(|key| library.sections[key].clone()).collect();
    let frame = Frame::new(library, "search", title, &output.url);
    with(frame.fields(library), record! { "sections": sections })
}

/// The page for addresses that are not there.
pub(super) fn not_found(renderer: &Renderer, output: &Output) -> Value {
    let library = &*renderer.library;
    let title = library.words.word("not-found-title");
    let frame = unlisted(Frame::new(library, "not-found", title, &output.url));
    Value::from(frame.fields(library))
}
