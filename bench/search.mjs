#!/usr/bin/env node
// Asks the index of a built site as a reader's browser would, and tells what each query loads and how long it takes.
//
//     bench/search.mjs PUBLIC_DIR [QUERY …]
//
// Without queries, some are taken from the index itself: words of many stories and of few, beginnings, mistyped ones, several at once,
// and each filter. README.md beside this file tells how to read the figures.

import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
await import(path.join(root, 'static/js/search.js'));
const { open } = globalThis.letterpressSearch;

const [tree, ...given] = process.argv.slice(2);
if (!tree) {
  console.error('usage: bench/search.mjs PUBLIC_DIR [QUERY …]');
  process.exit(2);
}

// Opens the index with nothing loaded, as a new reader does.
async function fresh() {
  const loaded = { bytes: 0, files: 0 };
  const index = await open(async (file) => {
    const bytes = await readFile(path.join(tree, 'search', file.split('?')[0]));
    loaded.bytes += bytes.length;
    loaded.files += 1;
    return new Uint8Array(bytes);
  });
  return { index, loaded };
}

// One query, from nothing to the first ten results; then again with all files there, which is the time that a reader waits for the ranking.
async function ask(query) {
  const { index, loaded } = await fresh();
  const run = async () => {
    const found = await index.search(query);
    await index.cards(found.results.slice(0, 10));
    return found;
  };
  const found = await run();
  const times = [];
  for (let n = 0; n < 5; n += 1) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { found, loaded, ms: times[2] };
}

const queries = given.length > 0 ? given.map((q) => ({ q })) : await chosen();
console.log('| query | stories | files | kB loaded | ms with the files there |');
console.log('| --- | ---: | ---: | ---: | ---: |');
let most = 0;
for (const query of queries) {
  const { found, loaded, ms } = await ask(query);
  most = Math.max(most, loaded.bytes);
  const instead = found.asked.filter((word) => word.instead).map((word) => ` (${word.instead})`);
  const label = Object.entries(query).map(([name, value]) => (name === 'q' ? value : `${name}: ${value}`)).join(', ');
  console.log(`| ${label}${instead.join('')} | ${found.results.length} | ${loaded.files} | ${(loaded.bytes / 1000).toFixed(0)} | ${ms.toFixed(1)} |`);
}
console.log(`\nmost loaded by a query: ${(most / 1000).toFixed(0)} kB`);

// Queries from the headlines of the index: the same for the same site.
async function chosen() {
  const { index } = await fresh();
  const all = await index.search({ q: '', from: '0000-01-01' });
  const at = (share) => all.results[Math.floor(all.results.length * share)];
  const cards = await index.cards([at(0), at(0.3), at(0.6), at(0.9)].filter(Boolean));
  const words = cards.map(([, headline]) => headline.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 4));
  const [first, second] = [words[1] ?? words[0], words[2] ?? words[0]];
  const typo = first[0].slice(0, 2) + first[0].slice(3);
  const [, , , day, , names] = cards[1] ?? cards[0];
  return [
    first[0], second[1] ?? second[0], first[0].slice(0, 3), first[1]?.slice(0, 5) ?? first[0], typo, `${first[0]} ${first[1]}`, `${first[0]} ${second[0]} ${second[1]}`,
    `${typo} ${second[0]}`, names.split(', ')[0],
  ].map((q) => ({ q })).concat([
    { q: first[0], author: names.split(', ')[0] }, { q: second[0], from: day }, { author: names.split(', ')[0], from: day },
  ]);
}
