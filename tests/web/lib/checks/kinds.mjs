// Every page says what kind it is, and no kind that the site should show is missing: the other checks look at
// one page of each kind, so a kind that is silently absent would be a check silently gone.

import { KINDS } from '../tree.mjs';
import { many } from '../report.mjs';

export const name = 'kinds';

export function run(tree, { required }) {
  const counts = new Map();
  for (const { kind } of tree.pages) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const problems = tree.pages.filter((page) => !KINDS.includes(page.kind)).map((page) => ({
    rule: 'page-kind',
    message: page.kind === undefined ? '<body> has no data-kind' : `data-kind="${page.kind}" is none of the kinds`,
    page: page.path,
  }));
  for (const kind of required.filter((each) => !counts.has(each))) {
    problems.push({ rule: 'kind-missing', message: `the site has no page of this kind: ${kind}`, page: tree.root });
  }
  const list = KINDS.filter((kind) => counts.has(kind)).map((kind) => `${counts.get(kind)} ${kind}`);
  return { looked: `${many(tree.pages.length, 'page')} (${list.join(', ')})`, problems };
}
