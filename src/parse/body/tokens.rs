//! Takes the author's HTML apart: tags, text and what is neither. It decides nothing.
//!
//! Written by hand because the parser of Markdown hands out tags one at a time, with their places, between Markdown that is HTML already; a parser of whole
//! documents would need the body first, and could not say where in the source a tag stood. What it reads wrongly can only be dropped: nothing is copied.

use std::ops::Range;

/// A piece of HTML, as ranges of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Text(Range<usize>),
    /// An opening tag; its attributes are in [`Tokens::attributes`].
    Open {
        name: Range<usize>,
        whole: Range<usize>,
    },
    Close {
        name: Range<usize>,
        whole: Range<usize>,
    },
    /// A comment.
    Comment,
    /// A declaration, an instruction, or a tag that is never finished.
    Other(Range<usize>),
}

/// The name of an attribute, and its value without quotes.
pub(super) type Attribute = (Range<usize>, Option<Range<usize>>);

/// Reads tokens one by one, in linear time.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// Those of the tag read last.
    pub(super) attributes: Vec<Attribute>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, at: 0, attributes: Vec::new() }
    }

    /// Passes over everything up to and with the closing tag of `name`, or to the end.
    pub(super) fn skip_content(&mut self, name: &str) {
        let rest = &self.html[self.at..];
        let closing = rest.match_indices("</").find(|(at, _)| {
            let after = &rest.as_bytes()[at + 2..];
            after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                && after.get(name.len()).is_none_or(|next| ends_name(*next))
        });
        self.at = match closing {
            Some((at, _)) => self.find('>', self.at + at).map_or(self.html.len(), |end| end + 1),
            None => self.html.len(),
        };
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let bytes = self.html.as_bytes();
        let first = *bytes.get(start)?;
        if first != b'<' {
            self.at = self.find('<', start).unwrap_or(self.html.len());
            return Some(Token::Text(start..self.at));
        }
        match bytes.get(start + 1) {
            Some(next) if next.is_ascii_alphabetic() => Some(self.tag(start, start + 1)),
            Some(b'/') if bytes.get(start + 2).is_some_and(u8::is_ascii_alphabetic) => Some(self.tag(start, start + 2)),
            Some(b'!') if self.html[start..].starts_with("<!--") => {
                let end = self.html[start + 4..].find("-->").map(|end| start + 4 + end + 3);
                // `<!-->` and `<!--->` are comments too.
                let short = ["<!-->", "<!--->"].into_iter().find(|short| self.html[start..].starts_with(short));
                self.at = short.map(|short| start + short.len()).or(end).unwrap_or(self.html.len());
                Some(Token::Comment)
            }
            Some(b'!' | b'?' | b'/') => {
                self.at = self.find('>', start).map_or(self.html.len(), |end| end + 1);
                Some(Token::Other(start..self.at))
            }
            _ => {
                self.at = start + 1;
                Some(Token::Text(start..self.at))
            }
        }
    }

    fn find(&self, character: char, from: usize) -> Option<usize> {
        self.html[from..].find(character).map(|at| from + at)
    }

    /// Reads a tag as the WHATWG standard's tokenizer does, sections 13.2.5.8 and 13.2.5.32 to 13.2.5.40.
    fn tag(&mut self, start: usize, name_start: usize) -> Token {
        let bytes = self.html.as_bytes();
        self.attributes.clear();
        let mut at = name_start + count(&bytes[name_start..], |byte| !ends_name(byte));
        let name = name_start..at;
        loop {
            at += count(&bytes[at..], |byte| byte.is_ascii_whitespace() || byte == b'/');
            match bytes.get(at) {
                None => {
                    self.at = bytes.len();
                    return Token::Other(start..self.at);
                }
                Some(b'>') => break,
                Some(_) => {}
            }
            let attribute = at;
            at += 1;
            at += count(&bytes[at..], |byte| !ends_name(byte) && byte != b'=');
            let attribute = attribute..at;
            let equals = at + count(&bytes[at..], |byte| byte.is_ascii_whitespace());
            let mut value = None;
            if bytes.get(equals) == Some(&b'=') {
                at = equals + 1;
                at += count(&bytes[at..], |byte| byte.is_ascii_whitespace());
                let quote = bytes.get(at).copied();
                if let Some(quote @ (b'"' | b'\'')) = quote {
                    let len = count(&bytes[at + 1..], |byte| byte != quote);
                    value = Some(at + 1..at + 1 + len);
                    at = (at + len + 2).min(bytes.len());
                } else {
                    let len = count(&bytes[at..], |byte| !byte.is_ascii_whitespace() && byte != b'>');
                    value = Some(at..at + len);
                    at += len;
                }
            }
            self.attributes.push((attribute, value));
        }
        self.at = at + 1;
        let whole = start..self.at;
        if name_start == start + 1 { Token::Open { name, whole } } else { Token::Close { name, whole } }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

fn count(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| holds(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> Vec<String> {
        let mut tokens = Tokens::new(html);
        let mut read = Vec::new();
        while let Some(token) = tokens.next() {
            read.push(match token {
                Token::Text(range) => format!("text {}", &html[range]),
                Token::Open { name, .. } => {
                    let attributes = tokens.attributes.iter().map(|(name, value)| {
                        format!(" {}={}", &html[name.clone()], value.clone().map_or("-", |value| &html[value]))
                    });
                    format!("open {}{}", &html[name], attributes.collect::<String>())
                }
                Token::Close { name, .. } => format!("close {}", &html[name]),
                Token::Comment => "comment".to_owned(),
                Token::Other(range) => format!("other {}", &html[range]),
            });
        }
        read
    }

    #[test]
    fn html_is_taken_apart() {
        let check = |html: &str, tokens: &[&str]| assert_eq!(read(html), tokens, "{html}");
        check("a<b c='d>' E=f g>x</b >", &["text a", "open b c=d> E=f g=-", "text x", "close b"]);
        check("<br/><!-- x --><!--><i>", &["open br", "comment", "comment", "open i"]);
        check("1 < 2 <3", &["text 1 ", "text <", "text  2 ", "text <", "text 3"]);
        check("<!DOCTYPE x><?php ?></ x>y", &["other <!DOCTYPE x>", "other <?php ?>", "other </ x>", "text y"]);
        check("<a href=\"x", &["other <a href=\"x"]);
        check("<a/onclick=x =y>", &["open a onclick=x =y=-"]);
    }

    #[test]
    fn content_is_passed_over() {
        let html = "<script>a</scripty>b</SCRIPT >c";
        let mut tokens = Tokens::new(html);
        tokens.next();
        tokens.skip_content("script");
        assert_eq!(tokens.next(), Some(Token::Text(html.len() - 1..html.len())));
    }

    proptest::proptest! {
        #[test]
        fn any_html_ends(html in "[<>/!?='\"a-c -]{0,60}") {
            let mut tokens = Tokens::new(&html);
            let mut last = 0;
            while tokens.next().is_some() {
                proptest::prop_assert!(tokens.at > last);
                last = tokens.at;
            }
        }
    }
}
