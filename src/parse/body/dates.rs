//! The date that an item of a timeline begins with.

use super::ItemDate;
use crate::model::PartialDate;

/// Reads `2026-11-20:`, `2026-11:`, `2026:`, `2026-11-20 14:05:` or `14:05:`. Returns how many bytes it took, with the spaces behind it.
pub(super) fn read(line: &str) -> Option<(ItemDate, usize)> {
    // A colon within a time has no space behind it.
    let end = line.match_indices(':').map(|(at, _)| at).find(|at| line[at + 1..].starts_with([' ', '\t']))?;
    let written = line[..end].trim_end();
    let (day, time) = match written.split_once([' ', 'T']) {
        Some((day, time)) => (Some(day), Some(time.trim_start())),
        None if written.contains(':') => (None, Some(written)),
        None => (Some(written), None),
    };
    let day = match day {
        Some(day) => Some(PartialDate::parse(day)?),
        None => None,
    };
    let time = match time {
        Some(time) => Some(clock(time).filter(|_| day.is_none_or(|day| day.day().is_some()))?),
        None => None,
    };
    let rest = &line[end + 1..];
    Some((ItemDate { day, time }, line.len() - rest.trim_start_matches([' ', '\t']).len()))
}

/// Hours and minutes, as `7:05` or `07:05`.
fn clock(written: &str) -> Option<(u8, u8)> {
    let (hour, minute) = written.split_once(':')?;
    let number = |text: &str, most: u8| {
        let is_good = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number: &u8| is_good && *number <= most)
    };
    (minute.len() == 2).then_some((number(hour, 23)?, number(minute, 59)?))
}

/// An item without the marker of its list.
pub(super) fn without_marker(item: &str) -> &str {
    let item = item.trim_start();
    let rest = item.trim_start_matches(|letter: char| letter.is_ascii_digit());
    rest.strip_prefix(['-', '*', '+', '.', ')']).unwrap_or(rest).trim_start_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_begin_items() {
        let check = |line: &str, day: &str, time: Option<(u8, u8)>, rest: &str| {
            let (date, len) = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(date.day.map(PartialDate::iso).unwrap_or_default(), day, "{line}");
            assert_eq!((date.time, &line[len..]), (time, rest), "{line}");
        };
        check("2026-11-20: a: b", "2026-11-20", None, "a: b");
        check("2026-11 :  a", "2026-11", None, "a");
        check("1953: a", "1953", None, "a");
        check("2026-11-20 14:05: a", "2026-11-20", Some((14, 5)), "a");
        check("7:05: a", "", Some((7, 5)), "a");
        for line in [
            "",
            "2026-11-20 a",
            "2026-11-20:a",
            "a: b",
            "2026-11-31: a",
            "24:00: a",
            "7:5: a",
            "2026 14:05: a",
            "12:00:00: a",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
        assert_eq!(["- a", "* a", "12. a", "3)  a"].map(without_marker), ["a"; 4]);
    }
}
