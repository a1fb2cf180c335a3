//! The site as an editor sees it: the same spine, resident, and no folder of outputs.
//!
//! The index comes first, from what earlier builds kept of documents; pages are rendered when somebody asks for one. An edit of a text that the rest of the
//! site cannot see ([`parse::Document::outside`]) takes the place of the old one in the index, in the time of parsing it; after any other edit everything is
//! related anew, while the edition before goes on being shown.
//!
//! Related lists need the texts of all stories, so they are made beside all else once the rest is shown, from what the last ones left; and again some time after
//! texts have changed: so much later that this takes a tenth of a processor at most.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, mpsc},
    thread,
    time::Duration,
};

use rayon::prelude::*;

use super::{Failure, Mistakes, Notes, kept, quires, redirects, settings, texts};
use crate::{
    cache::Interval,
    config::Config,
    diag::{self, Diagnostic},
    load::{self, Site},
    model::{Digest, Lookup, SourcePath, Timestamp, Zone},
    parse, pictures, plan, relate,
    release::{self, Policy, Standing},
    render,
};

/// What to show.
#[derive(Debug, Clone)]
pub struct Request {
    /// The site's folder.
    pub root: PathBuf,
    /// Stands in for the `url` of `site.yaml`.
    pub base_url: Option<String>,
    /// The running program, by whose stamp what was kept of documents is known to be of its making.
    pub program: Option<PathBuf>,
    /// What is let through.
    pub policy: Policy,
}

/// Which files may have changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// These, with absolute paths.
    pub files: BTreeSet<PathBuf>,
    /// Any.
    pub anything: bool,
}

impl Changed {
    /// Everything may have changed.
    pub fn anything() -> Self {
        Self { anything: true, ..Self::default() }
    }

    /// Adds what has changed as well.
    pub fn join(&mut self, other: Self) {
        self.files.extend(other.files);
        self.anything |= other.anything;
    }

    /// Whether nothing has.
    pub fn is_nothing(&self) -> bool {
        self.files.is_empty() && !self.anything
    }
}

/// What came of looking at what has changed.
#[derive(Debug)]
pub struct Refreshed {
    /// What there is to show.
    pub shown: Arc<Shown>,
    /// Whether any page may be another one.
    pub is_new: bool,
    /// What was noticed.
    pub diagnostics: Vec<Diagnostic>,
    /// What was done.
    pub work: Work,
    /// The next instant at which anything changes without an edit.
    pub next_event: Option<Timestamp>,
    /// How soon to ask again without an edit, if that is wanted.
    pub look_again: Option<Duration>,
}

/// How much was done to show an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Whether everything was related anew.
    pub is_whole: bool,
    /// How many documents were parsed.
    pub parsed: usize,
}

/// A site whose pages are rendered when they are asked for.
#[derive(Debug)]
pub struct Shown {
    site: Site,
    view: RwLock<render::View>,
}

/// A page as it is shown.
#[derive(Debug)]
pub struct Page {
    /// Its bytes.
    pub content: render::Content,
    /// How the story stands that it is the page of.
    pub standing: Standing,
}

impl Shown {
    /// The number of the output at a path of the published folder, if there is one.
    pub fn output(&self, path: &str) -> Option<usize> {
        self.read(|view| view.plan().outputs.binary_search_by(|output| output.path.as_str().cmp(path)).ok())
    }

    /// The site's time zone.
    pub fn zone(&self) -> Zone {
        self.read(|view| view.index().config.zone.clone())
    }

    /// Renders an output, by its number.
    ///
    /// # Errors
    /// [`Failure::Mistakes`] if a template or source fails on it; [`Failure::Load`] if a file is gone or another one, of which a newer edition may know.
    pub fn page(&self, number: usize) -> Result<Page, Failure> {
        self.read(|view| {
            let output = &view.plan().outputs[number];
            let file = match &output.kind {
                plan::OutputKind::Attachment(path) => Some(path),
                plan::OutputKind::Static(at) => match &view.plan().statics[*at].origin {
                    load::Origin::Site(path) => Some(path),
                    load::Origin::Theme(_) => None,
                },
                _ => None,
            };
            // A link may have been put there since the walk refused those that lead out.
            if let Some(path) = file.filter(|path| !self.site.holds(path)) {
                return Err(load::Error::Changed(path.clone()).into());
            }
            let rendered = render::output(output, view)?;
            let standing = match output.kind {
                plan::OutputKind::Story(id) => view.index().story(id).article.standing,
                _ => Standing::Out,
            };
            Ok(Page { content: rendered.content, standing })
        })
    }

    fn read<T>(&self, ask: impl FnOnce(&render::View) -> T) -> T {
        ask(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut render::View) -> T) -> T {
        change(&mut self.view.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A site, kept warm.
#[derive(Debug)]
pub struct Preview {
    request: Request,
    warm: Option<Warm>,
    /// A thread that makes related lists has another one of it.
    desk: Arc<()>,
}

/// The most texts that are put in the place of others one by one.
const MOST_PATCHES: usize = 16;

/// How often the related lists are asked for that are being made.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How long after an edit of a text the related lists are made again: about ten times as long as that takes.
const LIST_PAUSE_PER_STORY: Duration = Duration::from_micros(150);

/// What is known between two edits.
#[derive(Debug)]
struct Warm {
    config: Arc<Config>,
    shown: Arc<Shown>,
    /// Of each document, what the rest of the site sees of it.
    outside: Lookup<SourcePath, Digest>,
    stories: Lookup<SourcePath, relate::StoryId>,
    /// Which story has which number.
    order: Digest,
    /// The instants between which nothing changes without an edit.
    clock: Interval,
    next: Option<Timestamp>,
    diagnostics: Vec<Diagnostic>,
    listing: Listing,
}

/// Where the related lists are.
#[derive(Debug)]
enum Listing {
    /// To be made when nothing has changed for so long.
    Stale(Duration),
    /// Being made.
    Begun(mpsc::Receiver<(Digest, relate::Lists)>),
    /// As the texts are, as far as they could be made.
    Done,
}

impl Preview {
    /// A preview that knows nothing yet.
    pub fn new(request: Request) -> Self {
        Self { request, warm: None, desk: Arc::default() }
    }

    /// Makes what is shown the site as it is now, as far as it may have changed.
    ///
    /// # Errors
    /// [`Failure`]; then what was shown is shown on.
    pub fn refresh(&mut self, changed: &Changed, as_of: Timestamp) -> Result<Refreshed, Failure> {
        let patched = self.warm.as_mut().and_then(|warm| warm.patch(changed, as_of));
        let (is_new, work) = if let Some(patched) = patched {
            patched
        } else {
            let (warm, work) = warm(&self.request, as_of)?;
            self.warm = Some(warm);
            (true, work)
        };
        let warm = self.warm.as_mut().expect("it was warm, or was made so");
        let warm_config = Arc::clone(&warm.config);
        let has_time = changed.is_nothing() && Arc::strong_count(&self.desk) == 1;
        let is_relisted = warm.list(has_time, || begin_lists(&self.request, &self.desk, &warm_config, as_of));
        Ok(Refreshed {
            shown: Arc::clone(&warm.shown),
            is_new: is_new || is_relisted,
            diagnostics: warm.told(),
            work,
            next_event: warm.next,
            look_again: warm.look_again(),
        })
    }
}

/// Reads and relates a site, but for its lists.
fn warm(request: &Request, as_of: Timestamp) -> Result<(Warm, Work), Failure> {
    let site = Site::open(&request.root)?.with_shelf();
    let mut notes = Notes::new(Mistakes::Stop);
    let mut sources = load::sources(&site)?;
    let config = Arc::new(notes.settings(settings(&site, request.base_url.as_deref())?)?);
    let mut keeper = kept::open(request.program.as_deref(), &site, &config);
    let parse::Documents { all: documents, parsed, .. } =
        parse::outlines(&site, &sources.documents, &config, &mut keeper);
    // What cannot be kept is made again the next time.
    kept::close(keeper);
    let digests: Vec<Digest> = documents.par_iter().map(parse::Document::outside).collect();
    let outside = documents.iter().map(|document| document.path.clone()).zip(digests).collect();
    let (last, next) = release::steady(&documents, &config, as_of);
    let redirects = notes.take(redirects(&site)?);
    let templates = notes.take(render::load_templates(&site, &sources.templates, &config));
    let mut released = release::under(request.policy, documents, sources.attachment_paths(), (&config, as_of));
    sources.diagnostics.retain(|found| released.is_beside_what_is_out(&found.path));
    notes.of_sources(std::mem::take(&mut sources.diagnostics), std::mem::take(&mut released.diagnostics))?;
    let templates = templates.expect("templates with mistakes have stopped the build");
    let aside = std::mem::take(&mut released.aside);
    let rankings = notes.take(parse::ranking::rankings(&site, &sources.data, released.slots()));
    let index = relate::index(released, redirects, rankings, &config);
    let wanted = plan::wanted_pictures(&index, &sources);
    let developed = pictures::develop(&site, &wanted, config.images.store_bytes)?;
    let plan = plan::outputs(&index, load::statics(&site, &sources)?, developed, templates.look_of_cards());
    notes.of_site(&[&index.diagnostics, &plan.diagnostics])?;
    let stories = index.ids().map(|(id, path)| (path.clone(), id)).collect();
    let order = order(&index);
    let planned = render::Planned { index: Arc::new(index), lists: Arc::default(), plan: Arc::new(plan) };
    let quires = quires::glance(request.program.as_deref(), &site);
    let view = render::View::new(planned, (&site, &sources), &templates, quires);
    let mut diagnostics = notes.sorted();
    diagnostics.extend(aside);
    let warm = Warm {
        config,
        shown: Arc::new(Shown { site, view: RwLock::new(view) }),
        outside,
        stories,
        order,
        clock: Interval::between(last, next),
        next,
        diagnostics,
        // First of all, somebody wants to see a page.
        listing: Listing::Stale(LOOK_EVERY),
    };
    Ok((warm, Work { is_whole: true, parsed }))
}

fn order(index: &relate::SiteIndex) -> Digest {
    Digest::of(&index.stories().iter().map(|story| story.article.path()).collect::<Vec<_>>())
}

impl Warm {
    /// Puts texts that were edited in the place of what they were, if that is all that changed; tells whether a page may be another one.
    fn patch(&mut self, changed: &Changed, as_of: Timestamp) -> Option<(bool, Work)> {
        if changed.anything || changed.files.len() > MOST_PATCHES || !self.clock.holds(as_of) {
            return None;
        }
        let edited: Option<Vec<_>> = changed.files.iter().map(|file| self.edited(file)).collect();
        let mut is_new = false;
        for (id, document) in edited? {
            is_new |= self.shown.change(|view| {
                let is_other = view.index().story(id).article.source.hash != document.hash;
                if is_other {
                    view.rewrite(id, document.hash, document.outline);
                }
                is_other
            });
        }
        if is_new {
            let stories = self.shown.read(|view| view.index().stories().len());
            let pause = LIST_PAUSE_PER_STORY.saturating_mul(u32::try_from(stories).unwrap_or(u32::MAX));
            self.listing = Listing::Stale(pause.max(LOOK_EVERY));
        }
        Some((is_new, Work { is_whole: false, parsed: changed.files.len() }))
    }

    /// A story whose text alone may have changed.
    fn edited(&self, file: &Path) -> Option<(relate::StoryId, parse::Document)> {
        let site = &self.shown.site;
        let path = SourcePath::new(file.strip_prefix(site.root()).ok()?.to_str()?);
        let (known, id) = (self.outside.get(&path)?, *self.stories.get(&path)?);
        let is_in_bundle = self.outside.contains(&SourcePath::new(format!("{}/index.md", path.folder())));
        let mut document = parse::again(site, &path, is_in_bundle, &self.config);
        // Posts of live coverage have places of their own in the index.
        let is_text = !file.is_symlink() && document.live.is_none() && document.outside() == *known;
        document.outline.terms = parse::terms::TermList::default();
        is_text.then_some((id, document))
    }

    /// Sees to the related lists: takes those that are made, and begins to make others if there is time. Tells whether there are others to show.
    fn list(&mut self, has_time: bool, begin: impl FnOnce() -> Listing) -> bool {
        let made = match &self.listing {
            Listing::Stale(_) if has_time => {
                self.listing = begin();
                return false;
            }
            Listing::Stale(_) | Listing::Done => return false,
            Listing::Begun(made) => made.try_recv(),
        };
        let lists = match made {
            Err(mpsc::TryRecvError::Empty) => return false,
            Err(mpsc::TryRecvError::Disconnected) => None,
            // Where another file came or went meanwhile, its own edition is on its way.
            Ok((order, lists)) => (order == self.order).then_some(lists),
        };
        self.listing = Listing::Done;
        let is_other = |lists: &relate::Lists| self.shown.read(|view| view.lists() != lists);
        let Some(lists) = lists.filter(is_other) else { return false };
        self.shown.change(|view| view.relist(lists));
        true
    }

    fn told(&self) -> Vec<Diagnostic> {
        let mut told = self.diagnostics.clone();
        self.shown.read(|view| told.extend(view.lists().diagnostics.iter().cloned()));
        diag::sort(&mut told);
        told
    }

    fn look_again(&self) -> Option<Duration> {
        match self.listing {
            Listing::Stale(pause) => Some(pause),
            Listing::Begun(_) => Some(LOOK_EVERY),
            Listing::Done => None,
        }
    }
}

/// Makes the related lists of the site as it lies on the disk, beside all else.
fn begin_lists(request: &Request, desk: &Arc<()>, config: &Arc<Config>, as_of: Timestamp) -> Listing {
    let (sender, made) = mpsc::channel();
    let (request, desk, config) = (request.clone(), Arc::clone(desk), Arc::clone(config));
    let threads = rayon::current_num_threads().div_ceil(2);
    let begun = thread::Builder::new().name("related lists".into()).spawn(move || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok();
        let lists = pool.and_then(|pool| pool.install(|| lists(&request, &config, as_of)));
        // Nobody listens any more if the site is another one by now.
        let is_sent = lists.map(|lists| sender.send(lists)).is_some();
        drop(desk);
        is_sent
    });
    if begun.is_ok() { Listing::Begun(made) } else { Listing::Done }
}

fn lists(request: &Request, config: &Arc<Config>, as_of: Timestamp) -> Option<(Digest, relate::Lists)> {
    let site = Site::open(&request.root).ok()?.with_shelf();
    let sources = load::sources(&site).ok()?;
    let program = request.program.as_deref();
    let mut keeper = kept::open(program, &site, config);
    let documents = parse::documents(&site, &sources.documents, config, &mut keeper).all;
    kept::close(keeper);
    let mut released = release::under(request.policy, documents, sources.attachment_paths(), (config, as_of));
    let terms = std::mem::take(&mut released.terms);
    let index = relate::index(released, Vec::new(), std::collections::BTreeMap::new(), config);
    let (lists, _) = texts::lists(program, &site, &index, terms).ok()?;
    Some((order(&index), lists))
}
