//! Text in lines: measured with the very font that draws it, broken between words, as large as its place allows.

use std::{collections::BTreeMap, sync::LazyLock};

use skrifa::{
    FontRef, MetadataProvider as _,
    instance::{LocationRef, Size},
};
use unicode_normalization::UnicodeNormalization as _;

use super::Weight;

/// The height of a line, as a share of the size of its letters.
const LINE_HEIGHT: f32 = 1.14;

/// Advance widths of characters, for letters of one pixel.
static REGULAR: LazyLock<BTreeMap<char, f32>> = LazyLock::new(|| advances(Weight::Regular));
static BOLD: LazyLock<BTreeMap<char, f32>> = LazyLock::new(|| advances(Weight::Bold));

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// The size of its letters in pixels.
    pub size: f32,
    /// How wide it is in pixels.
    pub width: f32,
}

/// Lines of one size below each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The lines, from the top.
    pub lines: Vec<Line>,
    /// The size of the letters in pixels.
    pub size: f32,
    /// From one line to the next, in pixels.
    pub leading: f32,
}

fn advances(weight: Weight) -> BTreeMap<char, f32> {
    let font = FontRef::new(weight.font()).expect("the fonts are compiled in");
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    let mapped = font.charmap().mappings();
    mapped.filter_map(|(code, glyph)| Some((char::from_u32(code)?, metrics.advance_width(glyph)?))).collect()
}

fn table(weight: Weight) -> &'static BTreeMap<char, f32> {
    match weight {
        Weight::Regular => &REGULAR,
        Weight::Bold => &BOLD,
    }
}

/// Text as it is drawn: composed, with one space between words, and without what nobody sees.
fn clean(text: &str) -> String {
    let is_unseen = |c: &char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe0f}');
    let composed: String = text.nfc().filter(|c| !is_unseen(c)).collect();
    let words = composed.split(|c: char| c != '\u{a0}' && c != '\u{202f}' && (c.is_whitespace() || c.is_control()));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the fonts have every character of a text.
pub fn can_show(text: &str) -> bool {
    clean(text).chars().all(|c| BOLD.contains_key(&c) && REGULAR.contains_key(&c))
}

fn width(text: &str, weight: Weight) -> f32 {
    let table = table(weight);
    text.chars().map(|c| table.get(&c).copied().unwrap_or(1.0)).sum()
}

/// A text in one line, in the first of some sizes in which it fits; cut short in the last.
pub fn line(text: &str, weight: Weight, sizes: &[f32], room: f32) -> Line {
    let text = clean(text);
    let unit = width(&text, weight);
    let fitting = sizes.iter().find(|size| unit * **size <= room);
    let size = fitting.or(sizes.last()).copied().unwrap_or_default();
    let text = if fitting.is_some() { text } else { cut_short(&text, weight, room / size) };
    Line { width: width(&text, weight) * size, text, size }
}

/// A text in lines, in the first of some sizes in which it takes no more of them than that size may; cut short in the last.
pub fn block(text: &str, weight: Weight, sizes: &[(f32, usize)], room: f32) -> Block {
    let text = clean(text);
    let tried = sizes.iter().map(|(size, most)| (*size, *most, broken(&text, weight, room / size)));
    let mut last = (0.0, 0, Vec::new());
    for (size, most, lines) in tried {
        last = (size, most, lines);
        // No word is split where smaller letters spare it that.
        let is_whole = pieces(&text).iter().all(|piece| width(piece.trim_end(), weight) <= room / size);
        if last.2.len() <= most && is_whole {
            break;
        }
    }
    let (size, most, mut lines) = last;
    if lines.len() > most {
        let rest = lines[most - 1..].join(" ");
        lines.truncate(most - 1);
        lines.push(cut_short(&rest, weight, room / size));
    } else {
        lines = balanced(&text, weight, room / size, lines);
    }
    let line = |text: String| Line { width: width(&text, weight) * size, text, size };
    Block { lines: lines.into_iter().map(line).collect(), size, leading: (size * LINE_HEIGHT).round() }
}

/// Fills lines with words, each as far as it goes.
fn broken(text: &str, weight: Weight, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces(text) {
        let joined = lines.last().map(|line| [line, piece].concat());
        match joined.filter(|joined| width(joined.trim_end(), weight) <= room) {
            Some(joined) => *lines.last_mut().expect("there was a line to join") = joined,
            None => lines.extend(parts(piece, weight, room)),
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// What stays together: words with the space behind them, and the parts of words that a dash or slash joins.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        letters += 1;
        let end = at + c.len_utf8();
        let breaks = match c {
            ' ' | '—' | '–' => true,
            // Two letters or fewer before a hyphen are no line of their own; nor is what is left of a short range.
            '-' | '/' => letters > 3 && text[end..].chars().take_while(|c| c.is_alphanumeric()).count() > 2,
            _ => false,
        };
        if breaks && !text[end..].starts_with(' ') {
            pieces.push(&text[start..end]);
            (start, letters) = (end, 0);
        }
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

/// A word that is wider than a line, in parts that are not.
fn parts(word: &str, weight: Weight, room: f32) -> Vec<String> {
    let mut parts = vec![String::new()];
    for c in word.chars() {
        let last = parts.last_mut().expect("there is always one");
        if !last.is_empty() && c != ' ' && width(last, weight) + width(c.encode_utf8(&mut [0; 4]), weight) > room {
            parts.push(c.to_string());
        } else {
            last.push(c);
        }
    }
    parts
}

/// The same number of lines, as even as may be: a last line of one word looks like a mistake.
fn balanced(text: &str, weight: Weight, room: f32, lines: Vec<String>) -> Vec<String> {
    let mut best = lines;
    for share in (60..100).rev() {
        // In whole hundredths, so that there is no doubt about the order of widths.
        let narrower = broken(text, weight, room * f32::from(u8::try_from(share).unwrap_or(100)) / 100.0);
        let splits_words = narrower.iter().map(|line| line.split(' ').count()).sum::<usize>()
            != best.iter().map(|line| line.split(' ').count()).sum::<usize>();
        if narrower.len() != best.len() || splits_words {
            break;
        }
        best = narrower;
    }
    best
}

/// As much of a text as fits into a line, with an ellipsis.
fn cut_short(text: &str, weight: Weight, room: f32) -> String {
    let mut kept = text.to_owned();
    loop {
        let whole = format!("{}…", kept.trim_end_matches([' ', ',', ':', ';', '–', '—', '-']));
        if width(&whole, weight) <= room || kept.pop().is_none() {
            return whole;
        }
        // To the end of a word, if there is one in the line.
        if let Some(end) = kept.rfind(' ')
            && width(&kept[..end], weight) > room * 0.5
        {
            kept.truncate(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [(f32, usize); 3] = [(96.0, 2), (72.0, 4), (50.0, 5)];

    fn headline(text: &str) -> Block {
        block(text, Weight::Bold, &SIZES, 1056.0)
    }

    #[test]
    fn lines_fit_and_say_everything() {
        let check = |text: &str, size: f32| {
            let block = headline(text);
            let said: Vec<&str> = block.lines.iter().map(|line| line.text.as_str()).collect();
            assert!((block.size - size).abs() < 0.1, "{text}: {}", block.size);
            assert_eq!(said.join(" "), text);
            assert!(block.lines.iter().all(|line| line.width <= 1056.0), "{said:?}");
        };
        check("Short", 96.0);
        check("Council votes to rebuild the sea wall after Storm Edda", 72.0);
        check("Donaudampfschifffahrtsgesellschaft fordert Schutz", 50.0);
        check("Πλημμύρες στο λιμάνι: το συμβούλιο ψηφίζει για το νέο τείχος μετά την καταιγίδα", 72.0);
        check("Городской совет проголосовал за восстановление дамбы после шторма, который затопил порт", 50.0);
    }

    #[test]
    fn a_headline_that_is_too_long_ends_in_an_ellipsis() {
        let block = headline(&"water in the old harbour ".repeat(30));
        assert_eq!(block.lines.len(), 5);
        assert!(block.lines[4].text.ends_with('…') && block.lines[4].width <= 1056.0, "{block:?}");
        let one = headline(&"Donaudampfschifffahrt".repeat(30));
        assert!(one.lines.len() <= 5 && one.lines.iter().all(|line| line.width <= 1056.0), "{one:?}");
    }

    #[test]
    fn no_break_spaces_and_short_hyphens_hold() {
        assert_eq!(pieces("a\u{a0}b c"), ["a\u{a0}b ", "c"]);
        assert_eq!(pieces("e-mail harbour-master's"), ["e-mail ", "harbour-", "master's"]);
        assert_eq!(clean("a\u{ad}b \n\t c\u{7} e\u{301}"), "ab c \u{e9}");
        assert!(headline("").lines.is_empty() && line("", Weight::Bold, &[20.0], 10.0).text.is_empty());
    }

    #[test]
    fn what_the_fonts_have() {
        let check = |text: &str, can: bool| assert_eq!(can_show(text), can, "{text}");
        check("Straße, “quotes” – naïve Łódź İstanbul Tiếng Việt €5", true);
        check("Съезд, Україна, Қазақстан", true);
        check("Άνθρωποι και θάλασσα", true);
        check("فيضان في الميناء", false);
        check("港口洪水", false);
        check("Flood 🌊", false);
    }
}
