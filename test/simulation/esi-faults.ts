import { type Answer, errorAnswer, type HeaderMap } from '../../fixtures/local-esi/answers.ts';
import { contentEtag } from '../../fixtures/local-esi/listings.ts';
import type { Random } from '../../fixtures/local-esi/random.ts';
import type { RouteKind } from '../../fixtures/local-esi/routes.ts';

/** What is sent instead of the right answer; `reset` and `hang` send nothing. */
export type FaultyAnswer = Answer | 'reset' | 'hang';

export interface Fault {
  readonly name: string;
  /** Where it happens. @default everywhere */
  readonly routes?: readonly RouteKind[];
  /** Whether the answer says something false that looks right, so that it may be believed. */
  readonly isLie?: boolean;
  readonly make: (right: Answer, random: Random) => FaultyAnswer;
}

const LISTING = ['listing'] as const;
const ITEMS = ['items'] as const;
const SPAM = { error: 'ConStopSpamming', details: { remainingTime: 12_038_505 } };

function failing(status: number): Fault {
  return { name: `status ${status}`, make: () => errorAnswer(status, 'it failed') };
}

function withHeaders(name: string, change: (headers: HeaderMap, random: Random) => void): Fault {
  const make = (right: Answer, random: Random) => {
    const headers = { ...right.headers };
    change(headers, random);
    return { ...right, headers };
  };
  return { name, make };
}

function withRows(
  right: Answer,
  change: (rows: Record<string, unknown>[]) => readonly unknown[],
): Answer {
  if (right.status !== 200) return right;
  const rows = JSON.parse(right.body.toString()) as Record<string, unknown>[];
  const body = JSON.stringify(change(rows));
  return { ...right, headers: { ...right.headers, ETag: contentEtag(body) }, body };
}

function saying(name: string, body: string): Fault {
  return { name, make: (right) => (right.status === 200 ? { ...right, body } : right) };
}

/** All that ESI does wrong, apart from its downtime. */
export const FAULTS: readonly Fault[] = [
  ...[500, 502, 503, 504].map(failing),
  { name: 'reset', make: () => 'reset' },
  { name: 'hang', make: () => 'hang' },
  { name: 'spam', make: () => ({ status: 520, headers: {}, body: JSON.stringify(SPAM) }) },
  {
    name: '429',
    make: (_, random) => ({
      ...errorAnswer(429, 'slow down'),
      headers: random.chance(0.5) ? { 'Retry-After': String(random.int(1, 30)) } : {},
    }),
  },
  saying('HTML', '<html><body>maintenance</body></html>'),
  saying('another shape', '"surprise"'),
  saying('nothing', ''),
  {
    name: 'truncated',
    make: (right) => ({ ...right, body: right.body.toString().slice(0, -3) }),
  },
  withHeaders('no Expires', (headers) => delete headers['Expires']),
  withHeaders('Expires gone', (headers) => {
    headers['Expires'] = 'Thu, 01 Jan 2015 00:00:00 GMT';
  }),
  withHeaders('Expires in a century', (headers) => {
    headers['Expires'] = 'Fri, 01 Jan 2126 00:00:00 GMT';
  }),
  {
    ...withHeaders('X-Pages', (headers, random) => {
      headers['X-Pages'] = random.pick(['', '0', '-1', 'many', '1', '99999']);
      // A real page of 1000 rows that tells of no other is asked for again: these are smaller.
      headers['ETag'] = contentEtag(`${headers['ETag']} of ${headers['X-Pages']}`);
    }),
    routes: LISTING,
    isLie: true,
  },
  {
    name: 'a row broken',
    routes: LISTING,
    isLie: true,
    make: (right, random) =>
      withRows(right, (rows) => {
        const broken = random.int(0, rows.length - 1);
        return rows.map((row, index) => (index === broken ? { ...row, date_issued: 7 } : row));
      }),
  },
  {
    name: 'nearly empty',
    routes: LISTING,
    isLie: true,
    make: (right, random) => {
      const few = withRows(right, (rows) => rows.slice(0, random.int(0, 1)));
      return { ...few, headers: { ...few.headers, 'X-Pages': '1' } };
    },
  },
  {
    name: 'no rows',
    routes: ITEMS,
    isLie: true,
    make: (right) => withRows(right, () => []),
  },
  {
    name: 'an item broken',
    routes: ITEMS,
    isLie: true,
    make: (right) => withRows(right, (rows) => rows.map((row) => ({ ...row, quantity: 'many' }))),
  },
  ...[403, 404].map((status) => ({ ...failing(status), routes: ITEMS, isLie: true })),
  {
    name: 'status 204',
    routes: ITEMS,
    isLie: true,
    make: () => ({ status: 204, headers: {}, body: '' }),
  },
];
