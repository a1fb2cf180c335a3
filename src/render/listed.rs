//! Cards as lists show them: finished HTML, made once for a story and shared by every page that lists it.
//!
//! A story stands in the lists of its section, authors, terms and day, and among the related stories of others; to run its template anew for each of them
//! would be most of a build.

use std::sync::OnceLock;

use tera::{Context, Value};

use super::{
    Failure,
    card::record,
    view::{Noted, Renderer},
};
use crate::relate::StoryId;

/// How a finished card is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A row of a list.
    River,
    /// The first of the related stories.
    First,
    /// The others.
    Compact,
}

/// The finished cards of one story, each made when the first page asks for it.
#[derive(Debug, Default)]
pub(super) struct Listed([OnceLock<Box<Finished>>; 3]);

#[derive(Debug, Clone)]
struct Finished {
    html: Value,
    /// What it has read and named.
    noted: Noted,
}

impl Shape {
    fn arguments(self) -> (&'static str, i64, bool) {
        match self {
            Self::River => ("river", 2, true),
            Self::First => ("standard", 3, true),
            Self::Compact => ("compact", 3, false),
        }
    }
}

impl Renderer {
    /// The cards of a list in its order.
    ///
    /// # Errors
    /// [`Failure::Mistakes`] if the component `Card` fails.
    pub(super) fn river(&self, ids: &[StoryId]) -> Result<Vec<Value>, Failure> {
        let language = &self.reader.config().language;
        ids.iter().map(|id| self.listed(*id, Shape::River, language)).collect()
    }

    /// The finished card of a story on a page in a language.
    ///
    /// # Errors
    /// As [`Renderer::river`].
    pub(super) fn listed(&self, id: StoryId, shape: Shape, language: &str) -> Result<Value, Failure> {
        // A story is marked where it is in another language than the page, and nearly all pages are in the site's.
        if language != self.reader.config().language {
            let card = self.finish(id, shape, language)?;
            self.reader.takes(&card.noted);
            return Ok(card.html);
        }
        let place = &self.reader.listed()[id.index()].0[shape as usize];
        let card = if let Some(card) = place.get() {
            card
        } else {
            let made = self.finish(id, shape, language)?;
            place.get_or_init(|| Box::new(made))
        };
        self.reader.takes(&card.noted);
        Ok(card.html.clone())
    }

    fn finish(&self, id: StoryId, shape: Shape, language: &str) -> Result<Finished, Failure> {
        let (card, read) = self.reader.apart(|| self.reader.card(id));
        let field = |name: &'static str| card.get_from_path(name).cloned().unwrap_or_else(Value::none);
        let (size, level, standfirst) = shape.arguments();
        let mut arguments = Context::new();
        arguments.insert_value("label", field("label"));
        arguments.insert_value("label_text", field("label_text"));
        arguments.insert_value("size", Value::from(size));
        arguments.insert_value("level", Value::from(level));
        arguments.insert_value("standfirst", Value::from(standfirst));
        arguments.insert_value("story", card);
        let mut page = Context::new();
        page.insert_value("page", record! { "lang": language });
        let subject = self.reader.path(id);
        let (html, mut noted) = self.reader.apart(|| self.component("Card", &arguments, &page, None, subject));
        let html = html
            .map_err(|failure| failure.help("the card of a list is made once: of `page` it reads `page.lang` alone"))?;
        noted.facts.extend(read.facts);
        Ok(Finished { html: Value::safe_string(&html), noted })
    }
}
