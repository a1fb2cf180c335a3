//! Files that are no files: links, pipes, sockets; files that cannot be read.

use std::{fs, os::unix, path::Path};

use super::{Desk, story};
use crate::site::Run;

impl Desk {
    /// Makes something at a path of the site, builds, and removes it.
    fn with_odd(&self, name: &str, path: &str, make: impl FnOnce(&Path), codes: &[i32]) -> Run {
        let place = self.site.path(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        make(&place);
        let told = self.build(&[]);
        fs::remove_file(&place).unwrap();
        self.judge(name, &told, codes);
        told
    }
}

#[test]
fn links_that_lead_nowhere_or_out() {
    let desk = Desk::new();
    fs::create_dir(desk.site.outside().join("secret")).unwrap();
    fs::write(desk.site.outside().join("secret/canary.md"), story("")).unwrap();
    let outside = desk.site.outside().join("secret");
    let check = |name: &str, path: &str, target: &Path, cure: &str| {
        let told = desk.with_odd(name, path, |place| unix::fs::symlink(target, place).unwrap(), &[1]);
        desk.expect_words(name, &told, path, cure);
    };
    check("a folder outside", "content/politics/out", &outside, "copy");
    check("a file outside", "content/politics/out.md", &outside.join("canary.md"), "copy");
    check("a static file outside", "static/passwd.txt", Path::new("/etc/passwd"), "copy");
    check("a template outside", "templates/x.html", Path::new("/etc/passwd"), "copy");
    check("a relative way out", "content/politics/up.md", Path::new("../../../secret/canary.md"), "copy");
    check("a loop", "content/politics/loop", Path::new(".."), "loop");
    check("a link to itself", "content/politics/self.md", Path::new("self.md"), "remove");
    check("a dangling link", "content/politics/none.md", Path::new("nothing.md"), "remove");
    check("a device", "content/politics/zero.md", Path::new("/dev/zero"), "copy");
    let settings = |place: &Path| unix::fs::symlink(outside.join("canary.md"), place).unwrap();
    desk.with_odd("redirects outside", "redirects.yaml", settings, &[1]).says("redirects.yaml").says("leads out");
}

#[test]
fn a_whole_folder_that_is_a_link_out_is_refused() {
    for folder in ["content", "static", "templates", "data"] {
        let desk = Desk::new();
        let (place, away) = (desk.site.path(folder), desk.site.outside().join("away"));
        fs::create_dir_all(&place).unwrap();
        fs::rename(&place, &away).unwrap();
        unix::fs::symlink(&away, &place).unwrap();
        let told = desk.build(&[]);
        desk.judge(folder, &told, &[1]);
        told.says(folder);
    }
}

/// A link that stays inside is followed: a desk shares its pictures between sections.
#[test]
fn links_inside_the_site_are_followed() {
    let desk = Desk::new();
    let told = desk.with_odd(
        "a link inside",
        "content/politics/same.md",
        |place| unix::fs::symlink("../energy/turbines.md", place).unwrap(),
        &[0, 1],
    );
    assert!(!told.stderr.contains("leads out"), "{told}");
}

#[test]
fn pipes_and_sockets_are_passed_over() {
    let desk = Desk::new();
    let pipe = |place: &Path| {
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mknodat(rustix::fs::CWD, place, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    };
    let socket = |place: &Path| drop(unix::net::UnixListener::bind(place).unwrap());
    for path in ["content/politics/p.md", "content/politics/p.png", "static/p.css", "data/p.json", "templates/p.html"] {
        desk.expect_words("a pipe", &desk.with_odd("a pipe", path, pipe, &[0]), path, "remove");
        desk.expect_words("a socket", &desk.with_odd("a socket", path, socket, &[0]), path, "remove");
    }
    for path in ["site.yaml", "redirects.yaml"] {
        let before = fs::read(desk.site.path(path)).ok();
        let _ = fs::remove_file(desk.site.path(path));
        let place = desk.site.path(path);
        pipe(&place);
        let told = desk.build(&[]);
        fs::remove_file(&place).unwrap();
        if let Some(before) = before {
            desk.site.write(path, before);
        }
        desk.judge(path, &told, &[1]);
        told.says(path);
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    use unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    let shut = |place: &Path| {
        fs::write(place, story("")).unwrap();
        fs::set_permissions(place, fs::Permissions::from_mode(0o0)).unwrap();
    };
    if fs::File::open({
        let trial = desk.site.outside().join("trial");
        shut(&trial);
        trial
    })
    .is_ok()
    {
        // The superuser reads everything: there is nothing to prove here.
        return;
    }
    let told = desk.with_odd("an unreadable file", "content/politics/shut.md", shut, &[1]);
    desk.expect_words("an unreadable file", &told, "content/politics/shut.md", "permission denied");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_named() {
    let desk = Desk::new();
    for path in ["redirects.yaml", "templates/article.html", "content/politics/dir.md", "static/404.html"] {
        let place = desk.site.path(path);
        fs::create_dir_all(&place).unwrap();
        let told = desk.build(&[]);
        fs::remove_dir_all(&place).unwrap();
        desk.judge(path, &told, &[0, 1]);
        assert!(told.code == Some(0) || told.stderr.contains(path), "{told}");
    }
}

#[test]
fn litter_is_passed_over() {
    let desk = Desk::new();
    let bad: &[u8] = b"\xff";
    let litter = [
        ("content/politics/.vote.md.swp", bad),
        ("content/politics/vote.md~", bad),
        ("content/politics/#vote.md#", bad),
        ("content/politics/.DS_Store", bad),
        ("static/.env", b"SECRET=canary"),
        ("static/.git/config", b"canary"),
        ("templates/.article.html.swp", bad),
        ("data/.secret.json", bad),
    ];
    let told = desk.with("litter", &litter, &[0]);
    assert_eq!(told.stderr, "");
    told.says("0 written");
}
