//! A build: nine calls over nine types. Read this first.

mod again;
mod aside;
mod explain;
mod kept;
mod notes;
pub mod preview;
mod quires;
mod standing;
mod texts;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    cache,
    config::{Config, Publish},
    diag::Diagnostic,
    load::{self, Site},
    model::{OutPath, SourcePath, Timestamp},
    parse::{self, redirects::RedirectRule},
    pictures, plan, relate, release, render, write,
};

use again::Again;
use aside::Aside;
pub use explain::{Explained, Verdict, check, explain, fan_out};
use notes::Notes;
use standing::Start;

/// How often a build begins again because its sources change under it.
const ATTEMPTS: usize = 3;

/// What to build, and how.
#[derive(Debug, Clone)]
pub struct Request {
    /// The site's folder.
    pub root: PathBuf,
    /// The output folder; relative to the site's.
    pub out: PathBuf,
    /// The build's clock.
    pub as_of: Timestamp,
    /// Stands in for the `url` of `site.yaml`.
    pub base_url: Option<String>,
    /// What becomes of mistakes.
    pub mistakes: Mistakes,
    /// How the output folder is treated.
    pub folder: write::Options,
    /// The running program, by whose stamp a cache is known to be of its making; without it, the build neither uses nor keeps one.
    pub program: Option<PathBuf>,
}

/// What becomes of mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistakes {
    /// An error stops the build; warnings are told.
    Stop,
    /// A warning stops the build as well.
    Strict,
    /// A source with an error counts as absent, and its published pages stay.
    KeepGoing,
}

/// What a build did.
#[derive(Debug)]
pub struct Built {
    /// What was written.
    pub report: write::Report,
    /// What was noticed.
    pub diagnostics: Vec<Diagnostic>,
    /// How many sources are not out.
    pub withheld: usize,
    /// Pages kept as they were, because their source has a mistake.
    pub kept: Vec<plan::KeptPage>,
    /// Why outputs were made again, each reason with their number, the commonest first. None where everything was made.
    pub reasons: Vec<(String, usize)>,
    /// How much of the site was worked on.
    pub work: Work,
}

/// How much work a build was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// How many documents were parsed.
    pub parsed: usize,
    /// How many outputs were made.
    pub rendered: usize,
}

/// Why there is no new edition. The published one is as it was.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Mistakes in the site.
    #[error("the site has mistakes")]
    Mistakes(Vec<Diagnostic>),
    /// A failure to read.
    #[error(transparent)]
    Load(#[from] load::Error),
    /// A failure to develop pictures.
    #[error(transparent)]
    Pictures(pictures::Error),
    /// A failure to write, or a refusal.
    #[error(transparent)]
    Write(#[from] write::Error),
}

impl From<pictures::Error> for Failure {
    fn from(error: pictures::Error) -> Self {
        match error {
            pictures::Error::Load(error) => Self::Load(error),
            pictures::Error::Store(..) => Self::Pictures(error),
        }
    }
}

impl From<render::Failure> for Failure {
    fn from(failure: render::Failure) -> Self {
        match failure {
            render::Failure::Load(error) => Self::Load(error),
            render::Failure::Mistakes(mistakes) => Self::Mistakes(mistakes),
        }
    }
}

/// Builds a site and publishes it.
///
/// # Errors
/// [`Failure`]; then nothing was changed.
pub fn build(request: &Request) -> Result<Built, Failure> {
    let site = Site::open(&request.root)?.with_shelf();
    let (folder, odd) = match standing::start(request, &site)? {
        Start::NothingToDo(built) => return Ok(built),
        Start::Build { folder, odd } => (folder, odd),
    };
    let (mut open, mut undrawn) = (folder, Vec::new());
    for _ in 1..ATTEMPTS {
        match edition(request, &site, open.take(), odd, &undrawn) {
            Ok(built) => return Ok(built),
            Err(Stop::Failure(Failure::Load(load::Error::Changed(_)))) => {}
            Err(Stop::Failure(failure)) => return Err(failure),
            Err(Stop::Undrawn(mut found)) => undrawn.append(&mut found),
        }
    }
    edition(request, &site, None, odd, &undrawn).map_err(|stop| match stop {
        Stop::Failure(failure) => failure,
        Stop::Undrawn(found) => Failure::Mistakes(found.into_iter().map(|(mistake, _)| mistake).collect()),
    })
}

/// Why there is no edition yet.
#[derive(Debug)]
enum Stop {
    /// Nor will there be one.
    Failure(Failure),
    /// Tables and charts that single sources cannot draw, in a build that keeps going without those: it has to begin again.
    Undrawn(Vec<Undrawn>),
}

/// What a source cannot draw, and the hash of the source.
type Undrawn = (Diagnostic, blake3::Hash);

impl<F: Into<Failure>> From<F> for Stop {
    fn from(failure: F) -> Self {
        Self::Failure(failure.into())
    }
}

/// The spine. Of a cache that is odd, nothing is believed; `undrawn` was found when all this was rendered before.
fn edition(
    request: &Request,
    site: &Site,
    open: Option<write::Folder>,
    odd: Option<cache::Odd>,
    undrawn: &[Undrawn],
) -> Result<Built, Stop> {
    let mut notes = Notes::new(request.mistakes);
    let begun = begin(request, site, open, &mut notes)?;
    let recall = || odd.map_or_else(|| standing::reads(request, site, &begun.folder), |odd| (None, Some(odd)));
    let (prepared, (past, odd)) = rayon::join(|| prepare(request, site, &begun, undrawn, &mut notes), recall);
    let Prepared { read, planned, view, quires, withheld, kept, told, parsed } = prepared?;
    let Begun { folder, sources, .. } = begun;
    let whole = Aside::new((planned, view));
    let (planned, view) = &*whole;
    let again = Again::of((view, &planned.index, &planned.plan), past.as_ref(), &folder);
    let report = folder.commit(&again.entries(), |at| again.render(at));
    let hash = |path: &SourcePath| read.hash(&sources, path);
    let mut report = report.map_err(|error| notes.failure(error, hash))?;
    report.notes.extend(odd.map(standing::note).into_iter().chain(told));
    if again.has_drawn() {
        let shown = planned.plan.pictures.values().map(|planned| &planned.picture);
        pictures::sweep(site, shown, planned.index.config.images.store_bytes);
    }
    quires::sweep(&quires, planned);
    let work = Work { parsed, rendered: again.rendered() };
    let mut built = Built { report, diagnostics: notes.sorted(), withheld, kept, reasons: again.reasons(), work };
    standing::remember(request, site, (&sources, &read), again, &mut built);
    Ok(built)
}

/// What is there before anything is made of it: the sources, the settings, and the folder to publish into.
struct Begun {
    sources: load::Sources,
    config: Arc<Config>,
    folder: write::Folder,
}

/// A site of which every output is known.
struct Prepared {
    read: standing::Read,
    planned: render::Planned,
    view: render::View,
    quires: Arc<cache::Quires>,
    withheld: usize,
    kept: Vec<plan::KeptPage>,
    /// What was odd about what earlier builds kept.
    told: Vec<String>,
    /// How many documents were parsed.
    parsed: usize,
}

/// The first call of the spine; `open` is the folder to publish into, if it is open already.
fn begin(request: &Request, site: &Site, open: Option<write::Folder>, notes: &mut Notes) -> Result<Begun, Failure> {
    let sources = load::sources(site)?;
    let config = Arc::new(notes.settings(settings(site, request.base_url.as_deref())?)?);
    let folder = open.map_or_else(|| open_folder(request, site, &config), Ok)?;
    Ok(Begun { sources, config, folder })
}

/// The spine between its first call and its last.
fn prepare(
    request: &Request,
    site: &Site,
    begun: &Begun,
    undrawn: &[Undrawn],
    notes: &mut Notes,
) -> Result<Prepared, Failure> {
    let Begun { sources, config, folder } = begun;
    let mut keeper = kept::open(request.program.as_deref(), site, config);
    let (parse::Documents { all: mut documents, parsed, .. }, templates) = rayon::join(
        || parse::documents(site, &sources.documents, config, &mut keeper),
        || render::load_templates(site, &sources.templates, config),
    );
    let told = kept::close(keeper);
    for (mistake, hash) in undrawn {
        // One that is another by now is drawn again.
        let is_it = |document: &&mut parse::Document| document.path == mistake.path && document.hash == *hash;
        documents.iter_mut().find(is_it).into_iter().for_each(|document| document.diagnostics.push(mistake.clone()));
    }
    let read = standing::Read::of(&documents, config, request);
    let redirects = notes.take(redirects(site)?);
    let templates = notes.take(templates);
    let mut released = release::as_of(documents, sources.attachment_paths(), config, request.as_of);
    let beside = sources.diagnostics.iter().filter(|found| released.is_beside_what_is_out(&found.path));
    let beside = beside.cloned().collect();
    let (broken, withheld) = (std::mem::take(&mut released.broken), released.withheld);
    notes.of_sources(beside, std::mem::take(&mut released.diagnostics))?;
    notes.stop_if(released.has_open_defaults)?;
    let templates = templates.expect("templates with mistakes have stopped the build");

    let rankings = notes.take(parse::ranking::rankings(site, &sources.data, released.slots()));
    let terms = std::mem::take(&mut released.terms);
    let index = relate::index(released, redirects, rankings, config);
    let outputs = || {
        let wanted = plan::wanted_pictures(&index, sources);
        let developed = pictures::develop(site, &wanted, config.images.store_bytes)?;
        let mut plan = plan::outputs(&index, load::statics(site, sources)?, developed, templates.look_of_cards());
        plan.add_compressed(&index);
        Ok::<_, Failure>(plan)
    };
    let (lists, plan) = rayon::join(|| texts::lists(request.program.as_deref(), site, &index, terms), outputs);
    let ((lists, also_told), mut plan) = (lists?, plan?);
    let kept = kept_pages(folder, &broken);
    plan.keep(&kept, config);
    notes.of_site(&[&index.diagnostics, &lists.diagnostics, &plan.diagnostics])?;

    let planned = render::Planned { index: Arc::new(index), lists: Arc::new(lists), plan: Arc::new(plan) };
    let quires = quires::open(request.program.as_deref(), site);
    let view = render::View::new(planned.clone(), (site, sources), &templates, quires.clone());
    let told = told.into_iter().chain(also_told).collect();
    Ok(Prepared { read, planned, view, quires, withheld, kept, told, parsed })
}

/// Reads `site.yaml`.
fn settings(site: &Site, base_url: Option<&str>) -> Result<(Option<Config>, Vec<Diagnostic>), load::Error> {
    let path = SourcePath::new("site.yaml");
    let bytes = site.read_if_there(&path)?;
    Ok(Config::read(&path, bytes.as_deref(), base_url))
}

/// Reads `redirects.yaml`.
fn redirects(site: &Site) -> Result<(Vec<RedirectRule>, Vec<Diagnostic>), load::Error> {
    let path = SourcePath::new("redirects.yaml");
    let bytes = site.read_if_there(&path)?;
    Ok(bytes.map_or_else(Default::default, |bytes| parse::redirects::redirects(&path, &bytes)))
}

fn open_folder(request: &Request, site: &Site, config: &Config) -> Result<write::Folder, write::Error> {
    let method = match config.publish {
        Publish::Atomic => write::Method::Whole,
        Publish::InPlace => write::Method::InPlace,
    };
    let options = write::Options { method, ..request.folder.clone() };
    write::Folder::open(&site.root().join(&request.out), site.root(), options)
}

fn content(rendered: render::Rendered) -> write::Rendered {
    let content = match rendered.content {
        render::Content::Bytes(bytes) => write::Content::Bytes(bytes),
        render::Content::Stream(file) => write::Content::Stream(file),
        render::Content::Kept => write::Content::Published,
    };
    write::Rendered { content, uses: rendered.uses }
}

/// The published pages of sources that have mistakes now, each with the published files that it names.
fn kept_pages(folder: &write::Folder, broken: &[SourcePath]) -> Vec<plan::KeptPage> {
    let is_there = |path: &&OutPath| folder.published(path).is_some();
    let mut kept = Vec::new();
    for row in folder.manifest().rows() {
        let Some(source) = row.subject.as_ref().filter(|source| broken.contains(source)) else { continue };
        if is_there(&&row.path) {
            let uses = row.uses.iter().filter(is_there).cloned().collect();
            kept.push(plan::KeptPage { path: row.path.clone(), source: source.clone(), uses });
        }
    }
    kept
}

/// Reads a site as far as its release needs, for commands that build nothing.
///
/// # Errors
/// [`Failure::Mistakes`] if the settings have mistakes, [`Failure::Load`].
pub fn documents(root: &Path) -> Result<(Config, Vec<parse::Document>), Failure> {
    let site = Site::open(root)?;
    let sources = load::sources(&site)?;
    let mut notes = Notes::new(Mistakes::Stop);
    let config = notes.settings(settings(&site, None)?)?;
    let documents = parse::documents(&site, &sources.documents, &config, &mut parse::kept::Nothing).all;
    Ok((config, documents))
}

/// Reads a site as far as its index, for commands that ask about it and build nothing. What only a build must know of is not told.
///
/// # Errors
/// [`Failure::Mistakes`] if the settings or sources have mistakes, [`Failure::Load`].
pub fn index(root: &Path, as_of: Timestamp) -> Result<Indexed, Failure> {
    let site = Site::open(root)?;
    let mut sources = load::sources(&site)?;
    let mut notes = Notes::new(Mistakes::Stop);
    let config = Arc::new(notes.settings(settings(&site, None)?)?);
    let documents = parse::documents(&site, &sources.documents, &config, &mut parse::kept::Nothing).all;
    let redirects = notes.take(redirects(&site)?);
    let mut released = release::as_of(documents, sources.attachment_paths(), &config, as_of);
    sources.diagnostics.retain(|found| released.is_beside_what_is_out(&found.path));
    notes.of_sources(std::mem::take(&mut sources.diagnostics), std::mem::take(&mut released.diagnostics))?;
    let rankings = notes.take(parse::ranking::rankings(&site, &sources.data, released.slots()));
    let terms = std::mem::take(&mut released.terms);
    let index = relate::index(released, redirects, rankings, &config);
    let texts = relate::texts(&index, &site, terms)?;
    Ok(Indexed { site, index, texts })
}

/// A site as far as its index.
#[derive(Debug)]
pub struct Indexed {
    /// Its folder.
    pub site: Site,
    /// What is out, in its places.
    pub index: relate::SiteIndex,
    /// What its texts have in common.
    pub texts: relate::Texts,
}

/// Reads the settings of a site.
///
/// # Errors
/// [`Failure::Mistakes`] if they have mistakes, [`Failure::Load`].
pub fn config(root: &Path, base_url: Option<&str>) -> Result<Config, Failure> {
    let site = Site::open(root)?;
    let mut notes = Notes::new(Mistakes::Stop);
    notes.settings(settings(&site, base_url)?)
}

/// Renders a text as the body of an article of this site; of an empty one where there is no site.
///
/// # Errors
/// [`Failure::Mistakes`] for the settings, the templates and directives that cannot be rendered, [`Failure::Load`].
pub fn markdown(root: &Path, text: &Arc<str>, as_of: Timestamp) -> Result<(String, Vec<Diagnostic>), Failure> {
    let site = Site::open(root)?;
    let sources = load::sources(&site).unwrap_or_default();
    let mut notes = Notes::new(Mistakes::KeepGoing);
    let config = Arc::new(notes.settings(settings(&site, None)?)?);
    let templates = notes.take(render::load_templates(&site, &sources.templates, &config));
    let templates = templates.ok_or_else(|| Failure::Mistakes(notes.sorted()))?;
    let documents = parse::documents(&site, &sources.documents, &config, &mut parse::kept::Nothing).all;
    let released = release::as_of(documents, sources.attachment_paths(), &config, as_of);
    let index = relate::index(released, Vec::new(), BTreeMap::new(), &config);
    let plan = plan::outputs(
        &index,
        load::statics(&site, &sources)?,
        pictures::Developed::default(),
        templates.look_of_cards(),
    );
    let planned = render::Planned { index: Arc::new(index), lists: Arc::default(), plan: Arc::new(plan) };
    let view = render::View::new(planned, (&site, &sources), &templates, quires::open(None, &site));
    render::markdown(text, &view).map_err(|failure| match failure.into() {
        Failure::Mistakes(found) => {
            notes.take(((), found));
            Failure::Mistakes(notes.sorted())
        }
        other => other,
    })
}
