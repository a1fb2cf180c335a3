// The Nu Html Checker, the W3C's own, over every HTML page, style sheet and SVG of the tree.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { many } from '../report.mjs';

export const name = 'markup';

const JAR = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');

/** Files for one start of Java: it costs two seconds, and a command line holds only so much. */
const BATCH = 1000;

/** Standard CSS that browsers have and this checker does not know yet. */
const NEWER_PROPERTIES = [
  'anchor-name', 'animation-range', 'animation-timeline', 'container', 'container-name', 'container-type', 'field-sizing',
  'interpolate-size', 'line-clamp', 'position-anchor', 'text-box', 'text-box-edge', 'text-box-trim',
  'transition-behavior', 'view-transition-class', 'view-transition-name',
];
const NEWER_RULES = ['container', 'property', 'starting-style', 'view-transition'];

/** What the checker says without being right. */
const MISTAKEN = [
  new RegExp(`^CSS: “(${NEWER_PROPERTIES.join('|')})”: Property “\\1” doesn't exist\\.`),
  new RegExp(`^CSS: Unrecognized at-rule “@(${NEWER_RULES.join('|')})”`),
  // It reads files, and for a file 'self' is nobody; it also takes JSON-LD for a script. The browser, which has an
  // origin, judges the policy: each breach is an error in its console.
  /violates Content Security Policy/,
];

export function run(tree) {
  const pages = tree.pages.map((page) => page.file);
  const sheets = tree.named('.css').map(([, file]) => file);
  const drawings = tree.named('.svg').map(([, file]) => file);
  const messages = [...validate(pages, []), ...validate(sheets, ['--css']), ...validate(drawings, ['--svg'])];
  const findings = messages
    .filter(({ message }) => !MISTAKEN.some((pattern) => pattern.test(message)))
    .map(({ type, subType, message, url, lastLine, extract }) => ({
      rule: type === 'info' ? (subType ?? 'info') : type,
      message,
      page: url ? `/${relative(tree.root, fileURLToPath(url))}` : '?',
      line: lastLine,
      element: extract?.replace(/\s+/g, ' ').trim().slice(0, 120),
    }));
  return {
    looked: `${many(pages.length, 'page')}, ${many(sheets.length, 'style sheet')}, ${many(drawings.length, 'drawing')}`,
    problems: findings.filter(({ rule }) => rule !== 'warning' && rule !== 'info'),
    warnings: findings.filter(({ rule }) => rule === 'warning' || rule === 'info'),
  };
}

function validate(files, options) {
  const messages = [];
  for (let start = 0; start < files.length; start += BATCH) {
    const batch = files.slice(start, start + BATCH);
    const checker = spawnSync(
      'java',
      ['-Xss2m', '-jar', JAR, '--format', 'json', '--stdout', '--exit-zero-always', ...options, ...batch],
      { encoding: 'utf8', maxBuffer: 1 << 30 },
    );
    if (checker.error) throw new Error(`java, which runs the HTML checker, did not start: ${checker.error.message}`);
    if (checker.status !== 0) throw new Error(`the HTML checker failed: ${checker.stderr.slice(0, 2000)}`);
    messages.push(...JSON.parse(checker.stdout).messages);
  }
  return messages;
}
