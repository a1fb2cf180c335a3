//! What pages name beside stories: where links lead, pictures and their renditions, files.

use tera::Value;

use super::{
    answers::Icon,
    fact::{Aspect, Fact},
    noting::Reader,
};
use crate::{
    load::{self, Origin, StaticFile},
    model::SourcePath,
    parse::body::{LinkKind, LinkTarget},
    pictures,
    plan::{Asset, LinkEnd, PictureEnd, PlannedPicture, SocialCard},
    relate::{Destination, StoryId},
};

/// Links, pictures and tables of a source.
impl Reader {
    /// What a link in the source at `from` leads to.
    pub(in crate::render) fn link(&self, from: &SourcePath, target: &LinkTarget) -> LinkEnd {
        let place = (target.kind == LinkKind::Relative).then(|| from.clone());
        self.note(Fact::Link(place, target.kind, target.address.text.clone()));
        self.library.plan.link(&self.library.index, from, target)
    }

    /// The headline of the story that a link leads to.
    pub(in crate::render) fn headline(&self, from: &SourcePath, target: &LinkTarget) -> Option<&str> {
        match self.library.index.destination(from, target) {
            Destination::Story(id) => {
                self.note_of(Aspect::Card, id);
                Some(self.library.index.story(id).short_title())
            }
            _ => None,
        }
    }

    /// Notes that the page names what a link leads to, if that is a file beside the sources.
    pub(in crate::render) fn uses_link(&self, from: &SourcePath, target: &LinkTarget) {
        let library = &self.library;
        if let Some(path) = library.index.linked_attachment(from, target)
            && let Some(url) = library.plan.attachments.get(&path)
        {
            self.uses(url);
        }
    }

    /// Where a picture or recording lies that the source at `from` names.
    pub(in crate::render) fn end(&self, from: &SourcePath, written: &str) -> PictureEnd {
        self.note(Fact::Picture(from.clone(), written.to_owned()));
        self.library.plan.picture(&self.library.index, from, written)
    }

    /// Notes that the page shows a picture, which is published only as long as something shows it.
    pub(in crate::render) fn uses_picture(&self, end: &PictureEnd) {
        if let Some(planned) = self.planned_picture(end) {
            planned.urls().iter().for_each(|url| self.uses(url));
            return;
        }
        match end {
            PictureEnd::Attachment(_, url) => self.uses(url),
            PictureEnd::Static(_, asset) => self.uses(&asset.url),
            PictureEnd::Remote(_) | PictureEnd::Missing => {}
        }
    }

    /// The address and size of a picture; none if it is not in this site: a reader's browser asks no other.
    pub(in crate::render) fn picture(&self, end: &PictureEnd) -> Option<(String, Option<(usize, usize)>)> {
        if let Some(planned) = self.planned_picture(end) {
            return Some((self.href(planned.fallback().0), self.library.size(end)));
        }
        match end {
            PictureEnd::Attachment(_, url) => Some((self.href(url), self.library.size(end))),
            PictureEnd::Static(_, asset) => Some((self.href(&asset.url), self.library.size(end))),
            PictureEnd::Remote(_) | PictureEnd::Missing => None,
        }
    }

    /// The renditions of a picture; none if it is published as it is. Whoever has an end has noted the picture.
    pub(in crate::render) fn planned_picture(&self, end: &PictureEnd) -> Option<&PlannedPicture> {
        self.library.plan.planned_picture(end)
    }

    /// The social card of a story, if it has one. Its address changes with what it shows.
    pub(in crate::render) fn social_card(&self, id: StoryId) -> Option<&SocialCard> {
        let path = self.library.index.story(id).article.path();
        self.note(Fact::SocialCard(path.clone()));
        self.library.plan.cards.get(path)
    }

    /// The card of a drawing.
    #[cfg(feature = "social-cards")]
    pub(in crate::render) fn drawn(&self, svg: &str) -> Result<Vec<u8>, pictures::cards::Fault> {
        pictures::cards::drawn(&self.library.site, svg)
    }

    /// The bytes of a rendition, by its number. Its address changes with them.
    pub(in crate::render) fn rendition(&self, original: &SourcePath, at: usize) -> Result<Vec<u8>, load::Error> {
        self.note(Fact::Rendition(original.clone(), at));
        let planned = &self.library.plan.pictures[original];
        let rendition = planned.picture.renditions().nth(at).expect("the plan numbers what there is");
        pictures::bytes(&self.library.site, original, &planned.picture, rendition)
    }

    /// How many bytes a published file has.
    pub(in crate::render) fn len_bytes(&self, end: &PictureEnd) -> Option<u64> {
        if let Some(planned) = self.planned_picture(end) {
            return Some(planned.fallback().1.len_bytes.into());
        }
        match end {
            PictureEnd::Attachment(path, _) => {
                self.note(Fact::Attachment(path.clone()));
                self.library.site.len_bytes(path).ok()
            }
            PictureEnd::Static(name, _) => {
                self.note(Fact::Static(name.clone()));
                match &self.library.static_file(name)?.origin {
                    Origin::Site(path) => self.library.site.len_bytes(path).ok(),
                    Origin::Theme(bytes) => u64::try_from(bytes.len()).ok(),
                }
            }
            PictureEnd::Remote(_) | PictureEnd::Missing => None,
        }
    }

    /// The table that a directive names, beside its source or as `/data/…` from the root of the site; none if it is not there.
    pub(in crate::render) fn table(
        &self,
        from: &SourcePath,
        written: &str,
    ) -> Option<(SourcePath, Result<Vec<u8>, load::Error>)> {
        self.note(Fact::Table(from.clone(), written.to_owned()));
        let path = self.library.table(from, written)?;
        let bytes = self.library.site.read(&path);
        Some((path, bytes))
    }
}

/// Files of `static/`, of `content/` and of `data/`.
impl Reader {
    /// A file of `static/` under its fingerprinted address. Notes that the page names it.
    pub(in crate::render) fn asset(&self, name: &str) -> Option<&Asset> {
        self.note(Fact::Asset(name.to_owned()));
        let asset = self.library.plan.assets.get(name)?;
        self.uses(&asset.url);
        Some(asset)
    }

    /// The size of a picture of `static/` that the page names as it lies there.
    pub(in crate::render) fn static_size(&self, name: &str) -> Option<(usize, usize)> {
        self.note(Fact::Asset(name.to_owned()));
        self.library.static_size(name)
    }

    /// The names of all files of `static/`, for suggestions.
    pub(in crate::render) fn asset_names(&self) -> impl Iterator<Item = &str> {
        self.library.plan.assets.keys().map(String::as_str)
    }

    /// The files of `static/icons/`, by name.
    pub(in crate::render) fn icons(&self) -> Vec<Icon<'_>> {
        self.note(Fact::Icons);
        self.library.icons()
    }

    /// A file of `static/`, by its number in the plan.
    pub(in crate::render) fn published(&self, at: usize) -> &StaticFile {
        let file = &self.library.plan.statics[at];
        self.note(Fact::Static(file.name.clone()));
        file
    }

    /// A file of the site that is published as it is.
    pub(in crate::render) fn stream(&self, path: &SourcePath) -> Result<std::fs::File, load::Error> {
        if path.below("content").is_some() {
            self.note(Fact::Attachment(path.clone()));
        }
        self.library.site.stream(path)
    }

    /// What a file below `data/` says; none if it is not there, or what is wrong with it in words.
    pub(in crate::render) fn data(
        &self,
        name: &str,
        read: impl FnOnce(&SourcePath, Result<Vec<u8>, load::Error>) -> Result<Value, String>,
    ) -> Option<Result<Value, String>> {
        self.note(Fact::Data(name.to_owned()));
        let path = SourcePath::new(format!("data/{name}"));
        let cell = self.library.data.get(name)?;
        Some(cell.get_or_init(|| read(&path, self.library.site.read(&path))).clone())
    }

    /// The names of the files below `data/`, for suggestions.
    pub(in crate::render) fn data_names(&self) -> impl Iterator<Item = &str> {
        self.library.data.keys().map(String::as_str)
    }
}
