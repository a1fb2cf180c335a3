//! Recordings as podcast episodes, with what Apple's directory asks for: its tags are those that all directories read.

use super::item::media_type;
use crate::{
    model::UrlPath,
    plan::{Asset, PictureEnd},
    relate::Story,
    render::{view::Reader, xml::Xml},
};

/// The namespace of the directory's tags.
pub(super) const NAMESPACE: (&str, &str) = ("xmlns:itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd");

/// The category of a site that names none.
const CATEGORY: &str = "News";

/// What the directory shows of the podcast.
#[derive(Debug, Default)]
pub(super) struct Cover {
    /// The address of a JPEG or PNG.
    image: Option<String>,
    category: String,
}

/// A recording of a story.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) url: String,
    pub(super) media_type: String,
    /// In bytes; 0 if it lies elsewhere and the story does not say.
    pub(super) len_bytes: u64,
    pub(super) duration_secs: Option<u32>,
    /// The title of the episode, if it is not the headline.
    pub(super) title: Option<String>,
}

impl Cover {
    /// The cover that the site names, else the publisher's logo if the directory takes its kind.
    pub(super) fn of(reader: &Reader) -> Self {
        let config = reader.config();
        let named = config.feeds.podcast.image.as_ref().or(config.publisher.logo.as_ref());
        let named = named.filter(|image| matches!(media_type(image), Some("image/jpeg" | "image/png")));
        let image = named.and_then(|image| {
            if image.contains("://") {
                return Some(image.clone());
            }
            let url = UrlPath::parse(&format!("/{}", image.trim_start_matches('/'))).ok()?;
            reader.has(&url).then(|| super::absolute(reader, &url))
        });
        Self { image, category: config.feeds.podcast.category.clone().unwrap_or_else(|| CATEGORY.to_owned()) }
    }

    /// Writes the tags of the channel.
    pub(super) fn write(&self, publisher: &str, xml: &mut Xml) {
        xml.text("itunes:author", &[], publisher);
        xml.text("itunes:type", &[], "episodic");
        xml.text("itunes:explicit", &[], "false");
        if let Some(image) = &self.image {
            xml.empty("itunes:image", &[("href", image)]);
        }
        match self.category.split_once('>') {
            Some((above, below)) => xml.within("itunes:category", &[("text", above.trim())], |xml| {
                xml.empty("itunes:category", &[("text", below.trim())]);
            }),
            None => xml.empty("itunes:category", &[("text", &self.category)]),
        }
    }
}

impl Recording {
    /// The recording of a story, wherever it lies; none if its file is not there.
    pub(super) fn of(reader: &Reader, story: &Story) -> Option<Self> {
        let audio = story.matter().audio.as_ref()?;
        let end = reader.end(story.article.path(), &audio.src.text);
        let len_bytes = reader.len_bytes(&end);
        let url = match end {
            PictureEnd::Attachment(_, url) | PictureEnd::Static(_, Asset { url, .. }) => super::absolute(reader, &url),
            PictureEnd::Remote(url) => url,
            PictureEnd::Missing => return None,
        };
        let media_type = audio.media_type.clone().or_else(|| media_type(&url).map(str::to_owned));
        Some(Self {
            url,
            media_type: media_type.unwrap_or_else(|| "audio/mpeg".to_owned()),
            len_bytes: len_bytes.or(audio.len_bytes).unwrap_or(0),
            duration_secs: audio.duration_secs,
            title: audio.title.clone(),
        })
    }

    /// Writes the tags of the episode.
    pub(super) fn write(&self, xml: &mut Xml) {
        let length = self.len_bytes.to_string();
        xml.empty("enclosure", &[("url", &self.url), ("length", &length), ("type", &self.media_type)]);
        if let Some(title) = &self.title {
            xml.text("itunes:title", &[], title);
        }
        if let Some(secs) = self.duration_secs {
            xml.text("itunes:duration", &[], &secs.to_string());
        }
        xml.text("itunes:explicit", &[], "false");
        xml.text("itunes:episodeType", &[], "full");
    }
}
