//! What becomes of originals, from files to files.
#![expect(clippy::disallowed_methods, reason = "tests make sites, and look at what became of them")]

use std::fs;

use super::{codec::Kind, frame::Frame, *};
use crate::load;

/// A site in a temporary folder, with pictures beside each other in `content/`.
struct Desk {
    temp: tempfile::TempDir,
}

impl Desk {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let desk = Self { temp: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.temp.path().join("content")).unwrap();
        for (name, bytes) in files {
            desk.write(name, bytes);
        }
        desk
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.temp.path().join("content").join(name), bytes).unwrap();
    }

    fn site(&self) -> Site {
        Site::open(self.temp.path()).unwrap().with_shelf()
    }

    /// Develops every file by one recipe, keeping at most so many bytes.
    fn develop_below(&self, recipe: &Recipe, most_bytes: u64) -> Developed {
        let site = self.site();
        let sources = load::sources(&site).unwrap();
        let wanted = sources.attachments.into_iter().map(|original| Wanted { original, recipe: recipe.clone() });
        develop(&site, &wanted.collect::<Vec<_>>(), most_bytes).unwrap()
    }

    fn develop(&self, recipe: &Recipe) -> Developed {
        self.develop_below(recipe, u64::MAX)
    }

    /// The bytes of all renditions of a picture, as they would be published.
    fn bytes(&self, developed: &Developed, name: &str) -> Vec<Vec<u8>> {
        let path = SourcePath::new(format!("content/{name}"));
        let picture = &developed.pictures[&path];
        let site = self.site();
        picture.renditions().map(|rendition| bytes(&site, &path, picture, rendition).unwrap()).collect()
    }

    /// The files of the store.
    fn kept(&self) -> Vec<PathBuf> {
        let store = walkdir::WalkDir::new(self.temp.path().join(".letterpress/pictures")).into_iter();
        let files = store.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        files.map(walkdir::DirEntry::into_path).filter(|path| !path.ends_with("stamps")).collect()
    }
}

fn recipe(widths: &[u32]) -> Recipe {
    Recipe { widths: widths.to_vec(), crops: Vec::new(), quality: 75, avif: false }
}

/// Pixels by a rule.
fn frame(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Frame {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| colour(x, y)).collect();
    Frame { width, height, depth: frame::Depth::Rgb, pixels }
}

/// Something like a photograph: soft shapes, and the noise of a sensor.
fn photograph(width: u32, height: u32) -> Frame {
    let mut noise = 0x2545_f491_u32;
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let grain = (noise & 15).to_le_bytes()[0];
            let wave = |period: u32| ((x * 7 + y * 3) / period % 200).to_le_bytes()[0];
            pixels.extend([wave(5) + grain, wave(9) + grain, wave(14) + grain]);
        }
    }
    Frame { width, height, depth: frame::Depth::Rgb, pixels }
}

/// A JPEG with segments of metadata.
fn jpeg(frame: &Frame, segments: &[(u8, &[u8])]) -> Vec<u8> {
    let bytes = codec::to_jpeg(frame, 92, codec::Scans::Several).unwrap();
    let mut with = bytes[..2].to_vec();
    for (marker, data) in segments {
        with.extend([0xff, *marker]);
        with.extend(u16::try_from(data.len() + 2).unwrap().to_be_bytes());
        with.extend(*data);
    }
    [&with, &bytes[2..]].concat()
}

/// A JPEG that is whole and has its colours one behind the other, each in a scan of its own.
fn colours_apart(frame: &Frame) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 80);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
    encoder.set_optimized_huffman_tables(true);
    let size = |side: u32| u16::try_from(side).unwrap();
    encoder.encode(&frame.pixels, size(frame.width), size(frame.height), jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

/// Exif with an orientation alone, and the word that stands for everything private.
fn exif(orientation: u8) -> Vec<u8> {
    let head = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
    [&head[..], &[orientation, 0, 0, 0, 0, 0, 0], b"GPS zyxomma 51.5N 0.1W"].concat()
}

fn decoded(bytes: &[u8]) -> Frame {
    codec::decode(codec::kind(bytes).unwrap(), bytes).unwrap().frame
}

#[test]
fn every_orientation_is_applied() {
    // The corner in which the black upper left of the file is seen, and whether the picture stands.
    let expected = [
        ("left", "top"),
        ("right", "top"),
        ("right", "bottom"),
        ("left", "bottom"),
        ("left", "top"),
        ("right", "top"),
        ("right", "bottom"),
        ("left", "bottom"),
    ];
    for (orientation, (side, end)) in (1_u8..).zip(expected) {
        let file = frame(96, 64, |x, y| if x < 48 && y < 32 { [0; 3] } else { [255; 3] });
        let desk = Desk::new(&[("a.jpg", &jpeg(&file, &[(0xe1, &exif(orientation))]))]);
        let developed = desk.develop(&recipe(&[1200]));
        for bytes in desk.bytes(&developed, "a.jpg") {
            let seen = decoded(&bytes);
            let size = if orientation < 5 { (96, 64) } else { (64, 96) };
            assert_eq!((seen.width, seen.height), size, "{orientation}");
            let at = |x: u32, y: u32| seen.pixels[((y * seen.width + x) * 3) as usize];
            for (x, is_left) in [(seen.width / 4, true), (seen.width * 3 / 4, false)] {
                for (y, is_top) in [(seen.height / 4, true), (seen.height * 3 / 4, false)] {
                    let is_black = is_left == (side == "left") && is_top == (end == "top");
                    assert_eq!(at(x, y) < 64, is_black, "orientation {orientation}, {x}, {y}");
                }
            }
        }
    }
}

#[test]
fn nothing_private_is_left_and_words_are_read() {
    let xmp = [
        b"http://ns.adobe.com/xap/1.0/\0".as_slice(),
        b"<x><dc:creator>Ann Open</dc:creator><exif:GPS>zyxomma</exif:GPS></x>",
    ]
    .concat();
    let segments: [(u8, &[u8]); 4] =
        [(0xe1, &exif(1)), (0xe1, &xmp), (0xfe, b"zyxomma"), (0xed, b"Photoshop 3.0\08BIMzyxomma")];
    // Once scaled, and once so small a file that it is taken as it is but for its metadata.
    let (photograph, flat) =
        (jpeg(&photograph(600, 400), &segments), jpeg(&frame(300, 200, |_, _| [90; 3]), &segments));
    let behind = [&flat[..], b"a film of zyxomma"].concat();
    let desk = Desk::new(&[("a.jpg", &photograph), ("b.jpg", &behind)]);
    let developed = desk.develop(&Recipe { crops: vec![Focus::MIDDLE], ..recipe(&[200, 400]) });
    for name in ["a.jpg", "b.jpg"] {
        for bytes in desk.bytes(&developed, name) {
            assert!(memchr::memmem::find(&bytes, b"zyxomma").is_none(), "{name}");
            assert!(
                memchr::memmem::find(&bytes, b"Exif").is_none() && memchr::memmem::find(&bytes, b"Ann Open").is_none()
            );
        }
        let words = &developed.pictures[&SourcePath::new(format!("content/{name}"))].words;
        assert_eq!(words.credit.as_deref(), Some("Ann Open"));
    }
}

#[test]
fn renditions_have_the_widths_of_the_recipe_and_none_is_larger_than_the_fallback() {
    let desk = Desk::new(&[
        ("a.jpg", &jpeg(&photograph(1000, 750), &[])),
        ("b.jpg", &jpeg(&frame(90, 60, |_, _| [9; 3]), &[])),
    ]);
    let developed = desk.develop(&recipe(&[400, 800, 1200]));
    let picture = &developed.pictures[&SourcePath::new("content/a.jpg")];
    let sizes: Vec<(u32, u32)> = picture.widths.iter().map(|rendition| (rendition.width, rendition.height)).collect();
    assert_eq!(sizes, [(400, 300), (800, 600), (1000, 750)]);
    assert_eq!((picture.fallback.format, picture.fallback.width), (Format::Jpeg, 1000));
    assert!(picture.tone.is_some());
    for picture in developed.pictures.values() {
        assert!(picture.widths.iter().all(|rendition| rendition.len_bytes < picture.fallback.len_bytes));
        assert!(picture.widths.is_sorted_by_key(|rendition| rendition.len_bytes));
    }
}

#[test]
fn crops_hold_the_point_that_matters() {
    // A mark in the lower left, which crops around the middle would lose.
    let file = frame(1600, 1200, |x, y| if x < 100 && y > 1120 { [0; 3] } else { [255; 3] });
    let desk = Desk::new(&[("a.jpg", &jpeg(&file, &[]))]);
    let (mark, middle) = (Focus::from((0.05, 0.95)), Focus::MIDDLE);
    let developed = desk.develop(&Recipe { crops: vec![mark, middle], ..recipe(&[400]) });
    let path = SourcePath::new("content/a.jpg");
    let picture = &developed.pictures[&path];
    for (focus, crops) in &picture.crops {
        let sizes: Vec<(u32, u32)> = crops.iter().map(|crop| (crop.width, crop.height)).collect();
        assert_eq!(sizes, [(1200, 675), (1200, 900), (1200, 1200)]);
        for crop in crops.iter().filter(|crop| crop.height != 900) {
            let seen = decoded(&bytes(&desk.site(), &path, picture, crop).unwrap());
            let corner = ((seen.height - 10) * seen.width + 10) * 3;
            assert_eq!(seen.pixels[corner as usize] < 64, *focus == mark, "{focus:?} {crop:?}");
        }
    }
}

#[test]
fn a_small_picture_has_no_crops() {
    let desk = Desk::new(&[("a.jpg", &jpeg(&photograph(200, 200), &[]))]);
    let developed = desk.develop(&Recipe { crops: vec![Focus::MIDDLE], ..recipe(&[400]) });
    assert!(developed.pictures.values().all(|picture| picture.crops.iter().all(|(_, crops)| crops.is_empty())));
}

#[test]
fn drawings_stay_png_and_pixel_by_pixel() {
    let chart = frame(900, 600, |x, y| if (x / 30 + y / 30) % 2 == 0 { [200, 30, 30] } else { [255; 3] });
    let glass = Frame {
        depth: frame::Depth::Rgba,
        pixels: photograph(60, 60)
            .pixels
            .chunks_exact(3)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 128])
            .collect(),
        ..photograph(60, 60)
    };
    let photo = codec::to_png(&photograph(500, 400)).unwrap();
    let grey = frame(400, 300, |x, y| [((x * y + x * 3) % 251).to_le_bytes()[0]; 3]);
    let desk = Desk::new(&[
        ("chart.png", &codec::to_png(&chart).unwrap()),
        ("glass.png", &codec::to_png(&glass).unwrap()),
        ("photo.png", &photo),
        ("grey.png", &codec::to_png(&grey).unwrap()),
    ]);
    let developed = desk.develop(&recipe(&[400, 900]));
    let format = |name: &str| developed.pictures[&SourcePath::new(format!("content/{name}"))].fallback.format;
    assert_eq!([format("chart.png"), format("glass.png")], [Format::Png; 2]);
    assert_eq!([format("photo.png"), format("grey.png")], [Format::Jpeg; 2]);
    assert_eq!(developed.pictures[&SourcePath::new("content/glass.png")].tone, None, "it would shine through");
    let renditions = desk.bytes(&developed, "chart.png");
    assert_eq!(decoded(&renditions[0]).pixels, chart.pixels);
    assert_eq!(decoded(renditions.last().unwrap()).pixels, chart.pixels, "the widest WebP keeps every pixel");
}

#[test]
fn the_same_bytes_on_any_number_of_threads_and_from_any_folder() {
    let files = [
        jpeg(&photograph(900, 600), &[]),
        jpeg(&photograph(700, 900), &[(0xe1, &exif(6))]),
        codec::to_png(&photograph(640, 480)).unwrap(),
    ];
    let files: Vec<(&str, &[u8])> =
        ["a.jpg", "b.jpg", "c.png"].into_iter().zip(files.iter().map(Vec::as_slice)).collect();
    let recipe = Recipe { crops: vec![Focus::MIDDLE], ..recipe(&[200, 400, 800]) };
    let made = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let desk = Desk::new(&files);
        let developed = pool.install(|| desk.develop(&recipe));
        files.iter().map(|(name, _)| desk.bytes(&developed, name)).collect::<Vec<_>>()
    };
    assert_eq!(made(1), made(8));
}

#[test]
fn a_second_build_decodes_nothing_and_a_changed_picture_is_alone() {
    let (first, second) = (jpeg(&photograph(300, 200), &[]), jpeg(&photograph(320, 200), &[]));
    let desk = Desk::new(&[("a.jpg", &first), ("b.jpg", &second), ("bad.jpg", b"\xff\xd8\xff\xe0 no picture")]);
    let recipe = recipe(&[200]);
    assert_eq!(desk.develop(&recipe).decoded, 3);
    let again = desk.develop(&recipe);
    assert_eq!((again.decoded, again.pictures.len(), again.diagnostics.len()), (0, 2, 1));
    desk.write("b.jpg", &jpeg(&photograph(340, 200), &[]));
    assert_eq!(desk.develop(&recipe).decoded, 1);
    // The same bytes under another name are the same picture.
    desk.write("c.jpg", &first);
    assert_eq!(desk.develop(&recipe).decoded, 0);
    assert_eq!(desk.develop(&Recipe { quality: 60, ..recipe }).decoded, 4);
}

#[test]
fn what_the_store_lost_is_made_again() {
    let desk = Desk::new(&[("a.jpg", &jpeg(&photograph(300, 200), &[]))]);
    let (recipe, path) = (recipe(&[200]), SourcePath::new("content/a.jpg"));
    let made = desk.bytes(&desk.develop(&recipe), "a.jpg");
    for damage in [
        |bytes: &mut Vec<u8>| bytes.clear(),
        |bytes: &mut Vec<u8>| bytes.truncate(60),
        |bytes: &mut Vec<u8>| bytes[70] ^= 1,
    ] {
        let file = desk.kept().pop().unwrap();
        let mut bytes = fs::read(&file).unwrap();
        damage(&mut bytes);
        fs::write(&file, bytes).unwrap();
        assert_eq!(desk.bytes(&desk.develop(&recipe), "a.jpg"), made);
    }
    // Damage of the pixels is found when they are read, and mended by the next build.
    let developed = desk.develop(&recipe);
    let file = desk.kept().pop().unwrap();
    let mut kept = fs::read(&file).unwrap();
    let last = kept.len() - 1;
    kept[last] ^= 1;
    fs::write(&file, kept).unwrap();
    let picture = &developed.pictures[&path];
    let read: Vec<_> = picture.renditions().map(|rendition| bytes(&desk.site(), &path, picture, rendition)).collect();
    assert!(read.iter().any(Result::is_err));
    assert_eq!(desk.bytes(&desk.develop(&recipe), "a.jpg"), made);
}

#[test]
fn the_store_is_swept_of_what_was_not_used_for_the_longest() {
    let desk = Desk::new(&[]);
    for width in [300, 310, 320] {
        desk.write("a.jpg", &jpeg(&photograph(width, 200), &[]));
        desk.develop(&recipe(&[200]));
    }
    assert_eq!(desk.kept().len(), 3);
    let oldest = desk.kept().into_iter().min_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).unwrap();
    let one = fs::metadata(&oldest).unwrap().len();
    desk.write("a.jpg", &jpeg(&photograph(330, 200), &[]));
    desk.develop_below(&recipe(&[200]), 3 * one + one / 2);
    assert!(desk.kept().len() == 3 && !oldest.exists());
    // What is used stays, however little room there is.
    desk.write("a.jpg", &jpeg(&photograph(340, 200), &[]));
    desk.develop_below(&recipe(&[200]), 0);
    assert_eq!(desk.kept().len(), 1);
}

#[test]
fn a_bad_picture_names_itself() {
    let check = |name: &str, bytes: &[u8], expected: &str| {
        let desk = Desk::new(&[(name, bytes)]);
        let developed = desk.develop(&recipe(&[400]));
        let told: Vec<&str> = developed.diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(told, [expected], "{name}");
        assert_eq!(developed.diagnostics[0].path.as_str(), format!("content/{name}"));
    };
    let whole = jpeg(&photograph(300, 200), &[]);
    let png = codec::to_png(&photograph(300, 200)).unwrap();
    check("cut.jpg", &whole[..whole.len() / 2], "this picture ends in the middle");
    check("cut.png", &png[..png.len() / 2], "this picture ends in the middle");
    check(
        "apart.jpg",
        &colours_apart(&photograph(300, 200)),
        "this picture is damaged, or of a kind that cannot be read",
    );
    check("text.jpg", b"plain text", "this is no picture that is known");
    check("page.png", b"<!doctype html><title>404</title>", "this is no picture that is known");
    check("empty.jpg", b"", "this is no picture that is known");
    check("drawing.svg", b"<svg><g></svg>", "this SVG cannot be read, so nobody knows what is in it");
    check("right.png", &whole, "this picture is JPEG, and its name ends in `.png`");
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    check("bomb.png", &bomb, "this picture has 20000 by 20000 pixels, more than are decoded");
    let mut deep = png;
    deep[16..25].copy_from_slice(&[0, 0, 0x26, 0, 0, 0, 0x26, 0, 16]);
    check("deep.png", &deep, "this picture has 9728 by 9728 pixels, more than are decoded");
}

#[test]
fn what_moves_is_passed_through() {
    let desk = Desk::new(&[("a.gif", b"GIF89a and so on"), ("b.avif", b"\0\0\0\x1cftypavif")]);
    let developed = desk.develop(&recipe(&[400]));
    assert!(developed.pictures.is_empty() && developed.diagnostics.is_empty());
}

#[test]
fn drawings_of_lines_are_made_harmless() {
    let desk = Desk::new(&[("a.svg", b"<svg viewBox=\"0 0 64 48\"><script>zyxomma</script><path d=\"M0 0\"/></svg>")]);
    let developed = desk.develop(&recipe(&[400]));
    assert_eq!(desk.bytes(&developed, "a.svg"), [b"<svg viewBox=\"0 0 64 48\"><path d=\"M0 0\"/></svg>"]);
    let picture = &developed.pictures[&SourcePath::new("content/a.svg")];
    assert_eq!((picture.fallback.width, picture.fallback.height), (64, 48));
}

#[cfg(feature = "avif")]
mod with_avif {
    use super::*;

    /// A photograph of soft hills, which AVIF has in fewer bytes than WebP from some width on.
    fn hills(width: u32, height: u32) -> Frame {
        let grain = photograph(width, height).pixels;
        let value = |x: u32, y: u32| {
            let slope = (x * x / 3 + y * y * 2) / 97 % 400;
            let grain = grain[((y * width + x) * 3) as usize] % 16;
            slope.min(400 - slope).to_le_bytes()[0] + grain
        };
        frame(width, height, |x, y| [value(x, y), value(x, y) / 2 + 60, value(x, y) / 3 + (y % 128).to_le_bytes()[0]])
    }

    fn both(widths: &[u32]) -> Recipe {
        Recipe { avif: true, ..recipe(widths) }
    }

    #[test]
    fn photographs_are_made_in_avif_where_that_is_smaller_and_the_rest_stays() {
        let desk = Desk::new(&[("a.jpg", &jpeg(&hills(400, 134), &[]))]);
        let of = |recipe: &Recipe| Recipe { crops: vec![Focus::MIDDLE], ..recipe.clone() };
        let (without, with) = (desk.develop(&of(&recipe(&[40, 200]))), desk.develop(&of(&both(&[40, 200]))));
        let path = SourcePath::new("content/a.jpg");
        assert_eq!(without.pictures[&path].avif, []);
        let picture = &with.pictures[&path];
        let sizes = |renditions: &[Rendition]| -> Vec<(u32, u32)> {
            renditions.iter().map(|rendition| (rendition.width, rendition.height)).collect()
        };
        assert_eq!(sizes(&picture.widths), [(40, 13), (200, 67)]);
        assert_eq!(sizes(&picture.avif), [(200, 67)], "the narrow one would be larger");
        assert!(picture.avif[0].len_bytes < picture.widths[1].len_bytes);
        let mut bytes = desk.bytes(&with, "a.jpg");
        let avif = bytes.remove(3);
        let size = imagesize::blob_size(&avif).unwrap();
        assert_eq!((&avif[4..12], size.width, size.height), (&b"ftypavif"[..], 200, 67));
        assert_eq!(bytes, desk.bytes(&without, "a.jpg"));
    }

    #[test]
    fn drawings_and_what_is_seen_through_have_none() {
        let chart = frame(300, 200, |x, y| if (x / 30 + y / 30) % 2 == 0 { [200, 30, 30] } else { [255; 3] });
        let opaque = hills(200, 134);
        let pixels = opaque.pixels.chunks_exact(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 128]).collect();
        let glass = Frame { depth: frame::Depth::Rgba, pixels, ..opaque.clone() };
        let [chart, glass, opaque] = [chart, glass, opaque].map(|frame| codec::to_png(&frame).unwrap());
        let desk = Desk::new(&[("chart.png", &chart), ("glass.png", &glass), ("opaque.png", &opaque)]);
        let developed = desk.develop(&both(&[200]));
        let has_avif: Vec<bool> = developed.pictures.values().map(|picture| !picture.avif.is_empty()).collect();
        assert_eq!(has_avif, [false, false, true]);
    }

    #[test]
    fn with_and_without_are_kept_apart() {
        let desk = Desk::new(&[("a.jpg", &jpeg(&hills(200, 134), &[]))]);
        let (without, with) = (recipe(&[200]), both(&[200]));
        let made = |recipe: &Recipe| {
            let developed = desk.develop(recipe);
            (developed.decoded, desk.bytes(&developed, "a.jpg").len())
        };
        assert_eq!([&without, &with, &with, &without].map(made), [(1, 2), (1, 3), (0, 3), (0, 2)]);
    }

    #[test]
    fn the_same_bytes_on_any_number_of_threads() {
        let files = [(200, 134), (60, 40)].map(|(width, height)| jpeg(&hills(width, height), &[]));
        let files = [("a.jpg", &files[0][..]), ("b.jpg", &files[1])];
        let made = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let desk = Desk::new(&files);
            let developed = pool.install(|| desk.develop(&both(&[200])));
            assert!(developed.pictures.values().any(|picture| !picture.avif.is_empty()));
            files.iter().map(|(name, _)| desk.bytes(&developed, name)).collect::<Vec<_>>()
        };
        assert_eq!(made(1), made(8));
    }
}

mod hostile {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_files_bring_no_panic_and_no_wrong_size(at in 0_usize..4000, value: u8, which in 0_usize..3) {
            let file = frame(64, 48, |x, y| [(x * 4).to_le_bytes()[0], (y * 5).to_le_bytes()[0], 7]);
            let files = [codec::to_jpeg(&file, 80, codec::Scans::Several), codec::to_png(&file), codec::to_webp(&file, codec::Keeping::Likeness(75))];
            let mut bytes = files[which].clone().unwrap();
            let at = at % bytes.len();
            bytes[at] = value;
            if let Some(kind) = codec::kind(&bytes).filter(|kind| matches!(kind, Kind::Jpeg | Kind::Png | Kind::Webp))
                && codec::needed_bytes(kind, &bytes).is_ok_and(|needed| needed < 1_000_000)
            {
                let decoded = std::panic::catch_unwind(|| codec::decode(kind, &bytes));
                if let Ok(Ok(decoded)) = decoded {
                    let Frame { width, height, depth, pixels } = decoded.frame;
                    prop_assert_eq!(pixels.len(), width as usize * height as usize * depth.bytes());
                }
            }
        }
    }
}
