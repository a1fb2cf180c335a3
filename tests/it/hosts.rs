//! What each host is told of old addresses and of what is gone: in its own form, and never twice.

use crate::site::{Site, differences};

/// A site with a redirect of every kind and a story taken down.
fn site(host: &str) -> Site {
    Site::bare()
        .file("site.yaml", format!("title: The Post\nurl: https://post.example/paper\ntime_zone: UTC\nhost: {host}\n"))
        .file(
            "redirects.yaml",
            "/old/: /politics/\n/any/*/:part/{b}/: /\n/deep/page: /2026/11/20/vote/?a=\"{$b}#c\n/shop: https://shop.example/\n/2019/: gone\n\"/caf%C3%A9 \\\"x\\\"/\": /\n/a.b+c/: /\n",
        )
        .article("politics/vote.md", "The vote", "2026-11-20", "aliases: [/vote.html]\n")
        .article("politics/lost.md", "The lost one", "2026-11-20", "aliases: [/lost/]\nwithdrawn: {at: 2026-11-21, reason: It was not true.}\n")
}

/// The rules file, below the paths that a site for any host has besides.
fn rules(host: &str, file: &str) -> String {
    let (plain, own) = (site("plain"), site(host));
    let (plain, own) = (plain.published(), own.published());
    let differences = differences(&own, &plain);
    let pages = differences.iter().filter(|line| !line.starts_with(file) && !line.starts_with("_headers"));
    let pages: Vec<&str> = pages.map(|line| line.trim_end_matches(" is missing on the left")).collect();
    let rules = String::from_utf8(own[file].clone()).unwrap();
    // How long files may be kept is a test of its own.
    let end =
        ["set $letterpress_keep", "<IfModule", "@letterpress_assets"].into_iter().find_map(|mark| rules.find(mark));
    format!("instead of {}\n{}", pages.join(", "), &rules[..end.unwrap_or(rules.len())])
}

/// The headers of a site with live coverage that is on, and some that is over.
fn headers(host: &str, file: &str) -> String {
    let live = |day: u8| format!("label: live\nlive: {{ends: 2026-11-{day}T18:00}}\n");
    let site = site(host).article("a/on.md", "On", "2026-11-22", &live(22)).article(
        "a/over.md",
        "Over",
        "2026-11-21",
        &live(21),
    );
    String::from_utf8(site.published()[file].clone()).unwrap()
}

#[test]
fn how_long_files_may_be_kept() {
    for (host, file, mark) in [
        ("netlify", "_headers", "/paper/*"),
        ("cloudflare-pages", "_headers", "/paper/*"),
        ("nginx", "_nginx.conf", "set $letterpress_keep"),
        ("apache", ".htaccess", "<IfModule"),
        ("caddy", "_caddy.conf", "@letterpress_assets"),
    ] {
        let text = headers(host, file);
        insta::assert_snapshot!(format!("headers-{host}"), &text[text.find(mark).unwrap()..]);
    }
    let own = site("netlify").file("static/_headers", "/*\n  X-Own: yes\n").published();
    assert_eq!(own["_headers"], b"/*\n  X-Own: yes\n", "the site's own file stands");
}

#[test]
fn netlify() {
    insta::assert_snapshot!(rules("netlify", "_redirects"), @r#"
    instead of 2019/index.html, a.b+c/index.html, any/*/:part/{b}/index.html, café "x"/index.html, deep/page/index.html, old/index.html, shop/index.html, vote.html
    /paper/2019/ /paper/404.html 410!
    /paper/2026/11/20/lost/ /paper/2026/11/20/lost/index.html 410!
    /paper/a.b%2Bc/ /paper/ 301
    /paper/any/%2A/%3Apart/%7Bb%7D/ /paper/ 301
    /paper/caf%C3%A9%20%22x%22/ /paper/ 301
    /paper/deep/page /paper/2026/11/20/vote/?a=%22%7B%24b%7D#c 301
    /paper/old/ /paper/politics/ 301
    /paper/shop https://shop.example/ 301
    /paper/vote.html /paper/2026/11/20/vote/ 301
    "#);
}

#[test]
fn cloudflare_pages() {
    insta::assert_snapshot!(rules("cloudflare-pages", "_redirects"), @r#"
    instead of a.b+c/index.html, any/*/:part/{b}/index.html, café "x"/index.html, deep/page/index.html, old/index.html, shop/index.html, vote.html
    /paper/a.b%2Bc/ /paper/ 301
    /paper/any/%2A/%3Apart/%7Bb%7D/ /paper/ 301
    /paper/caf%C3%A9%20%22x%22/ /paper/ 301
    /paper/deep/page /paper/2026/11/20/vote/?a=%22%7B%24b%7D#c 301
    /paper/old/ /paper/politics/ 301
    /paper/shop https://shop.example/ 301
    /paper/vote.html /paper/2026/11/20/vote/ 301
    "#);
}

#[test]
fn nginx() {
    insta::assert_snapshot!(rules("nginx", "_nginx.conf"), @r#"
    instead of 2019/index.html, a.b+c/index.html, any/*/:part/{b}/index.html, café "x"/index.html, deep/page/index.html, old/index.html, shop/index.html, vote.html
    location = "/paper/2019/" { return 410; }
    location = "/paper/2026/11/20/lost/" { error_page 410 @letterpress_gone; return 410; }
    location = "/paper/a.b+c/" { return 301 "/paper/"; }
    location = "/paper/any/*/:part/{b}/" { return 301 "/paper/"; }
    location = "/paper/café \"x\"/" { return 301 "/paper/"; }
    location = "/paper/deep/page" { return 301 "/paper/2026/11/20/vote/?a=%22%7B%24b%7D#c"; }
    location = "/paper/old/" { return 301 "/paper/politics/"; }
    location = "/paper/shop" { return 301 "https://shop.example/"; }
    location = "/paper/vote.html" { return 301 "/paper/2026/11/20/vote/"; }
    location @letterpress_gone { try_files $uri ${uri}index.html =410; }
    "#);
}

#[test]
fn apache() {
    insta::assert_snapshot!(rules("apache", ".htaccess"), @r#"
    instead of 2019/index.html, a.b+c/index.html, any/*/:part/{b}/index.html, café "x"/index.html, deep/page/index.html, old/index.html, shop/index.html, vote.html
    RedirectMatch 410 "^/paper/2019/$"
    RedirectMatch 410 "^/paper/2026/11/20/lost/$"
    RedirectMatch 301 "^/paper/a\.b\+c/$" "/paper/"
    RedirectMatch 301 "^/paper/any/\*/:part/\{b\}/$" "/paper/"
    RedirectMatch 301 "^/paper/café \"x\"/$" "/paper/"
    RedirectMatch 301 "^/paper/deep/page$" "/paper/2026/11/20/vote/?a=%22%7B%24b%7D#c"
    RedirectMatch 301 "^/paper/old/$" "/paper/politics/"
    RedirectMatch 301 "^/paper/shop$" "https://shop.example/"
    RedirectMatch 301 "^/paper/vote\.html$" "/paper/2026/11/20/vote/"
    "#);
}

#[test]
fn caddy() {
    insta::assert_snapshot!(rules("caddy", "_caddy.conf"), @r#"
    instead of 2019/index.html, a.b+c/index.html, any/*/:part/{b}/index.html, café "x"/index.html, deep/page/index.html, old/index.html, shop/index.html, vote.html
    respond "/paper/2019/" 410
    handle "/paper/2026/11/20/lost/" {
    	rewrite * "/paper/2026/11/20/lost/index.html"
    	file_server {
    		status 410
    	}
    }
    redir "/paper/a.b+c/" "/paper/" 301
    @letterpress_2aeaf0a4d0 path_regexp "^/paper/any/\*/:part/\{b\}/$"
    redir @letterpress_2aeaf0a4d0 "/paper/" 301
    redir "/paper/café \"x\"/" "/paper/" 301
    redir "/paper/deep/page" "/paper/2026/11/20/vote/?a=%22%7B%24b%7D#c" 301
    redir "/paper/old/" "/paper/politics/" 301
    redir "/paper/shop" "https://shop.example/" 301
    redir "/paper/vote.html" "/paper/2026/11/20/vote/" 301
    "#);
}

/// Hosts that take no rules get the pages.
#[test]
fn others_get_pages() {
    for host in ["github-pages", "s3"] {
        assert_eq!(differences(&site(host).published(), &site("plain").published()), Vec::<String>::new(), "{host}");
    }
    let pages = site("plain").published();
    for page in [
        "old/index.html",
        "deep/page/index.html",
        "shop/index.html",
        "2019/index.html",
        "vote.html",
        "2026/11/20/lost/index.html",
    ] {
        assert!(pages.contains_key(page), "{page}");
    }
    assert!(!pages.keys().any(|path| path.starts_with("lost/")), "an old address of what is gone leads nowhere");
    let all: Vec<u8> = pages.into_values().flatten().collect();
    assert!(!String::from_utf8_lossy(&all).contains("The lost one"), "no list, feed or notice names what is gone");
}

/// The rules by which a host hands out compressed copies; what a site without them does not have.
#[cfg(feature = "precompress")]
fn copies(host: &str, file: &str) -> String {
    let text = |more: &str| {
        let settings = format!(
            "title: The Post\nurl: https://post.example/paper\ntime_zone: UTC\nhost: {host}\npermalinks: /{{slug}}.html\n{more}"
        );
        let site = site(host).file("site.yaml", settings);
        String::from_utf8(site.published()[file].clone()).unwrap()
    };
    let (with, without) = (text("precompress: [br, gz]\n"), text(""));
    let without: Vec<&str> = without.lines().collect();
    with.lines().filter(|line| !without.contains(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(feature = "precompress")]
#[test]
fn compressed_copies_are_handed_out() {
    insta::assert_snapshot!(copies("nginx", "_nginx.conf"), @r"
    gzip_static on;
    gzip_vary on;
    ");
    insta::assert_snapshot!(copies("caddy", "_caddy.conf"), @"		precompressed br gzip");
    insta::assert_snapshot!("copies-apache", copies("apache", ".htaccess"));
}

#[test]
fn chains_and_loops_of_old_addresses_are_told_where_they_end() {
    let rules = "/a/: /b/\n/b/: /c/\n/c/: /news/vote/\n/x/: /y/\n/y/: /y/\n";
    let site = Site::bare().article("news/vote.md", "The vote", "2026-11-20", "slug: vote\n");
    let site = site.file("site.yaml", "title: The Post\ntime_zone: UTC\npermalinks: /{section}/{slug}/\n");
    let run = site.file("redirects.yaml", rules).build();
    run.exited(1).says("lead it straight to `/news/vote/`").says("lead it to a page that exists");
    let told = run.to_string();
    assert_eq!(told.matches("lead it straight to `/news/vote/`").count(), 2, "{told}");
    assert!(!told.contains("lead it straight to `/y/`"), "{told}");
}
