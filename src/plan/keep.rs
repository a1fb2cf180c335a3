//! What `--keep-going` keeps: the published pages of sources that have mistakes now.

use std::collections::BTreeMap;

use super::{Output, OutputKind, Plan, compressed, files_of, fixed};
use crate::{
    config::Config,
    model::{Lookup, OutPath, SourcePath},
};

/// A published page whose source has a mistake now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPage {
    /// The page's file.
    pub path: OutPath,
    /// The source with the mistake.
    pub source: SourcePath,
    /// The published files that the page names.
    pub uses: Vec<OutPath>,
}

/// A published file that stays as it is.
fn kept(path: &OutPath, subject: Option<&SourcePath>) -> Output {
    let folder = path.as_str().strip_suffix("index.html").map(|folder| format!("/{folder}"));
    let url = fixed(&folder.unwrap_or_else(|| format!("/{path}")).replace('%', "%25"));
    Output { url, path: path.clone(), kind: OutputKind::Kept, subject: subject.cloned() }
}

impl Plan {
    /// Keeps the published pages of sources with mistakes, in the place of what is planned there, and the files that they name, if nothing is.
    ///
    /// Compressed copies stay or go with their base.
    pub fn keep(&mut self, pages: &[KeptPage], config: &Config) {
        if pages.is_empty() {
            return;
        }
        let mut by_path: BTreeMap<OutPath, Output> =
            std::mem::take(&mut self.outputs).into_iter().map(|output| (output.path.clone(), output)).collect();
        let pages = compressed::with_their_bases(pages, config);
        let paths: Lookup<OutPath, ()> = pages.iter().map(|page| (page.path.clone(), ())).collect();
        by_path.retain(|_, output| !compressed::is_copy_of(output, &paths));
        for KeptPage { path, source, uses } in pages {
            by_path.insert(path.clone(), kept(path, Some(source)));
            for used in uses {
                by_path.entry(used.clone()).or_insert_with(|| kept(used, None));
            }
        }
        self.outputs = by_path.into_values().collect();
        self.files = files_of(&self.outputs);
    }
}
