//! The functions and filters that templates may call. Each reads through the library; unknown arguments are errors.

use std::{fmt::Write as _, sync::Arc};

use serde::Deserialize;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use super::{
    Words,
    card::{bare_picture, or_none, record},
    json_ld::script_safe,
    view::{Library, Reads},
};
use crate::{
    model::{Label, SectionKey, Slug, SourcePath, Taxonomy, UrlPath, nearest},
    parse::yaml,
    plan::{PictureEnd, PlannedPicture},
    relate::{Found, StoryId},
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

/// Registers the functions over a library, writing what they hand out into `reads`.
pub(super) fn register(tera: &mut Tera, library: &Arc<Library>, reads: &Arc<Reads>) {
    let register = |tera: &mut Tera,
                    name: &'static str,
                    function: fn(&Library, &Reads, &Kwargs) -> TeraResult<Value>| {
        let (library, reads) = (Arc::clone(library), Arc::clone(reads));
        tera.register_function(name, move |arguments: Kwargs, _: &State<'_>| function(&library, &reads, &arguments));
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

fn word(library: &Library, _: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let key = arguments.must_get::<&str>("key")?;
    let Some(pattern) = library.words.get(key) else {
        return Err(unknown(&format!("there is no interface word `{key}`"), nearest(key, library.words.keys())));
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

fn url(library: &Library, _: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let PathArgument { path } = arguments.deserialize()?;
    let (path, rest) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
    let url =
        UrlPath::parse(path).map_err(|fault| Error::message(format!("`{path}` is no path of this site: {fault}")))?;
    Ok(Value::from(format!("{}{rest}", library.href(&url))))
}

fn asset(library: &Library, reads: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let PathArgument { path } = arguments.deserialize()?;
    let name = path.trim_start_matches('/');
    let Some(asset) = library.plan.assets.get(name) else {
        let known = library.plan.assets.keys().map(String::as_str);
        return Err(unknown(&format!("there is no `static/{name}`"), nearest(name, known)));
    };
    reads.uses(&asset.url);
    Ok(record! { "url": library.href(&asset.url), "integrity": asset.integrity.as_str() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageArguments {
    src: String,
    #[serde(default)]
    alt: String,
    r#use: Option<String>,
}

fn image(library: &Library, reads: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let ImageArguments { src, alt, r#use } = arguments.deserialize()?;
    let name = src.trim_start_matches('/');
    let Some(asset) = library.plan.assets.get(name) else {
        let known = library.plan.assets.keys().map(String::as_str);
        return Err(unknown(&format!("there is no picture `static/{name}`"), nearest(name, known)));
    };
    reads.uses(&asset.url);
    let end = PictureEnd::Static(name.to_owned(), asset.clone());
    let planned = library.plan.planned_picture(&end);
    planned.into_iter().flat_map(PlannedPicture::urls).for_each(|url| reads.uses(url));
    let picture = bare_picture(library, &end, &alt);
    let Some(wanted) = r#use else { return Ok(picture) };
    let Some(of) = library.config().images.named(&wanted) else {
        let known = library.config().images.uses.iter().map(|of| of.name.as_str());
        return Err(unknown(&format!("there is no use `{wanted}` of pictures"), nearest(&wanted, known)));
    };
    if !of.has_file(name) {
        return Err(Error::message(format!(
            "`static/{name}` is not made for the use `{wanted}`; in `site.yaml`, add `images: {{uses: {{{wanted}: {{files: [/{name}]}}}}}}`"
        )));
    }
    let mut fields = picture.into_map().unwrap_or_default();
    fields.insert("sources".into(), super::picture::sources(library, &end, &wanted));
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

fn latest(library: &Library, _: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let wanted: LatestArguments = arguments.deserialize()?;
    let limit = wanted.limit.unwrap_or(10).min(100);
    let index = &library.index;
    let slug = |text: &str| Slug::from_headline(text);
    let label = match wanted.label.as_deref() {
        Some(word) => Some(Label::parse(word).ok_or_else(|| {
            unknown(&format!("there is no label `{word}`"), nearest(word, Label::WORDS.iter().copied()))
        })?),
        None => None,
    };
    let section =
        wanted.section.as_deref().map(|name| SectionKey::from_folder(name).and_then(|key| index.sections.get(&key)));
    let tag = wanted.tag.as_deref().map(|name| slug(name).and_then(|slug| index.terms.get(&(Taxonomy::Tags, slug))));
    let author = wanted.author.as_deref().map(|name| slug(name).and_then(|slug| index.authors.get(&slug)));
    let lists: Vec<Option<&[StoryId]>> = [
        section.map(|section| section.map(|section| section.stories.as_slice())),
        tag.map(|term| term.map(|term| term.stories.as_slice())),
        author.map(|author| author.map(|author| author.stories.as_slice())),
    ]
    .into_iter()
    .flatten()
    .collect();
    // What is asked for and not there gives no stories: a section may have none today.
    let Some(lists) = lists.into_iter().collect::<Option<Vec<_>>>() else {
        return Ok(Value::from(Vec::<Value>::new()));
    };
    let fits = |id: &StoryId| {
        lists.iter().all(|list| list.binary_search(id).is_ok())
            && label.is_none_or(|label| index.story(*id).label() == label)
    };
    let shortest = lists.iter().min_by_key(|list| list.len());
    let ids: Vec<StoryId> = match shortest {
        Some(list) => list.iter().copied().filter(fits).take(limit).collect(),
        None => index.articles().filter(fits).take(limit).collect(),
    };
    Ok(Value::from(library.cards(&ids)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleArguments {
    r#ref: String,
}

fn article(library: &Library, _: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let ArticleArguments { r#ref } = arguments.deserialize()?;
    Ok(match library.index.find(&r#ref) {
        Found::Story(id) => library.card(id),
        Found::Several(_) | Found::Nothing => Value::none(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionArguments {
    name: String,
}

fn section_named(library: &Library, _: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let SectionArguments { name } = arguments.deserialize()?;
    let key = SectionKey::from_folder(&name).filter(|key| library.index.sections.contains_key(key));
    Ok(or_none(key.map(|key| library.sections[&key].clone())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataArguments {
    file: String,
}

fn data(library: &Library, _: &Reads, arguments: &Kwargs) -> TeraResult<Value> {
    let DataArguments { file } = arguments.deserialize()?;
    let name = file.trim_start_matches('/');
    let Some(cell) = library.data.get(name) else {
        let known = library.data.keys().map(String::as_str);
        return Err(unknown(&format!("there is no `data/{name}`"), nearest(name, known)));
    };
    cell.get_or_init(|| read_data(library, name)).clone().map_err(Error::message)
}

fn read_data(library: &Library, name: &str) -> Result<Value, String> {
    let path = SourcePath::new(format!("data/{name}"));
    let bytes = library.site.read(&path).map_err(|error| error.to_string())?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{path} is not UTF-8 text"))?;
    let text = text.trim_start_matches('\u{feff}');
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "json" => {
            let value: serde_json::Value = serde_json::from_str(text).map_err(|error| format!("{path}: {error}"))?;
            Ok(Value::from_serializable(&value))
        }
        "yaml" | "yml" => {
            let (root, mistakes) = yaml::read(&path, text, 0..text.len(), yaml::Size::File);
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
