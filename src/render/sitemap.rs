//! Sitemaps, as in the protocol of sitemaps.org with the extensions for pictures and news.

use super::{view::Reader, xml::Xml};
use crate::{
    model::{Precision, UrlPath},
    plan::{NewsPart, SitemapPart},
};

const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
const PICTURES: (&str, &str) = ("xmlns:image", "http://www.google.com/schemas/sitemap-image/1.1");
const NEWS: (&str, &str) = ("xmlns:news", "http://www.google.com/schemas/sitemap-news/0.9");

/// The list of sitemaps, each with the instant of its newest change; the news sitemap, whose stories age, has none.
pub(super) fn index(reader: &Reader) -> Vec<u8> {
    let config = reader.config();
    let mut xml = Xml::new();
    xml.within("sitemapindex", &[NAMESPACE], |xml| {
        for (url, changed_at) in reader.sitemaps() {
            xml.within("sitemap", &[], |xml| {
                xml.text("loc", &[], &absolute(reader, url));
                if let Some(at) = changed_at {
                    xml.text("lastmod", &[], &at.iso(&config.zone));
                }
            });
        }
    });
    xml.finish()
}

/// One sitemap, with the pictures that it names.
pub(super) fn part(reader: &Reader, part: &SitemapPart) -> Vec<u8> {
    let config = reader.config();
    let mut xml = Xml::new();
    xml.within("urlset", &[NAMESPACE, PICTURES], |xml| {
        for entry in &part.entries {
            xml.within("url", &[], |xml| {
                xml.text("loc", &[], &absolute(reader, &entry.url));
                if let Some(at) = entry.changed_at {
                    xml.text("lastmod", &[], &at.iso(&config.zone));
                }
                for picture in &entry.pictures {
                    xml.within("image:image", &[], |xml| xml.text("image:loc", &[], &absolute(reader, picture)));
                    reader.uses(picture);
                }
            });
        }
    });
    xml.finish()
}

/// One file of the news sitemap.
///
/// Source: Google Search Central, "News sitemaps"; the publication's name must be the one that readers see.
pub(super) fn news(reader: &Reader, part: &NewsPart) -> Vec<u8> {
    let config = reader.config();
    let mut xml = Xml::new();
    xml.within("urlset", &[NAMESPACE, NEWS], |xml| {
        for id in &part.stories {
            let story = reader.story(*id);
            let matter = story.matter();
            let Some(date) = matter.date else { continue };
            let language = matter.shared.lang.as_deref().unwrap_or(&config.language);
            let written = match date.precision {
                Precision::Time => date.at.iso(&config.zone),
                Precision::Day => {
                    let civil = date.at.civil(&config.zone);
                    format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
                }
            };
            xml.within("url", &[], |xml| {
                xml.text("loc", &[], &absolute(reader, &story.permalink));
                xml.within("news:news", &[], |xml| {
                    xml.within("news:publication", &[], |xml| {
                        xml.text("news:name", &[], &config.title);
                        xml.text("news:language", &[], &news_language(language));
                    });
                    xml.text("news:publication_date", &[], &written);
                    xml.text("news:title", &[], &matter.title);
                });
            });
        }
    });
    xml.finish()
}

/// The language without country or script; Chinese alone is told apart by how it is written.
fn news_language(tag: &str) -> String {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    if primary != "zh" {
        return primary.to_owned();
    }
    let is_traditional = parts.any(|part| ["hant", "tw", "hk", "mo"].contains(&part)) && !tag.contains("hans");
    if is_traditional { "zh-tw" } else { "zh-cn" }.to_owned()
}

fn absolute(reader: &Reader, url: &UrlPath) -> String {
    reader.config().absolute(url).expect("sitemaps are planned only for a site with an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_codes_of_two_or_three_letters() {
        let check = |tag: &str, code: &str| assert_eq!(news_language(tag), code, "{tag}");
        check("en-GB", "en");
        check("pt-BR", "pt");
        check("ckb", "ckb");
        check("zh", "zh-cn");
        check("zh-Hans-TW", "zh-cn");
        check("zh-Hant", "zh-tw");
        check("zh-HK", "zh-tw");
    }
}
