//! Every call that changes the disk goes wrong in turn, in each way, until a publish passes.

use super::*;

const FIRST: Edition<'_> = &[("index.html", "one"), ("a/index.html", "a"), ("b", "a file"), ("x.css", "x")];
const SECOND: Edition<'_> = &[("index.html", "two"), ("a", "now a file"), ("b/c.html", "now a folder"), ("x.css", "x")];
const THIRD: Edition<'_> = &[("index.html", "three"), ("a", "now a file"), ("x.css", "y"), ("z/z/z.html", "z")];

/// What is there before the publish that goes wrong.
type Setup = fn(&mut Desk);

/// Makes call after call of a publish of `next` go wrong, and checks what readers have, and that the next build comes right.
fn enumerate(desk: fn() -> Desk, setup: Setup, next: Edition<'_>, foreign: Edition<'_>, least: usize) {
    enumerate_until(desk, setup, [next, THIRD], foreign, least);
}

/// The same, with the edition that the next build publishes.
fn enumerate_until(desk: fn() -> Desk, setup: Setup, editions: [Edition<'_>; 2], foreign: Edition<'_>, least: usize) {
    let [next, third] = editions;
    let whole = |edition| {
        let mut tree = tree_of(edition);
        tree.extend(tree_of(foreign));
        tree
    };
    for wrong in [Wrong::Once, Wrong::FromThen, Wrong::Late] {
        for at in 1.. {
            let mut desk = desk();
            setup(&mut desk);
            let old = desk.tree();
            let fault = Fault::at(at, wrong);
            let result = desk.open_on(fault.clone()).and_then(|folder| commit(folder, next));
            let place = format!("call {at} {wrong:?}: {result:?}");
            match &result {
                Ok(_) => assert_eq!(desk.tree(), whole(next), "{place}"),
                // In place a mixture is what it costs; no foreign byte is lost, which is checked below.
                Err(_) if desk.options.method == Method::InPlace => {}
                Err(_) => assert_eq!(desk.tree(), old, "{place}"),
            }
            desk.check_pair(foreign);
            desk.options.adopt &= result.is_err();
            desk.publish(third);
            desk.options.adopt = false;
            assert_eq!(desk.tree(), whole(third), "after {place}");
            desk.check_pair(foreign);
            let saved: Vec<String> = tree(&desk.own("kept")).into_values().collect();
            for (_, text) in desk.options.home.iter().flat_map(|_| KEPT) {
                assert!(saved.iter().any(|kept| kept == text), "{text} is lost after {place}");
            }
            assert_eq!(desk.publish(third).written, [], "{place}");
            if fault.calls() < at {
                assert!(at > least, "only {at} calls");
                break;
            }
        }
    }
}

/// Foreign bytes in the way of the publish that goes wrong.
const KEPT: Edition<'_> = &[("x.css", "edited"), ("index.html", "edited too")];

fn nothing(_: &mut Desk) {}

fn published(desk: &mut Desk) {
    desk.publish(FIRST);
}

fn published_twice(desk: &mut Desk) {
    desk.publish(THIRD);
    desk.publish(FIRST);
}

fn touched(desk: &mut Desk) {
    desk.publish(FIRST);
    for (path, text) in KEPT {
        desk.write(path, text);
    }
    desk.write("own/file", "mine");
    // Tells `enumerate` to look for what is kept.
    desk.options.home = Some("/nowhere".into());
}

fn someone_elses(desk: &mut Desk) {
    touched(desk);
    fs::remove_dir_all(desk.own("")).unwrap();
    fs::remove_dir_all(desk.public().join("a")).unwrap();
    fs::remove_file(desk.public().join("b")).unwrap();
    desk.options.adopt = true;
}

const SMALL: Edition<'_> = &[("index.html", "one and a bit"), ("a/index.html", "a"), ("b", "a file"), ("x.css", "x")];
const FOREIGN: Edition<'_> = &[("own/file", "mine")];

#[test]
fn a_first_publish() {
    enumerate(Desk::new, nothing, FIRST, &[], 15);
    enumerate(Desk::poor, nothing, FIRST, &[], 15);
    enumerate(Desk::in_place, nothing, FIRST, &[], 15);
}

#[test]
fn a_second_publish() {
    enumerate(Desk::new, published, SECOND, &[], 12);
    enumerate(Desk::poor, published, SECOND, &[], 12);
    enumerate(Desk::in_place, published, SECOND, &[], 12);
}

#[test]
fn a_small_change() {
    enumerate(Desk::new, published_twice, SMALL, &[], 12);
    enumerate(Desk::poor, published_twice, SMALL, &[], 12);
    enumerate(Desk::in_place, published_twice, SMALL, &[], 8);
}

#[test]
fn foreign_files() {
    enumerate(Desk::new, touched, SECOND, FOREIGN, 20);
    enumerate(Desk::poor, touched, SECOND, FOREIGN, 20);
    enumerate(Desk::in_place, touched, SECOND, FOREIGN, 20);
}

#[test]
fn taking_over() {
    enumerate(Desk::new, someone_elses, SECOND, FOREIGN, 20);
}

#[test]
fn a_durable_publish() {
    fn durable() -> Desk {
        let desk = Desk::new();
        Desk { options: Options { durable: true, ..desk.options.clone() }, ..desk }
    }
    enumerate(durable, published, SMALL, &[], 12);
}

/// Editions so large that a few changes are no matter for a new tree.
macro_rules! large {
    ($($file:expr),*) => {
        &[$($file,)* ("r/1", "1"), ("r/2", "2"), ("r/3", "3"), ("r/4", "4"), ("r/5", "5"), ("r/6", "6"), ("r/7", "7"), ("r/8", "8"),
          ("r/9", "9"), ("r/10", "10")]
    };
}

const LARGE_FIRST: Edition<'_> = large![("index.html", "one"), ("a/index.html", "a"), ("x.css", "x")];
const LARGE_SECOND: Edition<'_> = large![("index.html", "two"), ("a", "now a file"), ("x.css", "x")];
const LARGE_THIRD: Edition<'_> = large![("index.html", "three"), ("a/index.html", "a"), ("x.css", "x")];

fn large(desk: &mut Desk) {
    desk.publish(LARGE_FIRST);
}

fn large_twice(desk: &mut Desk) {
    desk.publish(LARGE_SECOND);
    desk.publish(LARGE_FIRST);
}

fn large_touched(desk: &mut Desk) {
    desk.publish(LARGE_FIRST);
    for (path, text) in KEPT {
        desk.write(path, text);
    }
    desk.write("own/file", "mine");
    desk.options.home = Some("/nowhere".into());
}

#[test]
fn a_spare_brought_forward() {
    enumerate_until(Desk::new, large, [LARGE_SECOND, LARGE_THIRD], &[], 15);
    enumerate_until(Desk::poor, large, [LARGE_SECOND, LARGE_THIRD], &[], 15);
}

#[test]
fn a_spare_that_catches_up() {
    enumerate_until(Desk::new, large_twice, [LARGE_THIRD, LARGE_SECOND], &[], 15);
}

#[test]
fn foreign_files_in_a_pair() {
    enumerate_until(Desk::new, large_touched, [LARGE_SECOND, LARGE_THIRD], FOREIGN, 15);
}

#[test]
fn a_live_inode_is_never_written_to() {
    let desk = Desk::new();
    let mut open = Vec::new();
    for round in 0..50 {
        desk.publish([FIRST, LARGE_SECOND, LARGE_THIRD, LARGE_FIRST, LARGE_THIRD, SECOND][round % 6]);
        for (path, text) in desk.tree().into_iter().filter(|(_, text)| text != "/") {
            open.push((fs::File::open(desk.public().join(path)).unwrap(), text));
        }
    }
    for (file, text) in &mut open {
        let mut read = String::new();
        file.read_to_string(&mut read).unwrap();
        assert_eq!(read, *text);
    }
}
