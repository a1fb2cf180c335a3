#!/usr/bin/env node
// Takes pictures of pages for people to look at: light and dark, at the widths of phones, tablets and desks.
//
//     node shots.mjs PUBLIC_DIR OUT_DIR [/path/ …] [--widths 360,1280] [--schemes light,dark] [--rtl]
//
// Without paths: one page of every kind, and the three largest articles. With `--rtl` each page is set from right to left,
// whatever its language: letters stay as they are, the layout has to turn round.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addressOf, launch } from './lib/browser.mjs';
import { serve } from './lib/server.mjs';
import { sample, Tree } from './lib/tree.mjs';

/** Longer pages are cut: what is below repeats, and viewers scale a taller picture down until nothing can be read. */
const TALLEST = 6000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    widths: { type: 'string', default: '360,768,1280' },
    schemes: { type: 'string', default: 'light,dark' },
    rtl: { type: 'boolean', default: false },
  },
});
const [folder, out, ...paths] = positionals;
if (!folder || !out) {
  console.error('usage: node shots.mjs PUBLIC_DIR OUT_DIR [/path/ …] [--widths W,…] [--schemes light,dark] [--rtl]');
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
for (const width of values.widths.split(',').map(Number)) {
  for (const colorScheme of values.schemes.split(',')) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: 'reduce' });
    const tab = await context.newPage();
    for (const page of pages) {
      await tab.goto(addressOf(page, tree, server), { waitUntil: 'networkidle' });
      if (values.rtl) await tab.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
      // A picture below the fold waits to be scrolled to, which nobody does here.
      await tab.evaluate(() => Promise.all([...document.images].map((image) => {
        image.loading = 'eager';
        return image.decode().catch(() => undefined);
      })));
      const height = await tab.evaluate(() => document.documentElement.scrollHeight);
      const words = [page.path.replace(/^\/|\/$/g, '').replaceAll('/', '-') || 'front', width, colorScheme];
      const name = [...words, ...(values.rtl ? ['rtl'] : []), 'png'].join('.');
      const clip = { x: 0, y: 0, width, height: Math.min(height, TALLEST) };
      await tab.screenshot({ path: join(out, name), fullPage: true, clip });
      console.log(name);
    }
    await context.close();
  }
}
await browser.close();
server.close();
