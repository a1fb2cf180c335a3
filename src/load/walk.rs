//! Walks the site's folders.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::{
    Error, Site,
    stamp::{FileTime, Stamp},
};
use crate::{
    diag::{self, Code, Diagnostic},
    model::{Digest, SourcePath},
};

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it lies.
    pub path: SourcePath,
    /// What it was like before any of it was read.
    pub stamp: Stamp,
    /// The file or folder of the site to which it leads, if it is a link.
    pub(super) leads_to: Option<Box<str>>,
    /// The hash of its bytes, where the stamp cannot be trusted, or it is read by every build, and nobody else will hash it.
    pub(super) hash: Option<blake3::Hash>,
}

impl Source {
    /// What tells the file from what it was when another build looked at it: a stamp that can be trusted, or one with the hash of the bytes.
    pub fn mark(&self) -> Digest {
        Digest::of(&(self.stamp, self.hash))
    }
}

/// Every file that a build may read, each list sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `content/**.md`.
    pub documents: Vec<Source>,
    /// Everything else in `content/`: pictures and files that articles refer to.
    pub attachments: Vec<Source>,
    /// `static/`.
    pub statics: Vec<Source>,
    /// `templates/`.
    pub templates: Vec<Source>,
    /// `data/`.
    pub data: Vec<Source>,
    /// What was found and cannot be used.
    pub diagnostics: Vec<Diagnostic>,
    /// `site.yaml` and `redirects.yaml`, if they are there.
    pub(super) settings: Vec<Source>,
    /// Every folder that was listed.
    pub(super) folders: Vec<Source>,
    /// What was looked for and is not there.
    pub(super) absent: Vec<SourcePath>,
    /// Pipes, sockets and devices.
    pub(super) passed_over: Vec<SourcePath>,
    /// Whether all that was met could be looked at.
    pub(super) is_whole: bool,
    /// When this build began, by the clock of the site's file system; none if that is not known.
    pub(super) began_at: Option<FileTime>,
}

impl Source {
    /// Whether its bytes are those of a file with that stamp, which was looked at by a build that began at `began_at`.
    ///
    /// Of a link that is never said: any folder on the way to its end may be another one now.
    pub fn is_as_it_was(&self, stamp: &Stamp, began_at: FileTime) -> bool {
        self.stamp == *stamp && stamp.is_older(began_at) && self.leads_to.is_none()
    }
}

impl Sources {
    /// All files but the documents.
    pub(super) fn undocumented(&self) -> impl Iterator<Item = &Source> {
        [&self.attachments, &self.statics, &self.templates, &self.data, &self.settings].into_iter().flatten()
    }

    /// Where the attachments lie.
    pub fn attachment_paths(&self) -> Vec<SourcePath> {
        self.attachments.iter().map(|source| source.path.clone()).collect()
    }
}

/// Finds every file of a site.
///
/// Links are followed if they stay inside the site; dot files (but `.well-known`, `.nojekyll` and `.htaccess` in `static/`) and editors' litter are passed over.
///
/// # Errors
/// [`Error::NoSite`] if there is no `content/`.
pub fn sources(site: &Site) -> Result<Sources, Error> {
    let content = SourcePath::new("content");
    if !site.locate(&content).is_dir() {
        return Err(Error::NoSite(site.root().to_path_buf()));
    }
    let mut found = Sources { is_whole: true, began_at: site.began_at(), ..Sources::default() };
    for name in ["site.yaml", "redirects.yaml"] {
        look_for(site, &SourcePath::new(name), &mut found);
    }
    for source in walk(site, "content", &mut found) {
        let is_document =
            Path::new(source.path.as_str()).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
        if is_document { found.documents.push(source) } else { found.attachments.push(source) }
    }
    found.statics = walk(site, "static", &mut found);
    found.templates = walk(site, "templates", &mut found);
    found.data = walk(site, "data", &mut found);
    found.is_whole &= !found.diagnostics.iter().any(Diagnostic::is_error);
    if let Some(began_at) = found.began_at {
        hash_some(site, &mut found, began_at);
    }
    Ok(found)
}

/// Looks at a file that needs not be there.
fn look_for(site: &Site, path: &SourcePath, found: &mut Sources) {
    let place = site.locate(path);
    match place.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => found.absent.push(path.clone()),
        Err(_) => found.is_whole = false,
        // What is wrong with it is told by whoever reads it.
        Ok(link) => match place.metadata() {
            Ok(facts) if facts.is_file() => {
                let leads_to = link.is_symlink().then(|| target(site, &place)).flatten();
                found.is_whole &= !link.is_symlink() || leads_to.is_some();
                let stamp = Stamp::from(&facts);
                found.settings.push(Source { path: path.clone(), stamp, leads_to, hash: None });
            }
            _ => found.is_whole = false,
        },
    }
}

/// The largest file of settings, templates or data that is hashed whatever its stamp says.
const SMALL_BYTES: u64 = 64 * 1024;

/// Hashes the files whose stamps cannot be trusted, before anybody reads them, and the small ones on which all pages depend: if such a file was only touched, or
/// checked out anew, there is nothing to do. Documents are hashed by those who parse them.
fn hash_some(site: &Site, found: &mut Sources, began_at: FileTime) {
    let seldom = [&mut found.attachments, &mut found.statics].into_par_iter().flatten().map(|source| (source, false));
    let always = [&mut found.templates, &mut found.data, &mut found.settings].into_par_iter().flatten();
    let always = always.map(|source| {
        let is_small = source.stamp.len_bytes() <= SMALL_BYTES;
        (source, is_small)
    });
    let hashed = seldom.chain(always).filter(|(source, is_hashed)| *is_hashed || !source.stamp.is_older(began_at));
    hashed.for_each(|(source, _)| source.hash = site.hash(&source.path).ok());
}

fn walk(site: &Site, folder: &str, all: &mut Sources) -> Vec<Source> {
    let top = site.root().join(folder);
    if !top.exists() {
        all.absent.push(SourcePath::new(folder));
        return Vec::new();
    }
    let mut listed = Vec::new();
    let mut entries = WalkDir::new(&top).follow_links(true).into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) if entry.depth() > 0 && is_litter(&entry, folder) => {
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
            }
            Ok(entry) => {
                let path = relative(site, entry.path());
                let leads_to = entry.path_is_symlink().then(|| target(site, entry.path()));
                if leads_to == Some(None) {
                    all.diagnostics.push(outside(&path));
                    if entry.file_type().is_dir() {
                        entries.skip_current_dir();
                    }
                    continue;
                }
                if !entry.file_type().is_file() && !entry.file_type().is_dir() {
                    all.diagnostics.push(
                        Diagnostic::warning_in(Code::NotAFile, &path, "this is not a regular file, and is passed over")
                            .help("remove the pipe, socket or device from the site"),
                    );
                    all.is_whole &= leads_to.is_none();
                    all.passed_over.push(path);
                    continue;
                }
                listed.push((path, leads_to.flatten(), entry));
            }
            Err(error) => all.diagnostics.push(unreadable(site, folder, &error)),
        }
    }
    let looked_at = |(path, leads_to, entry): (SourcePath, Option<Box<str>>, DirEntry)| {
        let stamp = Stamp::from(&entry.metadata().ok()?);
        Some((Source { path, stamp, leads_to, hash: None }, entry.file_type().is_dir()))
    };
    let looked_at: Vec<Option<(Source, bool)>> = listed.into_par_iter().map(looked_at).collect();
    // One may be gone since it was listed; whoever reads it will tell.
    all.is_whole &= looked_at.iter().all(Option::is_some);
    let mut found = Vec::with_capacity(looked_at.len());
    for (source, is_folder) in looked_at.into_iter().flatten() {
        if is_folder { all.folders.push(source) } else { found.push(source) }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn unreadable(site: &Site, folder: &str, error: &walkdir::Error) -> Diagnostic {
    let path = error.path().map_or_else(|| SourcePath::new(folder), |path| relative(site, path));
    if error.loop_ancestor().is_some() {
        return Diagnostic::error_in(Code::NotAFile, &path, "this link leads to a folder that holds it: a loop")
            .help("remove the link, or link to the files themselves");
    }
    let place = error.path().map(Path::to_path_buf).unwrap_or_default();
    let is_link = place.symlink_metadata().is_ok_and(|facts| facts.file_type().is_symlink());
    if is_link {
        return Diagnostic::error_in(Code::NotAFile, &path, "this link leads to nothing that can be read")
            .help("mend or remove the link");
    }
    let reason = error.io_error().map_or_else(|| "the system gives no reason".to_owned(), diag::reason);
    Diagnostic::error_in(Code::Unreadable, &path, format!("this cannot be read: {reason}"))
}

fn outside(path: &SourcePath) -> Diagnostic {
    Diagnostic::error_in(Code::NotAFile, path, "this link leads out of the site's folder")
        .note("a site is built from its own folder alone, so that it can be built elsewhere and leaks nothing of the machine")
        .help("copy the file into the site")
}

/// The file or folder of the site to which a link leads in the end; none if it leads out of it, or to nothing.
pub(super) fn target(site: &Site, link: &Path) -> Option<Box<str>> {
    let target: PathBuf = link.canonicalize().ok()?;
    target.strip_prefix(site.root()).ok().map(|inside| inside.to_string_lossy().into())
}

fn relative(site: &Site, path: &Path) -> SourcePath {
    let relative = path.strip_prefix(site.root()).unwrap_or(path);
    SourcePath::new(relative.to_string_lossy())
}

fn is_litter(entry: &DirEntry, folder: &str) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_wanted = folder == "static" && entry.depth() == 1 && is_published_dot_file(&name);
    !is_wanted && is_litter_name(&name)
}

/// Whether the walk passes over what stands at a path below one of the site's folders.
pub(super) fn is_passed_over(path: &SourcePath) -> bool {
    let is_wanted = path.folder() == "static" && is_published_dot_file(path.name());
    !is_wanted && is_litter_name(path.name())
}

fn is_published_dot_file(name: &str) -> bool {
    matches!(name, ".well-known" | ".nojekyll" | ".htaccess")
}

/// Whether a name is that of a hidden file, or of one that an editor or a system leaves about.
pub(crate) fn is_litter_name(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || [".swp", ".swo", ".swx", ".tmp", ".bak", ".orig"].iter().any(|ending| name.ends_with(ending))
        || matches!(name, "Thumbs.db" | "desktop.ini")
}
