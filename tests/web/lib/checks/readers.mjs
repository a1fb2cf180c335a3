// Feeds and sitemaps as programs of others read them: Feedsmith reads every feed, sitemap.js every sitemap, and libxml2
// holds the sitemaps against the schema of sitemaps.org.

import { createReadStream, readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseFeed } from 'feedsmith';
import { ErrorLevel, parseSitemapIndex, XMLToSitemapItemStream } from 'sitemap';
import { validateXML } from 'xmllint-wasm';
import { many } from '../report.mjs';
import { tryUrl } from '../tree.mjs';

export const name = 'readers';

const FORMATS = { 'feed.xml': 'rss', 'atom.xml': 'atom', 'feed.json': 'json' };
/** Larger files take the schema's validator minutes. */
const MOST_BYTES = 5_000_000;

export async function run(tree) {
  const problems = [];
  const counts = { feeds: 0, items: 0, sitemaps: 0, addresses: 0 };
  for (const [path, file] of tree.files) {
    const wrong = (rule, message) => problems.push({ rule, message, page: path });
    const format = FORMATS[path.split('/').at(-1)];
    if (format) {
      counts.feeds += 1;
      counts.items += checkFeed(tree.read(file), format, wrong);
    } else if (/^\/(news-)?sitemap[^/]*\.xml$/.test(path)) {
      counts.sitemaps += 1;
      counts.addresses += path === '/sitemap.xml' ? await checkIndex(file, wrong) : await checkSitemap(file, wrong);
    }
  }
  const feeds = `${many(counts.items, 'item')} in ${many(counts.feeds, 'feed')}`;
  return { looked: `${feeds}; ${many(counts.addresses, 'address', 'addresses')} in ${many(counts.sitemaps, 'sitemap')}`, problems };
}

/** What a reader shows of an item, whatever the form. */
const SHOWN = {
  rss: (item) => ({ id: item.guid?.value, title: item.title, url: item.link, date: item.pubDate, text: item.content?.encoded ?? item.description }),
  atom: (item) => ({ id: item.id, title: item.title?.value ?? item.title, url: item.links?.[0]?.href, date: item.updated, text: item.content?.value ?? item.content ?? item.summary?.value ?? item.summary }),
  json: (item) => ({ id: item.id, title: item.title, url: item.url, date: item.date_published, text: item.content_html ?? item.content_text }),
};

function checkFeed(text, expected, wrong) {
  let read;
  try {
    read = parseFeed(text);
  } catch (error) {
    wrong('feed-reader', error.message);
    return 0;
  }
  if (read.format !== expected) wrong('feed-reader', `read as ${read.format}, not as ${expected}`);
  const items = read.feed.items ?? read.feed.entries ?? [];
  for (const item of items) {
    const shown = SHOWN[read.format](item);
    for (const [field, value] of Object.entries(shown)) {
      if (typeof value !== 'string' || !value.trim()) wrong('feed-reader', `an item without ${field}: ${shown.url ?? shown.title}`);
    }
    if (Number.isNaN(Date.parse(shown.date))) wrong('feed-reader', `a date that cannot be read: ${shown.date}`);
    if (!tryUrl(shown.url)) wrong('feed-reader', `an address that cannot be read: ${shown.url}`);
  }
  return items.length;
}

async function checkIndex(file, wrong) {
  try {
    const entries = await parseSitemapIndex(createReadStream(file));
    if (entries.length === 0) wrong('sitemap-reader', 'an index of nothing');
    return entries.length;
  } catch (error) {
    wrong('sitemap-reader', error.message);
    return 0;
  }
}

async function checkSitemap(file, wrong) {
  let count = 0;
  const counted = new Writable({ objectMode: true, write: (_item, _encoding, next) => next(void (count += 1)) });
  try {
    await pipeline(createReadStream(file), new XMLToSitemapItemStream({ level: ErrorLevel.THROW, logger: false }), counted);
  } catch (error) {
    wrong('sitemap-reader', error.message);
  }
  const contents = readFileSync(file, 'utf8');
  // The schema asks for an address at least; the news sitemap of a quiet day has none.
  if (count > 0 && contents.length <= MOST_BYTES) {
    const { errors } = await validateXML({ xml: [{ fileName: 'sitemap.xml', contents }], schema: [schema()] });
    for (const { message, loc } of errors.slice(0, 5)) wrong('sitemap-schema', `${message} (line ${loc?.lineNumber ?? '?'})`);
  }
  return count;
}

/** The schema of sitemaps.org, which comes with sitemap.js; the extensions have schemas of their own, which do not. */
function schema() {
  const path = new URL('../../schema/sitemap.xsd', import.meta.resolve('sitemap'));
  return readFileSync(path, 'utf8').replaceAll('processContents="strict"', 'processContents="skip"');
}
