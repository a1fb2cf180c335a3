//! The cache: a build with nothing to do does nothing, and never where there was something to do.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::Path,
};

use crate::{
    site::{Site, assert_same},
    walks::{Asked, CleanBuilds, Dice, does_nothing},
};

/// A site with something of every kind that a build looks at, and a date in each direction.
fn site() -> Site {
    Site::bare()
        .article("a/one.md", "One", "2026-11-20", "tags: [Energy]\nimage: {src: photo.gif, alt: A}\n")
        .article("a/two.md", "Two", "2026-11-21T10:00:00Z", "related: [One]\n")
        .article("b/three/index.md", "Three", "2026-11-19", "")
        .article("b/later.md", "Later", "2026-11-22T13:00:00Z", "")
        .article("b/secret.md", "Secret", "2026-11-18", "draft: true\n")
        .file("content/a/photo.gif", b"GIF89a")
        .file("content/_index.md", "---\nslots: {lead: [Two]}\n---\n")
        .file("static/robots.txt", "User-agent: *\n")
        .file("data/read.yaml", "[]\n")
        .file("redirects.yaml", "/old/: /a/\n")
}

/// Writes bytes of the same length, and sets the time of modification back to what it was.
fn edit_unseen(path: &Path, text: &str) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    assert_eq!(fs::metadata(path).unwrap().len(), text.len() as u64);
    fs::write(path, text).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

/// Turns one bit of a file, if it is there.
fn damage(file: &Path, random: &mut Dice) {
    let Ok(mut bytes) = fs::read(file) else { return };
    let at = random.below(bytes.len().max(1));
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
    fs::write(file, bytes).unwrap();
}

fn cut_short(file: &Path, random: &mut Dice) {
    let Ok(bytes) = fs::read(file) else { return };
    fs::write(file, &bytes[..random.below(bytes.len().max(1))]).unwrap();
}

/// One change of anything at all; tells what it was.
#[expect(clippy::too_many_lines, reason = "one arm a kind of change")]
fn change(root: &Path, asked: &mut Asked, random: &mut Dice, step: usize) -> String {
    let at = |path: &str| root.join(path);
    let two = at("content/a/two.md");
    let swap = |path: &Path, one: &str, other: &str| {
        let text = fs::read_to_string(path).unwrap();
        let text = if text.contains(one) { text.replace(one, other) } else { text.replace(other, one) };
        fs::write(path, text).unwrap();
    };
    let toggle = |path: &str, text: &str| {
        let path = at(path);
        if path.exists() {
            fs::remove_file(path).unwrap();
        } else {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    };
    let noon = Asked::usual().as_of;
    let kind = random.below(34);
    let what = match kind {
        0 => "a body",
        1 => "a headline",
        2 => "an article comes or goes",
        3 => "an article is renamed",
        4 => "a touch",
        5 => "the same length and time",
        6 => "a template comes or goes",
        7 => "a template is edited",
        8 => "data comes or goes",
        9 => "the settings",
        10 => "a static file comes or goes",
        11 => "a static file, the same length and time",
        12 => "the clock steps on",
        13 => "the clock steps back",
        14 => "another address",
        15 => "a damaged output",
        16 => "a removed output",
        17 => "a damaged cache",
        18 => "a cache cut short",
        19 => "a cache of another version",
        20 => "redirects come or go",
        21 => "a picture, the same length and time",
        22 => "a draft is edited",
        23 => "litter",
        24 => "a link is turned",
        25 => "no cache",
        26 => "an output edited, the same length and time",
        27 => "a folder is renamed",
        28 => "a file becomes a link to the same bytes",
        29 => "the settings by which documents are read",
        30 => "what is kept of the documents is damaged",
        31 => "what is kept of the documents is cut short",
        32 => "what is kept of the documents is gone",
        _ => "nothing",
    };
    let (cache, documents) = (at(".letterpress/cache"), at(".letterpress/documents"));
    match kind {
        0 => swap(&two, "The text of Two", "The words of Two"),
        1 => swap(&two, "title: Two\n", "title: Two and more\n"),
        2 => toggle("content/b/four.md", "---\ntitle: Four\ndate: 2026-11-17\n---\nText.\n"),
        3 => {
            let (one, other) = (at("content/b/x.md"), at("content/b/y.md"));
            if one.exists() {
                fs::rename(one, other).unwrap();
            } else if other.exists() {
                fs::rename(other, one).unwrap();
            } else {
                fs::write(one, "---\ntitle: Named\ndate: 2026-11-16\n---\nText.\n").unwrap();
            }
        }
        4 => {
            let paths = ["content/a/one.md", "content/a", "static/robots.txt", "site.yaml"];
            let path = at(paths[random.below(paths.len())]);
            File::open(path).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        }
        5 => {
            let one = at("content/a/one.md");
            let text = fs::read_to_string(&one).unwrap();
            let other = if text.contains("The text of") { "Any text of" } else { "The text of" };
            edit_unseen(&one, &text.replace(if other == "Any text of" { "The text of" } else { "Any text of" }, other));
        }
        6 => toggle("templates/components/zeta.html", "{# one more #}\n"),
        7 => swap(&at("templates/article.html"), "<!doctype html>", "<!DOCTYPE html>"),
        8 => toggle("data/more.csv", "a,b\n1,2\n"),
        9 => swap(&at("site.yaml"), "title: The Post\n", "title: The Paper\n"),
        10 => toggle("static/more.css", "a{}\n"),
        11 => {
            let robots = at("static/robots.txt");
            let is_usual = fs::read_to_string(&robots).unwrap() == "User-agent: *\n";
            edit_unseen(&robots, if is_usual { "User-agent: x\n" } else { "User-agent: *\n" });
        }
        12 => asked.as_of = noon + [0, 1, 3599, 3600, 86_400][random.below(5)],
        13 => asked.as_of = noon - [0, 1, 3600, 86_400, 200_000][random.below(5)],
        14 => asked.base_url = asked.base_url.is_none().then(|| "https://other.example".to_owned()),
        15 => fs::write(at("public/index.html"), format!("not ours {step}")).unwrap(),
        16 => fs::remove_file(at("public/index.html")).unwrap(),
        17 => damage(&cache, random),
        18 => cut_short(&cache, random),
        19 => {
            let mut bytes = fs::read(&cache).unwrap();
            let at = bytes.iter().position(|byte| *byte == b'\n').unwrap();
            bytes[at - 1] += 1;
            fs::write(&cache, bytes).unwrap();
        }
        20 => toggle("redirects.yaml", "/older/: /b/\n"),
        21 => {
            let photo = at("content/a/photo.gif");
            let is_usual = fs::read(&photo).unwrap() == b"GIF89a";
            edit_unseen(&photo, if is_usual { "GIF87a" } else { "GIF89a" });
        }
        22 => swap(&at("content/b/secret.md"), "title: Secret\n", "title: Secrets\n"),
        23 => toggle("content/a/.two.md.swp", "x"),
        24 => {
            let link = at("content/b/linked.md");
            let target =
                if fs::read_link(&link).is_ok_and(|target| target.ends_with("p.txt")) { "q.txt" } else { "p.txt" };
            fs::create_dir_all(at("shared")).unwrap();
            for (name, headline) in [("p.txt", "Linked P"), ("q.txt", "Linked Q")] {
                if !at("shared").join(name).exists() {
                    fs::write(at("shared").join(name), format!("---\ntitle: {headline}\ndate: 2026-11-15\n---\n"))
                        .unwrap();
                }
            }
            let _ = fs::remove_file(&link);
            symlink(Path::new("../../shared").join(target), link).unwrap();
        }
        25 => fs::remove_file(&cache).unwrap(),
        26 => {
            let page = at("public/index.html");
            let text = fs::read_to_string(&page).unwrap();
            edit_unseen(&page, &text.replace('o', "0"));
        }
        27 => {
            let (one, other) = (at("content/c"), at("content/d"));
            if one.exists() {
                fs::rename(one, other).unwrap();
            } else if other.exists() {
                fs::rename(other, one).unwrap();
            } else {
                fs::create_dir(&one).unwrap();
                fs::write(one.join("five.md"), "---\ntitle: Five\ndate: 2026-11-14\n---\nText.\n").unwrap();
            }
        }
        28 => {
            let (page, shared) = (at("content/a/one.md"), at("shared"));
            fs::create_dir_all(&shared).unwrap();
            if page.is_symlink() {
                let text = fs::read(&page).unwrap();
                fs::remove_file(&page).unwrap();
                fs::write(&page, text).unwrap();
            } else {
                fs::rename(&page, shared.join("one.txt")).unwrap();
                symlink("../../shared/one.txt", &page).unwrap();
            }
        }
        29 => swap(&at("site.yaml"), "Europe/London", "Asia/Tokyo"),
        30 => damage(&documents, random),
        31 => cut_short(&documents, random),
        32 => drop(fs::remove_file(&documents)),
        _ => {}
    }
    what.to_owned()
}

/// After each of many changes, the tree is that of a clean build, and a second build does nothing.
fn walk(seed: u64, steps: usize) {
    let site = site();
    let root = site.root();
    let mut random = Dice(seed);
    let mut asked = Asked::usual();
    asked.build(&root);
    let (mut done, mut clean) = (Vec::new(), CleanBuilds::default());
    for step in 0..steps {
        done.push(change(&root, &mut asked, &mut random, step));
        let last = format!("seed {seed}, step {step}: {}", done[done.len().saturating_sub(3)..].join("; then "));
        let built = asked.build(&root);
        let (expected, told, withheld) = clean.of(&asked, &root);
        assert_same(&site.public(), expected, &last);
        assert_eq!((&built.diagnostics, &built.withheld), (told, withheld), "{last}");
        let (is_nothing, again) = does_nothing(|| asked.build(&root), &root);
        assert!(is_nothing, "{last}: a second build writes");
        assert_eq!((&again.diagnostics, &again.withheld), (told, withheld), "{last}: told again");
        assert_eq!((again.report.written.len(), again.report.removed.len()), (0, 0), "{last}");
    }
}

#[test]
fn any_change_is_seen_and_nothing_is_done_twice() {
    std::thread::scope(|scope| {
        for seed in [0x9E37_79B9, 0x7F4A_7C15] {
            scope.spawn(move || walk(seed, 155));
        }
    });
}

#[test]
fn what_was_only_touched_is_as_it_was() {
    let site = site().file("templates/strings/en.yaml", "search: Find\n");
    let (root, asked) = (site.root(), Asked::usual());
    asked.build(&root);
    for path in ["site.yaml", "redirects.yaml", "data/read.yaml", "templates/strings/en.yaml", "content/a/two.md"] {
        let bytes = fs::read(root.join(path)).unwrap();
        fs::remove_file(root.join(path)).unwrap();
        site.write(path, &bytes);
        let (is_nothing, _) = does_nothing(|| asked.build(&root), &root);
        assert!(is_nothing, "{path} was checked out anew");
    }
}

/// Builds through the binary, and tells whether it was said that the cache is of no use.
fn says_that_the_cache(site: &Site, odd: &str) {
    site.build().succeeded().says(&format!("the cache {odd}: everything was made anew"));
    let again = site.build();
    assert!(!again.succeeded().stdout.contains("cache"), "{again}");
    again.says("(0 written,");
}

#[test]
fn an_odd_cache_is_told_of_in_one_line() {
    let site = site();
    let first = site.build();
    assert!(!first.succeeded().stdout.contains("cache"), "nothing is odd about none: {first}");
    let cache = fs::read(site.path(".letterpress/cache")).unwrap();

    site.write(".letterpress/cache", &cache[..cache.len() - 1]);
    says_that_the_cache(&site, "is damaged");
    site.write(".letterpress/cache", "anything");
    says_that_the_cache(&site, "is damaged");
    let of_later = String::from_utf8_lossy(&cache).replacen("cache 1", "cache 2", 1);
    site.write(".letterpress/cache", of_later);
    says_that_the_cache(&site, "was made by another version of Letterpress");
    // As another program would have kept it: in this process runs the binary of the tests.
    Asked::usual().build(&site.root());
    says_that_the_cache(&site, "was made by another version of Letterpress");

    for folder in ["public", ".public.letterpress"] {
        fs::remove_dir_all(site.path(folder)).unwrap();
    }
    says_that_the_cache(&site, "belongs to another edition");

    site.write(".letterpress/cache", "anything");
    let quiet = site.build_with(&["--quiet"]);
    assert_eq!((&*quiet.succeeded().stdout, &*quiet.stderr), ("", ""));
    let other = site.build_with(&["--out", "other"]);
    assert!(!other.succeeded().stdout.contains("cache"), "another folder is nothing odd: {other}");
}

#[test]
fn odd_kept_documents_are_told_of_in_one_line() {
    let site = site();
    let kept = ".letterpress/documents";
    let (mut turn, line) =
        (0, |odd: &str| format!("what was kept of the documents {odd}: all of them were parsed anew"));
    let mut edit_and_build = || {
        turn += 1;
        let date = if turn % 2 == 0 { "2026-11-20" } else { "2026-11-19" };
        site.write("content/a/four.md", format!("---\ntitle: Four {turn}\ndate: {date}\n---\nText.\n"));
        site.build()
    };
    for _ in 0..3 {
        let built = edit_and_build();
        assert!(!built.succeeded().stdout.contains("kept of the documents"), "{built}");
    }
    let bytes = fs::read(site.path(kept)).unwrap();
    for (bytes, odd) in [
        (bytes[..bytes.len() - 1].to_vec(), "is damaged"),
        ([&bytes[..], b"x"].concat(), "is damaged"),
        ([&bytes[..bytes.len() - 1], b"x"].concat(), "is damaged"),
        (b"anything".to_vec(), "is damaged"),
        (Vec::new(), "is damaged"),
        (
            String::from_utf8_lossy(&bytes).replacen("documents 1", "documents 2", 1).into_bytes(),
            "was made by another version of Letterpress",
        ),
    ] {
        site.write(kept, bytes);
        edit_and_build().succeeded().says(&line(odd));
        let again = edit_and_build();
        assert!(!again.succeeded().stdout.contains("kept of the documents"), "{again}");
    }
    fs::remove_file(site.path(kept)).unwrap();
    fs::create_dir(site.path(kept)).unwrap();
    edit_and_build().succeeded().says("cannot be kept");
    fs::remove_dir(site.path(kept)).unwrap();
    // As another program would have kept them: in this process runs the binary of the tests.
    Asked::usual().build(&site.root());
    edit_and_build().succeeded().says(&line("was made by another version of Letterpress"));
    let settings = fs::read_to_string(site.path("site.yaml")).unwrap().replace("Europe/London", "Asia/Tokyo");
    site.write("site.yaml", settings);
    let built = edit_and_build();
    assert!(!built.succeeded().stdout.contains("kept of the documents"), "other settings are nothing odd: {built}");
}

#[test]
fn what_was_told_is_told_again() {
    let site = site();
    let text = "---\ntitle: Lost\ndate: 2026-11-20\nrelated: [Nowhere]\n---\nSee [[Nobody]].\n";
    site.write("content/a/lost.md", text);
    site.build().succeeded();
    let (first, again) = (site.build_with(&["--format", "json"]), site.build_with(&["--format", "json"]));
    assert_eq!(first, again);
    first.says("dead-pin").says("dead-link");
    site.build_with(&["--strict"]).exited(1).says("dead-link");
    site.build_with(&["--strict"]).exited(1).says("dead-link");
    site.write("content/a/lost.md", text.replace("Nowhere", "One").replace("[[Nobody]]", "[[One]]"));
    site.build_with(&["--strict"]).succeeded();
    let (is_nothing, built) = does_nothing(|| site.build_with(&["--strict"]), &site.root());
    assert!(is_nothing, "{built}");
}

#[test]
fn a_site_with_mistakes_is_looked_at_every_time() {
    let site = site();
    site.build().succeeded();
    site.write("content/a/two.md", "---\ntitle: Two\ndate: 2026-11-21T10:00:00Z\nlabel: nonsense\n---\n");
    site.build_with(&["--keep-going"]).exited(3).says("nonsense");
    site.build_with(&["--keep-going"]).exited(3).says("nonsense");
    site.build().exited(1).says("nonsense");
    site.write("content/a/two.md", "---\ntitle: Two again\ndate: 2026-11-21T10:00:00Z\n---\n");
    let mended = site.build();
    assert!(!mended.succeeded().stdout.contains("cache"), "{mended}");
    assert!(site.page("2026/11/21/two/index.html").contains("Two again"));
}

#[test]
fn the_clock_decides_with_no_edit() {
    let site = site();
    let page = || site.path("public/2026/11/22/later/index.html").exists();
    let security = "title: The Post\nurl: https://post.example\ntime_zone: Europe/London\npublisher: {security: {contact: mailto:a@post.example, expires: 2026-12-01}}\n";
    site.write("site.yaml", security);
    for (clock, is_out, is_warned) in [
        ("2026-11-22T12:59:59Z", false, false),
        ("2026-11-22T13:00:00Z", true, false),
        ("2026-11-30T23:59:59Z", true, false),
        ("2026-12-01T00:00:00Z", true, true),
        ("2027-12-01T00:00:00Z", true, true),
        ("2026-11-30T23:59:59Z", true, false),
        ("2026-11-22T12:59:59Z", false, false),
    ] {
        for _ in 0..2 {
            let built = site.run(&["build", "--as-of", clock]);
            assert_eq!(built.succeeded().stderr.contains("ran-out"), is_warned, "{clock}: {built}");
            assert_eq!(page(), is_out, "{clock}");
        }
    }
}
