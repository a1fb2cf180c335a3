//! Reads `site.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use super::{Breaking, Compression, Config, Host, HtmlPolicy, Publisher, RelatedSettings};
use crate::{
    diag::{Code, Diagnostic},
    model::{SourcePath, Span, Zone},
    parse::{
        fields::{Kind, Pick, Reader, Settings, Value, Values, site_url},
        yaml::{self, Node, NodeValue, Size},
    },
};

impl Default for Config {
    fn default() -> Self {
        Self::pick(&Values::default())
    }
}

impl Config {
    /// Reads `site.yaml`, or takes the defaults if there is none. `base_url` replaces its `url`.
    ///
    /// There is no `Config` if the YAML cannot be read. With other errors there is one, which lacks what could not be read: fit for showing more
    /// mistakes, not for building.
    pub fn read(path: &SourcePath, bytes: Option<&[u8]>, base_url: Option<&str>) -> (Option<Self>, Vec<Diagnostic>) {
        let text = match crate::parse::utf8(path, bytes.unwrap_or_default()) {
            Ok(text) => text,
            Err(diagnostic) => return (None, vec![*diagnostic]),
        };
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        let (root, mut diagnostics) = yaml::read(path, text, start..text.len(), Size::File);
        let Some(root) = root else { return (None, diagnostics) };
        let settings = settings(&root);
        let mut reader = Reader::new(Kind::Site, path, text, &settings);
        let first = text[start..].lines().next().unwrap_or_default();
        let values = reader.document(&root, Span::new(start, start + first.trim_end().len()));
        diagnostics.extend(reader.finish());
        let mut config = Self::pick(&values);
        if let Some(base_url) = base_url {
            match site_url(base_url.trim()) {
                Ok((origin, base_path)) => (config.origin, config.base_path) = (Some(origin), base_path),
                Err(fault) => diagnostics.push(
                    Diagnostic::error_in(
                        Code::BadUrl,
                        path,
                        format!("the address `{base_url}` in `--base-url` {fault}"),
                    )
                    .help("write it as `https://news.example`"),
                ),
            }
        }
        diagnostics.extend(open_questions(path, &config, &values, base_url));
        (Some(config), diagnostics)
    }

    fn pick(values: &Values) -> Self {
        let title: String = values.get("title").unwrap_or_else(|| "News".to_owned());
        let (origin, base_path) = values
            .get::<String>("url")
            .and_then(|url| site_url(&url).ok())
            .map_or((None, String::new()), |(origin, path)| (Some(origin), path));
        let publisher: Option<Publisher> = values.get("publisher");
        let mut publisher = publisher.unwrap_or_default();
        if publisher.name.is_empty() {
            publisher.name.clone_from(&title);
        }
        let zone: Option<Zone> = values.get("time_zone");
        Self {
            title,
            origin,
            base_path,
            language: values.get("language").unwrap_or_else(|| "en".to_owned()),
            zone_is_set: zone.is_some() || values.is_faulty("time_zone"),
            zone: zone.unwrap_or_else(Zone::utc),
            description: values.get_or_default("description"),
            publisher,
            sections: values.get_or_default("sections"),
            permalinks: values.get_or_default("permalinks"),
            host: values.get_or_default("host"),
            related: values.get_or_default("related"),
            feeds: values.get_or_default("feeds"),
            images: values.get_or_default("images"),
            social_cards: values.get_or_default("social_cards"),
            precompress: each_once(values.get_or_default("precompress")),
            robots: values.get_or_default("robots"),
            search: values.get("search").unwrap_or(true),
            follow: values.get_or_default("follow"),
            breaking: values.get("breaking"),
            html: values.get_or_default::<HtmlPolicy>("html"),
            publish: values.get_or_default("publish"),
            csp: values.value("csp").and_then(Value::map).map(additions).unwrap_or_default(),
            extra_fields: values.get_or_default("extra_fields"),
        }
    }
}

impl Pick for Publisher {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self {
            name: fields.get_or_default("name"),
            logo: fields.get("logo"),
            policies: fields.get_or_default("policies"),
            security: fields.get("security"),
        })
    }
}

impl Pick for RelatedSettings {
    fn pick(value: &Value) -> Option<Self> {
        let (fields, usual) = (value.map()?, Self::default());
        Some(Self {
            count: fields.get("count").unwrap_or(usual.count),
            min_score: fields.get("min_score").unwrap_or(usual.min_score),
            tag_weight: fields.get("tag_weight").unwrap_or(usual.tag_weight),
            half_life_days: fields.get("half_life_days").unwrap_or(usual.half_life_days),
        })
    }
}

impl Pick for Breaking {
    fn pick(value: &Value) -> Option<Self> {
        let fields = value.map()?;
        Some(Self { text: fields.get("text")?, link: fields.get("link"), until: fields.get("until")? })
    }
}

fn each_once(forms: Vec<Compression>) -> Vec<Compression> {
    forms.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The sources of each directive.
fn additions(directives: &Values) -> BTreeMap<&'static str, Vec<String>> {
    let sources = |name: &'static str| -> Vec<String> {
        let written: Vec<String> = directives.get_or_default(name);
        written.iter().flat_map(|sources| sources.split_ascii_whitespace()).map(str::to_owned).collect()
    };
    directives.names().map(|name| (name, sources(name))).collect()
}

/// What times in `site.yaml` itself are read by: its own zone.
fn settings(root: &Node) -> Settings {
    let zone = match root.get("time_zone").map(|node| &node.value) {
        Some(NodeValue::Scalar(scalar)) => Zone::named(scalar.text.trim()),
        _ => None,
    };
    Settings { zone_is_set: zone.is_some(), zone: zone.unwrap_or_else(Zone::utc), extra_fields: BTreeMap::new() }
}

/// Why a host hands out no compressed copies, if it is known to hand out none.
fn no_use_of_copies(host: Host) -> Option<&'static str> {
    match host {
        Host::Netlify | Host::CloudflarePages | Host::GithubPages => Some("this host compresses what it serves itself"),
        Host::S3 => Some("it hands out the file that is asked for, and looks for no other beside it"),
        Host::Plain | Host::Nginx | Host::Apache | Host::Caddy => None,
    }
}

/// What the site is built without, said once.
fn open_questions(path: &SourcePath, config: &Config, values: &Values, base_url: Option<&str>) -> Vec<Diagnostic> {
    let mut open = Vec::new();
    if !config.zone_is_set {
        open.push(
            Diagnostic::warning_in(Code::NoTimeZone, path, "the site has no time zone: UTC is taken")
                .note("an embargo or expiry then needs an offset")
                .help("add `time_zone: Europe/London`, or where the paper is made"),
        );
    }
    let forms = values.value("precompress").filter(|_| !config.precompress.is_empty());
    if let (Some(reason), Some(forms)) = (no_use_of_copies(config.host), forms) {
        open.push(
            Diagnostic::warning(
                Code::UnusedCopies,
                path,
                forms.span,
                format!("`{}` makes no use of compressed copies", config.host.as_str()),
            )
            .note(reason)
            .help("take `precompress` away: the copies would be uploaded in vain"),
        );
    }
    if config.origin.is_none() && base_url.is_none() && !values.is_faulty("url") {
        open.push(
            Diagnostic::warning_in(
                Code::NoUrl,
                path,
                "the site has no `url`: canonical links, feeds and sitemaps are left out",
            )
            .help("add `url: https://news.example`, or give `--base-url`"),
        );
    }
    open
}

#[cfg(test)]
mod tests;
