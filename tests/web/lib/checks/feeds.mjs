// Every XML file is well-formed; RSS, Atom and JSON feeds hold what their specifications and their readers need.

import { attribute, elements, parsePart } from '../html.mjs';
import { many } from '../report.mjs';
import { tryUrl } from '../tree.mjs';
import { children, parseXml, textOf } from '../xml.mjs';

export const name = 'feeds';

const ATOM = 'http://www.w3.org/2005/Atom';
const CONTENT = 'http://purl.org/rss/1.0/modules/content/';
/** RFC 822 as RSS 2.0 means it: four digits in the year, a numeric zone or GMT. */
const RFC_822 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} (GMT|[+-]\d{4})$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

export function run(tree) {
  const problems = [];
  const counts = { files: 0, rss: 0, atom: 0, json: 0 };
  for (const [path, file] of tree.named('.xml')) {
    counts.files += 1;
    const wrong = (rule, message, element) => problems.push({ rule, message, page: path, line: element?.line });
    try {
      const root = parseXml(tree.read(file));
      if (root.name === 'rss') {
        counts.rss += 1;
        checkRss(root, tree, wrong);
      } else if (root.name === 'feed' && root.uri === ATOM) {
        counts.atom += 1;
        checkAtom(root, tree, wrong);
      }
    } catch (error) {
      wrong('xml', error.message);
    }
  }
  for (const [path, file] of tree.named('/feed.json')) {
    counts.json += 1;
    checkJsonFeed(tree.read(file), tree, (rule, message) => problems.push({ rule, message, page: path }));
  }
  const looked = `${many(counts.files, 'XML file')}; ${counts.rss} RSS, ${counts.atom} Atom, ${counts.json} JSON feeds`;
  return { looked, problems };
}

/** An address in a feed is absolute, and if it is ours, it answers. */
function checkAddress(text, tree, wrong, what, element) {
  const url = tryUrl(text);
  if (!url) return wrong('feed-url', `${what} is not an absolute address: ${text || '(empty)'}`, element);
  const path = tree.hasHost && tree.owns(url) ? tree.inside(url) : null;
  if (path !== null && !tree.files.has(path)) wrong('feed-url', `${what} leads to no file of the site: ${text}`, element);
  return undefined;
}

/** HTML in a feed is read on another site, where a relative address means something else. */
function checkHtml(html, wrong, element) {
  for (const each of elements(parsePart(html))) {
    for (const key of ['href', 'src', 'poster']) {
      const value = attribute(each, key);
      if (value !== undefined && !tryUrl(value)) wrong('feed-html', `relative address in the text: ${value}`, element);
    }
    if (each.tagName === 'script') wrong('feed-html', 'a script in the text', element);
  }
}

function checkUnique(ids, wrong) {
  const seen = new Set();
  for (const [id, element] of ids) {
    if (seen.has(id)) wrong('feed-id', `two entries have the id ${id}`, element);
    seen.add(id);
  }
}

function checkRss(root, tree, wrong) {
  if (root.attributes.version !== '2.0') wrong('rss', '<rss> is not version="2.0"', root);
  const channel = children(root, 'channel')[0];
  if (!channel) return wrong('rss', 'no <channel>', root);
  for (const needed of ['title', 'link', 'description']) {
    if (!textOf(channel, needed, '')) wrong('rss', `<channel> has no <${needed}>`, channel);
  }
  checkAddress(textOf(channel, 'link', ''), tree, wrong, '<link> of the channel', channel);
  const self = children(channel, 'link', ATOM).find((link) => link.attributes.rel === 'self');
  if (!self) wrong('rss', '<channel> has no <atom:link rel="self">', channel);
  else checkAddress(self.attributes.href, tree, wrong, '<atom:link rel="self">', self);
  const built = textOf(channel, 'lastBuildDate', '');
  if (built) checkDate(built, RFC_822, wrong, '<lastBuildDate>', channel);
  const items = children(channel, 'item');
  for (const item of items) {
    if (!textOf(item, 'title', '') && !textOf(item, 'description', '')) {
      wrong('rss', 'an <item> with neither <title> nor <description>', item);
    }
    checkAddress(textOf(item, 'link', ''), tree, wrong, '<link>', item);
    checkDate(textOf(item, 'pubDate', ''), RFC_822, wrong, '<pubDate>', item);
    const guid = children(item, 'guid')[0];
    if (!guid) wrong('rss', 'an <item> without <guid>', item);
    else if (guid.attributes.isPermaLink !== 'false') checkAddress(guid.text.trim(), tree, wrong, '<guid>', guid);
    checkHtml(textOf(item, 'encoded', CONTENT), wrong, item);
    checkHtml(textOf(item, 'description', ''), wrong, item);
    for (const enclosure of children(item, 'enclosure')) {
      for (const needed of ['url', 'length', 'type']) {
        if (!enclosure.attributes[needed]) wrong('rss', `an <enclosure> without ${needed}`, enclosure);
      }
    }
  }
  return checkUnique(items.map((item) => [textOf(item, 'guid', ''), item]), wrong);
}

function checkAtom(root, tree, wrong) {
  const needs = (parent, name) => {
    if (!textOf(parent, name, ATOM)) wrong('atom', `<${parent.name}> has no <${name}>`, parent);
  };
  for (const name of ['id', 'title', 'updated']) needs(root, name);
  checkDate(textOf(root, 'updated', ATOM), RFC_3339, wrong, '<updated>', root);
  const entries = children(root, 'entry', ATOM);
  for (const entry of entries) {
    for (const name of ['id', 'title', 'updated']) needs(entry, name);
    for (const name of ['updated', 'published']) {
      const date = textOf(entry, name, ATOM);
      if (date) checkDate(date, RFC_3339, wrong, `<${name}>`, entry);
    }
    if (children(entry, 'author', ATOM).length + children(root, 'author', ATOM).length === 0) {
      wrong('atom', 'an <entry> without <author>, and the feed has none either', entry);
    }
    const isAlternate = (link) => (link.attributes.rel ?? 'alternate') === 'alternate';
    const links = children(entry, 'link', ATOM).filter(isAlternate);
    if (links.length === 0) wrong('atom', 'an <entry> without a link to its page', entry);
    for (const link of links) checkAddress(link.attributes.href, tree, wrong, '<link>', link);
    for (const content of [...children(entry, 'content', ATOM), ...children(entry, 'summary', ATOM)]) {
      if (content.attributes.type === 'html') checkHtml(content.text, wrong, content);
    }
  }
  for (const link of children(root, 'link', ATOM)) checkAddress(link.attributes.href, tree, wrong, '<link>', link);
  checkUnique(entries.map((entry) => [textOf(entry, 'id', ATOM), entry]), wrong);
}

function checkJsonFeed(text, tree, wrong) {
  let feed;
  try {
    feed = JSON.parse(text);
  } catch (error) {
    return wrong('json-feed', error.message);
  }
  if (feed.version !== 'https://jsonfeed.org/version/1.1') wrong('json-feed', `version is ${feed.version}, not 1.1's address`);
  if (!feed.title) wrong('json-feed', 'no title');
  if (!Array.isArray(feed.items)) return wrong('json-feed', 'no items');
  for (const item of feed.items) {
    if (typeof item.id !== 'string' || !item.id) wrong('json-feed', 'an item whose id is no string');
    if (!item.content_html && !item.content_text) wrong('json-feed', 'an item with neither content_html nor content_text');
    checkAddress(item.url ?? '', tree, wrong, 'url');
    checkDate(item.date_published ?? '', RFC_3339, wrong, 'date_published');
    checkHtml(item.content_html ?? '', wrong);
  }
  return checkUnique(feed.items.map((item) => [item.id]), wrong);
}

function checkDate(text, form, wrong, what, element) {
  if (!form.test(text) || Number.isNaN(Date.parse(text))) {
    wrong('feed-date', `${what} is not a date of its format: ${text || '(empty)'}`, element);
  }
}
