// What a page may load is written in the page: a content security policy without a way around it, and the fingerprint of
// every style sheet and script, which is that of the file.

import { createHash } from 'node:crypto';
import { many } from '../report.mjs';
import { attribute, elements, lineOf, startTag } from '../html.mjs';
import { tryUrl } from '../tree.mjs';

export const name = 'policy';

const LOOSE = /'unsafe-(inline|eval|hashes)'|(^|\s)(\*|https?:|data:)(\s|$)/;

export async function run(tree) {
  const problems = tree.pages.flatMap((page) => faultsOf(page, tree).map((fault) => ({ page: page.path, ...fault })));
  return { looked: many(tree.pages.length, 'page'), problems };
}

function faultsOf(page, tree) {
  const all = [...elements(page.document)];
  const faults = [];
  const fault = (rule, message, element) =>
    faults.push({ rule, message, element: element && startTag(element, page.source), line: element && lineOf(element) });

  const isPolicy = (element) =>
    element.tagName === 'meta' && attribute(element, 'http-equiv')?.toLowerCase() === 'content-security-policy';
  const policies = all.filter(isPolicy);
  const loads = all.filter((element) => ['link', 'script', 'style', 'img'].includes(element.tagName));
  if (policies.length !== 1) fault('policy', `the page has ${policies.length} content security policies`);
  // A policy in a page binds what comes after it only.
  else if (loads.length > 0 && all.indexOf(loads[0]) < all.indexOf(policies[0])) fault('late-policy', 'loads before the policy', loads[0]);
  for (const policy of policies) {
    for (const [directive, ...sources] of attribute(policy, 'content').split(';').map((part) => part.trim().split(/\s+/))) {
      const isForCode = ['default-src', 'script-src', 'style-src', 'object-src', 'base-uri'].includes(directive);
      if (isForCode && LOOSE.test(sources.join(' '))) fault('loose-policy', `${directive} ${sources.join(' ')}`, policy);
    }
    if (!/(^|;\s*)default-src /.test(attribute(policy, 'content'))) fault('loose-policy', 'no default-src', policy);
  }

  for (const element of all) {
    const source = addressOfCode(element);
    if (source === undefined) continue;
    const url = tryUrl(source, tree.address(page.path));
    if (!url || !tree.owns(url)) continue; // a stranger's: its fingerprint is the site owner's affair
    const file = tree.files.get(tree.inside(url));
    const expected = file && `sha384-${createHash('sha384').update(tree.bytes(file)).digest('base64')}`;
    const found = attribute(element, 'integrity');
    if (!found) fault('no-integrity', 'a style sheet or script without its fingerprint', element);
    else if (found !== expected) fault('wrong-integrity', `the file's is ${expected}`, element);
  }
  return faults;
}

/** Where a style sheet or script lies that an element loads; nothing if it loads none. */
function addressOfCode(element) {
  if (element.tagName === 'script') return attribute(element, 'src');
  const kinds = (attribute(element, 'rel') ?? '').toLowerCase().split(/\s+/);
  const isSheet = element.tagName === 'link' && kinds.some((kind) => kind === 'stylesheet' || kind === 'modulepreload');
  return isSheet ? attribute(element, 'href') : undefined;
}
