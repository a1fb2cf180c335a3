//! What is written inside of pictures: which side is up, and in Exif, XMP and IPTC what it shows, who made it and on which terms it is used.
//!
//! Nothing else is read, and none of it is in a rendition: not the place, the time or the camera.
//!
//! Sources: Exif 2.32 (CIPA DC-008) with TIFF 6.0; IPTC IIM 4.2, record 2; XMP, part 1, with the IPTC Photo Metadata Standard.

use quick_xml::{Reader, events::Event};

use super::Words;

/// The most bytes of a caption or another text that is taken over.
const MOST_TEXT_BYTES: usize = 2000;

/// What an original carries beside its pixels, as its file format hands it out.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<Vec<u8>>,
    /// The resources of Photoshop, one of which is IPTC.
    pub(super) photoshop: Option<Vec<u8>>,
    /// The colour profile.
    pub(super) profile: Option<Vec<u8>>,
}

/// How the rows and columns of a file lie in the picture: the numbers of Exif.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Orientation {
    /// As they are.
    #[default]
    Upright,
    /// Left and right are exchanged.
    Mirrored,
    /// It stands on its head.
    UpsideDown,
    /// Top and bottom are exchanged.
    Flipped,
    /// Rows are columns.
    Transposed,
    /// To be turned to the right by a quarter.
    QuarterRight,
    /// Rows are columns, from the lower right.
    Transversed,
    /// To be turned to the left by a quarter.
    QuarterLeft,
}

impl Orientation {
    fn of(number: u32) -> Self {
        match number {
            2 => Self::Mirrored,
            3 => Self::UpsideDown,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::QuarterRight,
            7 => Self::Transversed,
            8 => Self::QuarterLeft,
            _ => Self::Upright,
        }
    }

    /// Whether width and height are exchanged.
    pub(super) fn turns(self) -> bool {
        matches!(self, Self::Transposed | Self::QuarterRight | Self::Transversed | Self::QuarterLeft)
    }
}

impl Embedded {
    /// Which side is up.
    pub(super) fn orientation(&self) -> Orientation {
        let tiff = self.exif.as_deref().and_then(Tiff::new);
        tiff.and_then(|tiff| tiff.number(0x0112)).map(Orientation::of).unwrap_or_default()
    }

    /// What the picture says of itself. XMP comes first, in which today's programs write; then IPTC, then Exif.
    pub(super) fn words(&self) -> Words {
        let xmp = self.xmp.as_deref().map(xmp_words).unwrap_or_default();
        let iptc = self.photoshop.as_deref().and_then(iptc_block).map(iptc_words).unwrap_or_default();
        let exif = self.exif.as_deref().and_then(Tiff::new).map(|tiff| exif_words(&tiff)).unwrap_or_default();
        Words {
            caption: xmp.caption.or(iptc.caption).or(exif.caption),
            credit: xmp.credit.or(iptc.credit).or(exif.credit),
            rights: xmp.rights.or(iptc.rights).or(exif.rights),
        }
    }
}

/// A text of one line, or none.
fn line(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    let mut line = words.join(" ");
    line.truncate(line.floor_char_boundary(MOST_TEXT_BYTES));
    (!line.is_empty()).then_some(line)
}

/// Text that is UTF-8 if it can be, else Latin-1, as cameras and old programs write it.
fn decoded(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => line(text),
        Err(_) => line(&bytes.iter().map(|byte| char::from(*byte)).collect::<String>()),
    }
}

/// The first directory of a TIFF structure, in which Exif has what is asked for here.
struct Tiff<'a> {
    bytes: &'a [u8],
    is_little_endian: bool,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
        match bytes.get(..4)? {
            b"II*\0" => Some(Self { bytes, is_little_endian: true }),
            b"MM\0*" => Some(Self { bytes, is_little_endian: false }),
            _ => None,
        }
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// Where the entry of a tag lies.
    fn entry(&self, tag: u16) -> Option<usize> {
        let directory = usize::try_from(self.long(4)?).ok()?;
        let count = usize::from(self.short(directory)?);
        let entries = (0..count).map(|number| directory.saturating_add(2 + 12 * number));
        entries.take_while(|at| self.short(*at).is_some()).find(|at| self.short(*at) == Some(tag))
    }

    fn number(&self, tag: u16) -> Option<u32> {
        let entry = self.entry(tag)?;
        match self.short(entry + 2)? {
            3 => self.short(entry + 8).map(u32::from),
            4 => self.long(entry + 8),
            _ => None,
        }
    }

    fn text(&self, tag: u16) -> Option<String> {
        let entry = self.entry(tag)?;
        let len = usize::try_from(self.long(entry + 4)?).ok()?.min(MOST_TEXT_BYTES);
        let at = if len <= 4 { entry + 8 } else { usize::try_from(self.long(entry + 8)?).ok()? };
        let is_text = matches!(self.short(entry + 2)?, 1 | 2 | 129);
        decoded(self.bytes.get(at..at.checked_add(len)?)?).filter(|_| is_text)
    }
}

fn exif_words(tiff: &Tiff<'_>) -> Words {
    // Cameras fill the description with their own name until someone writes one.
    let is_said = |text: &String| {
        !["OLYMPUS", "SONY DSC", "DCIM", "default", "DIGITAL CAMERA"].iter().any(|own| text.trim().starts_with(own))
    };
    Words { caption: tiff.text(0x010e).filter(is_said), credit: tiff.text(0x013b), rights: tiff.text(0x8298) }
}

/// The IPTC data among the resources of Photoshop.
fn iptc_block(mut resources: &[u8]) -> Option<&[u8]> {
    resources = resources.strip_prefix(b"Photoshop 3.0\0").unwrap_or(resources);
    loop {
        let rest = resources.strip_prefix(b"8BIM")?;
        let id = u16::from_be_bytes(*rest.first_chunk()?);
        // The name has its length before it; both together, and the data, are filled up to an even length.
        let name = (usize::from(*rest.get(2)?) + 2) & !1;
        let len = usize::try_from(u32::from_be_bytes(*rest.get(2 + name..)?.first_chunk()?)).ok()?;
        let data = rest.get(6 + name..)?;
        if id == 0x0404 {
            return data.get(..len);
        }
        resources = data.get(len.checked_add(len & 1)?..)?;
    }
}

fn iptc_words(mut data: &[u8]) -> Words {
    let mut words = Words::default();
    let (mut by_line, mut source) = (None, None);
    while let [0x1c, record, number, high, low, rest @ ..] = data {
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(value) = rest.get(..len) else { break };
        let place = match (record, number) {
            (2, 120) => Some(&mut words.caption),
            (2, 110) => Some(&mut words.credit),
            (2, 116) => Some(&mut words.rights),
            (2, 80) => Some(&mut by_line),
            (2, 115) => Some(&mut source),
            _ => None,
        };
        if let Some(place) = place.filter(|place| place.is_none()) {
            *place = decoded(value);
        }
        data = &rest[len..];
    }
    let maker = by_line.or(source);
    words.credit = credit(maker, words.credit);
    words
}

/// Who made it, and for whom, as credits are written.
fn credit(maker: Option<String>, house: Option<String>) -> Option<String> {
    match (maker, house) {
        (Some(maker), Some(house)) if !house.contains(&maker) && !maker.contains(&house) => {
            Some(format!("{maker} / {house}"))
        }
        (Some(maker), Some(house)) => Some(if house.len() > maker.len() { house } else { maker }),
        (maker, house) => maker.or(house),
    }
}

/// What a reference such as `&amp;` stands for; nothing, if that is not known.
fn character(name: &str) -> String {
    let reference = format!("&{name};");
    quick_xml::escape::unescape(&reference).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

fn xmp_words(packet: &[u8]) -> Words {
    let (mut caption, mut rights, mut maker, mut house, mut terms) = (None, None, None, None, None);
    let packet = String::from_utf8_lossy(packet);
    let mut reader = Reader::from_str(&packet);
    let mut open: Vec<String> = Vec::new();
    let set = |place: &mut Option<String>, text: &str| {
        if place.is_none() {
            *place = line(text);
        }
    };
    let mut said = |name: &str, text: &str| match name {
        "dc:description" => set(&mut caption, text),
        "dc:rights" => set(&mut rights, text),
        "dc:creator" => set(&mut maker, text),
        "photoshop:Credit" => set(&mut house, text),
        "xmpRights:UsageTerms" => set(&mut terms, text),
        _ => {}
    };
    let mut text = String::new();
    // A packet that cannot be read ends here with what was understood.
    while let Ok(event) = reader.read_event() {
        match &event {
            Event::Text(part) => text.push_str(part),
            Event::GeneralRef(name) => text.push_str(&character(name)),
            _ => {}
        }
        let (element, is_open) = match &event {
            Event::Start(element) => (element, true),
            Event::Empty(element) => (element, false),
            Event::End(_) => {
                if let Some(name) = open.iter().rev().find(|name| !name.starts_with("rdf:")) {
                    said(name, &text);
                }
                text.clear();
                open.pop();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        text.clear();
        // Short values may stand as attributes of the description.
        for attribute in element.attributes().flatten() {
            let value = quick_xml::escape::unescape(&attribute.value);
            said(attribute.key.as_ref(), &value.unwrap_or_default());
        }
        if is_open {
            if open.len() >= 32 {
                break;
            }
            open.push(element.name().as_ref().to_owned());
        }
    }
    Words { caption, credit: credit(maker, house), rights: rights.or(terms) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tiff(entries: &[(u16, u16, &[u8])]) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        bytes.extend(u16::try_from(entries.len()).unwrap().to_le_bytes());
        let mut behind = Vec::new();
        let begin = 8 + 2 + 12 * entries.len() + 4;
        for (tag, kind, value) in entries {
            let count = if *kind == 3 { value.len() / 2 } else { value.len() };
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(u32::try_from(count).unwrap().to_le_bytes());
            if value.len() <= 4 {
                bytes.extend(value.iter().copied().chain(std::iter::repeat(0)).take(4));
            } else {
                bytes.extend(u32::try_from(begin + behind.len()).unwrap().to_le_bytes());
                behind.extend_from_slice(value);
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(behind);
        bytes
    }

    #[test]
    fn exif_tells_which_side_is_up_and_who_made_it() {
        let exif = tiff(&[
            (0x010e, 2, b"The  quay\0"),
            (0x0112, 3, &[6, 0]),
            (0x013b, 2, b"Ann Open\0"),
            (0x8298, 2, b"CC0\0"),
        ]);
        let embedded = Embedded { exif: Some([b"Exif\0\0", exif.as_slice()].concat()), ..Embedded::default() };
        assert_eq!(embedded.orientation(), Orientation::QuarterRight);
        let words = embedded.words();
        assert_eq!(words.caption.as_deref(), Some("The quay"));
        assert_eq!(words.credit.as_deref(), Some("Ann Open"));
        assert_eq!(words.rights.as_deref(), Some("CC0"));
    }

    #[test]
    fn iptc_and_xmp_are_read() {
        let entry = |number: u8, text: &[u8]| {
            [&[0x1c, 2, number], &u16::try_from(text.len()).unwrap().to_be_bytes()[..], text].concat()
        };
        let iptc = [
            entry(120, b"Sandbags in Sallow Street"),
            entry(80, b"Wen Sutcliffe"),
            entry(110, b"Courier"),
            entry(116, b"\xa9 Courier"),
        ]
        .concat();
        let other = b"8BIM\x04\x0a\x03abc\x00\x00\x00\x01x\x00".to_vec();
        let photoshop =
            [&other[..], b"8BIM\x04\x04\0\0", &u32::try_from(iptc.len()).unwrap().to_be_bytes(), &iptc].concat();
        let embedded = Embedded { photoshop: Some(photoshop), ..Embedded::default() };
        let words = embedded.words();
        assert_eq!(words.caption.as_deref(), Some("Sandbags in Sallow Street"));
        assert_eq!(words.credit.as_deref(), Some("Wen Sutcliffe / Courier"));
        assert_eq!(words.rights.as_deref(), Some("© Courier"));
        let xmp = br#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description photoshop:Credit="PA &amp; Co">
            <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A &lt;quay&gt;</rdf:li><rdf:li xml:lang="de">Kai</rdf:li></rdf:Alt></dc:description>
            <dc:creator><rdf:Seq><rdf:li>N. Brisco</rdf:li></rdf:Seq></dc:creator>
            <xmpRights:UsageTerms><rdf:Alt><rdf:li>One use</rdf:li></rdf:Alt></xmpRights:UsageTerms></rdf:Description></rdf:RDF></x:xmpmeta>"#;
        let words = Embedded { xmp: Some(xmp.to_vec()), ..embedded }.words();
        assert_eq!(words.caption.as_deref(), Some("A <quay>"));
        assert_eq!(words.credit.as_deref(), Some("N. Brisco / PA & Co"));
        assert_eq!(words.rights.as_deref(), Some("One use"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for head in [&b""[..], b"II*\0", b"MM\0*\0\0\0\x08", b"8BIM\x04\x04\0\0", b"<a>", b"8BIM\x04\x04\0\0\0\0\0\xff\x1c\x02\x78"] {
                let bytes = [head, &bytes].concat();
                let embedded = Embedded { exif: Some(bytes.clone()), xmp: Some(bytes.clone()), photoshop: Some(bytes), profile: None };
                let _ = (embedded.orientation(), embedded.words());
            }
        }
    }
}
