//! Times publishing alone, without rendering: `cargo run --release --example publish -- FOLDER FILES KILOBYTES`.
//!
//! `FOLDER` is made, and has to be removed by hand: never time a publish right after deleting a tree of the same size. Prints the seconds of a first
//! edition, of builds without changes, of editions with few changed pages, and of one in which all are. "asked" means that every page is rendered
//! to learn what changed, "told" that the caller knows.
#![expect(clippy::unwrap_used, reason = "whatever fails ends the measurement")]

use std::{convert::Infallible, path::Path, time::Instant};

use letterpress::{
    model::OutPath,
    write::{Content, Entry, Folder, Options, Rendered, Want},
};

const ROUNDS: [(&str, bool, usize); 9] = [
    ("nothing, asked", false, 0),
    ("nothing, told", true, 0),
    ("1 page, asked", false, 1),
    ("1 page, told", true, 1),
    ("10 pages, told", true, 10),
    ("100 pages, told", true, 100),
    ("nothing, told", true, 0),
    ("all pages", false, usize::MAX),
    ("1 page, told", true, 1),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, files, kilobytes] = &arguments[..] else { panic!("three arguments: FOLDER FILES KILOBYTES") };
    let (files, kilobytes): (usize, usize) = (files.parse().unwrap(), kilobytes.parse().unwrap());
    let site = Path::new(folder);
    std::fs::create_dir_all(site.join("content")).unwrap();
    let page = "words and words. ".repeat(kilobytes * 1024 / 17);
    let mut entries: Vec<Entry> = (0..files).map(entry).collect();
    let mut editions = vec![0; files];
    publish("all pages, first", site, &entries, &editions, &page);
    for (round, (name, is_told, changed)) in ROUNDS.into_iter().enumerate() {
        let changed = changed.min(files);
        editions[..changed].fill(round + 1);
        for (at, entry) in entries.iter_mut().enumerate() {
            entry.want = if is_told && at >= changed { Want::Published } else { Want::Rendered };
        }
        publish(name, site, &entries, &editions, &page);
    }
}

#[expect(clippy::disallowed_methods, reason = "it measures")]
#[expect(clippy::print_stdout, reason = "it tells what it measured")]
fn publish(name: &str, site: &Path, entries: &[Entry], editions: &[usize], page: &str) {
    let began = Instant::now();
    let options = Options { durable: false, ..Options::default() };
    let folder = Folder::open(&site.join("public"), site, options).unwrap();
    let opened = began.elapsed().as_secs_f64();
    let render = |at: usize| {
        let bytes = format!("{} {at} {page}", editions[at]).into_bytes();
        Ok::<_, Infallible>(Rendered { content: Content::Bytes(bytes), uses: Vec::new() })
    };
    let report = folder.commit(entries, render).unwrap();
    let took = began.elapsed().as_secs_f64();
    println!("{name:18} {took:.4} s, of which opening {opened:.4} s; {} written", report.written.len());
}

fn entry(number: usize) -> Entry {
    let (year, month, day) = (2000 + number / 5000, 1 + number / 400 % 12, 1 + number / 14 % 28);
    let path = format!("{year}/{month:02}/{day:02}/a-story-about-something-{number}/index.html");
    Entry { path: OutPath::parse(&path).unwrap(), subject: None, want: Want::Rendered }
}
