// Debian's Chromium through playwright-core: one launch for all pages, and nothing reached but loopback.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

export function launch(also = []) {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: install it, or name it in CHROMIUM=/path/to/it');
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--force-color-profile=srgb',
      // A request to anyone else fails here, at once and on every machine alike; the page that made it is reported.
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
      ...also,
    ],
  });
}

/** Where the server shows a page. A missing address shows the not-found page, as readers meet it: deep in the tree. */
export const addressOf = (page, tree, server) =>
  server.origin + (page.kind === 'not-found' ? `${tree.base}no/such/page/` : tree.encoded(page.path));
