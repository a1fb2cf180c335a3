#!/usr/bin/env node
// Takes pictures of pages for people to look at: 360, 768 and 1280 px wide, light and dark.
//
//     node shots.mjs PUBLIC_DIR OUT_DIR [/path/ …]
//
// Without paths: one page of every kind, and the three largest articles.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, launch } from './lib/browser.mjs';
import { serve } from './lib/server.mjs';
import { sample, Tree } from './lib/tree.mjs';

const WIDTHS = [360, 768, 1280];
/** Longer pages are cut: what is below repeats, and viewers scale a taller picture down until nothing can be read. */
const TALLEST = 6000;

const [folder, out, ...paths] = process.argv.slice(2);
if (!folder || !out) {
  console.error('usage: node shots.mjs PUBLIC_DIR OUT_DIR [/path/ …]');
  process.exit(2);
}
const tree = new Tree(folder);
const missing = paths.find((path) => !tree.byPath.has(path));
if (missing) {
  console.error(`no such page: ${missing}`);
  process.exit(2);
}
const pages = paths.length > 0 ? paths.map((path) => tree.byPath.get(path)) : sample(tree).filter((page) => !page.refresh);

mkdirSync(out, { recursive: true });
const server = await serve(tree);
const browser = await launch();
for (const width of WIDTHS) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
    const tab = await context.newPage();
    for (const page of pages) {
      await tab.goto(addressOf(page, tree, server), { waitUntil: 'networkidle' });
      const height = await tab.evaluate(() => document.documentElement.scrollHeight);
      const name = `${page.path.replace(/^\/|\/$/g, '').replaceAll('/', '-') || 'front'}.${width}.${colorScheme}.png`;
      const clip = { x: 0, y: 0, width, height: Math.min(height, TALLEST) };
      await tab.screenshot({ path: join(out, name), fullPage: true, clip });
      console.log(name);
    }
    await context.close();
  }
}
await browser.close();
server.close();
