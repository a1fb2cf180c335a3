//! The node of an article, with every field that search engines ask for and all that readers are told.

use super::{Node, Page, Site};
use crate::{
    model::{Label, Paywall, Taxonomy, is_web_address},
    parse::{body::plain_text, matter::Picture},
    plan::PictureEnd,
    relate::{Story, StoryId},
    render::picture,
};

/// The class by which a theme marks the part of a story that not everyone may read.
const PAYWALLED: &str = "paywalled";

impl Site<'_> {
    pub(super) fn article_id(&self, story: &Story) -> String {
        format!("{}#article", self.url(&story.permalink))
    }

    pub(super) fn picture_id(&self, story: &Story) -> String {
        format!("{}#picture", self.url(&story.permalink))
    }

    /// An article. Live coverage adds its own fields over these.
    pub(super) fn article(&self, id: StoryId, page: &Page) -> Node {
        let story = self.reader.story(id);
        let matter = story.matter();
        let shared = &matter.shared;
        let at = |moment: crate::model::Timestamp| moment.iso(&self.config.zone);
        let related = self.reader.related(id).iter();
        let related: Vec<String> = related.map(|it| self.url(self.reader.permalink(it.story))).collect();
        let node = Node::of(kind_of(story.label()))
            .with("@id", self.article_id(story))
            .with("mainEntityOfPage", Node::of("WebPage").with("@id", self.url(page.url)).with("relatedLink", related))
            .with("headline", matter.title.as_str())
            .with("image", self.pictures(story))
            .with("datePublished", matter.date.map(|date| at(date.at)))
            .with("dateModified", story.changed_at().map(at));
        let node = self.credits(node, story);
        let node = self.place(node, id);
        let node = node
            .with("inLanguage", page.language)
            .with("wordCount", story.article.source.outline.words)
            .with("correction", self.corrections(story))
            .with("audio", self.audio(story));
        let is_free = matches!(shared.paywall, None | Some(Paywall::Free));
        let node = node.with("isAccessibleForFree", is_free);
        if is_free {
            return node;
        }
        let part = Node::of("WebPageElement").with("isAccessibleForFree", false);
        node.with("hasPart", part.with("cssSelector", format!(".{PAYWALLED}")))
    }

    /// Who made it, and whose it is.
    fn credits(&self, node: Node, story: &Story) -> Node {
        let matter = story.matter();
        let agency = matter.shared.agency.as_deref();
        let organisation = |name: &str| Node::of("Organization").with("name", name);
        let people = |with_role: bool| -> Vec<Node> {
            let named = story.byline.iter().filter(|byline| byline.role.is_some() == with_role);
            named.map(|byline| self.person(self.reader.author(&byline.author))).collect()
        };
        // A role is written for those who did not write: photographers, translators. Where all have one, all are authors.
        let (mut authors, mut contributors) = (people(false), people(true));
        if authors.is_empty() {
            authors = std::mem::take(&mut contributors);
        }
        if authors.is_empty() {
            authors.push(agency.map_or_else(|| self.publisher(), organisation));
        }
        node.with("author", authors)
            .with("contributor", contributors)
            .with("publisher", self.publisher())
            .with("creditText", agency)
            .with("sourceOrganization", agency.map(organisation))
            .with("isBasedOn", matter.canonical.as_deref())
    }

    /// Where it stands in the paper and in the world.
    fn place(&self, node: Node, id: StoryId) -> Node {
        let story = self.reader.story(id);
        let sections = story.article.section.iter().flat_map(crate::model::SectionKey::ancestry);
        let mut sections: Vec<&str> = sections.filter_map(|key| Some(self.reader.section(&key)?.title)).collect();
        sections.reverse();
        let terms = |taxonomy: Taxonomy| self.terms(taxonomy, story.terms.get(&taxonomy).map_or(&[], Vec::as_slice));
        let tags = story.terms.get(&Taxonomy::Tags).into_iter().flatten();
        let keywords: Vec<&str> = tags.map(|slug| self.reader.term(Taxonomy::Tags, slug).title).collect();
        let series = story.series.as_ref().map(|slug| self.reader.series(slug));
        // Only a `NewsArticle` has a dateline in the vocabulary.
        let dateline = story.matter().shared.dateline.as_deref().filter(|_| is_news(story.label()));
        let original = story.matter().translation_of.as_ref().and_then(|original| self.reader.find(&original.text));
        let original = original.map(|id| {
            let url = self.url(self.reader.permalink(id));
            Node::of("NewsArticle").with("@id", format!("{url}#article"))
        });
        node.with("articleSection", sections)
            .with("keywords", keywords)
            .with("about", [terms(Taxonomy::People), terms(Taxonomy::Organisations)].concat())
            .with("contentLocation", terms(Taxonomy::Places))
            .with("dateline", dateline)
            .with("isPartOf", series.map(|series| self.series(series)))
            .with("translationOfWork", original)
    }

    /// The lead picture, else the first of the text.
    fn pictures(&self, story: &Story) -> Vec<Node> {
        let in_text = || {
            let mut pictures = story.article.source.outline.pictures.iter();
            pictures.find_map(|picture| self.image(&self.end(story, &picture.text)))
        };
        let lead = self.lead_picture(story).or_else(in_text);
        lead.into_iter().chain(self.crops(story)).collect()
    }

    /// The lead picture in the other shapes that search engines want.
    fn crops(&self, story: &Story) -> Vec<Node> {
        let Some(lead) = story.matter().shared.image.as_ref() else { return Vec::new() };
        let end = self.reader.end(lead.file(story.article.path()), &lead.src.text);
        let crops = picture::crops(self.reader, &end, lead);
        crops.map(|(url, size)| super::sized(Node::of("ImageObject").with("url", self.url(url)), Some(size))).collect()
    }

    pub(super) fn lead_picture(&self, story: &Story) -> Option<Node> {
        let picture: &Picture = story.matter().shared.image.as_ref()?;
        let plain = |text: &Option<crate::model::Inline>| text.as_ref().map(|text| plain_text(&text.0));
        let file = picture.file(story.article.path());
        let end = self.reader.end(file, &picture.src.text);
        let own = picture::words(self.reader, &end).cloned().unwrap_or_default();
        let licence = picture.licence.as_deref().or(own.rights.as_deref()).filter(|licence| is_web_address(licence));
        let image = self.image(&end)?;
        Some(
            image
                .with("@id", self.picture_id(story))
                .with("caption", plain(&picture.caption).or(own.caption))
                .with("creditText", plain(&picture.credit).or(own.credit))
                .with("license", licence),
        )
    }

    fn end(&self, story: &Story, written: &str) -> PictureEnd {
        self.reader.end(story.article.path(), written)
    }

    fn corrections(&self, story: &Story) -> Vec<Node> {
        let corrections = story.matter().corrections.iter();
        corrections
            .map(|correction| {
                Node::of("CorrectionComment")
                    .with("name", self.reader.words().word(correction.kind.as_str()))
                    .with("text", plain_text(&correction.text.0))
                    .with("datePublished", correction.at.at.iso(&self.config.zone))
            })
            .collect()
    }

    fn audio(&self, story: &Story) -> Option<Node> {
        let audio = story.matter().audio.as_ref()?;
        let (src, _) = self.reader.picture(&self.end(story, &audio.src.text))?;
        Some(
            Node::of("AudioObject")
                .with("contentUrl", super::absolute(self.config, &src))
                .with("name", audio.title.as_deref())
                .with("duration", audio.duration_secs.map(|seconds| format!("PT{seconds}S")))
                .with("encodingFormat", audio.media_type.as_deref()),
        )
    }
}

/// The narrowest type of a story. An interview has none of its own; live coverage brings its type itself.
fn kind_of(label: Label) -> &'static str {
    match label {
        Label::News | Label::Interview | Label::Live => "NewsArticle",
        Label::Analysis => "AnalysisNewsArticle",
        Label::Opinion => "OpinionNewsArticle",
        Label::Explainer => "BackgroundNewsArticle",
        Label::Review => "ReviewNewsArticle",
        Label::Sponsored => "AdvertiserContentArticle",
        Label::Satire => "SatiricalArticle",
    }
}

/// Whether its type is a kind of `NewsArticle`; a `LiveBlogPosting` is not.
fn is_news(label: Label) -> bool {
    !matches!(label, Label::Sponsored | Label::Satire | Label::Live)
}
