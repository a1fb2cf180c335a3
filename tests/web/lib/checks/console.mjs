// The browser's console stays silent: no error of a script, of the page's content security policy, or of loading.

import { isOwnNotFound } from '../visits.mjs';

export const name = 'console';

export async function look(visit) {
  return visit.messages
    .filter(({ url }) => !isOwnNotFound(visit, url))
    .map(({ text, url }) => ({ rule: 'console-error', message: text.slice(0, 300).replace(visit.origin, ''), element: url }));
}
