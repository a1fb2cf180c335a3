//! What machines read in a page: one JSON-LD graph of schema.org for every kind, made and escaped here, so that no theme can break it.
//!
//! Every node that pages share has one `@id`: `{home}#website`, `{home}#publisher`, `{author}#person`, `{permalink}#article`, `{term}#term`,
//! `{series}#series`; a page's own node has its address. `tests/web` checks the graphs of the example against the vocabulary itself.

mod story;

use serde_json::{Map, Value};

use super::{functions::script_safe, view::Library};
use crate::{
    config::Config,
    model::{Slug, Taxonomy, UrlPath, fold_headline},
    parse,
    plan::PictureEnd,
    relate::{Author, Series, StoryId, Term},
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
    Author(&'a Author),
    /// A list of stories, and the node of what they have in common.
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

/// A node of a graph: fields in the order written, none of them empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Node(Map<String, Value>);

impl From<Map<String, Value>> for Node {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

impl Node {
    /// A node of one of the vocabulary's types.
    pub(super) fn of(kind: &str) -> Self {
        Self::default().with("@type", kind)
    }

    /// A mention of a node that is described elsewhere.
    fn mention(id: String) -> Self {
        Self::default().with("@id", id)
    }

    /// Sets a field, unless there is nothing in the value.
    #[must_use]
    pub(super) fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let is_empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        if !is_empty {
            self.0.insert(field.to_owned(), value);
        }
        self
    }

    /// Sets fields, each over one of that name.
    #[must_use]
    fn over(mut self, fields: &Self) -> Self {
        self.0.extend(fields.0.iter().map(|(field, value)| (field.clone(), value.clone())));
        self
    }
}

impl From<Node> for Value {
    fn from(node: Node) -> Self {
        Self::Object(node.0)
    }
}

/// The graph of a page as text that is safe in a script element; empty if the site has no address.
pub(super) fn graph(library: &Library, page: &Page) -> String {
    let Some(site) = Site::of(library) else { return String::new() };
    let mut nodes = match page.subject {
        Subject::Nothing => return String::new(),
        Subject::Front => vec![site.whole_publisher(), site.website()],
        Subject::Story(..) | Subject::Author(_) | Subject::List(..) => vec![site.publisher()],
    };
    nodes.extend(site.page(page));
    let graph = Node::default().with("@context", "https://schema.org").with("@graph", nodes);
    script_safe(&Value::from(graph).to_string())
}

/// The absolute address of a link as pages hold it; the address of another site stays.
pub(super) fn absolute(config: &Config, href: &str) -> String {
    match &config.origin {
        Some(origin) if href.starts_with('/') && !href.starts_with("//") => format!("{origin}{href}"),
        _ => href.to_owned(),
    }
}

/// What a term's stories are about.
pub(super) fn term(library: &Library, taxonomy: Taxonomy, term: &Term) -> Option<Node> {
    let description = term.source.as_ref().and_then(|source| source.matter.description.as_deref());
    Some(Site::of(library)?.term(taxonomy, term).with("description", description))
}

/// What a series' stories belong to.
pub(super) fn series(library: &Library, series: &Series) -> Option<Node> {
    let description = series.source.as_ref().and_then(|source| source.matter.description.as_deref());
    Some(Site::of(library)?.series(series).with("description", description))
}

/// A site that has an address.
struct Site<'a> {
    library: &'a Library,
    config: &'a Config,
    home: String,
}

impl<'a> Site<'a> {
    fn of(library: &'a Library) -> Option<Self> {
        let config = library.config();
        Some(Self { library, config, home: config.absolute(&UrlPath::root())? })
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
        self.library.plan.has(&path).then(|| absolute(self.config, &format!("{}{url}", self.config.base_path)))
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

    fn logo(&self) -> Option<Value> {
        let logo = self.config.publisher.logo.as_deref()?;
        let size = logo.strip_prefix('/').and_then(|name| {
            let end = PictureEnd::Static(name.to_owned(), self.library.plan.assets.get(name)?.clone());
            self.library.picture(&end)?.1
        });
        let logo = Node::of("ImageObject").with("url", self.configured(logo)?);
        Some(sized(logo, size).into())
    }

    /// The publisher with all that it answers for.
    fn whole_publisher(&self) -> Node {
        let elsewhere = self.config.follow.iter().map(|link| link.url.as_str());
        let elsewhere: Vec<&str> = elsewhere.filter(|url| is_web(url)).collect();
        let whole = self.publisher().with("description", self.config.description.as_str()).with("sameAs", elsewhere);
        self.config.publisher.policies.iter().fold(whole, |node, policy| match policy_field(&policy.label) {
            Some(field) => node.with(field, self.configured(&policy.url)),
            None => node,
        })
    }

    fn website(&self) -> Node {
        Node::of("WebSite")
            .with("@id", format!("{}#website", self.home))
            .with("url", self.home.as_str())
            .with("name", self.config.title.as_str())
            .with("description", self.config.description.as_str())
            .with("inLanguage", self.config.language.as_str())
            .with("publisher", Node::mention(self.publisher_id()))
    }

    /// The nodes of a page: itself, the way down to it, and what it is about.
    fn page(&self, page: &Page) -> Vec<Node> {
        let url = self.url(page.url);
        let mut node = Node::of(kind_of(page.subject))
            .with("@id", url.as_str())
            .with("url", url.as_str())
            .with("name", page.title)
            .with("description", page.description)
            .with("inLanguage", page.language)
            .with("isPartOf", Node::mention(format!("{}#website", self.home)));
        let mut nodes = Vec::new();
        match page.subject {
            Subject::Nothing => {}
            Subject::Front => node = node.with("about", Node::mention(self.publisher_id())),
            Subject::Story(id, more) => {
                let story = self.library.index.story(*id);
                let related: Vec<Value> = (story.related.iter())
                    .map(|related| self.url(&self.library.index.story(related.story).permalink).into())
                    .collect();
                node = node.with("relatedLink", related);
                if story.matter().date.is_some() {
                    let picture =
                        self.lead_picture(story).and(Some(Value::from(Node::mention(self.picture_id(story)))));
                    node = node.with("primaryImageOfPage", picture);
                    node = node.with("mainEntity", Node::mention(self.article_id(story)));
                    nodes.push(self.article(*id, page).over(more));
                } else {
                    node = node.with("primaryImageOfPage", self.lead_picture(story));
                }
            }
            Subject::Author(author) => {
                node = node.with("mainEntity", Node::mention(self.person_id(author)));
                nodes.push(self.whole_person(author));
            }
            Subject::List(stories, about) => {
                node = node.with("about", about.clone().map(Value::from)).with("mainEntity", self.list(stories));
            }
        }
        if !page.above.is_empty() {
            let id = format!("{url}#breadcrumbs");
            node = node.with("breadcrumb", Node::mention(id.clone()));
            nodes.push(self.breadcrumbs(page, id, &url));
        }
        nodes.insert(0, node);
        nodes
    }

    fn breadcrumbs(&self, page: &Page, id: String, url: &str) -> Node {
        let above = page.above.iter().map(|(title, url)| (title.as_str(), self.url(url)));
        let trail = above.chain(std::iter::once((page.title, url.to_owned())));
        let items: Vec<Value> = (trail.enumerate())
            .map(|(at, (title, url))| {
                Node::of("ListItem")
                    .with("position", at + 1)
                    .with("name", title)
                    .with("item", Node::mention(url))
                    .into()
            })
            .collect();
        Node::of("BreadcrumbList").with("@id", id).with("itemListElement", items)
    }

    fn list(&self, stories: &[StoryId]) -> Option<Value> {
        let items: Vec<Value> = (stories.iter().enumerate())
            .map(|(at, id)| {
                let story = self.library.index.story(*id);
                let url = self.url(&story.permalink);
                Node::of("ListItem").with("position", at + 1).with("url", url).with("name", story.short_title()).into()
            })
            .collect();
        let list = Node::of("ItemList").with("numberOfItems", stories.len()).with("itemListElement", items);
        (!stories.is_empty()).then(|| list.into())
    }

    fn person_id(&self, author: &Author) -> String {
        if self.is_publisher(author) { self.publisher_id() } else { format!("{}#person", self.url(&author.url)) }
    }

    /// Whether a byline names the paper itself, as staff reports do.
    fn is_publisher(&self, author: &Author) -> bool {
        let name = fold_headline(&author.name);
        [&self.config.title, &self.config.publisher.name].iter().any(|own| fold_headline(own) == name)
    }

    /// An author as bylines name them.
    fn person(&self, author: &Author) -> Node {
        let kind = if self.is_publisher(author) { "NewsMediaOrganization" } else { "Person" };
        Node::of(kind)
            .with("@id", self.person_id(author))
            .with("name", author.name.as_str())
            .with("url", self.url(&author.url))
    }

    /// An author with all that their page tells.
    fn whole_person(&self, author: &Author) -> Node {
        let person = self.person(author);
        let Some(source) = author.source.as_ref().filter(|_| !self.is_publisher(author)) else { return person };
        let matter = &source.matter;
        let picture = matter.picture.as_ref().and_then(|picture| {
            let end = self.library.plan.picture(&self.library.index, &source.path, &picture.text);
            self.image(&end)
        });
        let elsewhere: Vec<&str> =
            matter.links.iter().map(|link| link.url.as_str()).filter(|url| is_web(url)).collect();
        person
            .with("jobTitle", matter.role.as_deref())
            .with("description", matter.bio.as_ref().map(|bio| parse::body::plain_text(&bio.0)))
            .with("image", picture.map(Value::from))
            .with("email", matter.email.as_deref())
            .with("sameAs", elsewhere)
            .with("worksFor", Node::mention(self.publisher_id()))
    }

    fn term(&self, taxonomy: Taxonomy, term: &Term) -> Node {
        let kind = match taxonomy {
            Taxonomy::Tags => "Thing",
            Taxonomy::People => "Person",
            Taxonomy::Organisations => "Organization",
            Taxonomy::Places => "Place",
        };
        let url = self.url(&term.url);
        Node::of(kind).with("@id", format!("{url}#term")).with("name", term.title.as_str()).with("url", url)
    }

    fn terms(&self, taxonomy: Taxonomy, slugs: &[Slug]) -> Vec<Value> {
        let term = |slug: &Slug| self.term(taxonomy, &self.library.index.terms[&(taxonomy, slug.clone())]).into();
        slugs.iter().map(term).collect()
    }

    fn series(&self, series: &Series) -> Node {
        let url = self.url(&series.url);
        Node::of("CreativeWorkSeries")
            .with("@id", format!("{url}#series"))
            .with("name", series.title.as_str())
            .with("url", url)
    }

    /// A picture that this site publishes.
    fn image(&self, end: &PictureEnd) -> Option<Node> {
        let (src, size) = self.library.picture(end)?;
        Some(sized(Node::of("ImageObject").with("url", absolute(self.config, &src)), size))
    }
}

fn sized(image: Node, size: Option<(usize, usize)>) -> Node {
    image.with("width", size.map(|size| size.0)).with("height", size.map(|size| size.1))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn kind_of(subject: &Subject) -> &'static str {
    match subject {
        Subject::Author(_) => "ProfilePage",
        Subject::List(..) => "CollectionPage",
        Subject::Front | Subject::Story(..) | Subject::Nothing => "WebPage",
    }
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
