//! What machines read in a page: one JSON-LD graph of schema.org for every kind, made and escaped here, so that no theme can break it.
//!
//! Every node that pages share has one `@id`: `{home}#website`, `{home}#publisher`, `{author}#person`, `{permalink}#article`, `{term}#term`,
//! `{series}#series`; a page's own node has its address. `tests/web` checks the graphs of the example against the vocabulary itself.

mod node;
mod story;

pub(super) use node::{Node, script_safe};

use super::view::{Named, Reader};
use crate::{
    config::Config,
    model::{Slug, Taxonomy, UrlPath, fold_headline, is_web_address},
    parse::{
        self,
        matter::{AuthorMatter, SeriesMatter, TopicMatter},
    },
    plan::{PictureEnd, SEARCH},
    relate::StoryId,
};

/// What a page is about, as machines see it.
#[derive(Debug, Clone)]
pub(super) enum Subject<'a> {
    /// Nothing that they should keep: a notice, an old address.
    Nothing,
    /// The paper.
    Front,
    /// A story, with fields that only its kind of coverage knows: they are added, or stand in the place of ours.
    Story(StoryId, Node),
    /// A person.
    Author(Named<'a, AuthorMatter>),
    /// A list: its stories where their order was chosen and is worth telling, and the node of what they have in common.
    List(&'a [StoryId], Option<Node>),
}

/// A page, as far as its graph tells of it.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) url: &'a UrlPath,
    pub(super) title: &'a str,
    pub(super) description: &'a str,
    pub(super) language: &'a str,
    /// From the front page down, without this page.
    pub(super) above: &'a [(String, UrlPath)],
    pub(super) subject: &'a Subject<'a>,
}

/// The graph of a page as text that is safe in a script element; empty if the site has no address.
pub(super) fn graph(reader: &Reader, page: &Page) -> String {
    let Some(site) = Site::of(reader) else { return String::new() };
    let nodes = site.nodes(page);
    if nodes.is_empty() {
        return String::new();
    }
    Node::default().with("@context", "https://schema.org").with("@graph", nodes).text()
}

/// How a site is searched at the address of its search page, for machines that send their users on.
fn search(page: &str) -> Node {
    Node::of("SearchAction")
        .with("target", Node::of("EntryPoint").with("urlTemplate", format!("{page}?q={{search_term_string}}")))
        .with("query-input", "required name=search_term_string")
}

/// The absolute address of a link as pages hold it; the address of another site stays.
pub(super) fn absolute(config: &Config, href: &str) -> String {
    match &config.origin {
        Some(origin) if href.starts_with('/') && !href.starts_with("//") => format!("{origin}{href}"),
        _ => href.to_owned(),
    }
}

/// What a term's stories are about.
pub(super) fn term(reader: &Reader, taxonomy: Taxonomy, term: Named<'_, TopicMatter>) -> Option<Node> {
    let description = term.source.and_then(|source| source.matter.description.as_deref());
    Some(Site::of(reader)?.term(taxonomy, term).with("description", description))
}

/// What a series' stories belong to.
pub(super) fn series(reader: &Reader, series: Named<'_, SeriesMatter>) -> Option<Node> {
    let description = series.source.and_then(|source| source.matter.description.as_deref());
    Some(Site::of(reader)?.series(series).with("description", description))
}

/// A site that has an address.
struct Site<'a> {
    reader: &'a Reader,
    config: &'a Config,
    home: String,
}

impl<'a> Site<'a> {
    fn of(reader: &'a Reader) -> Option<Self> {
        let config = reader.config();
        Some(Self { reader, config, home: config.absolute(&UrlPath::root())? })
    }

    fn url(&self, path: &UrlPath) -> String {
        self.config.absolute(path).expect("a graph is made only for a site with an address")
    }

    /// An address of the settings; none if it leads to a page of this site that is not there.
    fn configured(&self, url: &str) -> Option<String> {
        if !url.starts_with('/') || url.starts_with("//") {
            return Some(url.to_owned());
        }
        let path = UrlPath::parse(url.split(['?', '#']).next().unwrap_or_default()).ok()?;
        self.reader.has(&path).then(|| absolute(self.config, &format!("{}{url}", self.config.base_path)))
    }

    fn publisher_id(&self) -> String {
        format!("{}#publisher", self.home)
    }

    fn publisher(&self) -> Node {
        Node::of("NewsMediaOrganization")
            .with("@id", self.publisher_id())
            .with("name", self.config.publisher.name.as_str())
            .with("url", self.home.as_str())
            .with("logo", self.logo())
    }

    fn logo(&self) -> Option<Node> {
        let logo = self.config.publisher.logo.as_deref()?;
        let size = logo.strip_prefix('/').and_then(|name| self.reader.static_size(name));
        let logo = Node::of("ImageObject").with("url", self.configured(logo)?);
        Some(sized(logo, size))
    }

    /// The publisher with all that it answers for.
    fn whole_publisher(&self) -> Node {
        let elsewhere = self.config.follow.iter().map(|link| link.url.as_str());
        let elsewhere: Vec<&str> = elsewhere.filter(|url| is_web_address(url)).collect();
        let whole = self.publisher().with("description", self.config.description.as_str()).with("sameAs", elsewhere);
        self.config.publisher.policies.iter().fold(whole, |node, policy| match policy_field(&policy.label) {
            Some(field) => node.with(field, self.configured(&policy.url)),
            None => node,
        })
    }

    fn website(&self) -> Node {
        let website = Node::of("WebSite")
            .with("@id", format!("{}#website", self.home))
            .with("url", self.home.as_str())
            .with("name", self.config.title.as_str())
            .with("description", self.config.description.as_str())
            .with("inLanguage", self.config.language.as_str())
            .with("publisher", Node::mention(&self.publisher_id()));
        match self.configured(SEARCH) {
            Some(page) => website.with("potentialAction", search(&page)),
            None => website,
        }
    }

    /// The nodes of a page: itself, what it is about, and the way down to it.
    fn nodes(&self, page: &Page) -> Vec<Node> {
        let mut nodes = match page.subject {
            Subject::Nothing => return Vec::new(),
            Subject::Front => {
                let about = Node::mention(&self.publisher_id());
                vec![self.whole_publisher(), self.website(), self.page("WebPage", page).with("about", about)]
            }
            Subject::Story(id, more) => {
                let story = self.reader.story(*id);
                if story.matter().date.is_some() {
                    vec![self.article(*id, page).over(more)]
                } else {
                    vec![self.page("WebPage", page).with("primaryImageOfPage", self.lead_picture(story))]
                }
            }
            Subject::Author(author) => {
                let person = Node::mention(&self.person_id(*author));
                vec![self.page("ProfilePage", page).with("mainEntity", person), self.whole_person(*author)]
            }
            Subject::List(stories, about) => {
                let node = self.page("CollectionPage", page).with("about", about.clone());
                vec![node.with("mainEntity", self.list(stories))]
            }
        };
        if !page.above.is_empty() {
            nodes.push(self.breadcrumbs(page));
        }
        nodes
    }

    /// A page's own node.
    fn page(&self, kind: &str, page: &Page) -> Node {
        Node::of(kind)
            .with("@id", self.url(page.url))
            .with("name", page.title)
            .with("description", page.description)
            .with("inLanguage", page.language)
            .with("isPartOf", Node::mention(&format!("{}#website", self.home)))
    }

    /// The way down to a page. The page itself is its last step only where there would be none but one: search engines ask for two, and know where
    /// they are.
    fn breadcrumbs(&self, page: &Page) -> Node {
        let above = page.above.iter().map(|(title, url)| (title.as_str(), Some(self.url(url))));
        let trail = above.chain((page.above.len() == 1).then_some((page.title, None)));
        let step = |(at, (title, url)): (usize, (&str, Option<String>))| {
            Node::of("ListItem")
                .with("position", at + 1)
                .with("name", title)
                .with("item", url.map(|url| Node::mention(&url)))
        };
        Node::of("BreadcrumbList").with("itemListElement", trail.enumerate().map(step).collect::<Vec<_>>())
    }

    fn list(&self, stories: &[StoryId]) -> Option<Node> {
        let item = |(at, id): (usize, &StoryId)| {
            let url = self.url(self.reader.permalink(*id));
            Node::of("ListItem").with("position", at + 1).with("url", url)
        };
        let items: Vec<Node> = stories.iter().enumerate().map(item).collect();
        (!items.is_empty()).then(|| Node::of("ItemList").with("itemListElement", items))
    }

    fn person_id(&self, author: Named<'_, AuthorMatter>) -> String {
        if self.is_publisher(author) { self.publisher_id() } else { format!("{}#person", self.url(author.url)) }
    }

    /// Whether a byline names the paper itself, as staff reports do.
    fn is_publisher(&self, author: Named<'_, AuthorMatter>) -> bool {
        let name = fold_headline(author.title);
        [&self.config.title, &self.config.publisher.name].iter().any(|own| fold_headline(own) == name)
    }

    /// An author as bylines name them.
    fn person(&self, author: Named<'_, AuthorMatter>) -> Node {
        let kind = if self.is_publisher(author) { "NewsMediaOrganization" } else { "Person" };
        Node::of(kind).with("@id", self.person_id(author)).with("name", author.title).with("url", self.url(author.url))
    }

    /// An author with all that their page tells.
    fn whole_person(&self, author: Named<'_, AuthorMatter>) -> Node {
        let person = self.person(author);
        let Some(source) = author.source.filter(|_| !self.is_publisher(author)) else { return person };
        let matter = &source.matter;
        let picture = matter.picture.as_ref().and_then(|picture| {
            let end = self.reader.end(&source.path, &picture.text);
            self.image(&end)
        });
        let elsewhere: Vec<&str> =
            matter.links.iter().map(|link| link.url.as_str()).filter(|url| is_web_address(url)).collect();
        person
            .with("jobTitle", matter.role.as_deref())
            .with("description", matter.bio.as_ref().map(|bio| parse::body::plain_text(&bio.0)))
            .with("image", picture)
            .with("email", matter.email.as_deref())
            .with("sameAs", elsewhere)
            .with("worksFor", Node::mention(&self.publisher_id()))
    }

    fn term(&self, taxonomy: Taxonomy, term: Named<'_, TopicMatter>) -> Node {
        let kind = match taxonomy {
            Taxonomy::Tags => "Thing",
            Taxonomy::People => "Person",
            Taxonomy::Organisations => "Organization",
            Taxonomy::Places => "Place",
        };
        let url = self.url(term.url);
        Node::of(kind).with("@id", format!("{url}#term")).with("name", term.title).with("url", url)
    }

    fn terms(&self, taxonomy: Taxonomy, slugs: &[Slug]) -> Vec<Node> {
        let term = |slug: &Slug| self.term(taxonomy, self.reader.term(taxonomy, slug));
        slugs.iter().map(term).collect()
    }

    fn series(&self, series: Named<'_, SeriesMatter>) -> Node {
        let url = self.url(series.url);
        Node::of("CreativeWorkSeries").with("@id", format!("{url}#series")).with("name", series.title).with("url", url)
    }

    /// A picture that this site publishes.
    fn image(&self, end: &PictureEnd) -> Option<Node> {
        let (src, size) = self.reader.picture(end)?;
        Some(sized(Node::of("ImageObject").with("url", absolute(self.config, &src)), size))
    }
}

fn sized(image: Node, size: Option<(usize, usize)>) -> Node {
    image.with("width", size.map(|size| size.0)).with("height", size.map(|size| size.1))
}

/// The field of the vocabulary for a policy, by the kind that the settings name; a kind of the site's own has none.
fn policy_field(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "corrections" => "correctionsPolicy",
        "ethics" => "ethicsPolicy",
        "ownership" => "ownershipFundingInfo",
        "principles" => "publishingPrinciples",
        "masthead" => "masthead",
        "verification" => "verificationFactCheckingPolicy",
        "unnamed-sources" => "unnamedSourcesPolicy",
        "diversity" => "diversityPolicy",
        "coverage" => "missionCoveragePrioritiesPolicy",
        "feedback" => "actionableFeedbackPolicy",
        _ => return None,
    })
}
