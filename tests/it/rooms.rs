//! The arrows between the rooms of the crate: a room may use the rooms before it in the spine, and those beside.

use std::{collections::BTreeSet, fs, path::Path};

use crate::site::manifest_dir;

/// The spine, in order.
/// `pictures` stands where it knows least: it is called before `plan`, and neither knows sources nor pages.
const SPINE: [&str; 8] = ["load", "pictures", "parse", "release", "relate", "plan", "render", "write"];

/// What every room may use.
const BESIDE: [&str; 3] = ["model", "diag", "config"];

/// What stands beside the spine, each with the rooms of it that it may use besides those that every room may.
const ASIDE: [(&str, &[&str]); 1] = [
    // It knows keys, hashes and stamps, and no news.
    ("cache", &["load"]),
];

/// What stands behind the spine, each with the rooms it may use besides the spine and those beside.
const BEHIND: [(&str, &[&str]); 3] =
    [("pipeline", &["cache"]), ("serve", &["pipeline"]), ("cli", &["pipeline", "serve"])];

/// The arrows against the order. Each has its reason.
const EXCEPTIONS: [(&str, &str); 1] = [
    // `site.yaml` is YAML with a table of fields like any front matter, and is read by the same reader; `parse` in turn takes the words that
    // settings may have from `config`. The two are one room with two doors.
    ("config", "parse"),
];

fn may_use(room: &str, other: &str) -> bool {
    let place = |room: &str| SPINE.iter().position(|name| *name == room);
    let is_beside = |room: &str| BESIDE.iter().position(|name| *name == room);
    if let Some((_, known)) = ASIDE.iter().find(|(name, _)| *name == room) {
        return known.contains(&other) || is_beside(other).is_some();
    }
    let in_order = match (place(room), is_beside(room)) {
        (Some(at), _) => place(other).is_some_and(|before| before < at) || is_beside(other).is_some(),
        (_, Some(at)) => is_beside(other).is_some_and(|before| before < at),
        _ => {
            let behind = BEHIND.iter().find(|(name, _)| *name == room);
            let also = behind.map_or(&[][..], |(_, also)| also);
            behind.is_some() && (place(other).is_some() || is_beside(other).is_some() || also.contains(&other))
        }
    };
    in_order || EXCEPTIONS.contains(&(room, other))
}

/// The rooms that a source names through `crate::`, outside its tests and comments.
fn named(source: &str) -> BTreeSet<String> {
    let lines = source.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    let code: String =
        lines.filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            found.insert(word(rest));
            continue;
        };
        // The first word of each entry of the group, at its first level.
        let (mut depth, mut is_first) = (0, true);
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => is_first = true,
                c if is_first && (c.is_alphanumeric() || c == '_') => {
                    found.insert(word(&group[at..]));
                    is_first = false;
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn rooms_use_what_stands_before_them() {
    let src = manifest_dir().join("src");
    let rooms: BTreeSet<String> = fs::read_dir(&src).unwrap().map(|entry| room_of(&entry.unwrap().path())).collect();
    let mut wrong = Vec::new();
    let mut met = BTreeSet::new();
    for entry in walkdir::WalkDir::new(&src).into_iter().map(Result::unwrap) {
        let path = entry.path();
        let relative = path.strip_prefix(&src).unwrap();
        let is_test = relative
            .components()
            .any(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs").ends_with("tests"));
        if path.extension().is_none_or(|ending| ending != "rs") || is_test {
            continue;
        }
        let room = room_of(Path::new(relative.components().next().unwrap().as_os_str()));
        for other in named(&fs::read_to_string(path).unwrap()) {
            if other != room && rooms.contains(&other) && room != "main" && room != "lib" {
                met.insert((room.clone(), other.clone()));
                if !may_use(&room, &other) {
                    wrong.push(format!("{} uses `{other}`", relative.display()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "a room uses one that stands behind it");
    for (room, other) in EXCEPTIONS {
        assert!(
            met.contains(&(room.to_owned(), other.to_owned())),
            "{room} no longer uses {other}: take the exception out"
        );
    }
    assert!(met.contains(&("plan".to_owned(), "relate".to_owned())), "the arrows are found at all");
}

fn room_of(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn rooms_are_read_from_sources() {
    let check = |source: &str, rooms: &[&str]| {
        assert_eq!(named(source), rooms.iter().map(|&room| room.to_owned()).collect(), "{source}");
    };
    check("use crate::plan::Output;", &["plan"]);
    check("use crate::{\n    diag::{Code, Diagnostic},\n    model::Slug,\n};", &["diag", "model"]);
    check("fn f() -> crate::load::Error {}\n// crate::write\n", &["load"]);
    check("use crate::relate;\n#[cfg(test)]\nmod tests { use crate::write; }", &["relate"]);
    assert!(
        may_use("plan", "relate")
            && !may_use("relate", "plan")
            && may_use("cache", "load")
            && !may_use("cache", "parse")
            && !may_use("model", "diag")
            && may_use("cli", "serve")
    );
}
