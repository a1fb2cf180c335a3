//! Loads the theme's templates and the site's over them, and tells every mistake in them.

use std::{collections::BTreeMap, sync::Arc};

use tera::{ErrorKind, Tera};

use super::{Words, closures::Closures, functions, terse::terse};
use crate::{
    config::Config,
    diag::{Code, Diagnostic},
    load::{self, Site, Source, theme_templates},
    model::{Digest, SourcePath, Span},
};

/// The folder name under which the theme's own files are kept.
const THEME: &str = "theme/";

/// Loaded templates, and the interface's words.
#[derive(Debug, Clone)]
pub struct Templates {
    pub(super) tera: Tera,
    pub(super) words: Words,
    pub(super) closures: Arc<Closures>,
}

/// Loads the theme and the site's own templates over it.
///
/// A site's file replaces the theme's of that name; `theme/…` always means the theme's. There are no templates if any file has an error:
/// the mistakes of all files come beside them, each with its place.
pub fn load(site: &Site, sources: &[Source], config: &Config) -> (Option<Templates>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    for source in sources {
        let name = source.path.below("templates").expect("the walk of `templates/` stays below it");
        if name.starts_with(THEME) {
            diagnostics.push(
                Diagnostic::error_in(
                    Code::Misplaced,
                    &source.path,
                    "`templates/theme/` is kept for the built-in theme",
                )
                .help("put the file into `templates/` itself; it replaces the theme's file of that name"),
            );
            continue;
        }
        match read(site, &source.path) {
            Ok(text) => drop(own.insert(name.to_owned(), text)),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    let built_in = theme_templates();
    let (words, mistakes) = words(&built_in, &own, config);
    diagnostics.extend(mistakes);
    let theme = built_in.iter().map(|(name, text)| (format!("{THEME}{name}"), terse(text)));
    let sites = own.iter().map(|(name, text)| (name.clone(), text.clone()));
    let files: Vec<(String, String)> = theme.chain(sites).filter(|(name, _)| is_template(name)).collect();
    // Loading stops at the first syntax error of the batch, so each file is tried alone first.
    for (name, text) in own.iter().filter(|(name, _)| is_template(name)) {
        diagnostics.extend(syntax_error(name, text));
    }
    let mut tera = Tera::default();
    tera.set_fallback_prefixes([THEME]).expect("the prefix is set before any template");
    tera.autoescape_on(vec![".html", ".htm", ".xml", ".svg"]);
    functions::register_names(&mut tera);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        if let Err(error) = tera.add_raw_templates(files.iter().map(|(name, text)| (name, text.as_str()))) {
            let text_of = |name: &str| match name.strip_prefix(THEME) {
                Some(name) => built_in.iter().find(|(known, _)| known == name).map(|(_, text)| *text),
                None => own.get(name).map(String::as_str),
            };
            diagnostics.extend(loading_errors(&error, &text_of));
        } else {
            diagnostics.extend(changed_components(&tera, &own));
        }
    }
    let is_whole = !diagnostics.iter().any(Diagnostic::is_error);
    let closures = || Arc::new(Closures::of(files.iter().map(|(name, text)| (name.as_str(), text.as_str())), THEME));
    (is_whole.then(|| Templates { tera, words, closures: closures() }), diagnostics)
}

impl Templates {
    /// What decides how social cards are drawn, besides what they show.
    pub fn look_of_cards(&self) -> Digest {
        Digest::of(&(self.closures.template("social-card.svg"), self.words.digest()))
    }
}

fn is_template(name: &str) -> bool {
    [".html", ".xml", ".txt", ".svg", ".json"].iter().any(|ending| name.ends_with(ending))
}

fn read(site: &Site, path: &SourcePath) -> Result<String, Box<Diagnostic>> {
    let unreadable = |error: load::Error| Box::new(Diagnostic::error_in(Code::Unreadable, path, error.to_string()));
    let bytes = site.read(path).map_err(unreadable)?;
    crate::parse::utf8(path, &bytes).map(str::to_owned)
}

/// English, then the site's language, then the site's own words for either.
fn words(
    theme: &[(String, &'static str)],
    own: &BTreeMap<String, String>,
    config: &Config,
) -> (Words, Vec<Diagnostic>) {
    let primary = config.language.split('-').next().unwrap_or_default().to_lowercase();
    let mut names = vec!["strings/en.yaml".to_owned()];
    for language in [primary, config.language.clone()] {
        let name = format!("strings/{language}.yaml");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let files = names.iter().flat_map(|name| {
        let built_in =
            theme.iter().find(|(known, _)| known == name).map(|(_, text)| (file_of(&format!("{THEME}{name}")), *text));
        let own = own.get(name).map(|text| (file_of(name), text.as_str()));
        built_in.into_iter().chain(own)
    });
    Words::read(files)
}

/// The file of a template, for messages: `templates/…` in the site, `theme/…` in the theme.
fn file_of(name: &str) -> SourcePath {
    SourcePath::new(if name.starts_with(THEME) { name.to_owned() } else { format!("templates/{name}") })
}

/// The file that a template's name stands for.
pub(super) fn file_used(tera: &Tera, name: &str) -> SourcePath {
    if tera.get_template_names().any(|known| known == name) {
        file_of(name)
    } else {
        file_of(&format!("{THEME}{name}"))
    }
}

fn syntax_error(name: &str, text: &str) -> Option<Diagnostic> {
    let mut alone = Tera::default();
    functions::register_names(&mut alone);
    let error = alone.add_raw_template(name, text).err()?;
    match error.kind() {
        ErrorKind::SyntaxError(report) => {
            let span = Span::from(report.span().range.clone());
            Some(Diagnostic::error(Code::BadTemplate, &file_of(name), span, sentence(report.message())))
        }
        // Any other kind means that the file itself could be read.
        _ => None,
    }
}

/// The mistakes that only all files together show.
fn loading_errors<'a>(error: &tera::Error, text_of: &impl Fn(&str) -> Option<&'a str>) -> Vec<Diagnostic> {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = Span::from(report.span().range.clone());
            vec![Diagnostic::error(Code::BadTemplate, &file_of(report.filename()), span, sentence(report.message()))]
        }
        ErrorKind::CircularExtend { tpl, .. } => {
            let help = format!(
                "to build on the theme's own, write `{{% extends \"{THEME}{}\" %}}`",
                tpl.trim_start_matches(THEME)
            );
            vec![Diagnostic::error_in(Code::BadTemplate, &file_of(tpl), "this template extends itself").help(help)]
        }
        ErrorKind::CircularInclude { tpl, include_chain } => {
            let chain = include_chain.join("`, `");
            let error = Diagnostic::error_in(Code::BadTemplate, &file_of(tpl), "this template includes itself");
            vec![error.note(format!("by way of `{chain}`")).help("take one of the includes away")]
        }
        ErrorKind::MissingParent { current, parent } => {
            let message = format!("this template extends `{parent}`, which does not exist");
            vec![
                Diagnostic::error_in(Code::BadTemplate, &file_of(current), message)
                    .help("the theme's files are named `theme/…`"),
            ]
        }
        _ => reported_blocks(&error.to_string(), text_of),
    }
}

/// Takes apart the text in which Tera reports several mistakes: blocks with a line ` --> name:line:column`, joined by blank lines.
fn reported_blocks<'a>(report: &str, text_of: &impl Fn(&str) -> Option<&'a str>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut message = String::new();
    for line in report.lines() {
        let trimmed = line.trim_start();
        if let Some(place) = trimmed.strip_prefix("--> ") {
            let name = place.rsplitn(3, ':').last().unwrap_or_default();
            let mut numbers = place.rsplitn(3, ':').filter_map(|number| number.parse::<usize>().ok());
            let span = match (numbers.next(), numbers.next(), text_of(name)) {
                (Some(column), Some(line), Some(text)) => Some(span_at(text, line, column)),
                _ => None,
            };
            diagnostics.push(match span {
                Some(span) => Diagnostic::error(Code::BadTemplate, &file_of(name), span, sentence(&message)),
                None => Diagnostic::error_in(Code::BadTemplate, &file_of(name), sentence(&message)),
            });
            message.clear();
        } else if let Some(text) = trimmed.strip_prefix("error: ").or_else(|| trimmed.strip_prefix("Error: ")) {
            text.clone_into(&mut message);
        } else if message.is_empty() && !trimmed.is_empty() && !trimmed.starts_with(['|', '^', '=']) {
            trimmed.clone_into(&mut message);
        }
    }
    if diagnostics.is_empty() {
        let first = report.lines().next().unwrap_or_default();
        diagnostics.push(Diagnostic::error_in(Code::BadTemplate, &SourcePath::new("templates"), sentence(first)));
    }
    diagnostics
}

/// The word at a line and a column, as the template engine counts them: both from 1, columns in characters.
fn span_at(text: &str, line: usize, column: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let rest = &text[start..];
    let skipped: usize = rest.chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    let word = rest[skipped..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len() - skipped);
    Span::new(start + skipped, start + skipped + word.max(1))
}

/// A component that a site defines again must take the arguments that the program gives it.
fn changed_components(tera: &Tera, sites: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let mut theme = Tera::default();
    functions::register_names(&mut theme);
    let files = theme_templates();
    let templates = files.iter().filter(|(name, _)| is_template(name)).map(|(name, text)| (name.clone(), *text));
    if theme.add_raw_templates(templates).is_err() {
        return Vec::new();
    }
    let mut names: Vec<&str> = theme.get_component_names().collect();
    names.sort_unstable();
    let mut diagnostics = Vec::new();
    for name in names {
        let (Some(built_in), Some(own)) = (theme.get_component_definition(name), tera.get_component_definition(name))
        else {
            continue;
        };
        let arguments = |info: &tera::ComponentInfo| -> Vec<String> {
            let mut names: Vec<String> = info.args().iter().map(|argument| argument.name().to_owned()).collect();
            names.sort_unstable();
            names
        };
        let (expected, given) = (arguments(&built_in), arguments(&own));
        if expected != given {
            let message = format!("the component `{name}` takes other arguments than the theme's");
            let definition = format!("component {name}(");
            let place = sites.iter().find_map(|(file, text)| Some((file_of(file), text.find(&definition)?)));
            let error = match place {
                Some((file, at)) => {
                    Diagnostic::error(Code::BadTemplate, &file, Span::new(at, at + definition.len() - 1), message)
                }
                None => Diagnostic::error_in(Code::BadTemplate, &SourcePath::new("templates"), message),
            };
            diagnostics.push(
                error
                    .note(format!("the theme calls it with `{}`", expected.join("`, `")))
                    .help("declare the same arguments; a component may leave some of them unused"),
            );
        }
    }
    diagnostics
}

/// A mistake that shows only on a page.
pub(super) fn failed(error: &tera::Error, template: &str, subject: &SourcePath) -> Diagnostic {
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let span = Span::from(report.span().range.clone());
            let path = file_of(report.filename());
            let mut diagnostic = Diagnostic::error(Code::TemplateFailed, &path, span, sentence(report.message()));
            let whole = error.to_string();
            for line in whole.lines() {
                if let Some((_, called)) = line.split_once("called from ") {
                    diagnostic = diagnostic.note(format!("called from {}", called.trim()));
                }
            }
            diagnostic.note(format!("while making the page of `{subject}`"))
        }
        _ => {
            let message = sentence(error.to_string().lines().next().unwrap_or_default());
            Diagnostic::error_in(Code::TemplateFailed, subject, message).note(format!("while rendering `{template}`"))
        }
    }
}

/// A message of the template engine in the style of ours: lower case first, no full stop.
fn sentence(message: &str) -> String {
    let trimmed = message.trim().trim_end_matches('.');
    let mut letters = trimmed.chars();
    let second_is_lower = trimmed.chars().nth(1).is_some_and(char::is_lowercase);
    match letters.next() {
        Some(first) if second_is_lower => first.to_lowercase().chain(letters).collect(),
        _ => trimmed.to_owned(),
    }
}
