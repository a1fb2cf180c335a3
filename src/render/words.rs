//! The words of the interface in the site's language, and dates written with them.

use std::collections::BTreeMap;

use tera::Value;

use super::card::record;
use crate::{
    diag::{Code, Diagnostic},
    model::{Civil, Digest, Label, Moment, PartialDate, Precision, SourcePath, Span, Timestamp, Zone},
    parse::{
        body::ItemDate,
        yaml::{self, NodeValue},
    },
};

/// The interface's words by key.
#[derive(Debug, Clone, Default)]
pub struct Words {
    texts: BTreeMap<String, String>,
}

/// The keys of a strings file, each with its text and place.
fn texts(path: &SourcePath, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, String, Span)> {
    let (root, mistakes) = yaml::read(path, text, 0..text.len(), yaml::Size::File);
    diagnostics.extend(mistakes);
    let entries = match root.map(|root| root.value) {
        Some(NodeValue::Map(entries)) => entries,
        Some(NodeValue::Null) | None => return Vec::new(),
        Some(_) => {
            let message = "expected keys and texts, one to a line";
            diagnostics.push(Diagnostic::error_in(Code::WrongType, path, message));
            return Vec::new();
        }
    };
    let mut texts = Vec::with_capacity(entries.len());
    for entry in entries {
        match entry.value.value {
            NodeValue::Scalar(scalar) => texts.push((entry.key, scalar.text, entry.key_span)),
            NodeValue::Null => texts.push((entry.key, String::new(), entry.key_span)),
            NodeValue::List(_) | NodeValue::Map(_) => diagnostics.push(
                Diagnostic::error(Code::WrongType, path, entry.value.span, "a word of the interface is a text")
                    .help(format!("write `{}: …` on one line", entry.key)),
            ),
        }
    }
    texts
}

impl Words {
    /// Reads strings files, later ones over earlier ones, and tells their mistakes.
    ///
    /// The first file knows every word; a key of another that it does not know is a warning.
    pub fn read<'a>(files: impl IntoIterator<Item = (SourcePath, &'a str)>) -> (Self, Vec<Diagnostic>) {
        let mut words = Self::default();
        let mut diagnostics = Vec::new();
        for (path, text) in files {
            let is_first = words.texts.is_empty();
            for (key, value, span) in texts(&path, text, &mut diagnostics) {
                if !is_first && !words.texts.contains_key(&key) {
                    diagnostics.push(
                        Diagnostic::warning(Code::UnknownField, &path, span, format!("the theme has no word `{key}`"))
                            .note("a template of the site may still ask for it")
                            .did_you_mean(crate::model::nearest(&key, words.keys())),
                    );
                }
                if value.trim().is_empty()
                    && Label::WORDS.iter().any(|label| *label != "news" && key == format!("label-{label}"))
                {
                    diagnostics.push(
                        Diagnostic::error(Code::LostLabel, &path, span, "this label has no word")
                            .note("readers must be able to tell such stories from news wherever they stand")
                            .help("write what readers shall see, or remove the line to keep the theme's word"),
                    );
                }
                words.texts.insert(key, value);
            }
        }
        (words, diagnostics)
    }

    /// The word of a key; none if there is no such word.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The word of a key that the theme's own file holds; the key itself if a site took it away.
    pub fn word<'a>(&'a self, key: &'a str) -> &'a str {
        self.get(key).unwrap_or(key)
    }

    /// The names of months and days, in lower case.
    pub(super) fn dates(&self) -> Vec<String> {
        let months = (1..=12).map(|month| format!("month-{month}"));
        let days = (1..=7).map(|day| format!("weekday-{day}"));
        months.chain(days).map(|key| self.word(&key).to_lowercase()).collect()
    }

    /// What tells the words from others, the same on every machine.
    pub(super) fn digest(&self) -> Digest {
        Digest::of_bytes(&postcard::to_allocvec(&self.texts).expect("words can be written into memory"))
    }

    /// Every key, for "did you mean".
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }

    /// A pattern with `{name}` replaced by its values.
    pub fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
        let mut text = String::with_capacity(pattern.len() + 16);
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            text.push_str(&rest[..open]);
            let value = rest[open..].find('}').and_then(|close| {
                let name = &rest[open + 1..open + close];
                values.iter().find(|(key, _)| *key == name).map(|(_, value)| (close, *value))
            });
            if let Some((close, value)) = value {
                text.push_str(value);
                rest = &rest[open + close + 1..];
            } else {
                text.push('{');
                rest = &rest[open + 1..];
            }
        }
        text.push_str(rest);
        text
    }

    fn dated(&self, pattern: &str, civil: Civil) -> String {
        let month = self.word(&format!("month-{}", civil.month)).to_owned();
        let weekday = self.word(&format!("weekday-{}", civil.weekday)).to_owned();
        let values = [
            ("day", civil.day.to_string()),
            ("month", month),
            ("year", civil.year.to_string()),
            ("hour", format!("{:02}", civil.hour)),
            ("minute", format!("{:02}", civil.minute)),
            ("weekday", weekday),
        ];
        let values: Vec<(&str, &str)> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Self::fill(self.word(pattern), &values)
    }

    /// A civil day: `22 November 2026`.
    pub fn day(&self, year: i16, month: i8, day: i8) -> String {
        self.dated("date", Civil { year, month, day, hour: 0, minute: 0, weekday: 1 })
    }

    /// A month: `November 2026`.
    pub fn month(&self, year: i16, month: i8) -> String {
        self.dated("month-year", Civil { year, month, day: 1, hour: 0, minute: 0, weekday: 1 })
    }

    /// A year, a month or a day.
    pub fn partial_date(&self, date: PartialDate) -> String {
        match (date.month(), date.day()) {
            (Some(month), Some(day)) => self.day(date.year(), month, day),
            (Some(month), None) => self.month(date.year(), month),
            _ => date.year().to_string(),
        }
    }

    /// The date of a timeline's item, for `datetime` and as readers see it.
    pub fn item_date(&self, date: &ItemDate) -> (String, String) {
        let time = date.time.map(|(hour, minute)| format!("{hour:02}:{minute:02}"));
        match (date.day, time) {
            (Some(day), None) => (day.iso(), self.partial_date(day)),
            (None, time) => (time.clone().unwrap_or_default(), time.unwrap_or_default()),
            (Some(day), Some(time)) => {
                let (hour, minute) = time.split_once(':').unwrap_or_default();
                let number = |number: &str| number.parse().unwrap_or(0);
                let civil = Civil {
                    year: day.year(),
                    month: day.month().unwrap_or(1),
                    day: day.day().unwrap_or(1),
                    hour: number(hour),
                    minute: number(minute),
                    weekday: 1,
                };
                (format!("{}T{time}", day.iso()), self.dated("date-time", civil))
            }
        }
    }

    /// A number with its decimals, as the language writes it: `1,040.5`, `1 040,5`. Takes any finite number.
    pub fn number(&self, number: f64, decimals: usize) -> String {
        let plain = format!("{:.decimals$}", number.abs());
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let mut text = String::with_capacity(plain.len() + 8);
        // What is rounded to nothing has no sign.
        if number < 0.0 && plain.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
            text.push('\u{2212}');
        }
        for (index, digit) in whole.char_indices() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                text.push_str(self.word("number-group"));
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push_str(self.word("number-decimal"));
            text.push_str(fraction);
        }
        text
    }

    /// A moment as templates get it: `iso`, `text`, `day`, `time`.
    pub fn moment(&self, moment: Moment, zone: &Zone) -> Value {
        let civil = moment.at.civil(zone);
        let day = self.dated("date", civil);
        let (text, time) = match moment.precision {
            Precision::Day => (day.clone(), String::new()),
            Precision::Time => (self.dated("date-time", civil), format!("{:02}:{:02}", civil.hour, civil.minute)),
        };
        let on = format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
        let iso = match moment.precision {
            Precision::Day => on.clone(),
            Precision::Time => moment.at.iso(zone),
        };
        record! { "iso": iso, "on": on, "text": text, "day": day, "time": time }
    }

    /// An instant with its time, as templates get it.
    pub fn instant(&self, at: Timestamp, zone: &Zone) -> Value {
        self.moment(Moment { at, precision: Precision::Time }, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_filled_where_they_name_a_value() {
        let check = |pattern: &str, text: &str| assert_eq!(Words::fill(pattern, &[("a", "1"), ("b", "{a}")]), text);
        check("x {a} y {b}", "x 1 y {a}");
        check("{c} {", "{c} {");
        check("", "");
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let words = |text: &'static str| Words::read([(SourcePath::new("strings/x.yaml"), text)]).0;
        let (english, french) = (
            words("number-group: \",\"\nnumber-decimal: \".\""),
            words("number-group: \"\u{202f}\"\nnumber-decimal: \",\""),
        );
        let check = |number: f64, decimals: usize, expected: [&str; 2]| {
            assert_eq!([english.number(number, decimals), french.number(number, decimals)], expected);
        };
        check(0.0, 0, ["0", "0"]);
        check(999.5, 1, ["999.5", "999,5"]);
        check(-1_234_567.0, 2, ["\u{2212}1,234,567.00", "\u{2212}1\u{202f}234\u{202f}567,00"]);
        check(-0.04, 1, ["0.0", "0,0"]);
        check(1e15, 0, ["1,000,000,000,000,000", "1\u{202f}000\u{202f}000\u{202f}000\u{202f}000\u{202f}000"]);
    }

    #[test]
    fn the_theme_has_every_word_that_the_program_asks_for() {
        let theme = crate::load::theme_templates();
        let (_, text) = theme.iter().find(|(name, _)| name == "strings/en.yaml").unwrap();
        let (words, mistakes) = Words::read([(SourcePath::new("theme/strings/en.yaml"), *text)]);
        assert_eq!(mistakes, []);
        let prefixed =
            |prefix: &str, words: &[&str]| words.iter().map(|word| format!("{prefix}{word}")).collect::<Vec<_>>();
        let numbered =
            |prefix: &str, last: i32| (1..=last).map(|number| format!("{prefix}{number}")).collect::<Vec<_>>();
        let own =
            ["archive", "corrections", "front-page", "not-found-title", "tombstone-title", "gone-title", "moved-title"];
        let asked = [
            prefixed("", &own),
            prefixed("", &["date", "date-time", "date-short", "month-year", "number-decimal", "number-group"]),
            prefixed("number-", &["percent"]),
            prefixed("size-", &["kilobytes", "megabytes"]),
            prefixed(
                "chart-",
                &["line", "bar", "stacked", "area", "dot", "describe", "describe-one", "describe-series"],
            ),
            prefixed("", &["coordinates", "latitude-north", "latitude-south", "longitude-east", "longitude-west"]),
            numbered("month-short-", 12),
            prefixed("", crate::model::CorrectionKind::WORDS),
            prefixed("", crate::parse::body::WORDS),
            prefixed("label-", Label::WORDS),
            prefixed("taxonomy-", crate::model::Taxonomy::WORDS),
            prefixed("reason-", &["pin", "series", "text", "text-alone", "section"]),
            prefixed("slot-", &["lead", "top"]),
            numbered("month-", 12),
            numbered("weekday-", 7),
        ];
        for key in asked.concat() {
            assert!(words.get(&key).is_some(), "templates/strings/en.yaml has no `{key}`");
        }
    }
}
