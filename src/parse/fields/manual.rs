//! The tables as the manual's reference.

use std::fmt::Write as _;

use super::{Kind, Need, Shape, Type};

/// The reference of a kind of source in Markdown: a table of its fields, then one for each map among them.
pub fn manual(kind: Kind) -> String {
    let mut written = table(kind, kind.shape());
    let mut waiting = maps("", kind.shape());
    // Depth first, so that a map stands behind the field that leads to it. A shape is described once.
    let mut described: Vec<*const Shape> = Vec::new();
    waiting.reverse();
    while let Some((name, shape)) = waiting.pop() {
        if described.contains(&std::ptr::from_ref(shape)) {
            continue;
        }
        described.push(shape);
        let short = shape.short.map(|short| format!(" A value alone is its `{short}`.")).unwrap_or_default();
        let _ = write!(written, "\n**`{name}`**.{short}\n\n{}", table(kind, shape));
        waiting.extend(maps(&name, shape).into_iter().rev());
    }
    written
}

fn table(kind: Kind, shape: &Shape) -> String {
    let mut table = String::from("| field | takes | what it is for |\n| --- | --- | --- |\n");
    for field in shape.fields() {
        let needed = match field.need {
            Need::Required => " (needed)".into(),
            Need::RequiredIn(only) if only == kind => " (needed)".into(),
            Need::Optional | Need::RequiredIn(_) => String::new(),
            Need::Unless(other) => format!(" (needed unless `{other}`)"),
        };
        let _ = writeln!(table, "| `{}`{needed} | {} | {} |", field.name, field.kind.words(), field.help);
    }
    table
}

/// The maps among a shape's fields, by the names that lead to them.
fn maps(above: &str, shape: &'static Shape) -> Vec<(String, &'static Shape)> {
    shape
        .fields()
        .filter_map(|field| {
            let (path, shape) = inner(field.name.to_owned(), field.kind)?;
            Some((if above.is_empty() { path } else { format!("{above}.{path}") }, shape))
        })
        .collect()
}

fn inner(name: String, of: Type) -> Option<(String, &'static Shape)> {
    match of {
        Type::Map(shape) => Some((name, shape)),
        Type::List(item) => inner(format!("{name}[]"), *item),
        Type::Entries(value) => inner(format!("{name}.*"), *value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the manual lies beside the code, and is no site's file")]

    use std::{env, fs, path::Path};

    use super::*;

    /// Compares the generated parts of a page of the manual, or writes them anew if `UPDATE` is set.
    fn check(page: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(page);
        let old = fs::read_to_string(&path).unwrap();
        let mut new = String::new();
        let mut rest = old.as_str();
        while let Some((before, after)) = rest.split_once("<!-- fields:") {
            let (name, after) = after.split_once(" -->\n").unwrap();
            let (_, after) = after.split_once("<!-- /fields -->").unwrap();
            let kind = Kind::parse(name).unwrap_or_else(|| panic!("no kind is called {name}"));
            let _ = write!(new, "{before}<!-- fields:{name} -->\n{}<!-- /fields -->", manual(kind));
            rest = after;
        }
        new.push_str(rest);
        if env::var_os("UPDATE").is_some() {
            fs::write(&path, new).unwrap();
        } else {
            assert!(old == new, "docs/{page} is behind the tables: run the tests with UPDATE=1");
        }
    }

    #[test]
    fn the_manual_says_what_the_tables_say() {
        check("front-matter.md");
        check("configuration.md");
    }

    #[test]
    fn every_map_is_described() {
        let article = manual(Kind::Article);
        for heading in ["**`image`**. A value alone is its `src`.", "**`corrections[]`**.", "**`authors[]`**."] {
            assert!(article.contains(heading), "{heading}");
        }
        assert!(manual(Kind::Section).contains("**`slots.*.pins[]`**. A value alone is its `story`."));
    }
}
