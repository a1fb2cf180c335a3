//! The site as one render reads it: whatever is handed out is noted, what is not there as well.
//!
//! What is handed out and what a fact is worth come from one place: `worth.rs` asks the same questions.

use std::{collections::BTreeMap, sync::OnceLock};

use tera::Value;

use super::{
    super::{
        Words, body as bodies,
        card::Card,
        csp,
        feed::{FullText, Written},
        listed::Listed,
        shell::Shells,
    },
    answers::{Dated, Named, Neighbours},
    fact::{Aspect, Fact, Noted, Wanted},
    noting::Reader,
};
use crate::{
    config::{Breaking, Config},
    load,
    model::{Inline, SectionKey, Slug, SourcePath, Taxonomy, Timestamp, UrlPath},
    parse::{
        self,
        body::BodySettings,
        live::LiveEntry,
        matter::{AuthorMatter, SectionMatter, SeriesMatter, TopicMatter},
    },
    plan::{Cut, FeedFormat, FeedOf, ListKey, NEWEST, NewsPart, Period, SitemapPart},
    relate::{self, Day, FilledSlot, FrontPage, Redirect, Related, Story, StoryId},
    release::{Live, Published, Tombstone},
};

/// What is asked of the settings alone, which every output reads.
impl Reader {
    /// The site's settings.
    pub(in crate::render) fn config(&self) -> &Config {
        &self.library.index.config
    }

    /// The words of the interface.
    pub(in crate::render) fn words(&self) -> &Words {
        &self.library.words
    }

    /// Words that are no reason for two stories to be related.
    pub(in crate::render) fn unsaid(&self) -> &[String] {
        &self.library.unsaid
    }

    /// An address as pages link to it.
    pub(in crate::render) fn href(&self, url: &UrlPath) -> String {
        self.config().href(url)
    }

    /// The content security policy of pages, as it stands in double quotes.
    pub(in crate::render) fn policy(&self) -> Value {
        // Apostrophes, which a policy is full of, need no escape in double quotes.
        let in_quotes = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        let made = || Value::safe_string(&in_quotes(&csp::policy(self.config())));
        self.library.policy.get_or_init(made).clone()
    }

    /// How bodies are parsed.
    pub(in crate::render) fn body_settings(&self) -> BodySettings<'_> {
        BodySettings::from(self.config())
    }
}

/// What is made once, and keeps what it has read.
impl Reader {
    /// The finished cards of stories.
    pub(in crate::render) fn listed(&self) -> &[Listed] {
        &self.library.listed
    }

    /// The texts of stories in feeds.
    pub(in crate::render) fn texts(&self) -> &[OnceLock<Box<FullText>>] {
        &self.library.texts
    }

    /// The stories as feeds of summaries hold them.
    pub(in crate::render) fn briefs(&self) -> &[OnceLock<Box<(Written, Noted)>>] {
        &self.library.briefs
    }

    /// The frames of pages.
    pub(in crate::render) fn shells(&self) -> &Shells {
        &self.library.shells
    }

    /// The top sections, slug and link, as `site` holds them.
    pub(in crate::render) fn navigation(&self) -> &[(String, String)] {
        &self.library.navigation
    }
}

/// What is asked of the site.
impl Reader {
    /// A story: its front matter and its place in the site.
    pub(in crate::render) fn story(&self, id: StoryId) -> &Story {
        self.note_of(Aspect::Whole, id);
        self.library.index.story(id)
    }

    /// The related stories of one.
    pub(in crate::render) fn related(&self, id: StoryId) -> &[Related] {
        self.note_of(Aspect::Related, id);
        self.library.lists.of(id)
    }

    /// The labels of a story as its terms count them.
    pub(in crate::render) fn labels_of(&self, id: StoryId) -> Vec<&str> {
        for (taxonomy, slug) in self.library.index.story(id).labels() {
            self.note(Fact::Term(taxonomy, slug.clone()));
        }
        self.library.index.labels_of(id)
    }

    /// The card of a story.
    pub(in crate::render) fn card(&self, id: StoryId) -> Value {
        self.note_of(Aspect::Card, id);
        let made = || {
            let reader = self.unnoted();
            Card::of(&reader, id).value(&reader)
        };
        self.library.cards[id.index()].get_or_init(made).clone()
    }

    /// The cards of stories, in order.
    pub(in crate::render) fn cards(&self, ids: &[StoryId]) -> Vec<Value> {
        ids.iter().map(|id| self.card(*id)).collect()
    }

    /// The summary of a story, from its card: to make it anew would parse Markdown for each list that shows it.
    pub(in crate::render) fn summary(&self, id: StoryId) -> String {
        let card = self.card(id);
        card.get_from_path("summary").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The address of a story, which its card has as well.
    pub(in crate::render) fn permalink(&self, id: StoryId) -> &UrlPath {
        self.note_of(Aspect::Card, id);
        &self.library.index.story(id).permalink
    }

    /// The file of a story, for messages.
    pub(in crate::render) fn path(&self, id: StoryId) -> &SourcePath {
        self.library.index.story(id).article.path()
    }

    /// The body of a story, and its text.
    pub(in crate::render) fn text(&self, id: StoryId) -> Result<parse::Text, load::Error> {
        self.note_of(Aspect::Body, id);
        let story = self.library.index.story(id);
        parse::text(&self.library.site, story.article.source.original(), &self.settings_of(story))
    }

    /// The bodies of the introduction and of entries of live coverage.
    pub(in crate::render) fn live_bodies(
        &self,
        id: StoryId,
        live: &Live,
        entries: &[LiveEntry],
    ) -> Result<(parse::body::Body, Vec<parse::body::Body>), load::Error> {
        self.note_of(Aspect::Body, id);
        let story = self.library.index.story(id);
        let source = &story.article.source;
        let parts = (live.introduction, entries);
        parse::live_body(&self.library.site, &source.path, &source.hash, &self.settings_of(story), parts)
    }

    /// The body of a source that is no story.
    pub(in crate::render) fn body<M>(&self, source: &Published<M>) -> Result<parse::body::Body, load::Error> {
        parse::body(&self.library.site, source.original(), &self.body_settings())
    }

    /// How the body of a story is parsed: in its own language.
    pub(in crate::render) fn settings_of<'a>(&'a self, story: &'a Story) -> BodySettings<'a> {
        let language = story.matter().shared.lang.as_deref();
        BodySettings { language: language.unwrap_or(&self.config().language), ..self.body_settings() }
    }

    /// A story's neighbours in its series; none if it is in no series.
    pub(in crate::render) fn neighbours(&self, id: StoryId) -> Option<Neighbours> {
        self.note_of(Aspect::Neighbours, id);
        self.library.neighbours(id)
    }

    /// An author.
    pub(in crate::render) fn author(&self, slug: &Slug) -> Named<'_, AuthorMatter> {
        self.note(Fact::Author(slug.clone()));
        self.library.author(slug).expect("bylines name authors of the index")
    }

    /// An author as cards name them.
    pub(in crate::render) fn name(&self, slug: &Slug) -> Value {
        self.note(Fact::Author(slug.clone()));
        self.library.names[slug].clone()
    }

    /// A section; none if it has no story.
    pub(in crate::render) fn section(&self, key: &SectionKey) -> Option<Named<'_, SectionMatter>> {
        self.note(Fact::Section(key.clone()));
        self.library.section(key)
    }

    /// A section as cards name it.
    pub(in crate::render) fn section_value(&self, key: &SectionKey) -> Option<Value> {
        self.note(Fact::Section(key.clone()));
        self.library.sections.get(key).cloned()
    }

    /// A term.
    pub(in crate::render) fn term(&self, taxonomy: Taxonomy, slug: &Slug) -> Named<'_, TopicMatter> {
        self.note(Fact::Term(taxonomy, slug.clone()));
        self.library.term(taxonomy, slug).expect("stories name terms of the index")
    }

    /// A term as stories name it.
    pub(in crate::render) fn term_value(&self, taxonomy: Taxonomy, slug: &Slug) -> Value {
        self.note(Fact::Term(taxonomy, slug.clone()));
        self.library.terms[&(taxonomy, slug.clone())].clone()
    }

    /// A series.
    pub(in crate::render) fn series(&self, slug: &Slug) -> Named<'_, SeriesMatter> {
        self.note(Fact::Series(slug.clone()));
        self.library.series(slug).expect("stories name series of the index")
    }

    /// The stories of a list, or of a part of it.
    pub(in crate::render) fn list(&self, key: &ListKey, cut: &Cut) -> &[StoryId] {
        self.note(Fact::List(key.clone(), cut.period));
        &key.stories(&self.library.index)[cut.range.clone()]
    }

    /// How many stories a list has.
    pub(in crate::render) fn count(&self, key: &ListKey) -> usize {
        self.note(Fact::Count(key.clone()));
        key.stories(&self.library.index).len()
    }

    /// The parts of a list.
    pub(in crate::render) fn periods(&self, key: &ListKey) -> Vec<Period> {
        self.note(Fact::Periods(key.clone()));
        self.library.periods(key)
    }

    /// The address of a list.
    pub(in crate::render) fn list_url(&self, key: &ListKey) -> UrlPath {
        match key {
            ListKey::Section(key) => drop(self.section(key)),
            ListKey::Author(slug) => drop(self.author(slug)),
            ListKey::Term(taxonomy, slug) => drop(self.term(*taxonomy, slug)),
            ListKey::Label(_) => {}
        }
        key.url(&self.library.index)
    }

    /// The stories of a series, newest first.
    pub(in crate::render) fn parts(&self, slug: &Slug) -> &[StoryId] {
        self.note(Fact::Parts(slug.clone()));
        &self.library.index.series[slug].stories
    }

    /// The sections directly below one, in the order of the navigation.
    pub(in crate::render) fn sections_below(&self, key: &SectionKey) -> Vec<(&SectionKey, Named<'_, SectionMatter>)> {
        self.note(Fact::Below(key.clone()));
        self.library.sections_below(Some(key))
    }

    /// The top sections, in the order of the navigation. For `site`, whose fact holds them.
    pub(in crate::render) fn top_sections(&self) -> Vec<(&SectionKey, Named<'_, SectionMatter>)> {
        self.library.sections_below(None)
    }

    /// The stories of the front page.
    pub(in crate::render) fn front(&self) -> FrontPage {
        self.note(Fact::Front);
        relate::front_page(&self.library.index)
    }

    /// The front page's file.
    pub(in crate::render) fn front_file(&self) -> Option<&Published<SectionMatter>> {
        self.note(Fact::FrontFile);
        self.library.index.front.as_ref()
    }

    /// The slots of a section's front, and the newest of its stories that stand in none.
    pub(in crate::render) fn section_front(&self, key: &SectionKey) -> (Vec<FilledSlot>, Vec<StoryId>) {
        self.note(Fact::Slots(key.clone()));
        relate::section_front(&self.library.index, key, NEWEST)
    }

    /// The banner on fronts.
    pub(in crate::render) fn breaking(&self) -> Option<&Breaking> {
        self.note(Fact::Breaking);
        self.library.index.breaking.as_ref()
    }

    /// The years that have stories, each with their number.
    pub(in crate::render) fn years(&self) -> BTreeMap<i16, usize> {
        self.note(Fact::Years);
        self.library.years()
    }

    /// The months of a year that have stories, each with their number.
    pub(in crate::render) fn months(&self, year: i16) -> BTreeMap<i8, usize> {
        self.note(Fact::Months(year));
        self.library.months(year)
    }

    /// The days of a month that have stories, each with their number.
    pub(in crate::render) fn month(&self, year: i16, month: i8) -> Dated<BTreeMap<i8, usize>> {
        self.note(Fact::Month(year, month));
        self.library.month(year, month)
    }

    /// The stories of a day.
    pub(in crate::render) fn day(&self, day: Day) -> Dated<&[StoryId]> {
        self.note(Fact::Day(day));
        self.library.day(day)
    }

    /// Corrections, newest first: when, of which story, and which of its corrections.
    pub(in crate::render) fn corrections(&self) -> &[(Timestamp, StoryId, usize)] {
        self.note(Fact::Corrections);
        &self.library.index.corrections
    }

    /// The stories of a feed, newest first.
    pub(in crate::render) fn feed(&self, of: &FeedOf) -> Vec<StoryId> {
        self.note(Fact::Feed(of.clone()));
        of.stories(&self.library.index)
    }

    /// The page that shows the same as a feed.
    pub(in crate::render) fn feed_home(&self, of: &FeedOf) -> UrlPath {
        match of {
            FeedOf::List(key) => drop(self.list_url(key)),
            FeedOf::Series(slug) => drop(self.series(slug)),
            FeedOf::Site | FeedOf::Corrections => {}
        }
        of.home(&self.library.index)
    }

    /// The address of a feed.
    pub(in crate::render) fn feed_url(&self, of: &FeedOf, format: FeedFormat) -> UrlPath {
        drop(self.feed_home(of));
        of.url(&self.library.index, format)
    }

    /// Every sitemap with the instant of its newest change; those of news have none.
    pub(in crate::render) fn sitemaps(&self) -> Vec<(&UrlPath, Option<Timestamp>)> {
        self.note(Fact::Sitemaps);
        self.library.sitemaps()
    }

    /// A sitemap, by its number in the plan.
    pub(in crate::render) fn sitemap(&self, at: usize) -> &SitemapPart {
        let part = &self.library.plan.sitemaps[at];
        self.note(Fact::Sitemap(part.url.clone()));
        part
    }

    /// A file of the news sitemap, by its number in the plan.
    pub(in crate::render) fn news(&self, at: usize) -> &NewsPart {
        let part = &self.library.plan.news[at];
        self.note(Fact::News(part.url.clone()));
        part
    }

    /// The addresses of the news sitemap's files.
    pub(in crate::render) fn news_urls(&self) -> impl Iterator<Item = &UrlPath> {
        self.note(Fact::Sitemaps);
        self.library.plan.news.iter().map(|part| &part.url)
    }

    /// An old address, by its number in the index.
    pub(in crate::render) fn redirect(&self, at: usize) -> &Redirect {
        let redirect = &self.library.index.redirects[at];
        self.note(Fact::Redirect(redirect.from.clone()));
        redirect
    }

    /// The notice of a story that was taken down, by its number in the index.
    pub(in crate::render) fn tombstone(&self, at: usize) -> &Tombstone {
        let (url, tombstone) = &self.library.index.tombstones[at];
        self.note(Fact::Tombstone(url.clone()));
        tombstone
    }

    /// Every old address, and the addresses of what was taken down.
    pub(in crate::render) fn old_addresses(&self) -> (&[Redirect], &[(UrlPath, Tombstone)]) {
        self.note(Fact::OldAddresses);
        (&self.library.index.redirects, &self.library.index.tombstones)
    }

    /// The addresses of live coverage that has not ended, newest first.
    pub(in crate::render) fn on_air(&self) -> Vec<UrlPath> {
        self.note(Fact::OnAir);
        self.library.on_air()
    }

    /// The story that a reference names, if it is one.
    pub(in crate::render) fn find(&self, written: &str) -> Option<StoryId> {
        self.note(Fact::Found(written.to_owned()));
        self.library.find(written)
    }

    /// The newest stories of a kind.
    pub(in crate::render) fn latest(&self, wanted: &Wanted) -> Vec<StoryId> {
        self.note(Fact::Latest(wanted.clone()));
        self.library.latest(wanted)
    }

    /// Whether something is published at an address.
    pub(in crate::render) fn has(&self, url: &UrlPath) -> bool {
        self.note(Fact::Has(url.clone()));
        self.library.plan.has(url)
    }

    /// The story whose label must be shown where `data-story` holds this; none if it has none.
    pub(in crate::render) fn labelled(&self, mark: &str) -> Option<StoryId> {
        self.note(Fact::Marked(mark.to_owned()));
        self.library.labelled.get(mark).copied()
    }

    /// Whether the label of a story must be shown on its own page.
    pub(in crate::render) fn is_labelled(&self, id: StoryId) -> bool {
        self.note_of(Aspect::Whole, id);
        self.library.labelled.contains(&self.library.index.story(id).id)
    }

    /// Inline Markdown of a source's front matter as HTML.
    pub(in crate::render) fn inline_in(&self, text: &Inline, path: &SourcePath) -> Value {
        Value::safe_string(&bodies::inline(self, path, text))
    }

    /// Inline Markdown of a story's front matter as HTML.
    pub(in crate::render) fn inline(&self, text: &Inline, story: &Story) -> Value {
        self.inline_in(text, story.article.path())
    }
}
