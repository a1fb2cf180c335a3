//! `security.txt`, as in RFC 9116.

use std::fmt::Write as _;

use crate::{
    config::{Config, SecurityContact},
    model::{UrlPath, Zone},
};

/// The file.
pub(super) fn security(config: &Config, security: &SecurityContact) -> String {
    let mut text = String::new();
    let address = |written: &str| address(config, written);
    for contact in &security.contacts {
        let _ = writeln!(text, "Contact: {}", address(contact));
    }
    let expires = security.expires.at.iso(&Zone::utc()).replace("+00:00", "Z");
    let _ = writeln!(text, "Expires: {expires}");
    let pages = [
        ("Encryption", &security.encryption),
        ("Acknowledgments", &security.acknowledgments),
        ("Policy", &security.policy),
    ];
    for (name, page) in pages {
        if let Some(page) = page {
            let _ = writeln!(text, "{name}: {}", address(page));
        }
    }
    if !security.languages.is_empty() {
        let _ = writeln!(text, "Preferred-Languages: {}", security.languages.join(", "));
    }
    let own = UrlPath::parse("/.well-known/security.txt").expect("the program's own paths are safe");
    if let Some(own) = config.absolute(&own) {
        let _ = writeln!(text, "Canonical: {own}");
    }
    text
}

/// A whole address: a bare e-mail address is one to write to, a path is one of this site.
fn address(config: &Config, written: &str) -> String {
    let has_scheme = written.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    match config.origin.as_deref() {
        _ if has_scheme => written.to_owned(),
        _ if written.contains('@') && !written.contains('/') => format!("mailto:{written}"),
        Some(origin) => format!("{origin}{}/{}", config.base_path, written.trim_start_matches('/')),
        None => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourcePath;

    #[test]
    fn a_file_says_whom_to_write_to_and_until_when() {
        let yaml = "url: https://n.example/paper\ntime_zone: Europe/London\npublisher:\n  security: {contact: [desk@n.example, /report/, 'tel:+44'], expires: 2027-06-01, policy: https://p.example/, languages: [en, cy]}\n";
        let (config, diagnostics) = Config::read(&SourcePath::new("site.yaml"), Some(yaml.as_bytes()), None);
        let config = config.unwrap();
        assert_eq!(diagnostics, []);
        insta::assert_snapshot!(security(&config, config.publisher.security.as_ref().unwrap()), @r"
        Contact: mailto:desk@n.example
        Contact: https://n.example/paper/report/
        Contact: tel:+44
        Expires: 2027-05-31T23:00:00Z
        Policy: https://p.example/
        Preferred-Languages: en, cy
        Canonical: https://n.example/paper/.well-known/security.txt
        ");
    }
}
