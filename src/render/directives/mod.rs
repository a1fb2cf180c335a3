//! Directives become the context of their component: what each gets is in `render`, one arm each; families of them have files of their own.
//!
//! `parse` has checked what is written; what is missing here are files, and figures that cannot be read.

mod figures;
mod media;
mod pictures;

use std::collections::BTreeMap;

use tera::{Context, Value};

use super::{Failure, view::Renderer};
use crate::{
    model::{Inline, Reference, SourcePath, Span},
    parse::body::Piece,
    plan::PictureEnd,
};

pub(super) use pictures::Shown;

/// Where blocks are rendered: for a source, with the templates at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) renderer: &'a Renderer,
    pub(super) from: &'a SourcePath,
}

/// A directive as it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: &'a BTreeMap<String, Reference>,
    pub(super) span: Span,
    pub(super) pieces: &'a [Piece],
    /// What stands between its fences, as HTML.
    pub(super) inner: &'a str,
}

impl<'a> Block<'a> {
    /// An attribute's text, if it is there.
    fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.get(name).map(|value| value.text.as_str())
    }

    /// An attribute's text, or an empty one.
    fn text(&self, name: &str) -> &'a str {
        self.get(name).unwrap_or_default()
    }

    /// An attribute's number, as `parse` has let it through.
    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(|text| text.parse().ok())
    }
}

/// An address, and width and height if they are known.
type Found = (String, Option<(usize, usize)>);

impl Desk<'_> {
    /// Renders a directive by its component.
    pub(super) fn render(&self, block: &Block<'_>) -> Result<String, Failure> {
        let text = |name: &'static str| (name, Value::from(block.text(name)));
        let line = |name: &'static str| (name, self.inline(block.text(name)));
        match block.name {
            "figure" => self.figure_block(block),
            "gallery" => self.gallery(block),
            "map" => self.map(block),
            "pullquote" => self.component("PullQuote", [line("cite")], Some(block.inner)),
            "factbox" => self.component("FactBox", [text("title")], Some(block.inner)),
            "keypoints" => self.component("KeyPoints", [text("title")], Some(block.inner)),
            "timeline" => self.component("Timeline", [text("title")], Some(block.inner)),
            "qa" => self.component("Qa", [text("title")], Some(block.inner)),
            "table" => self.table(block),
            "chart" => self.chart(block),
            "embed" => {
                let host = Value::from(host(block.text("url")));
                self.component("Embed", [text("url"), text("title"), ("host", host)], None)
            }
            "audio" => self.audio(block),
            "video" => self.video(block),
            "document" => self.document(block),
            other => unreachable!("`parse` lets through the closed set of directives only, not `{other}`"),
        }
    }

    fn component<const N: usize>(
        &self,
        name: &str,
        arguments: [(&'static str, Value); N],
        body: Option<&str>,
    ) -> Result<String, Failure> {
        let mut context = Context::new();
        for (key, value) in arguments {
            context.insert_value(key, value);
        }
        self.renderer.component(name, &context, &Context::new(), body, self.from)
    }

    fn inline(&self, text: &str) -> Value {
        self.renderer.reader.inline_in(&Inline(text.to_owned()), self.from)
    }

    /// A file that a directive names, and its address if it is published here. Notes that the page names it.
    pub(super) fn file(&self, written: &str) -> (PictureEnd, Option<Found>) {
        let reader = &self.renderer.reader;
        let end = reader.end(self.from, written);
        let found = reader.picture(&end);
        if found.is_some() {
            reader.uses_picture(&end);
        }
        (end, found)
    }

    /// The address of a file that may be left out or missing; then empty.
    fn address(&self, written: Option<&str>) -> Value {
        Value::from(written.and_then(|written| self.file(written).1).map(|found| found.0).unwrap_or_default())
    }
}

/// The host of a URL, for readers to see where it leads.
fn host(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
