//! What links and pictures in sources lead to, once all outputs are known; and what leads to nothing.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::{Asset, Plan};
use crate::{
    diag::{Code, Diagnostic},
    model::{Reference, SourcePath, UrlPath, is_web_address},
    parse::body::{LinkKind, LinkTarget, Outline},
    parse::{matter::Picture, redirects::Target},
    relate::{Destination, Redirect, SiteIndex},
};

/// What becomes of a link inside the site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LinkEnd {
    /// It leads to an output.
    To(UrlPath),
    /// It leads to nothing that is known, and stays as written: a root-relative address.
    AsWritten,
    /// It leads to nothing, and its text alone stands.
    Nothing,
}

/// Where a picture lies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PictureEnd {
    /// In `content/`.
    Attachment(SourcePath, UrlPath),
    /// In `static/`, by its name there.
    Static(String, Asset),
    /// On another site.
    Remote(String),
    /// Nowhere.
    Missing,
}

/// Every published source with a body: its file, and what is known of the body.
pub(super) fn bodies(index: &SiteIndex) -> Vec<(&SourcePath, &Outline)> {
    let stories = index.stories().iter().map(|story| (story.article.path(), &story.article.source.outline));
    let front = index.front.iter().map(|source| (&source.path, &source.outline));
    let sections = index.sections.values().filter_map(|it| it.source.as_ref()).map(|it| (&it.path, &it.outline));
    let authors = index.authors.values().filter_map(|it| it.source.as_ref()).map(|it| (&it.path, &it.outline));
    let series = index.series.values().filter_map(|it| it.source.as_ref()).map(|it| (&it.path, &it.outline));
    let terms = index.terms.values().filter_map(|it| it.source.as_ref()).map(|it| (&it.path, &it.outline));
    stories.chain(front).chain(sections).chain(authors).chain(series).chain(terms).collect()
}

/// The lead pictures of stories, with the file that names them.
pub(super) fn lead_pictures(index: &SiteIndex) -> impl Iterator<Item = (&SourcePath, &Picture)> {
    index.stories().iter().filter_map(|story| {
        let picture = story.matter().shared.image.as_deref()?;
        Some((picture.file(story.article.path()), picture))
    })
}

/// The pictures of authors, with the file that names them.
pub(super) fn portraits(index: &SiteIndex) -> impl Iterator<Item = (&SourcePath, &Reference)> {
    index.authors.values().filter_map(|author| {
        let source = author.source.as_ref()?;
        Some((&source.path, source.matter.picture.as_ref()?))
    })
}

/// The pictures that front matter names, with the file that names them.
fn front_matter_pictures(index: &SiteIndex) -> impl Iterator<Item = (&SourcePath, &Reference)> {
    lead_pictures(index).map(|(path, picture)| (path, &picture.src)).chain(portraits(index))
}

fn recordings(index: &SiteIndex) -> impl Iterator<Item = (&SourcePath, &Reference)> {
    index.stories().iter().filter_map(|story| Some((story.article.path(), &story.matter().audio.as_ref()?.src)))
}

/// The files of `content/` that something out refers to.
pub(super) fn attachments(index: &SiteIndex) -> BTreeSet<SourcePath> {
    let in_body = |(path, outline): &(&SourcePath, &Outline)| {
        let named = outline.pictures.iter().chain(&outline.files);
        let named = named.filter_map(|file| index.attachment(path, &file.text));
        let links = outline.links.iter().filter_map(|link| index.linked_attachment(path, link));
        named.chain(links).collect::<Vec<_>>()
    };
    let mut found: BTreeSet<SourcePath> = bodies(index).par_iter().flat_map_iter(in_body).collect();
    let named = front_matter_pictures(index).chain(recordings(index));
    found.extend(named.filter_map(|(path, reference)| index.attachment(path, &reference.text)));
    found
}

impl Plan {
    /// What becomes of a link in the source at `from`.
    pub fn link(&self, index: &SiteIndex, from: &SourcePath, target: &LinkTarget) -> LinkEnd {
        match index.destination(from, target) {
            Destination::Story(id) => LinkEnd::To(index.story(id).permalink.clone()),
            Destination::Page(url) => LinkEnd::To(url),
            Destination::Attachment(path) => {
                self.attachments.get(&path).map_or(LinkEnd::Nothing, |url| LinkEnd::To(url.clone()))
            }
            Destination::Rooted(url) if self.has(&url) => LinkEnd::To(url),
            Destination::Rooted(url) => {
                let folder = UrlPath::parse(&format!("{}/", url.as_str().replace('%', "%25"))).ok();
                folder.filter(|folder| self.has(folder)).map_or(LinkEnd::AsWritten, LinkEnd::To)
            }
            Destination::Several(_) | Destination::Nothing if target.kind == LinkKind::Rooted => LinkEnd::AsWritten,
            Destination::Several(_) | Destination::Nothing => LinkEnd::Nothing,
        }
    }

    /// Where a picture or recording lies that the source at `from` names.
    pub fn picture(&self, index: &SiteIndex, from: &SourcePath, written: &str) -> PictureEnd {
        if is_web_address(written) {
            return PictureEnd::Remote(written.to_owned());
        }
        if let Some(rooted) = written.strip_prefix('/') {
            let name =
                UrlPath::parse(&format!("/{rooted}")).map(|path| path.as_str()[1..].to_owned()).unwrap_or_default();
            let asset = self.assets.get(&name).cloned();
            return asset.map_or(PictureEnd::Missing, |asset| {
                let asset = self.shown_asset(&name, asset);
                PictureEnd::Static(name, asset)
            });
        }
        let found = index.attachment(from, written);
        found
            .and_then(|path| self.attachments.get(&path).map(|url| PictureEnd::Attachment(path.clone(), url.clone())))
            .unwrap_or(PictureEnd::Missing)
    }
}

/// Warns of links and pictures that lead to nothing.
pub(super) fn check(plan: &Plan, index: &SiteIndex) -> Vec<Diagnostic> {
    let in_body = |(path, outline): &(&SourcePath, &Outline)| {
        let links = outline.links.iter().filter_map(|link| dead_link(plan, index, path, link));
        let pictures = outline.pictures.iter().filter_map(|picture| missing(plan, index, path, picture, "picture"));
        let files = outline.files.iter().filter_map(|file| missing(plan, index, path, file, "file"));
        links.chain(pictures).chain(files).collect::<Vec<_>>()
    };
    let mut diagnostics: Vec<Diagnostic> = bodies(index).par_iter().flat_map_iter(in_body).collect();
    let pictures = front_matter_pictures(index);
    diagnostics.extend(pictures.filter_map(|(path, picture)| missing(plan, index, path, picture, "picture")));
    let recordings = recordings(index);
    diagnostics.extend(recordings.filter_map(|(path, recording)| missing(plan, index, path, recording, "recording")));
    diagnostics.extend(index.redirects.iter().filter_map(|rule| dead_redirect(plan, rule)));
    diagnostics
}

fn dead_redirect(plan: &Plan, rule: &Redirect) -> Option<Diagnostic> {
    let Target::Path { path, .. } = &rule.to else { return None };
    let message = "this redirect leads to nothing that is published";
    let warning = Diagnostic::warning(Code::DeadLink, &rule.path, rule.span, message);
    (!plan.has(path)).then(|| warning.help("lead it to a page that exists, or write `gone`"))
}

fn dead_link(plan: &Plan, index: &SiteIndex, path: &SourcePath, link: &LinkTarget) -> Option<Diagnostic> {
    let span = link.address.span;
    let end = plan.link(index, path, link);
    if matches!(end, LinkEnd::To(_)) {
        return None;
    }
    match (end, index.destination(path, link)) {
        (_, Destination::Several(ids)) => {
            let paths = ids.iter().take(5).map(|id| format!("`{}`", index.story(*id).article.path()));
            let listed = paths.collect::<Vec<_>>().join(", ");
            let message = format!("this link fits {} stories", ids.len());
            let warning = Diagnostic::warning(Code::AmbiguousReference, path, span, message);
            Some(warning.note(format!("it fits {listed}")).help("name the one that is meant by its path"))
        }
        (LinkEnd::AsWritten, _) => Some(
            Diagnostic::warning(Code::DeadLink, path, span, "nothing is published at this address")
                .note("the link stays as it is written"),
        ),
        _ => Some(
            Diagnostic::warning(Code::DeadLink, path, span, "this link leads to nothing that is published")
                .note("its text stands without a link"),
        ),
    }
}

fn missing(plan: &Plan, index: &SiteIndex, path: &SourcePath, reference: &Reference, what: &str) -> Option<Diagnostic> {
    let warning = |message: String| Diagnostic::warning(Code::MissingPicture, path, reference.span, message);
    match plan.picture(index, path, &reference.text) {
        PictureEnd::Attachment(..) | PictureEnd::Static(..) => None,
        PictureEnd::Missing if reference.text.starts_with('/') => {
            Some(warning(format!("this {what} is not there")).help("a path from the root names a file in `static/`"))
        }
        PictureEnd::Missing => {
            Some(warning(format!("this {what} is not there")).help("a relative path names a file beside this one"))
        }
        PictureEnd::Remote(_) => Some(
            warning(format!("this {what} lies on another site, and is not shown"))
                .note("a page of this site makes its readers' browsers ask no other")
                .help("copy the file into the site"),
        ),
    }
}
