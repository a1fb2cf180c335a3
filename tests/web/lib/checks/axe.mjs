// axe-core: WCAG 2.0, 2.1 and 2.2 at levels A and AA, and its best practices, on small and large screens, light and dark.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const name = 'axe';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const OPTIONS = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  // Off unless asked for, because WCAG 2.2 is young.
  rules: { 'target-size': { enabled: true } },
  resultTypes: ['violations'],
};

export async function look({ tab }) {
  await tab.evaluate(SOURCE);
  const { violations } = await tab.evaluate((options) => globalThis.axe.run(document, options), OPTIONS);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, target, failureSummary }) => ({
      rule: id,
      message: help,
      element: `${target.join(' ')}  ${html.replace(/\s+/g, ' ').slice(0, 140)}${reason(failureSummary)}`,
    })));
}

/** The first thing that would mend it, as axe says it: for contrast, with the two colours and the ratio. */
const reason = (summary = '') => {
  const line = summary.split('\n')[1]?.trim();
  return line ? `\n            ${line}` : '';
};
