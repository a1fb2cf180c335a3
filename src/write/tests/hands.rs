//! Foreign hands: what others do to the tree is noticed, and none of their bytes is lost.

use std::os::unix::fs::symlink;

use super::*;

/// An edition so large that one other front page is no matter for a new tree.
macro_rules! edition {
    ($front:literal) => {
        &[
            ("index.html", $front),
            ("a/b/index.html", "a story"),
            ("c.html", "c"),
            ("r/1", "1"),
            ("r/2", "2"),
            ("r/3", "3"),
            ("r/4", "4"),
            ("r/5", "5"),
            ("r/6", "6"),
            ("r/7", "7"),
            ("r/8", "8"),
        ]
    };
}

const EDITION: Edition<'_> = edition!("front page");

/// When the hands are at work.
#[derive(Debug, Clone, Copy)]
enum When {
    Between,
    AfterLook,
}

/// Publishes three times, with the hands at work before or during the first, and gives the tree and what was kept at the end.
fn with_hands(
    desk: &Desk,
    when: When,
    next: Edition<'_>,
    hands: &dyn Fn(&Path),
) -> (BTreeMap<String, String>, Vec<String>) {
    desk.publish(EDITION);
    match when {
        When::Between => {
            hands(&desk.public());
            desk.publish(next);
        }
        When::AfterLook => {
            let folder = desk.open().unwrap();
            hands(&desk.public());
            // A build may notice and stop; then the next one has to do it.
            if commit(folder, next).is_err() {
                assert!(!desk.own("fresh").exists());
            }
        }
    }
    let mut kept = Vec::new();
    for edition in [next, EDITION, next] {
        desk.publish(edition);
    }
    kept.extend(tree(&desk.own("kept")).into_values().filter(|text| text != "/"));
    kept.sort();
    kept.dedup();
    (desk.tree(), kept)
}

const NEXT: Edition<'_> = edition!("front page, later");

fn check(hands: &dyn Fn(&Path), more: Edition<'_>, kept: &[&str]) {
    for desk in [Desk::new as fn() -> Desk, Desk::alone, Desk::poor, Desk::in_place] {
        for when in [When::Between, When::AfterLook] {
            let desk = desk();
            let (tree, found) = with_hands(&desk, when, NEXT, hands);
            let mut expected = tree_of(NEXT);
            expected.extend(tree_of(more));
            assert_eq!(tree, expected, "{when:?}, {:?}", desk.options.method);
            desk.check_pair(&[]);
            assert_eq!(found, kept, "{when:?}");
        }
    }
}

#[test]
fn new_files_stay() {
    check(&|public| fs::write(public.join("CNAME"), "paper.example").unwrap(), &[("CNAME", "paper.example")], &[]);
    check(&|public| fs::write(public.join("a/b/note"), "x").unwrap(), &[("a/b/note", "x")], &[]);
    check(
        &|public| {
            fs::create_dir_all(public.join("own/deep")).unwrap();
            fs::write(public.join("own/deep/file"), "y").unwrap();
        },
        &[("own/deep/file", "y")],
        &[],
    );
    check(&|public| symlink("../elsewhere", public.join("a/link")).unwrap(), &[("a/link", "-> ../elsewhere")], &[]);
}

#[test]
fn empty_folders_stay() {
    check(&|public| fs::create_dir(public.join("a/empty")).unwrap(), &[("a/empty", "/")], &[]);
}

#[test]
fn a_removed_file_is_put_back() {
    check(&|public| fs::remove_file(public.join("c.html")).unwrap(), &[], &[]);
    check(&|public| fs::remove_dir_all(public.join("a")).unwrap(), &[], &[]);
    let desk = Desk::new();
    desk.publish(EDITION);
    fs::remove_file(desk.public().join("c.html")).unwrap();
    let report = desk.publish(EDITION);
    assert_eq!(report.mended, [OutPath::parse("c.html").unwrap()]);
}

#[test]
fn an_edited_file_is_kept_and_replaced() {
    let edit =
        |path: &'static str, text: &'static str| move |public: &Path| fs::write(public.join(path), text).unwrap();
    check(&edit("c.html", "C"), &[], &["C"]);
    check(&edit("c.html", "c, longer"), &[], &["c, longer"]);
    check(&edit("index.html", "FRONT PAGE"), &[], &["FRONT PAGE"]);
}

#[test]
fn an_edit_that_keeps_length_and_mtime_is_noticed() {
    let desk = Desk::new();
    desk.publish(EDITION);
    let path = desk.public().join("c.html");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "C").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    let report = desk.publish(EDITION);
    assert_eq!(report.kept.len(), 1);
    assert_eq!(desk.tree(), tree_of(EDITION));
}

#[test]
fn a_file_renamed_over_ours_is_kept() {
    check(
        &|public| {
            fs::write(public.with_file_name("draft"), "mine").unwrap();
            fs::rename(public.with_file_name("draft"), public.join("c.html")).unwrap();
        },
        &[],
        &["mine"],
    );
}

#[test]
fn what_replaces_ours_by_another_kind_is_kept() {
    let desk = Desk::new();
    desk.publish(EDITION);
    fs::remove_file(desk.public().join("c.html")).unwrap();
    symlink("/elsewhere", desk.public().join("c.html")).unwrap();
    fs::remove_dir_all(desk.public().join("a")).unwrap();
    fs::create_dir_all(desk.site().join("backup/b")).unwrap();
    fs::write(desk.site().join("backup/b/index.html"), "a story").unwrap();
    fs::write(desk.site().join("backup/b/other.html"), "not ours").unwrap();
    symlink(desk.site().join("backup"), desk.public().join("a")).unwrap();
    fs::remove_file(desk.public().join("index.html")).unwrap();
    fs::create_dir(desk.public().join("index.html")).unwrap();
    fs::write(desk.public().join("index.html/x"), "x").unwrap();
    let report = desk.publish(EDITION);
    let kept: Vec<_> = report.kept.iter().map(|kept| kept.path.to_str().unwrap()).collect();
    assert_eq!(kept, ["a", "c.html", "index.html/x"]);
    assert_eq!(desk.tree(), tree_of(EDITION));
    assert_eq!(tree(&desk.site().join("backup")).len(), 3, "nothing behind the link was touched");
}

#[test]
fn what_was_kept_before_stays() {
    let desk = Desk::new();
    desk.publish(EDITION);
    fs::create_dir_all(desk.own("kept/2")).unwrap();
    fs::write(desk.own("kept/2/a"), "kept by a killed build").unwrap();
    fs::write(desk.own("kept/2/c.html"), "that too").unwrap();
    desk.write("a/b/index.html", "mine");
    desk.write("c.html", "mine too");
    desk.publish(EDITION);
    let kept = tree(&desk.own("kept"));
    assert_eq!((&*kept["2/a"], &*kept["2/c.html"]), ("kept by a killed build", "that too"));
    assert_eq!((&*kept["2~2/a/b/index.html"], &*kept["2~2/c.html"]), ("mine", "mine too"));
}

#[test]
fn an_edited_page_that_goes_is_kept() {
    for desk in [Desk::new(), Desk::in_place()] {
        desk.publish(EDITION);
        desk.write("c.html", "mine");
        let without = [&EDITION[..2], &EDITION[3..]].concat();
        let report = desk.publish(&without);
        assert_eq!(report.kept.len(), 1);
        assert_eq!(desk.tree(), tree_of(&without));
        assert_eq!(tree(&desk.own("kept/2"))["c.html"], "mine");
    }
}

#[test]
fn a_foreign_file_in_the_way_of_a_new_page_is_kept() {
    for desk in [Desk::new(), Desk::in_place()] {
        desk.publish(&[&EDITION[..1], &EDITION[3..]].concat());
        desk.write("c.html", "mine");
        desk.write("a", "a file");
        let report = desk.publish(EDITION);
        assert_eq!(report.kept.len(), 2);
        assert_eq!(desk.tree(), tree_of(EDITION));
        assert_eq!(tree(&desk.own("kept/2"))["a"], "a file");
    }
}

#[test]
fn a_foreign_file_shares_its_inode_with_both_editions() {
    let desk = Desk::new();
    desk.publish(EDITION);
    desk.write("log.txt", "one\n");
    let mut log = fs::File::options().append(true).open(desk.public().join("log.txt")).unwrap();
    desk.publish(NEXT);
    io::Write::write_all(&mut log, b"two\n").unwrap();
    assert_eq!(desk.tree()["log.txt"], "one\ntwo\n");
    // Its owner takes it away, and it does not come back.
    fs::remove_file(desk.public().join("log.txt")).unwrap();
    desk.publish(EDITION);
    desk.publish(NEXT);
    assert_eq!(desk.tree(), tree_of(NEXT));
}

#[test]
fn what_cannot_be_carried_over_is_refused() {
    let desk = Desk::new();
    desk.publish(EDITION);
    let socket = std::os::unix::net::UnixListener::bind(desk.public().join("a/live.sock")).unwrap();
    let error = desk.try_publish(NEXT).unwrap_err();
    assert!(error.to_string().contains("live.sock is a socket"), "{error}");
    drop(socket);
    fs::remove_file(desk.public().join("a/live.sock")).unwrap();
    for number in 0..10_001 {
        fs::write(desk.public().join(format!("{number}")), "").unwrap();
    }
    assert!(desk.try_publish(NEXT).unwrap_err().to_string().contains("more than 10000"));
}

#[test]
fn folders_keep_their_mode() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    desk.publish(EDITION);
    desk.write("own/file", "x");
    fs::set_permissions(desk.public().join("own"), fs::Permissions::from_mode(0o555)).unwrap();
    for edition in [NEXT, EDITION, NEXT] {
        desk.publish(edition);
        assert_eq!(fs::metadata(desk.public().join("own")).unwrap().permissions().mode() & 0o777, 0o555);
    }
}

#[test]
fn names_that_are_not_text_stay() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let desk = Desk::new();
    desk.publish(EDITION);
    let name = Path::new(OsStr::from_bytes(b"caf\xe9"));
    fs::write(desk.public().join(name), "x").unwrap();
    desk.publish(NEXT);
    assert_eq!(fs::read_to_string(desk.public().join(name)).unwrap(), "x");
}
