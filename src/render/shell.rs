//! The parts of a page's frame that are the same wherever the same section is open: what the head says of the site, the header and the footer.
//!
//! They read `site` and `here` alone, so that a new story can change them on no page, and each is made once for each place in the navigation.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tera::{Context, Value};

use super::{
    Failure,
    card::record,
    view::{Noted, Reader, Renderer},
};
use crate::model::SourcePath;

/// The parts by the name that templates call them by, and the file of each.
const PARTS: [(&str, &str); 3] =
    [("head", "partials/site-head.html"), ("header", "partials/header.html"), ("footer", "partials/footer.html")];

/// What a part that fails is told, since most that do ask for `page`.
const READS: &str = "this part is made once for many pages: it reads `site` and `here`, and no `page`";

/// Where a page stands, as far as the frame shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    is_front: bool,
    /// The slug of the open section of the navigation; empty outside of all.
    section: String,
    /// Whether the page is that section's own first page.
    is_section: bool,
}

/// A frame's finished parts, and what they have read and named.
#[derive(Debug, Clone)]
struct Shell {
    parts: Value,
    noted: Noted,
}

/// The frames made so far.
#[derive(Debug, Default)]
pub(super) struct Shells(Mutex<BTreeMap<Place, Shell>>);

impl Place {
    /// The place of a page.
    pub(super) fn of(reader: &Reader, page: &Value) -> Self {
        let text = |field: &'static str| page.get_from_path(field).and_then(Value::as_str).unwrap_or_default();
        let top = text("section.slug").split('/').next().unwrap_or_default();
        let url = text("url");
        let mut place = Self { is_front: text("kind") == "front", section: String::new(), is_section: false };
        if let Some((slug, link)) = reader.navigation().iter().find(|(slug, link)| slug == top || link == url) {
            place = Self { section: slug.clone(), is_section: link == url, ..place };
        }
        place
    }
}

impl Renderer {
    /// `frame`, as templates get it.
    ///
    /// # Errors
    /// [`Failure::Mistakes`] for a template that fails, one that asks for `page` among them.
    pub(super) fn shell(&self, place: Place, subject: &SourcePath) -> Result<Value, Failure> {
        let shells = || self.reader.shells().0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shells().get(&place).cloned();
        let shell = if let Some(shell) = known {
            shell
        } else {
            let shell = self.make_shell(&place, subject)?;
            shells().entry(place).or_insert(shell).clone()
        };
        self.reader.takes(&shell.noted);
        Ok(shell.parts)
    }

    fn make_shell(&self, place: &Place, subject: &SourcePath) -> Result<Shell, Failure> {
        let mut context = Context::new();
        let here = record! { "front": place.is_front, "section": place.section.as_str(), "page": place.is_section };
        context.insert_value("here", here);
        let parts = PARTS.iter().map(|(name, template)| {
            let html = self.template(template, &context, subject).map_err(|failure| failure.help(READS))?;
            let html = String::from_utf8_lossy(&html);
            Ok((tera::value::Key::from(*name), Value::safe_string(html.trim_end())))
        });
        let (parts, noted) = self.reader.apart(|| parts.collect::<Result<tera::Map, Failure>>());
        Ok(Shell { parts: Value::from(parts?), noted })
    }
}
