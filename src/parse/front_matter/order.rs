//! Dates of a story that cannot be meant in the order in which they stand: mostly a mistyped year.

use crate::{
    diag::{Code, Diagnostic},
    model::{Moment, Precision, SourcePath, Span},
    parse::{
        fields::{Content, Values},
        matter::Timing,
    },
};

/// How long a day is at the most, where the clocks are put back.
const LONGEST_DAY_SECS: i64 = 25 * 3600;

/// Warns of what a story says to have happened before it was there.
pub(super) fn check(path: &SourcePath, values: &Values, timing: Option<&Timing>) -> Vec<Diagnostic> {
    let warning = |span: Span, message: &str| Diagnostic::warning(Code::OutOfOrder, path, span, message);
    let never_out =
        timing.filter(|timing| timing.is_never_out()).zip(values.value("expires")).map(|(timing, expires)| {
            let gate = if timing.embargo == timing.opens() { "embargo" } else { "date" };
            warning(expires.span, "this story expires before it is out")
                .note("so it never is")
                .help(format!("let `expires` come after `{gate}`"))
        });
    let early = dated(values, "date").map(|(date, _)| before(values, date)).unwrap_or_default();
    let early = early.into_iter().map(|(what, span)| {
        warning(span, &format!("{what} dated before the story")).help("correct the year or the day, here or in `date`")
    });
    never_out.into_iter().chain(early).collect()
}

/// What is dated before the story itself, each with its place.
fn before(values: &Values, date: Moment) -> Vec<(&'static str, Span)> {
    let within = |field: &str, name: &str| dated(values.value(field)?.map()?, name);
    let single = [
        ("this update is", dated(values, "updated")),
        ("this withdrawal is", within("withdrawn", "at")),
        ("the end of this coverage is", within("live", "ends")),
    ];
    let single = single.into_iter().filter_map(|(what, dated)| Some((what, dated?)));
    let listed = [("this update is", "updates"), ("this correction is", "corrections")].into_iter();
    let listed = listed.flat_map(|(what, field)| items(values, field).map(move |dated| (what, dated)));
    let early = single.chain(listed).filter(|(_, (moment, _))| is_before(*moment, date));
    early.map(|(what, (_, span))| (what, span)).collect()
}

/// A date with its place.
type Dated = (Moment, Span);

fn dated(values: &Values, field: &str) -> Option<Dated> {
    Some((values.get(field)?, values.value(field)?.span))
}

/// The dates of a list of maps.
fn items(values: &Values, field: &str) -> impl Iterator<Item = Dated> {
    let items = match values.value(field).map(|value| &value.content) {
        Some(Content::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(|item| dated(item.map()?, "at"))
}

/// Whether something is surely before something else: a bare date may be any time of its day.
fn is_before(moment: Moment, other: Moment) -> bool {
    let last = match (moment.precision, other.precision) {
        (Precision::Day, Precision::Time) => LONGEST_DAY_SECS,
        _ => 0,
    };
    moment.at.as_second() + last < other.at.as_second()
}

#[cfg(test)]
mod tests {
    use super::{super::read, *};
    use crate::{
        model::Zone,
        parse::fields::{Kind, Settings},
    };

    /// What is told of these lines beside a headline, each with what it is about.
    fn told(lines: &str) -> Vec<(String, String)> {
        let text = format!("---\ntitle: Vote\n{lines}---\n");
        let zone = Zone::named("Europe/London").unwrap();
        let settings = Settings { zone, zone_is_set: true, extra_fields: [].into() };
        let path = SourcePath::new("content/politics/vote.md");
        let read = read(Kind::Article, &path, &text, 4..text.len() - 4, &settings);
        let about = |span: Span| text[span.start..span.end].to_owned();
        read.diagnostics.into_iter().map(|found| (found.message, about(found.span.unwrap()))).collect()
    }

    #[test]
    fn a_story_that_expires_before_it_is_out_is_told() {
        let check = |lines: &str, expires: &str| {
            let expected = ("this story expires before it is out".to_owned(), expires.to_owned());
            assert_eq!(told(lines), [expected], "{lines}");
        };
        check("date: 2026-11-22\nexpires: 2026-11-21\n", "2026-11-21");
        check("date: 2026-11-22\nembargo: 2026-11-25T09:00\nexpires: 2026-11-25T09:00\n", "2026-11-25T09:00");
        assert_eq!(told("date: 2026-11-22\nembargo: 2026-11-21\nexpires: 2026-11-23\n"), []);
    }

    #[test]
    fn what_comes_before_the_story_is_told() {
        let check = |lines: &str, expected: &[(&str, &str)]| {
            let expected: Vec<_> = expected
                .iter()
                .map(|(what, at)| (format!("{what} dated before the story"), (*at).to_owned()))
                .collect();
            assert_eq!(told(&format!("date: 2026-11-22T14:00\n{lines}")), expected, "{lines}");
        };
        check("updated: 2026-11-21\n", &[("this update is", "2026-11-21")]);
        let bare = told("date: 2026-11-22\nupdated: 2026-11-21\n");
        assert_eq!(bare, [("this update is dated before the story".to_owned(), "2026-11-21".to_owned())]);
        assert_eq!(told("date: 2026-11-22\nupdated: 2026-11-22\n"), []);
        check("updates: [{at: 2026-11-22T13:00, note: a}]\n", &[("this update is", "2026-11-22T13:00")]);
        check("withdrawn: {at: 2025-11-23, reason: a}\n", &[("this withdrawal is", "2025-11-23")]);
        check("live: {ends: 2026-11-20}\n", &[("the end of this coverage is", "2026-11-20")]);
        check(
            "corrections:\n  - {at: 2025-11-23, text: a}\n  - {at: 2026-11-23, text: b}\n  - {at: 2024-11-23, text: c}\n",
            &[("this correction is", "2025-11-23"), ("this correction is", "2024-11-23")],
        );
        // A bare date may be the evening of that day.
        check("updated: 2026-11-22\ncorrections: [{at: 2026-11-22, text: a}]\n", &[]);
    }
}
