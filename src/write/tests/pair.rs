//! The pair of trees: what a publish of few changes leaves alone, what it costs, and what becomes of the spare.

use super::*;

/// Numbers that look random, from a seed: xorshift64*, by Vigna.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let roll = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(roll).unwrap() % end
    }
}

type Files = BTreeMap<String, String>;

fn borrowed(files: &Files) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (&**path, &**text)).collect()
}

/// Many files in few folders.
fn many(files: usize) -> Files {
    (0..files).map(|number| (format!("f{}/{number}.html", number % 8), number.to_string())).collect()
}

/// Edits, adds, removes, or turns a file into a folder or back.
fn edit(files: &mut Files, dice: &mut Dice, round: usize) {
    let path = files.keys().nth(dice.below(files.len())).unwrap().clone();
    match dice.below(5) {
        0 => drop(files.insert(format!("new/{round}/index.html"), "new".into())),
        1 => drop(files.remove(&path)),
        2 if !path.ends_with("/in") => {
            files.remove(&path);
            files.insert(format!("{path}/in"), "in".into());
        }
        2 => {
            let above = path.trim_end_matches("/in").to_owned();
            files.remove(&path);
            files.insert(above, "out".into());
        }
        _ => drop(files.insert(path, format!("edited in {round}"))),
    }
}

fn stamp(path: &Path) -> (u64, i64, i64) {
    let facts = fs::symlink_metadata(path).unwrap();
    (facts.ino(), facts.mtime(), facts.mtime_nsec())
}

/// Publishes at random, now and then with a call that goes wrong or someone else's hands at work, and compares all there is to compare.
fn publish_at_random(desk: &Desk, rounds: usize) {
    let mut dice = Dice(20_261_122);
    let mut files = many(60);
    let mut foreign = Files::new();
    desk.publish(&borrowed(&files));
    for round in 0..rounds {
        let stamps: BTreeMap<&String, _> = files.keys().map(|path| (path, stamp(&desk.public().join(path)))).collect();
        let before = files.clone();
        let stamps: BTreeMap<String, _> = stamps.into_iter().map(|(path, stamp)| (path.clone(), stamp)).collect();
        for _ in 0..=dice.below(4) {
            edit(&mut files, &mut dice, round);
        }
        match dice.below(8) {
            0 => {
                let path = format!("f{}/theirs-{round}", dice.below(8));
                desk.write(&path, "theirs");
                foreign.insert(path, "theirs".into());
            }
            1 => {
                if let Some((path, _)) = foreign.pop_first() {
                    fs::remove_file(desk.public().join(path)).unwrap();
                }
            }
            2 | 3 => {
                let wrong = [Wrong::Once, Wrong::FromThen][dice.below(2)];
                let fault = Fault::at(1 + dice.below(60), wrong);
                let _ = desk.open_on(fault).and_then(|folder| commit(folder, &borrowed(&files)));
                desk.check_pair(&borrowed(&foreign));
            }
            _ => {}
        }
        desk.publish(&borrowed(&files));
        let mut expected = tree_of(&borrowed(&files));
        expected.extend(tree_of(&borrowed(&foreign)));
        let mut found = desk.tree();
        // A folder that only someone else's file kept stays when its owner takes that away: it is theirs by then.
        found.retain(|path, text| text != "/" || expected.contains_key(path));
        assert_eq!(found, expected, "round {round}");
        assert!(desk.check_pair(&[]).is_some(), "round {round}");
        for (path, stamp_before) in stamps {
            if files.get(&path) == before.get(&path) {
                assert_eq!(stamp(&desk.public().join(&path)), stamp_before, "{path} in round {round}");
            }
        }
    }
}

#[test]
fn unchanged_files_keep_inode_and_time_over_a_hundred_publishes() {
    publish_at_random(&Desk::new(), 100);
}

#[test]
fn the_same_through_a_link() {
    publish_at_random(&Desk::poor(), 30);
}

/// How many calls that change the disk a publish of one changed page makes.
fn calls_of_one_edit(count: usize) -> usize {
    let desk = Desk::new();
    let mut files = many(count);
    desk.publish(&borrowed(&files));
    let mut edit = |text: &str| {
        files.insert("f3/3.html".into(), text.into());
        let entries: Vec<Entry> = entries(&borrowed(&files))
            .into_iter()
            .map(|entry| Entry {
                want: if entry.path.as_str() == "f3/3.html" { Want::Rendered } else { Want::Published },
                ..entry
            })
            .collect();
        let fault = Fault::never();
        let report =
            desk.open_on(fault.clone()).unwrap().commit(&entries, |_| Ok::<_, Infallible>(rendered(text))).unwrap();
        assert_eq!((report.written.len(), report.unchanged), (1, count - 1));
        fault.calls()
    };
    edit("one");
    edit("two")
}

#[test]
fn an_edit_costs_what_it_changes() {
    let calls = calls_of_one_edit(1_000);
    assert!(calls < 25, "{calls}");
    assert_eq!(calls_of_one_edit(20_000), calls);
}

#[test]
fn what_is_known_to_be_unchanged_is_not_rendered() {
    let desk = Desk::new();
    let files = many(8);
    assert_eq!(desk.open().unwrap().seal(), None);
    let first = desk.publish(&borrowed(&files));
    let entries: Vec<Entry> =
        entries(&borrowed(&files)).into_iter().map(|entry| Entry { want: Want::Published, ..entry }).collect();
    let never = |_: usize| -> Result<Rendered, Infallible> { unreachable!("nothing asked for it") };

    let folder = desk.open().unwrap();
    assert_eq!((folder.generation(), folder.seal(), folder.damaged().count()), (1, first.seal, 0));
    let report = folder.commit(&entries, never).unwrap();
    assert_eq!((report.unchanged, report.written.len(), report.seal), (8, 0, first.seal));

    let folder = desk.open().unwrap();
    let report = folder.commit(&entries[1..], never).unwrap();
    assert_eq!((report.unchanged, report.removed.len(), report.generation), (7, 1, 2));
    assert_ne!(report.seal, first.seal);
    assert_eq!(desk.open().unwrap().seal(), report.seal);

    fs::write(desk.public().join("f3/3.html"), "edited").unwrap();
    fs::remove_file(desk.public().join("f4/4.html")).unwrap();
    let folder = desk.open().unwrap();
    let damaged: Vec<_> = folder.damaged().map(OutPath::as_str).collect();
    assert_eq!(damaged, ["f3/3.html", "f4/4.html"]);
    let Err(CommitError::Write(Error::NotPublished(path))) = folder.commit(&entries[1..], never) else { panic!() };
    assert_eq!(path.as_str(), "f3/3.html");
}

/// Publishes a first edition of many files, lets something happen, then publishes two small changes. Tells whether the spare was used for the first.
fn used_after(desk: &mut Desk, hands: impl FnOnce(&mut Desk)) -> bool {
    let mut files = many(40);
    desk.publish(&borrowed(&files));
    let public = disk::identify(&desk.public()).unwrap();
    let spare = disk::identify(&desk.own("spare")).unwrap();
    assert!(public.is_some() && spare.is_some());
    hands(desk);
    for text in ["one", "two"] {
        files.insert("f1/1.html".into(), text.into());
        let report = desk.publish(&borrowed(&files));
        assert_eq!(report.written.len(), 1);
        assert_eq!(desk.tree(), tree_of(&borrowed(&files)));
        desk.check_pair(&[]);
    }
    // Two exchanges, and the first tree is live again.
    disk::identify(&desk.public()).unwrap() == public
}

#[test]
fn a_spare_that_may_not_be_what_it_was_is_left_alone() {
    let check = |hands: fn(&mut Desk), is_used: bool, what: &str| {
        assert_eq!(used_after(&mut Desk::new(), hands), is_used, "{what}");
    };
    check(|_| {}, true, "nothing happened");
    check(|desk| fs::remove_file(desk.own("differs")).unwrap(), false, "no list");
    check(|desk| fs::write(desk.own("differs"), "half a li").unwrap(), false, "a broken list");
    check(|desk| fs::remove_dir_all(desk.own("spare")).unwrap(), false, "no spare");
    check(
        |desk| {
            fs::rename(desk.own("spare"), desk.own("was")).unwrap();
            fs::create_dir(desk.own("spare")).unwrap();
            fs::remove_dir_all(desk.own("was")).unwrap();
        },
        false,
        "another tree",
    );
    check(|desk| fs::remove_file(desk.own("spare/f1/1.html")).unwrap(), false, "a changed path is missing");
    check(|desk| fs::create_dir_all(desk.own("stage/1/2")).unwrap(), true, "what a killed build staged");
    check(|desk| fs::create_dir_all(desk.own("twin/1/2")).unwrap(), true, "what a killed build began");
    check(
        |desk| {
            let sealed = fs::read_to_string(desk.own("differs")).unwrap();
            let body = sealed[65..].replace(&disk::boot(), "another");
            fs::write(desk.own("differs"), format!("{}\n{body}", blake3::hash(body.as_bytes()))).unwrap();
        },
        false,
        "the machine was started again",
    );
    let mut held = None;
    let is_used = used_after(&mut Desk::new(), |desk| {
        let root = fs::File::open(desk.own("spare")).unwrap();
        root.lock_shared().unwrap();
        held = Some(root);
    });
    assert!(!is_used, "a reader holds it");
}

#[test]
fn publishing_in_place_ends_the_pair() {
    let mut desk = Desk::new();
    let mut files = many(20);
    let mut publish = |desk: &Desk, text: &str| {
        files.insert("f1/1.html".into(), text.into());
        desk.publish(&borrowed(&files));
        assert_eq!(desk.tree(), tree_of(&borrowed(&files)));
    };
    publish(&desk, "one");
    desk.options.method = Method::InPlace;
    publish(&desk, "two");
    assert!(!desk.own("spare").exists() && !desk.own("differs").exists());
    desk.options.method = Method::Whole;
    publish(&desk, "three");
    publish(&desk, "four");
    assert!(desk.check_pair(&[]).is_some());
}

#[test]
fn a_change_of_the_whole_site_is_swept_by_and_by() {
    let desk = Desk::new();
    let edition = |text: &str| -> Files { many(600).into_keys().map(|path| (path, text.to_owned())).collect() };
    let publish = |text: &str, front: &str| {
        let mut files = edition(text);
        files.insert("index.html".into(), front.into());
        desk.publish(&borrowed(&files));
    };
    publish("one", "1");
    publish("two", "1");
    let trash = || tree(&desk.own("")).keys().filter(|path| path.starts_with("trash-")).count();
    let full = trash();
    assert!(full > 1_200, "the old tree and the old spare: {full}");
    publish("two", "2");
    let left = trash();
    assert!(left < full && left > 600, "{left} of {full}");
    for front in ["3", "4", "5"] {
        publish("two", front);
    }
    assert_eq!(trash(), 0);
}
