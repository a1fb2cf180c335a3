//! The functions and filters that templates may call. Each reads through the reader; unknown arguments are errors.

use std::fmt::Write as _;

use serde::Deserialize;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use super::{
    Words,
    card::{bare_picture, or_none, record},
    json_ld::script_safe,
    view::{Reader, Wanted},
};
use crate::{
    load,
    model::{Label, SectionKey, SourcePath, UrlPath, nearest},
    parse::yaml,
    plan::PictureEnd,
};

/// The names that templates may use, for loading them before there is a site to read.
pub(super) fn register_names(tera: &mut Tera) {
    for name in ["t", "url", "asset", "image", "latest", "article", "section", "data"] {
        tera.register_function(name, |_: Kwargs, _: &State<'_>| -> TeraResult<Value> {
            Err(Error::message("this function is not there while templates are checked"))
        });
    }
    tera.register_filter("json", |value: &Value, _: Kwargs, _: &State<'_>| json(value));
    tera.register_filter("urlencode", |text: &str, _: Kwargs, _: &State<'_>| urlencode(text));
    tera.register_filter("group_by", group_by);
}

/// Registers the functions over a reader, which notes what they hand out.
pub(super) fn register(tera: &mut Tera, reader: &Reader) {
    let register = |tera: &mut Tera, name: &'static str, function: fn(&Reader, &Kwargs) -> TeraResult<Value>| {
        let reader = reader.shared();
        tera.register_function(name, move |arguments: Kwargs, _: &State<'_>| function(&reader, &arguments));
    };
    register(tera, "t", word);
    register(tera, "url", url);
    register(tera, "asset", asset);
    register(tera, "image", image);
    register(tera, "latest", latest);
    register(tera, "article", article);
    register(tera, "section", section_named);
    register(tera, "data", data);
}

fn word(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let key = arguments.must_get::<&str>("key")?;
    let Some(pattern) = reader.words().get(key) else {
        return Err(unknown(&format!("there is no interface word `{key}`"), nearest(key, reader.words().keys())));
    };
    let mut values: Vec<(&str, String)> = Vec::new();
    for (name, value) in arguments.iter() {
        if let Some(name) = name.as_str().filter(|name| *name != "key") {
            values.push((name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Ok(Value::from(Words::fill(pattern, &values)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathArgument {
    path: String,
}

fn url(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let PathArgument { path } = arguments.deserialize()?;
    let (path, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let url =
        UrlPath::parse(path).map_err(|fault| Error::message(format!("`{path}` is no path of this site: {fault}")))?;
    Ok(Value::from(format!("{}{rest}", reader.href(&url))))
}

fn asset(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let PathArgument { path } = arguments.deserialize()?;
    let name = path.trim_start_matches('/');
    let Some(asset) = reader.asset(name) else {
        let known = reader.asset_names();
        return Err(unknown(&format!("there is no `static/{name}`"), nearest(name, known)));
    };
    Ok(record! { "url": reader.href(&asset.url), "integrity": asset.integrity.as_str() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageArguments {
    src: String,
    #[serde(default)]
    alt: String,
    r#use: Option<String>,
}

fn image(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let ImageArguments { src, alt, r#use } = arguments.deserialize()?;
    let name = src.trim_start_matches('/');
    let Some(asset) = reader.asset(name) else {
        let known = reader.asset_names();
        return Err(unknown(&format!("there is no picture `static/{name}`"), nearest(name, known)));
    };
    let end = PictureEnd::Static(name.to_owned(), asset.clone());
    reader.uses_picture(&end);
    let picture = bare_picture(reader, &end, &alt);
    let Some(wanted) = r#use else { return Ok(picture) };
    let uses = &reader.config().images;
    let Some(of) = uses.named(&wanted) else {
        let known = uses.uses.iter().map(|of| of.name.as_str());
        return Err(unknown(&format!("there is no use `{wanted}` of pictures"), nearest(&wanted, known)));
    };
    if !of.has_file(name) {
        return Err(Error::message(format!(
            "`static/{name}` is not made for the use `{wanted}`; in `site.yaml`, add `images: {{uses: {{{wanted}: {{files: [/{name}]}}}}}}`"
        )));
    }
    let mut fields = picture.into_map().unwrap_or_default();
    fields.insert("sources".into(), super::picture::sources(reader, &end, &wanted));
    Ok(Value::from(fields))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LatestArguments {
    limit: Option<usize>,
    section: Option<String>,
    tag: Option<String>,
    author: Option<String>,
    label: Option<String>,
}

fn latest(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let wanted: LatestArguments = arguments.deserialize()?;
    let label = match wanted.label.as_deref() {
        Some(word) => Some(Label::parse(word).ok_or_else(|| {
            unknown(&format!("there is no label `{word}`"), nearest(word, Label::WORDS.iter().copied()))
        })?),
        None => None,
    };
    let LatestArguments { limit, section, tag, author, .. } = wanted;
    let limit = limit.unwrap_or(10).min(100);
    let ids = reader.latest(&Wanted { limit, section, tag, author, label });
    Ok(Value::from(reader.cards(&ids)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleArguments {
    r#ref: String,
}

fn article(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let ArticleArguments { r#ref } = arguments.deserialize()?;
    Ok(or_none(reader.find(&r#ref).map(|id| reader.card(id))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionArguments {
    name: String,
}

fn section_named(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let SectionArguments { name } = arguments.deserialize()?;
    Ok(or_none(SectionKey::from_folder(&name).and_then(|key| reader.section_value(&key))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataArguments {
    file: String,
}

fn data(reader: &Reader, arguments: &Kwargs) -> TeraResult<Value> {
    let DataArguments { file } = arguments.deserialize()?;
    let name = file.trim_start_matches('/');
    let Some(data) = reader.data(name, read_data) else {
        return Err(unknown(&format!("there is no `data/{name}`"), nearest(name, reader.data_names())));
    };
    data.map_err(Error::message)
}

fn read_data(path: &SourcePath, bytes: Result<Vec<u8>, load::Error>) -> Result<Value, String> {
    let bytes = bytes.map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{path} is not UTF-8 text"))?;
    let text = text.trim_start_matches('\u{feff}');
    match path.name().rsplit_once('.').map_or("", |(_, ending)| ending) {
        "json" => {
            let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("{path}: {error}"))?;
            Ok(Value::from_serializable(&value))
        }
        "yaml" | "yml" => {
            let (root, mistakes) = yaml::read(path, text, 0..text.len(), yaml::Size::File);
            match (root, mistakes.iter().find(|mistake| mistake.is_error())) {
                (Some(root), None) => Ok(Value::from_serializable(&root.to_json())),
                (_, mistake) => {
                    Err(format!("{path}: {}", mistake.map_or("it cannot be read", |mistake| &mistake.message)))
                }
            }
        }
        "csv" => {
            let rows = csv_rows(text).map_err(|error| format!("{path}: {error}"))?;
            let Some((head, rows)) = rows.split_first() else { return Ok(Value::from(Vec::<Value>::new())) };
            let record = |row: &Vec<String>| {
                let pairs = head.iter().zip(row).map(|(key, cell)| (key.clone().into(), Value::from(cell.as_str())));
                Value::from(pairs.collect::<Map>())
            };
            Ok(Value::from(rows.iter().map(record).collect::<Vec<_>>()))
        }
        other => Err(format!("{path}: a file that ends in `.{other}` cannot be read as data; YAML, JSON and CSV can")),
    }
}

/// The rows of a CSV file, its head first; or what is wrong with it, in words.
pub(super) fn csv_rows(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.map(|row| row.iter().map(str::to_owned).collect()));
    rows.collect::<Result<_, csv::Error>>().map_err(|error| match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} cells, and the first {expected_len}")
        }
        _ => error.to_string(),
    })
}

fn unknown(message: &str, nearest: Option<&str>) -> Error {
    match nearest {
        Some(nearest) => Error::message(format!("{message}; did you mean `{nearest}`?")),
        None => Error::message(message),
    }
}

/// JSON that is safe inside a script element.
fn json(value: &Value) -> TeraResult<Value> {
    let text = script_safe(value).map_err(|error| Error::message(format!("this has no JSON form: {error}")))?;
    Ok(Value::safe_string(&text))
}

fn urlencode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupArguments {
    attribute: String,
}

/// Groups a list by a field, in the order in which its values first appear. Tera's own filter groups in a hash map.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands arguments over by value")]
fn group_by(items: Vec<Value>, arguments: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let GroupArguments { attribute } = arguments.deserialize()?;
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for item in items {
        let key = item.get_from_path(&attribute).cloned().unwrap_or_else(Value::none);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    Ok(Value::from(groups.into_iter().map(|(key, items)| record! { "key": key, "items": items }).collect::<Vec<_>>()))
}
