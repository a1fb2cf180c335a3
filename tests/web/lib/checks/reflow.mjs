// WCAG 1.4.10: at 320 px nothing needs scrolling sideways, tables and code in their own scrolling boxes aside.

export const name = 'reflow';

export async function look({ tab }) {
  const { wide, culprits } = await tab.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const scrolls = (element) => {
      for (let each = element.parentElement; each && each !== document.body; each = each.parentElement) {
        if (getComputedStyle(each).overflowX !== 'visible') return true;
      }
      return false;
    };
    const out = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5 && !scrolls(element));
    // The innermost ones: their ancestors are only stretched by them.
    const inner = out.filter((element) => !out.some((other) => other !== element && element.contains(other)));
    return {
      wide: scrollWidth > clientWidth ? scrollWidth : 0,
      culprits: inner.slice(0, 3).map((element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 140)),
    };
  });
  if (!wide) return [];
  return [{ rule: 'reflow', message: `the page is ${wide} px wide on a screen of 320 px`, element: culprits.join('\n            ') }];
}
