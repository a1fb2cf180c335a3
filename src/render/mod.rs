//! An output and the view become bytes. Pure: no clock, no environment, no other outputs; files are read through the view alone.

mod body;
mod card;
mod chart;
mod closures;
mod compressed;
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
mod picture;
mod robots;
mod search;
mod security;
mod shell;
mod sitemap;
#[cfg(feature = "social-cards")]
mod social_card;
mod templates;
mod terse;
mod view;
mod web_manifest;
mod words;
mod xml;

use std::fs;

use view::Renderer;

use crate::{
    diag::Diagnostic,
    load,
    model::{OutPath, SourcePath},
    parse,
    plan::{Output, OutputKind, SearchPart},
};

pub use compressed::{copy as compressed_copy, hash as hash_of};
pub use search::Quires;
pub use templates::{Templates, load as load_templates};
pub use view::{Compared, Fact, FactId, Origin, Planned, Reads, View, Why};
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
    /// What was read to make it.
    pub reads: Vec<FactId>,
}

impl From<Vec<u8>> for Rendered {
    fn from(bytes: Vec<u8>) -> Self {
        Content::Bytes(bytes).into()
    }
}

impl From<Content> for Rendered {
    fn from(content: Content) -> Self {
        Self { content, uses: Vec::new(), reads: Vec::new() }
    }
}

/// Why an output has no bytes.
#[derive(Debug)]
pub enum Failure {
    /// Mistakes in a template or a source.
    Mistakes(Vec<Diagnostic>),
    /// A file could not be read, or is not the one that was read before.
    Load(load::Error),
}

impl Failure {
    /// The same with what to do about it, if it is a mistake.
    fn help(self, text: &str) -> Self {
        match self {
            Self::Mistakes(mistakes) => {
                Self::Mistakes(mistakes.into_iter().map(|mistake| mistake.help(text)).collect())
            }
            load @ Self::Load(_) => load,
        }
    }

    /// Goes through parts to the end: what was made of all of them, or all mistakes.
    fn of_all<T>(parts: impl Iterator<Item = Result<T, Self>>) -> Result<Vec<T>, Self> {
        let (mut made, mut mistakes) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Ok(part) => made.push(part),
                Err(Self::Mistakes(found)) => mistakes.extend(found),
                Err(load @ Self::Load(_)) => return Err(load),
            }
        }
        if mistakes.is_empty() { Ok(made) } else { Err(Self::Mistakes(mistakes)) }
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Mistakes(vec![diagnostic])
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
/// [`Failure::Mistakes`] for a template that fails on this page; [`Failure::Load`] if a source changed meanwhile.
pub fn output(output: &Output, view: &View) -> Result<Rendered, Failure> {
    if let OutputKind::Compressed(form, base) = &output.kind {
        return compressed::copy(base, self::output(base, view)?, *form);
    }
    view.render(|renderer| {
        let reader = &renderer.reader;
        let made: Content = match &output.kind {
            OutputKind::Static(at) => match &reader.published(*at).origin {
                load::Origin::Site(path) => Content::Stream(reader.stream(path)?),
                load::Origin::Theme(bytes) => Content::Bytes(bytes.to_vec()),
            },
            OutputKind::StyleSheet(at) => {
                let moved = reader.published(*at).moved.as_ref().expect("planned only where there is a copy");
                Content::Bytes(moved.as_bytes().to_vec())
            }
            OutputKind::Attachment(path) => Content::Stream(reader.stream(path)?),
            OutputKind::Rendition(original, at) => Content::Bytes(picture::rendition(reader, original, *at)?),
            #[cfg(feature = "social-cards")]
            OutputKind::SocialCard(id) => Content::Bytes(social_card::card(renderer, *id)?),
            OutputKind::Kept => Content::Kept,
            _ => Content::Bytes(bytes(output, renderer)?),
        };
        Ok(made)
    })
}

fn bytes(output: &Output, renderer: &Renderer) -> Result<Vec<u8>, Failure> {
    let reader = &renderer.reader;
    Ok(match &output.kind {
        OutputKind::Live(id) => live::newest(renderer, *id)?,
        OutputKind::Feed(of, format) => feed::feed(renderer, of, *format)?,
        OutputKind::SitemapIndex => sitemap::index(reader),
        OutputKind::Sitemap(at) => sitemap::part(reader, reader.sitemap(*at)),
        OutputKind::NewsSitemap(at) => sitemap::news(reader, reader.news(*at)),
        OutputKind::Robots => robots::robots(reader).into_bytes(),
        OutputKind::Security => {
            let config = reader.config();
            let contact =
                config.publisher.security.as_ref().expect("`security.txt` is planned only where there is a contact");
            security::security(config, contact).into_bytes()
        }
        OutputKind::WebManifest => web_manifest::manifest(reader),
        OutputKind::Search(SearchPart::Volumes) => search::volumes(reader),
        OutputKind::Search(SearchPart::Contents(volume)) => search::contents(reader, *volume)?,
        OutputKind::Search(SearchPart::Words(volume, file)) => search::words(reader, *volume, *file)?,
        OutputKind::Search(SearchPart::Cards(volume, file)) => search::cards(reader, *volume, *file),
        OutputKind::HostRules => host_rules::rules(reader).into_bytes(),
        OutputKind::HostHeaders => host_headers::headers_file(reader).into_bytes(),
        _ => pages::page(output, renderer)?,
    })
}

/// Renders a text that is no source of the site as a body would be; its relative links are those of a file in `content/`.
///
/// # Errors
/// [`Failure::Mistakes`] for a directive that cannot be rendered, [`Failure::Load`].
pub fn markdown(text: &str, view: &View) -> Result<(String, Vec<Diagnostic>), Failure> {
    let path = SourcePath::new("content/-");
    let mut diagnostics = Vec::new();
    let rendered = view.render(|renderer| {
        let parsed = parse::body::parse(&path, text, 0..text.len(), &renderer.reader.body_settings());
        diagnostics = parsed.diagnostics;
        Ok(body::fill(renderer, &path, &parsed.body)?.into_bytes())
    })?;
    let html = match rendered.content {
        Content::Bytes(bytes) => String::from_utf8(bytes).expect("bodies are text"),
        Content::Stream(_) | Content::Kept => String::new(),
    };
    Ok((html, diagnostics))
}
