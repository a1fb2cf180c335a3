//! The view: the only way in which a render reads the site.
//!
//! Templates call functions that must be `'static` and may run on any thread, so each renderer in flight is a clone of the loaded
//! templates whose functions read the site through that renderer's own reader, and note what they read. Renderers are pooled: a clone costs
//! tens of microseconds, two are made at two threads, and no read can go astray.
//!
//! `fact.rs` lists what can be read, `reader.rs` hands it out, `noting.rs` notes that, `answers.rs` knows the answers, and `worth.rs` tells by them what is still
//! the same in another build.

mod answers;
mod fact;
mod files;
mod library;
mod memory;
mod noting;
mod reader;
mod resident;
mod searched;
mod worth;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tera::{Context, ErrorKind, Tera, Value};

use super::{Failure, Rendered, Templates, functions, shell::Place, templates};
use crate::{
    diag::{Code, Diagnostic},
    load::{Site, Sources},
    model::SourcePath,
    plan::Plan,
    relate::{Lists, SiteIndex},
};
use library::Library;

pub(super) use answers::{Icon, Named};
pub use fact::{Fact, FactId};
pub(super) use fact::{Noted, Wanted};
pub use memory::{Compared, Origin, Reads, Why};
pub(super) use noting::Reader;

/// The most bytes of one page: a guard against a template that never ends.
const MAX_PAGE_BYTES: usize = 64 * 1024 * 1024;

/// Templates whose functions read the site through a reader of their own.
#[derive(Debug)]
pub(super) struct Renderer {
    tera: Tera,
    pub(super) reader: Reader,
    /// Where pages are written before their length is known: it grows to the largest of them, once.
    buffer: Mutex<Vec<u8>>,
}

/// The site as renders see it.
#[derive(Debug)]
pub struct View {
    library: Arc<Library>,
    templates: Tera,
    idle: Mutex<Vec<Renderer>>,
}

/// A site of which every output is known.
#[derive(Debug, Clone)]
pub struct Planned {
    /// What is out.
    pub index: Arc<SiteIndex>,
    /// The related stories of each article.
    pub lists: Arc<Lists>,
    /// The outputs.
    pub plan: Arc<Plan>,
}

impl View {
    /// A view of a planned site; `quires` are those that earlier builds made.
    pub fn new(
        planned: Planned,
        site: (&Site, &Sources),
        templates: &Templates,
        quires: Arc<dyn super::Quires>,
    ) -> Self {
        let library = Arc::new(Library::new(planned, site, templates, quires));
        let mut tera = templates.tera.clone();
        let reader = Reader::without_notes(&library);
        tera.global_context().insert_value("site", super::pages::site(&reader));
        Self { library, templates: tera, idle: Mutex::default() }
    }

    /// Lends a renderer, and tells what the work has read, and which outputs it named.
    pub(super) fn render<T: Into<Rendered>>(
        &self,
        work: impl FnOnce(&Renderer) -> Result<T, Failure>,
    ) -> Result<Rendered, Failure> {
        let pooled = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let renderer = pooled.unwrap_or_else(|| self.renderer());
        let made = work(&renderer);
        let noted = renderer.reader.taken();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(renderer);
        Ok(Rendered { uses: noted.uses.into_iter().collect(), reads: noted.facts, ..made?.into() })
    }

    fn renderer(&self) -> Renderer {
        let reader = Reader::new(&self.library);
        let mut tera = self.templates.clone();
        functions::register(&mut tera, &reader);
        Renderer { tera, reader, buffer: Mutex::default() }
    }
}

impl Renderer {
    /// Renders a page with a template of the site, else of the theme. `subject` is named in messages.
    pub(super) fn page(&self, template: &str, page: Value, subject: &SourcePath) -> Result<Vec<u8>, Failure> {
        let mut context = Context::new();
        context.insert_value("frame", self.shell(Place::of(&self.reader, &page), subject)?);
        context.insert_value("page", page);
        self.template(template, &context, subject)
    }

    /// Renders a template, which may be a part of a page. `subject` is named in messages.
    pub(super) fn template(&self, template: &str, context: &Context, subject: &SourcePath) -> Result<Vec<u8>, Failure> {
        self.reader.note_site();
        self.reader.note_template(template);
        let endless = || self.reader.library.endless.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = endless().get(template) {
            return Err(told.clone().into());
        }
        let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.clear();
        match self.tera.render_to(template, context, Capped(&mut buffer)) {
            Ok(()) => Ok(buffer.to_vec()),
            Err(error) if matches!(error.kind(), ErrorKind::Io(_)) => {
                let message = format!("the page of this source is larger than {MAX_PAGE_BYTES} bytes");
                let told = Diagnostic::error_in(Code::TemplateFailed, subject, message)
                    .note(format!("it is made by the template `{template}`"))
                    .help("look for a loop in the template that never ends");
                Err(endless().entry(template.to_owned()).or_insert(told).clone().into())
            }
            Err(error) => Err(templates::failed(&error, template, subject).into()),
        }
    }

    /// The file of a page's template: the site's own, else the theme's.
    pub(super) fn template_file(&self, template: &str) -> SourcePath {
        templates::file_used(&self.tera, template)
    }

    /// Renders a component of the theme or the site, with `body` between its tags; `around` is what it may ask for besides its arguments.
    pub(super) fn component(
        &self,
        name: &str,
        arguments: &Context,
        around: &Context,
        body: Option<&str>,
        subject: &SourcePath,
    ) -> Result<String, Failure> {
        self.reader.note_site();
        self.reader.note_component(name);
        let rendered = self.tera.render_component_with_implicits(name, arguments, around, body, true);
        rendered.map_err(|error| templates::failed(&error, name, subject).into())
    }
}

/// A buffer that refuses to grow beyond the most bytes of a page.
struct Capped<'a>(&'a mut Vec<u8>);

impl io::Write for Capped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_PAGE_BYTES {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
