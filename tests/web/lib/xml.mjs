// A strict XML reader: well-formed, namespaces declared, or an error with its line.

import { SaxesParser } from 'saxes';

/** Parses to `{name, uri, attributes, children, text, line}`, name without prefix. Throws on the first fault. */
export function parseXml(source) {
  const root = { name: '#document', children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const attributes = Object.fromEntries(Object.values(tag.attributes).map(({ name, value }) => [name, value]));
    const element = { name: tag.local, uri: tag.uri, attributes, children: [], text: '', line: parser.line };
    open.at(-1).children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  const addText = (text) => {
    open.at(-1).text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(source).close();
  return root.children[0];
}

export const children = (element, name, uri) =>
  element.children.filter((child) => child.name === name && (uri === undefined || child.uri === uri));

export const textOf = (element, name, uri) => children(element, name, uri)[0]?.text.trim() ?? '';
