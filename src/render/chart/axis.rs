//! What stands along the axes: dates at round places, numbers, names.

use super::scale::Ticks;
use crate::{model::PartialDate, render::Words};

/// A mark along an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// Its place in the domain.
    pub(super) at: f64,
    pub(super) text: String,
    /// A second line, where the year begins.
    pub(super) below: Option<String>,
}

/// From one tick of time to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Days(i32),
    Months(i32),
    Years(i32),
}

const STEPS: [Step; 19] = [
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(20),
    Step::Years(50),
    Step::Years(100),
    Step::Years(200),
    Step::Years(500),
    Step::Years(1_000),
    Step::Years(5_000),
];

/// So many that no axis could hold them: the next step is tried instead.
const MOST: usize = 64;

impl Step {
    /// How much room a label of it takes, in ems.
    fn ems(self) -> f64 {
        match self {
            Self::Days(_) => 4.4,
            Self::Months(_) => 3.2,
            Self::Years(_) => 3.4,
        }
    }

    /// The days at which it falls between two dates.
    fn dates(self, first: PartialDate, last: PartialDate) -> Vec<PartialDate> {
        let from = first.days();
        let months = |step: i32| {
            let start = first.months().div_euclid(step) * step;
            let months = (0..)
                .map_while(move |count: i32| PartialDate::from_months(start.checked_add(count.checked_mul(step)?)?));
            months
                .skip_while(move |date| date.days() < from)
                .take_while(|date| date.days() <= last.days())
                .take(MOST)
                .collect()
        };
        match self {
            Self::Days(step) => {
                let days =
                    (0..).map_while(|count: i32| PartialDate::from_days(from.checked_add(count.checked_mul(step)?)?));
                days.take_while(|date| date.days() <= last.days()).take(MOST).collect()
            }
            Self::Months(step) => months(step),
            Self::Years(step) => months(step * 12),
        }
    }
}

/// Round dates from the first to the last of an axis `ems` wide. `dates` are in order.
pub(super) fn dates(dates: &[PartialDate], ems: f64, words: &Words) -> Vec<Tick> {
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return Vec::new() };
    let has_days = dates.iter().any(|date| date.day().is_some());
    let has_months = dates.iter().any(|date| date.month().is_some());
    let fits = |step: &Step| {
        let is_known = match step {
            Step::Days(_) => has_days,
            Step::Months(_) => has_months,
            Step::Years(_) => true,
        };
        is_known && super::scale::float(step.dates(*first, *last).len()) * step.ems() <= ems
    };
    let step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
    let mut year = None;
    let tick = |date: PartialDate| {
        let is_new = year.replace(date.year()) != Some(date.year());
        let below = (is_new && !matches!(step, Step::Years(_))).then(|| date.year().to_string());
        Tick { at: f64::from(date.days()), text: short(date, step, words), below }
    };
    let found = step.dates(*first, *last);
    // A span without a round date in it has its own ends.
    if found.len() > 1 { found.into_iter().map(tick).collect() } else { ends(*first, *last, words) }
}

fn ends(first: PartialDate, last: PartialDate, words: &Words) -> Vec<Tick> {
    let tick = |date: PartialDate| Tick { at: f64::from(date.days()), text: label(date, words), below: below(date) };
    if first == last { vec![tick(first)] } else { vec![tick(first), tick(last)] }
}

fn short(date: PartialDate, step: Step, words: &Words) -> String {
    match step {
        Step::Days(_) => label(date, words),
        Step::Months(_) => month(date, words),
        Step::Years(_) => date.year().to_string(),
    }
}

fn month(date: PartialDate, words: &Words) -> String {
    words.word(&format!("month-short-{}", date.month().unwrap_or(1))).to_owned()
}

/// A date as it stands below a bar, without what `below` adds.
pub(super) fn label(date: PartialDate, words: &Words) -> String {
    match (date.month(), date.day()) {
        (Some(_), Some(day)) => {
            let (day, month) = (day.to_string(), month(date, words));
            Words::fill(words.word("date-short"), &[("day", &day), ("month", &month)])
        }
        (Some(_), None) => month(date, words),
        _ => date.year().to_string(),
    }
}

/// The year of a date that is more than a year.
pub(super) fn below(date: PartialDate) -> Option<String> {
    date.month().map(|_| date.year().to_string())
}

/// Numbers with as many decimals as tell them apart.
pub(super) fn numbers(ticks: &Ticks, words: &Words, unit: &str) -> Vec<Tick> {
    let tick = |value: &f64| Tick { at: *value, text: with_unit(*value, ticks.decimals, words, unit), below: None };
    ticks.values.iter().map(tick).collect()
}

/// A number with its sign of per cent; other units stand above the chart.
pub(super) fn with_unit(value: f64, decimals: usize, words: &Words, unit: &str) -> String {
    let number = words.number(value, decimals);
    if unit == "%" { Words::fill(words.word("number-percent"), &[("number", &number)]) } else { number }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::words, *};

    #[test]
    fn dates_stand_at_round_places() {
        let check = |from: &str, to: &str, ems: f64, expected: &str| {
            let both = [PartialDate::parse(from).unwrap(), PartialDate::parse(to).unwrap()];
            let shown = dates(&both, ems, &words()).into_iter().map(|tick| match tick.below {
                Some(below) => format!("{}/{below}", tick.text),
                None => tick.text,
            });
            assert_eq!(shown.collect::<Vec<_>>().join(" "), expected, "{from} to {to}");
        };
        check("1953", "2026", 30.0, "1960 1970 1980 1990 2000 2010 2020");
        check("1953", "2026", 14.0, "1960 1980 2000 2020");
        check("2020", "2026", 30.0, "2020 2021 2022 2023 2024 2025 2026");
        check("2025-11", "2026-10", 40.0, "Nov/2025 Dec Jan/2026 Feb Mar Apr May Jun Jul Aug Sep Oct");
        check("2025-11", "2026-10", 16.0, "Jan/2026 Apr Jul Oct");
        check("2026-10-29", "2026-11-22", 30.0, "29 Oct/2026 5 Nov 12 Nov 19 Nov");
        check("2026-11-20", "2026-11-22", 30.0, "20 Nov/2026 21 Nov 22 Nov");
        check("2026-11-22", "2026-11-22", 30.0, "22 Nov/2026");
        check("2026-02", "2026-05", 3.0, "Feb/2026 May/2026");
        check("1000", "9999", 5.0, "1000 9999");
    }
}
