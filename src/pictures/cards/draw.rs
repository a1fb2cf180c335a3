//! From SVG to PNG.

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{ImageHrefResolver, Options, Tree, fontdb},
};

use super::{METHOD, SIZE, Weight};
use crate::{
    load::Site,
    pictures::{
        Format, Rendition,
        store::{Key, Store, system_time},
    },
};

/// The family by which drawings call the font; every other name means it as well.
const FAMILY: &str = "Letterpress Serif";

/// The most colours of a palette.
const MOST_COLOURS: usize = 256;

/// Why there is no card.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The drawing is no SVG.
    #[error("this is no SVG that can be drawn: {0}")]
    BadSvg(String),
    /// The pixels cannot be packed.
    #[error("the card cannot be packed: {0}")]
    Packing(String),
}

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for weight in [Weight::Regular, Weight::Bold] {
        fonts.load_font_data(weight.font().to_vec());
    }
    fonts.set_serif_family(FAMILY);
    fonts.set_sans_serif_family(FAMILY);
    fonts.set_monospace_family(FAMILY);
    Arc::new(fonts)
});

/// The card of a drawing: from the store, or drawn and kept there.
///
/// # Errors
/// [`Fault`].
pub fn drawn(site: &Site, svg: &str) -> Result<Vec<u8>, Fault> {
    let store = Store::of(site);
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("social card {METHOD}\n").as_bytes()).update(svg.as_bytes());
    let key = Key::from(hasher.finalize());
    let kept = store.recall(&key, site.began_at().map(system_time));
    if let Some(bytes) = kept.and_then(|rendition: Rendition| store.bytes(&key, &rendition)) {
        return Ok(bytes);
    }
    let bytes = png(svg)?;
    let len_bytes = u32::try_from(bytes.len()).map_err(|error| Fault::Packing(error.to_string()))?;
    let hash = blake3::hash(&bytes).into();
    let rendition = Rendition { format: Format::Png, width: SIZE.0, height: SIZE.1, len_bytes, hash, at: 0 };
    // A card that cannot be kept is drawn again; that stops no edition.
    let _ = store.keep(&key, &rendition, &bytes);
    Ok(bytes)
}

fn png(svg: &str) -> Result<Vec<u8>, Fault> {
    let options = Options {
        font_family: FAMILY.to_owned(),
        fontdb: Arc::clone(&FONTS),
        // Nothing outside of the drawing is looked at.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| Fault::BadSvg(error.to_string()))?;
    let (width, height) = SIZE;
    let mut pixels = Pixmap::new(width, height).expect("a card has pixels");
    // What a drawing leaves open is paper.
    pixels.fill(resvg::tiny_skia::Color::WHITE);
    #[expect(clippy::cast_precision_loss, reason = "a card is some thousand pixels wide")]
    let scale = Transform::from_scale(width as f32 / tree.size().width(), height as f32 / tree.size().height());
    resvg::render(&tree, scale, &mut pixels.as_mut());
    packed(pixels.data()).map_err(|error| Fault::Packing(error.to_string()))
}

/// Opaque pixels as PNG: with a palette, if they have few colours, as text on paper has.
fn packed(rgba: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let colours = || rgba.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIZE.0, SIZE.1);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let data = if let Some((palette, indices)) = indexed(colours()) {
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_palette(palette);
        encoder.set_filter(png::Filter::NoFilter);
        indices
    } else {
        encoder.set_color(png::ColorType::Rgb);
        colours().flatten().collect()
    };
    encoder.write_header()?.write_image_data(&data)?;
    Ok(bytes)
}

/// The palette in the order of its first use, and the number of each pixel's colour in it; none if there are too many.
fn indexed(colours: impl Iterator<Item = [u8; 3]>) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut palette: Vec<[u8; 3]> = Vec::new();
    let mut known: std::collections::BTreeMap<[u8; 3], u8> = std::collections::BTreeMap::new();
    let mut last: Option<([u8; 3], u8)> = None;
    let mut indices = Vec::with_capacity(SIZE.0 as usize * SIZE.1 as usize);
    for colour in colours {
        let number = match last {
            Some((same, number)) if same == colour => number,
            _ => match known.get(&colour) {
                Some(number) => *number,
                None if palette.len() == MOST_COLOURS => return None,
                None => {
                    let number = u8::try_from(palette.len()).ok()?;
                    palette.push(colour);
                    known.insert(colour, number);
                    number
                }
            },
        };
        last = Some((colour, number));
        indices.push(number);
    }
    Some((palette.concat(), indices))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(inside: &str) -> String {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1200 630\">{inside}</svg>")
    }

    #[test]
    fn text_is_drawn_in_the_own_font_whatever_is_asked_for() {
        let text = |family: &str| {
            drawing(&format!("<text x=\"50\" y=\"200\" font-size=\"90\" font-family=\"{family}\">Quay</text>"))
        };
        let blank = png(&drawing("")).unwrap();
        let serif = png(&text("Letterpress Serif")).unwrap();
        assert_ne!(serif, blank);
        assert_eq!(png(&text("serif")).unwrap(), serif);
        assert_eq!(
            (serif[16..20].to_vec(), serif[20..24].to_vec()),
            (1200_u32.to_be_bytes().into(), 630_u32.to_be_bytes().into())
        );
    }

    #[test]
    fn no_file_is_opened_and_no_address_asked() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/static/icons/logo.svg");
        let image = |href: &str| drawing(&format!("<image width=\"600\" height=\"600\" href=\"{href}\"/>"));
        let blank = png(&drawing("")).unwrap();
        for href in [file, "data:image/svg+xml;base64,PHN2Zy8+", "https://elsewhere.example/a.png"] {
            assert_eq!(png(&image(href)).unwrap(), blank, "{href}");
        }
    }

    #[test]
    fn what_is_no_drawing_is_a_fault() {
        assert!(matches!(png("<p>no</p>"), Err(Fault::BadSvg(_))));
        assert!(matches!(png("<svg"), Err(Fault::BadSvg(_))));
    }
}
