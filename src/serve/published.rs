//! The published folder: which files it holds, and their bytes.

use std::{collections::BTreeSet, fs::File, io, path::Path};

use rustix::fs::{FileType, Mode, OFlags, fstat, open, openat};
use walkdir::WalkDir;

/// The regular files of a published folder, as paths in it with `/` between their parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listing(BTreeSet<String>);

impl Listing {
    /// Lists a published folder. Links, devices and names that no URL can spell are left out; a missing folder is an empty one.
    pub(super) fn of(public: &Path) -> Self {
        // The folder itself may be a link, and an edition that is exchanged for another while we walk leaves us with entries that are gone. Both are fine.
        let entries = WalkDir::new(public).min_depth(1).into_iter().filter_map(Result::ok);
        let files = entries.filter(|entry| entry.file_type().is_file());
        let names = files.filter_map(|file| file.path().strip_prefix(public).ok()?.to_str().map(str::to_owned));
        Self(names.collect())
    }

    /// The listed file of that name. The answer is ours, not the caller's: only it may be opened.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[cfg(test)]
    pub(super) fn from_names(names: &[&str]) -> Self {
        Self(names.iter().map(ToString::to_string).collect())
    }
}

/// Opens a listed file of the published folder and tells its length in bytes.
///
/// Each part is opened in the one before it and never through a link, so even a tree that is changed under us can't lead out of the folder.
///
/// # Errors
/// What the system says; [`io::ErrorKind::NotFound`] also for what is no regular file any more.
pub(super) fn open_file(public: &Path, listed: &str) -> io::Result<(File, u64)> {
    let read = OFlags::RDONLY | OFlags::CLOEXEC;
    let mut place = open(public, read | OFlags::DIRECTORY, Mode::empty())?;
    let mut parts = listed.split('/').peekable();
    while let Some(part) = parts.next() {
        // A pipe in the place of a file must not make us wait for its writer.
        let kind = if parts.peek().is_some() { OFlags::DIRECTORY } else { OFlags::NONBLOCK };
        place = openat(&place, part, read | kind | OFlags::NOFOLLOW, Mode::empty())?;
    }
    let facts = fstat(&place)?;
    if FileType::from_raw_mode(facts.st_mode) != FileType::RegularFile {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok((File::from(place), u64::try_from(facts.st_size).unwrap_or(0)))
}

/// The `Content-Type` of a file, by the ending of its name.
pub(super) fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        "xml" | "xsl" => "application/xml; charset=utf-8",
        "rss" => "application/rss+xml; charset=utf-8",
        "atom" => "application/atom+xml; charset=utf-8",
        "json" | "map" => "application/json",
        "geojson" => "application/geo+json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "oga" => "audio/ogg",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}

/// The `Content-Type` of a page.
pub(super) const HTML: &str = "text/html; charset=utf-8";
