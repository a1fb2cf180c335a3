// Reading HTML: a parsed document, its elements, and how an element looked in its source.

import { parse, parseFragment } from 'parse5';

export const parseDocument = (source) => parse(source, { sourceCodeLocationInfo: true });
export const parsePart = (source) => parseFragment(source, { sourceCodeLocationInfo: true });

/** Every element below a node in document order, those inside <template> included. */
export function* elements(node) {
  for (const child of node.childNodes ?? []) {
    if (child.tagName) yield child;
    yield* elements(child);
    if (child.content) yield* elements(child.content);
  }
}

export const attribute = (element, name) => element.attrs?.find((each) => each.name === name)?.value;

export const find = (node, wanted) => {
  for (const element of elements(node)) if (wanted(element)) return element;
  return undefined;
};

export function textOf(node) {
  if (node.nodeName === '#text') return node.value;
  return (node.childNodes ?? []).map(textOf).join('');
}

/** The start tag as it stands in the source, shortened: what a person searches for. */
export function startTag(element, source) {
  const at = element.sourceCodeLocation?.startTag ?? element.sourceCodeLocation;
  const tag = at ? source.slice(at.startOffset, at.endOffset) : `<${element.tagName}>`;
  return tag.replace(/\s+/g, ' ').slice(0, 160);
}

export const lineOf = (element) => element.sourceCodeLocation?.startLine;
