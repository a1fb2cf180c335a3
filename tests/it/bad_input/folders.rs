//! Folders that are no output folders, and sites that are none.

use std::{fs, os::unix};

use super::Desk;
use crate::site::{Run, Site, assert_same, tree};

fn refused(site: &Site, arguments: &[&str], words: &str) -> Run {
    let told = site.build_with(arguments);
    told.exited(1).says(words);
    for inside in super::INSIDES {
        assert!(!told.stderr.contains(inside), "{told}");
    }
    told
}

#[test]
fn folders_that_someone_would_lose_work_in_are_refused() {
    let desk = Desk::new();
    let site = &desk.site;
    let home = site.outside().join("home");
    fs::write(home.join("letter.txt"), "dear").unwrap();
    fs::create_dir_all(site.path("full")).unwrap();
    fs::write(site.path("full/theirs.txt"), "theirs").unwrap();
    fs::create_dir_all(site.path("repository/.git")).unwrap();
    fs::write(site.path("repository/.git/HEAD"), "ref").unwrap();
    fs::write(site.path("file"), "a file").unwrap();
    unix::fs::symlink("nowhere", site.path("dangling")).unwrap();
    unix::fs::symlink("content", site.path("sly")).unwrap();
    let before = tree(site.outside());
    let home = home.to_str().unwrap().to_owned();
    let above = site.outside().to_str().unwrap().to_owned();
    let check = |out: &str, words: &str| {
        refused(site, &["--out", out], words);
        let with_adopt = site.build_with(&["--adopt", "--out", out]);
        assert!(with_adopt.code == Some(1) || out == "full", "--adopt does not help with {out}\n{with_adopt}");
        if out != "full" {
            assert_eq!(tree(site.outside()).len(), before.len(), "{out}: a file came or went");
        }
    };
    check("/", "root of the file system");
    check(&home, "home");
    check(&above, "holds");
    check(".", "own folder");
    check("..", "holds");
    for folder in ["content", "content/politics", "content/new", "static", "templates/x", "data"] {
        check(folder, folder.split('/').next().unwrap());
    }
    check("sly", "content");
    check("file", "not a folder");
    check("dangling", "leads to nothing");
    check("repository", "git");
    assert_same(&tree(site.outside()), &before, "all files");
    refused(site, &["--out", "full"], "--adopt");
    assert_same(&tree(site.outside()), &before, "all files");
    site.build_with(&["--out", "full", "--adopt"]).succeeded();
    assert_eq!(fs::read(site.path("full/theirs.txt")).unwrap(), b"theirs");
}

#[test]
fn a_site_that_is_none_is_named() {
    let empty = Site::empty();
    refused(&empty, &[], "content");
    refused(&empty, &["--root", "nowhere"], "nowhere");
    let file = Site::empty().file("content", "x");
    refused(&file, &[], "content");
    let no_stories = Site::new().file("content/about.md", "---\ntitle: About\n---\n");
    no_stories.build().succeeded();
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let desk = Desk::new();
    // Also for the superuser, who may write anywhere but where the system is made by the kernel.
    refused(&desk.site, &["--out", "/proc/letterpress"], "/proc");
    refused(&desk.site, &["--out", "/dev/null/x"], "/dev/null");
}

#[test]
fn another_build_is_waited_for_and_then_named() {
    let desk = Desk::new();
    let lock = fs::File::open(desk.site.path(".public.letterpress/lock")).unwrap();
    lock.lock().unwrap();
    let told = crate::site::run(&mut desk.site.command(&["build"]), "", std::time::Duration::from_secs(30));
    desk.judge("a lock", &told, &[1]);
    told.says("another build");
}
