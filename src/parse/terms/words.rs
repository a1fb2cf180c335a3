//! Terms as people read them: the words that stand at a place.

use std::ops::Range;

use super::{
    Place, Stand,
    stop_words::StopWords,
    tokens::{Rules, scan},
};

/// How much of a source is looked at for the two words of a pair.
const LOOK_AHEAD_BYTES: usize = 160;

/// What may stand between the two words of a pair, beside spaces.
const BETWEEN: &[char] = &['-', '‐', '‑', '*', '_', '"', '\'', '‘', '’', '“', '”', '[', ']', ','];

/// The text of an article, to look up what stands at the places of its terms.
#[derive(Debug, Clone, Copy)]
pub struct Glimpse<'a> {
    /// Its headline.
    pub headline: &'a str,
    /// Its body as written, from where the body begins.
    pub body: &'a str,
    /// The labels that editors gave it, in the order in which they were numbered.
    pub labels: &'a [&'a str],
    /// Words that say nothing to readers, such as those for days and months, in lower case.
    pub unsaid: &'a [String],
}

impl Glimpse<'_> {
    /// The word or the two words at a place, as written; none where they cannot be told.
    pub fn word(&self, place: Place) -> Option<String> {
        match place.stand() {
            Stand::Unknown => None,
            Stand::Label(_) if place.is_pair() => None,
            Stand::Label(at) => self.labels.get(at).map(|label| (*label).to_owned()),
            Stand::Headline(at) => words(self.headline.get(at..)?, place.is_pair()),
            Stand::Body(at) => words(self.body.get(at..)?, place.is_pair()),
        }
    }

    /// What readers are shown of terms, given with those first that tell most: at most `most`, none within another.
    ///
    /// Names, labels and pairs of words tell more than a word alone, and come first; of those, the first few count only. Figures tell nothing.
    pub fn words(&self, places: impl IntoIterator<Item = Place>, most: usize) -> Vec<String> {
        // A word is made only where it may be shown: of the many that are given, few are.
        let (mut telling, mut names, mut plain) = (Vec::new(), Vec::new(), Vec::new());
        for (rank, place) in places.into_iter().enumerate() {
            let is_name = !place.is_pair() && self.is_name(place);
            if !place.is_pair() && !is_name && rank >= most {
                continue;
            }
            let Some(word) = self.word(place).filter(|word| !word.starts_with(char::is_numeric)) else { continue };
            if place.is_pair() {
                telling.push((place, word));
            } else if !self.unsaid.contains(&word.to_lowercase()) {
                if word.starts_with(char::is_uppercase) {
                    names.push(word.clone());
                }
                if is_name {
                    telling.push((place, word));
                } else {
                    plain.push(word);
                }
            }
        }
        let whole = |(place, word): (Place, String)| {
            if place.is_pair() { word } else { self.whole_name(place, &names).unwrap_or(word) }
        };
        let mut shown: Vec<String> = Vec::new();
        for word in telling.into_iter().map(whole).chain(plain) {
            let folded = word.to_lowercase();
            if shown.iter().any(|other| holds(&other.to_lowercase(), &folded)) {
                continue;
            }
            // Two words tell more than one of them, and stand in the place of the first.
            let at = shown.iter().position(|other| holds(&folded, &other.to_lowercase())).unwrap_or(shown.len());
            shown.retain(|other| !holds(&folded, &other.to_lowercase()));
            shown.insert(at.min(shown.len()), word);
        }
        shown.truncate(most);
        shown
    }

    /// A name of two words of which both are shared, where one of them stands: `Sallow Street`.
    fn whole_name(&self, place: Place, names: &[String]) -> Option<String> {
        let is_shared_name = |word: &str| names.iter().any(|name| name == word);
        let with_next = self.word(place.as_pair());
        if let Some(both) = with_next.filter(|both| both.split_once(' ').is_some_and(|(_, next)| is_shared_name(next)))
        {
            return Some(both);
        }
        let (text, at) = match place.stand() {
            Stand::Headline(at) => (self.headline, at),
            Stand::Body(at) => (self.body, at),
            Stand::Label(_) | Stand::Unknown => return None,
        };
        let before = text.get(..at)?.strip_suffix(' ')?;
        let first = before.rsplit(|letter: char| !letter.is_alphanumeric()).next()?;
        is_shared_name(first).then(|| Some(format!("{first} {}", self.word(place)?)))?
    }

    /// Whether a label stands at a place, or a word with a capital that no sentence began with.
    fn is_name(&self, place: Place) -> bool {
        let (text, at) = match place.stand() {
            Stand::Label(_) => return true,
            Stand::Unknown => return false,
            Stand::Headline(at) => (self.headline, at),
            Stand::Body(at) => (self.body, at),
        };
        let Some((before, word)) = text.split_at_checked(at) else { return false };
        let before = before.trim_end_matches(|mark: char| mark == ' ' || mark == '\n' || BETWEEN.contains(&mark));
        // In a headline where every word has a capital it says nothing.
        let is_title_case = matches!(place.stand(), Stand::Headline(_))
            && !text.split(' ').any(|word| word.starts_with(char::is_lowercase) && word.chars().count() > 4);
        word.starts_with(char::is_uppercase)
            && !is_title_case
            && before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, ';' | ')' | '–' | '—'))
    }
}

/// Whether one text is the other, or holds it, in one or the other number.
fn holds(whole: &str, part: &str) -> bool {
    whole.contains(part)
        || part.strip_suffix('s').is_some_and(|singular| singular.len() > 2 && whole.contains(singular))
}

fn words(text: &str, is_pair: bool) -> Option<String> {
    // No further than the spaces that may be met, since all that is looked at is cut into words.
    let spaces = text.bytes().take(LOOK_AHEAD_BYTES).enumerate().filter(|(_, byte)| byte.is_ascii_whitespace());
    let mut end = spaces.map(|(at, _)| at).nth(if is_pair { 2 } else { 0 }).unwrap_or(text.len().min(LOOK_AHEAD_BYTES));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    let mut found: Vec<Range<usize>> = Vec::new();
    scan(text, Rules::default(), &StopWords::default(), &mut |range, _, _| {
        if found.len() < 2 {
            found.push(range);
        }
    });
    match found.as_slice() {
        [first, ..] if !is_pair => Some(text[first.clone()].to_owned()),
        [first, second] => {
            let between = &text[first.end..second.start];
            let is_plain = between.chars().all(|character| character.is_whitespace() || BETWEEN.contains(&character));
            let joint = if between.contains(['-', '‐', '‑']) { "-" } else { " " };
            is_plain.then(|| format!("{}{joint}{}", &text[first.clone()], &text[second.clone()]))
        }
        _ => None,
    }
}
