//! Makes SVG drawings harmless, by lists of what may stay.
//!
//! A drawing that is published as a file may be opened as a page, and then its scripts run with the rights of the site. What is not on the lists goes:
//! scripts, handlers, foreign objects, animations that set links, references to other files and hosts, entities and processing instructions. Styles
//! stay if they name nothing outside.
//!
//! Source: SVG 1.1 (second edition) and SVG 2, indexes of elements and attributes.

use quick_xml::{
    Reader, Writer,
    events::{BytesEnd, BytesStart, BytesText, Event},
};

use crate::model::is_web_address;

/// Elements that may stay, sorted.
#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "a", "circle", "clipPath", "defs", "desc", "ellipse", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting",
    "feSpotLight", "feTile", "feTurbulence", "filter", "g", "image", "line", "linearGradient", "marker", "mask", "path", "pattern",
    "polygon", "polyline", "radialGradient", "rect", "stop", "style", "svg", "switch", "symbol", "text", "textPath", "title", "tspan",
    "use", "view",
];

/// Attributes that may stay on any of them, sorted; those of `aria-` and `data-` as well.
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "alignment-baseline", "amplitude", "azimuth", "baseFrequency", "baseline-shift", "bias", "class", "clip-path", "clip-rule",
    "clipPathUnits", "color", "color-interpolation", "color-interpolation-filters", "color-rendering", "cx", "cy", "d", "diffuseConstant",
    "direction", "display", "divisor", "dominant-baseline", "dx", "dy", "edgeMode", "elevation", "exponent", "fill", "fill-opacity",
    "fill-rule", "filter", "filterUnits", "flood-color", "flood-opacity", "font-family", "font-size", "font-size-adjust", "font-stretch",
    "font-style", "font-variant", "font-weight", "fr", "fx", "fy", "gradientTransform", "gradientUnits", "height", "href", "id",
    "image-rendering", "in", "in2", "intercept", "k1", "k2", "k3", "k4", "kernelMatrix", "kernelUnitLength", "lang", "lengthAdjust",
    "letter-spacing", "lighting-color", "limitingConeAngle", "marker-end", "marker-mid", "marker-start", "markerHeight", "markerUnits",
    "markerWidth", "mask", "mask-type", "maskContentUnits", "maskUnits", "method", "mode", "numOctaves", "offset", "opacity", "operator",
    "order", "orient", "overflow", "paint-order", "pathLength", "patternContentUnits", "patternTransform", "patternUnits", "pointer-events",
    "points", "pointsAtX", "pointsAtY", "pointsAtZ", "preserveAlpha", "preserveAspectRatio", "primitiveUnits", "r", "radius", "refX",
    "refY", "requiredFeatures", "result", "role", "rotate", "rx", "ry", "scale", "seed", "shape-rendering", "side", "slope", "spacing",
    "specularConstant", "specularExponent", "spreadMethod", "startOffset", "stdDeviation", "stitchTiles", "stop-color", "stop-opacity",
    "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity",
    "stroke-width", "style", "surfaceScale", "systemLanguage", "tabindex", "tableValues", "targetX", "targetY", "text-anchor",
    "text-decoration", "text-overflow", "text-rendering", "textLength", "transform", "transform-origin", "type", "unicode-bidi", "values",
    "vector-effect", "version", "viewBox", "visibility", "white-space", "width", "word-spacing", "writing-mode", "x", "x1", "x2",
    "xChannelSelector", "xlink:href", "xml:lang", "xml:space", "xmlns", "xmlns:svg", "xmlns:xlink", "y", "y1", "y2", "yChannelSelector",
    "z",
];

/// Namespaces that a drawing may declare.
const NAMESPACES: [&str; 2] = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"];

/// How deep elements may lie in each other.
const MOST_DEPTH: usize = 256;

/// The drawing without what is not on the lists.
///
/// None if it is no XML, has no `svg` at its root, or lies too deep.
pub(super) fn harmless(text: &str) -> Option<Vec<u8>> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().check_end_names = true;
    let mut writer = Writer::new(Vec::with_capacity(text.len()));
    // Names of the elements that are open, and how deep the outermost lies that goes.
    let mut open: Vec<String> = Vec::new();
    let mut gone: Option<usize> = None;
    let mut style: Option<String> = None;
    let mut has_root = false;
    loop {
        let event = reader.read_event().ok()?;
        match event {
            Event::Eof => return (has_root && open.is_empty()).then(|| writer.into_inner()),
            Event::Start(ref element) | Event::Empty(ref element) => {
                let name = local(element);
                if open.is_empty() && (has_root || name != "svg") {
                    return None;
                }
                has_root = true;
                let is_empty = matches!(event, Event::Empty(_));
                let stays = gone.is_none() && ELEMENTS.binary_search(&name.as_str()).is_ok();
                if stays {
                    let harmless = cleaned(&name, element);
                    writer.write_event(if is_empty { Event::Empty(harmless) } else { Event::Start(harmless) }).ok()?;
                }
                if !is_empty {
                    if !stays && gone.is_none() {
                        gone = Some(open.len());
                    }
                    if open.len() == MOST_DEPTH {
                        return None;
                    }
                    if stays && name == "style" {
                        style = Some(String::new());
                    }
                    open.push(name);
                }
            }
            Event::End(_) => {
                let name = open.pop()?;
                if gone == Some(open.len()) {
                    gone = None;
                } else if gone.is_none() {
                    if let Some(rules) = style.take()
                        && is_harmless_style(&rules)
                    {
                        writer.write_event(Event::Text(BytesText::new(&rules))).ok()?;
                    }
                    writer.write_event(Event::End(BytesEnd::new(name))).ok()?;
                }
            }
            Event::Text(part) if gone.is_none() && !open.is_empty() => put(&mut writer, style.as_mut(), &part)?,
            Event::CData(part) if gone.is_none() && !open.is_empty() => put(&mut writer, style.as_mut(), &part)?,
            Event::GeneralRef(name) if gone.is_none() && !open.is_empty() => {
                let reference = format!("&{};", &*name);
                // Entities of the document's own stand for anything, and are gone with its declaration.
                let text = quick_xml::escape::unescape(&reference).unwrap_or_default();
                put(&mut writer, style.as_mut(), &text)?;
            }
            // Comments, declarations, processing instructions, the document type, and all within what goes.
            _ => {}
        }
    }
}

/// Writes text; that of a style is judged when it is complete.
fn put(writer: &mut Writer<Vec<u8>>, style: Option<&mut String>, text: &str) -> Option<()> {
    if let Some(rules) = style {
        rules.push_str(text);
        return Some(());
    }
    writer.write_event(Event::Text(BytesText::new(text))).ok()
}

/// The name of an element, without the prefix of the SVG namespace; that of others stays, and is on no list.
fn local(element: &BytesStart<'_>) -> String {
    let name = element.name();
    let name = name.as_ref();
    name.strip_prefix("svg:").unwrap_or(name).to_owned()
}

/// The element with the attributes that may stay.
fn cleaned<'a>(name: &str, element: &BytesStart<'_>) -> BytesStart<'a> {
    let mut harmless = BytesStart::new(name.to_owned());
    for attribute in element.attributes().with_checks(false).flatten() {
        let key = attribute.key.as_ref();
        let Ok(value) = quick_xml::escape::unescape(&attribute.value) else { continue };
        let is_listed = ATTRIBUTES.binary_search(&key).is_ok() || key.starts_with("aria-") || key.starts_with("data-");
        let is_harmless = match key {
            "xmlns" | "xmlns:svg" | "xmlns:xlink" => NAMESPACES.contains(&value.trim()),
            "href" | "xlink:href" => is_harmless_link(name, &value),
            _ => is_harmless_style(&value),
        };
        if is_listed && is_harmless {
            harmless.push_attribute((key, value.as_ref()));
        }
    }
    harmless
}

/// Whether a reference stays in the drawing; a link may lead to a page, and a picture may be in the file itself.
fn is_harmless_link(element: &str, value: &str) -> bool {
    let value: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let lower = value.to_ascii_lowercase();
    match element {
        _ if value.starts_with('#') => true,
        "a" => is_web_address(&lower),
        "image" => ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/webp;base64,"]
            .iter()
            .any(|kind| lower.starts_with(kind)),
        _ => false,
    }
}

/// Whether a value, or the rules of a style, name nothing outside of the drawing.
fn is_harmless_style(value: &str) -> bool {
    // Escapes and comments of CSS could hide what is looked for.
    let lower: String = value.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let names_outside = lower
        .match_indices("url(")
        .any(|(at, found)| !lower[at + found.len()..].trim_start_matches(['"', '\'']).starts_with('#'));
    let is_suspect = ["@import", "expression(", "javascript:", "-moz-binding", "behavior:", "image-set(", "src("]
        .iter()
        .any(|word| lower.contains(word));
    let hides = lower.contains('\\') || (lower.contains("/*") && lower.contains("url"));
    !(names_outside || is_suspect || hides)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(ELEMENTS.is_sorted());
        assert!(ATTRIBUTES.is_sorted());
    }

    #[test]
    fn what_may_do_harm_goes() {
        let check = |inside: &str, expected: &str| {
            let wrap = |inside: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inside}</svg>");
            let made = harmless(&wrap(inside)).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(made.as_deref(), Some(wrap(expected).as_str()), "{inside}");
        };
        check("<path d=\"M0 0\" fill=\"url(#a)\"/>", "<path d=\"M0 0\" fill=\"url(#a)\"/>");
        check("<script>alert(1)</script><g/>", "<g/>");
        check("<script href=\"//evil.example/x.js\"/><g/>", "<g/>");
        check("<g onload=\"alert(1)\" ONCLICK=\"x\" id=\"a\"/>", "<g id=\"a\"/>");
        check("<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\"><g/></body></foreignObject>", "");
        check("<a href=\"javascript:alert(1)\"><text>x</text></a>", "<a><text>x</text></a>");
        check("<a href=\" java&#10;script:alert(1)\"/>", "<a/>");
        check("<a href=\"https://news.example/\"/>", "<a href=\"https://news.example/\"/>");
        check("<image href=\"https://evil.example/p.png\"/>", "<image/>");
        check("<image href=\"data:image/svg+xml;base64,PHN2\"/>", "<image/>");
        check(
            "<image xlink:href=\"data:image/png;base64,iVBO\"/>",
            "<image xlink:href=\"data:image/png;base64,iVBO\"/>",
        );
        check("<use href=\"other.svg#a\"/><use href=\"#a\"/>", "<use/><use href=\"#a\"/>");
        check("<g style=\"background:url(//evil.example)\" fill=\"url( 'http://x' )\"/>", "<g/>");
        check("<style>@import url(//evil.example/x.css);</style>", "<style></style>");
        check("<style>.a{fill:red} .b{fill:url(#c)}</style>", "<style>.a{fill:red} .b{fill:url(#c)}</style>");
        check("<style>.a{fill:\\75rl(x)}</style>", "<style></style>");
        check("<style><![CDATA[.a>.b{fill:red}]]></style>", "<style>.a&gt;.b{fill:red}</style>");
        check("<set attributeName=\"href\" to=\"javascript:alert(1)\"/><animate/>", "");
        check("<!-- a comment --><?php x ?><text>A &amp; B &lt;</text>", "<text>A &amp; B &lt;</text>");
        check("<html:script xmlns:html=\"http://www.w3.org/1999/xhtml\">x</html:script>", "");
        check("<g xmlns=\"http://www.w3.org/1999/xhtml\"/>", "<g/>");
        check("<svg:script>x</svg:script>", "");
    }

    #[test]
    fn entities_stand_for_nothing() {
        let text = "<!DOCTYPE svg [<!ENTITY a \"<script>x</script>\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><svg><text>1&a;2&b;3</text></svg>";
        assert_eq!(harmless(text).unwrap(), b"<svg><text>123</text></svg>");
    }

    #[test]
    fn what_is_no_drawing_is_refused() {
        let deep = format!("<svg>{}{}</svg>", "<g>".repeat(300), "</g>".repeat(300));
        for text in ["", "<svg>", "<svg><g></svg>", "<html><svg/></html>", "<svg/><svg/>", "plain", deep.as_str()] {
            assert_eq!(harmless(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_stays_is_not_changed_again(inside in "[<>/a-z=\"' &;#(){}:@!\\-]{0,80}") {
            if let Some(once) = harmless(&format!("<svg>{inside}</svg>")) {
                let once = String::from_utf8(once).unwrap();
                prop_assert_eq!(harmless(&once).map(|bytes| String::from_utf8(bytes).unwrap()), Some(once));
            }
        }
    }
}
