//! What is asked of a site without building it: what an output reads and why it would be made again, and everything that is wrong.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Again, Failure, Mistakes, Notes, Prepared, Request, begin, prepare, standing};
use crate::{
    config::Config,
    diag::{self, Diagnostic},
    load::{self, Site},
    model::{Digest, OutPath, SourcePath, Timestamp},
    parse::{self, body::Outline},
    pictures,
    plan::{self, Output, OutputKind},
    relate,
    release::{self, Policy},
    render::{self, Why},
};

/// An output, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Its file.
    pub path: OutPath,
    /// What it has read, the widest first; none if it is not known.
    pub reads: Vec<String>,
    /// What becomes of it in a build now.
    pub verdict: Verdict,
}

/// What becomes of an output in a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It stays as it is.
    Same,
    /// It is made, as nothing is known of the edition before, or of it.
    Unknown,
    /// It takes the place of something else.
    Replaced,
    /// It is made again, as these have changed.
    Changed(Vec<String>),
}

/// Explains an output of a site: the first that `is_meant` tells by its file. Without one, the files of all outputs.
///
/// # Errors
/// As [`build`](super::build); publishes nothing.
pub fn explain(
    request: &Request,
    is_meant: impl Fn(&OutPath) -> bool,
) -> Result<Result<Explained, Vec<OutPath>>, Failure> {
    let site = Site::open(&request.root)?.with_shelf();
    let mut notes = Notes::new(Mistakes::KeepGoing);
    let begun = begin(request, &site, None, &mut notes)?;
    let Prepared { planned, view, .. } = prepare(request, &site, &begun, &[], &mut notes)?;
    let folder = begun.folder;
    let (past, _) = standing::reads(request, &site, &folder);
    let again = Again::of((&view, &planned.index, &planned.plan), past.as_ref(), &folder);
    let outputs = &planned.plan.outputs;
    let Some(number) = outputs.iter().position(|output| is_meant(&output.path)) else {
        return Ok(Err(outputs.iter().map(|output| output.path.clone()).collect()));
    };
    let path = outputs[number].path.clone();
    let at = folder.manifest().position(path.as_str().as_bytes());
    let known = past.as_ref().zip(at);
    let verdict = match again.why(number) {
        None if known.is_some() => Verdict::Same,
        None | Some(Why::Unknown) => Verdict::Unknown,
        Some(Why::Replaced) => Verdict::Replaced,
        Some(Why::Changed(facts)) => {
            let past = past.iter();
            Verdict::Changed(past.flat_map(|past| facts.iter().map(|fact| past.words(fact))).collect())
        }
    };
    Ok(Ok(Explained { path, reads: known.map_or_else(Vec::new, |(past, at)| past.of(at)), verdict }))
}

/// What most outputs of the last edition have read, each with their number; none if that is not known.
///
/// # Errors
/// As [`build`](super::build); publishes nothing.
pub fn fan_out(request: &Request) -> Result<Option<Vec<(String, usize)>>, Failure> {
    let site = Site::open(&request.root)?.with_shelf();
    let mut notes = Notes::new(Mistakes::KeepGoing);
    let config = notes.settings(super::settings(&site, request.base_url.as_deref())?)?;
    let folder = super::open_folder(request, &site, &config)?;
    Ok(standing::reads(request, &site, &folder).0.map(|reads| reads.fan_out()))
}

/// Every mistake and warning of a site, also of what is not out.
///
/// # Errors
/// [`Failure::Mistakes`] for the settings, [`Failure::Load`].
pub fn check(request: &Request) -> Result<Vec<Diagnostic>, Failure> {
    let site = Site::open(&request.root)?.with_shelf();
    let mut notes = Notes::new(Mistakes::KeepGoing);
    let sources = load::sources(&site)?;
    let config = Arc::new(notes.settings(super::settings(&site, request.base_url.as_deref())?)?);
    let mut keeper = super::kept::open(request.program.as_deref(), &site, &config);
    let documents = parse::outlines(&site, &sources.documents, &config, &mut keeper).all;
    // What cannot be kept is made again the next time.
    super::kept::close(keeper);
    let redirects = notes.take(super::redirects(&site)?);
    let templates = notes.take(render::load_templates(&site, &sources.templates, &config));
    let mut found: Vec<Diagnostic> = documents.iter().flat_map(|document| &document.diagnostics).cloned().collect();
    if let Some(templates) = &templates {
        found.extend(drawn(&site, &sources, (&config, request.as_of), &documents, templates)?);
    }
    let mut released = release::as_of(documents, sources.attachment_paths(), &config, request.as_of);
    found.append(&mut released.diagnostics);
    let rankings = notes.take(parse::ranking::rankings(&site, &sources.data, released.slots()));
    let index = relate::index(released, redirects, rankings, &config);
    let wanted = plan::wanted_pictures(&index, &sources);
    let developed = pictures::develop(&site, &wanted, config.images.store_bytes)?;
    let look = templates.map_or_else(|| Digest::of(""), |templates| templates.look_of_cards());
    let mut plan = plan::outputs(&index, load::statics(&site, &sources)?, developed, look);
    plan.add_compressed(&index);
    found.extend(sources.diagnostics);
    found.extend(index.diagnostics.iter().chain(&plan.diagnostics).cloned());
    found.extend(relate::mistakes_of_choices(&index));
    found.extend(notes.sorted());
    diag::sort(&mut found);
    found.dedup();
    Ok(found)
}

/// Mistakes in the tables and charts of stories, which are read where pages are made: also of those that are not out yet.
fn drawn(
    site: &Site,
    sources: &load::Sources,
    (config, as_of): (&Arc<Config>, Timestamp),
    documents: &[parse::Document],
    templates: &render::Templates,
) -> Result<Vec<Diagnostic>, Failure> {
    let draws = |outline: &Outline| !outline.data.is_empty();
    let is_drawing = |document: &parse::Document| {
        let mut entries = document.live.iter().flat_map(|live| &live.entries);
        draws(&document.outline) || entries.any(|entry| draws(&entry.outline))
    };
    let drawing: BTreeSet<&SourcePath> = documents.iter().filter(|it| is_drawing(it)).map(|it| &it.path).collect();
    if drawing.is_empty() {
        return Ok(Vec::new());
    }
    let shown = release::under(Policy::Preview, documents.to_vec(), sources.attachment_paths(), (config, as_of));
    let index = relate::index(shown, Vec::new(), BTreeMap::new(), config);
    let developed = pictures::Developed::default();
    let plan = plan::outputs(&index, load::statics(site, sources)?, developed, templates.look_of_cards());
    let planned = render::Planned { index: Arc::new(index), lists: Arc::default(), plan: Arc::new(plan) };
    let plan = Arc::clone(&planned.plan);
    let view = render::View::new(planned, (site, sources), templates, super::quires::open(None, site));
    let is_meant = |output: &&Output| {
        let subject = output.subject.as_ref();
        matches!(output.kind, OutputKind::Story(_)) && subject.is_some_and(|subject| drawing.contains(subject))
    };
    let mut found = Vec::new();
    for output in plan.outputs.iter().filter(is_meant) {
        match render::output(output, &view) {
            Ok(_) => {}
            Err(render::Failure::Mistakes(mistakes)) => found.extend(mistakes),
            Err(render::Failure::Load(error)) => return Err(error.into()),
        }
    }
    Ok(found)
}
