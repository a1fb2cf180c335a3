//! Makes a page a live one: on its way to the browser it gets the reload script, with the words of its ribbon, and leave to run it.

use super::policy;

/// What the script's tag says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Where the script is.
    pub(super) script: &'a str,
    /// The edition that the page is of.
    pub(super) edition: &'a str,
    /// What the page's policy lets the script in by.
    pub(super) nonce: &'a str,
    /// What the script shows over the page, if it is not what readers get.
    pub(super) ribbon: Option<&'a str>,
}

impl Tag<'_> {
    fn html(&self) -> String {
        let Self { script, edition, nonce, ribbon } = self;
        let ribbon = ribbon.map(|words| format!(" data-ribbon=\"{}\"", escape(words))).unwrap_or_default();
        format!("<script src=\"{script}\" nonce=\"{nonce}\" data-edition=\"{edition}\"{ribbon} defer></script>\n")
    }
}

/// Puts the script's tag before the end of a page's body and opens the page's content security policy for it, and for nothing else.
///
/// A page that is not UTF-8 is left as it is.
pub(super) fn live_page(html: Vec<u8>, tag: &Tag<'_>) -> Vec<u8> {
    let html = match String::from_utf8(html) {
        Ok(html) => html,
        Err(error) => return error.into_bytes(),
    };
    let mut page = policy::let_in(&html, tag.nonce);
    let end = page.to_ascii_lowercase().rfind("</body").unwrap_or(page.len());
    page.insert_str(end, &tag.html());
    page.into_bytes()
}

/// The page that stands in while nothing is published because the first build failed.
pub(super) fn report_page(report: &str, tag: &Tag<'_>) -> String {
    let report = escape(report);
    own_page(
        "The site could not be built",
        &format!(
            "<pre id=\"letterpress-report\" tabindex=\"0\">{report}</pre>\n<p>This page reloads when a build succeeds.</p>"
        ),
        tag,
    )
}

/// The page for an unknown address of a site without a page for that.
pub(super) fn missing_page(tag: &Tag<'_>) -> String {
    own_page(
        "No such page",
        "<p>Nothing is published at this address. A <code>404.html</code> would be shown here.</p>",
        tag,
    )
}

fn own_page(title: &str, body: &str, tag: &Tag<'_>) -> String {
    let script = tag.html();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }} \
         body {{ margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }} pre {{ font: 14px/1.4 ui-monospace, monospace; overflow: auto; }}</style>\n\
         <body>\n<main role=\"alert\">\n<h1>{title}</h1>\n{body}\n</main>\n{script}</body>\n</html>\n"
    )
}

/// Escapes text for HTML, between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: Tag<'_> = Tag { script: "/s.js", edition: "e-1", nonce: "abc", ribbon: None };
    const SCRIPT: &str = "<script src=\"/s.js\" nonce=\"abc\" data-edition=\"e-1\" defer></script>\n";

    #[test]
    fn the_script_ends_the_body() {
        let check = |html: &str, before: &str, after: &str| {
            let page = String::from_utf8(live_page(html.into(), &TAG)).unwrap();
            assert_eq!(page, format!("{before}{SCRIPT}{after}"), "{html}");
        };
        check("<body>Ä</body></html>", "<body>Ä", "</body></html>");
        check("<BODY>İ</BODY >", "<BODY>İ", "</BODY >");
        check("<pre>&lt;/body></pre>", "<pre>&lt;/body></pre>", "");
        check("<pre></body></pre></body>", "<pre></body></pre>", "</body>");
        check("", "", "");
        assert_eq!(live_page(b"<body>\xff</body>".into(), &TAG), b"<body>\xff</body>");
    }

    #[test]
    fn a_ribbon_is_text() {
        let tag = Tag { ribbon: Some("Draft \"1\" <b>"), ..TAG };
        let page = String::from_utf8(live_page("<body></body>".into(), &tag)).unwrap();
        assert!(page.contains(" data-ribbon=\"Draft &quot;1&quot; &lt;b&gt;\" defer>"), "{page}");
    }

    #[test]
    fn a_report_is_text() {
        let page = report_page("<script>alert('&')</script>", &TAG);
        assert!(page.contains("&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"), "{page}");
        assert_eq!(page.matches("<script").count(), 1, "{page}");
    }
}
