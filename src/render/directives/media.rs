//! Recordings and documents. One that lies on another site is a link to it: a page of this site makes its readers' browsers ask no other.

use tera::Value;

use super::{Block, Desk, host};
use crate::{
    model::ending,
    plan::PictureEnd,
    render::{Failure, Words, body::escaped, card::or_none},
};

impl Desk<'_> {
    pub(super) fn audio(&self, block: &Block<'_>) -> Result<String, Failure> {
        let Some((src, host)) = self.recording(block) else { return Ok(in_place(block)) };
        let arguments = [
            ("type", Value::from(media_type(block.text("src")))),
            ("src", src),
            ("host", host),
            ("title", Value::from(block.text("title"))),
            ("duration", Value::from(block.text("duration"))),
            ("transcript", self.address(block.get("transcript"))),
            ("credit", self.inline(block.text("credit"))),
        ];
        self.component("Audio", arguments, None)
    }

    pub(super) fn video(&self, block: &Block<'_>) -> Result<String, Failure> {
        let Some((src, host)) = self.recording(block) else { return Ok(in_place(block)) };
        let poster = block.get("poster").and_then(|poster| self.file(poster).1);
        let size = poster.as_ref().and_then(|poster| poster.1);
        let pixels = |name: &str, of_poster: Option<usize>| {
            or_none(
                block.number(name).map(f64::round).or(of_poster.map(|size| u32::try_from(size).map_or(0.0, f64::from))),
            )
        };
        let reader = &self.renderer.reader;
        let arguments = [
            ("type", Value::from(media_type(block.text("src")))),
            ("src", src),
            ("host", host),
            ("title", Value::from(block.text("title"))),
            ("width", pixels("width", size.map(|size| size.0))),
            ("height", pixels("height", size.map(|size| size.1))),
            ("poster", Value::from(poster.map(|poster| poster.0).unwrap_or_default())),
            ("captions", self.address(block.get("captions"))),
            ("lang", Value::from(reader.config().language.as_str())),
            ("transcript", self.address(block.get("transcript"))),
            ("caption", self.inline(block.text("caption"))),
            ("credit", self.inline(block.text("credit"))),
        ];
        self.component("Video", arguments, None)
    }

    pub(super) fn document(&self, block: &Block<'_>) -> Result<String, Failure> {
        let (end, found) = self.file(block.text("src"));
        let Some((address, _)) = found else { return Ok(in_place(block)) };
        let reader = &self.renderer.reader;
        let size = reader.len_bytes(&end).map(|len| size(reader.words(), len)).unwrap_or_default();
        let arguments = [
            ("src", Value::from(address)),
            ("title", Value::from(block.text("title"))),
            ("description", self.inline(block.text("description"))),
            ("type", Value::from(ending(block.text("src")).to_uppercase())),
            ("size", Value::from(size)),
        ];
        self.component("Document", arguments, None)
    }

    /// The address of a recording, and the host of one that lies elsewhere; none if it is missing.
    fn recording(&self, block: &Block<'_>) -> Option<(Value, Value)> {
        match self.file(block.text("src")) {
            (PictureEnd::Remote(url), _) => Some((Value::from(url.as_str()), Value::from(host(&url)))),
            (_, found) => found.map(|found| (Value::from(found.0), Value::from(""))),
        }
    }
}

/// What stands where a file cannot: its title.
fn in_place(block: &Block<'_>) -> String {
    format!("<p>{}</p>", escaped(block.text("title")))
}

/// The type of a recording; empty if its ending tells none, so that the browser finds out.
fn media_type(path: &str) -> &'static str {
    match ending(path).as_str() {
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "oga" | "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "ogv" => "video/ogg",
        _ => "",
    }
}

/// A size as readers know it, in thousands of bytes or millions.
fn size(words: &Words, len: u64) -> String {
    let rounded = |unit: u64| u32::try_from((len + unit / 2) / unit).map_or(f64::from(u32::MAX), f64::from);
    let (key, number) = if len < 999_500 {
        ("size-kilobytes", words.number(rounded(1_000).max(1.0), 0))
    } else {
        ("size-megabytes", words.number(rounded(100_000) / 10.0, 1))
    };
    Words::fill(words.word(key), &[("number", &number)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourcePath;

    #[test]
    fn sizes_are_told_in_round_numbers() {
        let (words, _) = Words::read([(
            SourcePath::new("strings/en.yaml"),
            "size-kilobytes: \"{number} kB\"\nsize-megabytes: \"{number} MB\"\nnumber-decimal: \".\"\nnumber-group: \",\"",
        )]);
        let check = |len: u64, text: &str| assert_eq!(size(&words, len), text);
        check(0, "1 kB");
        check(1_499, "1 kB");
        check(58_200, "58 kB");
        check(999_499, "999 kB");
        check(999_500, "1.0 MB");
        check(2_345_000_000, "2,345.0 MB");
    }

    #[test]
    fn endings_tell_types() {
        assert_eq!(["a.MP3", "/b.d/c.webm", "d", "e.f/g"].map(media_type), ["audio/mpeg", "video/webm", "", ""]);
    }
}
