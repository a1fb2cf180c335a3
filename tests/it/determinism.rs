//! The same site gives the same bytes: with any number of threads, in any zone and locale, from any folder, on any disk.

use std::process::Command;

use crate::site::{AS_OF, Site, Tree, assert_same, manifest_dir, run, tree};

/// A site with every kind of page, and with ties wherever something is sorted.
fn site(backwards: bool) -> Site {
    let mut files: Vec<(String, String)> = Vec::new();
    for number in 0..40 {
        let (section, day) = (["politics", "energy", "culture"][number % 3], number % 4 + 18);
        let text = format!(
            "---\ntitle: Story {number}\ndate: 2026-11-{day}\nauthors: [ann, Bo Free, {{name: 'Cy {}', role: photos}}]\ntags: [Energy, tag {}]\nplaces: [Élysée, Zürich]\nseries: Run {}\nlabel: {}\n---\nText {number}, see [[Story {}]].\n",
            number % 5,
            number % 7,
            number % 3,
            ["news", "opinion", "analysis"][number % 3],
            (number + 1) % 40,
        );
        files.push((format!("content/{section}/story-{number}.md"), text));
    }
    files.push(("content/authors/ann.md".into(), "---\nname: Ann\n---\nLife.\n".into()));
    files.push(("content/tags/energy.md".into(), "---\ntitle: Energy\nsynonyms: [power]\n---\n".into()));
    files.push((
        "content/energy/_index.md".into(),
        "---\ntitle: Energy\nslots: {lead: [Story 1], opinion: []}\n---\n".into(),
    ));
    files.push(("content/about.md".into(), "---\ntitle: About\n---\nUs.\n".into()));
    if backwards {
        files.reverse();
    }
    files.into_iter().fold(Site::new(), |site, (path, text)| site.file(&path, text))
}

fn built(site: &Site, command: &mut Command) -> Tree {
    run(command, "", std::time::Duration::from_mins(1)).succeeded();
    let built = site.public();
    assert!(built.len() > 90, "every kind of page is there");
    built
}

#[test]
fn the_same_site_gives_the_same_bytes() {
    let first = site(false);
    let build = ["build", "--as-of", AS_OF];
    let expected = built(&first, &mut first.command(&[&build[..], &["--jobs", "1"]].concat()));
    let check = |name: &str, change: &dyn Fn(&Site, &mut Command)| {
        let other = site(true);
        let mut command = other.command(&build);
        change(&other, &mut command);
        assert_same(&expected, &built(&other, &mut command), name);
    };
    check("8 threads", &|_, command| {
        command.args(["--jobs", "8"]);
    });
    for zone in ["UTC", "Pacific/Kiritimati", "America/St_Johns", ":/etc/localtime", "nonsense"] {
        check(zone, &|_, command| {
            command.env("TZ", zone);
        });
    }
    for locale in ["C", "tr_TR.UTF-8", "ar_SA.UTF-8"] {
        check(locale, &|_, command| {
            command.env("LC_ALL", locale).env("LANG", locale).env("LANGUAGE", locale);
        });
    }
    check("an absolute root", &|site, command| {
        command.current_dir("/").arg("--root").arg(site.root());
    });
    check("a relative root", &|site, command| {
        command.current_dir(site.outside()).args(["--root", "site"]);
    });
    check("a root through a link", &|site, command| {
        std::os::unix::fs::symlink("site", site.outside().join("link")).unwrap();
        command.current_dir(site.outside()).args(["--root", "link/./"]);
    });
    check("no environment at all", &|_, command| {
        command.env_clear();
    });
    check("an absolute output folder", &|site, command| {
        command.arg("--out").arg(site.path("public"));
    });
}

/// The newspaper of this repository, which has everything that a site can have.
#[test]
fn the_example_newspaper_is_the_same_with_any_number_of_threads() {
    let site = Site::empty();
    let mut copy = site;
    for folder in ["content", "data"] {
        copy = copy.folder(folder, &manifest_dir().join(folder));
    }
    for file in ["site.yaml", "redirects.yaml"] {
        copy = copy.file(file, std::fs::read(manifest_dir().join(file)).unwrap());
    }
    copy.build_with(&["--strict", "--jobs", "1", "--out", "one"]).succeeded();
    copy.build_with(&["--strict", "--jobs", "8", "--out", "eight"]).succeeded();
    assert_same(&tree(&copy.path("one")), &tree(&copy.path("eight")), "1 and 8 threads");
}
