//! Pictures on pages, end to end: what is named is there, and nothing else.

use std::collections::BTreeSet;

use crate::site::{Site, Tree, assert_same, manifest_dir};

/// A photograph of the example newspaper, 1,200 pixels wide or more.
fn photograph() -> Vec<u8> {
    std::fs::read(manifest_dir().join("content/climate/barrier.jpg")).unwrap()
}

/// A portrait of the example newspaper.
fn portrait() -> Vec<u8> {
    std::fs::read(manifest_dir().join("content/authors/mara-ellison.jpg")).unwrap()
}

fn site() -> Site {
    Site::new()
        .file("content/climate/flood.jpg", photograph())
        .file("content/climate/map.jpg", photograph())
        .file("content/authors/ann.jpg", portrait())
        .file("content/authors/ann.md", "---\nname: Ann Open\npicture: ann.jpg\n---\n")
        .file("static/covers/a.jpg", photograph())
        .article(
            "climate/flood.md",
            "The flood",
            "2026-11-20",
            "authors: [ann]\nimage: {src: flood.jpg, alt: Water, focus: [0.1, 0.9]}\n",
        )
        .file(
            "content/climate/map.md",
            "---\ntitle: The map\ndate: 2026-11-19\n---\n![A map](map.jpg \"The *map*\")\n\n[In full](map.jpg)\n",
        )
}

/// The addresses below `/media/` that a page names.
fn named(page: &str) -> BTreeSet<String> {
    let words = page.split(|c: char| c.is_whitespace() || "\"',;<\\&".contains(c));
    let paths = words.filter_map(|word| word.find("/media/").map(|at| word[at + 1..].to_owned()));
    paths.collect()
}

fn media(tree: &Tree) -> BTreeSet<String> {
    tree.keys().filter(|path| path.starts_with("media/")).cloned().collect()
}

#[test]
fn every_picture_that_is_named_is_there_and_every_one_there_is_named() {
    let site = site();
    let tree = site.published();
    let pages = tree.iter().filter(|(path, _)| [".html", ".xml", ".json"].iter().any(|ending| path.ends_with(ending)));
    let all: BTreeSet<String> = pages.flat_map(|(_, bytes)| named(&String::from_utf8_lossy(bytes))).collect();
    assert_eq!(all, media(&tree));
    assert!(tree.keys().all(|path| !path.ends_with("/flood.jpg")), "the original is not published");
}

#[test]
fn a_lead_picture_comes_in_widths_and_shapes() {
    let site = site();
    site.build().succeeded();
    let page = site.page("2026/11/20/flood/index.html");
    for part in [
        "<source type=\"image/webp\" srcset=\"/media/sized/climate/flood-400.",
        ".webp 400w, /media/sized/climate/flood-672.",
        ".webp 672w, /media/sized/climate/flood-800.",
        ".webp 1200w\" sizes=\"",
        "width=\"1200\" height=\"",
        "data-tone=\"h",
        "fetchpriority=\"high\"></picture>",
        "/media/sized/climate/flood-16x9.",
        "/media/sized/climate/flood-1x1.",
        "srcset=\"/media/sized/authors/ann-96.",
        "<meta property=\"og:image:width\" content=\"1200\">",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let front = site.page("index.html");
    assert!(front.contains("flood-400.") && front.contains("flood-1200."), "{front}");
    let map = site.page("2026/11/19/map/index.html");
    assert!(map.contains("map-1200.") && !map.contains("map-16x9"), "{map}");
    assert!(map.contains("<a href=\"/media/sized/climate/map-1200."), "a link leads to the largest: {map}");
    assert!(map.contains("sizes=\"(min-width: 44rem)"), "{map}");
}

#[test]
fn a_template_asks_for_static_pictures_in_declared_uses() {
    let page = "{% extends \"theme/not-found.html\" %}{% block main %}{% set it = image(src=\"/covers/a.jpg\", alt=\"A\", use=\"cover\") %}\
        <img src=\"{{ it.src }}\" srcset=\"{{ it.sources[0].srcset }}\" alt=\"A\">{% endblock %}";
    let site = site().file("templates/not-found.html", page);
    site.build().exited(1).says("there is no use `cover` of pictures");
    site.write(
        "site.yaml",
        "title: P\nurl: https://p.example\ntime_zone: Europe/London\nimages: {uses: {cover: {widths: [500]}}}\n",
    );
    site.build().exited(1).says("add `images: {uses: {cover: {files: [/covers/a.jpg]}}}`");
    site.write(
        "site.yaml",
        "title: P\nurl: https://p.example\ntime_zone: Europe/London\nimages: {uses: {cover: {widths: [500], files: [/covers/]}}}\n",
    );
    site.build().succeeded();
    assert!(site.page("404.html").contains("srcset=\"/media/sized/static/covers/a-500."), "{}", site.page("404.html"));
}

#[test]
fn a_bad_picture_is_named_and_its_page_stands() {
    let whole = photograph();
    let site = site().file("content/climate/flood.jpg", &whole[..whole.len() / 2]);
    site.build()
        .succeeded()
        .says("warning[bad-picture]: this picture ends in the middle")
        .says("content/climate/flood.jpg");
    assert!(site.page("2026/11/20/flood/index.html").contains("src=\"/media/climate/flood.jpg\""));
    assert_eq!(site.public()["media/climate/flood.jpg"], whole[..whole.len() / 2]);
    site.build_with(&["--strict"]).exited(1).says("bad-picture");
    // The second build tells it again, from the store.
    site.remove(".letterpress/cache");
    site.build().succeeded().says("warning[bad-picture]");
}

#[test]
fn pictures_of_what_is_not_out_leave_no_trace() {
    let with = site()
        .file("content/climate/zyxomma.jpg", portrait())
        .article("climate/secret.md", "Secret", "2026-12-01", "image: {src: zyxomma.jpg, alt: Z, focus: [0, 0]}\n")
        // It would show a picture that is out as a lead, with crops, and around another point.
        .article("climate/other.md", "Other", "2026-12-01", "image: {src: map.jpg, alt: Z}\n")
        .article("climate/third.md", "Third", "2026-12-01", "image: {src: flood.jpg, alt: Z, focus: [0.9, 0.1]}\n");
    let without = site();
    assert_same(&without.published(), &with.published(), "pictures of what is not out");
}

#[test]
fn the_store_changes_no_byte() {
    let (first, second) = (site(), site());
    let tree = first.published();
    assert_same(&tree, &first.published(), "built twice");
    std::fs::remove_dir_all(first.path(".letterpress")).unwrap();
    first.build_with(&["--jobs", "1"]).succeeded();
    assert_same(&tree, &first.public(), "without the store");
    second.build_with(&["--jobs", "8"]).succeeded();
    assert_same(&tree, &second.public(), "on eight threads");
}

#[test]
fn drawings_are_published_without_their_scripts() {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 30 20\"><script>alert(1)</script><path d=\"M0 0h9\"/></svg>";
    let site = site()
        .file("content/climate/map.svg", svg)
        .file("content/climate/map.md", "---\ntitle: The map\ndate: 2026-11-19\n---\n![A map](map.svg)\n");
    let tree = site.published();
    let (path, bytes) = tree.iter().find(|(path, _)| path.starts_with("media/sized/climate/map-30.")).unwrap();
    assert_eq!(path.rsplit('.').next(), Some("svg"));
    assert!(!String::from_utf8_lossy(bytes).contains("script"));
    assert!(site.page("2026/11/19/map/index.html").contains("width=\"30\" height=\"20\""));
}

#[test]
fn the_web_manifest_names_an_icon_as_it_lies_whatever_articles_show() {
    let icon = std::fs::read(manifest_dir().join("static/icons/apple-touch-icon.png")).unwrap();
    let site = |more: &str| {
        let site = Site::new().file("static/icons/icon-mark.png", icon.as_slice());
        site.article("news/mark.md", "The mark", "2026-11-20", more)
    };
    let edited = site("");
    edited.build().succeeded();
    let manifest = edited.page("site.webmanifest");
    assert!(manifest.contains("icons/icon-mark"), "{manifest}");

    let shown = site("image: {src: /icons/icon-mark.png, alt: A mark}\n");
    shown.build().succeeded();
    assert!(!media(&shown.public()).is_empty(), "the article shows another rendition");
    assert_eq!(shown.page("site.webmanifest"), manifest);
    edited.write("content/news/mark.md", std::fs::read(shown.path("content/news/mark.md")).unwrap());
    edited.build().succeeded();
    assert_eq!(edited.page("site.webmanifest"), manifest);
}

/// A JPEG whose pixels are told by their place.
fn jpeg((width, height): (u16, u16), quality: u8, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (u32::from(x), u32::from(y))));
    let pixels: Vec<u8> = places.flat_map(|(x, y)| pixel(x, y)).collect();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

fn ending(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// What a page offers in a format, each by its ending and its width; all of it is there.
fn offered(page: &str, media_type: &str, tree: &Tree) -> Vec<String> {
    let rest = page.split_once(&format!("<source type=\"{media_type}\" srcset=\"")).unwrap().1;
    let candidates = rest.split_once('"').unwrap().0.split(", ").map(|candidate| {
        let (url, width) = candidate.split_once(' ').unwrap();
        assert!(tree.contains_key(&url[1..]), "{url}");
        format!("{} {width}", ending(url))
    });
    candidates.collect()
}

#[test]
fn the_fallback_stands_for_a_webp_that_would_be_larger() {
    // Set so coarsely that a WebP in its width has more bytes than itself.
    let grain =
        jpeg((600, 400), 4, |x, y| [x * y * 7 % 251, (x * x + y) % 241, (x + y * y) % 239].map(|v| v.to_le_bytes()[0]));
    let site = Site::new()
        .file("site.yaml", "title: P\nurl: https://p.example\ntime_zone: Europe/London\nimages: {uses: {lead: {widths: [100, 600]}}}\n")
        .file("content/climate/grain.jpg", grain)
        .article("climate/grain.md", "The grain", "2026-11-20", "image: {src: grain.jpg, alt: Grain}\n");
    let tree = site.published();
    assert_eq!(offered(&site.page("2026/11/20/grain/index.html"), "image/webp", &tree), ["webp 100w", "jpg 600w"]);
}

#[cfg(feature = "avif")]
mod with_avif {
    use super::*;
    use crate::walks::does_nothing;

    /// A site with one photograph of soft hills, in few and narrow widths: AVIF takes long in a program for tests.
    fn hills(images: &str) -> Site {
        let photograph = jpeg((360, 240), 90, |x, y| {
            let slope = (x * x / 7 + y * y) / 97 % 400;
            let value = slope.min(400 - slope) + (x * 31 + y * 17 + x * y) % 16;
            [value, value / 2 + 60, value / 3].map(|value| value.to_le_bytes()[0])
        });
        Site::new().file("site.yaml", settings(images)).file("content/climate/hills.jpg", photograph).article(
            "climate/hills.md",
            "The hills",
            "2026-11-20",
            "image: {src: hills.jpg, alt: Hills}\n",
        )
    }

    fn settings(images: &str) -> String {
        let uses = "uses: {lead: {widths: [24, 240]}, front: {widths: [240]}, card: {widths: [24]}}";
        format!(
            "title: P\nurl: https://p.example\ntime_zone: Europe/London\nprecompress: gz\nimages: {{{images}{uses}}}\n"
        )
    }

    #[test]
    fn browsers_that_know_avif_have_it_where_it_is_smaller() {
        let site = hills("avif: true, ");
        let tree = site.published();
        let page = site.page("2026/11/20/hills/index.html");
        assert_eq!(
            offered(&page, "image/avif", &tree),
            ["webp 24w", "avif 240w"],
            "the narrow one would be larger: {page}"
        );
        assert_eq!(offered(&page, "image/webp", &tree), ["webp 24w", "webp 240w"]);
        assert!(page.find("image/avif") < page.find("image/webp"), "browsers take the first that they know: {page}");
        assert_eq!(page.matches("image/avif").count(), 1, "a use in which none is smaller has no such source: {page}");
        for part in
            ["og:image\" content=\"https://p.example/media/sized/climate/hills-240.", "hills-16x9.", "hills-1x1."]
        {
            assert!(page.contains(part), "{part}\n{page}");
        }
        for (path, bytes) in &tree {
            let text = String::from_utf8_lossy(bytes);
            let is_page = ending(path) == "html";
            assert!(is_page || !text.contains(".avif"), "{path} names one");
            assert!(!path.ends_with(".avif.gz"), "{path}");
            if is_page {
                assert!(named(&text).is_subset(&media(&tree)), "{path}");
            }
        }
    }

    #[test]
    fn avif_comes_and_goes_with_its_setting() {
        let site = hills("");
        let off = site.published();
        assert!(off.keys().all(|path| ending(path) != "avif"), "it is made only for those who ask");
        assert!(off.values().all(|bytes| memchr::memmem::find(bytes, b"image/avif").is_none()));

        site.write("site.yaml", settings("avif: true, "));
        let on = site.published();
        let (nothing, run) = does_nothing(|| site.build(), &site.root());
        run.succeeded();
        assert!(nothing, "the second build writes nothing");
        assert_same(&hills("avif: true, ").published(), &on, "switched on");
        let others = |tree: &Tree| -> BTreeSet<String> {
            media(tree).into_iter().filter(|path| ending(path) != "avif").collect()
        };
        assert!(others(&on) == media(&off) && media(&on) != media(&off), "the others stay");

        site.write("site.yaml", settings(""));
        assert_same(&off, &site.published(), "switched off");
    }
}
