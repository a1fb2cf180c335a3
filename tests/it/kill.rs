//! A build that is killed at any moment leaves the old edition or the new one, whole, to whoever reads meanwhile.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::site::{AS_OF, Site, assert_same};

const PAGES: u64 = 300;

/// How many pages a reader takes between two looks at the front page.
const READ_AT_ONCE: u64 = 40;

/// Numbers that look random, from a seed: xorshift64*, by Vigna.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.roll() >> 33) % end
    }
}

/// How many kills there should be on each side of the switch, in percent of all.
const LEAST_PERCENT: u64 = 15;

/// How long to try for that: a machine that is busy with other things gives the moments of a build no order.
const LONGEST: Duration = Duration::from_mins(2);

/// How many editions have the same title: the first of them changes every page, the others few.
const ALIKE: u64 = 3;

/// A site whose every page names its title; one story comes and one goes with each edition.
fn site() -> Site {
    let site = (0..PAGES).fold(Site::bare(), |site, number| {
        site.article(
            &format!("s{}/story-{number}.md", number % 5),
            &format!("Story {number}"),
            "2026-11-20",
            "tags: [T]\n",
        )
    });
    become_edition(&site, 0);
    site
}

fn become_edition(site: &Site, number: u64) {
    let title = title_of(number);
    site.write("site.yaml", format!("title: Edition {title}.\nurl: https://post.example\ntime_zone: UTC\n"));
    let text = format!("---\ntitle: Only {number}\ndate: 2026-11-21\n---\n");
    let _ = fs::remove_file(site.path(&format!("content/s0/only-{}.md", number.wrapping_sub(1))));
    site.write(&format!("content/s0/only-{number}.md"), text);
}

/// The number in the title of an edition.
fn title_of(number: u64) -> u64 {
    number - number % ALIKE
}

/// The edition whose only story is there.
fn live_edition(public: &Path, last: u64) -> u64 {
    let is_there = |number: &u64| public.join(format!("2026/11/21/only-{number}/index.html")).exists();
    let there: Vec<u64> = (0..=last).filter(is_there).collect();
    assert_eq!(there.len(), 1, "each edition has a story of its own, and no other's: {there:?}");
    there[0]
}

/// The title that a page has.
fn title_on(page: &Path) -> Result<u64, String> {
    let text = fs::read_to_string(page).map_err(|error| format!("{}: {error}", page.display()))?;
    let number = text.split("Edition ").nth(1).and_then(|rest| rest.split('.').next()?.parse().ok());
    number.ok_or_else(|| format!("{} is torn: {text:?}", page.display()))
}

fn page(public: &Path, number: u64) -> PathBuf {
    public.join(format!("2026/11/20/story-{number}/index.html"))
}

/// Reads by path until told to stop; every page must be there, and of the edition of the front page if that did not change meanwhile.
fn read(public: &Path, stop: &AtomicBool) -> Result<u64, String> {
    let mut dice = Dice(0x5eed);
    let front = public.join("index.html");
    let mut whole = 0;
    while !stop.load(Ordering::Relaxed) {
        let before = title_on(&front)?;
        let read =
            (0..READ_AT_ONCE).map(|_| title_on(&page(public, dice.below(PAGES)))).collect::<Result<Vec<u64>, _>>()?;
        if before == title_on(&front)? {
            whole += 1;
            if let Some(other) = read.iter().find(|other| **other != before) {
                return Err(format!("a page of edition {other} among those of edition {before}"));
            }
        }
    }
    Ok(whole)
}

/// Builds, and ends the build after a while. Tells whether it was done before.
fn build_and_kill(site: &Site, after: Duration) -> bool {
    let mut command = site.command(&["build", "--as-of", AS_OF, "--quiet"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let process = rustix::process::Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    let waiter = thread::spawn(move || {
        let status = child.wait().unwrap();
        let _ = sender.send(());
        status
    });
    if receiver.recv_timeout(after).is_err() {
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    }
    waiter.join().unwrap().success()
}

#[test]
fn a_killed_build_leaves_an_edition_whole() {
    let kills: u64 = std::env::var("KILLS").map_or(40, |kills| kills.parse().expect("KILLS is a number"));
    let site = site();
    site.build().succeeded();
    let began = Instant::now();
    site.build().succeeded();
    let usual = began.elapsed();
    let public = site.path("public");
    let stop = AtomicBool::new(false);
    let (mut old, mut new) = (0, 0);
    let whole = thread::scope(|scope| {
        let reader = scope.spawn(|| read(&public, &stop));
        let mut dice = Dice(20_261_122);
        // Where the switch seems to be, in microseconds: kills are thrown around it, from the first moment to after the end.
        let mut switch = u64::try_from(usual.as_micros()).unwrap();
        let mut live = 0;
        let began = Instant::now();
        for number in 1.. {
            become_edition(&site, number);
            let after = dice.below(2 * switch);
            build_and_kill(&site, Duration::from_micros(after));
            let now = live_edition(&public, number);
            assert!(now == live || now == number, "edition {now} is neither the old nor the new one");
            let title = title_of(now);
            let front = title_on(&public.join("index.html")).unwrap();
            let pages: Vec<u64> = (0..PAGES).map(|number| title_on(&page(&public, number)).unwrap()).collect();
            assert!(
                front == title && pages.iter().all(|other| *other == title),
                "kill {number} after {after} µs left a mixture"
            );
            (live, switch) = if now == number { (now, switch * 4 / 5) } else { (live, switch * 5 / 4) };
            if now == number {
                new += 1;
            } else {
                old += 1;
            }
            let is_enough = number >= kills && (old * 100).min(new * 100) >= LEAST_PERCENT * kills;
            if is_enough || reader.is_finished() || began.elapsed() > LONGEST {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    let whole = whole.unwrap_or_else(|wrong| panic!("a reader met {wrong}, after {old} and {new} kills"));
    assert!(whole > 0, "a reader saw at least one edition whole");
    assert!(old > 0 && new > 0, "{old} kills before the switch, {new} after it: none of one");

    site.build().succeeded();
    let clean = Site::empty().folder("content", &site.path("content")).folder("templates", &site.path("templates"));
    let clean = clean.file("site.yaml", fs::read(site.path("site.yaml")).unwrap());
    assert_same(&site.public(), &clean.published(), "the build after the kills, and a clean one");
}

/// A first build that is killed leaves nothing, or all of it.
#[test]
fn a_killed_first_build_leaves_nothing_or_all() {
    let site = Site::bare().article("politics/vote.md", "The vote", "2026-11-20", "");
    let expected = Site::bare().article("politics/vote.md", "The vote", "2026-11-20", "").published();
    for after in [0, 2, 5, 10, 20, 40, 80] {
        let _ = fs::remove_dir_all(site.path("public"));
        let _ = fs::remove_dir_all(site.path(".public.letterpress"));
        let is_done = build_and_kill(&site, Duration::from_millis(after));
        let public = site.public();
        assert!(public.is_empty() && !is_done || public == expected, "{} files after {after} ms", public.len());
        assert_same(&site.published(), &expected, "the build after");
    }
}
