import { describe, expect, it } from 'vitest';
import type { Probe, Successor } from '../../../src/outcome.ts';
import {
  decideOutcome,
  type Observation,
  saysAccepted,
} from '../../../src/pass/outcomes/decide-outcome.ts';

const END = new Date('2026-09-08T12:00:00Z');
const PRICE = 250_000_000;
const BUYOUT = 900_000_000;
const BID = 300_000_000;
const MINUTE_MS = 60_000;

const minutes = (count: number) => new Date(END.getTime() + count * MINUTE_MS);

/** An exchange that was seen last half an hour before it was missing; times are minutes after its end. */
function observation(missingAt: number, more: Partial<Observation> = {}): Observation {
  return {
    type: 'item_exchange',
    price: PRICE,
    buyout: null,
    dateExpired: END,
    endedAfter: minutes(missingAt - 30),
    endedBefore: minutes(missingAt),
    probe: null,
    successor: null,
    lastBid: null,
    bidsSeenAt: null,
    isArchived: false,
    mayProbe: true,
    ...more,
  };
}

const auction = (missingAt: number, more: Partial<Observation> = {}) =>
  observation(missingAt, { type: 'auction', buyout: BUYOUT, ...more });

const answered = (status: number, error: string | null = null, at = minutes(-60)): Probe => ({
  status,
  error,
  at: at.toISOString(),
});
const ACCEPTED = answered(403, 'Contract accepted by player, requires authorization');
const SAME: Successor = { contractId: 9, by: 'item_id', price: PRICE };
const LIKE: Successor = { contractId: 8, by: 'items', price: PRICE };
const EARLY = -24 * 60;

/** Name, observation, outcome, confidence, rules; the price where there is one. */
type Case = readonly [
  name: string,
  observed: Observation,
  outcome: string,
  confidence: string,
  rules: readonly number[],
  price?: number,
];

const CASES: readonly Case[] = [
  [
    'a courier that went early',
    observation(EARLY, { type: 'courier' }),
    'taken_or_withdrawn',
    'none',
    [1],
  ],
  [
    'a courier in whose window the end lies',
    observation(10, { type: 'courier' }),
    'expired',
    'medium',
    [7],
  ],
  ['an accepted exchange', observation(EARLY, { probe: ACCEPTED }), 'sold', 'high', [2], PRICE],
  [
    'one accepted in the window of its end',
    observation(10, { probe: ACCEPTED }),
    'sold',
    'high',
    [2],
    PRICE,
  ],
  ['an accepted auction, early', auction(EARLY, { probe: ACCEPTED }), 'sold', 'high', [3], BUYOUT],
  [
    'an accepted auction after its end',
    auction(90, { probe: ACCEPTED, lastBid: BID }),
    'sold',
    'high',
    [3, 8],
    BID,
  ],
  [
    'one accepted early without a buyout',
    auction(EARLY, { probe: ACCEPTED, buyout: 0 }),
    'sold',
    'high',
    [3],
  ],
  [
    'one accepted about its end',
    auction(10, { probe: ACCEPTED, lastBid: BID }),
    'sold',
    'high',
    [3],
  ],
  [
    'accepted, and the same item again',
    observation(EARLY, { probe: ACCEPTED, successor: SAME }),
    'sold',
    'medium',
    [2, 4, 5],
    PRICE,
  ],
  [
    'accepted, and the like again',
    observation(EARLY, { probe: ACCEPTED, successor: LIKE }),
    'sold',
    'high',
    [2, 6],
    PRICE,
  ],
  ['the same item again', observation(EARLY, { successor: SAME }), 'relisted', 'high', [5, 11]],
  [
    'the same item again after its end',
    observation(10, { successor: SAME }),
    'relisted',
    'high',
    [5, 7],
  ],
  ['the like again', observation(EARLY, { successor: LIKE }), 'relisted_likely', 'medium', [6, 11]],
  ['an exchange two minutes before its end', observation(-2), 'expired', 'medium', [7]],
  ['an exchange three minutes before its end', observation(-3), 'sold_or_withdrawn', 'none', [11]],
  ['one that was listed after its end', observation(90), 'expired', 'medium', [7]],
  [
    'a 204 at its end',
    observation(10, { probe: answered(204, null, END) }),
    'expired',
    'high',
    [7],
  ],
  [
    'a 204 before its end',
    observation(10, { probe: answered(204, null, minutes(-1)) }),
    'expired',
    'medium',
    [7],
  ],
  ['an auction with a bid', auction(60, { lastBid: BID }), 'sold_likely', 'medium', [8], BID],
  [
    'an auction without a bid, seen late',
    auction(60, { bidsSeenAt: minutes(-5) }),
    'expired',
    'medium',
    [9],
  ],
  [
    'an auction without a bid, seen too early',
    auction(60, { bidsSeenAt: minutes(-6) }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  ['an auction that nobody looked at', auction(60), 'sold_or_withdrawn', 'none', [11]],
  ['an auction gone early', auction(-61, { lastBid: BID }), 'buyout_or_withdrawn', 'none', [10]],
  [
    'an auction gone an hour before its end',
    auction(-60, { lastBid: BID }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  [
    'an auction gone within the hour after',
    auction(59, { lastBid: BID }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  [
    'a 404',
    observation(EARLY, { probe: answered(404, 'Contract not found!') }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  [
    'a contract that is not public',
    observation(EARLY, { probe: answered(403, 'Contract not public') }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  [
    'the words under another status',
    observation(EARLY, { probe: { ...ACCEPTED, status: 404 } }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  [
    'an answer of the cache',
    observation(EARLY, { probe: answered(200) }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
  [
    'a type that nobody knows',
    observation(EARLY, { type: 'loan' }),
    'sold_or_withdrawn',
    'none',
    [11],
  ],
];

describe('what became of a contract', () => {
  it.each(
    CASES.map(([name, observed, outcome, confidence, rules, price = null]) => ({
      name,
      observed,
      said: { outcome, confidence, price },
      rules,
    })),
  )('$name', ({ observed, said, rules }) => {
    const verdict = decideOutcome(observed);
    expect(verdict).toMatchObject(said);
    expect(verdict?.evidence.rules).toEqual(rules);
  });

  it('is not said where nobody knows when it ended', () => {
    const unknown = { endedAfter: null, endedBefore: null };
    expect(decideOutcome(observation(0, unknown))).toBeUndefined();
    expect(decideOutcome(auction(0, { ...unknown, lastBid: BID }))).toBeUndefined();
    expect(decideOutcome(observation(0, { ...unknown, successor: SAME }))?.outcome).toBe(
      'relisted',
    );
    expect(decideOutcome(observation(0, { ...unknown, probe: ACCEPTED }))?.outcome).toBe('sold');
  });
});

describe('the evidence of it', () => {
  it('names the successor and whether its price is another', () => {
    const dearer = { ...SAME, price: PRICE + 1 };
    expect(decideOutcome(observation(EARLY, { successor: SAME }))).toMatchObject({
      successorId: 9,
    });
    const repriced = decideOutcome(observation(EARLY, { successor: dearer }));
    expect(repriced?.evidence).toMatchObject({ successorId: 9, repriced: true });
    const unchanged = decideOutcome(observation(EARLY, { successor: SAME }));
    expect(unchanged?.evidence).not.toHaveProperty('repriced');
  });

  it('keeps the probe, the last bid and the version of the rules', () => {
    const verdict = decideOutcome(auction(90, { probe: answered(204), lastBid: BID }));
    expect(verdict?.evidence).toMatchObject({
      probe: answered(204),
      lastBid: BID,
      rulesVersion: 1,
    });
  });

  it('shows a sale that was listed again as a conflict', () => {
    const verdict = decideOutcome(observation(EARLY, { probe: ACCEPTED, successor: SAME }));
    expect(verdict?.evidence).toMatchObject({ conflict: true, successorId: 9 });
  });

  it('says when ESI was not to be asked, but of no courier: those are never asked about', () => {
    const silent = { mayProbe: false };
    expect(decideOutcome(observation(EARLY, silent))?.evidence.probes).toBe('off');
    expect(decideOutcome(observation(EARLY, { ...silent, type: 'courier' }))?.evidence.probes).toBe(
      undefined,
    );
    expect(decideOutcome(observation(EARLY))?.evidence).not.toHaveProperty('probes');
  });
});

it.each([
  [403, 'Contract accepted by player, requires authorization', true],
  [403, 'CONTRACT ACCEPTED BY PLAYER', true],
  [403, 'Contract not public', false],
  [403, 'Error: Contract accepted by player', false],
  [403, null, false],
  [204, 'Contract accepted by player', false],
])('%s %s says accepted: %s', (status, error, isAccepted) => {
  expect(saysAccepted({ status, error })).toBe(isAccepted);
});
