//! Compressed copies beside text files, for hosts that hand those out to browsers that take them.
//!
//! A copy is an output like any other, beside its base: `feed.xml.br`, `index.html.gz`. It is about the same source as its base, so that both are
//! kept or go together. Previews plan none: nobody but a host asks for them.

use std::sync::Arc;

use super::{KeptPage, Output, OutputKind, Plan, collisions};
use crate::{
    config::{Compression, Config},
    model::{Lookup, OutPath, UrlPath},
    relate::SiteIndex,
};

/// The endings of files that compress well. The formats of pictures, recordings and documents that browsers show, `woff` and `woff2` are compressed
/// within. `bin` are the search index's lists of words and their stories; what hosts read and never serve, such as `_redirects` or `.htaccess`, has none of these endings.
pub const ENDINGS: [&str; 29] = [
    "atom",
    "bin",
    "cjs",
    "css",
    "csv",
    "geojson",
    "htm",
    "html",
    "ico",
    "ics",
    "js",
    "json",
    "jsonld",
    "map",
    "md",
    "mjs",
    "otf",
    "rss",
    "srt",
    "svg",
    "tsv",
    "ttf",
    "txt",
    "vtt",
    "wasm",
    "webmanifest",
    "xhtml",
    "xml",
    "xsl",
];

/// In which forms copies are made: those that the site asks for.
#[cfg(feature = "precompress")]
pub fn forms(config: &Config) -> &[Compression] {
    &config.precompress
}

/// In which forms copies are made: in none, as this program is built without the feature `precompress`.
#[cfg(not(feature = "precompress"))]
pub fn forms(_: &Config) -> &[Compression] {
    &[]
}

impl Plan {
    /// Adds the compressed copies of every output that has some, and tells of files that stand in their places.
    pub fn add_compressed(&mut self, index: &SiteIndex) {
        let forms = forms(&index.config);
        if forms.is_empty() {
            return;
        }
        let bases = self.outputs.iter().filter(|output| is_text(output)).cloned().map(Arc::new);
        let copies: Vec<Output> =
            bases.flat_map(|base| forms.iter().filter_map(move |form| copy(&base, *form))).collect();
        let taken = collisions::check_copies(self, &copies, index);
        self.outputs.extend(copies.into_iter().filter(|copy| !taken.contains(&copy.path)));
        self.outputs.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// The pages that can be kept: of compressed copies those that are still asked for, whose base is kept as well.
pub(super) fn with_their_bases<'a>(pages: &'a [KeptPage], config: &Config) -> Vec<&'a KeptPage> {
    let bases: Lookup<&OutPath, &KeptPage> = pages.iter().map(|page| (&page.path, page)).collect();
    let is_kept = |page: &&KeptPage| {
        let path = page.path.as_str();
        Compression::ALL.iter().all(|form| {
            let Some(base) = path.strip_suffix(form.as_str()).and_then(|path| path.strip_suffix('.')) else {
                return true;
            };
            let has_base = OutPath::parse(base).is_ok_and(|base| bases.contains(&base));
            has_base && forms(config).contains(form)
        })
    };
    pages.iter().filter(is_kept).collect()
}

/// Whether an output is the copy of one of these.
pub(super) fn is_copy_of(output: &Output, kept: &Lookup<OutPath, ()>) -> bool {
    matches!(&output.kind, OutputKind::Compressed(_, base) if kept.contains(&base.path))
}

fn is_text(output: &Output) -> bool {
    let ending = output.path.as_str().rsplit('/').next().and_then(|name| name.rsplit_once('.'));
    ending.is_some_and(|(_, ending)| ENDINGS.iter().any(|text| text.eq_ignore_ascii_case(ending)))
}

/// The copy of an output; none if its name would be longer than a file's can be.
fn copy(base: &Arc<Output>, form: Compression) -> Option<Output> {
    let url = UrlPath::parse(&format!("/{}.{}", base.path, form.as_str()).replace('%', "%25")).ok()?;
    let kind = OutputKind::Compressed(form, Arc::clone(base));
    Some(Output { path: url.file(), url, kind, subject: base.subject.clone() })
}
