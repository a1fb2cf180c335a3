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

/** The largest of each among the pages that were looked at. */
const most = { articles: 0, html: 0, css: 0, script: 0, requests: 0 };

export async function look({ page, tab, requests, isSettled }) {
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
  const over = (what, bytes, limit) =>
    bytes > limit ? { rule: 'size', message: `${what}: ${bytes} bytes on the wire, ${limit} are the most` } : [];
  return [
    isTypical ? over(`the HTML of ${page.words} words`, sums.document, HTML) : [],
    over('CSS', sums.stylesheet, CSS),
    over('JavaScript', sums.script, page.kind === 'search' ? SEARCH_SCRIPT : SCRIPT),
    isTypical && requests.length > REQUESTS
      ? { rule: 'requests', message: `${requests.length} requests, ${REQUESTS} are the most`, element: requests.map(({ url }) => new URL(url).pathname).join(' ') }
      : [],
  ].flat();
}

/** The figures, for those who wait for them to grow. */
export const summary = () =>
  most.articles === 0
    ? 'no article of usual length'
    : `at most ${most.html} bytes of HTML for an article, ${most.css} of CSS, ${most.script} of JavaScript, ${most.requests} requests`;
