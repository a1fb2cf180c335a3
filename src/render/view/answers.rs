//! What the view answers, each question in one place: for renders, whose [`Reader`](super::Reader) notes that they asked, and for what a fact is worth.

use std::{collections::BTreeMap, ops::Bound};

use super::{fact::Wanted, library::Library};
use crate::{
    load::StaticFile,
    model::{SectionKey, Slug, SourcePath, Taxonomy, Timestamp, UrlPath},
    parse::matter::{AuthorMatter, SectionMatter, SeriesMatter, TopicMatter},
    plan::{Asset, ListKey, Period, PictureEnd, SitemapPart, live_url},
    relate::{Day, Found, StoryId},
    release::Published,
};

/// An author, section, term or series by name.
#[derive(Debug)]
pub(in crate::render) struct Named<'a, M> {
    pub(in crate::render) title: &'a str,
    pub(in crate::render) url: &'a UrlPath,
    pub(in crate::render) source: Option<&'a Published<M>>,
}

impl<M> Clone for Named<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Named<'_, M> {}

/// A story's neighbours in its series.
#[derive(Debug, Hash)]
pub(in crate::render) struct Neighbours {
    pub(in crate::render) part: usize,
    pub(in crate::render) parts: usize,
    pub(in crate::render) earlier: Option<StoryId>,
    pub(in crate::render) later: Option<StoryId>,
}

/// Something of the calendar, and what stands before and after it.
#[derive(Debug, Hash)]
pub(in crate::render) struct Dated<T> {
    pub(in crate::render) it: T,
    pub(in crate::render) earlier: Option<Day>,
    pub(in crate::render) later: Option<Day>,
}

/// A file of `static/icons/`.
#[derive(Debug, Hash)]
pub(in crate::render) struct Icon<'a> {
    /// Its name in `static/`.
    pub(in crate::render) name: &'a str,
    pub(in crate::render) asset: &'a Asset,
    /// Width and height in pixels, if it has them.
    pub(in crate::render) size: Option<(usize, usize)>,
}

impl Library {
    pub(super) fn neighbours(&self, id: StoryId) -> Option<Neighbours> {
        let slug = self.index.story(id).series.as_ref()?;
        let stories = &self.index.series[slug].stories;
        let at = stories.binary_search(&id).expect("a story is in the list of its series");
        let parts = stories.len();
        let (earlier, later) = (stories.get(at + 1), at.checked_sub(1).map(|at| &stories[at]));
        Some(Neighbours { part: parts - at, parts, earlier: earlier.copied(), later: later.copied() })
    }

    pub(super) fn author(&self, slug: &Slug) -> Option<Named<'_, AuthorMatter>> {
        let author = self.index.authors.get(slug)?;
        Some(Named { title: &author.name, url: &author.url, source: author.source.as_ref() })
    }

    pub(super) fn section(&self, key: &SectionKey) -> Option<Named<'_, SectionMatter>> {
        let section = self.index.sections.get(key)?;
        Some(Named { title: &section.title, url: &section.url, source: section.source.as_ref() })
    }

    pub(super) fn term(&self, taxonomy: Taxonomy, slug: &Slug) -> Option<Named<'_, TopicMatter>> {
        let term = self.index.terms.get(&(taxonomy, slug.clone()))?;
        Some(Named { title: &term.title, url: &term.url, source: term.source.as_ref() })
    }

    pub(super) fn series(&self, slug: &Slug) -> Option<Named<'_, SeriesMatter>> {
        let series = self.index.series.get(slug)?;
        Some(Named { title: &series.title, url: &series.url, source: series.source.as_ref() })
    }

    pub(super) fn periods(&self, key: &ListKey) -> Vec<Period> {
        self.plan.periods.get(key).into_iter().flatten().map(|cut| cut.period).collect()
    }

    pub(super) fn sections_below(&self, key: Option<&SectionKey>) -> Vec<(&SectionKey, Named<'_, SectionMatter>)> {
        let below = self.index.sections_below(key).into_iter();
        below.map(|(key, it)| (key, Named { title: &it.title, url: &it.url, source: it.source.as_ref() })).collect()
    }

    pub(super) fn years(&self) -> BTreeMap<i16, usize> {
        let mut years = BTreeMap::new();
        for (day, stories) in &self.index.days {
            *years.entry(day.0).or_default() += stories.len();
        }
        years
    }

    pub(super) fn months(&self, year: i16) -> BTreeMap<i8, usize> {
        let mut months = BTreeMap::new();
        for (day, stories) in self.index.days.range((year, 0, 0)..(year + 1, 0, 0)) {
            *months.entry(day.1).or_default() += stories.len();
        }
        months
    }

    pub(super) fn month(&self, year: i16, month: i8) -> Dated<BTreeMap<i8, usize>> {
        let all = &self.index.days;
        let days = all.range((year, month, 0)..(year, month + 1, 0));
        Dated {
            it: days.map(|(day, stories)| (day.2, stories.len())).collect(),
            earlier: all.range(..(year, month, 0)).next_back().map(|(day, _)| *day),
            later: all.range((year, month + 1, 0)..).next().map(|(day, _)| *day),
        }
    }

    pub(super) fn day(&self, day: Day) -> Dated<&[StoryId]> {
        let all = &self.index.days;
        let later = Bound::Excluded(day);
        Dated {
            it: all.get(&day).map_or(&[], Vec::as_slice),
            earlier: all.range(..day).next_back().map(|(day, _)| *day),
            later: all.range((later, Bound::Unbounded)).next().map(|(day, _)| *day),
        }
    }

    pub(super) fn sitemaps(&self) -> Vec<(&UrlPath, Option<Timestamp>)> {
        let newest = |part: &SitemapPart| part.entries.iter().filter_map(|it| it.changed_at).max();
        let parts = self.plan.sitemaps.iter().map(|part| (&part.url, newest(part)));
        parts.chain(self.plan.news.iter().map(|part| (&part.url, None))).collect()
    }

    pub(super) fn on_air(&self) -> Vec<UrlPath> {
        let stories = self.index.articles().map(|id| self.index.story(id));
        let on_air = stories.filter(|story| story.article.live.as_ref().is_some_and(|live| !live.is_over));
        on_air.map(|story| live_url(&story.permalink)).collect()
    }

    pub(super) fn size(&self, end: &PictureEnd) -> Option<(usize, usize)> {
        if let Some(planned) = self.plan.planned_picture(end) {
            let (_, rendition) = planned.fallback();
            // A drawing without a sheet has no size of its own.
            return (rendition.width > 0).then_some((rendition.width as usize, rendition.height as usize));
        }
        match end {
            PictureEnd::Attachment(path, _) => self.sizes.get(path).copied(),
            PictureEnd::Static(name, _) => self.static_size(name),
            PictureEnd::Remote(_) | PictureEnd::Missing => None,
        }
    }

    /// The size of a picture of `static/` as it lies there.
    pub(super) fn static_size(&self, name: &str) -> Option<(usize, usize)> {
        self.sizes.get(&SourcePath::new(format!("static/{name}"))).copied()
    }

    pub(super) fn static_file(&self, name: &str) -> Option<&StaticFile> {
        let files = &self.plan.statics;
        files.binary_search_by(|file| file.name.as_str().cmp(name)).ok().map(|at| &files[at])
    }

    pub(super) fn table(&self, from: &SourcePath, written: &str) -> Option<SourcePath> {
        let named = written.strip_prefix("/data/").or_else(|| written.strip_prefix("data/"));
        let in_data =
            named.filter(|name| self.data.contains_key(*name)).map(|name| SourcePath::new(format!("data/{name}")));
        self.index.attachment(from, written).or(in_data)
    }

    pub(super) fn find(&self, written: &str) -> Option<StoryId> {
        match self.index.find(written) {
            Found::Story(id) => Some(id),
            Found::Several(_) | Found::Nothing => None,
        }
    }

    pub(super) fn latest(&self, wanted: &Wanted) -> Vec<StoryId> {
        let index = &self.index;
        let slug = |text: &String| Slug::from_headline(text);
        let section = wanted.section.as_ref().map(|name| {
            let key = SectionKey::from_folder(name)?;
            index.sections.get(&key).map(|section| section.stories.as_slice())
        });
        let tag = wanted.tag.as_ref().map(|name| {
            let term = index.terms.get(&(Taxonomy::Tags, slug(name)?))?;
            Some(term.stories.as_slice())
        });
        let author = wanted.author.as_ref().map(|name| Some(index.authors.get(&slug(name)?)?.stories.as_slice()));
        let lists = [section, tag, author].into_iter().flatten();
        // What is asked for and not there gives no stories: a section may have none today.
        let Some(lists) = lists.collect::<Option<Vec<&[StoryId]>>>() else { return Vec::new() };
        let fits = |id: &StoryId| {
            lists.iter().all(|list| list.binary_search(id).is_ok())
                && wanted.label.is_none_or(|label| index.story(*id).label() == label)
        };
        match lists.iter().min_by_key(|list| list.len()) {
            Some(list) => list.iter().copied().filter(fits).take(wanted.limit).collect(),
            None => index.articles().filter(fits).take(wanted.limit).collect(),
        }
    }

    pub(super) fn icons(&self) -> Vec<Icon<'_>> {
        let icons = self.plan.assets.range("icons/".to_owned()..).take_while(|(name, _)| name.starts_with("icons/"));
        icons.map(|(name, asset)| Icon { name, asset, size: self.static_size(name) }).collect()
    }
}
