//! What a publish gives when nothing goes wrong.

use super::*;

const FIRST: Edition<'_> =
    &[("index.html", "one"), ("a/index.html", "a"), ("b/c/index.html", "bc"), ("assets/x.css", "x")];
const SECOND: Edition<'_> = &[("index.html", "two"), ("a", "now a file"), ("b/c/index.html", "bc"), ("d/e.html", "de")];

fn paths(report: &[OutPath]) -> Vec<&str> {
    report.iter().map(OutPath::as_str).collect()
}

#[test]
fn the_tree_is_exactly_the_edition() {
    for desk in [Desk::new(), Desk::poor(), Desk::in_place()] {
        let first = desk.publish(FIRST);
        assert_eq!(desk.tree(), tree_of(FIRST));
        assert_eq!((first.generation, first.written.len(), first.unchanged), (1, 4, 0));

        let kept = desk.inode("b/c/index.html");
        let second = desk.publish(SECOND);
        assert_eq!(desk.tree(), tree_of(SECOND));
        assert_eq!(desk.inode("b/c/index.html"), kept, "an unchanged file keeps inode and mtime");
        assert_eq!(paths(&second.written), ["a", "d/e.html", "index.html"]);
        assert_eq!(paths(&second.removed), ["a/index.html", "assets/x.css"]);
        assert_eq!((second.unchanged, second.carried, second.kept), (1, 0, vec![]));

        desk.publish(FIRST);
        assert_eq!(desk.tree(), tree_of(FIRST));
        assert_eq!(desk.open().unwrap().manifest().rows().len(), 4);
    }
}

#[test]
fn a_build_without_changes_touches_nothing() {
    for desk in [Desk::new(), Desk::poor(), Desk::in_place()] {
        desk.publish(FIRST);
        let state = || {
            let mut tree = tree(&desk.own(""));
            tree.retain(|name, _| !name.starts_with("a/"));
            tree
        };
        let facts = |at: &Path| fs::metadata(at).map(|facts| (facts.ino(), facts.ctime(), facts.ctime_nsec())).unwrap();
        let before = (state(), facts(&desk.public()), facts(&desk.public().join("b/c/index.html")));
        let report = desk.publish(FIRST);
        assert_eq!((state(), facts(&desk.public()), facts(&desk.public().join("b/c/index.html"))), before);
        assert_eq!((report.generation, report.written.len(), report.unchanged), (1, 0, 4));
    }
}

#[test]
fn streams_are_copied_once() {
    let desk = Desk::new();
    let photo = desk.site().join("photo.jpg");
    let publish = || {
        let render = |_| {
            Ok::<_, Infallible>(Rendered { content: Content::Stream(fs::File::open(&photo).unwrap()), uses: vec![] })
        };
        desk.open().unwrap().commit(&entries(&[("photo.jpg", "")]), render).unwrap()
    };
    fs::write(&photo, "x".repeat(300_000)).unwrap();
    assert_eq!(publish().written.len(), 1);
    assert_eq!(publish().written.len(), 0);
    fs::write(&photo, "y".repeat(300_000)).unwrap();
    assert_eq!(publish().written.len(), 1);
    assert_eq!(desk.tree()["photo.jpg"], "y".repeat(300_000));
}

#[test]
fn carried_pages_bring_the_assets_that_they_name() {
    let desk = Desk::new();
    let path = |text: &str| OutPath::parse(text).unwrap();
    let first = [
        ("a.html", vec![path("assets/x.1.css")]),
        ("assets/x.1.css", vec![path("assets/font.1.woff2")]),
        ("assets/font.1.woff2", vec![]),
    ];
    let edition = first.clone().map(|(path, _)| (path, path));
    let render = |at: usize| {
        let (text, uses) = first[at].clone();
        Ok::<_, Infallible>(Rendered { content: Content::Bytes(text.into()), uses })
    };
    desk.open().unwrap().commit(&entries(&edition), render).unwrap();

    let second: Edition<'_> = &[("a.html", ""), ("b.html", "b")];
    let folder = desk.open().unwrap();
    assert!(folder.published(&path("a.html")).is_some());
    let render = |at| {
        Ok::<_, Infallible>(if at == 0 {
            Rendered { content: Content::Published, uses: vec![] }
        } else {
            rendered("b")
        })
    };
    let report = folder.commit(&entries(second), render).unwrap();
    assert_eq!(paths(&report.written), ["b.html"]);
    assert_eq!(report.removed, []);
    assert_eq!(desk.tree().len(), 5);
    assert_eq!(desk.open().unwrap().manifest().get(&path("a.html")).unwrap().uses[..], [path("assets/x.1.css")]);
}

#[test]
fn a_failed_render_changes_nothing() {
    for desk in [Desk::new(), Desk::poor(), Desk::in_place()] {
        let render = |at: usize| if at % 2 == 1 { Err(at) } else { Ok(rendered("new")) };
        let Err(CommitError::Render(mistakes)) = desk.open().unwrap().commit(&entries(FIRST), render) else { panic!() };
        assert_eq!(mistakes, [1, 3]);
        assert!(desk.tree().is_empty());
        desk.publish(FIRST);
        assert!(desk.open().unwrap().commit(&entries(FIRST), render).is_err());
        assert_eq!(desk.tree(), tree_of(FIRST));
        assert!(!desk.own("fresh").exists());
    }
}

#[test]
fn a_first_build_that_fails_leaves_no_trace() {
    let desk = Desk::new();
    assert!(desk.open().unwrap().commit(&entries(FIRST), |_| Err(())).is_err());
    drop(desk.open().unwrap());
    let left: Vec<_> = fs::read_dir(desk.site()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["content"]);
}

#[test]
fn one_build_at_a_time() {
    let desk = Desk::new();
    let held = desk.open().unwrap();
    let Err(Error::Locked { holder, .. }) = desk.open() else { panic!() };
    assert_eq!(holder, Some(std::process::id()));
    drop(held);
    desk.publish(FIRST);
}

#[test]
fn a_link_to_a_folder_stays() {
    let desk = Desk::new();
    fs::create_dir(desk.site().join("real")).unwrap();
    std::os::unix::fs::symlink("real", desk.public()).unwrap();
    desk.publish(FIRST);
    desk.publish(SECOND);
    assert_eq!(fs::read_link(desk.public()).unwrap(), Path::new("real"));
    assert_eq!(tree(&desk.site().join("real")), tree_of(SECOND));
    assert!(desk.site().join(".real.letterpress/live").exists());
}

#[test]
fn where_folders_cannot_be_exchanged_public_is_a_link() {
    let desk = Desk::poor();
    let report = desk.publish(FIRST);
    assert_eq!(fs::read_link(desk.public()).unwrap(), Path::new(".public.letterpress/a"));
    assert_eq!(report.notes.len(), 1);
    desk.publish(SECOND);
    assert_eq!(fs::read_link(desk.public()).unwrap(), Path::new(".public.letterpress/b"));
    desk.publish(FIRST);
    assert_eq!(fs::read_link(desk.public()).unwrap(), Path::new(".public.letterpress/a"));

    let plain = Desk::poor();
    fs::create_dir(plain.public()).unwrap();
    let error = plain.try_publish(FIRST).unwrap_err();
    assert!(error.to_string().contains("cannot exchange two folders"), "{error}");
}

#[test]
fn the_root_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let mode = || fs::metadata(desk.public()).unwrap().permissions().mode() & 0o7777;
    fs::create_dir(desk.public()).unwrap();
    fs::set_permissions(desk.public(), fs::Permissions::from_mode(0o2750)).unwrap();
    desk.publish(FIRST);
    assert_eq!(mode(), 0o2750);
    desk.publish(SECOND);
    assert_eq!(mode(), 0o2750);
}
