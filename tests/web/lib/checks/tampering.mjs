// A host, or someone between it and the reader, changes a style sheet or a script: the browser throws it away.

export const name = 'tampering';

const MARK = '--lp-tampered';

export async function look({ tab, page, address }) {
  const context = tab.context();
  const other = await context.newPage();
  const said = [];
  const changed = new Set();
  other.on('console', (message) => message.type() === 'error' && said.push(message.text()));
  // What was changed still works, so that nothing but its fingerprint can stop it.
  const change = (end) => async (route) => {
    const response = await route.fetch();
    changed.add(new URL(route.request().url()).pathname);
    await route.fulfill({ response, body: (await response.text()) + end });
  };
  await other.route(/\.css(\?|$)/, change(`\n:root { ${MARK}: 1; }\n`));
  await other.route(/\.m?js(\?|$)/, change(`\ndocument.documentElement.style.setProperty('${MARK}', '1');\n`));
  await other.goto(address, { waitUntil: 'load', timeout: 30_000 });
  const mark = await other.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name), MARK);
  const sheets = await other.evaluate(() => document.styleSheets.length);
  await other.close();

  const refused = [...changed].filter((path) => said.some((text) => /integrity/i.test(text) && text.includes(path)));
  looked.changed += changed.size;
  looked.refused += refused.length;
  return [
    page.kind !== 'redirect' && changed.size === 0 ? { rule: 'nothing-changed', message: 'the page loads no style sheet' } : [],
    mark !== '' || sheets > 0 ? { rule: 'tampered', message: 'a changed style sheet or script took effect' } : [],
    [...changed].filter((path) => !refused.includes(path))
      .map((path) => ({ rule: 'not-refused', message: `the browser did not refuse ${path}`, element: said.join(' ') })),
  ].flat();
}

const looked = { changed: 0, refused: 0 };

export const summary = () => `${looked.refused} of ${looked.changed} changed files refused`;
