// A built site on disk: which URL is which file, and its HTML pages parsed once for all checks.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { attribute, elements, find, parseDocument, textOf } from './html.mjs';

/** What the theme may write into `<body data-kind="…">`. */
export const KINDS = [
  'front', 'section', 'article', 'page', 'author', 'series', 'term', 'label', 'year', 'month', 'day',
  'archive', 'corrections', 'search', 'tombstone', 'redirect', 'not-found',
];

/** Stands for the site's own host when it names none. Reserved, so that nothing can answer there. */
const NOWHERE = 'http://site.invalid';

function* filesBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** `a/index.html` answers at `a/`; everything else at its own name. */
const urlPathOf = (name) => name.replace(/(^|\/)index\.html$/, '$1');

class Page {
  constructor(name, file) {
    this.name = name;
    this.file = file;
    this.source = readFileSync(file, 'utf8');
    this.bytes = Buffer.byteLength(this.source);
    this.document = parseDocument(this.source);
    this.path = `/${urlPathOf(name)}`;
    const body = find(this.document, (element) => element.tagName === 'body');
    this.kind = attribute(body, 'data-kind');
    const canonical = find(this.document, (element) =>
      element.tagName === 'link' && attribute(element, 'rel') === 'canonical');
    this.canonical = canonical && attribute(canonical, 'href');
    const robots = find(this.document, (element) =>
      element.tagName === 'meta' && attribute(element, 'name') === 'robots');
    this.noindex = /\bnoindex\b/i.test((robots && attribute(robots, 'content')) ?? '');
    this.refresh = find(this.document, (element) =>
      element.tagName === 'meta' && attribute(element, 'http-equiv')?.toLowerCase() === 'refresh');
  }

  /** Whether it has a picture that is fetched before all others. */
  get hasLead() {
    return find(this.document, (element) => element.tagName === 'img' && attribute(element, 'fetchpriority') === 'high') !== undefined;
  }

  /** The words of its text. */
  get words() {
    this.cachedWords ??= [...elements(this.document)]
      .filter((element) => /(^|\s)prose(\s|$)/.test(attribute(element, 'class') ?? ''))
      .reduce((sum, prose) => sum + textOf(prose).split(/\s+/).filter(Boolean).length, 0);
    return this.cachedWords;
  }

  /** Everything that a fragment can point at. */
  get ids() {
    this.cachedIds ??= new Set([...elements(this.document)].flatMap((element) =>
      [attribute(element, 'id'), element.tagName === 'a' ? attribute(element, 'name') : undefined].filter(Boolean)));
    return this.cachedIds;
  }
}

export class Tree {
  /**
   * @param {string} root the folder that a host would serve
   * @param {string} [base] the path under which it is served; the front page's canonical address tells it otherwise
   */
  constructor(root, base) {
    if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${root} is not a folder`);
    this.root = root;
    this.files = new Map(); // path inside the site, decoded → file
    this.pages = [];
    for (const file of filesBelow(root)) {
      const name = relative(root, file).split(sep).join('/');
      this.files.set(`/${urlPathOf(name)}`, file);
      if (name.endsWith('.html')) this.pages.push(new Page(name, file));
    }
    this.byPath = new Map(this.pages.map((page) => [page.path, page]));
    const home = tryUrl(this.byPath.get('/')?.canonical);
    this.hasHost = home !== undefined;
    this.origin = home?.origin ?? NOWHERE;
    this.base = (base ?? home?.pathname ?? '/').replace(/\/*$/, '/');
  }

  /** The public address of a path inside the site. */
  address(path) {
    return new URL(this.encoded(path), this.origin);
  }

  /** A path inside the site as a request names it: under the base path, percent-encoded. */
  encoded(path) {
    return this.base + path.slice(1).split('/').map(encodeURIComponent).join('/');
  }

  /** Whether an absolute URL is on the site's own host, in or out of its base path. */
  owns(url) {
    return url.origin === this.origin;
  }

  /** The path inside the site of one of its own URLs; nothing if it lies outside the base path. */
  inside(url) {
    const path = decode(url.pathname);
    return path.startsWith(this.base) ? `/${path.slice(this.base.length)}` : undefined;
  }

  read(file) {
    return readFileSync(file, 'utf8');
  }

  bytes(file) {
    return readFileSync(file);
  }

  /** Those files whose name ends so, as [path, file]. */
  named(ending) {
    return [...this.files].filter(([path]) => path.endsWith(ending));
  }
}

export const tryUrl = (text, base) => {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
};

/** A percent-encoded path as it is named on disk; as written if the escapes are broken. */
export const decode = (path) => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

/** How long an article usually is. */
const USUAL_WORDS = 700;

/** The richest page of every kind, live coverage, the three largest articles and one of usual length: what a person would look at. */
export function sample(tree) {
  const bySize = [...tree.pages].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  const chosen = new Set();
  const kinds = [...KINDS, ...new Set(bySize.map((page) => page.kind).filter((kind) => !KINDS.includes(kind)))];
  for (const kind of kinds) {
    const richest = bySize.find((page) => page.kind === kind);
    if (richest) chosen.add(richest);
  }
  const live = bySize.find((page) => page.ids.has('lp-live'));
  if (live) chosen.add(live);
  const articles = bySize.filter((each) => each.kind === 'article');
  for (const page of articles.slice(0, 3)) chosen.add(page);
  const distance = (page) => Math.abs(page.words - USUAL_WORDS);
  const usual = articles.sort((a, b) => distance(a) - distance(b))[0];
  if (usual) chosen.add(usual);
  return [...chosen];
}
