use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    config::RelatedSettings,
    parse::terms::{Languages, Plain, Stand, Workbench},
};

/// A text as it comes in: its terms, and the day of its date.
#[derive(Debug, Clone)]
struct Text {
    terms: Vec<Term>,
    day: i32,
}

fn text(words: &str, day: i32) -> Text {
    let mut plain = Plain::default();
    plain.push(words, Some(0));
    let terms = Workbench::default().terms(Some(""), &plain, 0, (&Languages::default(), "xx"));
    Text { terms: terms.iter().collect(), day }
}

fn collected(texts: &[Text]) -> Collection {
    let read = |at: usize, terms: &mut Vec<Term>| {
        terms.extend_from_slice(&texts[at].terms);
        Ok(())
    };
    let all = texts.iter().map(|text| text.terms.len()).sum();
    let days = texts.iter().map(|text| text.day).collect();
    let half_life = RelatedSettings::default().half_life_days;
    Collection::of(&Reader::new(texts.len(), &read), days, (all, half_life), (None, None)).unwrap()
}

fn collection(texts: &[String]) -> Collection {
    let days = (0..).map(|at: i32| at % 7 * 30);
    collected(&texts.iter().zip(days).map(|(words, day)| text(words, day)).collect::<Vec<_>>())
}

/// A site of many stories, each about a few things that others are about as well.
fn newsroom(stories: usize) -> Vec<String> {
    let mut seed = 7_u64;
    let mut roll = move |sides: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % sides
    };
    let story = |at: usize| {
        let subject = at % (stories / 8).max(1);
        let words = (0..160).map(|_| match roll(10) {
            0..3 => format!("subject{subject}x{} ", roll(20)),
            3..7 => format!("word{} ", roll(60)),
            _ => format!("rare{} ", roll(stories * 20)),
        });
        words.collect::<String>()
    };
    (0..stories).map(story).collect()
}

fn nearest(collection: &Collection, story: u32, scratch: &mut Scratch) -> Vec<(u32, u64)> {
    collection.search(story, scratch).nearest().iter().map(|found| (found.story, found.score)).collect()
}

/// The first five of every list.
fn lists(texts: &[String]) -> Vec<Vec<u32>> {
    let collection = collection(texts);
    let mut scratch = Scratch::default();
    let five = |story| nearest(&collection, story, &mut scratch).into_iter().take(5).map(|(other, _)| other).collect();
    (0..u32::try_from(texts.len()).unwrap()).map(five).collect()
}

#[test]
fn a_half_life_halves() {
    let check = |days: u32, half_life: u32, share: f64| {
        let found = f64::from(halved(days, half_life)) / f64::from(1 << 15);
        assert!((found - share).abs() < 1e-4, "{days} days: {found}");
    };
    check(0, 365, 1.0);
    check(365, 365, 0.5);
    check(730, 365, 0.25);
    check(100, 365, 0.827_06);
    check(1, 365, 0.998_10);
    check(1, 1, 0.5);
    check(36_500, 365, 0.0);
    assert!((1..5000).all(|days| halved(days, 365) <= halved(days - 1, 365)), "it never rises");
}

#[test]
fn rare_words_weigh_more_and_stories_of_one_subject_meet() {
    let texts = newsroom(400);
    for (story, list) in lists(&texts).iter().enumerate() {
        let same = list.iter().filter(|other| **other as usize % 50 == story % 50).count();
        assert!(same >= 4, "story {story}: {list:?}");
    }
}

#[test]
fn copies_are_known() {
    let long = newsroom(16);
    let mut texts = long.clone();
    texts.push(long[3].clone());
    texts.push(format!("{} {}", long[3], long[5]));
    let collection = collection(&texts);
    let mut scratch = Scratch::default();
    let mut search = collection.search(0, &mut scratch);
    search.take(3);
    assert_eq!(search.copied(16), Some(3));
    assert_eq!(search.copied(17), Some(3), "most of a story within another");
    assert_eq!(search.copied(11), None, "a story of one subject is no copy");
    drop(search);
    assert!(collection.search(3, &mut scratch).likeness(16).is_same());
    assert!(!collection.search(3, &mut scratch).likeness(17).is_same());
}

/// What a search reads is counted, not timed: however many stories there are, it reads no more than so many entries of lists and so many vectors.
#[test]
fn the_cost_of_a_story_is_bounded() {
    let work = |stories: usize| {
        let collection = collection(&newsroom(stories));
        let mut scratch = Scratch::default();
        for story in 0..u32::try_from(stories).unwrap() {
            nearest(&collection, story, &mut scratch);
        }
        let longest = collection.vectors.iter().flatten().map(Vector::len_words).max().unwrap();
        (scratch.work / stories, MOST_READ + COMPARED * longest)
    };
    for stories in [100, 400, 1600] {
        let (read, most) = work(stories);
        assert!(read <= most, "{read} entries a story among {stories}");
    }
}

/// One more or another story moves few lists: weights go in steps, so that most stay as they were.
#[test]
fn an_edit_changes_few_lists() {
    let texts = newsroom(1000);
    let before = lists(&texts);
    let mut changed: Vec<usize> = (0..9)
        .map(|at| {
            let mut edited = texts.clone();
            let cut = edited[at * 100].len() / 5;
            let end = edited[at * 100][..cut].rfind(' ').unwrap();
            edited[at * 100].replace_range(..end, "another paragraph about word7 and rare5");
            let after = lists(&edited);
            before.iter().zip(&after).filter(|(a, b)| a != b).count()
        })
        .collect();
    changed.sort_unstable();
    assert!(changed[4] <= 10, "lists that one edit changes: {changed:?}");
}

#[test]
fn threads_change_nothing() {
    let texts = newsroom(300);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let collection = collection(&texts);
            (collection.vectors, collection.postings)
        })
    };
    assert!(with(1) == with(8));
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let words = vec((0..40_u8).prop_map(|word| format!("word{word} ")), 0..30).prop_map(|words| words.concat());
    vec(words, 1..24)
}

proptest! {
    #[test]
    fn lists_hold_no_story_twice_and_scores_never_rise(texts in texts()) {
        let collection = collection(&texts);
        let mut scratch = Scratch::default();
        for story in 0..u32::try_from(texts.len()).unwrap() {
            let found = nearest(&collection, story, &mut scratch);
            let mut seen: Vec<u32> = found.iter().map(|(other, _)| *other).collect();
            seen.push(story);
            seen.sort_unstable();
            prop_assert!(seen.windows(2).all(|two| two[0] != two[1]), "each once, and never itself");
            prop_assert!(found.windows(2).all(|two| two[0].1 >= two[1].1));
            prop_assert!(found.iter().all(|(_, score)| share(*score) <= 1.001));
            for (other, score) in found {
                let back = collection.search(other, &mut scratch);
                prop_assert_eq!(back.score(back.likeness(story), story), score, "both see the same score");
            }
        }
    }

    #[test]
    fn signatures_find_what_a_full_search_finds(texts in texts()) {
        let collection = collection(&texts);
        let mut scratch = Scratch::default();
        let count = u32::try_from(texts.len()).unwrap();
        for story in 0..count {
            let best = nearest(&collection, story, &mut scratch).first().map(|(_, score)| *score);
            let search = collection.search(story, &mut scratch);
            let all = (0..count).filter(|other| *other != story).map(|other| search.score(search.likeness(other), other)).max();
            prop_assert_eq!(best.unwrap_or_default(), all.unwrap_or_default());
        }
    }

    #[test]
    fn scratch_is_left_clean(texts in texts()) {
        let collection = collection(&texts);
        let (mut used, count) = (Scratch::default(), u32::try_from(texts.len()).unwrap());
        for story in (0..count).chain(0..count) {
            let mut search = collection.search(story, &mut used);
            search.take((story + 1) % count);
            search.copied((story + 2) % count);
            drop(search);
            prop_assert_eq!(nearest(&collection, story, &mut used), nearest(&collection, story, &mut Scratch::default()));
        }
    }
}

#[test]
fn of_about_one_weight_the_first_in_the_text_is_shown() {
    let filler = |at: usize| (0..40).map(|word| format!("only{at}of{word} ")).collect::<Vec<_>>().concat();
    let about = |at: usize| format!("{}{}{}{}", "alpha ".repeat(8), filler(at), "beta ".repeat(9), "omega ".repeat(60));
    let texts: Vec<String> = (0..2).map(about).chain((2..30).map(filler)).collect();
    let (collection, mut scratch) = (collection(&texts), Scratch::default());
    let mut search = collection.search(0, &mut scratch);
    let words = |common: Vec<Common>| -> Vec<&str> {
        let at = |common: Common| match common.place.stand() {
            Stand::Body(at) => texts[0][at..].split(' ').next().unwrap(),
            other => panic!("{other:?}"),
        };
        common.into_iter().filter(|common| !common.place.is_pair()).map(at).collect()
    };
    assert_eq!(words(search.common(1, usize::MAX, Common::by_weight)), ["omega", "beta", "alpha"]);
    assert_eq!(words(search.common(1, usize::MAX, Common::by_rough_weight)), ["omega", "alpha", "beta"]);
}
