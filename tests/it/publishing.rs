//! The output folder: a second build writes nothing, a failed one changes nothing, and what others put there is never lost.

use std::{collections::BTreeMap, fs, os::unix::fs::MetadataExt as _, path::Path};

use crate::site::{Site, assert_same, tree};

/// Every file and folder with its inode and the times of its last changes: of its bytes, and of anything about it.
fn stamps(folder: &Path) -> BTreeMap<String, (u64, i64, i64, i64, i64)> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let stamped = entries.map(|entry| {
        let facts = entry.metadata().unwrap();
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (path, (facts.ino(), facts.mtime(), facts.mtime_nsec(), facts.ctime(), facts.ctime_nsec()))
    });
    stamped.collect()
}

fn site() -> Site {
    let site = Site::new()
        .article("politics/vote.md", "The vote", "2026-11-21", "tags: [Budget]\n")
        .article("politics/count.md", "The count", "2026-11-20", "aliases: [/old/count/]\n")
        .file("static/files/a.txt", "a");
    site.build().succeeded();
    site
}

#[test]
fn a_second_build_writes_nothing() {
    let site = site();
    let (public, state) = (site.path("public"), site.path(".public.letterpress/live"));
    let before = (stamps(&public), stamps(&state));
    site.build().succeeded().says("(0 written");
    assert_eq!((stamps(&public), stamps(&state)), before);
    // Nor does one at another moment at which nothing changes.
    site.run(&["build", "--as-of", "2026-11-22T13:00:00Z", "--jobs", "1"]).succeeded().says("(0 written");
    assert_eq!((stamps(&public), stamps(&state)), before);
}

#[test]
fn a_failed_build_changes_nothing() {
    let site = site();
    let before = (stamps(&site.path("public")), fs::read(site.path(".public.letterpress/live")).unwrap());
    for (path, text) in [
        ("content/politics/bad.md", "no front matter"),
        ("templates/article.html", "{{ 1 / 0 }}"),
        ("templates/base.html", "{% if"),
        ("redirects.yaml", "/a/: /a/\n"),
        ("site.yaml", "host: nowhere\n"),
    ] {
        let was = fs::read(site.path(path)).ok();
        site.write(path, text);
        site.build().exited(1);
        let after = (stamps(&site.path("public")), fs::read(site.path(".public.letterpress/live")).unwrap());
        assert!(after == before, "{path} changed the tree or its record");
        was.map_or_else(|| site.remove(path), |was| site.write(path, was));
    }
    site.build().succeeded().says("(0 written");
}

/// A page that is not about what was edited keeps its file: hosts and backups see what changed.
#[test]
fn an_edit_leaves_other_files_alone() {
    let site = site();
    let page = "2026/11/20/count/index.html";
    let before = stamps(&site.path("public"));
    site.write("content/politics/vote.md", "---\ntitle: The vote\ndate: 2026-11-21\ntags: [Budget]\n---\nNew words.\n");
    site.build().succeeded().says("written, ");
    let after = stamps(&site.path("public"));
    assert!(site.page("2026/11/21/vote/index.html").contains("New words"));
    for path in [page, "css/site.css", "files/a.txt", "404.html"] {
        let (old, new) = (before[path], after[path]);
        assert_eq!((old.0, old.1, old.2), (new.0, new.1, new.2), "{path} has another inode or time");
    }
}

#[test]
fn files_of_others_survive() {
    let site = site();
    fs::write(site.path("public/google123.html"), "theirs").unwrap();
    fs::create_dir_all(site.path("public/uploads/empty")).unwrap();
    fs::write(site.path("public/uploads/a.bin"), "upload").unwrap();
    fs::write(site.path("public/politics/theirs.txt"), "beside ours").unwrap();
    for title in ["One", "Two", "Three"] {
        site.write("content/politics/vote.md", format!("---\ntitle: {title}\ndate: 2026-11-21\n---\n"));
        site.build().succeeded();
        assert!(site.page("index.html").contains(title));
        assert_eq!(site.page("google123.html"), "theirs");
        assert_eq!(site.page("uploads/a.bin"), "upload");
        assert_eq!(site.page("politics/theirs.txt"), "beside ours");
        assert!(site.path("public/uploads/empty").is_dir());
    }
    fs::remove_file(site.path("public/google123.html")).unwrap();
    for title in ["Four", "Five"] {
        site.write("content/politics/vote.md", format!("---\ntitle: {title}\ndate: 2026-11-21\n---\n"));
        site.build().succeeded();
        assert!(!site.path("public/google123.html").exists(), "what its owner removed stays away");
    }
}

/// Finds a file of ours that was put aside.
fn kept(site: &Site, path: &str) -> Option<String> {
    let files = walkdir::WalkDir::new(site.path(".public.letterpress/kept")).into_iter().filter_map(Result::ok);
    let mut found = files.filter(|entry| entry.path().ends_with(path));
    found.next().map(|entry| fs::read_to_string(entry.path()).unwrap())
}

#[test]
fn what_someone_edited_in_place_is_kept_and_named() {
    let site = site();
    fs::write(site.path("public/index.html"), "edited by hand").unwrap();
    fs::remove_file(site.path("public/404.html")).unwrap();
    site.build().succeeded().says("index.html").says("kept/");
    assert_eq!(kept(&site, "index.html").as_deref(), Some("edited by hand"));
    assert!(site.page("index.html").contains("The vote"));
    assert!(site.page("404.html").contains("404"), "a missing file of ours is put back");

    // A foreign file at the path of a new page.
    fs::create_dir_all(site.path("public/2026/11/19/new")).unwrap();
    fs::write(site.path("public/2026/11/19/new/index.html"), "in the way").unwrap();
    let site = site.article("politics/new.md", "New", "2026-11-19", "");
    site.build().succeeded().says("2026/11/19/new/index.html");
    assert_eq!(kept(&site, "new/index.html").as_deref(), Some("in the way"));
    assert!(site.page("2026/11/19/new/index.html").contains("New"));
}

#[test]
fn what_is_no_longer_in_the_site_is_gone() {
    let site = site();
    site.remove("content/politics/count.md");
    site.remove("static/files/a.txt");
    site.build().succeeded();
    let public = site.public();
    assert!(
        !public.keys().any(|path| path.contains("count") || path.contains("files") || path.starts_with("2026/11/20"))
    );
    assert!(!site.path("public/2026/11/20").exists(), "nor is there an empty folder");
}

/// The output may be anywhere that is its own, also a link.
#[test]
fn the_output_folder_may_be_elsewhere() {
    let site = site();
    let expected = site.public();
    fs::create_dir(site.outside().join("www")).unwrap();
    std::os::unix::fs::symlink("../www", site.path("linked")).unwrap();
    for out in ["build/html", "../elsewhere", "linked"] {
        site.build_with(&["--out", out]).succeeded();
        assert_same(&tree(&site.path(out).canonicalize().unwrap()), &expected, out);
    }
    assert!(site.path("linked").is_symlink(), "the link stays a link");
}

#[test]
fn a_site_says_what_it_wants_in_place() {
    let site = site();
    let expected = site.public();
    let in_place = Site::new().folder("content", &site.path("content")).folder("static", &site.path("static"));
    let settings = fs::read_to_string(in_place.path("site.yaml")).unwrap() + "publish: in-place\n";
    let in_place = in_place.file("site.yaml", settings);
    in_place.build().succeeded();
    let inode = fs::metadata(in_place.path("public")).unwrap().ino();
    in_place.remove("content/politics/count.md");
    in_place.build().succeeded();
    in_place.write("content/politics/count.md", fs::read(site.path("content/politics/count.md")).unwrap());
    assert_same(&in_place.published(), &expected, "in place");
    assert_eq!(fs::metadata(in_place.path("public")).unwrap().ino(), inode, "the folder is never exchanged");
}
