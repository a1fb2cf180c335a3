// The vocabulary of schema.org as its authors publish it: types with what they narrow, properties with where they may
// stand and what they may hold.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SCHEMA = 'http://schema.org/';
const SUBCLASS = 'http://www.w3.org/2000/01/rdf-schema#subClassOf';
const TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';
const CLASS = 'http://www.w3.org/2000/01/rdf-schema#Class';

/** Types whose values are written as strings, numbers and truth values. */
const LITERALS = { string: ['Text', 'Date', 'DateTime', 'Time'], number: ['Number', 'Text'], boolean: ['Boolean'] };

/** Lengths that every search engine takes as a number of pixels, and the vocabulary as a text with a unit. */
const PIXELS = ['width', 'height'];

class Vocabulary {
  constructor(quads) {
    this.parents = new Map(); // type → types that it narrows
    this.domains = new Map(); // property → types that may have it
    this.ranges = new Map(); // property → types of its values
    const add = (map, key, value) => map.set(key, [...(map.get(key) ?? []), value]);
    for (const [, subject, predicate, object] of quads.matchAll(/^<([^>]+)> <([^>]+)> <([^>]+)> /gm)) {
      if (!subject.startsWith(SCHEMA)) continue;
      const name = subject.slice(SCHEMA.length);
      const value = object.startsWith(SCHEMA) ? object.slice(SCHEMA.length) : undefined;
      if (predicate === TYPE && object === CLASS && !this.parents.has(name)) this.parents.set(name, []);
      if (predicate === SUBCLASS && value) add(this.parents, name, value);
      if (predicate === `${SCHEMA}domainIncludes`) add(this.domains, name, value);
      if (predicate === `${SCHEMA}rangeIncludes`) add(this.ranges, name, value);
    }
  }

  hasType(type) {
    return this.parents.has(type);
  }

  /** Whether a type is another, or narrows it. */
  narrows(type, other) {
    return type === other || (this.parents.get(type) ?? []).some((parent) => this.narrows(parent, other));
  }

  /** Why a property may not stand on a node of these types, whatever its value; nothing if it may. */
  misplaced(types, property) {
    const domains = this.domains.get(property);
    const belongs = types.some((type) => domains.some((domain) => this.narrows(type, domain)));
    return belongs ? undefined : `"${property}" belongs to ${domains.join(', ')}, not to ${types.join(', ')}`;
  }

  /** What is wrong with a property on a node of these types; nothing if it may stand there with that value. */
  fault(types, property, value) {
    // What an action asks for is told by a property of its own with an ending, and a text that says how: schema.org, "Potential actions".
    const asked = /^(.+)-(?:input|output)$/.exec(property)?.[1];
    if (asked && this.domains.has(asked)) {
      return typeof value === 'string' && types.some((type) => this.narrows(type, 'Action')) ? this.misplaced(types, asked) : `"${property}" is a text about an action`;
    }
    const domains = this.domains.get(property);
    if (!domains) return `there is no property "${property}" in schema.org`;
    const misplaced = this.misplaced(types, property);
    if (misplaced) return misplaced;
    if (PIXELS.includes(property) && Number.isInteger(value) && value > 0) return undefined;
    const ranges = this.ranges.get(property) ?? [];
    const wants = (found) => `"${property}" takes ${ranges.join(' or ')}, not ${found}`;
    if (typeof value === 'object') {
      const inner = [value['@type'] ?? []].flat();
      if (inner.length === 0) return undefined; // a mention of a node that is described elsewhere
      return inner.some((type) => ranges.some((range) => this.narrows(type, range))) ? undefined : wants(inner.join(', '));
    }
    const fits = ranges.some((range) => (LITERALS[typeof value] ?? []).some((literal) => this.narrows(range, literal)));
    if (!fits) return wants(`the ${typeof value} ${JSON.stringify(value)}`);
    if (typeof value !== 'string') return undefined;
    const only = (...names) => ranges.every((range) => names.includes(range));
    if (only('URL') && !URL.canParse(value)) return wants(`"${value}", which is no absolute address`);
    // Search engines take a time without offset for one in their own zone.
    if (only('Date', 'DateTime') && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(value)) {
      return wants(`"${value}", which is no date and time with offset`);
    }
    return undefined;
  }
}

export const load = () =>
  new Vocabulary(readFileSync(fileURLToPath(import.meta.resolve('@vocabulary/schema/schema.nq')), 'utf8'));
