use proptest::prelude::*;

use super::*;

fn plain(text: &str) -> Plain {
    let mut plain = Plain::default();
    plain.push(text, Some(0));
    plain
}

fn terms(language: &str, text: &str) -> Terms {
    Workbench::default().terms(Some(""), &plain(text), 0, (&Languages::default(), language))
}

/// The terms of a text as written, in the order in which they were met.
fn written(language: &str, text: &str) -> Vec<String> {
    let glimpse = Glimpse { headline: "", body: text, labels: &[], unsaid: &[] };
    terms(language, text).iter().map(|term| glimpse.word(term.place).unwrap()).collect()
}

/// Whether two words are one term.
fn are_one(language: &str, a: &str, b: &str) -> bool {
    let hashes = |text| terms(language, text).iter().map(|term| term.hash).collect::<Vec<_>>();
    !hashes(a).is_empty() && hashes(a) == hashes(b)
}

#[test]
fn words_and_pairs_are_terms() {
    let check = |text: &str, found: &[&str]| assert_eq!(written("en", text), found, "{text}");
    check("Turbines near Kelder", &["Turbines", "Kelder"]);
    check("Kelder turbines fail", &["Kelder", "turbines", "Kelder turbines", "fail", "turbines fail"]);
    check("off-shore x wind", &["shore", "wind"]);
    check("Kelder\nturbines", &["Kelder", "turbines"]);
    check("see https://kelder.example/turbine?x=1 turbines", &["turbines"]);
    check("www.kelder.example", &[]);
    check("the of and", &[]);
    check("3,200 homes", &["3,200", "homes", "3,200 homes"]);
    check("up 4.99.", &["4.99"]);
}

#[test]
fn spellings_of_one_word_are_one_term() {
    let check = |language: &str, a: &str, b: &str| assert!(are_one(language, a, b), "{language}: {a} and {b}");
    check("en", "Mayor’s", "mayor");
    check("en", "MAYOR'S", "mayors");
    check("en", "cities", "city");
    check("en", "e\u{301}lite", "Élite");
    check("en", "ﬁnance", "finance");
    check("en", "Ｇｒｉｄ", "grid");
    check("en", "grid\u{ad}lock", "gridlock");
    check("fr", "l’électricité", "électricité");
    check("de", "STRAẞE", "straße");
    check("hi", "हिन्दी", "हिन्दी");
    let differ = |language: &str, a: &str, b: &str| assert!(!are_one(language, a, b), "{language}: {a} and {b}");
    differ("en", "class", "clas");
    differ("en", "virus", "viru");
    differ("de", "Hausboots", "Hausboot");
    differ("en", "grid", "grids x kelder");
}

#[test]
fn scripts_without_spaces_are_cut_into_pairs() {
    let check = |language: &str, text: &str, found: &[&str]| assert_eq!(written(language, text), found, "{text}");
    check("zh", "富平县", &["富平", "平县"]);
    check("ja", "データ、東", &["デー", "ータ"]);
    check("ko", "풍력발전", &["풍력", "력발", "발전"]);
    check("th", "กังหัน", &["กัง", "งหั", "หัน"]);
    check("lo", "ລາວ", &["ລາ", "າວ"]);
    check("my", "မြန်", &["မြန်"]);
    check("km", "ខ្មែរ", &["ខ្មែ", "មែរ"]);
    check("zh", "用GPS定位", &["GPS", "定位", "GPS 定位"]);
}

#[test]
fn twenty_languages_have_stop_words() {
    let languages = Languages::default();
    for (language, word) in [
        ("ar", "من"),
        ("bg", "като"),
        ("ca", "amb"),
        ("cs", "který"),
        ("da", "ikke"),
        ("de", "nicht"),
        ("el", "στο"),
        ("en", "which"),
        ("es", "pero"),
        ("et", "aga"),
        ("fi", "mutta"),
        ("fr", "avec"),
        ("hi", "लेकिन"),
        ("hu", "hogy"),
        ("it", "della"),
        ("ja", "これ"),
        ("nb", "ikke"),
        ("nl", "niet"),
        ("pl", "jest"),
        ("pt-BR", "para"),
        ("ro", "pentru"),
        ("ru", "который"),
        ("sv", "inte"),
        ("tr", "için"),
        ("uk", "який"),
    ] {
        let bench = &mut Workbench::default();
        assert!(bench.terms(None, &plain(word), 0, (&languages, language)).is_empty(), "{language}: {word}");
        assert_eq!(
            bench.terms(None, &plain(word), 0, (&languages, "tlh")).len(),
            1,
            "a language without a list keeps {word}"
        );
    }
}

#[test]
fn a_headline_and_an_opening_count_more() {
    let count = |headline: &str, body: &str, word: &str| {
        let languages = Languages::default();
        let all = Workbench::default().terms(Some(headline), &plain(body), 0, (&languages, "en"));
        let glimpse = Glimpse { headline, body, labels: &[], unsaid: &[] };
        let found = all.iter().find(|term| glimpse.word(term.place).as_deref() == Some(word));
        found.map(|term| term.tenths)
    };
    assert_eq!(count("Turbines", "", "Turbines"), Some(40));
    assert_eq!(count("Kelder turbines", "", "Kelder turbines"), Some(28));
    assert_eq!(count("", "Turbines the turbines", "Turbines"), Some(30));
    assert_eq!(count("", &format!("{}turbines", "kelder ".repeat(80)), "turbines"), Some(10));
    assert_eq!(count("", &"kelder ".repeat(500), "kelder"), Some(MAX_COUNT));
}

#[test]
fn what_is_shown_is_no_part_of_what_is_shown() {
    let body = "Kelder Sound turbines: at Kelder, a turbine";
    let glimpse = Glimpse { headline: "", body, labels: &["Energy"], unsaid: &[] };
    let place = |at: usize| Place::in_body(at);
    let shown = |places: &[Place]| glimpse.words(places.iter().copied(), 3);
    assert_eq!(shown(&[place(0), place(0).as_pair(), Place::of_label(0)]), ["Kelder Sound", "Energy"]);
    assert_eq!(shown(&[place(0).as_pair(), place(0), place(13)]), ["Kelder Sound", "turbines"]);
    assert_eq!(shown(&[place(13), place(37), Place::UNKNOWN]), ["turbines"]);
    assert_eq!(shown(&[place(13), place(26)]), ["Kelder", "turbines"], "a name comes first");
    assert_eq!(shown(&[place(7), place(0), place(0).as_pair()]), ["Kelder Sound"]);
    assert_eq!(shown(&[place(7), place(0)]), ["Kelder Sound"], "a name of two words");
    // Markup between two words is not shown; an address between them hides the pair.
    let pair = |body| Glimpse { headline: "", body, labels: &[], unsaid: &[] }.word(place(0).as_pair());
    assert_eq!(pair("data **centres**"), Some("data centres".to_owned()));
    assert_eq!(pair("data-\ncentres"), Some("data-centres".to_owned()));
    assert_eq!(pair("[data](grid.md) centres"), None);
}

#[test]
fn parts_of_an_article_are_joined() {
    let mut bench = Workbench::default();
    let languages = Languages::default();
    let mut part = |text: &str| bench.terms(None, &plain(text), 0, (&languages, "en"));
    let (mut first, second, whole) =
        (part("kelder turbines"), part("turbines fail"), part("kelder turbines\nturbines fail"));
    first.join(&[second], &mut Workbench::default());
    let counts =
        |terms: &Terms| terms.iter().map(|term| (term.hash, term.tenths)).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(counts(&first), counts(&whole));
}

proptest! {
    #[test]
    fn any_text_has_terms_within_it(text in "\\PC{0,200}", language in "(en|fr|de|zh|th|ar|xx)") {
        let found = terms(&language, &text);
        let glimpse = Glimpse { headline: "", body: &text, labels: &[], unsaid: &[] };
        for term in found.iter() {
            prop_assert!(term.hash < 1 << HASH_BITS && term.tenths > 0 && term.tenths <= MAX_COUNT);
            let Stand::Body(at) = term.place.stand() else { return Err(TestCaseError::fail("a place is in the body")) };
            prop_assert!(text.is_char_boundary(at));
            if !term.place.is_pair() {
                prop_assert!(glimpse.word(term.place).is_some());
            }
        }
        prop_assert_eq!(&found, &terms(&language, &text));
    }

    #[test]
    fn letter_case_changes_nothing(text in "[a-zA-Zé’' -]{0,80}") {
        let hashes = |text: &str| terms("en", text).iter().map(|term| (term.hash, term.tenths)).collect::<Vec<_>>();
        prop_assert_eq!(hashes(&text), hashes(&text.to_uppercase()));
    }
}
