//! The web manifest: how the site presents itself on a home screen.

use serde_json::{Value, json};

use super::view::{Icon, Reader};
use crate::model::UrlPath;

/// The colours of the theme's page in the light; its head names the same.
const PAPER: &str = "#fdfcf9";

/// The file, with the icons that it names.
pub(super) fn manifest(reader: &Reader) -> Vec<u8> {
    let config = reader.config();
    let home = config.href(&UrlPath::root());
    let mut icons: Vec<Value> = Vec::new();
    for Icon { name, asset, size } in reader.icons() {
        let Some(kind) = icon_type(name) else { continue };
        let sizes = match size {
            Some((width, height)) if kind != "image/svg+xml" => format!("{width}x{height}"),
            _ => "any".to_owned(),
        };
        let purpose = if name.contains("maskable") { "maskable" } else { "any" };
        icons.push(json!({ "src": reader.href(&asset.url), "sizes": sizes, "type": kind, "purpose": purpose }));
        reader.uses(&asset.url);
    }
    let mut manifest = json!({
        "id": home,
        "name": config.title,
        "short_name": config.title,
        "description": config.description,
        "lang": config.language,
        "dir": super::pages::direction(&config.language),
        "start_url": home,
        "scope": home,
        "display": "browser",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": icons,
    });
    if config.description.is_empty()
        && let Some(fields) = manifest.as_object_mut()
    {
        fields.shift_remove("description");
    }
    let mut bytes = serde_json::to_vec_pretty(&manifest).expect("texts are JSON");
    bytes.push(b'\n');
    bytes
}

/// The media type of a file of `static/` that is an icon by its name.
fn icon_type(name: &str) -> Option<&'static str> {
    let file = name.strip_prefix("icons/")?;
    let is_icon = ["favicon", "icon", "apple-touch-icon", "maskable"].iter().any(|start| file.starts_with(start));
    let (_, ending) = file.rsplit_once('.').filter(|_| is_icon)?;
    match ending {
        "png" => Some("image/png"),
        "svg" => Some("image/svg+xml"),
        "webp" => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_has_the_same_colour() {
        assert!(include_str!("../../static/css/site.css").contains(&format!("--paper: {PAPER};")));
    }
}
