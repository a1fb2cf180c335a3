//! Instants, civil dates and zones. The one place that knows the time crate, which is not yet at 1.0.

use std::fmt;

use jiff::{civil, tz};
use serde::{Deserialize, Serialize};

/// An instant, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Timestamp(jiff::Timestamp);

/// A site's IANA time zone. Its rules are compiled in, so that every machine agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(tz::TimeZone);

/// The fields of an instant as a clock on the wall of a zone shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// Year, of four digits.
    pub year: i16,
    /// Month, 1 to 12.
    pub month: i8,
    /// Day of the month, from 1.
    pub day: i8,
    /// Hour, 0 to 23.
    pub hour: i8,
    /// Minute, 0 to 59.
    pub minute: i8,
    /// Day of the week, 1 for Monday to 7 for Sunday.
    pub weekday: i8,
}

/// How exactly an editor gave a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Precision {
    /// A bare date.
    Day,
    /// A date and a time.
    Time,
}

/// An instant as an editor gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// The instant; for a bare date the first of that day in the site's zone.
    pub at: Timestamp,
    /// Whether a time was given.
    pub precision: Precision,
}

/// Why a written time is no instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFault {
    /// Not of the form that is read.
    Form,
    /// The clocks skip this time in the zone; the two instants that may be meant.
    Gap(String, String),
    /// The clocks show this time twice in the zone; the two instants that may be meant.
    Fold(String, String),
}

impl Timestamp {
    /// Reads an instant with an offset, as in RFC 3339; none if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().and_then(|at| Self::from_second(at.as_second()))
    }

    /// From seconds since 1970 in UTC; none outside the years 0 to 9999.
    pub fn from_second(second: i64) -> Option<Self> {
        let at = jiff::Timestamp::from_second(second).ok()?;
        (0..=9999).contains(&tz::TimeZone::UTC.to_datetime(at).year()).then_some(Self(at))
    }

    /// Seconds since 1970 in UTC.
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// Days between two instants, whole and never negative.
    pub fn days_between(self, other: Self) -> u32 {
        u32::try_from((self.as_second() - other.as_second()).unsigned_abs() / 86_400).unwrap_or(u32::MAX)
    }

    /// What the clock on the wall shows.
    pub fn civil(self, zone: &Zone) -> Civil {
        let local = zone.0.to_datetime(self.0);
        Civil {
            year: local.year(),
            month: local.month(),
            day: local.day(),
            hour: local.hour(),
            minute: local.minute(),
            weekday: local.weekday().to_monday_one_offset(),
        }
    }

    /// As in RFC 3339, with the zone's offset: `2026-11-22T14:05:00+00:00`.
    pub fn iso(self, zone: &Zone) -> String {
        let (local, offset) = self.local(zone);
        let (sign, hours, minutes) = split_offset(offset);
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{hours:02}:{minutes:02}",
            local.year(),
            local.month(),
            local.day(),
            local.hour(),
            local.minute(),
            local.second()
        )
    }

    /// As in RFC 822 with a year of four digits, which RSS 2.0 asks for: `Sun, 22 Nov 2026 14:05:00 +0000`.
    pub fn rfc822(self, zone: &Zone) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (local, offset) = self.local(zone);
        let (sign, hours, minutes) = split_offset(offset);
        let index = |value: i8| usize::try_from(value).expect("days and months are positive");
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} {sign}{hours:02}{minutes:02}",
            DAYS[index(local.weekday().to_monday_zero_offset())],
            local.day(),
            MONTHS[index(local.month() - 1)],
            local.year(),
            local.hour(),
            local.minute(),
            local.second()
        )
    }

    fn local(self, zone: &Zone) -> (civil::DateTime, tz::Offset) {
        let info = zone.0.to_offset_info(self.0);
        (info.offset().to_datetime(self.0), info.offset())
    }
}

impl TryFrom<i64> for Timestamp {
    type Error = &'static str;

    fn try_from(second: i64) -> Result<Self, Self::Error> {
        Self::from_second(second).ok_or("no instant of the years 0 to 9999")
    }
}

impl From<Timestamp> for i64 {
    fn from(at: Timestamp) -> Self {
        at.as_second()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

fn split_offset(offset: tz::Offset) -> (char, i32, i32) {
    let seconds = offset.seconds();
    (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 3600, seconds.abs() / 60 % 60)
}

impl Zone {
    /// The zone of an IANA name such as `Europe/London`, from the compiled-in database; none if there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("utc") {
            return Some(Self::utc());
        }
        tz::TimeZoneDatabase::bundled().get(name).ok().map(Self)
    }

    /// The name of the zone that a mistyped or half-remembered name may mean: for "did you mean".
    pub fn nearest(name: &str) -> Option<String> {
        let names: Vec<String> = tz::TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
        let wanted = name.trim().replace(' ', "_");
        let city = |full: &str| full.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&wanted));
        let by_city = names.iter().filter(|full| full.contains('/')).find(|full| city(full)).map(String::as_str);
        by_city.or_else(|| super::nearest(&wanted, names.iter().map(String::as_str))).map(str::to_owned)
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(tz::TimeZone::UTC)
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Reads a date, a date and time, or a date and time with offset, as front matter has it.
    ///
    /// `2026-11-22`, `2026-11-22T18:00`, `2026-11-22 18:00:30`, `2026-11-22T18:00Z`, `2026-11-22T18:00+01:00`.
    /// Without an offset a time is in this zone; a bare date is the first instant of the day.
    ///
    /// # Errors
    /// [`TimeFault::Form`] for anything else; [`TimeFault::Gap`] and [`TimeFault::Fold`] where the clocks change.
    pub fn read(&self, written: &str) -> Result<Moment, TimeFault> {
        let written = written.trim();
        let (date, rest) = written.split_at_checked(10).ok_or(TimeFault::Form)?;
        let date = parse_date(date).ok_or(TimeFault::Form)?;
        if rest.is_empty() {
            // The first instant of the day: where midnight is skipped, the day begins later.
            let start = date.to_zoned(self.0.clone()).map_err(|_| TimeFault::Form)?;
            let at = Timestamp::from_second(start.timestamp().as_second()).ok_or(TimeFault::Form)?;
            return Ok(Moment { at, precision: Precision::Day });
        }
        let rest = rest.strip_prefix(['T', 't', ' ']).ok_or(TimeFault::Form)?.trim_start();
        let (clock, offset) = match rest.find(['Z', 'z', '+', '-', '−']) {
            Some(at) => (rest[..at].trim_end(), Some(&rest[at..])),
            None => (rest, None),
        };
        let local = date.to_datetime(parse_clock(clock).ok_or(TimeFault::Form)?);
        let at = match offset {
            Some(offset) => {
                let offset = parse_offset(offset).ok_or(TimeFault::Form)?;
                offset.to_timestamp(local).map_err(|_| TimeFault::Form)?
            }
            None => self.resolve(local)?,
        };
        let at = Timestamp::from_second(at.as_second()).ok_or(TimeFault::Form)?;
        Ok(Moment { at, precision: Precision::Time })
    }

    fn resolve(&self, local: civil::DateTime) -> Result<jiff::Timestamp, TimeFault> {
        let ambiguous = self.0.to_ambiguous_timestamp(local);
        let choice = |at: Result<jiff::Timestamp, jiff::Error>| {
            at.ok().and_then(|at| Timestamp::from_second(at.as_second())).map_or_else(String::new, |at| at.iso(self))
        };
        match ambiguous.offset() {
            tz::AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().map_err(|_| TimeFault::Form),
            tz::AmbiguousOffset::Gap { .. } => {
                Err(TimeFault::Gap(choice(ambiguous.earlier()), choice(ambiguous.later())))
            }
            tz::AmbiguousOffset::Fold { .. } => {
                Err(TimeFault::Fold(choice(ambiguous.earlier()), choice(ambiguous.later())))
            }
        }
    }

    /// The first instant of a civil day in this zone.
    pub fn first_instant(&self, year: i16, month: i8, day: i8) -> Option<Timestamp> {
        let date = civil::Date::new(year, month, day).ok()?;
        Timestamp::from_second(date.to_zoned(self.0.clone()).ok()?.timestamp().as_second())
    }
}

/// The weekday of a civil day, 1 for Monday to 7 for Sunday; none if there is no such day.
pub fn weekday(year: i16, month: i8, day: i8) -> Option<i8> {
    civil::Date::new(year, month, day).ok().map(|date| date.weekday().to_monday_one_offset())
}

fn parse_date(text: &str) -> Option<civil::Date> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    civil::Date::new(
        digits(&text[..4])?.try_into().ok()?,
        digits(&text[5..7])?.try_into().ok()?,
        digits(&text[8..])?.try_into().ok()?,
    )
    .ok()
}

fn parse_clock(text: &str) -> Option<civil::Time> {
    let mut parts = text.split(':');
    let hour = two(parts.next()?)?;
    let minute = two(parts.next()?)?;
    // Fractions of a second are accepted, as other tools write them, and dropped.
    let second = parts.next().map_or(Some(0), |second| two(second.split('.').next()?))?;
    if parts.next().is_some() {
        return None;
    }
    civil::Time::new(hour, minute, second, 0).ok()
}

fn parse_offset(text: &str) -> Option<tz::Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(tz::Offset::UTC);
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix(['-', '−'])?),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (two(hours)?, two(minutes)?),
        None if rest.len() == 4 => (two(rest.get(..2)?)?, two(rest.get(2..)?)?),
        None => (two(rest)?, 0),
    };
    if minutes > 59 {
        return None;
    }
    tz::Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

fn two(text: &str) -> Option<i8> {
    (text.len() == 2).then(|| digits(text)).flatten().and_then(|value| i8::try_from(value).ok())
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_sites_zone() {
        let london = Zone::named("Europe/London").unwrap();
        let check =
            |written: &str, iso: &str| assert_eq!(london.read(written).unwrap().at.iso(&london), iso, "{written}");
        check("2026-11-22", "2026-11-22T00:00:00+00:00");
        check("2026-07-01", "2026-07-01T00:00:00+01:00");
        check("2026-07-01T18:00", "2026-07-01T18:00:00+01:00");
        check("2026-07-01 18:00:30", "2026-07-01T18:00:30+01:00");
        check("2026-07-01T18:00Z", "2026-07-01T19:00:00+01:00");
        check("2026-07-01T18:00:00.250+0530", "2026-07-01T13:30:00+01:00");
        for bad in [
            "22 Nov 2026",
            "2026-13-01",
            "2026-11-22T6pm",
            "2026-11-22T25:00",
            "",
            "2026-11-2",
            "２０２６-11-22",
            "2026-11-22T10:00+1",
        ] {
            assert_eq!(london.read(bad), Err(TimeFault::Form), "{bad}");
        }
    }

    #[test]
    fn changing_clocks_need_an_offset() {
        let london = Zone::named("Europe/London").unwrap();
        assert_eq!(
            london.read("2026-03-29T01:30"),
            Err(TimeFault::Gap("2026-03-29T00:30:00+00:00".into(), "2026-03-29T02:30:00+01:00".into()))
        );
        assert_eq!(
            london.read("2026-10-25T01:30"),
            Err(TimeFault::Fold("2026-10-25T01:30:00+01:00".into(), "2026-10-25T01:30:00+00:00".into()))
        );
    }

    #[test]
    fn a_half_remembered_zone_is_offered() {
        let check =
            |written: &str, name: &str| assert_eq!(Zone::nearest(written).as_deref().unwrap_or(""), name, "{written}");
        check("Europe/Londn", "Europe/London");
        check("london", "Europe/London");
        check("New York", "America/New_York");
        check("Atlantis", "");
    }

    #[test]
    fn a_day_without_midnight_begins_at_its_first_instant() {
        let cairo = Zone::named("Africa/Cairo").unwrap();
        assert_eq!(cairo.read("2024-04-26").unwrap().at.iso(&cairo), "2024-04-26T01:00:00+03:00");
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = Zone::named("America/St_Johns").unwrap().read(&text);
        }
    }
}
