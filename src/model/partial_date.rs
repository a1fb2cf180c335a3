//! Dates of which only a year or a month may be known, as in a timeline or along a chart.

use serde::{Deserialize, Serialize};

/// A year, a month or a day of the Gregorian calendar, of four-digit years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartialDate {
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
}

impl PartialDate {
    /// Reads `2026`, `2026-11` or `2026-11-22`; none for anything else and for days that no calendar has.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let number = |part: &str, len: usize| -> Option<i16> {
            (part.len() == len && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let year = number(parts.next()?, 4)?;
        let two = |part: Option<&str>| -> Option<Option<i8>> {
            part.map_or(Some(None), |part| i8::try_from(number(part, 2)?).ok().map(Some))
        };
        let (month, day) = (two(parts.next())?, two(parts.next())?);
        let is_month = month.is_none_or(|month| (1..=12).contains(&month));
        let is_day = day.is_none_or(|day| (1..=month.map_or(0, |month| days_in(year, month))).contains(&day));
        (parts.next().is_none() && is_month && is_day).then_some(Self { year, month, day })
    }

    /// A day, by its number from 1 January 1970; none outside the years 0 to 9999.
    pub fn from_days(days: i32) -> Option<Self> {
        let days = days.checked_add(719_468)?;
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * years + years / 4 - years / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = i16::try_from(era * 400 + years + i32::from(month <= 2)).ok()?;
        let small = |number: i32| i8::try_from(number).ok();
        (0..=9999).contains(&year).then_some(Self { year, month: Some(small(month)?), day: Some(small(day)?) })
    }

    /// A month, counted from January of the year 0; none outside the years 0 to 9999.
    pub fn from_months(months: i32) -> Option<Self> {
        let year = i16::try_from(months.div_euclid(12)).ok()?;
        let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
        (0..=9999).contains(&year).then_some(Self { year, month: Some(month), day: None })
    }

    /// Its month, counted from January of the year 0; of a year its first.
    pub fn months(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month.unwrap_or(1)) - 1
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12, if it is known.
    pub fn month(self) -> Option<i8> {
        self.month
    }

    /// The day of the month, if it is known.
    pub fn day(self) -> Option<i8> {
        self.day
    }

    /// As it is read, and as HTML's `datetime` wants it.
    pub fn iso(self) -> String {
        match (self.month, self.day) {
            (Some(month), Some(day)) => format!("{:04}-{month:02}-{day:02}", self.year),
            (Some(month), None) => format!("{:04}-{month:02}", self.year),
            _ => format!("{:04}", self.year),
        }
    }

    /// Days from 1 January 1970 to the first day of it.
    pub fn days(self) -> i32 {
        let month = i32::from(self.month.unwrap_or(1));
        // Years begin in March here, so that the leap day is the last of them.
        let year = i32::from(self.year) - i32::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i32::from(self.day.unwrap_or(1)) - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }
}

fn days_in(year: i16, month: i8) -> i8 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_exactly_as_they_are_written() {
        let check = |text: &str, days: i32| {
            let date = PartialDate::parse(text);
            assert_eq!(date.map(PartialDate::days), Some(days), "{text}");
            assert_eq!(date.map(PartialDate::iso).as_deref(), Some(text));
            let day = PartialDate::from_days(days).unwrap();
            assert_eq!(day.days(), days);
            assert!(day.iso().starts_with(text), "{text}");
            let month = date.and_then(|date| PartialDate::from_months(date.months())).unwrap();
            assert!(day.iso().starts_with(&month.iso()), "{text}");
        };
        check("1970", 0);
        check("1970-02", 31);
        check("1969-12-31", -1);
        check("2024-02-29", 19_782);
        check("2026-11-22", 20_779);
        check("0001-01-01", -719_162);
        check("9999-12-31", 2_932_896);
        for text in
            ["", "26", "2026-", "2026-13", "2026-00", "2026-02-29", "2026-1-1", "2026-11-22-1", "+026", "２０２６"]
        {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }
}
