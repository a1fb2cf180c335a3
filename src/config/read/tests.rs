use super::*;
use crate::{
    config::{
        AiPolicy, Compression, Crawlers, ExtraType, FeedSettings, Host, HtmlPolicy, PermalinkPattern, PictureOf,
        PictureSettings, Podcast, Publish,
    },
    diag::{draw, report},
    parse::matter::LabelledUrl,
};

fn read(text: &str) -> (Config, Vec<Diagnostic>) {
    let (config, diagnostics) = Config::read(&SourcePath::new("site.yaml"), Some(text.as_bytes()), None);
    (config.unwrap(), diagnostics)
}

/// What is drawn for a `site.yaml` that has all else it needs.
fn drawn(lines: &str) -> String {
    let text = format!("time_zone: Europe/London\nurl: https://news.example\n{lines}");
    let (_, diagnostics) = Config::read(&SourcePath::new("site.yaml"), Some(text.as_bytes()), None);
    diagnostics.iter().map(|diagnostic| draw(diagnostic, &|_| Some(text.clone()))).collect()
}

const FULL: &str = "\
title: The Harbour Post
url: https://desk.example/project/
language: en-GB
time_zone: Europe/London
description: News from the harbour
publisher:
  name: Harbour Post Ltd
  logo: /logo.svg
  policies: {corrections: /about/corrections/, ethics: https://ethics.example/}
  security: {contact: desk@post.example, expires: 2027-05-01, languages: [en, cy]}
sections: [Politics, energy]
permalinks: /{section}/{slug}.html
host: Cloudflare-Pages
related: {count: 3, min_score: 0.05, tag_weight: 1, half_life_days: 90}
feeds: {count: 10, hub: https://hub.example/, podcast: {image: /cover.jpg, category: News}}
images: {quality: 60, avif: true, store: 500, uses: {card: {widths: [640, 320, 320]}, cover: {files: [/covers/]}}}
robots: {ai: refuse-training, disallow: [/desk/, '/*.pdf$'], sitemap: false}
follow: [{label: Mastodon, url: https://social.example/@post}]
breaking: {text: Vote tonight, link: /live/, until: 2026-07-01T18:00}
html: trusted
publish: in-place
csp: {script-src: https://stats.example, connect-src: [https://stats.example, 'self']}
extra_fields: {rating: number, note: text}
";

#[test]
fn every_setting_arrives() {
    let (config, diagnostics) = read(FULL);
    assert_eq!(diagnostics, []);
    let slugs: Vec<_> = config.sections.iter().map(crate::model::Slug::as_str).collect();
    assert_eq!(slugs, ["politics", "energy"]);
    let link = |label: &str, url: &str| LabelledUrl { label: label.into(), url: url.into() };
    let security = config.publisher.security.as_ref().unwrap();
    assert_eq!(security.contacts, ["desk@post.example"]);
    assert_eq!(security.expires, config.zone.read("2027-05-01").unwrap());
    assert_eq!(security.languages, ["en", "cy"]);
    let card = config.images.named("card").unwrap();
    assert_eq!((card.widths.as_slice(), card.of.as_slice()), (&[320, 640][..], &[PictureOf::Lead][..]));
    assert!(card.sizes.ends_with("33vw"), "what is not written stays");
    let cover = config.images.named("cover").unwrap();
    assert!(cover.of.is_empty() && cover.has_file("covers/a.jpg") && !cover.has_file("a.jpg"));
    assert!(config.images.avif && !PictureSettings::default().avif);
    assert_eq!((config.images.quality, config.images.store_bytes, config.images.uses.len()), (60, 500_000_000, 6));
    assert_eq!(
        config,
        Config {
            title: "The Harbour Post".into(),
            origin: Some("https://desk.example".into()),
            base_path: "/project".into(),
            language: "en-GB".into(),
            zone: Zone::named("Europe/London").unwrap(),
            zone_is_set: true,
            description: "News from the harbour".into(),
            publisher: Publisher {
                name: "Harbour Post Ltd".into(),
                logo: Some("/logo.svg".into()),
                policies: vec![link("corrections", "/about/corrections/"), link("ethics", "https://ethics.example/")],
                security: config.publisher.security.clone(),
            },
            sections: config.sections.clone(),
            permalinks: PermalinkPattern::parse("/{section}/{slug}.html").unwrap(),
            host: Host::CloudflarePages,
            related: RelatedSettings { count: 3, min_score: 0.05, tag_weight: 1.0, half_life_days: 90 },
            feeds: FeedSettings {
                count: 10,
                hub: Some("https://hub.example/".into()),
                podcast: Podcast { image: Some("/cover.jpg".into()), category: Some("News".into()) },
            },
            images: config.images.clone(),
            social_cards: config.social_cards,
            precompress: config.precompress.clone(),
            robots: Crawlers {
                ai: AiPolicy::RefuseTraining,
                disallow: vec!["/desk/".into(), "/*.pdf$".into()],
                names_sitemaps: false,
            },
            search: true,
            follow: vec![link("Mastodon", "https://social.example/@post")],
            breaking: Some(Breaking {
                text: "Vote tonight".into(),
                link: Some("/live/".into()),
                until: Zone::utc().read("2026-07-01T17:00").unwrap(),
            }),
            html: HtmlPolicy::Trusted,
            publish: Publish::InPlace,
            csp: [
                ("connect-src", vec!["https://stats.example".to_owned(), "'self'".to_owned()]),
                ("script-src", vec!["https://stats.example".to_owned()]),
            ]
            .into(),
            extra_fields: [("rating".to_owned(), ExtraType::Number), ("note".to_owned(), ExtraType::Text)].into(),
        }
    );
}

#[test]
fn a_site_without_settings_is_a_site() {
    for bytes in [None, Some(&b""[..]), Some(b"# nothing yet\n")] {
        let (config, diagnostics) = Config::read(&SourcePath::new("site.yaml"), bytes, None);
        assert_eq!(config, Some(Config::default()));
        let codes: Vec<_> = diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.is_error())).collect();
        assert_eq!(codes, [(Code::NoTimeZone, false), (Code::NoUrl, false)]);
    }
    let config = Config::default();
    assert_eq!((config.title.as_str(), config.publisher.name.as_str(), config.related.count), ("News", "News", 5));
    assert!(!config.zone_is_set && config.host == Host::Plain && config.publish == Publish::Atomic);
}

#[test]
fn a_base_url_replaces_the_url() {
    let read = |base_url: &str| {
        let (config, diagnostics) = Config::read(&SourcePath::new("site.yaml"), Some(FULL.as_bytes()), Some(base_url));
        (config.unwrap(), diagnostics)
    };
    let (config, diagnostics) = read("http://localhost:4000/");
    assert_eq!((config.origin.as_deref(), config.base_path.as_str()), (Some("http://localhost:4000"), ""));
    assert_eq!(diagnostics, []);
    let (_, diagnostics) = read("localhost:4000");
    assert_eq!(diagnostics[0].code, Code::BadUrl);
}

#[test]
fn mistakes_are_drawn_all_at_once_with_their_cures() {
    insta::assert_snapshot!(
        drawn("titel: Post\nhost: netlfy\npermalinks: /{year}/{slug}/\nurls: x\nrelated: {count: 99}\nbreaking: {text: Vote}\nfollow:\n  - {label: X, link: y}\nextra_fields: {rating: numbr}\nlanguages: {full: true}\n"),
        @r"
    error[unknown-field]: there is no field `titel` here
     --> site.yaml:3:1
      |
    3 | titel: Post
      | ^^^^^
      |
      = help: did you mean `title`?
    error[unknown-word]: `host` cannot be `netlfy`
     --> site.yaml:4:7
      |
    4 | host: netlfy
      |       ^^^^^^ expected `plain`, `netlify`, `cloudflare-pages`, `github-pages`, `s3`, `nginx`, `apache` or `caddy`
      |
      = help: did you mean `netlify`?
    error[bad-config]: these permalinks cannot be: there is no `{year}`, did you mean `{yyyy}`?
     --> site.yaml:5:13
      |
    5 | permalinks: /{year}/{slug}/
      |             ^^^^^^^^^^^^^^^ expected a pattern such as `/{yyyy}/{mm}/{dd}/{slug}/`
    error[unknown-field]: there is no field `urls` here
     --> site.yaml:6:1
      |
    6 | urls: x
      | ^^^^
      |
      = help: did you mean `url`?
    error[wrong-type]: `count` cannot be 99
     --> site.yaml:7:18
      |
    7 | related: {count: 99}
      |                  ^^ expected a whole number from 0 to 20
    error[missing-field]: `until` is missing
     --> site.yaml:8:1
      |
    8 | breaking: {text: Vote}
      | ^^^^^^^^
      |
      = help: add `until:` with a date, or a date and time
    error[unknown-field]: there is no field `link` here
      --> site.yaml:10:16
       |
    10 |   - {label: X, link: y}
       |                ^^^^
       |
       = help: did you mean `url`?
    error[missing-field]: `url` is missing
      --> site.yaml:10:6
       |
    10 |   - {label: X, link: y}
       |      ^^^^^
       |
       = help: add `url:` with an address
    error[unknown-word]: `rating` cannot be `numbr`
      --> site.yaml:11:24
       |
    11 | extra_fields: {rating: numbr}
       |                        ^^^^^ expected `text`, `bool`, `number`, `list` or `any`
       |
       = help: did you mean `number`?
    warning[unused-setting]: `languages` is not used by this version
      --> site.yaml:12:1
       |
    12 | languages: {full: true}
       | ^^^^^^^^^
       |
       = help: it can stay: a later version reads it
    "
    );
}

#[test]
fn a_bad_address_or_zone_is_one_mistake_not_two() {
    let text = "url: news.example\ntime_zone: London\n";
    let (config, diagnostics) = read(text);
    assert!(config.zone_is_set);
    insta::assert_snapshot!(report(&diagnostics, &|_| Some(text.into())), @r"
    error[bad-url]: the address in `url` is not a whole address with http or https
     --> site.yaml:1:6
      |
    1 | url: news.example
      |      ^^^^^^^^^^^^
      |
      = help: did you mean `https://news.example`?

    error[bad-config]: there is no time zone `London`
     --> site.yaml:2:12
      |
    2 | time_zone: London
      |            ^^^^^^ expected a time zone such as `Europe/London`
      |
      = help: did you mean `Europe/London`?
    ");
}

#[test]
fn compressed_copies_that_nobody_hands_out_are_told() {
    insta::assert_snapshot!(drawn("host: netlify\nprecompress: [br, gz]\n"), @r"
    warning[unused-copies]: `netlify` makes no use of compressed copies
     --> site.yaml:4:1
      |
    4 | precompress: [br, gz]
      | ^^^^^^^^^^^
      |
      = note: this host compresses what it serves itself
      = help: take `precompress` away: the copies would be uploaded in vain
    ");
    let told = |host: &str| read(&format!("time_zone: UTC\nurl: https://a.example\nhost: {host}\nprecompress: br\n")).1;
    for host in Host::ALL {
        let is_told = matches!(host, Host::Netlify | Host::CloudflarePages | Host::GithubPages | Host::S3);
        assert_eq!(told(host.as_str()).len(), usize::from(is_told), "{host:?}");
    }
    assert_eq!(drawn("host: s3\nprecompress: []\n"), "");
}

#[test]
fn compression_has_two_forms() {
    let forms = |written: &str| read(&format!("precompress: {written}\n")).0.precompress;
    let (br, gz) = (Compression::Brotli, Compression::Gzip);
    assert_eq!((forms("[gz, br, gz]"), forms("BR"), forms("[]")), (vec![br, gz], vec![br], vec![]));
    insta::assert_snapshot!(drawn("precompress: [gzz, gzip]\n"), @r"
    error[unknown-word]: `precompress` cannot be `gzz`
     --> site.yaml:3:15
      |
    3 | precompress: [gzz, gzip]
      |               ^^^ expected `br` or `gz`
      |
      = help: did you mean `gz`?
    error[unknown-word]: `precompress` cannot be `gzip`
     --> site.yaml:3:20
      |
    3 | precompress: [gzz, gzip]
      |                    ^^^^ expected `br` or `gz`
    ");
}
