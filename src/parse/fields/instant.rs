//! Dates and times as editors write them, and what they may have meant.

use std::fmt::Write as _;

use super::Settings;
use crate::{
    diag::{Code, Diagnostic},
    model::{Moment, SourcePath, Span, TimeFault, weekday},
};

/// Whether a time without offset may stand in a site without a time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// It is taken as UTC.
    Lenient,
    /// It is refused: being an hour off would publish too early.
    Strict,
}

/// Reads a time, or says what is wrong with it.
pub(super) fn read(
    name: &str,
    written: &str,
    rule: Rule,
    settings: &Settings,
    (path, span): (&SourcePath, Span),
) -> Result<Moment, Box<Diagnostic>> {
    let zone = &settings.zone;
    let error = |code: Code, message: String| Diagnostic::error(code, path, span, message);
    match zone.read(written) {
        Ok(_) if rule == Rule::Strict && !settings.zone_is_set && !has_offset(written) => Err(Box::new(
            error(Code::NoTimeZone, format!("{} has no offset, and the site has no time zone", subject(name)))
                .label("an hour off would publish too early")
                .help(format!("set `time_zone` in site.yaml, or add an offset: `{}`", example(written, "+00:00"))),
        )),
        Ok(moment) => Ok(moment),
        Err(TimeFault::Form) if is_last_day(written) => Err(Box::new(
            error(Code::BadInstant, format!("{} lies behind the last day that can be reckoned with", subject(name)))
                .label("the last is `9999-12-30`")
                .help("leave the field out if it is to mean that it never comes"),
        )),
        Err(TimeFault::Form) => {
            let zone_words = if settings.zone_is_set { format!(" ({})", zone.name()) } else { String::new() };
            let cure = match guess(written).filter(|guess| zone.read(guess).is_ok()) {
                Some(guess) if guess.len() > 10 => format!("write `{guess}`{zone_words} or add an offset"),
                Some(guess) => format!("write `{guess}`, or with a time `{guess}T18:00`{zone_words}"),
                None => format!("for example `2026-11-22T18:00`{zone_words} or `2026-11-22T18:00+01:00`"),
            };
            Err(Box::new(
                error(Code::BadInstant, format!("{} is not a date and time", subject(name)))
                    .label(impossible(written).unwrap_or_else(|| "expected year-month-day and a time".to_owned()))
                    .help(cure),
            ))
        }
        Err(TimeFault::Gap(early, late)) => Err(Box::new(
            error(Code::AmbiguousInstant, format!("{} does not exist: the clocks skip it", subject(name)))
                .label(format!("no such time in {}", zone.name()))
                .help(format!("write `{early}` or `{late}`")),
        )),
        Err(TimeFault::Fold(early, late)) => Err(Box::new(
            error(Code::AmbiguousInstant, format!("{} is two instants: the clocks show it twice", subject(name)))
                .label(format!("twice in {}", zone.name()))
                .help(format!("write `{early}` for the first, or `{late}` for the second")),
        )),
    }
}

fn subject(name: &str) -> String {
    if matches!(name, "date" | "embargo" | "entry") { format!("this {name}") } else { format!("`{name}`") }
}

/// Whether it is the end of the year 9999, which databases write for never. Some hours of it are in the year 10000 elsewhere, so it is no instant here.
fn is_last_day(written: &str) -> bool {
    let written = written.trim();
    written.starts_with("9999-12-31") || written.starts_with("9999-12-30")
}

/// Whether a readable time ends in an offset. A date's own hyphens lie in its first ten bytes.
fn has_offset(written: &str) -> bool {
    written.trim().get(10..).is_some_and(|rest| rest.contains(['Z', 'z', '+', '-', '−']))
}

fn example(written: &str, offset: &str) -> String {
    let written = written.trim();
    if written.len() == 10 { format!("{written}T00:00{offset}") } else { format!("{written}{offset}") }
}

/// What of a date in the right form cannot be.
fn impossible(written: &str) -> Option<String> {
    let written = written.trim();
    let mut numbers = written.get(..10)?.split('-').map(|number| number.parse::<i16>().ok());
    let (year, month, day) = (numbers.next()??, i8::try_from(numbers.next()??).ok()?, numbers.next()??);
    let Some(last) = (28..=31).rev().find(|day| weekday(year, month, *day).is_some()) else {
        return Some(format!("there is no month {month}"));
    };
    if !(1..=i16::from(last)).contains(&day) {
        return Some(format!("this month has {last} days"));
    }
    let hour: u8 = written.get(11..13)?.parse().ok()?;
    (hour > 23).then(|| "hours go from 00 to 23".to_owned())
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// What a date in another form may have meant, as `2026-11-22` or `2026-11-22T18:00`: for a cure, never for a reading.
///
/// `22/11/2026` is guessed only if one of the two must be the day.
pub(in crate::parse) fn guess(written: &str) -> Option<String> {
    let lower = spaced(&written.to_lowercase());
    let mut numbers: Vec<u32> = Vec::new();
    let mut month = None;
    let mut clock: Option<(u32, u32)> = None;
    let mut half = None;
    for word in lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '/' | '-' | '.')) {
        let (digits, letters) =
            word.split_at(word.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(word.len()));
        match letters {
            "am" | "a" => half = Some(0),
            "pm" | "p" => half = Some(12),
            _ => month = month.or(MONTHS.iter().position(|name| letters.starts_with(name)).map(|at| at + 1)),
        }
        if let Some((hour, minute)) = digits.split_once(':') {
            clock = Some((hour.parse().ok()?, minute.split(':').next()?.parse().ok()?));
        } else if half.is_some() && clock.is_none() && !digits.is_empty() {
            clock = Some((digits.parse().ok()?, 0));
        } else if !digits.is_empty() {
            numbers.push(digits.parse().ok()?);
        }
    }
    if half.is_some() && clock.is_none() {
        clock = Some((numbers.pop()?, 0));
    }
    let (year, month, day) = match (numbers.as_slice(), month) {
        ([year, day] | [day, year], Some(month)) if *year > 999 => (*year, u32::try_from(month).ok()?, *day),
        ([year, month, day], None) if *year > 999 => (*year, *month, *day),
        ([first, second, year], None) if *year > 999 && *second > 12 => (*year, *first, *second),
        ([first, second, year], None) if *year > 999 && *first > 12 => (*year, *second, *first),
        _ => return None,
    };
    let mut guess = format!("{year:04}-{month:02}-{day:02}");
    if let Some((hour, minute)) = clock {
        let hour = half.map_or(hour, |half| hour % 12 + half);
        write!(guess, "T{hour:02}:{minute:02}").ok()?;
    }
    Some(guess)
}

/// The text with a space for each `t` between digits, which separates a date from a time; `october` keeps its own.
fn spaced(text: &str) -> String {
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    let mut spaced = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let is_between = previous.is_ascii_digit() && characters.peek().is_some_and(char::is_ascii_digit);
        spaced.push(if character == 't' && is_between { ' ' } else { character });
        previous = character;
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_other_forms_are_guessed_for_the_cure() {
        let check =
            |written: &str, meant: &str| assert_eq!(guess(written).as_deref().unwrap_or(""), meant, "{written}");
        check("22 Nov 2026, 6pm", "2026-11-22T18:00");
        check("22 November 2026 18:30", "2026-11-22T18:30");
        check("Nov 22, 2026 12:05 am", "2026-11-22T00:05");
        check("1 October 2026", "2026-10-01");
        check("22/11/2026", "2026-11-22");
        check("11/22/2026", "2026-11-22");
        check("1/2/2026", "");
        check("2026/11/22 9:05", "2026-11-22T09:05");
        check("2026-1-2", "2026-01-02");
        check("tomorrow", "");
        check("", "");
    }

    proptest::proptest! {
        #[test]
        fn guessing_never_panics(text in "\\PC{0,40}|[0-9a-z ,:/-]{0,30}") {
            let _ = guess(&text);
        }
    }
}
