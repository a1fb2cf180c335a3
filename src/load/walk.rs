//! Walks the site's folders.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::{Error, Site};
use crate::{
    diag::{self, Code, Diagnostic},
    model::SourcePath,
};

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it lies.
    pub path: SourcePath,
    /// Its size.
    pub len_bytes: u64,
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
}

impl Sources {
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
    let mut found = Sources::default();
    let mut problems = Vec::new();
    for source in walk(site, "content", &mut problems) {
        let is_document =
            Path::new(source.path.as_str()).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
        if is_document { found.documents.push(source) } else { found.attachments.push(source) }
    }
    found.statics = walk(site, "static", &mut problems);
    found.templates = walk(site, "templates", &mut problems);
    found.data = walk(site, "data", &mut problems);
    found.diagnostics = problems;
    Ok(found)
}

fn walk(site: &Site, folder: &str, problems: &mut Vec<Diagnostic>) -> Vec<Source> {
    let top = site.root().join(folder);
    if !top.exists() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut entries = WalkDir::new(&top).follow_links(true).into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) if entry.depth() > 0 && is_litter(&entry, folder) => {
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
            }
            Ok(entry) => {
                if entry.path_is_symlink() && !stays_inside(site, entry.path()) {
                    problems.push(outside(&relative(site, entry.path())));
                    if entry.file_type().is_dir() {
                        entries.skip_current_dir();
                    }
                } else if entry.file_type().is_file() {
                    let len_bytes = entry.metadata().map_or(0, |facts| facts.len());
                    found.push(Source { path: relative(site, entry.path()), len_bytes });
                } else if !entry.file_type().is_dir() {
                    let path = relative(site, entry.path());
                    problems.push(
                        Diagnostic::warning_in(Code::NotAFile, &path, "this is not a regular file, and is passed over")
                            .help("remove the pipe, socket or device from the site"),
                    );
                }
            }
            Err(error) => problems.push(unreadable(site, folder, &error)),
        }
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

/// Whether a link's target lies in the site, outside the folders that are built from it.
fn stays_inside(site: &Site, link: &Path) -> bool {
    link.canonicalize().is_ok_and(|target: PathBuf| target.starts_with(site.root()))
}

fn relative(site: &Site, path: &Path) -> SourcePath {
    let relative = path.strip_prefix(site.root()).unwrap_or(path);
    let parts: Vec<_> = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    SourcePath::new(parts.join("/"))
}

fn is_litter(entry: &DirEntry, folder: &str) -> bool {
    let name = entry.file_name().to_string_lossy();
    if folder == "static" && entry.depth() == 1 && matches!(&*name, ".well-known" | ".nojekyll" | ".htaccess") {
        return false;
    }
    is_litter_name(&name)
}

/// Whether a name is that of a hidden file, or of one that an editor or a system leaves about.
pub(crate) fn is_litter_name(name: &str) -> bool {
    name.starts_with('.')
        || name.ends_with('~')
        || (name.starts_with('#') && name.ends_with('#'))
        || [".swp", ".swo", ".swx", ".tmp", ".bak", ".orig"].iter().any(|ending| name.ends_with(ending))
        || matches!(name, "Thumbs.db" | "desktop.ini")
}
