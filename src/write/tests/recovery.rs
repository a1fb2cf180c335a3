//! One test a row of the recovery table: what is found at the start, and what is done.

use super::*;

const OLD: Edition<'_> = &[("index.html", "old"), ("a/index.html", "same"), ("gone.html", "gone")];
const NEW: Edition<'_> = &[("index.html", "new"), ("a/index.html", "same"), ("come.html", "come")];

/// A desk whose build of `NEW` was killed with its record written, before readers saw anything of it or after.
///
/// Folders are made by two threads, which may both try, so that the number of calls before a moment is not quite the same each time: what one round
/// missed, another finds.
fn killed(desk: fn() -> Desk, is_after: bool) -> Desk {
    for _ in 0..20 {
        for at in 1.. {
            let desk = desk();
            desk.publish(OLD);
            let before = desk.tree();
            let fault = Fault::at(at, Wrong::FromThen);
            let _ = desk.open_on(fault.clone()).and_then(|folder| commit(folder, NEW));
            if desk.own("next").exists() && (desk.tree() != before) == is_after {
                return desk;
            }
            if fault.calls() < at {
                break;
            }
        }
    }
    unreachable!("no call of a publish lies there")
}

#[test]
fn nothing_or_an_empty_folder_is_a_first_build() {
    let desk = Desk::new();
    desk.publish(OLD);
    assert_eq!(desk.tree(), tree_of(OLD));
    let desk = Desk::new();
    fs::create_dir(desk.public()).unwrap();
    desk.publish(OLD);
    assert_eq!(desk.tree(), tree_of(OLD));
}

#[test]
fn someone_elses_folder_is_refused_and_left_alone() {
    let desk = Desk::new();
    desk.write("index.html", "mine");
    desk.write("notes/todo.txt", "mine too");
    let before = tree(&desk.site());
    let error = desk.try_publish(OLD).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{} has 2 files that Letterpress did not write, or that differ from this edition: index.html, notes/todo.txt",
            desk.public().display()
        )
    );
    assert!(error.cure().unwrap().contains("--adopt"));
    assert_eq!(tree(&desk.site()), before);
    assert!(desk.try_publish(OLD).is_err(), "and again");
}

#[test]
fn a_folder_with_the_very_files_of_the_edition_is_taken_over() {
    let desk = Desk::new();
    for (path, text) in OLD {
        desk.write(path, text);
    }
    let inode = desk.inode("a/index.html");
    let report = desk.publish(OLD);
    assert_eq!((report.written.len(), report.kept.len(), report.unchanged), (0, 0, 3));
    assert_eq!(desk.inode("a/index.html"), inode);
    desk.publish(NEW);
    assert_eq!(desk.tree(), tree_of(NEW));
}

#[test]
fn adopting_carries_and_keeps_what_others_wrote() {
    let mut desk = Desk::new();
    desk.write("index.html", "mine");
    desk.write("a", "a file where a folder goes");
    desk.write("gone.html/deep.txt", "a folder where a file goes");
    desk.write("notes/todo.txt", "mine too");
    let report = desk.adopt(OLD);
    let mut expected = tree_of(OLD);
    expected.extend([("notes".into(), "/".into()), ("notes/todo.txt".into(), "mine too".into())]);
    assert_eq!(desk.tree(), expected);
    let kept = tree(&desk.own("kept/1"));
    assert_eq!(kept["index.html"], "mine");
    assert_eq!(kept["a"], "a file where a folder goes");
    assert_eq!(kept["gone.html/deep.txt"], "a folder where a file goes");
    assert_eq!((report.kept.len(), report.carried), (3, 1));
    assert_eq!(report.kept[0].now_at, desk.own("kept/1/a"));
}

#[test]
fn a_git_repository_is_never_adopted() {
    let mut desk = Desk::new();
    desk.write(".git/HEAD", "ref: refs/heads/main");
    desk.options.adopt = true;
    assert!(desk.try_publish(OLD).unwrap_err().to_string().contains("git repository"));
    // One that came after we published is carried over.
    let desk = Desk::new();
    desk.publish(OLD);
    desk.write(".git/HEAD", "ref: refs/heads/main");
    desk.publish(NEW);
    assert_eq!(desk.tree()[".git/HEAD"], "ref: refs/heads/main");
}

#[test]
fn a_switch_that_took_place_is_finished() {
    for desk in [Desk::new, Desk::poor] {
        let desk = killed(desk, true);
        let folder = desk.open().unwrap();
        assert_eq!(folder.manifest().rows().len(), NEW.len());
        assert_eq!(folder.generation(), 2);
        assert!(!desk.own("next").exists());
        assert_eq!(commit(folder, NEW).unwrap().written, []);
        assert_eq!(desk.tree(), tree_of(NEW));
    }
}

#[test]
fn newcomers_of_a_killed_build_are_saved() {
    let desk = killed(Desk::new, true);
    let old = desk.own("fresh");
    fs::write(old.join("new.txt"), "came between").unwrap();
    fs::write(old.join("come.html"), "came between").unwrap();
    fs::remove_file(old.join("gone.html")).unwrap();
    fs::write(old.join("gone.html"), "came between").unwrap();
    desk.publish(NEW);
    assert_eq!(desk.tree()["new.txt"], "came between");
    let kept = tree(&desk.own("kept/2"));
    assert_eq!(
        (kept["come.html"].as_str(), kept["gone.html"].as_str(), kept.len()),
        ("came between", "came between", 2)
    );
}

#[test]
fn a_switch_that_did_not_take_place_is_forgotten() {
    for desk in [Desk::new, Desk::poor] {
        let desk = killed(desk, false);
        let folder = desk.open().unwrap();
        assert_eq!((folder.generation(), folder.manifest().rows().len()), (1, OLD.len()));
        assert!(!desk.own("next").exists());
        commit(folder, NEW).unwrap();
        assert_eq!(desk.tree(), tree_of(NEW));
        assert!(!desk.own("fresh").exists());
    }
}

#[test]
fn old_trees_and_unfinished_ones_are_swept_by_the_next_publish() {
    let desk = Desk::new();
    desk.publish(OLD);
    fs::create_dir_all(desk.own("fresh/x/y")).unwrap();
    fs::create_dir_all(desk.own("trash-7")).unwrap();
    fs::write(desk.own("trash-7/z"), "z").unwrap();
    desk.publish(NEW);
    let left = || tree(&desk.own("")).into_keys().filter(|name| !name.contains('/')).collect::<Vec<_>>();
    let state = ["differs", "live", "lock", "manifest-2", "spare", "trash-0", "trash-1"];
    assert_eq!(left(), state, "only the trees of the edition before are left");
    assert_eq!((tree(&desk.own("trash-0")), tree(&desk.own("trash-1"))), (tree_of(OLD), tree_of(OLD)));
    assert_eq!(tree(&desk.own("spare")), tree_of(NEW), "a tree made anew has its twin");
}

#[test]
fn a_tree_that_a_reader_holds_is_not_swept() {
    let desk = Desk::new();
    desk.publish(OLD);
    let held = fs::File::open(desk.public()).unwrap();
    held.lock_shared().unwrap();
    desk.publish(NEW);
    desk.publish(OLD);
    desk.publish(NEW);
    assert_eq!(tree(&desk.own("trash-0")), tree_of(OLD));
    drop(held);
    desk.publish(OLD);
    assert!(!tree(&desk.own("trash-0")).contains_key("gone.html"));
}

#[test]
fn drafts_and_broken_records_are_removed() {
    let desk = Desk::new();
    desk.publish(OLD);
    fs::write(desk.own("next"), "half a rec").unwrap();
    fs::write(desk.own("next.tmp"), "half a rec").unwrap();
    desk.publish(NEW);
    assert_eq!(desk.tree(), tree_of(NEW));
    assert!(!desk.own("next").exists() && !desk.own("next.tmp").exists());
}

#[test]
fn a_damaged_record_makes_every_file_someone_elses() {
    let desk = Desk::new();
    desk.publish(OLD);
    fs::write(desk.own("live"), "half a rec").unwrap();
    let report = desk.publish(NEW);
    assert_eq!(report.notes.len(), 1);
    let mut expected = tree_of(NEW);
    expected.insert("gone.html".into(), "gone".into());
    assert_eq!(desk.tree(), expected);
    assert_eq!(tree(&desk.own("kept/1"))["index.html"], "old");
}

#[test]
fn a_tree_that_was_copied_is_compared() {
    let desk = Desk::new();
    desk.publish(OLD);
    fs::rename(desk.public(), desk.site().join("was")).unwrap();
    fs::create_dir_all(desk.public().join("a")).unwrap();
    for (path, text) in OLD {
        desk.write(path, text);
    }
    desk.write("index.html", "edited");
    desk.write("more.txt", "more");
    let report = desk.publish(NEW);
    assert_eq!(report.notes.len(), 1);
    let mut expected = tree_of(NEW);
    expected.insert("more.txt".into(), "more".into());
    assert_eq!(desk.tree(), expected);
    assert_eq!(tree(&desk.own("kept/2"))["index.html"], "edited");
    // Equal from the first file to the last, it gets a record all the same.
    assert_eq!(desk.publish(NEW).notes, Vec::<String>::new());
}

#[test]
fn a_tree_that_someone_removed_is_made_anew() {
    for desk in [Desk::new(), Desk::in_place()] {
        desk.publish(OLD);
        fs::remove_dir_all(desk.public()).unwrap();
        let report = desk.publish(OLD);
        assert!(report.notes[0].contains("removed"));
        assert_eq!(desk.tree(), tree_of(OLD));
    }
}

#[test]
fn after_a_power_cut_an_edition_that_was_not_made_to_last_is_read() {
    let mut desk = Desk::new();
    for is_durable in [true, false] {
        desk.options.durable = is_durable;
        desk.publish(NEW);
        desk.publish(OLD);
        // The file keeps its length, its bytes are gone, and no clock tells of it.
        fs::write(desk.public().join("gone.html"), "\0\0\0\0").unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let record = fs::read(desk.own("live")).unwrap();
        let body = String::from_utf8(record[65..].to_vec()).unwrap().replace(&disk::boot(), "another");
        fs::write(desk.own("live"), format!("{}\n{body}", blake3::hash(body.as_bytes()))).unwrap();
        let report = desk.publish(OLD);
        assert_eq!(report.written.len(), usize::from(!is_durable));
        desk.write("gone.html", "gone");
    }
}

#[test]
fn in_place_a_mixture_is_finished() {
    let desk = killed(Desk::in_place, true);
    assert_ne!(desk.tree(), tree_of(OLD));
    let report = desk.publish(NEW);
    assert_eq!((report.kept, desk.tree()), (vec![], tree_of(NEW)));
    assert!(!desk.own("next").exists());
}
