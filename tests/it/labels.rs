//! Labels that no theme can drop: readers tell opinion and paid content from news wherever a story stands.

use crate::site::{Site, differences};

/// The theme's card with a line of its own in the place of the headline's.
fn card(line: &str) -> String {
    "{% component Card(story: map, label: string, label_text: string, size = \"standard\", level = 3, picture = true, standfirst = true, eager = false, @page) -%}
<article data-story=\"{{ story.id }}\"><img alt=\"\">LINE</article>
{%- endcomponent Card %}
"
    .replace("LINE", line)
}

fn site() -> Site {
    Site::new()
        .article("city/o1.md", "The view", "2026-11-20", "label: opinion\n")
        .article("city/o2.md", "An opinion is a fine thing", "2026-11-20T01:00", "label: opinion\n")
        .article("city/n1.md", "The news", "2026-11-21", "")
}

#[test]
fn a_card_without_its_label_stops_the_build() {
    let site = site().file("templates/components/card.html", card("{{ story.title }}"));
    let run = site.build();
    run.exited(1).says("error[lost-label]: a story is shown without its label");
    run.says("shows `content/city/o2.md` without “Opinion”").says("print `label_text`");
    run.says("and while making 1 other page");
    assert!(!site.path("public").exists());
}

#[test]
fn a_label_counts_only_where_it_is_read() {
    let check = |line: &str, code: i32| {
        let site = site().file("templates/components/card.html", card(line));
        site.build().exited(code);
    };
    check("{{ story.label_text }} <b>{{ story.title }}</b>", 0);
    check("<b>{{ story.title }}</b> ({{ story.label_text | upper }})", 0);
    check("{% if story.label_text %}{{ story.label_text }}: {% endif %}{{ story.title }}", 0);
    check("<article>{{ story.title }}</article> <p>{{ story.label_text }}</p>", 0);
    check("<span title=\"{{ story.label_text }}\">{{ story.title }}</span>", 1);
    check("{{ story.title }}<!-- {{ story.label_text }} -->", 1);
    check("{{ story.title }}<p hidden>{{ story.label_text }}</p>", 1);
    check("{{ story.title }}<template>{{ story.label_text }}</template>", 1);
    check("{{ story.title }}</article>{{ story.label_text }}<article>", 1);
    check("<b>{{ story.title }}</b> by Opiniona", 1);
}

#[test]
fn the_page_of_a_story_shows_its_label_too() {
    let site = site().file("templates/partials/kicker.html", "");
    let run = site.build();
    run.exited(1).says("error[lost-label]: the page of a story does not show its label");
    run.says("--> theme/article.html").says("the page of `content/city/o1.md` does not say “Opinion”");
    let site = self::site().file("templates/article.html", "<main>{{ page.title }}</main>");
    site.build().exited(1).says("--> templates/article.html");
}

#[test]
fn a_label_cannot_lose_its_word() {
    let run = site().file("templates/strings/en.yaml", "label-opinion: \"\"\nlabel-news: \"\"\n").build();
    run.exited(1).says("error[lost-label]: this label has no word").says("templates/strings/en.yaml:1:1");
}

#[test]
fn a_link_to_a_story_says_its_label_before_the_headline() {
    let site = site();
    site.build().succeeded();
    let page = site.page("2026/11/20/o1/index.html");
    assert!(page.contains("<meta property=\"og:title\" content=\"Opinion: The view\">"), "{page}");
    assert!(page.contains("<title>The view – The Post</title>"), "{page}");
    let news = site.page("2026/11/21/n1/index.html");
    assert!(news.contains("<meta property=\"og:title\" content=\"The news\">"), "{news}");
}

#[test]
fn news_needs_none() {
    let bare = || Site::new().article("city/n1.md", "The news", "2026-11-21", "");
    let site = bare().file("templates/components/card.html", card("{{ story.title }}"));
    let differences = differences(&site.published(), &bare().published());
    assert!(!differences.is_empty());
}
