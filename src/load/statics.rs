//! The files of `static/`, the site's over the theme's, and the theme itself, which is compiled in.

use std::{collections::BTreeMap, io::Read};

use include_dir::{Dir, include_dir};
use rayon::prelude::*;
use sha2::{Digest, Sha384};

use super::{Error, Site, Sources};
use crate::model::SourcePath;

static STATIC: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// A file that is published as it is.
#[derive(Debug, Clone)]
pub struct StaticFile {
    /// Its path below `static/`.
    pub name: String,
    /// Where its bytes are.
    pub origin: Origin,
    /// What tells its bytes apart; for style sheets, scripts, fonts and pictures only.
    pub fingerprint: Option<Fingerprint>,
}

/// Where the bytes of a static file or template are.
#[derive(Debug, Clone)]
pub enum Origin {
    /// In the site.
    Site(SourcePath),
    /// In the theme.
    Theme(&'static [u8]),
}

/// What tells a file's bytes apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Ten hexadecimal digits of the BLAKE3 hash, for the file's name.
    pub short: String,
    /// The value of an `integrity` attribute: SHA-384 in base 64.
    pub integrity: String,
}

impl StaticFile {
    /// The file in the site, or the place in the theme, for messages.
    pub fn path(&self) -> SourcePath {
        match &self.origin {
            Origin::Site(path) => path.clone(),
            Origin::Theme(_) => SourcePath::new(format!("static/{}", self.name)),
        }
    }
}

/// The endings of files that get a fingerprinted copy.
const FINGERPRINTED: &[&str] =
    &["css", "js", "mjs", "woff", "woff2", "ttf", "otf", "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "ico"];

/// Every static file, by name, with its fingerprint where its kind gets one.
///
/// # Errors
/// [`Error::Read`] if a file cannot be read.
pub fn statics(site: &Site, sources: &Sources) -> Result<Vec<StaticFile>, Error> {
    let mut origins: BTreeMap<String, Origin> = BTreeMap::new();
    for (name, bytes) in theme_files(&STATIC) {
        origins.insert(name, Origin::Theme(bytes));
    }
    for source in &sources.statics {
        let name = source.path.below("static").expect("the walk of `static/` stays below it");
        origins.insert(name.to_owned(), Origin::Site(source.path.clone()));
    }
    let files: Vec<(String, Origin)> = origins.into_iter().collect();
    files
        .into_par_iter()
        .map(|(name, origin)| {
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
            let fingerprint =
                FINGERPRINTED.contains(&ending.as_str()).then(|| fingerprint(site, &origin)).transpose()?;
            Ok(StaticFile { name, origin, fingerprint })
        })
        .collect()
}

fn fingerprint(site: &Site, origin: &Origin) -> Result<Fingerprint, Error> {
    let (mut name, mut integrity) = (blake3::Hasher::new(), Sha384::new());
    match origin {
        Origin::Theme(bytes) => {
            name.update(bytes);
            integrity.update(bytes);
        }
        Origin::Site(path) => {
            let mut file = site.stream(path)?;
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let read = file.read(&mut buffer).map_err(|error| Error::Read(path.clone(), error))?;
                if read == 0 {
                    break;
                }
                name.update(&buffer[..read]);
                integrity.update(&buffer[..read]);
            }
        }
    }
    let short = name.finalize().to_hex().as_str()[..10].to_owned();
    Ok(Fingerprint { short, integrity: format!("sha384-{}", base64(&integrity.finalize())) })
}

/// Base 64 as in RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                let index = group >> (18 - 6 * place) & 63;
                text.push(char::from(LETTERS[index as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// The theme's templates, by name.
pub fn theme_templates() -> Vec<(String, &'static str)> {
    let files = theme_files(&TEMPLATES).into_iter();
    files.map(|(name, bytes)| (name, std::str::from_utf8(bytes).expect("the theme's templates are UTF-8"))).collect()
}

fn theme_files(dir: &Dir<'static>) -> Vec<(String, &'static [u8])> {
    let mut found: Vec<(String, &'static [u8])> = Vec::new();
    let mut open = vec![dir.clone()];
    while let Some(dir) = open.pop() {
        open.extend(dir.dirs().cloned());
        found.extend(dir.files().map(|file| (file.path().to_string_lossy().replace('\\', "/"), file.contents())));
    }
    found.retain(|(name, _)| !name.rsplit('/').next().unwrap_or_default().starts_with('.'));
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        let check = |bytes: &str, text: &str| assert_eq!(base64(bytes.as_bytes()), text);
        check("", "");
        check("f", "Zg==");
        check("fo", "Zm8=");
        check("foo", "Zm9v");
        check("foobar", "Zm9vYmFy");
    }
}
