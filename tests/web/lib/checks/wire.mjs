// What a page costs its reader: bytes as a host sends them, compressed, and how often a connection is asked for something.

export const name = 'wire';

const KILO = 1000;

/** The words that the limit on HTML is meant for; shorter articles pass it all the more easily, longer ones may be larger. */
const WORDS = [650, 750];

const HTML = 20 * KILO;
const CSS = 10 * KILO;
const SCRIPT = 4 * KILO;
/** The search page is a program: it reads an index, ranks and draws. */
const SEARCH_SCRIPT = 8 * KILO;
const REQUESTS = 6;
/** Live coverage has a script. */
const REQUESTS_LIVE = 7;
/** All that an article with a lead photograph loads before its reader scrolls, pictures and headers included. */
const WEIGHT = 150 * KILO;

/** The largest of each among the pages that were looked at. */
const most = { articles: 0, html: 0, css: 0, script: 0, requests: 0 };
/** The same of articles with a lead photograph, by how they were looked at. */
const led = new Map();

export async function look({ page, tab, way, requests, isSettled }) {
  const first = isLed(page) ? await weigh(requests) : undefined;
  // To the end, so that what waits for its reader is counted as well.
  await tab.evaluate(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 500) {
      scrollTo(0, y);
      await new Promise(requestAnimationFrame);
    }
  });
  await isSettled();
  const sums = { document: 0, stylesheet: 0, script: 0 };
  for (const { request } of requests) {
    const type = request.resourceType();
    if (type in sums) sums[type] += (await request.sizes()).responseBodySize;
  }
  const isTypical = page.kind === 'article' && page.words >= WORDS[0] && page.words <= WORDS[1];
  most.css = Math.max(most.css, sums.stylesheet);
  most.script = Math.max(most.script, sums.script);
  if (isTypical) {
    most.articles += 1;
    most.html = Math.max(most.html, sums.document);
    most.requests = Math.max(most.requests, requests.length);
  }
  const whole = isLed(page) ? await weigh(requests) : undefined;
  if (whole) {
    const before = led.get(way.name) ?? { first: NOTHING, whole: NOTHING };
    led.set(way.name, { first: larger(before.first, first), whole: larger(before.whole, whole) });
  }
  const over = (what, bytes, limit) =>
    bytes > limit ? { rule: 'size', message: `${what}: ${bytes} bytes on the wire, ${limit} are the most` } : [];
  return [
    isTypical ? over(`the HTML of ${page.words} words`, sums.document, HTML) : [],
    whole ? over('an article with its lead photograph', first.bytes, WEIGHT) : [],
    over('CSS', sums.stylesheet, CSS),
    over('JavaScript', sums.script, page.kind === 'search' ? SEARCH_SCRIPT : SCRIPT),
    isTypical ? tooMany(requests, REQUESTS) : [],
    whole ? tooMany(requests.slice(0, first.requests), page.ids.has('lp-live') ? REQUESTS_LIVE : REQUESTS) : [],
  ].flat();
}

function tooMany(requests, limit) {
  if (requests.length <= limit) return [];
  const element = requests.map(({ url }) => new URL(url).pathname).join(' ');
  return [{ rule: 'requests', message: `${requests.length} requests, ${limit} are the most`, element }];
}

const NOTHING = { bytes: 0, requests: 0 };

const larger = (one, other) => ({ bytes: Math.max(one.bytes, other.bytes), requests: Math.max(one.requests, other.requests) });

const isLed = (page) => page.kind === 'article' && page.hasLead;

async function weigh(requests) {
  const sizes = await Promise.all(requests.map(({ request }) => request.sizes()));
  const bytes = sizes.reduce((sum, { responseBodySize, responseHeadersSize }) => sum + responseBodySize + responseHeadersSize, 0);
  return { bytes, requests: requests.length };
}

/** The figures, for those who wait for them to grow. */
export const summary = () =>
  [
    most.articles === 0
      ? 'no article of usual length'
      : `at most ${most.html} bytes of HTML for an article, ${most.css} of CSS, ${most.script} of JavaScript, ${most.requests} requests`,
    ...[...led].map(([way, { first, whole }]) =>
      `with a lead photograph, ${way}: ${first.bytes} bytes in ${first.requests} requests, scrolled to the end ${whole.bytes} in ${whole.requests}`),
  ].join('; ');
