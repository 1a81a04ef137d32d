import type { Answer } from '../../../src/esi/limits/pauses.ts';

export const ROUTE = 'contracts/public';

/** An answer as the limits see it: a plain 200 unless said otherwise. */
export function answer(overrides: Partial<Answer> = {}): Answer {
  return { route: ROUTE, status: 200, headers: {}, body: undefined, ...overrides };
}

/** An answer that tells the state of the error limit. */
export function errorLimit(remain: number, resetSeconds: number, status = 200): Answer {
  return answer({
    status,
    headers: {
      'x-esi-error-limit-remain': `${remain}`,
      'x-esi-error-limit-reset': `${resetSeconds}`,
    },
  });
}

/** An answer that tells the state of a token bucket. */
export function tokens(remaining: number, limit = '150/15m', group = 'group', route = ROUTE) {
  return answer({
    route,
    headers: {
      'x-ratelimit-group': group,
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': `${remaining}`,
    },
  });
}
