//! `letterpress next-event`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Common, print::Printer};
use crate::{
    model::{Timestamp, Zone},
    pipeline, release,
};

/// The arguments of `next-event`.
#[derive(Debug, Clone, Args)]
pub(super) struct Arguments {
    /// The clock, instead of now
    #[arg(long, value_name = "INSTANT", value_parser = super::instant)]
    as_of: Option<Timestamp>,
}

#[expect(clippy::unnecessary_wraps, reason = "every command answers alike")]
pub(super) fn run(common: &Common, arguments: &Arguments, printer: &Printer) -> anyhow::Result<ExitCode> {
    let as_of = super::as_of(arguments.as_of);
    let (config, documents) = match pipeline::documents(&common.root) {
        Ok(read) => read,
        Err(failure) => {
            printer.failure(&failure);
            return Ok(ExitCode::FAILURE);
        }
    };
    let unread = documents.iter().filter(|document| document.timing.is_none()).count();
    let (words, facts) = match release::next_event(&documents, &config, as_of) {
        None => ("nothing changes by itself".to_owned(), json!({ "at": null, "why": null, "cron": null })),
        Some((at, why)) => {
            let cron = cron_line(at);
            let iso = at.iso(&config.zone);
            (format!("{iso} {why}\n{cron}"), json!({ "at": iso, "why": why, "cron": cron }))
        }
    };
    printer.report(&words, facts, &[]);
    if unread > 0 {
        printer
            .warn(&format!("{unread} of the sources cannot be read and were left out; `letterpress build` tells why"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A line for a crontab whose clock is UTC. It runs a minute late rather than early: cron knows no seconds.
fn cron_line(at: Timestamp) -> String {
    let late = Timestamp::from_second(at.as_second() + 59).unwrap_or(at);
    let civil = late.civil(&Zone::utc());
    format!("{} {} {} {} * letterpress build   # UTC", civil.minute, civil.hour, civil.day, civil.month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cron_line_is_never_early() {
        let check = |at: &str, line: &str| {
            assert_eq!(cron_line(Timestamp::parse(at).unwrap()), format!("{line} * letterpress build   # UTC"), "{at}");
        };
        check("2026-11-24T06:00:00Z", "0 6 24 11");
        check("2026-11-24T06:00:01Z", "1 6 24 11");
        check("2026-12-31T23:59:30Z", "0 0 1 1");
    }
}
