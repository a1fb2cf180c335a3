// Live coverage as its readers meet it: the script tells of new posts, shows them when asked, can be paused, and ends.

import { setTimeout as rest } from 'node:timers/promises';
import { addressOf, launch } from '../browser.mjs';
import { many } from '../report.mjs';
import { serve } from '../server.mjs';

export const name = 'live';

const MINUTE = 60_000;

export async function run(tree) {
  const pages = tree.pages.filter((page) => page.ids.has('lp-live'));
  const problems = [];
  if (pages.length > 0) {
    const server = await serve(tree);
    const browser = await launch();
    for (const page of pages) {
      for (const fault of await faultsOf(page, tree, server, browser)) problems.push({ page: page.path, ...fault });
    }
    await browser.close();
    server.close();
  }
  return { looked: many(pages.length, 'live page'), problems };
}

async function faultsOf(page, tree, server, browser) {
  const faults = [];
  const expect = (rule, holds, message) => holds || faults.push({ rule, message });
  const news = JSON.parse(tree.read(tree.files.get(`${page.path}live.json`)));
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const tab = await context.newPage();
  const said = [];
  tab.on('console', (message) => message.type() === 'error' && said.push(message.text()));
  tab.on('pageerror', (error) => said.push(error.message));
  let asked = 0;
  let status = 200;
  await tab.route('**/live.json', (route) => {
    asked += 1;
    return route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(news) });
  });
  // The page's own clock: a little before the end that the page states, whatever the machine's says.
  await tab.clock.install({ time: Date.parse(news.ends ?? '2026-11-22T12:00:00Z') - 60 * MINUTE });
  await tab.goto(addressOf(page, tree, server), { waitUntil: 'load' });

  const text = () => tab.locator('.live-status').textContent();
  const shown = (id) => tab.locator(`#${id}`).count();
  const run = async (time, holds) => {
    const before = asked;
    await tab.clock.runFor(time);
    for (let look = 0; look < 60 && !(await holds(before)); look += 1) await rest(25);
    return holds(before);
  };

  const first = news.entries.find(({ html }) => !/ pinned"/.test(html));
  const last = news.entries.at(-1);
  const post = (id, time) => {
    const html = first.html.replaceAll(first.id, id).replace(/datetime="[^"]*"/, `datetime="${time}"`);
    news.entries.unshift({ ...first, id, at: time, html, version: id });
  };

  expect('bar', await tab.locator('#lp-live').isVisible(), 'the bar of live updates is not shown');
  expect('early', asked === 0, 'it asks before half a minute has gone');
  const region = tab.locator('.live-status[role="status"][aria-live="polite"]');
  expect('status-region', (await region.count()) === 1, 'there is no polite status region');

  post('t20990101-0001', '2099-01-01T00:01:00Z');
  last.html = last.html.replace(/data-version="[^"]*"/, 'data-version="changed"');
  last.version = 'changed';
  const place = await tab.evaluate(() => scrollY);
  expect('announces', await run(31_000, async () => (await text()) !== ''), 'the status says nothing of a new post');
  expect('waits', (await shown('t20990101-0001')) === 0, 'a new post is put in before the reader asks');
  expect('moves', (await tab.evaluate(() => scrollY)) === place, 'the page moved while the reader read');
  expect('changes', (await tab.locator(`#${last.id}`).getAttribute('data-version')) === 'changed', 'a changed post stays old');

  await tab.locator('.live-show').click();
  const top = await tab.locator('#lp-entries > :first-child').getAttribute('id');
  expect('shows', top === 't20990101-0001', 'the new post is not put on top');
  expect('focus', (await tab.evaluate(() => document.activeElement.id)) === 't20990101-0001', 'the focus is not on the new post');
  expect('quiet', (await text()) === '' && !(await tab.locator('.live-show').isVisible()), 'the status stays after the posts are shown');

  await tab.locator('.live-pause').click();
  const paused = asked;
  post('t20990101-0002', '2099-01-01T00:02:00Z');
  await tab.clock.runFor(5 * MINUTE);
  await rest(100);
  expect('pause', asked === paused, 'it asks while it is paused');
  expect('pause-words', (await text()) !== '', 'the status does not say that updates are paused');
  await tab.locator('.live-pause').click();
  expect('resume', await run(31_000, () => tab.locator('.live-show').isVisible()), 'nothing comes after the pause');

  expect('console-error', said.length === 0, `the console says: ${said[0]}`);
  status = 503;
  await run(MINUTE, (before) => asked > before);
  const failed = asked;
  for (let minute = 0; minute < 6; minute += 1) await run(MINUTE, async () => true);
  expect('backs-off', asked - failed <= 4, `after an error it asks ${asked - failed} times in six minutes`);

  if (news.ends) {
    status = 200;
    await run(60 * MINUTE, () => tab.locator('.live-pause').isHidden());
    const over = asked;
    await tab.clock.runFor(10 * MINUTE);
    await rest(100);
    expect('ends', asked === over && (await tab.locator('.live-pause').isHidden()), 'it goes on after the end of the coverage');
  }
  await context.close();
  return faults;
}
