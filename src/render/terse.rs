//! The theme's markup without the line breaks that its source is easier to read by: what stands on every page is paid for by every page.
//!
//! Only the theme's own templates, once, when they are loaded; a site's stay as they are written, so that a message's line and column are theirs.
//! Tags keep their quotes and ends: they cost more, but are what validators expect, and what other programs read most safely.

/// Elements beside which white space is not shown.
const BLOCKS: [&str; 35] = [
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "script",
    "section",
    "table",
    "title",
    "tr",
    "ul",
    "!doctype",
];

/// What encloses the engine's own part of a template.
const ENGINE: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// A template of the theme without the line breaks that nobody sees.
pub(super) fn terse(template: &str) -> String {
    let mut writer = Writer { text: String::with_capacity(template.len()), before: Before::Shown };
    let mut rest = template;
    while !rest.is_empty() {
        let next = ENGINE.iter().filter_map(|(start, end)| Some((rest.find(start)?, *end))).min();
        let (at, end) = next.unwrap_or((rest.len(), ""));
        writer.markup(&rest[..at]);
        rest = &rest[at..];
        let len = rest.find(end).map_or(rest.len(), |at| at + end.len());
        writer.engine(&rest[..len]);
        rest = &rest[len..];
    }
    writer.text
}

/// What stands before the next piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// The open tag of a block.
    BlockTag,
    /// That of another element.
    Tag,
    /// A finished tag of a block, with nothing shown since.
    Block,
    /// What is shown.
    Shown,
}

#[derive(Debug)]
struct Writer {
    text: String,
    before: Before,
}

impl Writer {
    fn markup(&mut self, markup: &str) {
        for (at, character) in markup.char_indices() {
            let after = &markup[at + character.len_utf8()..];
            match (self.before, character) {
                (Before::Block, '\n') => continue,
                (Before::Shown, '\n') if after.trim_start_matches('\n').strip_prefix('<').is_some_and(is_block) => {
                    continue;
                }
                (Before::Block | Before::Shown, '<') => {
                    self.before = if is_block(after) { Before::BlockTag } else { Before::Tag };
                }
                (Before::Block | Before::Shown, _) => self.before = Before::Shown,
                (Before::BlockTag, '>') => self.before = Before::Block,
                (Before::Tag, '>') => self.before = Before::Shown,
                (Before::BlockTag | Before::Tag, _) => {}
            }
            self.text.push(character);
        }
    }

    /// Writes a part that is the engine's.
    fn engine(&mut self, part: &str) {
        self.text.push_str(part);
        if part.starts_with("{{") && self.before == Before::Block {
            self.before = Before::Shown;
        }
    }
}

/// Whether what follows a `<` is the tag of a block.
fn is_block(tag: &str) -> bool {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|end: char| !end.is_ascii_alphanumeric() && end != '!').unwrap_or(tag.len());
    BLOCKS.contains(&&tag[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_beside_blocks_go() {
        let check = |template: &str, expected: &str| assert_eq!(terse(template), expected);
        check("<div class=\"a\">\n<p>x</p>\n</div>\n", "<div class=\"a\"><p>x</p></div>");
        check(
            "<ul>\n{%- for a in b %}\n<li>{{ a }}</li>\n{%- endfor %}\n</ul>",
            "<ul>{%- for a in b %}<li>{{ a }}</li>{%- endfor %}</ul>",
        );
        check("<a>x</a>\n<p>y</p>", "<a>x</a><p>y</p>");
    }

    #[test]
    fn what_is_shown_stays() {
        let check = |template: &str| assert_eq!(terse(template), template);
        check("<a href=\"/\">x</a>\n<b>y</b>\nz");
        check("{{ text }}\n<a>x</a>{# <p>\n<p> #}{{ f(\nclass=\"a\") }}");
        check("<p>a <i>b</i>\nc</p>");
        check("<p\nclass=\"a{{ b }}\">");
    }
}
