//! The files of `static/`, the site's over the theme's, and the theme itself, which is compiled in.

use std::{collections::BTreeMap, io::Read, sync::Arc};

use include_dir::{Dir, include_dir};
use rayon::prelude::*;
use sha2::{Digest, Sha384};

use super::{Error, Site, Sources, style_sheet};
use crate::model::{SourcePath, ending};

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
    /// The bytes of the fingerprinted copy, where they are not the file's own: a style sheet's, whose relative addresses lead on from there.
    pub moved: Option<Arc<str>>,
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

impl Fingerprint {
    /// The name of the copy of a file, which has the fingerprint before its ending.
    pub fn name(&self, name: &str) -> String {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        format!("{stem}.{}.{ending}", self.short)
    }

    fn of(bytes: &[u8]) -> Self {
        Self::new(&blake3::hash(bytes), &Sha384::digest(bytes))
    }

    fn new(name: &blake3::Hash, integrity: &[u8]) -> Self {
        let short = name.to_hex().as_str()[..10].to_owned();
        Self { short, integrity: format!("sha384-{}", base64(integrity)) }
    }
}

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
    let files: Result<Vec<StaticFile>, Error> = files
        .into_par_iter()
        .map(|(name, origin)| {
            let ending = ending(&name);
            let fingerprint =
                FINGERPRINTED.contains(&ending.as_str()).then(|| fingerprint(site, &origin)).transpose()?;
            Ok(StaticFile { name, origin, fingerprint, moved: None })
        })
        .collect();
    let mut files = files?;
    move_style_sheets(site, &mut files)?;
    Ok(files)
}

/// Makes the copies of style sheets, once the fingerprints of what they name are known. One that another imports is named by its plain address.
fn move_style_sheets(site: &Site, files: &mut [StaticFile]) -> Result<(), Error> {
    let is_sheet = |name: &str| name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("css"));
    let others = files.iter().filter(|file| !is_sheet(&file.name));
    let copies: BTreeMap<String, String> =
        others.filter_map(|file| Some((file.name.clone(), file.fingerprint.as_ref()?.name(&file.name)))).collect();
    for file in files.iter_mut().filter(|file| is_sheet(&file.name)) {
        let bytes = match &file.origin {
            Origin::Theme(bytes) => bytes.to_vec(),
            Origin::Site(path) => match site.read(path) {
                // Nobody wrote that by hand; it is published as it is.
                Err(Error::TooLarge(..)) => continue,
                read => read?,
            },
        };
        let moved = std::str::from_utf8(&bytes).ok().and_then(|text| style_sheet::moved(&file.name, text, &copies));
        if let Some(moved) = moved {
            file.fingerprint = Some(Fingerprint::of(moved.as_bytes()));
            file.moved = Some(moved.into());
        }
    }
    Ok(())
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
    Ok(Fingerprint::new(&name.finalize(), &integrity.finalize()))
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
