//! What of an edition has to be made again: what has read something that is not as it was when the edition before was made.

use std::{collections::BTreeMap, sync::OnceLock};

use rayon::prelude::*;

use super::content;
use crate::{
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
                    why => Planned::Made(why, OnceLock::new()),
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
                    Planned::Made(..) => write::Want::Rendered,
                };
                write::Entry { path: output.path.clone(), subject: output.subject.clone(), want }
            })
            .collect()
    }

    /// How many outputs are made.
    pub(super) fn rendered(&self) -> usize {
        self.outputs.iter().filter(|planned| matches!(planned, Planned::Made(..))).count()
    }

    /// Whether social cards are made.
    pub(super) fn has_drawn(&self) -> bool {
        let mut outputs = self.plan.outputs.iter().zip(&self.outputs);
        outputs
            .any(|(output, planned)| matches!((&output.kind, planned), (OutputKind::SocialCard(_), Planned::Made(..))))
    }

    /// Makes an output, by its number in the plan.
    pub(super) fn render(&self, at: usize) -> Result<write::Rendered, render::Failure> {
        let mut rendered = render::output(&self.plan.outputs[at], self.view)?;
        if let Planned::Made(_, reads) = &self.outputs[at] {
            reads.get_or_init(|| std::mem::take(&mut rendered.reads));
        }
        Ok(content(rendered))
    }

    /// What the outputs have read, for the next build.
    pub(super) fn reads(self) -> Reads {
        let (index, plan) = (self.index, self.plan);
        let identities = plan.outputs.iter().map(|output| output.identity(index, plan));
        let origins = self.outputs.into_iter().map(|planned| match planned {
            Planned::Same(at) => Origin::Carried(at),
            Planned::Made(_, reads) => reads.into_inner().map_or(Origin::Unknown, Origin::Made),
        });
        self.view.reads(identities.zip(origins).collect(), self.before.as_ref())
    }

    /// Why an output is made again, by its number in the plan; none if it stays, or if nothing is known of the edition before.
    pub(super) fn why(&self, at: usize) -> Option<&Why> {
        match &self.outputs[at] {
            Planned::Made(why, _) => why.as_ref(),
            Planned::Same(_) => None,
        }
    }

    /// How many outputs were made again for which reason, the commonest first. Names nothing that is out no more.
    pub(super) fn reasons(&self) -> Vec<(String, usize)> {
        let Some(before) = &self.before else { return Vec::new() };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for planned in &self.outputs {
            let Planned::Made(Some(why), _) = planned else { continue };
            *counts.entry(before.reason(why)).or_default() += 1;
        }
        let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}
