// Every address of the tree that points into the site ends at a file, and its fragment at an element.

import { attribute, elements, lineOf, startTag, textOf } from '../html.mjs';
import { many } from '../report.mjs';
import { decode, tryUrl } from '../tree.mjs';

export const name = 'links';

export function run(tree) {
  const problems = [];
  let looked = 0;
  const check = (target, from, place) => {
    looked += 1;
    const fault = faultOf(target, from, tree);
    if (fault) problems.push({ ...fault, ...place });
  };
  for (const page of tree.pages) {
    const own = tree.address(page.path);
    // The not-found page is shown at any address, so nothing on it may depend on where it lies.
    const from = page.kind === 'not-found' ? tree.address('/no/such/page/') : own;
    for (const { target, element } of addressesOf(page)) {
      const place = { page: page.path, line: lineOf(element), element: startTag(element, page.source) };
      check(target, target.startsWith('#') ? own : from, place);
    }
    for (const { target, element } of structuredAddressesOf(page, tree)) {
      check(target, from, { page: page.path, line: lineOf(element), element: target });
    }
  }
  for (const [path, sheet] of tree.named('.css')) {
    for (const target of stylesheetAddresses(tree.read(sheet))) check(target, tree.address(path), { page: path });
  }
  return { looked: many(looked, 'address', 'addresses'), problems };
}

const ADDRESSES = {
  a: ['href'], area: ['href'], link: ['href'], script: ['src'], img: ['src'], source: ['src'], video: ['src', 'poster'],
  audio: ['src'], track: ['src'], iframe: ['src'], embed: ['src'], object: ['data'], form: ['action'], input: ['src'],
  use: ['href', 'xlink:href'], image: ['href', 'xlink:href'], blockquote: ['cite'], q: ['cite'],
};
const SETS = { img: ['srcset'], source: ['srcset'], link: ['imagesrcset'] };
const META = /^(og:(image|url|audio|video)(:secure_url|:url)?|twitter:(image|player)|msapplication-.*)$/;
/** Relations that name a host to warm up, not a page to show. */
const NOT_PAGES = /^(preconnect|dns-prefetch)$/;

function* addressesOf(page) {
  for (const element of elements(page.document)) {
    const tag = element.tagName;
    if (tag === 'link' && NOT_PAGES.test(attribute(element, 'rel'))) continue;
    for (const name of ADDRESSES[tag] ?? []) {
      const target = attribute(element, name);
      if (target !== undefined) yield { target, element };
    }
    for (const name of SETS[tag] ?? []) {
      for (const target of candidates(attribute(element, name) ?? '')) yield { target, element };
    }
    if (tag === 'meta') {
      const content = attribute(element, 'content') ?? '';
      if (META.test(attribute(element, 'property') ?? attribute(element, 'name') ?? '')) yield { target: content, element };
      const refresh = element === page.refresh && /^\s*\d+\s*;\s*url\s*=\s*['"]?(.*?)['"]?\s*$/i.exec(content);
      if (refresh) yield { target: refresh[1], element };
    }
    const style = attribute(element, 'style') ?? (tag === 'style' ? textOf(element) : undefined);
    if (style) for (const target of stylesheetAddresses(style)) yield { target, element };
  }
}

/** Addresses of our own in JSON-LD. An `@id` is a name, not an address: its fragment need not be an element. */
function* structuredAddressesOf(page, tree) {
  for (const element of elements(page.document)) {
    if (element.tagName !== 'script' || attribute(element, 'type') !== 'application/ld+json') continue;
    const graph = tryJson(textOf(element));
    for (const [key, text] of strings(graph)) {
      const url = tree.hasHost && text.startsWith(tree.origin) ? tryUrl(text) : undefined;
      if (!url) continue;
      if (key === '@id') url.hash = '';
      yield { target: url.href, element };
    }
  }
}

function* strings(value, key = '') {
  if (typeof value === 'string') yield [key, value];
  else if (Array.isArray(value)) for (const each of value) yield* strings(each, key);
  else if (value && typeof value === 'object') for (const [name, each] of Object.entries(value)) yield* strings(each, name);
}

const tryJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the check of JSON-LD says so
  }
};

const candidates = (set) => [...set.matchAll(/\s*([^\s,]\S*[^\s,])(?:\s+[^,]+)?\s*(?:,|$)/g)].map((match) => match[1]);

function stylesheetAddresses(text) {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, '');
  const pattern = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)'"\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')/gi;
  return [...plain.matchAll(pattern)].map((match) => match.slice(1).find((each) => each !== undefined));
}

function faultOf(target, from, tree) {
  const url = tryUrl(target, from);
  if (!url) return { rule: 'bad-address', message: `this is no address: ${target}` };
  if (!/^https?:$/.test(url.protocol) || !tree.owns(url)) return undefined;
  const path = tree.inside(url);
  if (path === undefined) {
    return { rule: 'outside-base', message: `${url.pathname} lies outside the site's path ${tree.base}` };
  }
  if (!tree.files.has(path)) {
    if (tree.files.has(`${path}/`)) return { rule: 'slash', message: `${path} answers with a redirect: write ${path}/` };
    return { rule: 'broken-link', message: `no such page or file: ${path}` };
  }
  const fragment = decode(url.hash.slice(1)).replace(/:~:.*$/, '');
  const page = tree.byPath.get(path);
  if (page && fragment && fragment !== 'top' && !page.ids.has(fragment)) {
    return { rule: 'broken-fragment', message: `${path} has no element with the id ${fragment}` };
  }
  return undefined;
}
