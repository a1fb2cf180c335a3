//! The words over a page that readers do not get. They are for the desk, in English, and in no edition.

use crate::{
    model::{Timestamp, Zone},
    release::Standing,
};

/// What is said of a story that stands so; nothing of one that is out.
pub fn ribbon(standing: Standing, zone: &Zone) -> Option<String> {
    Some(match standing {
        Standing::Out => return None,
        Standing::Draft => "Draft".to_owned(),
        Standing::Embargoed(until) => format!("Embargoed until {}", clock(until, zone)),
        Standing::Scheduled(at) => format!("Scheduled for {}", clock(at, zone)),
        Standing::Expired(at) => format!("Expired {}", clock(at, zone)),
    })
}

fn clock(at: Timestamp, zone: &Zone) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let civil = at.civil(zone);
    let month = usize::try_from(civil.month - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default();
    format!("{} {month} {}, {:02}:{:02} ({})", civil.day, civil.year, civil.hour, civil.minute, zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ribbon_says_how_a_story_stands_by_the_sites_clock() {
        let zone = Zone::named("Europe/London").unwrap();
        let at = Timestamp::parse("2026-07-01T05:00:00Z").unwrap();
        let check = |standing, words: &str| assert_eq!(ribbon(standing, &zone).unwrap_or_default(), words);
        check(Standing::Out, "");
        check(Standing::Draft, "Draft");
        check(Standing::Embargoed(at), "Embargoed until 1 Jul 2026, 06:00 (Europe/London)");
        check(Standing::Scheduled(at), "Scheduled for 1 Jul 2026, 06:00 (Europe/London)");
        check(Standing::Expired(at), "Expired 1 Jul 2026, 06:00 (Europe/London)");
    }
}
