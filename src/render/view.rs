//! The view: the only way in which a render reads the site.
//!
//! Templates call functions that must be `'static` and may run on any thread, so each renderer in flight is a clone of the loaded
//! templates whose functions write what they hand out into that renderer's own set. Renderers are pooled: a clone costs tens of
//! microseconds, two are made at two threads, and no read can go astray.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use rayon::prelude::*;
use tera::{Context, ErrorKind, Tera, Value};

use super::{
    Failure, Rendered, Templates, Words, body, card, csp,
    feed::{FullText, Written},
    functions, labels,
    listed::Listed,
    search::Volumes,
    shell::{Place, Shells},
    templates,
};
use crate::{
    config::Config,
    diag::{Code, Diagnostic},
    load::{Origin, Site, Source},
    model::{Inline, Lookup, OutPath, SectionKey, Slug, SourcePath, Taxonomy, UrlPath},
    parse::body::{BodySettings, LinkTarget},
    plan::{PictureEnd, Plan},
    relate::{Destination, SiteIndex, Story, StoryId},
};

/// The most bytes of one page: a guard against a template that never ends.
const MAX_PAGE_BYTES: usize = 64 * 1024 * 1024;

/// How much of a picture is read for its size.
const PICTURE_HEADER_BYTES: u64 = 256 * 1024;

/// What every render reads from.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) index: Arc<SiteIndex>,
    pub(super) plan: Arc<Plan>,
    pub(super) words: Words,
    /// Words that are no reason for two stories to be related, in lower case: the names of months and days.
    pub(super) unsaid: Vec<String>,
    pub(super) site: Site,
    /// The data files, each read when it is first asked for.
    pub(super) data: BTreeMap<String, OnceLock<Result<Value, String>>>,
    cards: Vec<OnceLock<Value>>,
    pub(super) listed: Vec<Listed>,
    /// The texts of stories in feeds, each made when the first feed asks for it: those of the newest stories of a few lists.
    pub(super) texts: Vec<OnceLock<FullText>>,
    /// The stories as feeds of summaries hold them.
    pub(super) briefs: Vec<OnceLock<Written>>,
    /// Sections and authors as cards name them.
    pub(super) sections: BTreeMap<SectionKey, Value>,
    pub(super) names: BTreeMap<Slug, Value>,
    /// Terms as stories name them.
    pub(super) terms: BTreeMap<(Taxonomy, Slug), Value>,
    /// The stories whose label must be shown with them.
    pub(super) labelled: Lookup<String, StoryId>,
    /// Width and height of pictures, by source.
    sizes: BTreeMap<SourcePath, (usize, usize)>,
    /// Templates that were found to run without end, each with what was told of it: no other page is tried with them.
    endless: Mutex<BTreeMap<String, Diagnostic>>,
    /// The top sections: slug and link.
    pub(super) navigation: Vec<(String, String)>,
    pub(super) shells: Shells,
    /// The volumes of the search index.
    pub(super) volumes: Volumes,
    policy: OnceLock<Value>,
}

/// What one render has named so far.
#[derive(Debug, Default)]
pub(super) struct Reads {
    uses: Mutex<BTreeSet<OutPath>>,
}

impl Reads {
    /// Notes that the page names an output which may not be there without it, or not with these bytes.
    pub(super) fn uses(&self, url: &UrlPath) {
        self.extend([url.file()]);
    }

    /// Notes what a part that was made before names.
    pub(super) fn extend(&self, uses: impl IntoIterator<Item = OutPath>) {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner).extend(uses);
    }

    /// Takes what was noted so far, in order.
    pub(super) fn take(&self) -> Vec<OutPath> {
        std::mem::take(&mut *self.uses.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

/// Templates whose functions write into a set of their own.
#[derive(Debug)]
pub(super) struct Renderer {
    tera: Tera,
    pub(super) reads: Arc<Reads>,
    pub(super) library: Arc<Library>,
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

impl View {
    /// A view of a planned site.
    pub fn new(index: Arc<SiteIndex>, plan: Arc<Plan>, site: &Site, data: &[Source], templates: &Templates) -> Self {
        let sizes = picture_sizes(site, &plan);
        let names = data.iter().filter_map(|source| source.path.below("data"));
        let data = names.map(|name| (name.to_owned(), OnceLock::new())).collect();
        let words = templates.words.clone();
        let unsaid = words.dates();
        let top = index.sections_below(None).into_iter();
        let navigation = top.map(|(key, it)| (key.as_str().to_owned(), index.config.href(&it.url))).collect();
        let sections = index.sections.keys().map(|key| (key.clone(), card::section(&index, key))).collect();
        let terms = index.terms.iter().map(|(key, term)| (key.clone(), card::term(&index, &key.1, term))).collect();
        let names = index.authors.iter().map(|(slug, author)| (slug.clone(), card::name(&index, author))).collect();
        let library = Arc::new(Library {
            labelled: labels::of(&index),
            listed: room(&index),
            cards: room(&index),
            texts: room(&index),
            briefs: room(&index),
            index,
            plan,
            words,
            unsaid,
            site: site.clone(),
            data,
            sections,
            names,
            terms,
            sizes,
            endless: Mutex::default(),
            navigation,
            shells: Shells::default(),
            volumes: Volumes::default(),
            policy: OnceLock::new(),
        });
        let mut tera = templates.tera.clone();
        tera.global_context().insert_value("site", super::pages::site(&library));
        Self { library, templates: tera, idle: Mutex::default() }
    }

    pub(super) fn index(&self) -> &SiteIndex {
        &self.library.index
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.library.plan
    }

    pub(super) fn site(&self) -> &Site {
        &self.library.site
    }

    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    /// Lends a renderer, and tells which outputs the work named.
    pub(super) fn render(&self, work: impl FnOnce(&Renderer) -> Result<Vec<u8>, Failure>) -> Result<Rendered, Failure> {
        let pooled = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let renderer = pooled.unwrap_or_else(|| self.renderer());
        let bytes = work(&renderer);
        let uses = renderer.reads.take();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(renderer);
        Ok(Rendered { uses, ..Rendered::from(bytes?) })
    }

    fn renderer(&self) -> Renderer {
        let reads = Arc::new(Reads::default());
        let mut tera = self.templates.clone();
        functions::register(&mut tera, &self.library, &reads);
        Renderer { tera, reads, library: Arc::clone(&self.library), buffer: Mutex::default() }
    }
}

impl Renderer {
    /// Renders a page with a template of the site, else of the theme. `subject` is named in messages.
    pub(super) fn page(&self, template: &str, page: Value, subject: &SourcePath) -> Result<Vec<u8>, Failure> {
        let mut context = Context::new();
        context.insert_value("frame", self.shell(Place::of(&self.library, &page), subject)?);
        context.insert_value("page", page);
        self.template(template, &context, subject)
    }

    /// Renders a template, which may be a part of a page. `subject` is named in messages.
    pub(super) fn template(&self, template: &str, context: &Context, subject: &SourcePath) -> Result<Vec<u8>, Failure> {
        let endless = || self.library.endless.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = endless().get(template) {
            return Err(Failure::Mistake(Box::new(told.clone())));
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
                Err(Failure::Mistake(Box::new(endless().entry(template.to_owned()).or_insert(told).clone())))
            }
            Err(error) => Err(Failure::Mistake(Box::new(templates::failed(&error, template, subject)))),
        }
    }

    /// The file of a page's template: the site's own, else the theme's.
    pub(super) fn template_file(&self, template: &str) -> SourcePath {
        templates::file_used(&self.tera, template)
    }

    /// Makes a part of pages that is made once and shared, and tells which outputs it names.
    pub(super) fn apart<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<OutPath>) {
        let before = self.reads.take();
        let made = work();
        let uses = self.reads.take();
        self.reads.extend(before);
        (made, uses)
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
        let rendered = self.tera.render_component_with_implicits(name, arguments, around, body, true);
        rendered.map_err(|error| Failure::Mistake(Box::new(templates::failed(&error, name, subject))))
    }

    /// Notes that the page shows a picture, which is published only as long as something shows it.
    pub(super) fn uses_picture(&self, end: &PictureEnd) {
        match end {
            PictureEnd::Attachment(_, url) => self.reads.uses(url),
            PictureEnd::Static(_, asset) => self.reads.uses(&asset.url),
            PictureEnd::Remote(_) | PictureEnd::Missing => {}
        }
    }

    /// The same of a link, if it leads to a file beside the sources.
    pub(super) fn uses_link(&self, from: &SourcePath, target: &LinkTarget) {
        let library = &self.library;
        if let Destination::Attachment(path) = library.index.destination(from, target)
            && let Some(url) = library.plan.attachments.get(&path)
        {
            self.reads.uses(url);
        }
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

impl Library {
    /// The site's settings.
    pub(super) fn config(&self) -> &Config {
        &self.index.config
    }

    /// The content security policy of pages, as it stands in double quotes.
    pub(super) fn policy(&self) -> Value {
        // Apostrophes, which a policy is full of, need no escape in double quotes.
        let in_quotes = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        self.policy.get_or_init(|| Value::safe_string(&in_quotes(&csp::policy(self.config())))).clone()
    }

    /// How bodies are parsed.
    pub(super) fn body_settings(&self) -> BodySettings<'_> {
        BodySettings::from(self.config())
    }

    /// How the body of a story is parsed: in its own language.
    pub(super) fn settings_of<'a>(&'a self, story: &'a Story) -> BodySettings<'a> {
        let language = story.matter().shared.lang.as_deref();
        BodySettings { language: language.unwrap_or(&self.config().language), ..self.body_settings() }
    }

    /// The card of a story.
    pub(super) fn card(&self, id: StoryId) -> Value {
        self.cards[id.index()].get_or_init(|| card::card(self, id)).clone()
    }

    /// The summary of a story, from its card: to make it anew would parse Markdown for each list that shows it.
    pub(super) fn summary(&self, id: StoryId) -> String {
        let card = self.card(id);
        card.as_map()
            .and_then(|card| card.get(&tera::value::Key::from("summary"))?.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The cards of stories, in order.
    pub(super) fn cards(&self, ids: &[StoryId]) -> Vec<Value> {
        ids.iter().map(|id| self.card(*id)).collect()
    }

    /// An address as pages link to it.
    pub(super) fn href(&self, url: &UrlPath) -> String {
        self.config().href(url)
    }

    /// The file that a directive names for its data: beside its source, or `/data/…` from the root of the site.
    pub(super) fn data_source(&self, from: &SourcePath, written: &str) -> Option<SourcePath> {
        let named = written.strip_prefix("/data/").or_else(|| written.strip_prefix("data/"));
        let in_data =
            named.filter(|name| self.data.contains_key(*name)).map(|name| SourcePath::new(format!("data/{name}")));
        self.index.attachment(from, written).or(in_data)
    }

    /// Inline Markdown of a story's front matter as HTML.
    pub(super) fn inline(&self, text: &Inline, story: &Story) -> Value {
        self.inline_in(text, story.article.path())
    }

    /// Inline Markdown of a source's front matter as HTML.
    pub(super) fn inline_in(&self, text: &Inline, path: &SourcePath) -> Value {
        Value::safe_string(&body::inline(self, path, text))
    }

    /// How many bytes a published file has.
    pub(super) fn len_bytes(&self, end: &PictureEnd) -> Option<u64> {
        match end {
            PictureEnd::Attachment(path, _) => self.site.len_bytes(path).ok(),
            PictureEnd::Static(name, _) => match &self.plan.statics.iter().find(|file| file.name == *name)?.origin {
                Origin::Site(path) => self.site.len_bytes(path).ok(),
                Origin::Theme(bytes) => u64::try_from(bytes.len()).ok(),
            },
            PictureEnd::Remote(_) | PictureEnd::Missing => None,
        }
    }

    /// The address and size of a picture; none if it is not in this site: a reader's browser asks no other.
    pub(super) fn picture(&self, end: &PictureEnd) -> Option<(String, Option<(usize, usize)>)> {
        match end {
            PictureEnd::Attachment(path, url) => Some((self.href(url), self.sizes.get(path).copied())),
            PictureEnd::Static(name, asset) => {
                Some((self.href(&asset.url), self.sizes.get(&SourcePath::new(format!("static/{name}"))).copied()))
            }
            PictureEnd::Remote(_) | PictureEnd::Missing => None,
        }
    }
}

/// Room for what is made of each story when it is first asked for.
fn room<T: Default>(index: &SiteIndex) -> Vec<T> {
    std::iter::repeat_with(T::default).take(index.stories().len()).collect()
}

/// Reads the header of every picture that may be shown.
fn picture_sizes(site: &Site, plan: &Plan) -> BTreeMap<SourcePath, (usize, usize)> {
    let is_picture = |name: &str| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
        ["jpg", "jpeg", "png", "gif", "webp", "avif", "svg"].contains(&ending.as_str())
    };
    let attachments = plan.attachments.keys().map(|path| (path.clone(), Origin::Site(path.clone())));
    let statics =
        plan.statics.iter().map(|file| (SourcePath::new(format!("static/{}", file.name)), file.origin.clone()));
    let pictures: Vec<(SourcePath, Origin)> =
        attachments.chain(statics).filter(|(path, _)| is_picture(path.name())).collect();
    pictures
        .into_par_iter()
        .filter_map(|(path, origin)| {
            let header = match origin {
                Origin::Theme(bytes) => bytes.to_vec(),
                Origin::Site(source) => site.head(&source, PICTURE_HEADER_BYTES).ok()?,
            };
            let size = match imagesize::blob_size(&header) {
                Ok(size) => (size.width, size.height),
                Err(_) => svg_size(&header)?,
            };
            Some((path, size))
        })
        .collect()
}

/// The size of an SVG drawing: that of its sheet, which is what its shape depends on.
fn svg_size(header: &[u8]) -> Option<(usize, usize)> {
    let text = String::from_utf8_lossy(header);
    let tag = text.split_once("<svg")?.1.split_once('>')?.0;
    let sheet = tag.split_once("viewBox=")?.1.trim_start_matches(['"', '\'']);
    let sheet = sheet.split(['"', '\'']).next()?;
    let mut numbers = sheet.split([' ', ',']).filter(|part| !part.is_empty()).skip(2);
    let mut whole = || numbers.next()?.split('.').next()?.parse::<usize>().ok().filter(|size| *size > 0);
    Some((whole()?, whole()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_drawing_has_the_size_of_its_sheet() {
        let check =
            |text: &str, size: Option<(usize, usize)>| assert_eq!(super::svg_size(text.as_bytes()), size, "{text}");
        check("<?xml version=\"1.0\"?>\n<svg xmlns=\"…\" viewBox=\"0 0 640 400.5\">", Some((640, 400)));
        check("<svg viewBox='-10,-10, 20,30'>", Some((20, 30)));
        check("<svg viewBox=\"0 0 0 1\">", None);
        check("<svg width=\"3\"><a viewBox=\"0 0 1 1\">", None);
    }
}
