//! A build with nothing to do: whether what is published is what a build would make.

use std::os::unix::ffi::OsStrExt;

use super::{Again, Built, Failure, Mistakes, Notes, Request, Work, open_folder, settings};
use crate::{
    cache::{self, Interval, Key, Learned, Odd},
    config::Config,
    diag::Diagnostic,
    load::{Looked, Site, Sources},
    model::SourcePath,
    parse::Document,
    release,
    render::Reads,
    write,
};

/// How a build begins.
#[expect(clippy::large_enum_variant, reason = "there is one of it in a build")]
pub(super) enum Start {
    /// What is published is what it would make.
    NothingToDo(Built),
    /// There is something to do.
    Build {
        /// The output folder, if it is open already.
        folder: Option<write::Folder>,
        /// Why what the last build kept is of no use.
        odd: Option<Odd>,
    },
}

/// What is to be kept of the documents, before they are taken apart.
pub(super) struct Read {
    hashes: Vec<blake3::Hash>,
    clock: Interval,
}

impl Read {
    pub(super) fn of(documents: &[Document], config: &Config, request: &Request) -> Self {
        let (last, next) = release::steady(documents, config, request.as_of);
        let hashes = documents.iter().map(|document| document.hash).collect();
        Self { hashes, clock: Interval::between(last, next) }
    }

    /// The hash of a document among `sources`, as it was read.
    pub(super) fn hash(&self, sources: &Sources, path: &SourcePath) -> Option<blake3::Hash> {
        let at = sources.documents.iter().position(|document| document.path == *path)?;
        self.hashes.get(at).copied()
    }
}

/// Looks whether there is anything to do.
pub(super) fn start(request: &Request, site: &Site) -> Result<Start, Failure> {
    let build = |odd| Ok(Start::Build { folder: None, odd });
    let Some(key) = key(request) else { return build(None) };
    let kept = match cache::recall(site) {
        Ok(Some(kept)) => kept,
        Ok(None) => return build(None),
        Err(odd) => return build(Some(odd)),
    };
    // Mistakes in the settings are told by the build that follows.
    let settings = settings(site, request.base_url.as_deref())?;
    let Ok(config) = Notes::new(request.mistakes).settings(settings) else { return build(None) };
    let known = || match kept.learned(&key) {
        Ok(Some(learned)) => {
            let stands = learned.clock.holds(request.as_of) && learned.looked.is_unchanged(site);
            Ok(Some((learned, stands)))
        }
        Ok(None) => Ok(None),
        Err(odd) => Err(odd),
    };
    let (folder, known) = rayon::join(|| open_folder(request, site, &config), known);
    let mut folder = folder?;
    let odd = match known {
        Ok(Some((learned, _))) if folder.seal().is_none_or(|seal| learned.edition != *seal.as_bytes()) => {
            Some(Odd::OtherEdition)
        }
        Ok(Some((learned, true))) => match folder.standing() {
            Some(report) => return nothing_to_do(request, learned, report),
            None => None,
        },
        Ok(_) => None,
        Err(odd) => Some(odd),
    };
    Ok(Start::Build { folder: Some(folder), odd })
}

fn nothing_to_do(request: &Request, learned: Learned<'_>, report: write::Report) -> Result<Start, Failure> {
    let Learned { withheld, diagnostics, .. } = learned;
    if request.mistakes == Mistakes::Strict && !diagnostics.is_empty() {
        return Err(Failure::Mistakes(diagnostics));
    }
    Ok(Start::NothingToDo(Built {
        report,
        diagnostics,
        withheld,
        kept: Vec::new(),
        reasons: Vec::new(),
        work: Work::default(),
    }))
}

/// What the outputs of the edition in `folder` have read, if that is known; or why it is of no use.
pub(super) fn reads(request: &Request, site: &Site, folder: &write::Folder) -> (Option<Reads>, Option<Odd>) {
    let Some((key, seal)) = key(request).zip(folder.seal()) else { return (None, None) };
    match cache::recall_reads::<Reads>(site, &key, seal.into()) {
        // They are known by their places in the manifest.
        Ok(reads) => (reads.filter(|reads| reads.len() == folder.manifest().rows().len()), None),
        Err(odd) => (None, Some(odd)),
    }
}

/// What is told of a cache that is of no use.
pub(super) fn note(odd: Odd) -> String {
    format!("the cache {odd}: everything was made anew")
}

/// Keeps what a build learned, for the next one to do what has changed and no more.
pub(super) fn remember(
    request: &Request,
    site: &Site,
    (sources, read): (&Sources, &Read),
    again: Again<'_>,
    built: &mut Built,
) {
    let Some(key) = key(request) else { return };
    let is_whole = !built.diagnostics.iter().any(Diagnostic::is_error);
    let (looked, reads) = rayon::join(|| Looked::of(site, sources, &read.hashes), || again.reads());
    let result = match (looked.filter(|_| is_whole), built.report.seal) {
        (Some(looked), Some(seal)) => {
            let (edition, diagnostics) = (seal.into(), built.diagnostics.clone());
            let learned = Learned { edition, clock: read.clock, withheld: built.withheld, diagnostics, looked };
            cache::keep_reads(site, &key, edition, &reads).and_then(|()| cache::keep(site, &key, &learned))
        }
        // Where sources have mistakes, the next build looks at all of them again.
        _ => cache::forget(site),
    };
    if let Err(error) = result {
        let reason = crate::diag::reason(&error);
        built
            .report
            .notes
            .push(format!("the cache cannot be written ({reason}); the next build makes everything anew"));
    }
}

/// What decides the bytes of an edition besides the sources and the clock; none if the build keeps nothing.
fn key(request: &Request) -> Option<Key> {
    let base_url: &[u8] = request.base_url.as_deref().map_or(b"", str::as_bytes);
    let has_base_url = [u8::from(request.base_url.is_some())];
    Key::new(request.program.as_deref()?, &[request.out.as_os_str().as_bytes(), &has_base_url, base_url])
}
