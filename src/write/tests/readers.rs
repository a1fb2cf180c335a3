//! A reader by path meets one edition or the next while editions are published as fast as they can be.

use std::sync::atomic::AtomicBool;

use super::*;

const PAGES: usize = 40;

fn publish_and_read(desk: &Desk) {
    let paths: Vec<String> = (0..PAGES).map(|page| format!("{}/{page}/index.html", page % 7)).collect();
    let edition = |number: usize| {
        let text = number.to_string();
        paths
            .iter()
            .map(|path| (path.clone(), text.clone()))
            .chain([("index.html".to_owned(), text.clone())])
            .collect::<Vec<_>>()
    };
    let publish = |number| {
        let edition = edition(number);
        let edition: Vec<(&str, &str)> = edition.iter().map(|(path, text)| (&**path, &**text)).collect();
        desk.publish(&edition);
    };
    publish(0);
    let is_done = AtomicBool::new(false);
    let public = desk.public();
    let read = |path: &str| -> usize { fs::read_to_string(public.join(path)).unwrap().parse().unwrap() };
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut rounds, mut last) = (0, 0);
            while !is_done.load(SeqCst) {
                let before = read("index.html");
                let pages: Vec<usize> = paths.iter().map(|path| read(path)).collect();
                let after = read("index.html");
                assert!(before >= last && after >= before, "editions never go back: {last} {before} {after}");
                assert!(pages.iter().all(|page| (before..=after).contains(page)), "{before} {pages:?} {after}");
                assert!(pages.is_sorted());
                (rounds, last) = (rounds + 1, after);
            }
            rounds
        });
        for number in 1..150 {
            publish(number);
        }
        is_done.store(true, SeqCst);
        assert!(reader.join().unwrap() > 10);
    });
}

#[test]
fn by_path_through_a_folder() {
    publish_and_read(&Desk::new());
}

#[test]
fn by_path_through_a_link() {
    publish_and_read(&Desk::poor());
}
