//! Tiny sites with all that comes of them: `tests/sites/NAME/` holds `site/`, `cmd.md` (commands, and what they print) and `out/` (the whole tree).
//!
//! `UPDATE=1 cargo test --test it fixtures` writes `cmd.md` and `out/` anew; the difference is read like code. A fixture gets the bare theme of
//! `tests/bare/`, and `out/` leaves out the files that the real theme brings in `static/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::site::{Site, Tree, differences, manifest_dir, tree};

#[test]
fn fixtures() {
    let is_update = std::env::var_os("UPDATE").is_some();
    let sites = manifest_dir().join("tests/sites");
    let mut folders: Vec<PathBuf> = fs::read_dir(&sites).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut wrong = Vec::new();
    for folder in &folders {
        let site = Site::empty().with_bare_theme().folder(".", &folder.join("site"));
        let story = fs::read_to_string(folder.join("cmd.md")).unwrap_or_default();
        let told = retell(&story, &site);
        let out = without_theme(site.public());
        if is_update {
            fs::write(folder.join("cmd.md"), &told).unwrap();
            rewrite(&folder.join("out"), &out);
            continue;
        }
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if told != story {
            wrong.push(format!("{name}/cmd.md: the commands print\n{told}"));
        }
        wrong
            .extend(differences(&tree(&folder.join("out")), &out).into_iter().map(|path| format!("{name}/out/{path}")));
    }
    assert!(folders.len() >= 10, "the fixtures are found");
    assert!(wrong.is_empty(), "{}\n\nUPDATE=1 writes them anew", wrong.join("\n"));
}

/// The text of a `cmd.md` with what its commands print now: each line `$ letterpress …` inside a fence is run.
fn retell(story: &str, site: &Site) -> String {
    let mut told: Vec<String> = Vec::new();
    let mut is_printed = false;
    for line in story.lines() {
        if let Some(command) = line.strip_prefix("$ letterpress ") {
            is_printed = true;
            let run = site.run(&command.split_whitespace().collect::<Vec<_>>());
            told.extend([format!("{line}\n"), run.stderr, without_time(&run.stdout)]);
            told.extend(run.code.filter(|code| *code != 0).map(|code| format!("(exit code {code})\n")));
        } else if line.starts_with("```") || !is_printed {
            is_printed = false;
            told.push(format!("{line}\n"));
        }
    }
    told.concat()
}

/// A report without how long the build took.
fn without_time(stdout: &str) -> String {
    let lines = stdout.lines().map(|line| match line.split_once(") in ") {
        Some((report, time)) => {
            format!("{report}){}\n", time.trim_start_matches(|c: char| c.is_ascii_digit() || ". s".contains(c)))
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn without_theme(out: Tree) -> Tree {
    let theme = tree(&manifest_dir().join("static"));
    out.into_iter().filter(|(_, bytes)| !theme.values().any(|of_theme| of_theme == bytes)).collect()
}

fn rewrite(folder: &Path, out: &Tree) {
    let _ = fs::remove_dir_all(folder);
    for (path, bytes) in out {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
