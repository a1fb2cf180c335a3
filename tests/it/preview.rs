//! The preview: pages made when they are asked for are those that a build publishes, and what is not out is shown to editors alone.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use letterpress::{
    model::Timestamp,
    pipeline::{
        Failure,
        preview::{Changed, Preview, Refreshed, Request, Shown, Work},
    },
    release::{Policy, Standing},
    render,
};

use crate::site::{AS_OF, Site, Tree, manifest_dir, tree};

/// A site with its preview.
struct Desk {
    site: Site,
    preview: Preview,
    shown: Option<Arc<Shown>>,
    as_of: Timestamp,
}

impl Desk {
    fn new(site: Site, policy: Policy) -> Self {
        let program = std::env::current_exe().ok();
        let request = Request { root: site.root().canonicalize().unwrap(), base_url: None, program, policy };
        Self { site, preview: Preview::new(request), shown: None, as_of: Timestamp::parse(AS_OF).unwrap() }
    }

    fn refresh(&mut self, changed: &Changed) -> Result<Refreshed, Failure> {
        let refreshed = self.preview.refresh(changed, self.as_of)?;
        self.shown = Some(Arc::clone(&refreshed.shown));
        Ok(refreshed)
    }

    /// Begins, or begins anew.
    fn all(&mut self) -> Refreshed {
        self.refresh(&Changed::anything()).unwrap()
    }

    fn edited(&self, path: &str) -> Changed {
        let file = self.site.root().canonicalize().unwrap().join(path);
        Changed { files: [file].into(), anything: false }
    }

    /// Saves a file and shows it.
    fn save(&mut self, path: &str, text: &str) -> Result<Work, Failure> {
        self.site.write(path, text);
        let changed = self.edited(path);
        self.refresh(&changed).map(|refreshed| refreshed.work)
    }

    /// Waits for the related lists.
    fn list(&mut self) {
        while self.refresh(&Changed::default()).unwrap().look_again.is_some() {
            std::thread::yield_now();
        }
    }

    fn page(&self, path: &str) -> Option<(String, Standing)> {
        let shown = self.shown.as_ref().unwrap();
        let page = shown.page(shown.output(path)?).unwrap();
        Some((String::from_utf8(bytes(page.content)).unwrap(), page.standing))
    }

    fn text(&self, path: &str) -> String {
        self.page(path).unwrap().0
    }

    /// Asserts that the preview shows what a build publishes.
    fn assert_as_built(&self, what: &str) {
        self.site.build().succeeded();
        let built: Tree = tree(&self.site.path("public"));
        assert!(built.len() > 5);
        let shown = self.shown.as_ref().unwrap();
        for (path, published) in built {
            let number = shown.output(&path).unwrap_or_else(|| panic!("{what}: {path} is not shown"));
            let page = bytes(shown.page(number).unwrap().content);
            assert!(
                page == published,
                "{what}: {path} is shown as\n{}\nand published as\n{}",
                String::from_utf8_lossy(&page),
                String::from_utf8_lossy(&published)
            );
        }
    }
}

fn bytes(content: render::Content) -> Vec<u8> {
    match content {
        render::Content::Bytes(bytes) => bytes,
        render::Content::Stream(mut file) => {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        }
        render::Content::Kept => panic!("a preview keeps nothing"),
    }
}

fn site() -> Site {
    let words = "The council voted on the harbour budget and the ferry line after a long night.";
    let story = |headline: &str, date: &str, more: &str| {
        format!(
            "---\ntitle: {headline}\ndate: {date}\nsection: politics\n{more}---\n{words} {headline}.\n\nMore of it.\n"
        )
    };
    let mut site = Site::new()
        .file("content/_index.md", "---\nslots: {lead: [Budget]}\n---\n")
        .file("content/about.md", "---\ntitle: About\n---\nWho we are.\n")
        .file("content/politics/budget.md", story("Budget", "2026-11-20", "tags: [Harbour]\nrelated: [Ferry]\n"))
        .file(
            "content/politics/ferry.md",
            story("Ferry", "2026-11-19", "tags: [Harbour]\nimage: {src: ferry.gif, alt: A ferry}\n"),
        )
        .file("content/politics/ferry.gif", b"GIF89a\x01\0\x01\0");
    for number in 0..8 {
        site = site.file(&format!("content/politics/{number}.md"), story(&format!("Vote {number}"), "2026-11-18", ""));
    }
    site
}

const BUDGET: &str = "content/politics/budget.md";
const BUDGET_PAGE: &str = "2026/11/20/budget/index.html";

/// Replaces words in a file of the site.
fn edit(site: &Site, path: &str, from: &str, to: &str) -> String {
    let text = fs::read_to_string(site.path(path)).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    text.replace(from, to)
}

#[test]
fn the_preview_shows_what_a_build_publishes_after_any_edits() {
    let mut desk = Desk::new(site(), Policy::Public);
    desk.all();
    desk.list();
    desk.assert_as_built("at first");
    let text = |parsed| Work { is_whole: false, parsed };
    let budget = edit(&desk.site, BUDGET, "More of it.", "More of *that*, and of much else.");
    assert_eq!(desk.save(BUDGET, &budget).unwrap(), text(1), "a text");
    desk.list();
    desk.assert_as_built("a text");
    let opening = edit(&desk.site, BUDGET, "The council voted", "Nobody voted");
    assert_eq!(desk.save(BUDGET, &opening).unwrap(), text(1), "the words of cards and feeds");
    desk.list();
    desk.assert_as_built("an opening");
    let about = edit(&desk.site, "content/about.md", "Who we are", "Who we were");
    assert_eq!(desk.save("content/about.md", &about).unwrap(), text(1), "a page");
    desk.assert_as_built("a page");
    assert!(!desk.refresh(&desk.edited("content/about.md")).unwrap().is_new, "nothing is new");

    for (path, from, to) in [
        (BUDGET, "title: Budget", "title: The budget"),
        (BUDGET, "More of", "[[Ferry]] and more of"),
        ("content/_index.md", "lead: [Budget]", "lead: [Ferry]"),
        ("content/politics/ferry.md", "tags: [Harbour]", "tags: [Harbour, Ships]"),
        ("site.yaml", "title: The Post", "title: The Paper"),
    ] {
        let edited = edit(&desk.site, path, from, to);
        assert!(desk.save(path, &edited).unwrap().is_whole, "{to}");
        desk.list();
        desk.assert_as_built(to);
    }
    assert!(desk.save("content/politics/new.md", "---\ntitle: New\ndate: 2026-11-21\n---\nNews.\n").unwrap().is_whole);
    desk.list();
    desk.assert_as_built("a new story");
    fs::remove_file(desk.site.path("content/politics/3.md")).unwrap();
    assert!(desk.refresh(&desk.edited("content/politics/3.md")).unwrap().work.is_whole);
    desk.list();
    desk.assert_as_built("a story that went");
}

#[test]
fn what_was_kept_of_documents_is_used_by_builds_and_previews() {
    let mut first = Desk::new(site(), Policy::Preview);
    assert_eq!(first.all().work.parsed, 12);
    let Desk { site, .. } = first;
    let mut second = Desk::new(site, Policy::Preview);
    assert_eq!(second.all().work.parsed, 0);
    second.list();
    assert!(second.text(BUDGET_PAGE).contains("The council voted"));
}

#[test]
fn what_is_not_out_is_shown_with_how_it_stands_and_to_editors_alone() {
    let stories = [
        ("draft", "date: 2026-11-19\ndraft: true\n", Standing::Draft),
        (
            "embargo",
            "date: 2026-11-19\nembargo: 2026-11-22T13:00:00Z\n",
            Standing::Embargoed(at("2026-11-22T13:00:00Z")),
        ),
        ("later", "date: 2026-11-23T06:00:00Z\n", Standing::Scheduled(at("2026-11-23T06:00:00Z"))),
        ("dated", "date: 2026-11-24\nembargo: 2026-11-23T06:00:00Z\n", Standing::Scheduled(at("2026-11-24T00:00:00Z"))),
        ("over", "date: 2026-11-01\nexpires: 2026-11-20\n", Standing::Expired(at("2026-11-20T00:00:00Z"))),
        ("out", "date: 2026-11-19\nembargo: 2026-11-20\nexpires: 2026-12-01\n", Standing::Out),
    ];
    let write = |site: &Site| {
        for (name, matter, _) in &stories {
            site.write(
                &format!("content/politics/{name}/index.md"),
                format!("---\ntitle: {name}\n{matter}---\n![A](a.gif)\n"),
            );
            site.write(&format!("content/politics/{name}/a.gif"), "GIF89a");
        }
        // Mistakes of what is not out keep it from being shown, and nothing else.
        site.write("content/politics/wrong.md", "---\ntitle: Wrong\ndraft: true\nlabel: nonsense\n---\n");
    };
    let page = |matter: &str, name: &str| {
        let date = matter.split("date: ").nth(1).unwrap()[..10].replace('-', "/");
        format!("{date}/{name}/index.html")
    };
    let mut desk = Desk::new(site(), Policy::Preview);
    write(&desk.site);
    let refreshed = desk.all();
    assert!(
        refreshed.diagnostics.iter().any(|it| it.path.as_str() == "content/politics/wrong.md"),
        "but they are told"
    );
    for (name, matter, standing) in &stories {
        assert_eq!(desk.page(&page(matter, name)).unwrap().1, *standing, "{name}");
    }
    assert!(desk.text("politics/index.html").contains("/2026/11/19/draft/"));

    desk.as_of = at("2026-11-22T13:00:00Z");
    assert!(desk.refresh(&Changed::default()).unwrap().is_new, "an embargo ends with no edit");
    assert_eq!(desk.page("2026/11/19/embargo/index.html").unwrap().1, Standing::Out);

    let mut public = Desk::new(site(), Policy::Public);
    write(&public.site);
    public.all();
    public.list();
    for (name, matter, standing) in &stories {
        assert_eq!(public.page(&page(matter, name)).is_some(), *standing == Standing::Out, "{name}");
    }
    public.assert_as_built("what readers get");
    public.as_of = at("2026-11-25T00:00:00Z");
    public.refresh(&Changed::default()).unwrap();
    assert!(public.page("2026/11/23/later/index.html").is_some(), "what they will get");
}

fn at(instant: &str) -> Timestamp {
    Timestamp::parse(instant).unwrap()
}

#[test]
fn mistakes_leave_the_last_good_pages() {
    let mut desk = Desk::new(site().with_bare_theme(), Policy::Preview);
    desk.all();
    desk.list();
    let template = "templates/article.html";
    let good = fs::read_to_string(desk.site.path(template)).unwrap();
    let failure = desk.save(template, "{% if %}").unwrap_err();
    assert!(matches!(&failure, Failure::Mistakes(told) if told[0].path.as_str() == template), "{failure:?}");
    assert!(desk.text(BUDGET_PAGE).contains("The council voted"), "the page of before");
    desk.save(template, &good).unwrap();

    let budget = fs::read_to_string(desk.site.path(BUDGET)).unwrap();
    desk.save(BUDGET, &budget.replace("date: 2026-11-20", "date: some day")).unwrap_err();
    assert!(desk.text("politics/index.html").contains("Budget"), "pages beside it");
    desk.save(BUDGET, &budget).unwrap();
    assert!(desk.text(BUDGET_PAGE).contains("The council voted"));

    // One that shows when a page is made.
    let broken = edit(&desk.site, template, "term: {{ term.title }}", "term: {{ term.title * 2 }}");
    desk.save(template, &broken).unwrap();
    let shown = desk.shown.clone().unwrap();
    let failure = shown.page(shown.output(BUDGET_PAGE).unwrap()).unwrap_err();
    assert!(matches!(failure, Failure::Mistakes(_)), "{failure:?}");
    assert!(desk.text("politics/index.html").contains("Budget"));
}

#[test]
fn a_link_made_after_the_walk_is_not_followed() {
    let mut desk = Desk::new(site().file("static/robots.txt", "User-agent: *\n"), Policy::Preview);
    desk.all();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(outside.path(), "quagmire-zephyr").unwrap();
    let shown = desk.shown.clone().unwrap();
    for (path, file) in
        [("robots.txt", "static/robots.txt"), ("media/politics/ferry.gif", "content/politics/ferry.gif")]
    {
        let number = shown.output(path).unwrap_or_else(|| panic!("{path} is shown"));
        shown.page(number).unwrap();
        fs::remove_file(desk.site.path(file)).unwrap();
        symlink(outside.path(), desk.site.path(file)).unwrap();
        assert!(matches!(shown.page(number), Err(Failure::Load(_))), "{path}");
    }
}

#[test]
fn only_a_preview_asks_for_what_is_not_out() {
    let sources = walkdir::WalkDir::new(manifest_dir().join("src")).into_iter().map(|entry| entry.unwrap().into_path());
    let naming: Vec<PathBuf> = sources
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter(|path| fs::read_to_string(path).unwrap().contains("Policy::Preview"))
        .map(|path| path.strip_prefix(manifest_dir()).unwrap().to_owned())
        .collect();
    // The gate itself, the command's own choice, and `check`, which tells what is wrong with what is not out.
    let mut naming: Vec<&Path> = naming.iter().map(PathBuf::as_path).collect();
    naming.sort();
    assert_eq!(naming, ["src/cli/serve.rs", "src/pipeline/explain.rs", "src/release.rs"].map(Path::new));
    let pipeline = fs::read_to_string(manifest_dir().join("src/pipeline.rs")).unwrap();
    assert!(!pipeline.contains("release::under"), "builds release what is out");
}

/// The running command; it ends with the test.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(site: &Site, more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_letterpress"))
            .args(["serve", "--port", "0", "--as-of", AS_OF, "--root"])
            .arg(site.root())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        Self { child, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).unwrap();
        String::from_utf8_lossy(&response).into_owned()
    }

    /// Asks until a page is as it should be; who runs the tests decides how long that may take.
    fn get_until(&self, path: &str, is_right: impl Fn(&str) -> bool) -> String {
        loop {
            let page = self.get(path);
            if is_right(&page) {
                return page;
            }
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_command_shows_pages_edits_ribbons_and_mistakes() {
    let site =
        site().file("content/politics/draft.md", "---\ntitle: Secret\ndate: 2026-11-19\ndraft: true\n---\nNot yet.\n");
    let serving = Serving::start(&site, &[]);
    assert!(serving.get("/").starts_with("HTTP/1.1 200 "));
    let draft = serving.get("/2026/11/19/draft/");
    assert!(draft.contains("data-ribbon=\"Draft\"") && draft.contains("Not yet."), "{draft}");
    assert!(serving.get("/nowhere").starts_with("HTTP/1.1 404 "));
    let page = "/2026/11/20/budget/";
    assert!(!serving.get(page).contains("data-ribbon"));
    site.write(BUDGET, edit(&site, BUDGET, "More of it.", "Quite another text."));
    serving.get_until(page, |page| page.contains("Quite another text."));
    let good = fs::read_to_string(site.path(BUDGET)).unwrap();
    site.write(BUDGET, good.replace("title: Budget", "label: nonsense"));
    serving.get_until("/_letterpress/report", |report| report.contains("nonsense"));
    assert!(serving.get(page).contains("Quite another text."), "the last good page");
    site.write(BUDGET, &good);
    serving.get_until("/_letterpress/report", |report| report.ends_with("\r\n\r\n"));
    assert!(!site.path("public").exists() && !site.path(".letterpress/preview").exists(), "nothing is published");
    drop(serving);

    let public = Serving::start(&site, &["--public"]);
    assert!(public.get("/2026/11/19/draft/").starts_with("HTTP/1.1 404 "));
    assert!(public.get(page).contains("Quite another text."));
}
