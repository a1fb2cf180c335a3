// Opens every page of the sample in every way that readers do, once each, and lets the checks of a way look at it.

import { addressOf } from './browser.mjs';

const screen = (width, height, colorScheme) => ({ viewport: { width, height }, colorScheme });

/** The ways to read: a name, what the browser is told, and whether scripts run. */
export const WAYS = [
  { name: '360×740 light', options: screen(360, 740, 'light'), checks: ['axe', 'console', 'requests', 'wire', 'tampering'] },
  { name: '360×740, 3 pixels a point', options: { ...screen(360, 740, 'light'), deviceScaleFactor: 3, isMobile: true }, checks: ['wire'] },
  { name: '360×740 dark', options: screen(360, 740, 'dark'), checks: ['axe', 'console', 'requests'] },
  { name: '1280×900 light', options: screen(1280, 900, 'light'), checks: ['axe', 'console', 'requests'] },
  { name: '1280×900 dark', options: screen(1280, 900, 'dark'), checks: ['axe', 'console', 'requests'] },
  { name: '320×640', options: screen(320, 640, 'light'), checks: ['reflow'] },
  {
    name: 'no JavaScript',
    options: { ...screen(360, 740, 'light'), javaScriptEnabled: false },
    checks: ['requests', 'noscript'],
  },
];

/** Two at a time: one page keeps one core busy. */
const AT_ONCE = 2;

/**
 * Runs browser checks; each is `{name, look(visit)}` and answers with findings.
 * A visit is `{page, tab, address, way, messages, requests, isSettled}`: the page of the tree, the open browser tab, what
 * the console said and the network saw so far, and a wait until nothing is asked for any more.
 */
export async function visitAll(checks, tree, pages, server, browser) {
  const findings = new Map(checks.map(({ name }) => [name, []]));
  const ways = WAYS.filter((way) => way.checks.some((name) => findings.has(name)));
  const work = async () => {
    for (let way = ways.shift(); way; way = ways.shift()) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...way.options });
      for (const page of pages) {
        const visit = await open(context, page, way, tree, server);
        for (const check of checks.filter(({ name }) => way.checks.includes(name))) {
          for (const finding of await check.look(visit)) {
            findings.get(check.name).push({ page: page.path, mode: `${page.kind}, ${way.name}`, ...finding });
          }
        }
        await visit.tab.close();
      }
      await context.close();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return findings;
}

async function open(context, page, way, tree, server) {
  const tab = await context.newPage();
  const visit = { page, tab, way, address: addressOf(page, tree, server), origin: server.origin, messages: [], requests: [] };
  visit.isSettled = () => settle(visit);
  tab.on('console', (message) => {
    if (message.type() === 'error') visit.messages.push({ text: message.text(), url: message.location().url });
  });
  tab.on('pageerror', (error) => visit.messages.push({ text: error.message, url: visit.address }));
  const note = (request, facts) => Object.assign(visit.requests.find((each) => each.request === request) ?? {}, facts);
  tab.on('request', (request) => visit.requests.push({ url: request.url(), request, done: false }));
  tab.on('requestfinished', (request) => note(request, { done: true }));
  tab.on('requestfailed', (request) => note(request, { done: true, fault: request.failure()?.errorText ?? 'failed' }));
  tab.on('response', (response) => {
    if (response.status() >= 400) note(response.request(), { fault: `status ${response.status()}` });
  });
  await tab.goto(visit.address, { waitUntil: 'load', timeout: 30_000 });
  await visit.isSettled();
  return visit;
}

/** Waits for what scripts ask for after `load`. Playwright's own "networkidle" takes half a second for every page. */
async function settle({ tab, requests }) {
  for (let rest = 0; rest < 100; rest += 1) {
    await tab.waitForTimeout(50);
    if (requests.every(({ done }) => done)) return;
  }
}

/** The not-found page is itself answered with 404: that is its one rightful fault. */
export const isOwnNotFound = (visit, url) => visit.page.kind === 'not-found' && url === visit.address;
