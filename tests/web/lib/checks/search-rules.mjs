// The rules of the search script that need no page: how texts are cut (as the index was), and what counts as mistyped.

import '../../../../static/js/search.js';
import { many } from '../report.mjs';

export const name = 'search-rules';

const { cutter, mistakes } = globalThis.letterpressSearch;

/** A language, a text, and the first form of each word found in it. `src/parse/terms/word_list.rs` has the same list for the index. */
const CUTS = [
  ['en-GB', 'Élysée’s 3,200 homes', ['elysee', '3200', 'home']],
  ['en', 'The councillors’ policies, a boss and a virus', ['the', 'councillor', 'policy', 'boss', 'and', 'virus']],
  ['en', 'off-shore x wind', ['off', 'shore', 'wind']],
  ['fr', 'l’eau des élus', ['eau', 'des', 'elus']],
  ['en', "don't rock-'n'-roll", ['dont', 'rock', 'roll']],
  ['ja', '国会議事堂 Tokyo', ['国会', '会議', '議事', '事堂', 'tokyo']],
  ['ja', '水', ['水']],
  ['th', 'กำแพง', ['กำ', 'ำแ', 'แพ', 'พง'].map((pair) => pair.normalize('NFKC'))],
  ['de', 'Straße ÜBER', ['straße', 'uber']],
];

/** Two words, and how far they are apart. */
const MISTAKES = [
  ['turbine', 'turbine', 0], ['turbine', 'turbin', 1], ['turbine', 'tubrine', 1], ['turbine', 'turbines', 1],
  ['turbine', 'tirbime', 2], ['turbine', 'harbour', 3],
];

export function run() {
  const problems = [];
  const expect = (what, found, wanted) => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      problems.push({ rule: 'search-rules', message: `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`, page: 'static/js/search.js' });
    }
  };
  for (const [language, text, words] of CUTS) expect(`${language}: ${text}`, cutter(language)(text).map(({ forms }) => forms[0]), words);
  for (const [a, b, apart] of MISTAKES) expect(`${a}, ${b}`, mistakes(a, b, 2), apart);
  return { looked: many(CUTS.length + MISTAKES.length, 'rule'), problems };
}
