//! A reader by path meets one edition or the next while editions are published as fast as they can be.

use std::sync::atomic::AtomicBool;

use super::*;

const PAGES: usize = 40;

/// The edition whose text a page has in that of this number: each edition changes one page in eight, and every fiftieth all of them.
fn text_of(page: usize, number: usize) -> usize {
    (0..=number)
        .rev()
        .find(|edition| edition % 50 == 0 || edition % 8 == page % 8)
        .expect("the first edition has all pages")
}

fn publish_and_read(desk: &Desk) {
    let paths: Vec<String> = (0..PAGES).map(|page| format!("{}/{page}/index.html", page % 7)).collect();
    let publish = |number: usize| {
        let pages = paths.iter().enumerate().map(|(page, path)| (path.clone(), text_of(page, number).to_string()));
        let edition: Vec<_> = pages.chain([("index.html".to_owned(), number.to_string())]).collect();
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
                // Each page is of an edition that was live meanwhile, and none is of an earlier one than the page before it.
                let mut at = before;
                for (page, text) in pages.iter().enumerate() {
                    let found = (at..=after).find(|number| text_of(page, *number) == *text);
                    at = found.unwrap_or_else(|| panic!("page {page} has {text}: {before} {pages:?} {after}"));
                }
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
