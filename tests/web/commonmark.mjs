#!/usr/bin/env node
// Runs every example of the CommonMark specification through `BINARY markdown --plain`.
//
//     node commonmark.mjs BINARY
//
// Both HTMLs are compared as the specification's own test program does: token by token, with attributes in order,
// entities decoded, and white space between blocks not counted. Not as trees: a tree would hide a stray end tag.

import { execFile } from 'node:child_process';
import { Tokenizer } from 'parse5';
import spec from 'commonmark-spec';

const AT_ONCE = 4;
const SHOWN = 20;
const BLOCKS = new Set([
  'article', 'header', 'aside', 'hgroup', 'blockquote', 'hr', 'iframe', 'body', 'li', 'map', 'button', 'object', 'canvas',
  'ol', 'caption', 'output', 'col', 'p', 'colgroup', 'pre', 'dd', 'progress', 'div', 'section', 'dl', 'table', 'td', 'dt',
  'tbody', 'embed', 'textarea', 'fieldset', 'tfoot', 'figcaption', 'th', 'figure', 'thead', 'footer', 'tr', 'form', 'ul',
  'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'video', 'script', 'style',
]);

/** The HTML in a form in which equal documents are equal strings. */
function normalised(html) {
  let out = '';
  let pre = 0;
  let last = 'start'; // what stands before: the start, a block's tag, or anything else
  const text = (characters) => {
    let plain = characters;
    if (pre === 0) {
      plain = characters.replace(/[ \t\n\f\r]+/g, ' ');
      if (last !== 'other') plain = plain.trimStart();
    }
    out += plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    if (plain) last = 'other';
  };
  const tag = (name, written) => {
    if (BLOCKS.has(name) && pre === 0) out = out.trimEnd();
    out += written;
    last = BLOCKS.has(name) || name === 'br' ? 'block' : 'other';
  };
  const handler = {
    onStartTag({ tagName, attrs }) {
      const written = attrs.map(({ name, value }) => ` ${name}="${value.replaceAll('"', '&quot;')}"`).sort().join('');
      tag(tagName, `<${tagName}${written}>`);
      if (tagName === 'pre') pre += 1;
    },
    onEndTag({ tagName }) {
      if (tagName === 'pre') pre = Math.max(0, pre - 1);
      tag(tagName, `</${tagName}>`);
    },
    onComment({ data }) {
      out += `<!--${data}-->`;
      last = 'other';
    },
    onDoctype({ name }) {
      out += `<!${name}>`;
    },
    onCharacter: ({ chars }) => text(chars),
    onNullCharacter: ({ chars }) => text(chars),
    onWhitespaceCharacter: ({ chars }) => text(chars),
    onEof() {},
  };
  new Tokenizer({ sourceCodeLocationInfo: false }, handler).write(html, true);
  return out.trim();
}

const render = (binary, markdown) =>
  new Promise((resolve) => {
    const child = execFile(binary, ['markdown', '--plain'], { timeout: 10_000 }, (error, stdout, stderr) =>
      resolve(error ? { fault: `${error.message.split('\n')[0]}\n${stderr}`.trim() } : { html: stdout }));
    child.stdin.on('error', () => {}); // it died before it read: the exit code tells
    child.stdin.end(markdown);
  });

const [binary] = process.argv.slice(2);
if (!binary) {
  console.error('usage: node commonmark.mjs BINARY');
  process.exit(2);
}

const tabs = (text) => text.replaceAll('→', '\t');
const failures = [];
const waiting = [...spec.tests];
const work = async () => {
  for (let example = waiting.shift(); example; example = waiting.shift()) {
    const { html, fault } = await render(binary, tabs(example.markdown));
    if (fault || normalised(html) !== normalised(tabs(example.html))) failures.push({ ...example, got: html, fault });
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, work));

failures.sort((a, b) => a.number - b.number);
for (const { number, section, markdown, html, got, fault } of failures.slice(0, SHOWN)) {
  console.log(`example ${number} (${section}):\n  markdown ${JSON.stringify(markdown)}\n  expected ${JSON.stringify(html)}`);
  console.log(`  got      ${fault ?? JSON.stringify(got)}`);
}
if (failures.length > SHOWN) console.log(`also failing: ${failures.slice(SHOWN).map(({ number }) => number).join(', ')}`);
console.log(`CommonMark 0.31.2: ${spec.tests.length - failures.length} of ${spec.tests.length}`);
process.exitCode = failures.length > 0 || spec.tests.length !== 652 ? 1 : 0;
