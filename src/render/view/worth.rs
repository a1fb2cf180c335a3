//! What facts are worth: a digest of exactly what the view hands out, by which a later build tells whether an output that read it is still the same.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use tera::Value;

use super::{
    super::{pages, search},
    answers::{Dated, Named},
    fact::{Aspect, Fact},
    library::Library,
    noting::Reader,
};
use crate::{
    config::Config,
    model::{Digest, Reference, SourcePath, Span},
    parse::body::LinkTarget,
    plan::{Cut, ListKey, NEWEST, Period, PictureEnd},
    relate::{self, FilledSlot, Story, StoryId},
    release::Published,
};

/// Tells what facts are worth in the site as it is now.
#[derive(Debug)]
pub(super) struct Assessor {
    /// Reads the site without anybody's notes.
    reader: Reader,
}

impl Assessor {
    pub(super) fn new(library: &Arc<Library>) -> Self {
        Self { reader: Reader::without_notes(library) }
    }

    fn library(&self) -> &Library {
        &self.reader.library
    }

    /// What a fact of this build is worth.
    pub(super) fn worth(&self, fact: &Fact) -> Digest {
        let library = self.library();
        let (index, plan) = (&*library.index, &*library.plan);
        let config = &*index.config;
        match fact {
            // What is breaking has a fact of its own. The debug form of settings names every field, also one that is added tomorrow.
            Fact::Settings => {
                let config = Config { breaking: None, ..config.clone() };
                Digest::of(&(format!("{config:?}"), library.words.digest()))
            }
            Fact::Site => json(&pages::site(&self.reader)),
            Fact::Template(name) => Digest::of(&library.closures.template(name)),
            Fact::Component(name) => Digest::of(&library.closures.component(name)),
            Fact::Of(aspect, story) => self.of_story(*aspect, *story),
            Fact::Author(slug) => Digest::of(&library.author(slug)),
            Fact::Section(key) => Digest::of(&library.section(key)),
            Fact::Term(taxonomy, slug) => Digest::of(&library.term(*taxonomy, slug)),
            Fact::Series(slug) => Digest::of(&library.series(slug)),
            Fact::List(key, period) => Digest::of(&self.list(key, *period).map(|ids| self.paths(ids))),
            Fact::Count(key) => Digest::of(&self.all(key).map(<[StoryId]>::len)),
            Fact::Periods(key) => Digest::of(&self.all(key).map(|_| library.periods(key))),
            Fact::Parts(slug) => Digest::of(&index.series.get(slug).map(|series| self.paths(&series.stories))),
            Fact::Below(key) => {
                Digest::of(&index.sections.contains_key(key).then(|| library.sections_below(Some(key))))
            }
            Fact::Front => {
                let front = relate::front_page(index);
                let sections: Vec<_> =
                    front.sections.iter().map(|(key, ids)| (key, library.section(key), self.paths(ids))).collect();
                Digest::of(&(self.slots(&front.slots), sections))
            }
            Fact::FrontFile => Digest::of(&index.front.as_ref().map(Original)),
            Fact::Slots(key) => Digest::of(&index.sections.contains_key(key).then(|| {
                let (slots, rest) = relate::section_front(index, key, NEWEST);
                let slots: Vec<Digest> = self.slots(&slots).iter().map(Digest::of).collect();
                (slots, Digest::of(&self.paths(&rest)))
            })),
            Fact::Breaking => Digest::of(&index.breaking),
            Fact::Years => Digest::of(&library.years()),
            Fact::Months(year) => Digest::of(&library.months(*year)),
            Fact::Month(year, month) => Digest::of(&library.month(*year, *month)),
            Fact::Day(day) => {
                let Dated { it, earlier, later } = library.day(*day);
                Digest::of(&Dated { it: self.paths(it), earlier, later })
            }
            Fact::Corrections => {
                let all = index.corrections.iter();
                Digest::of(&all.map(|(at, id, which)| (at, self.path(*id), which)).collect::<Vec<_>>())
            }
            Fact::Feed(of) => Digest::of(&of.is_there(index).then(|| self.paths(&of.stories(index)).clone())),
            Fact::Sitemaps => Digest::of(&library.sitemaps()),
            Fact::Sitemap(url) => Digest::of(&plan.sitemaps.iter().find(|part| part.url == *url).map(|it| &it.entries)),
            Fact::News(url) => {
                Digest::of(&plan.news.iter().find(|part| part.url == *url).map(|part| self.paths(&part.stories)))
            }
            Fact::Redirect(from) => {
                Digest::of(&index.redirects.iter().find(|rule| rule.from == *from).map(|rule| &rule.to))
            }
            Fact::Tombstone(url) => Digest::of(
                &index.tombstones.iter().find(|(at, _)| at == url).map(|(_, it)| (&it.path, it.at, &it.reason)),
            ),
            Fact::OldAddresses => {
                let redirects: Vec<_> = index.redirects.iter().map(|rule| (&rule.from, &rule.to)).collect();
                let gone: Vec<_> = index.tombstones.iter().map(|(url, _)| url).collect();
                Digest::of(&(redirects, gone))
            }
            Fact::OnAir => Digest::of(&library.on_air()),
            Fact::Link(from, kind, text) => {
                let address = Reference { text: text.clone(), span: Span::default() };
                let target = LinkTarget { kind: *kind, address, fragment: None };
                let anywhere = SourcePath::new("content/-");
                Digest::of(&plan.link(index, from.as_ref().unwrap_or(&anywhere), &target))
            }
            Fact::Picture(from, written) => {
                let end = plan.picture(index, from, written);
                Digest::of(&(library.size(&end), plan.planned_picture(&end), &end))
            }
            Fact::Table(from, written) => {
                let path = library.table(from, written);
                Digest::of(&path.map(|path| (library.marks.get(&path), path)))
            }
            Fact::Found(written) => Digest::of(&library.find(written).map(|id| self.path(id))),
            Fact::Latest(wanted) => Digest::of(&self.paths(&library.latest(wanted))),
            Fact::Asset(name) => Digest::of(&plan.assets.get(name).map(|asset| {
                let end = PictureEnd::Static(name.clone(), asset.clone());
                (asset, library.static_size(name), plan.planned_picture(&end))
            })),
            Fact::Rendition(original, at) => {
                Digest::of(&plan.pictures.get(original).map(|planned| planned.urls().get(*at)))
            }
            Fact::SocialCard(path) => Digest::of(&plan.cards.get(path)),
            Fact::Icons => Digest::of(&library.icons()),
            Fact::Static(name) => Digest::of(&library.static_file(name).map(|file| {
                let own = library.marks.get(&SourcePath::new(format!("static/{name}")));
                (own, file.fingerprint.as_ref().map(|print| &print.integrity), file.moved.as_deref())
            })),
            Fact::Attachment(path) => Digest::of(&(library.marks.get(path), plan.attachments.get(path))),
            Fact::Data(name) => Digest::of(&library.marks.get(&SourcePath::new(format!("data/{name}")))),
            Fact::Marked(mark) => Digest::of(&library.labelled.get(mark.as_str()).map(|id| self.path(*id))),
            Fact::Has(url) => Digest::of(&plan.has(url)),
            Fact::Volumes | Fact::Volume(_) | Fact::Results(..) => self.of_search(fact),
        }
    }

    /// What a fact of the search index is worth.
    fn of_search(&self, fact: &Fact) -> Digest {
        let search = &self.library().plan.search;
        let version = |at: usize| search::version(&self.reader, at);
        match fact {
            Fact::Volume(name) => {
                Digest::of(&search.number(name).map(|at| (search.volumes[at].word_files, version(at))))
            }
            Fact::Results(name, file) => Digest::of(&search.number(name).map(|at| {
                let stories = search.shown(at, *file).iter();
                stories.map(|id| (self.path(*id), self.reader.card_digest(*id))).collect::<Vec<_>>()
            })),
            _ => {
                Digest::of(&(0..search.volumes.len()).map(|at| (&search.volumes[at], version(at))).collect::<Vec<_>>())
            }
        }
    }

    fn of_story(&self, aspect: Aspect, id: StoryId) -> Digest {
        let library = self.library();
        let story = library.index.story(id);
        match aspect {
            Aspect::Whole => whole(story),
            Aspect::Body => Digest::of(&story.article.source.hash),
            Aspect::Card => self.reader.card_digest(id),
            Aspect::Related => {
                let related = library.lists.of(id).iter();
                Digest::of(&related.map(|it| (self.path(it.story), it.reason, &it.shared)).collect::<Vec<_>>())
            }
            Aspect::Neighbours => {
                Digest::of(&library.neighbours(id).map(|it| {
                    (it.part, it.parts, it.earlier.map(|id| self.path(id)), it.later.map(|id| self.path(id)))
                }))
            }
        }
    }

    /// What a story is known by in another build too: its path, in short.
    fn path(&self, id: StoryId) -> Digest {
        self.library().short_paths[id.index()]
    }

    /// The stories of a list by what they are known by in another build too.
    fn paths(&self, ids: &[StoryId]) -> Vec<Digest> {
        ids.iter().map(|id| self.path(*id)).collect()
    }

    fn all(&self, key: &ListKey) -> Option<&[StoryId]> {
        let index = &self.library().index;
        key.is_there(index).then(|| key.stories(index))
    }

    fn list(&self, key: &ListKey, period: Period) -> Option<&[StoryId]> {
        let all = self.all(key)?;
        if period == Period::Newest {
            return Some(&all[..all.len().min(NEWEST)]);
        }
        let is_it = |cut: &&Cut| cut.period == period;
        let cut = self.library().plan.periods.get(key)?.iter().find(is_it)?;
        Some(&all[cut.range.clone()])
    }

    fn slots<'a>(&'a self, slots: &'a [FilledSlot]) -> Vec<(&'a str, Option<&'a str>, bool, Vec<Digest>)> {
        let slot = |it: &'a FilledSlot| (&*it.name, it.title.as_deref(), it.is_ranked, self.paths(&it.stories));
        slots.iter().map(slot).collect()
    }
}

/// All that is known of a story but its text and its list of related stories.
fn whole(story: &Story) -> Digest {
    let article = &story.article;
    let outline = &article.source.outline;
    let live = article.live.as_ref().map(|live| {
        let entries = live.entries.iter().map(|it| (&it.id, it.at, &it.title, it.is_key, it.is_pinned, it.body));
        (live.introduction, live.is_over, entries.collect::<Vec<_>>())
    });
    let place = (&story.permalink, &story.id, &story.byline, &story.terms, &story.series, &article.section);
    let more = (article.expires_at, outline.words, &outline.opening, &outline.pictures);
    Digest::of(&(&article.source.path, story.matter(), place, more, live))
}

/// A source that is no story, with its body.
struct Original<'a, M>(&'a Published<M>);

impl<M: Hash> Hash for Original<'_, M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.0.path, self.0.hash, &self.0.matter).hash(state);
    }
}

impl<M: Hash> Hash for Named<'_, M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.title, self.url, self.source.map(Original)).hash(state);
    }
}

/// The digest of a template's value, by its JSON: the same on every machine.
pub(super) fn json(value: &Value) -> Digest {
    Digest::of_bytes(&serde_json::to_vec(value).expect("the values of templates are lists, texts and numbers"))
}
