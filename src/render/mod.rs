//! An output and the view become bytes. Pure: no clock, no environment, no other outputs; files are read through the view alone.

mod body;
mod card;
mod chart;
mod csp;
mod directives;
mod feed;
mod functions;
mod host_headers;
mod host_rules;
mod json_ld;
mod labels;
mod listed;
mod live;
mod pages;
mod robots;
mod search;
mod security;
mod shell;
mod sitemap;
mod templates;
mod view;
mod web_manifest;
mod words;
mod xml;

use std::fs;

use crate::{
    diag::Diagnostic,
    load,
    model::{OutPath, SourcePath},
    parse,
    plan::{Output, OutputKind, SearchPart},
};

pub use templates::{Templates, load as load_templates};
pub use view::View;
pub use words::Words;

/// The bytes of an output.
#[derive(Debug)]
pub enum Content {
    /// Made here.
    Bytes(Vec<u8>),
    /// A file that is published as it is.
    Stream(fs::File),
    /// The published file stays, byte for byte.
    Kept,
}

/// An output's bytes, and the fingerprinted files that they name.
#[derive(Debug)]
pub struct Rendered {
    /// The bytes.
    pub content: Content,
    /// The other outputs that it names by an address which changes with their bytes.
    pub uses: Vec<OutPath>,
}

impl From<Vec<u8>> for Rendered {
    fn from(bytes: Vec<u8>) -> Self {
        Self { content: Content::Bytes(bytes), uses: Vec::new() }
    }
}

/// Why an output has no bytes.
#[derive(Debug)]
pub enum Failure {
    /// A mistake in a template or a source.
    Mistake(Box<Diagnostic>),
    /// A file could not be read, or is not the one that was read before.
    Load(load::Error),
}

impl Failure {
    /// The same with what to do about it, if it is a mistake.
    fn help(self, text: &str) -> Self {
        match self {
            Self::Mistake(mistake) => Self::Mistake(Box::new(mistake.help(text))),
            other @ Self::Load(_) => other,
        }
    }
}

impl From<Box<Diagnostic>> for Failure {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::Mistake(diagnostic)
    }
}

impl From<load::Error> for Failure {
    fn from(error: load::Error) -> Self {
        Self::Load(error)
    }
}

/// Makes the bytes of an output.
///
/// # Errors
/// [`Failure::Mistake`] for a template that fails on this page; [`Failure::Load`] if a source changed meanwhile.
pub fn output(output: &Output, view: &View) -> Result<Rendered, Failure> {
    let rendered = match &output.kind {
        OutputKind::Static(at) => {
            let content = match &view.plan().statics[*at].origin {
                load::Origin::Site(path) => Content::Stream(view.site().stream(path)?),
                load::Origin::Theme(bytes) => Content::Bytes(bytes.to_vec()),
            };
            Rendered { content, uses: Vec::new() }
        }
        OutputKind::StyleSheet(at) => {
            let moved = view.plan().statics[*at].moved.as_ref().expect("planned only where there is a copy");
            moved.as_bytes().to_vec().into()
        }
        OutputKind::Attachment(path) => {
            Rendered { content: Content::Stream(view.site().stream(path)?), uses: Vec::new() }
        }
        OutputKind::Kept => Rendered { content: Content::Kept, uses: Vec::new() },
        OutputKind::Live(id) => live::newest(view, *id)?,
        OutputKind::Feed(of, format) => feed::feed(view, of, *format)?,
        OutputKind::SitemapIndex => sitemap::index(view).into(),
        OutputKind::Sitemap(at) => sitemap::part(view, &view.plan().sitemaps[*at]),
        OutputKind::NewsSitemap(at) => sitemap::news(view, &view.plan().news[*at]).into(),
        OutputKind::Robots => robots::robots(view).into_bytes().into(),
        OutputKind::Security => {
            let config = &view.index().config;
            let contact =
                config.publisher.security.as_ref().expect("`security.txt` is planned only where there is a contact");
            security::security(config, contact).into_bytes().into()
        }
        OutputKind::WebManifest => web_manifest::manifest(view),
        OutputKind::Search(SearchPart::Volumes) => search::volumes(view).into(),
        OutputKind::Search(SearchPart::Contents(volume)) => search::contents(view, *volume)?.into(),
        OutputKind::Search(SearchPart::Words(volume, file)) => search::words(view, *volume, *file)?.into(),
        OutputKind::Search(SearchPart::Cards(volume, file)) => search::cards(view, *volume, *file).into(),
        OutputKind::HostRules => host_rules::rules(view.index()).into_bytes().into(),
        OutputKind::HostHeaders => host_headers::headers_file(view.index()).into_bytes().into(),
        _ => pages::page(output, view)?,
    };
    Ok(rendered)
}

/// Renders a text that is no source of the site as a body would be; its relative links are those of a file in `content/`.
///
/// # Errors
/// [`Failure::Mistake`] for a directive that cannot be rendered, [`Failure::Load`].
pub fn markdown(text: &str, view: &View) -> Result<(String, Vec<Diagnostic>), Failure> {
    let path = SourcePath::new("content/-");
    let library = view.library();
    let parsed = parse::body::parse(&path, text, 0..text.len(), &library.body_settings());
    let rendered = view.render(|renderer| Ok(body::fill(renderer, &path, &parsed.body)?.into_bytes()))?;
    let html = match rendered.content {
        Content::Bytes(bytes) => String::from_utf8(bytes).expect("bodies are text"),
        Content::Stream(_) | Content::Kept => String::new(),
    };
    Ok((html, parsed.diagnostics))
}
