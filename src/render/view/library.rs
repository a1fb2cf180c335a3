//! All that renders share: the site, and what is made of it once. Nobody outside of the view reads it but through a [`Reader`](super::Reader), which notes what.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
};

use rayon::prelude::*;
use tera::Value;

use super::{
    super::{
        Templates, Words, card,
        closures::Closures,
        feed::{FullText, Written},
        labels,
        listed::Listed,
        search::{Quires, Volumes},
        shell::Shells,
    },
    Planned,
    fact::{Ledger, Noted},
};
use crate::{
    diag::Diagnostic,
    load::{Origin, Site, Source, Sources},
    model::{Digest, Lookup, SectionKey, Slug, SourcePath, Taxonomy, is_picture},
    pictures::sheet_size,
    plan::Plan,
    relate::{Lists, SiteIndex, StoryId},
};

/// How much of a picture is read for its size.
const PICTURE_HEADER_BYTES: u64 = 256 * 1024;

/// What every render reads from.
#[derive(Debug)]
pub(in crate::render) struct Library {
    pub(super) index: Arc<SiteIndex>,
    pub(super) lists: Arc<Lists>,
    pub(super) plan: Arc<Plan>,
    pub(super) words: Words,
    /// Words that are no reason for two stories to be related, in lower case: the names of months and days.
    pub(super) unsaid: Vec<String>,
    pub(super) site: Site,
    pub(super) ledger: Ledger,
    /// What tells each file of `content/`, `static/` and `data/` from what it was.
    pub(super) marks: Lookup<SourcePath, Digest>,
    /// What tells templates and components, each with all that it builds on, from what they were.
    pub(super) closures: Arc<Closures>,
    /// The data files, each read when it is first asked for.
    pub(super) data: BTreeMap<String, OnceLock<Result<Value, String>>>,
    /// What tells the path of each story from any other.
    pub(super) short_paths: Vec<Digest>,
    pub(super) cards: Vec<OnceLock<Value>>,
    pub(super) listed: Vec<Listed>,
    /// The texts of stories in feeds, each made when the first feed asks for it: those of the newest stories of a few lists.
    pub(super) texts: Vec<OnceLock<Box<FullText>>>,
    /// The stories as feeds of summaries hold them.
    pub(super) briefs: Vec<OnceLock<Box<(Written, Noted)>>>,
    /// Sections and authors as cards name them.
    pub(super) sections: BTreeMap<SectionKey, Value>,
    pub(super) names: BTreeMap<Slug, Value>,
    /// Terms as stories name them.
    pub(super) terms: BTreeMap<(Taxonomy, Slug), Value>,
    /// The stories whose label must be shown with them.
    pub(super) labelled: Lookup<String, StoryId>,
    /// Width and height of pictures, by source.
    pub(super) sizes: BTreeMap<SourcePath, (usize, usize)>,
    /// Templates that were found to run without end, each with what was told of it: no other page is tried with them.
    pub(super) endless: Mutex<BTreeMap<String, Diagnostic>>,
    /// The top sections: slug and link.
    pub(super) navigation: Vec<(String, String)>,
    pub(super) shells: Shells,
    /// What tells the card of each story from any other: asked for by lists, and by the search index.
    pub(super) card_digests: Vec<OnceLock<Digest>>,
    /// The volumes of the search index.
    pub(super) volumes: Volumes,
    /// What earlier builds gathered for it.
    pub(super) quires: Arc<dyn Quires>,
    pub(super) policy: OnceLock<Value>,
}

impl Library {
    pub(super) fn new(
        planned: Planned,
        (site, sources): (&Site, &Sources),
        templates: &Templates,
        quires: Arc<dyn Quires>,
    ) -> Self {
        let Planned { index, lists, plan } = planned;
        let names = sources.data.iter().filter_map(|source| source.path.below("data"));
        let data = names.map(|name| (name.to_owned(), OnceLock::new())).collect();
        let words = templates.words.clone();
        let unsaid = words.dates();
        let top = index.sections_below(None).into_iter();
        let navigation = top.map(|(key, it)| (key.as_str().to_owned(), index.config.href(&it.url))).collect();
        let sections = index.sections.keys().map(|key| (key.clone(), card::section(&index, key))).collect();
        let terms = index.terms.iter().map(|(key, term)| (key.clone(), card::term(&index, &key.1, term))).collect();
        let names = index.authors.iter().map(|(slug, author)| (slug.clone(), card::name(&index, author))).collect();
        let files = [&sources.attachments, &sources.statics, &sources.data].into_iter().flatten();
        Self {
            sizes: picture_sizes(site, &plan),
            labelled: labels::of(&index),
            short_paths: index.stories().par_iter().map(|story| Digest::of(story.article.path())).collect(),
            listed: room(&index),
            cards: room(&index),
            texts: room(&index),
            briefs: room(&index),
            card_digests: room(&index),
            volumes: Volumes::for_so_many(plan.search.volumes.len()),
            quires,
            index,
            lists,
            plan,
            words,
            unsaid,
            site: site.clone(),
            ledger: Ledger::default(),
            marks: files.map(|source| (source.path.clone(), Source::mark(source))).collect(),
            closures: Arc::clone(&templates.closures),
            data,
            sections,
            names,
            terms,
            endless: Mutex::default(),
            navigation,
            shells: Shells::default(),
            policy: OnceLock::new(),
        }
    }
}

/// Room for what is made of each story when it is first asked for.
fn room<T: Default>(index: &SiteIndex) -> Vec<T> {
    std::iter::repeat_with(T::default).take(index.stories().len()).collect()
}

/// Reads the header of every picture that may be shown.
fn picture_sizes(site: &Site, plan: &Plan) -> BTreeMap<SourcePath, (usize, usize)> {
    let attachments = plan.attachments.keys().filter(|path| !plan.pictures.contains_key(*path));
    let attachments = attachments.map(|path| (path.clone(), Origin::Site(path.clone())));
    let statics =
        plan.statics.iter().map(|file| (SourcePath::new(format!("static/{}", file.name)), file.origin.clone()));
    let pictures: Vec<(SourcePath, Origin)> =
        attachments.chain(statics).filter(|(path, _)| is_picture(path.name())).collect();
    pictures
        .into_par_iter()
        .filter_map(|(path, origin)| {
            let header = match origin {
                Origin::Theme(bytes) => bytes.to_vec(),
                Origin::Site(source) => site.head(&source, PICTURE_HEADER_BYTES).ok()?,
            };
            if let Ok(size) = imagesize::blob_size(&header) {
                return Some((path, (size.width, size.height)));
            }
            let (width, height) = sheet_size(&String::from_utf8_lossy(&header))?;
            Some((path, (width as usize, height as usize)))
        })
        .collect()
}
