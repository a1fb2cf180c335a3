// The search page as its readers meet it: typing, arrow keys, mistyped words, filters, nothing found, a link to a query, a small screen.

import { readFileSync } from 'node:fs';
import { addressOf, launch } from '../browser.mjs';
import { many } from '../report.mjs';
import { serve } from '../server.mjs';
import * as axe from './axe.mjs';

export const name = 'search';

export async function run(tree) {
  const pages = tree.pages.filter((page) => page.kind === 'search');
  const problems = [];
  if (pages.length > 0) {
    const server = await serve(tree);
    const browser = await launch();
    for (const page of pages) {
      for (const colorScheme of ['light', 'dark']) {
        for (const fault of await faultsOf(page, { tree, server, browser, colorScheme })) problems.push({ page: page.path, mode: colorScheme, ...fault });
      }
    }
    await browser.close();
    server.close();
  }
  return { looked: many(pages.length, 'search page'), problems };
}

/** The headline and author of the story that stands first in a file of cards. */
function anyStory(tree) {
  const [, file] = tree.named('/c0.json').find(([path]) => path.startsWith('/search/'));
  const [url, headline, , day, , names, section] = JSON.parse(readFileSync(file, 'utf8'))[0];
  return { url, headline, day, author: names.split(', ')[0], section };
}

async function faultsOf(page, { tree, server, browser, colorScheme }) {
  const faults = [];
  const expect = (rule, holds, message) => holds || faults.push({ rule, message });
  const story = anyStory(tree);
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme, reducedMotion: 'reduce' });
  context.setDefaultTimeout(120_000);
  const tab = await context.newPage();
  const said = [];
  tab.on('console', (message) => message.type() === 'error' && said.push(message.text()));
  tab.on('pageerror', (error) => said.push(error.message));
  const address = addressOf(page, tree, server);
  await tab.goto(address, { waitUntil: 'load' });

  const field = tab.getByRole('searchbox');
  const links = tab.locator('#lp-results .headline a');
  const status = () => tab.locator('#lp-search-status[role=status]').textContent();
  const quiet = async () => {
    await tab.waitForSelector('#lp-results:not([aria-busy])', { state: 'attached' });
  };
  const look = async (text) => {
    await field.fill(text);
    await quiet();
    return links.evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
  };
  const focused = () => tab.evaluate(() => [...document.querySelectorAll('#lp-results .headline a')].indexOf(document.activeElement));

  expect('empty', (await links.count()) === 0 && (await status()) === '', 'something is shown before anything was asked');
  expect('finds', (await look(story.headline)).includes(story.url), `“${story.headline}” does not find its story`);
  expect('says', /\d/.test(await status()), 'the status does not say how many stories there are');
  expect('marks', (await tab.locator('#lp-results mark').count()) > 0, 'no word is marked');
  expect('address', new URL(tab.url()).searchParams.get('q') === story.headline, 'the address does not hold the query');

  // The longest word of the headline: whole, begun, and with two letters exchanged.
  const word = story.headline.split(/[^\p{L}]+/u).sort((a, b) => b.length - a.length)[0];
  const marks = () => tab.locator('#lp-results mark').allTextContents();
  await look(word.slice(0, -1));
  expect('begins', (await marks()).includes(word), `“${word.slice(0, -1)}” does not find “${word}”`);
  const mistyped = word.slice(0, 2) + word[3] + word[2] + word.slice(4);
  await look(mistyped);
  expect('mistyped', (await marks()).includes(word) && (await status()).includes(mistyped.toLowerCase()), `“${mistyped}” does not find “${word}”`);

  const typed = await look(word);
  await field.press('ArrowDown');
  expect('down', (await focused()) === 0, 'the down arrow does not lead to the first result');
  if (typed.length > 1) {
    await tab.keyboard.press('ArrowDown');
    expect('down', (await focused()) === 1, 'the down arrow does not lead to the second result');
    await tab.keyboard.press('ArrowUp');
  }
  await tab.keyboard.press('ArrowUp');
  expect('up', await field.evaluate((element) => element === document.activeElement), 'the up arrow does not lead back to the field');

  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect('narrow', wide <= 0, `at 360 pixels it is ${wide} pixels too wide`);
  faults.push(...(await axe.look({ tab })));

  await tab.locator('[name=author]').fill(story.author);
  await quiet();
  expect('author', (await links.count()) > 0 && (await links.count()) <= typed.length, 'the filter by author finds nothing, or more');
  await tab.locator('[name=author]').fill('Nobody Atall');
  await quiet();
  expect('author', (await links.count()) === 0, 'the filter by author lets through what it should not');
  await tab.locator('[name=author]').fill('');
  await tab.locator('[name=from]').fill(story.day);
  await tab.locator('[name=to]').fill(story.day);
  await quiet();
  const days = await tab.locator('#lp-results time').evaluateAll((all) => all.map((time) => time.dateTime));
  expect('date', days.length > 0 && days.every((day) => day === story.day), `the filter by date shows ${days}`);
  await tab.locator('[name=from]').fill('');
  await tab.locator('[name=to]').fill('');
  if (story.section) {
    await tab.locator('[name=section]').selectOption({ label: story.section });
    await quiet();
    expect('section', (await links.count()) > 0, 'the filter by section finds nothing');
    await tab.locator('[name=section]').selectOption('');
  }

  await look('qqxxqqzz');
  expect('nothing', (await links.count()) === 0 && (await status()).length > 5, 'nothing is said where nothing is found');

  await tab.goto(`${address}?q=${encodeURIComponent(story.headline)}`, { waitUntil: 'load' });
  await quiet();
  expect('link', (await links.count()) > 0 && (await field.inputValue()) === story.headline, 'a link to a query shows no results');
  expect('console-error', said.length === 0, `the console says: ${said[0]}`);
  await context.close();
  return faults;
}
