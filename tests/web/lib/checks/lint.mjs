// html-validate on one page of every kind: what is valid HTML and still bad practice.

import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { many } from '../report.mjs';

export const name = 'lint';

const RULES = {
  extends: ['html-validate:recommended'],
  rules: {
    // HTML takes the doctype in any letter case.
    'doctype-style': 'off',
    // Headlines are as long as the newsroom makes them; `check` warns its editors about those too long for search.
    'long-title': 'off',
    // Loops and conditions in templates leave blanks at the end of lines: no reader and no byte count minds.
    'no-trailing-whitespace': 'off',
  },
};

export async function run(tree, { pages }) {
  const validator = new HtmlValidate(new StaticConfigLoader(RULES));
  const problems = [];
  for (const page of pages) {
    const report = await validator.validateString(page.source, page.file);
    for (const { messages } of report.results) {
      for (const { ruleId, message, line, offset, size } of messages) {
        const element = page.source.slice(offset, offset + Math.max(size, 60)).replace(/\s+/g, ' ');
        problems.push({ rule: ruleId, message, page: page.path, line, element });
      }
    }
  }
  return { looked: many(pages.length, 'page'), problems };
}
