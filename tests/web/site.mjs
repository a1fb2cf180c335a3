#!/usr/bin/env node
// Checks a built site as a browser, a validator and a feed reader meet it.
//
//     node site.mjs PUBLIC_DIR [--base /path/] [--only axe,links] [--kinds front,article,…]
//
// One page of every kind (`<body data-kind="…">`, the richest of each), the three largest articles and one of usual length
// are opened in a browser; markup, links, feeds and sitemaps are checked over the whole tree. Exit code 1 if anything is wrong.

import { parseArgs } from 'node:util';
import { launch } from './lib/browser.mjs';
import { many, show } from './lib/report.mjs';
import { serve } from './lib/server.mjs';
import { sample, Tree } from './lib/tree.mjs';
import { visitAll } from './lib/visits.mjs';
import * as axe from './lib/checks/axe.mjs';
import * as browserConsole from './lib/checks/console.mjs';
import * as feeds from './lib/checks/feeds.mjs';
import * as kinds from './lib/checks/kinds.mjs';
import * as links from './lib/checks/links.mjs';
import * as lint from './lib/checks/lint.mjs';
import * as live from './lib/checks/live.mjs';
import * as markup from './lib/checks/markup.mjs';
import * as noscript from './lib/checks/noscript.mjs';
import * as policy from './lib/checks/policy.mjs';
import * as readers from './lib/checks/readers.mjs';
import * as reflow from './lib/checks/reflow.mjs';
import * as requests from './lib/checks/requests.mjs';
import * as search from './lib/checks/search.mjs';
import * as searchRules from './lib/checks/search-rules.mjs';
import * as sitemap from './lib/checks/sitemap.mjs';
import * as structured from './lib/checks/structured.mjs';
import * as tampering from './lib/checks/tampering.mjs';
import * as wire from './lib/checks/wire.mjs';

const ON_DISK = [kinds, links, policy, structured, feeds, sitemap, readers, lint, markup, live, searchRules, search];
const IN_BROWSER = [axe, browserConsole, requests, wire, reflow, noscript, tampering];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { base: { type: 'string' }, only: { type: 'string' }, kinds: { type: 'string', default: '' } },
});
if (positionals.length !== 1) {
  console.error('usage: node site.mjs PUBLIC_DIR [--base /path/] [--only CHECK,…] [--kinds KIND,…]');
  process.exit(2);
}
const known = [...ON_DISK, ...IN_BROWSER].map(({ name }) => name);
const wanted = values.only?.split(',') ?? known;
const strange = wanted.find((name) => !known.includes(name));
if (strange) {
  console.error(`there is no check "${strange}"; there are: ${known.join(', ')}`);
  process.exit(2);
}

const tree = new Tree(positionals[0], values.base);
const pages = sample(tree);
const results = [];
const tell = (result) => {
  results.push(result);
  show(result);
};

for (const check of ON_DISK.filter(({ name }) => wanted.includes(name))) {
  const required = values.kinds.split(',').filter(Boolean);
  tell({ name: check.name, ...(await check.run(tree, { pages, required })) });
}

const chosen = IN_BROWSER.filter(({ name }) => wanted.includes(name));
if (chosen.length > 0) {
  // A redirect leads away before anyone could look at it.
  const visible = pages.filter((page) => !page.refresh);
  const server = await serve(tree);
  const browser = await launch();
  try {
    const findings = await visitAll(chosen, tree, visible, server, browser);
    for (const { name, summary } of chosen) {
      const looked = [many(visible.length, 'page'), summary?.()].filter(Boolean).join('; ');
      tell({ name, looked, problems: findings.get(name) });
    }
  } finally {
    await browser.close();
    server.close();
  }
}

const failed = results.filter(({ problems }) => problems.length > 0).length;
console.log(`site checks: ${results.length - failed} good, ${failed} bad`);
process.exitCode = failed > 0 || tree.pages.length === 0 ? 1 : 0;
