//! All lists from nothing, and what is kept of them.

use super::{
    super::{
        related,
        text::{Collection, record::Record},
    },
    Archive, Filed, Ground, Kept, KeptArticle, Lists, Making, Now, Renewed, SiteIndex, Sources, StoryId, Texts, file,
};
use crate::load;

/// Makes all lists.
///
/// # Errors
/// Those of the sources.
pub(super) fn renew(
    index: &SiteIndex,
    mut texts: Texts,
    sources: &Sources<'_>,
    now: &Now,
    archive: &dyn Archive,
) -> Result<Renewed, load::Error> {
    let mut filed: Option<Vec<Filed>> = Some(Vec::new());
    let mut together = Vec::new();
    let mut keep = |records: &[Record]| {
        let added = filed.as_ref().and_then(|_| file(records, &mut together, &|bytes| archive.add_anew(bytes)));
        match (&mut filed, added) {
            (Some(filed), Some(added)) => filed.extend(added),
            (filed, _) => *filed = None,
        }
    };
    texts.collect(index, sources, archive.is_open().then_some(&mut keep))?;
    let made = related::make(index, &texts, &texts.by_subject());
    let lists = Lists::from(made.iter().map(|(_, made)| &made.related), texts.diagnostics.clone());
    // What all lists were made in is larger than what is kept of them: the one goes before the other comes.
    let pairs: Vec<Vec<u32>> = texts.collections.drain(..).map(Collection::into_pairs).collect();
    let state = filed
        .filter(|_| archive.is_open())
        .and_then(|filed| kept((index, &texts, now), &pairs, (filed, made)))
        .map(|kept| kept.write());
    Ok(Renewed { lists, state, making: Making::Anew })
}

/// What is to be kept of all articles; `filed` is in the order of the collections.
fn kept(
    (index, texts, now): (&SiteIndex, &Texts, &Now),
    pairs: &[Vec<u32>],
    (filed, made): (Vec<Filed>, Vec<(StoryId, related::Made)>),
) -> Option<Kept> {
    let mut places: Vec<Filed> = vec![Filed::default(); made.len()];
    for (id, filed) in texts.members.iter().flatten().zip(filed) {
        let label_terms = u32::try_from(Sources::label_terms(index, *id)).ok()?;
        places[id.index()] = Filed { label_terms, ..filed };
    }
    let article = |((id, made), filed): ((StoryId, related::Made), Filed)| {
        let article = &index.story(id).article;
        let (collection, place) = texts.places[id.index()];
        Some(KeptArticle {
            date: article.matter().date.map_or(0, |date| date.at.as_second()),
            path: article.path().as_str().into(),
            language: u32::try_from(collection).ok()?,
            traits: now.traits[id.index()],
            pairs: pairs[collection][place as usize],
            filed,
            ground: Ground::of(index, texts, id, &made),
            list: made.related,
        })
    };
    let articles = made.into_iter().zip(places).map(article).collect::<Option<_>>()?;
    Some(Kept { settings: now.settings, languages: texts.languages.clone(), articles })
}
