//! How a heading begins: with a time, with what may have been meant as one, or with words.

/// How a heading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening<'a> {
    /// With a time: the day as `2026-11-22`, if it was given, the time as written, and what follows.
    Time { day: Option<&'a str>, clock: &'a str, title: &'a str },
    /// With what looks like a time and cannot be read as one.
    Unclear,
    /// With words.
    None,
}

/// What may stand between a time and a headline.
const SEPARATORS: [char; 8] = ['-', '–', '—', ':', ',', '·', '|', '.'];

/// In how many of its first words a time makes a heading suspect.
const SUSPECT_WORDS: usize = 4;

/// Tells how a heading begins.
pub(super) fn opening(words: &str) -> Opening<'_> {
    let words = words.trim();
    let (first, rest) = split_word(words);
    if let Some((day, clock)) = split_day(first) {
        let (clock, title) = if clock.is_empty() { split_word(rest) } else { (clock, rest) };
        if let Some(clock) = clock_of(clock) {
            return Opening::Time { day: Some(day), clock, title: headline(title) };
        }
    } else if let Some(clock) = clock_of(first) {
        return Opening::Time { day: None, clock, title: headline(rest) };
    }
    if is_suspect(words) { Opening::Unclear } else { Opening::None }
}

fn split_word(words: &str) -> (&str, &str) {
    let words = words.trim_start();
    let (word, rest) = words.split_at(words.find(char::is_whitespace).unwrap_or(words.len()));
    (word, rest.trim_start())
}

fn headline(words: &str) -> &str {
    let is_separator = |word: &str| !word.is_empty() && word.chars().all(|character| SEPARATORS.contains(&character));
    let (first, rest) = split_word(words);
    if is_separator(first) { rest } else { words }
}

/// `2026-11-22` with what follows a `T`, or nothing.
fn split_day(word: &str) -> Option<(&str, &str)> {
    let (day, rest) = word.split_at_checked(10)?;
    let is_day = day
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let rest = rest.trim_end_matches(SEPARATORS);
    let clock = if rest.is_empty() { Some("") } else { rest.strip_prefix(['T', 't']) };
    clock.filter(|_| is_day).map(|clock| (day, clock))
}

/// `14:05`, `9:05`, `14:05:30`, `14:05Z` or `14:05+01:00`, without a mark after it. Whether there is such a time is for others to say.
fn clock_of(word: &str) -> Option<&str> {
    let clock = word.trim_end_matches(SEPARATORS);
    let digits = clock.find(|character: char| !character.is_ascii_digit()).unwrap_or(clock.len());
    let minutes = clock[digits..].strip_prefix(':')?;
    let has_minutes = minutes.len() >= 2 && minutes.bytes().take(2).all(|byte| byte.is_ascii_digit());
    let is_rest = |rest: &str| {
        let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
        let seconds = &rest[..zone];
        let is_seconds = seconds.is_empty()
            || (seconds.len() == 3
                && seconds.starts_with(':')
                && seconds[1..].bytes().all(|byte| byte.is_ascii_digit()));
        is_seconds && rest[zone..].chars().all(|character| character.is_ascii_digit() || "Zz+-:".contains(character))
    };
    ((1..=2).contains(&digits) && has_minutes && is_rest(&minutes[2..])).then_some(clock)
}

/// Whether an editor may have meant a time. Rather too often than too seldom: what is taken for words is out at once.
fn is_suspect(words: &str) -> bool {
    let has_clock = |word: &str| {
        word.as_bytes().windows(4).any(|four| {
            four[0].is_ascii_digit() && four[1] == b':' && four[2].is_ascii_digit() && four[3].is_ascii_digit()
        })
    };
    if words.split_whitespace().take(SUSPECT_WORDS).any(has_clock) {
        return true;
    }
    if !words.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let lower: Vec<String> = words.split_whitespace().take(SUSPECT_WORDS).map(str::to_lowercase).collect();
    let trimmed: Vec<&str> = lower.iter().map(|word| word.trim_end_matches(SEPARATORS)).collect();
    let is_date = trimmed[0].split(['-', '/', '.']).count() == 3
        && trimmed[0].bytes().all(|byte| byte.is_ascii_digit() || b"-/.".contains(&byte));
    let is_spaced = trimmed.windows(2).any(|two| is_number(two[0]) && is_half(two[1]));
    is_date || is_spaced || split_day(trimmed[0]).is_some() || trimmed.iter().any(|word| is_loose_clock(word))
}

fn is_number(word: &str) -> bool {
    (1..=2).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_half(word: &str) -> bool {
    matches!(word, "am" | "pm" | "a.m" | "p.m")
}

/// `2pm`, `2.30`, `14h30`, `2.30pm`.
fn is_loose_clock(word: &str) -> bool {
    let (hours, rest) = word.split_at(word.bytes().take_while(u8::is_ascii_digit).count());
    let minutes = rest.strip_prefix(['.', 'h']).filter(|rest| rest.bytes().take_while(u8::is_ascii_digit).count() == 2);
    is_number(hours) && (is_half(rest) || minutes.is_some_and(|rest| rest.len() == 2 || is_half(&rest[2..])))
}
