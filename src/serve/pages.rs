//! What can be asked for, and how it comes.

use std::{fmt::Debug, fs::File};

use crate::model::ending;

/// The files that there are to show at one moment. None of them need lie on a disk.
pub trait Pages: Debug + Send + Sync {
    /// The number of the file of that name: a path with `/` between its parts. Only a number can be asked for.
    fn listed(&self, name: &str) -> Option<usize>;

    /// A file, by its number.
    ///
    /// # Errors
    /// [`Trouble`].
    fn page(&self, number: usize) -> Result<Page, Trouble>;
}

/// A file as it is shown.
#[derive(Debug)]
pub struct Page {
    /// Its bytes.
    pub content: Content,
    /// What is said over it, if it is not what readers get.
    pub ribbon: Option<String>,
}

/// The bytes of a file.
#[derive(Debug)]
pub enum Content {
    /// Made when they were asked for.
    Bytes(Vec<u8>),
    /// A regular file, from where it stands to its end.
    File(File),
}

/// Why there is no page now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A mistake in the site, as plain text.
    Mistake(String),
    /// Something that it is made of is not what it was; the next edition knows.
    Changed,
}

/// The `Content-Type` of a file, by the ending of its name.
pub(super) fn content_type(name: &str) -> &'static str {
    match ending(name).as_str() {
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
