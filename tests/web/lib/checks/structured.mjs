// What machines read in a page: JSON-LD that says nothing schema.org does not know and all that search engines ask for,
// Open Graph with absolute addresses, and one canonical address that is its own or another page's.

import { attribute, elements, find, lineOf, textOf } from '../html.mjs';
import { many } from '../report.mjs';
import { tryUrl } from '../tree.mjs';
import { load } from '../vocabulary.mjs';

export const name = 'structured';

/** Kinds of page that say nothing to machines. */
const SILENT = ['tombstone', 'redirect', 'not-found'];

export function run(tree) {
  const vocabulary = load();
  const problems = [];
  const described = new Set();
  const mentioned = new Map(); // id → where it was first met
  let blocks = 0;
  for (const page of tree.pages) {
    const wrong = (rule, message, element) =>
      problems.push({ rule, message, page: page.path, line: element && lineOf(element) });
    const canonicals = [];
    const nodes = [];
    const byId = new Map();
    for (const element of elements(page.document)) {
      if (element.tagName === 'script' && attribute(element, 'type') === 'application/ld+json') {
        blocks += 1;
        const { fault, graph } = read(textOf(element));
        if (fault) wrong('json-ld', fault, element);
        for (const each of graph.flatMap((node) => [...within(node)])) {
          if (each['@id'] && each['@type']) byId.set(each['@id'], each);
        }
        for (const node of graph) {
          for (const message of faults(vocabulary, node, byId)) wrong('json-ld', message, element);
          for (const each of within(node)) nodes.push({ node: each, element });
        }
      }
      if (element.tagName === 'link' && attribute(element, 'rel') === 'canonical') canonicals.push(element);
    }
    for (const { node, element } of nodes) {
      const id = node['@id'];
      if (id && node['@type']) described.add(id);
      else if (id && !mentioned.has(id)) mentioned.set(id, () => wrong('json-ld', `nothing describes ${id}`, element));
    }
    for (const message of lacks(vocabulary, page, nodes.map(({ node }) => node))) wrong('recommended', message);
    for (const message of graphFaults(page)) wrong('open-graph', message);
    if (tree.hasHost && nodes.length === 0 && !page.refresh && !SILENT.includes(page.kind)) {
      wrong('json-ld', 'there is none');
    }
    if (canonicals.length > 1) wrong('canonical', 'two canonical addresses', canonicals[1]);
    if (page.canonical !== undefined && !tryUrl(page.canonical)) {
      wrong('canonical', `the canonical address is not absolute: ${page.canonical}`, canonicals[0]);
    }
  }
  for (const [id, tell] of mentioned) if (!described.has(id)) tell();
  return { looked: `${many(blocks, 'block')} of JSON-LD on ${many(tree.pages.length, 'page')}`, problems };
}

function read(text) {
  try {
    const value = JSON.parse(text);
    const nodes = [value].flat();
    const graph = nodes.flatMap((node) => node['@graph'] ?? [node]);
    const foreign = nodes.some((node) => !/^https?:\/\/schema\.org\/?$/.test(node['@context']));
    return { fault: foreign ? 'no "@context" of schema.org' : undefined, graph };
  } catch (error) {
    return { fault: `not JSON: ${error.message}`, graph: [] };
  }
}

/** A node, and every node in it. */
function* within(node) {
  yield node;
  for (const value of Object.values(node).flat()) if (value && typeof value === 'object') yield* within(value);
}

/** What the vocabulary does not know, in a node and all in it. A mention counts as the node that it names. */
function* faults(vocabulary, node, byId) {
  const types = [node['@type'] ?? []].flat();
  if (types.length === 0 && !node['@id']) yield 'a node with neither "@type" nor "@id"';
  for (const type of types) if (!vocabulary.hasType(type)) yield `there is no type "${type}" in schema.org`;
  for (const [property, values] of Object.entries(node)) {
    if (['@type', '@id', '@context'].includes(property)) continue;
    if ([values].flat().length === 0 || values === '' || values === null) yield `"${property}" is empty`;
    for (const value of [values].flat()) {
      const isMention = value && typeof value === 'object' && !value['@type'];
      const fault = vocabulary.fault(types, property, (isMention && byId.get(value['@id'])) || value);
      if (fault) yield fault;
      if (value && typeof value === 'object') yield* faults(vocabulary, value, byId);
    }
  }
}

/** What Google recommends for these kinds of page, and what only a page's own text can prove. */
function* lacks(vocabulary, page, nodes) {
  const is = (type) => (node) => [node['@type'] ?? []].flat().some((each) => vocabulary.narrows(each, type));
  const main = find(page.document, (element) => element.tagName === 'main');
  const heading = main && find(main, (element) => element.tagName === 'h1');
  const story = main && find(main, (element) => element.tagName === 'article');
  const articles = nodes.filter((node) => is('Article')(node) && node.headline && node.mainEntityOfPage);
  if (page.kind === 'article' && articles.length !== 1) yield `${articles.length} articles instead of one`;
  for (const article of articles) {
    for (const field of ['headline', 'image', 'datePublished', 'dateModified', 'author', 'publisher']) {
      // A story without a picture has none to tell of; a portrait beside a byline has no alt text.
      const isShown = field !== 'image' || find(story ?? main, (element) => element.tagName === 'img' && attribute(element, 'alt'));
      if (article[field] === undefined && isShown) yield `the article has no "${field}"`;
    }
    for (const author of [article.author ?? []].flat()) {
      if (!author.name) yield 'an author without a name';
      // A wire agency has no page here.
      if (!author.url && !is('Organization')(author)) yield `the author ${author.name} has no address`;
    }
    for (const image of [article.image ?? []].flat()) {
      if (!/\.svg$/.test(image.url) && !(image.width > 0 && image.height > 0)) yield `the size of ${image.url} is not told`;
    }
    if (heading && squeezed(textOf(heading)) !== squeezed(article.headline)) {
      yield `the headline is "${article.headline}", and the page says "${squeezed(textOf(heading))}"`;
    }
    if (article.isAccessibleForFree === undefined) yield 'the article does not tell whether it is free';
    for (const part of [article.hasPart ?? []].flat().filter((each) => each.cssSelector)) {
      const name = part.cssSelector.slice(1);
      const marked = find(main, (element) => (attribute(element, 'class') ?? '').split(/\s+/).includes(name));
      if (!part.cssSelector.startsWith('.') || !marked) yield `nothing on the page fits ${part.cssSelector}`;
    }
  }
  for (const trail of nodes.filter(is('BreadcrumbList'))) {
    if ((trail.itemListElement ?? []).length < 2) yield 'a way down of fewer than two steps';
  }
  for (const person of nodes.filter(is('ProfilePage')).map((node) => node.mainEntity)) {
    if (!nodes.some((node) => node['@id'] === person?.['@id'] && node.name)) yield 'a profile of nobody';
  }
}

/** Open Graph: what a link preview needs, with whole addresses. */
function* graphFaults(page) {
  if (page.refresh) return;
  const found = new Map();
  for (const element of elements(page.document)) {
    const property = element.tagName === 'meta' && attribute(element, 'property');
    if (property) found.set(property, attribute(element, 'content'));
  }
  for (const property of ['og:title', 'og:type', 'og:site_name']) if (!found.get(property)) yield `no ${property}`;
  for (const property of ['og:url', 'og:image', 'article:author']) {
    const address = found.get(property);
    if (page.canonical && address !== undefined && !tryUrl(address)) yield `${property} is not absolute: ${address}`;
  }
  if (page.canonical && !found.get('og:url')) yield 'no og:url';
}

const squeezed = (text) => text.replace(/\s+/g, ' ').trim();
