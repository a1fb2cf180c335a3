//! The theme's markup, written as short as HTML lets it be: what stands on every page is paid for by every page.
//!
//! Only the theme's own templates, once, when they are loaded; a site's stay as they are written, so that a message's line and column are theirs.
//! Nothing goes that a browser would show or a machine read: quotes around plain values, line breaks beside blocks, the ends of list items.
//!
//! Source: the HTML standard, sections 13.1.2.3 (attributes) and 13.1.2.4 (optional tags).

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

/// A template of the theme with shorter markup.
pub(super) fn terse(template: &str) -> String {
    let mut writer = Writer { text: String::with_capacity(template.len()), before: Before::Shown, is_story: false };
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
    /// Whether the list item that is open is a story's: its end is looked for by the check of labels.
    is_story: bool,
}

impl Writer {
    fn markup(&mut self, markup: &str) {
        let mut rest = markup;
        while let Some(first) = rest.chars().next() {
            let len = match self.before {
                Before::BlockTag | Before::Tag => self.within_tag(rest, first),
                Before::Block | Before::Shown => self.between_tags(rest, first),
            };
            rest = &rest[len..];
        }
    }

    /// Writes what begins `rest`, and gives its length.
    fn between_tags(&mut self, rest: &str, first: char) -> usize {
        match (first, &rest[first.len_utf8()..]) {
            ('\n', _) if self.before == Before::Block => return 1,
            ('\n', _) if rest.trim_start_matches('\n').strip_prefix('<').is_some_and(is_block) => return 1,
            ('<', tag) if tag.starts_with("/li>") && !self.is_story => {
                self.before = Before::Block;
                return "</li>".len();
            }
            ('<', tag) => {
                self.before = if is_block(tag) { Before::BlockTag } else { Before::Tag };
                if tag.starts_with("li") {
                    self.is_story = tag.split('>').next().unwrap_or_default().contains("data-story");
                }
            }
            _ => self.before = Before::Shown,
        }
        self.text.push(first);
        first.len_utf8()
    }

    /// The same inside a tag.
    fn within_tag(&mut self, rest: &str, first: char) -> usize {
        if let Some((value, len)) = plain_value(rest) {
            self.text.push('=');
            self.text.push_str(value);
            return len;
        }
        if first == '>' {
            self.before = if self.before == Before::BlockTag { Before::Block } else { Before::Shown };
        }
        self.text.push(first);
        first.len_utf8()
    }

    /// Writes a part that is the engine's.
    fn engine(&mut self, part: &str) {
        self.text.push_str(part);
        if part.starts_with("{{") && self.before == Before::Block {
            self.before = Before::Shown;
        }
    }
}

fn is_block(tag: &str) -> bool {
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|end: char| !end.is_ascii_alphanumeric() && end != '!').unwrap_or(tag.len());
    BLOCKS.contains(&&tag[..end])
}

/// The value of an attribute that needs no quotes, from its equals sign on, and the length of both.
fn plain_value(rest: &str) -> Option<(&str, usize)> {
    let (value, after) = rest.strip_prefix("=\"")?.split_once('"')?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-_.:,#".contains(character);
    let is_alone = after.starts_with([' ', '>']);
    (is_alone && !value.is_empty() && value.chars().all(is_plain)).then_some((value, value.len() + 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shortened() {
        let check = |template: &str, expected: &str| assert_eq!(terse(template), expected);
        check("<div class=\"a\">\n<p>x</p>\n</div>\n", "<div class=a><p>x</p></div>");
        check(
            "<ul>\n{%- for a in b %}\n<li>{{ a }}</li>\n{%- endfor %}\n</ul>",
            "<ul>{%- for a in b %}<li>{{ a }}{%- endfor %}</ul>",
        );
        check("<nav aria-label=\"{{ t(key=\"x\") }}\" id=\"n\">", "<nav aria-label=\"{{ t(key=\"x\") }}\" id=n>");
    }

    #[test]
    fn what_is_shown_or_read_stays() {
        let check = |template: &str| assert_eq!(terse(template), template);
        check("<a href=\"/\">x</a>\n<b>y</b> <i title=\"a b\" class=\"\">z</i>");
        check("{{ text }}\n<a>x</a>{# class=\"a\" #}{{ f(class=\"a\") }}");
        check("a class=\"b\" c");
        check("<p class=\"a{{ b }}\"><input value=\"x\"/>");
        check("<ul><li data-story=\"{{ key }}\">x</li><li>y</ul>");
    }
}
