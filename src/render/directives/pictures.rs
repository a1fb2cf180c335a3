//! Pictures: alone, in a row, and as maps.

use tera::Value;

use super::{Block, Desk, host};
use crate::{
    parse::body::Piece,
    render::{
        Failure, Words,
        body::in_place_of_picture,
        card::{or_empty, or_none, record},
        picture,
    },
};

/// The use for which the pictures of a text are made.
const USE: &str = "article";

/// A picture with what is said of it, as written.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::render) struct Shown<'a> {
    pub(in crate::render) src: &'a str,
    pub(in crate::render) alt: &'a str,
    pub(in crate::render) caption: Option<&'a str>,
    pub(in crate::render) credit: Option<&'a str>,
    pub(in crate::render) licence: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(block: &Block<'a>) -> Self {
        Self {
            src: block.text("src"),
            alt: block.text("alt"),
            caption: block.get("caption"),
            credit: block.get("credit"),
            licence: block.get("licence"),
        }
    }
}

impl Desk<'_> {
    pub(super) fn figure_block(&self, block: &Block<'_>) -> Result<String, Failure> {
        self.figure(&Shown::of(block))
    }

    /// A picture with its caption; in place of one that is not in this site, its words.
    pub(in crate::render) fn figure(&self, shown: &Shown<'_>) -> Result<String, Failure> {
        let (end, found) = self.file(shown.src);
        let Some((address, size)) = found else {
            return Ok(format!("<p>{}</p>", in_place_of_picture(&end, shown.alt)));
        };
        let own = picture::words(&self.renderer.reader, &end);
        let arguments = [
            ("src", Value::from(address)),
            ("width", or_none(size.map(|size| size.0))),
            ("height", or_none(size.map(|size| size.1))),
            ("alt", Value::from(shown.alt)),
            ("caption", self.said(shown.caption, own.and_then(|own| own.caption.as_deref()))),
            ("credit", self.said(shown.credit, own.and_then(|own| own.credit.as_deref()))),
            ("licence", or_empty(shown.licence.or(own.and_then(|own| own.rights.as_deref())))),
            ("sources", picture::sources(&self.renderer.reader, &end, USE)),
            ("tone", picture::tone(&self.renderer.reader, &end)),
        ];
        self.component("Figure", arguments, None)
    }

    /// A line of Markdown that the article says of a picture, or else plain text that the picture says of itself.
    fn said(&self, written: Option<&str>, own: Option<&str>) -> Value {
        match (written, own) {
            (None, Some(own)) => Value::from(own),
            _ => self.inline(written.unwrap_or_default()),
        }
    }

    /// Pictures in a row. Those that are not in this site are left out: the plan has warned of them.
    pub(super) fn gallery(&self, block: &Block<'_>) -> Result<String, Failure> {
        let mut shown = Vec::new();
        for piece in block.pieces {
            match piece {
                Piece::Picture { src, alt, title, .. } => {
                    shown.push(Shown { src: &src.text, alt, caption: title.as_deref(), ..Shown::default() });
                }
                Piece::Directive { name, attributes, body, span } => {
                    shown.push(Shown::of(&Block { name, attributes, span: *span, pieces: body, inner: "" }));
                }
                _ => {}
            }
        }
        let picture = |shown: &Shown<'_>| {
            let (end, found) = self.file(shown.src);
            let (address, size) = found?;
            let own = picture::words(&self.renderer.reader, &end);
            Some(record! {
                "src": address,
                "width": or_none(size.map(|size| size.0)),
                "height": or_none(size.map(|size| size.1)),
                "alt": shown.alt,
                "caption": self.said(shown.caption, own.and_then(|own| own.caption.as_deref())),
                "credit": self.said(shown.credit, own.and_then(|own| own.credit.as_deref())),
                "licence": or_empty(shown.licence.or(own.and_then(|own| own.rights.as_deref()))),
                "sources": picture::sources(&self.renderer.reader, &end, USE),
                "tone": picture::tone(&self.renderer.reader, &end),
            })
        };
        let pictures: Vec<Value> = shown.iter().filter_map(picture).collect();
        if pictures.is_empty() {
            return Ok(String::new());
        }
        self.component(
            "Gallery",
            [("title", Value::from(block.text("title"))), ("pictures", Value::from(pictures))],
            None,
        )
    }

    pub(super) fn map(&self, block: &Block<'_>) -> Result<String, Failure> {
        let shown = Shown::of(block);
        let (end, found) = self.file(shown.src);
        let Some((address, size)) = found else {
            return Ok(format!("<p>{}</p>", in_place_of_picture(&end, shown.alt)));
        };
        let place = match (block.number("lat"), block.number("lon")) {
            (Some(latitude), Some(longitude)) => coordinates(self.renderer.reader.words(), latitude, longitude),
            _ => String::new(),
        };
        let url = block.text("url");
        let arguments = [
            ("src", Value::from(address)),
            ("width", or_none(size.map(|size| size.0))),
            ("height", or_none(size.map(|size| size.1))),
            ("alt", Value::from(shown.alt)),
            ("caption", self.inline(shown.caption.unwrap_or_default())),
            ("credit", self.inline(shown.credit.unwrap_or_default())),
            ("url", Value::from(url)),
            ("host", Value::from(host(url))),
            ("place", Value::from(place)),
            ("sources", picture::sources(&self.renderer.reader, &end, USE)),
            ("tone", picture::tone(&self.renderer.reader, &end)),
        ];
        self.component("Map", arguments, None)
    }
}

/// A place on the globe, to about ten metres.
fn coordinates(words: &Words, latitude: f64, longitude: f64) -> String {
    let part = |degrees: f64, positive: &str, negative: &str| {
        let key = if degrees < 0.0 { negative } else { positive };
        Words::fill(words.word(key), &[("degrees", &words.number(degrees.abs(), 4))])
    };
    let latitude = part(latitude, "latitude-north", "latitude-south");
    let longitude = part(longitude, "longitude-east", "longitude-west");
    Words::fill(words.word("coordinates"), &[("latitude", &latitude), ("longitude", &longitude)])
}
