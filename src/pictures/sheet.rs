//! The size of drawings.

use quick_xml::{Reader, events::Event};

/// The size of the sheet of an SVG drawing in whole units: that is what its shape depends on. Its beginning is enough.
pub fn sheet_size(text: &str) -> Option<(u32, u32)> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let root = loop {
        match reader.read_event().ok()? {
            Event::Start(root) | Event::Empty(root) => break root,
            Event::Eof => return None,
            _ => {}
        }
    };
    if root.local_name().as_ref() != "svg" {
        return None;
    }
    let value = |name: &str| {
        let attribute = root.try_get_attribute(name).ok()??;
        Some(attribute.value.into_owned())
    };
    let whole = |text: &str| {
        let number = text.trim().trim_end_matches("px");
        number.split('.').next()?.parse::<u32>().ok().filter(|size| *size > 0)
    };
    if let Some(sheet) = value("viewBox") {
        let mut numbers = sheet.split([' ', ',', '\n', '\t']).filter(|part| !part.is_empty()).skip(2);
        return Some((whole(numbers.next()?)?, whole(numbers.next()?)?));
    }
    Some((whole(&value("width")?)?, whole(&value("height")?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_the_size_of_its_sheet() {
        let check = |text: &str, size: Option<(u32, u32)>| assert_eq!(sheet_size(text), size, "{text}");
        check("<?xml version=\"1.0\"?>\n<svg viewBox=\"0 0 640 400.5\"/>", Some((640, 400)));
        check("<svg viewBox='-10,-10, 20,30'/>", Some((20, 30)));
        check("<svg width=\"120px\" height=\"80\"/>", Some((120, 80)));
        check("<svg width=\"100%\" height=\"80\"/>", None);
        check("<svg viewBox=\"0 0 0 1\">", None);
        check("<svg width=\"3\"><a viewBox=\"0 0 1 1\">", None);
        check("<html width=\"3\" height=\"3\"/>", None);
        check("<svg/>", None);
        check("GIF89a", None);
    }
}
