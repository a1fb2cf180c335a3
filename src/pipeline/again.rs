//! What of an edition has to be made again: what has read something that is not as it was when the edition before was made.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use rayon::prelude::*;

use super::content;
use crate::{
    model::OutPath,
    plan::{Output, OutputKind, Plan},
    relate::SiteIndex,
    render::{self, Compared, FactId, Origin, Reads, View, Why},
    write,
};

/// What is to be done for each output, and what each has read.
pub(super) struct Again<'a> {
    view: &'a View,
    index: &'a SiteIndex,
    plan: &'a Plan,
    before: Option<Compared<'a>>,
    outputs: Vec<Planned>,
}

/// An output, and what becomes of it.
enum Planned {
    /// It stays, by its number in the edition before.
    Same(usize),
    /// It is made, and notes what it reads.
    Made(Option<Why>, OnceLock<Vec<FactId>>),
    /// A compressed copy that is published.
    Copy(Box<Copied>),
}

/// A compressed copy that is made again, unless its base turns out to be what it was.
struct Copied {
    of: Published,
    why: Why,
    became: OnceLock<(Vec<FactId>, Became)>,
}

/// What became of a compressed copy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    Same,
    Another,
}

/// What a published compressed copy was made of.
struct Published {
    base: blake3::Hash,
    uses: Arc<[OutPath]>,
}

impl<'a> Again<'a> {
    /// Compares what the outputs of the edition in `folder` have read, if that is known, with what they would read now.
    pub(super) fn of(
        (view, index, plan): (&'a View, &'a SiteIndex, &'a Plan),
        past: Option<&'a Reads>,
        folder: &write::Folder,
    ) -> Self {
        let before = past.map(|past| view.compare(past));
        let planned = |output: &Output| {
            let Some(before) = &before else { return Planned::Made(None, OnceLock::new()) };
            let at = folder.manifest().position(output.path.as_str().as_bytes());
            // A file that someone has touched is made again, whatever it would say.
            let whole = at.filter(|_| folder.published(&output.path).is_some());
            match (whole, output.identity(index, plan)) {
                (Some(at), Some(identity)) => match before.why(at, identity) {
                    None => Planned::Same(at),
                    Some(why) => match published(output, folder.manifest(), at) {
                        // Nothing else was there, and it is whole.
                        Some(published) if matches!(why, Why::Changed(_)) => {
                            Planned::Copy(Box::new(Copied { of: published, why, became: OnceLock::new() }))
                        }
                        _ => Planned::Made(Some(why), OnceLock::new()),
                    },
                },
                _ => Planned::Made(Some(Why::Unknown), OnceLock::new()),
            }
        };
        let outputs = plan.outputs.par_iter().map(planned).collect();
        Self { view, index, plan, before, outputs }
    }

    /// The entries of the edition, in the order of the plan.
    pub(super) fn entries(&self) -> Vec<write::Entry> {
        let outputs = self.plan.outputs.iter().zip(&self.outputs);
        outputs
            .map(|(output, planned)| {
                let want = match planned {
                    Planned::Same(_) => write::Want::Published,
                    Planned::Made(..) | Planned::Copy(..) => write::Want::Rendered,
                };
                write::Entry { path: output.path.clone(), subject: output.subject.clone(), want }
            })
            .collect()
    }

    /// How many outputs are made.
    pub(super) fn rendered(&self) -> usize {
        let is_made = |planned: &&Planned| match planned {
            Planned::Same(_) => false,
            Planned::Made(..) => true,
            Planned::Copy(copy) => copy.became.get().is_none_or(|(_, became)| *became == Became::Another),
        };
        self.outputs.iter().filter(is_made).count()
    }

    /// Whether social cards are made.
    pub(super) fn has_drawn(&self) -> bool {
        let mut outputs = self.plan.outputs.iter().zip(&self.outputs);
        outputs
            .any(|(output, planned)| matches!((&output.kind, planned), (OutputKind::SocialCard(_), Planned::Made(..))))
    }

    /// Makes an output, by its number in the plan.
    pub(super) fn render(&self, at: usize) -> Result<write::Rendered, render::Failure> {
        let output = &self.plan.outputs[at];
        if let Planned::Copy(copy) = &self.outputs[at] {
            let (mut rendered, became) = copy.of.or_another(output, self.view)?;
            copy.became.get_or_init(|| (std::mem::take(&mut rendered.reads), became));
            return Ok(content(rendered));
        }
        let mut rendered = render::output(output, self.view)?;
        if let Planned::Made(_, reads) = &self.outputs[at] {
            reads.get_or_init(|| std::mem::take(&mut rendered.reads));
        }
        Ok(content(rendered))
    }

    /// What the outputs have read, for the next build.
    pub(super) fn reads(self) -> Reads {
        let (index, plan) = (self.index, self.plan);
        let made = |output: &Output, facts| Origin::Made(output.identity(index, plan), facts);
        let origin = |(output, planned): (&Output, Planned)| match planned {
            Planned::Same(at) => Origin::Carried(at),
            Planned::Made(_, reads) => reads.into_inner().map_or(Origin::Unknown, |facts| made(output, facts)),
            Planned::Copy(copy) => copy.became.into_inner().map_or(Origin::Unknown, |(facts, _)| made(output, facts)),
        };
        let origins = plan.outputs.par_iter().zip(self.outputs).map(origin);
        self.view.reads(origins.collect(), self.before.as_ref())
    }

    /// Why an output is made again, by its number in the plan; none if it stays, or if nothing is known of the edition before.
    pub(super) fn why(&self, at: usize) -> Option<&Why> {
        match &self.outputs[at] {
            Planned::Made(why, _) => why.as_ref(),
            Planned::Copy(copy) => Some(&copy.why),
            Planned::Same(_) => None,
        }
    }

    /// How many outputs were made again for which reason, the commonest first. Names nothing that is out no more.
    pub(super) fn reasons(&self) -> Vec<(String, usize)> {
        let Some(before) = &self.before else { return Vec::new() };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for planned in &self.outputs {
            let why = match planned {
                Planned::Made(Some(why), _) => why,
                Planned::Copy(copy) => &copy.why,
                Planned::Made(None, _) | Planned::Same(_) => continue,
            };
            *counts.entry(before.reason(why)).or_default() += 1;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

/// What the copy at a number of the manifest was made of, if `output` is that copy: it is about the same, and its base was published with it.
fn published(output: &Output, manifest: &write::Manifest, at: usize) -> Option<Published> {
    let OutputKind::Compressed(_, base) = &output.kind else { return None };
    let (row, base) = (&manifest.rows()[at], manifest.get(&base.path)?);
    (row.subject == output.subject).then(|| Published { base: base.hash, uses: Arc::clone(&row.uses) })
}

impl Published {
    /// What is published, if the base is what it was; else the copy, made again. Compressing takes a hundred times as long as rendering.
    fn or_another(&self, output: &Output, view: &View) -> Result<(render::Rendered, Became), render::Failure> {
        let OutputKind::Compressed(form, base) = &output.kind else { unreachable!("made for compressed copies alone") };
        let mut rendered = render::output(base, view)?;
        if render::hash_of(&mut rendered) == Some(self.base) && rendered.uses[..] == self.uses[..] {
            return Ok((render::Rendered { content: render::Content::Kept, ..rendered }, Became::Same));
        }
        Ok((render::compressed_copy(base, rendered, *form)?, Became::Another))
    }
}
