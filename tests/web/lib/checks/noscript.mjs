// With JavaScript off a page has its title, its heading and its text.

export const name = 'noscript';

export async function look({ tab }) {
  const { title, heading, text } = await tab.evaluate(() => {
    // The text of a hidden element is its source, so that has to be asked first.
    const shown = (selector) => {
      const element = document.querySelector(selector);
      return element?.checkVisibility() ? element.innerText.trim() : '';
    };
    return { title: document.title.trim(), heading: shown('main h1'), text: shown('main') };
  });
  return [
    title ? [] : { rule: 'noscript', message: 'no <title>' },
    heading ? [] : { rule: 'noscript', message: 'no visible <h1> in <main>' },
    text.length > heading.length ? [] : { rule: 'noscript', message: '<main> shows nothing but its heading' },
  ].flat();
}
