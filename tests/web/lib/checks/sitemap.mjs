// The sitemaps: valid by sitemaps.org, complete files behind every address, and nothing that asks not to be indexed.

import { statSync } from 'node:fs';
import { many } from '../report.mjs';
import { tryUrl } from '../tree.mjs';
import { children, parseXml, textOf } from '../xml.mjs';

export const name = 'sitemap';

const SITEMAP = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const NEWS = 'http://www.google.com/schemas/sitemap-news/0.9';
/** The W3C profile of ISO 8601: as much of the date as is known, a zone with every time. */
const W3C = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?)?)?$/;

export function run(tree) {
  const problems = [];
  const wrong = (page) => (rule, message, element) => problems.push({ rule, message, page, line: element?.line });
  const listed = new Set();
  const files = [];
  const visit = (path) => {
    if (files.includes(path)) return;
    files.push(path);
    visitSitemap(path, tree, wrong(path), listed, visit);
  };
  const roots = ['/sitemap.xml', '/news-sitemap.xml'].filter((path) => tree.files.has(path));
  if (!tree.hasHost) return { looked: 'nothing: the site names no address of its own', problems };
  if (!roots.includes('/sitemap.xml')) wrong('/')('sitemap', 'no /sitemap.xml');
  for (const path of roots) visit(path);
  return { looked: `${many(listed.size, 'address', 'addresses')} in ${many(files.length, 'file')}`, problems };
}

function visitSitemap(path, tree, wrong, listed, visit) {
  const file = tree.files.get(path);
  let root;
  try {
    root = parseXml(tree.read(file));
  } catch (error) {
    return wrong('sitemap', error.message);
  }
  if (root.uri !== SITEMAP) wrong('sitemap', `<${root.name}> is not in the namespace ${SITEMAP}`, root);
  if (statSync(file).size > 50_000_000) wrong('sitemap', 'more than 50 MB');
  if (root.children.length > 50_000) wrong('sitemap', 'more than 50,000 addresses');
  if (root.name === 'sitemapindex') {
    for (const entry of root.children) {
      const inner = checkEntry(entry, 'sitemap', tree, wrong);
      if (inner) visit(inner);
    }
    return undefined;
  }
  if (root.name !== 'urlset') return wrong('sitemap', `<${root.name}> is neither urlset nor sitemapindex`, root);
  const news = root.children.filter((entry) => children(entry, 'news', NEWS).length > 0);
  if (news.length > 1000) wrong('news-sitemap', 'more than 1,000 stories', root);
  const own = new Set();
  for (const entry of root.children) {
    const target = checkEntry(entry, 'url', tree, wrong);
    if (!target) continue;
    if (own.has(target)) wrong('sitemap', `listed twice: ${target}`, entry);
    own.add(target);
    listed.add(target);
    const page = tree.byPath.get(target);
    if (page?.noindex) wrong('sitemap', `lists a page that asks not to be indexed: ${target}`, entry);
    if (page?.refresh) wrong('sitemap', `lists a redirect: ${target}`, entry);
    if (page?.canonical && tryUrl(page.canonical)?.href !== tree.address(target).href) {
      wrong('sitemap', `lists a page whose canonical address is another: ${target}`, entry);
    }
  }
  for (const entry of news) checkNews(entry, wrong);
  return undefined;
}

/** The path of the file that an entry leads to, if it is sound. */
function checkEntry(entry, expected, tree, wrong) {
  if (entry.name !== expected || entry.uri !== SITEMAP) return wrong('sitemap', `<${entry.name}> instead of <${expected}>`, entry);
  const modified = children(entry, 'lastmod', SITEMAP)[0];
  if (modified && !(W3C.test(modified.text) && !Number.isNaN(Date.parse(modified.text)))) {
    wrong('sitemap', `<lastmod> is not a W3C date: ${modified.text}`, modified);
  }
  const text = textOf(entry, 'loc', SITEMAP);
  const url = tryUrl(text);
  if (!url || !tree.owns(url)) return wrong('sitemap', `<loc> is not an address of this site: ${text || '(empty)'}`, entry);
  const path = tree.inside(url);
  if (!tree.files.has(path)) return wrong('sitemap', `<loc> leads to no file of the site: ${text}`, entry);
  return path;
}

function checkNews(entry, wrong) {
  const story = children(entry, 'news', NEWS)[0];
  const publication = children(story, 'publication', NEWS)[0] ?? { children: [] };
  if (!textOf(publication, 'name', NEWS)) wrong('news-sitemap', 'no <news:name>', story);
  if (!/^([a-z]{2,3}|zh-cn|zh-tw)$/.test(textOf(publication, 'language', NEWS))) {
    wrong('news-sitemap', '<news:language> is not a code of two or three letters', story);
  }
  if (!textOf(story, 'title', NEWS)) wrong('news-sitemap', 'no <news:title>', story);
  const date = textOf(story, 'publication_date', NEWS);
  if (!W3C.test(date)) wrong('news-sitemap', `<news:publication_date> is not a W3C date: ${date || '(empty)'}`, story);
}
