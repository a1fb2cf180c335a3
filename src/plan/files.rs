//! Files that are published as they are, or nearly: those of `static/`, and those of `content/` that something out refers to.

use super::{OutputKind, Plan, fixed, links};
use crate::{
    load::Origin,
    model::{Lookup, UrlPath},
    relate::SiteIndex,
};

/// A file of `static/` as templates ask for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Asset {
    /// Its fingerprinted address, or its plain one if its kind has none.
    pub url: UrlPath,
    /// The value of an `integrity` attribute; empty if its kind has no fingerprint.
    pub integrity: String,
}

impl Plan {
    pub(super) fn add_statics(&mut self) {
        for at in 0..self.statics.len() {
            let file = &self.statics[at];
            let Ok(plain) = UrlPath::parse(&format!("/{}", file.name.replace('%', "%25"))) else { continue };
            let subject = match &file.origin {
                Origin::Site(path) => Some(path.clone()),
                Origin::Theme(_) => None,
            };
            let (name, fingerprint, is_moved) = (file.name.clone(), file.fingerprint.clone(), file.moved.is_some());
            self.add(plain.clone(), OutputKind::Static(at), subject.clone());
            let asset = match fingerprint {
                Some(fingerprint) => {
                    let url = fixed(&format!("/assets/{}", fingerprint.name(&name)).replace('%', "%25"));
                    let kind = if is_moved { OutputKind::StyleSheet(at) } else { OutputKind::Static(at) };
                    self.add(url.clone(), kind, subject);
                    Asset { url, integrity: fingerprint.integrity }
                }
                None => Asset { url: plain, integrity: String::new() },
            };
            self.assets.insert(name, asset);
        }
    }

    /// Files of a bundle lie beside their article, all others by their path below `media/`; only what something out refers to.
    pub(super) fn add_attachments(&mut self, index: &SiteIndex) {
        let bundles: Lookup<&str, &UrlPath> = index
            .stories()
            .iter()
            .filter(|story| story.article.path().name() == "index.md" && story.permalink.is_folder())
            .map(|story| (story.article.path().folder(), &story.permalink))
            .collect();
        for path in links::attachments(index) {
            // What is linked as well leads to the largest of what was made: the original may tell where it was taken.
            if let Some(planned) = self.pictures.get(&path) {
                let url = planned.fallback().0.clone();
                self.attachments.insert(path, url);
                continue;
            }
            let beside =
                std::iter::successors(Some(path.folder()), |folder| folder.rsplit_once('/').map(|(above, _)| above))
                    .find_map(|folder| Some((folder, *bundles.get(folder)?)));
            let url = match beside {
                Some((folder, permalink)) => {
                    format!("{}{}", permalink.as_str(), path.below(folder).expect("the folder holds the file"))
                }
                None => format!("/media/{}", path.below("content").expect("attachments lie in content/")),
            };
            let Ok(url) = UrlPath::parse(&url.replace('%', "%25")) else { continue };
            self.add(url.clone(), OutputKind::Attachment(path.clone()), Some(path.clone()));
            self.attachments.insert(path, url);
        }
    }
}
