//! The social card of a story: what it says in lines that fit, handed to a template that draws them.

use tera::{Context, Value};

use super::{
    Failure,
    card::{or_none, record},
    labels,
    pages::direction,
    view::Renderer,
};
use crate::{
    diag::{Code, Diagnostic},
    pictures::cards::{self, Block, Line, SIZE, Weight},
    relate::StoryId,
};

/// The template of cards.
const TEMPLATE: &str = "social-card.svg";

/// What stays free at the left and the right, in pixels.
const MARGIN: u16 = 72;

/// The room of all lines, in pixels.
const ROOM: f32 = 1056.0;

/// The sizes of headlines, and how many lines each may fill.
const HEADLINE: [(f32, usize); 7] = [(100.0, 2), (84.0, 3), (74.0, 3), (64.0, 4), (58.0, 4), (52.0, 5), (46.0, 5)];

/// Where the middle of headlines lies, in pixels from the top.
const MIDDLE: f32 = 366.0;

/// The sizes of the paper's name.
const MASTHEAD: [f32; 5] = [46.0, 40.0, 34.0, 28.0, 24.0];

/// The sizes of what stands above the headline and of names.
const SMALL: [f32; 3] = [32.0, 28.0, 24.0];

/// How far the kicker stands from the label, in pixels.
const GAP: f32 = 26.0;

/// Draws the card of a story.
pub(super) fn card(renderer: &Renderer, id: StoryId) -> Result<Vec<u8>, Failure> {
    let reader = &renderer.reader;
    let face = &reader.social_card(id).expect("planned only for stories that have one").face;
    let subject = reader.path(id);
    let word = Some(labels::word(reader, face.label)).filter(|word| !word.is_empty() && cards::can_show(word));
    let label = word.map(|word| cards::line(word, Weight::Bold, &SMALL, ROOM * 0.5));
    let taken = label.as_ref().map_or(0.0, |label| label.width + GAP);
    let kicker = some(&face.kicker).map(|kicker| cards::line(kicker, Weight::Regular, &SMALL, ROOM - taken));
    let is_plain = face.headline.is_empty();
    let (masthead, said) = if is_plain { ("", &face.site) } else { (face.site.as_str(), &face.headline) };
    let masthead = some(masthead).map(|site| cards::line(site, Weight::Bold, &MASTHEAD, ROOM));
    let byline = some(&face.authors.join(", ")).map(|names| cards::line(names, Weight::Regular, &SMALL, ROOM));
    let mut context = Context::new();
    context.insert_value(
        "card",
        record! {
            "width": SIZE.0,
            "height": SIZE.1,
            "lang": face.language.as_str(),
            "dir": direction(&face.language),
            "plain": is_plain,
            "site": or_none(masthead.map(|line| at(&line, f32::from(MARGIN)))),
            "label": or_none(label.map(|line| at(&line, f32::from(MARGIN)))),
            "kicker": or_none(kicker.map(|line| at(&line, f32::from(MARGIN) + taken))),
            "headline": headline(&cards::block(said, Weight::Bold, &HEADLINE, ROOM)),
            "byline": or_none(byline.map(|line| at(&line, f32::from(MARGIN)))),
        },
    );
    let svg = renderer.template(TEMPLATE, &context, subject)?;
    let svg = String::from_utf8_lossy(&svg);
    reader.drawn(&svg).map_err(|fault| {
        let mistake = Diagnostic::error_in(Code::TemplateFailed, &renderer.template_file(TEMPLATE), fault.to_string());
        mistake.note(format!("while drawing the social card of `{subject}`")).into()
    })
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A number as drawings write it: to a tenth of a pixel.
fn pixels(number: f32) -> Value {
    Value::from(f64::from((number * 10.0).round()) / 10.0)
}

fn at(line: &Line, x: f32) -> Value {
    record! { "text": line.text.as_str(), "size": pixels(line.size), "width": pixels(line.width), "x": pixels(x) }
}

/// The lines of a headline, around the middle of its place.
fn headline(block: &Block) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "a card has five lines at most")]
    let below_first = block.leading * (block.lines.len().saturating_sub(1)) as f32;
    // Letters reach about three quarters of their size above the line on which they stand.
    let first = MIDDLE - below_first / 2.0 + block.size * 0.33;
    let mut y = first;
    let mut lines = Vec::new();
    for line in &block.lines {
        lines.push(record! { "text": line.text.as_str(), "y": pixels(y), "width": pixels(line.width) });
        y += block.leading;
    }
    record! { "size": pixels(block.size), "leading": pixels(block.leading), "lines": lines }
}
