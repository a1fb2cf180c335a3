//! Two sources for one output are an error, also where only letter case or Unicode form tells their paths apart:
//! many file systems and some hosts take those for one.

use std::collections::BTreeSet;

use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::{Output, OutputKind, Plan};
use crate::{
    config::Compression,
    diag::{Code, Diagnostic},
    model::{Lookup, OutPath, SourcePath},
    relate::SiteIndex,
};

pub(super) fn check(plan: &mut Plan, index: &SiteIndex) {
    let mut diagnostics = Vec::new();
    let folded: Vec<String> = plan.outputs.par_iter().map(|output| folded(output.path.as_str())).collect();
    let mut seen: Lookup<&str, &Output> = Lookup::with_room_for(folded.len());
    for (output, folded) in plan.outputs.iter().zip(&folded) {
        match seen.get(folded.as_str()) {
            // `relate` has told of this one, with more words.
            Some(first) if is_one_address(first, output, index) => {}
            Some(first) => diagnostics.push(collision(first, output, plan, index)),
            None => drop(seen.insert(folded, output)),
        }
    }
    // A file and a folder of one name: `/old` and `/old/story/`. What stands twice was told.
    let first =
        |(output, folded): &(&Output, &String)| seen.get(folded.as_str()).is_some_and(|it| std::ptr::eq(*it, *output));
    for (output, folded) in plan.outputs.iter().zip(&folded).filter(first) {
        let mut folder = folded.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(file) = seen.get(above) {
                diagnostics.push(collision(file, output, plan, index));
            }
            folder = above;
        }
    }
    plan.diagnostics.extend(diagnostics);
}

/// A path as file systems see it that know no letter case and one Unicode form.
fn folded(path: &str) -> String {
    if path.is_ascii() { path.to_ascii_lowercase() } else { path.nfc().flat_map(char::to_lowercase).collect() }
}

fn is_one_address(first: &Output, second: &Output, index: &SiteIndex) -> bool {
    let (OutputKind::Redirect(first), OutputKind::Redirect(second)) = (&first.kind, &second.kind) else { return false };
    index.redirects[*first].from == index.redirects[*second].from
}

/// A rule of the host would hide a page that is there.
pub(super) fn check_rules(plan: &mut Plan, index: &SiteIndex) {
    if !index.config.host.takes_rules() {
        return;
    }
    let hidden = index.redirects.iter().filter(|rule| {
        let page = plan.outputs.binary_search_by(|output| output.path.cmp(&rule.from.file()));
        page.is_ok_and(|at| !matches!(plan.outputs[at].kind, OutputKind::Redirect(_)))
    });
    let diagnostics: Vec<Diagnostic> = hidden
        .map(|rule| {
            let message = "something is published at this old address, and the redirect would hide it";
            Diagnostic::error(Code::Collision, &rule.path, rule.span, message)
                .help("take the redirect or the page away")
        })
        .collect();
    plan.diagnostics.extend(diagnostics);
}

/// Tells of outputs that stand where compressed copies go, and gives the paths of those.
pub(super) fn check_copies(plan: &mut Plan, copies: &[Output], index: &SiteIndex) -> BTreeSet<OutPath> {
    let endings: Vec<String> = Compression::ALL.iter().map(|form| format!(".{}", form.as_str())).collect();
    let mut standing: Lookup<String, &Output> = Lookup::default();
    for output in &plan.outputs {
        let folded = folded(output.path.as_str());
        // With the folders that it lies in.
        let names = std::iter::successors(Some(folded.as_str()), |path| path.rsplit_once('/').map(|(above, _)| above));
        for name in names.filter(|name| endings.iter().any(|ending| name.ends_with(ending))) {
            standing.insert(name.to_owned(), output);
        }
    }
    if standing.is_empty() {
        return BTreeSet::new();
    }
    let taken = copies.iter().filter_map(|copy| Some((copy, *standing.get(folded(copy.path.as_str()).as_str())?)));
    let taken: Vec<(&Output, &Output)> = taken.collect();
    let told = taken.iter().map(|(copy, output)| collision(output, copy, plan, index)).collect::<Vec<_>>();
    let paths = taken.iter().map(|(copy, _)| copy.path.clone()).collect();
    plan.diagnostics.extend(told);
    paths
}

fn collision(first: &Output, second: &Output, plan: &Plan, index: &SiteIndex) -> Diagnostic {
    let (first_name, second_name) = (name(first, plan), name(second, plan));
    let (path, span) = place(second, plan, index).or_else(|| place(first, plan, index)).unwrap_or_else(|| {
        // Both are the program's own: only settings can have brought that about.
        (SourcePath::new("site.yaml"), None)
    });
    let message = format!("{second_name} and {first_name} would both be published at `{}`", second.url);
    let diagnostic = match span {
        Some(span) => Diagnostic::error(Code::Collision, &path, span, message),
        None => Diagnostic::error_in(Code::Collision, &path, message),
    };
    let diagnostic = if first.path == second.path {
        diagnostic
    } else {
        diagnostic.note(format!("`{}` and `{}` cannot stand side by side everywhere", first.path, second.path))
    };
    let is_file = |output: &Output| {
        matches!(output.kind, OutputKind::Static(_) | OutputKind::StyleSheet(_) | OutputKind::HostRules)
    };
    if let OutputKind::Compressed(form, _) = second.kind {
        diagnostic.help(format!("take it away, or `{}` out of `precompress` in `site.yaml`", form.as_str()))
    } else if is_file(first) || is_file(second) {
        diagnostic.help("rename one of the two, or take it away")
    } else if [first, second].iter().any(|output| matches!(output.kind, OutputKind::Redirect(_))) {
        diagnostic.help("take the old address away: something is published there")
    } else {
        diagnostic.help("give one of the two another `slug`, name or date")
    }
}

fn name(output: &Output, plan: &Plan) -> String {
    match (&output.subject, &output.kind) {
        (_, OutputKind::Static(at) | OutputKind::StyleSheet(at)) => format!("`{}`", plan.statics[*at].path()),
        (_, OutputKind::Compressed(_, base)) => format!("the compressed copy of `{}`", base.url),
        (Some(subject), OutputKind::Redirect(_)) => format!("a redirect of `{subject}`"),
        (Some(subject), _) => format!("`{subject}`"),
        (None, OutputKind::List(..)) => "a list of the site".to_owned(),
        (None, OutputKind::Feed(..)) => "a feed of the site".to_owned(),
        (None, OutputKind::HostRules) => "the rules for the host".to_owned(),
        (None, _) => "a page of the site's own".to_owned(),
    }
}

fn place(output: &Output, plan: &Plan, index: &SiteIndex) -> Option<(SourcePath, Option<crate::model::Span>)> {
    match &output.kind {
        OutputKind::Story(id) => {
            let story = index.story(*id);
            let slug = story.matter().slug.as_ref().map(|(_, span)| *span);
            Some((story.article.path().clone(), Some(slug.unwrap_or(story.article.span()))))
        }
        OutputKind::Redirect(at) => Some((index.redirects[*at].path.clone(), Some(index.redirects[*at].span))),
        OutputKind::Static(at) | OutputKind::StyleSheet(at) => Some((plan.statics[*at].path(), None)),
        _ => output.subject.clone().map(|subject| (subject, None)),
    }
}
