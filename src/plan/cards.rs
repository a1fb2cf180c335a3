//! The social cards of articles: which have one, what it shows, and where it lies.
//!
//! A card lies under a name that tells what it shows, so that networks which keep pictures by their address fetch it again when the headline is another.

use super::Plan;
#[cfg(feature = "social-cards")]
use super::{OutputKind, PictureEnd};
#[cfg(feature = "social-cards")]
use crate::{
    config::SocialCards,
    diag::{Code, Diagnostic},
    pictures::cards,
    relate::Story,
};
use crate::{
    model::{Digest, Label, UrlPath},
    relate::SiteIndex,
};

/// A card that will be drawn.
#[derive(Debug, Clone, Hash)]
pub struct SocialCard {
    /// Its address.
    pub url: UrlPath,
    /// What it shows.
    pub face: Face,
}

/// What a card shows. Each text is empty if the fonts lack one of its characters.
#[derive(Debug, Clone, Hash)]
pub struct Face {
    /// The paper's name, or its host.
    pub site: String,
    /// What stands above the headline.
    pub kicker: String,
    /// What kind of journalism it is.
    pub label: Label,
    /// The headline.
    pub headline: String,
    /// The authors' names.
    pub authors: Vec<String>,
    /// The language of the story.
    pub language: String,
}

#[cfg(not(feature = "social-cards"))]
impl Plan {
    #[expect(clippy::unused_self, reason = "as with the feature")]
    /// Adds none: this program is built without the feature `social-cards`.
    pub(super) fn add_cards(&mut self, _: &SiteIndex, _: Digest) {}
}

#[cfg(feature = "social-cards")]
impl Plan {
    /// Adds the cards of articles; `look` tells how cards are drawn from how they were.
    pub(super) fn add_cards(&mut self, index: &SiteIndex, look: Digest) {
        let wanted = index.config.social_cards;
        if wanted == SocialCards::Off {
            return;
        }
        let mut plain = Vec::new();
        for id in index.articles() {
            let story = index.story(id);
            if wanted == SocialCards::Missing && self.shows_picture(index, story) {
                continue;
            }
            let path = story.article.path();
            let face = face(index, story);
            if face.headline.is_empty() {
                plain.push(path.clone());
            }
            let url = address(&story.permalink, Digest::of(&(&face, look, cards::METHOD)));
            self.add(url.clone(), OutputKind::SocialCard(id), Some(path.clone()));
            self.cards.insert(path.clone(), SocialCard { url, face });
        }
        plain.sort();
        if let Some(first) = plain.first() {
            let message = match plain.len() {
                1 => "the social card of this story cannot show its headline".to_owned(),
                count => format!("the social cards of {count} stories, first of this one, cannot show their headline"),
            };
            let warning = Diagnostic::warning_in(Code::PlainCard, first, message);
            self.diagnostics.push(
                warning
                    .note("the fonts of cards have Latin, Cyrillic and Greek letters, and no emoji; the card has the paper's name instead")
                    .help("give the story a lead picture or, in `headlines: {social: …}`, a headline without them; or set `social_cards: off`"),
            );
        }
    }

    fn shows_picture(&self, index: &SiteIndex, story: &Story) -> bool {
        story.matter().shared.image.as_ref().is_some_and(|picture| {
            let end = self.picture(index, picture.file(story.article.path()), &picture.src.text);
            !matches!(end, PictureEnd::Remote(_) | PictureEnd::Missing)
        })
    }
}

#[cfg(feature = "social-cards")]
fn face(index: &SiteIndex, story: &Story) -> Face {
    let (matter, config) = (story.matter(), &index.config);
    let shown = |text: &str| if cards::can_show(text) { text.to_owned() } else { String::new() };
    let host = config.origin.as_deref().and_then(|origin| origin.split("://").nth(1)).unwrap_or_default();
    let site = Some(shown(&config.title)).filter(|title| !title.is_empty()).unwrap_or_else(|| shown(host));
    let section = story.article.section.as_ref().and_then(|key| index.sections.get(key));
    let kicker = matter.shared.kicker.as_deref().or(section.map(|section| section.title.as_str()));
    let authors = story.byline.iter().filter_map(|byline| index.authors.get(&byline.author));
    Face {
        site,
        kicker: shown(kicker.unwrap_or_default()),
        label: story.label(),
        headline: shown(matter.headlines.social.as_deref().unwrap_or(&matter.title)),
        authors: authors.map(|author| shown(&author.name)).filter(|name| !name.is_empty()).collect(),
        language: matter.shared.lang.clone().unwrap_or_else(|| config.language.clone()),
    }
}

/// The story's own address among the renditions, and a fingerprint.
#[cfg(feature = "social-cards")]
fn address(permalink: &UrlPath, of: Digest) -> UrlPath {
    let stem = permalink.as_str().trim_matches('/').replace('%', "%25");
    super::fixed(&format!("{}social/{stem}.{}.png", super::RENDITIONS, of.fingerprint()))
}
