//! Fills the holes of a body: links, pictures and directives become what they lead to in this site.

use std::fmt::Write as _;

use super::{
    Failure,
    directives::{Block, Desk, Shown},
    view::{Reader, Renderer},
};
use crate::{
    model::{Inline, Reference, SourcePath},
    parse::body::{self, Body, LinkTarget, Piece},
    plan::{LinkEnd, PictureEnd},
};

/// Inline Markdown as HTML. Pictures have no place in a line.
pub(super) fn inline(reader: &Reader, from: &SourcePath, text: &Inline) -> String {
    let body = body::inline(&text.0, &reader.body_settings());
    let mut html = String::with_capacity(text.0.len() + 16);
    let mut open = Vec::new();
    for piece in &body.pieces {
        let _ = simple_piece(reader, from, piece, &mut html, &mut open);
    }
    html
}

/// A body as HTML.
///
/// # Errors
/// [`Failure::Mistakes`] with those of all its directives, [`Failure::Load`].
pub(super) fn fill(renderer: &Renderer, from: &SourcePath, body: &Body) -> Result<String, Failure> {
    let mut html = String::with_capacity(body.len_bytes() + 512);
    let mut filler = Filler { renderer, from, open: Vec::new() };
    filler.pieces(&body.pieces, &mut html)?;
    Ok(html)
}

/// The links that are open, outermost first.
type OpenLinks = Vec<OpenLink>;

/// How an open link was begun, which decides how it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OpenLink {
    /// Its text follows.
    Written,
    /// The headline stands in it already.
    Headline,
    /// It leads to nothing, and its text alone stands.
    Dropped,
}

struct Filler<'a> {
    renderer: &'a Renderer,
    from: &'a SourcePath,
    open: OpenLinks,
}

impl Filler<'_> {
    fn pieces(&mut self, pieces: &[Piece], html: &mut String) -> Result<(), Failure> {
        Failure::of_all(pieces.iter().map(|piece| self.piece(piece, html))).map(drop)
    }

    fn piece(&mut self, piece: &Piece, html: &mut String) -> Result<(), Failure> {
        if let Piece::LinkStart { target, .. } = piece {
            self.renderer.reader.uses_link(self.from, target);
        }
        if simple_piece(&self.renderer.reader, self.from, piece, html, &mut self.open) {
            return Ok(());
        }
        match piece {
            Piece::Picture { src, alt, title, is_figure } => {
                self.picture(src, alt, title.as_deref(), *is_figure, html)?;
            }
            Piece::Directive { name, attributes, body, span } => {
                let mut inner = String::new();
                self.pieces(body, &mut inner)?;
                let block = Block { name, attributes, span: *span, pieces: body, inner: &inner };
                html.push_str(&self.desk().render(&block)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn picture(
        &self,
        src: &Reference,
        alt: &str,
        title: Option<&str>,
        is_figure: bool,
        html: &mut String,
    ) -> Result<(), Failure> {
        let desk = self.desk();
        if is_figure {
            html.push_str(&desk.figure(&Shown { src: &src.text, alt, caption: title, ..Shown::default() })?);
            return Ok(());
        }
        let (end, found) = desk.file(&src.text);
        let Some((address, size)) = found else {
            html.push_str(&in_place_of_picture(&end, alt));
            return Ok(());
        };
        let _ = write!(html, "<img src=\"{}\" alt=\"{}\"", escaped(&address), escaped(alt));
        if let Some((width, height)) = size {
            let _ = write!(html, " width=\"{width}\" height=\"{height}\"");
        }
        html.push_str(" loading=\"lazy\" decoding=\"async\">");
        Ok(())
    }

    fn desk(&self) -> Desk<'_> {
        Desk { renderer: self.renderer, from: self.from }
    }
}

/// Writes a piece that needs no template; tells whether it was one.
fn simple_piece(reader: &Reader, from: &SourcePath, piece: &Piece, html: &mut String, open: &mut OpenLinks) -> bool {
    match piece {
        // What was written in a bare wikilink makes room for the headline.
        Piece::Html(_) | Piece::Word(_) if open.last() == Some(&OpenLink::Headline) => {}
        Piece::Html(text) => html.push_str(text),
        Piece::Word(key) => html.push_str(&escaped(reader.words().word(key))),
        Piece::LinkStart { target, title, shows_headline } => {
            let headline = if *shows_headline { reader.headline(from, target) } else { None };
            let is_written = start_link(reader, reader.link(from, target), target, title.as_deref(), html);
            open.push(match headline.filter(|_| is_written) {
                Some(headline) => {
                    html.push_str(&escaped(headline));
                    OpenLink::Headline
                }
                None if is_written => OpenLink::Written,
                None => OpenLink::Dropped,
            });
        }
        Piece::LinkEnd => {
            if matches!(open.pop(), Some(OpenLink::Written | OpenLink::Headline)) {
                html.push_str("</a>");
            }
        }
        Piece::Date(date) => {
            let (iso, text) = reader.words().item_date(date);
            let _ = write!(html, "<time datetime=\"{iso}\">{}</time>", escaped(&text));
        }
        Piece::Picture { .. } | Piece::Directive { .. } => return false,
    }
    true
}

/// Opens a link, if it leads somewhere; tells whether it does.
fn start_link(reader: &Reader, end: LinkEnd, target: &LinkTarget, title: Option<&str>, html: &mut String) -> bool {
    let config = reader.config();
    let mut href = match end {
        LinkEnd::To(url) => config.href(&url),
        LinkEnd::AsWritten => format!("{}{}", config.base_path, target.address.text),
        LinkEnd::Nothing => return false,
    };
    if let Some(query) = target.address.text.find('?').map(|at| &target.address.text[at..])
        && !href.contains('?')
    {
        href.push_str(query);
    }
    if let Some(fragment) = &target.fragment {
        href.push('#');
        href.push_str(fragment);
    }
    let _ = write!(html, "<a href=\"{}\"", escaped(&href));
    if let Some(title) = title {
        let _ = write!(html, " title=\"{}\"", escaped(title));
    }
    html.push('>');
    true
}

/// What stands where a picture cannot: its text, and for one of another site a link to it.
pub(super) fn in_place_of_picture(end: &PictureEnd, alt: &str) -> String {
    match end {
        PictureEnd::Remote(url) => {
            let text = if alt.is_empty() { url } else { alt };
            format!("<a href=\"{}\">{}</a>", escaped(url), escaped(text))
        }
        _ => escaped(alt),
    }
}

/// Text as it stands in HTML.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
