//! When a build with no edit would do or tell anything else: the dates by which the gate decides, looked at the other way round.

use super::stale_at;
use crate::{
    config::Config,
    model::{Label, Timestamp},
    parse::{
        Document,
        front_matter::Subject,
        live::LiveOutline,
        matter::{ArticleMatter, SectionMatter, Timing},
    },
};

/// The next instant after `as_of` at which the output would change with no edit, and why, in the words of a cron line's comment.
///
/// Names no story: what it prints may be read by anyone who sees the build's log.
pub fn next_event(documents: &[Document], config: &Config, as_of: Timestamp) -> Option<(Timestamp, &'static str)> {
    events(documents, config, as_of).into_iter().filter(|(at, _)| *at > as_of).min()
}

/// The last instant up to `as_of`, and the first after it, at which a build with no edit would do or tell anything else; none where there is none.
pub fn steady(documents: &[Document], config: &Config, as_of: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
    let runs_out = config.publisher.security.as_ref().map(|security| security.expires.at);
    let events = events(documents, config, as_of).into_iter().map(|(at, _)| at).chain(runs_out);
    let (past, ahead): (Vec<Timestamp>, Vec<Timestamp>) = events.partition(|at| *at <= as_of);
    (past.into_iter().max(), ahead.into_iter().min())
}

/// All that is dated, in the past and ahead, as far as it matters at `as_of`.
fn events(documents: &[Document], config: &Config, as_of: Timestamp) -> Vec<(Timestamp, &'static str)> {
    let mut events: Vec<(Timestamp, &'static str)> = Vec::new();
    for document in documents {
        if let Some(timing) = document.timing.as_ref().filter(|timing| !timing.draft) {
            timing_events(timing, as_of, &mut events);
            match &document.subject {
                Some(Subject::Article(matter)) => {
                    article_events(matter, timing, &mut events);
                    live_events(document.live.as_ref(), matter, timing, &mut events);
                }
                Some(Subject::Section(matter)) => section_events(matter, &mut events),
                _ => {}
            }
        }
    }
    if let Some(breaking) = &config.breaking {
        events.push((breaking.until.at, "the breaking banner ends"));
    }
    events
}

fn timing_events(timing: &Timing, as_of: Timestamp, events: &mut Vec<(Timestamp, &'static str)>) {
    if timing.is_never_out() {
        return;
    }
    let opens = timing.opens();
    events.extend(opens.map(|at| (at, "a story goes live")));
    if opens.is_none_or(|opens| opens <= as_of) {
        events.extend(timing.expires.map(|at| (at, "a story expires")));
    }
}

fn article_events(matter: &ArticleMatter, timing: &Timing, events: &mut Vec<(Timestamp, &'static str)>) {
    let rights = matter.shared.image.as_ref().and_then(|picture| picture.rights_expire);
    let changes = (matter.corrections.iter().map(|correction| (correction.at.at, "a correction is shown")))
        .chain(matter.updates.iter().map(|update| (update.at.at, "an update is shown")))
        .chain(matter.updated.iter().map(|updated| (updated.at, "an update is shown")))
        .chain(matter.withdrawn.iter().map(|withdrawal| (withdrawal.at.at, "a story is withdrawn")))
        .chain(rights.map(|ends| (ends.at, "the right to a picture ends")))
        .chain(leaves_the_news_sitemap(matter, timing).map(|at| (at, "a story leaves the news sitemap")));
    // What happens to a story after its expiry changes nothing.
    events.extend(changes.filter(|(at, _)| timing.expires.is_none_or(|expires| *at < expires)));
}

/// When a story leaves the news sitemap, if it ever stands there.
///
/// Does not ask what its section sets: an event too many costs a build, one too few leaves a stale sitemap.
fn leaves_the_news_sitemap(matter: &ArticleMatter, timing: &Timing) -> Option<Timestamp> {
    let stale = stale_at(timing.date?)?;
    let opens_in_time = timing.embargo.is_none_or(|embargo| embargo < stale);
    let stands_until_then = matter.withdrawn.as_ref().is_none_or(|withdrawal| stale < withdrawal.at.at);
    let is_listed = matter.shared.label != Some(Label::Sponsored) && matter.is_indexed();
    (opens_in_time && stands_until_then && is_listed).then_some(stale)
}

fn live_events(
    live: Option<&LiveOutline>,
    matter: &ArticleMatter,
    timing: &Timing,
    events: &mut Vec<(Timestamp, &'static str)>,
) {
    let entries =
        live.into_iter().flat_map(|live| &live.entries).map(|entry| (entry.at, "an entry of live coverage is shown"));
    let ends = matter.live.as_ref().and_then(|live| live.ends).map(|ends| (ends.at, "live coverage ends"));
    events.extend(entries.chain(ends).filter(|(at, _)| timing.expires.is_none_or(|expires| *at < expires)));
}

fn section_events(matter: &SectionMatter, events: &mut Vec<(Timestamp, &'static str)>) {
    for slot in &matter.slots {
        let ends = slot.until.iter().chain(slot.pins.iter().filter_map(|pin| pin.until.as_ref()));
        events.extend(ends.map(|until| (until.at, "a slot on a front ends")));
    }
    let image = matter.defaults.as_ref().and_then(|defaults| defaults.image.as_ref());
    let rights = image.and_then(|picture| picture.rights_expire);
    events.extend(rights.map(|ends| (ends.at, "the right to a picture ends")));
}
