// A page asks its own host only, and everything that it asks for is there.

import { isOwnNotFound } from '../visits.mjs';

export const name = 'requests';

export async function look(visit) {
  return visit.requests.flatMap(({ url, fault }) => {
    const { protocol, origin, pathname } = new URL(url);
    if (!/^(https?|wss?):$/.test(protocol)) return [];
    if (origin !== visit.origin) return [{ rule: 'third-party', message: `asks another host: ${url}` }];
    if (fault && !isOwnNotFound(visit, url)) return [{ rule: 'failed-request', message: `${pathname}: ${fault}` }];
    return [];
  });
}
