//! The tables as JSON Schema, so that editors' tools complete and check while a story is written.

use serde_json::{Map, Value, json};

use super::{Field, Kind, Need, Shape, Type};

/// The JSON Schema of a kind of source, draft 2020-12.
///
/// It is no stricter than the reading: words in another letter case, say, are read although the schema lists one.
pub fn schema(kind: Kind) -> Value {
    let mut schema = object(kind, kind.shape());
    let mut head = Map::new();
    head.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    head.insert("title".into(), json!(title(kind)));
    head.append(&mut schema);
    Value::Object(head)
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Site => "Letterpress: site.yaml",
        Kind::Article => "Letterpress: front matter of an article",
        Kind::Page => "Letterpress: front matter of a page",
        Kind::Author => "Letterpress: front matter of an author",
        Kind::Series => "Letterpress: front matter of a series",
        Kind::Section => "Letterpress: front matter of a section or of the front page",
        Kind::Topic => "Letterpress: front matter of a topic page",
    }
}

fn object(kind: Kind, shape: &Shape) -> Map<String, Value> {
    let properties: Map<String, Value> =
        shape.fields().map(|field| (field.name.to_owned(), property(kind, field))).collect();
    let required: Vec<&str> = shape
        .fields()
        .filter(|field| field.need == Need::Required || field.need == Need::RequiredIn(kind))
        .map(|field| field.name)
        .collect();
    let mut object = Map::new();
    object.insert("type".into(), json!("object"));
    object.insert("properties".into(), Value::Object(properties));
    if !required.is_empty() {
        object.insert("required".into(), json!(required));
    }
    for field in shape.fields() {
        if let Need::Unless(other) = field.need {
            object.insert("anyOf".into(), json!([{"required": [field.name]}, {"required": [other]}]));
        }
    }
    object.insert("additionalProperties".into(), json!(false));
    object
}

fn property(kind: Kind, field: &Field) -> Value {
    let mut property = Map::new();
    property.insert("description".into(), json!(field.help));
    if let Value::Object(mut of_type) = of_type(kind, field.kind) {
        property.append(&mut of_type);
    }
    Value::Object(property)
}

/// What a type takes, null included where an empty line is read as no line.
fn of_type(kind: Kind, of: Type) -> Value {
    match of {
        // Every scalar is a text as it is spelled, and tools take `2026` for a number.
        Type::Text | Type::Inline | Type::Name | Type::Story | Type::Slug => {
            json!({"type": ["string", "number", "boolean", "null"]})
        }
        Type::Bool => json!({"type": "boolean"}),
        Type::Share => json!({"type": "number", "minimum": 0, "maximum": 1}),
        Type::Integer(least, most) => {
            let mut schema = json!({"type": "integer"});
            if least > i64::MIN {
                schema["minimum"] = json!(least);
            }
            if most < i64::MAX {
                schema["maximum"] = json!(most);
            }
            schema
        }
        Type::Instant | Type::Gate => json!({
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}([Tt ]\s*\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*([Zz]|[+−-]\d{2}(:?\d{2})?)?)?$",
            "examples": ["2026-11-22", "2026-11-22T18:00", "2026-11-22T18:00+01:00"],
        }),
        Type::Duration => json!({"type": ["integer", "string"], "pattern": r"^\d+(:\d{2}){0,2}$"}),
        Type::Path => json!({"type": "string", "pattern": "^/"}),
        Type::AbsoluteUrl | Type::SiteUrl => json!({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
        Type::Url | Type::File | Type::Permalinks | Type::Sources => json!({"type": "string"}),
        Type::Email => json!({"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"}),
        Type::Word(words) => json!({"enum": words}),
        Type::Language => json!({"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"}),
        Type::Zone => json!({"type": "string", "examples": ["Europe/London", "America/New_York"]}),
        Type::Robots => json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
        Type::Focus => json!({"anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": ["number", "string"]}, "minItems": 2, "maxItems": 2},
            {"type": "object", "required": ["x", "y"], "additionalProperties": false,
             "properties": {"x": {"type": ["number", "string"]}, "y": {"type": ["number", "string"]}}},
        ]}),
        Type::Extra => json!({"type": ["object", "null"]}),
        Type::Later => json!({}),
        Type::List(item) => {
            let item = of_type(kind, *item);
            json!({"anyOf": [{"type": "array", "items": item}, item, {"type": "null"}]})
        }
        Type::Map(shape) => {
            let object = Value::Object(object(kind, shape));
            match shape.short.and_then(|name| shape.field(name)) {
                Some(short) => json!({"anyOf": [of_type(kind, short.kind), object]}),
                None => object,
            }
        }
        Type::Entries(value) => json!({"type": ["object", "null"], "additionalProperties": of_type(kind, *value)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks a schema by property names, through the choices and items on the way.
    fn find<'a>(schema: &'a Value, path: &[&str]) -> Option<&'a Value> {
        let [name, rest @ ..] = path else { return Some(schema) };
        if let Some(inner) = schema.get("properties").and_then(|properties| properties.get(name)) {
            return find(inner, rest);
        }
        let choices = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        choices.chain(schema.get("items")).chain(schema.get("additionalProperties")).find_map(|inner| find(inner, path))
    }

    #[test]
    fn every_field_has_a_place_and_a_description() {
        for kind in Kind::ALL {
            let schema = schema(kind);
            assert_eq!(schema["additionalProperties"], json!(false));
            for field in kind.shape().fields() {
                let property = find(&schema, &[field.name]).unwrap_or_else(|| panic!("{field:?}"));
                assert_eq!(property["description"], json!(field.help));
            }
        }
    }

    #[test]
    fn nested_fields_are_there_too() {
        let article = schema(Kind::Article);
        assert_eq!(article["required"], json!(["title", "date"]));
        assert!(schema(Kind::Page)["required"] == json!(["title"]));
        assert_eq!(
            find(&article, &["corrections", "type"]).unwrap()["enum"],
            json!(["correction", "clarification", "retraction"])
        );
        assert!(find(&article, &["image", "rights_expire"]).is_some());
        assert!(find(&schema(Kind::Section), &["slots", "pins", "until"]).is_some());
        assert!(find(&schema(Kind::Site), &["breaking", "until"]).is_some());
    }
}
