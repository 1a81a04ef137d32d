import type { Evidence, Outcome, Probe, Successor, Verdict } from '../../outcome.ts';

/** Raise it with every change of the rules: what is stored is decided again then. */
export const RULES_VERSION = 1;

const MINUTE_MS = 60_000;
/** An auction's end is known to the hour only (SPEC §5.7), any other to the second. */
const AUCTION_SLACK_MS = 60 * MINUTE_MS;
const EXCHANGE_SLACK_MS = 2 * MINUTE_MS;
/** Bids are cached for so long (FACTS §3): no later look can be had. */
const LAST_LOOK_MS = 5 * MINUTE_MS;
/** ESI's words for a contract that a player accepted, under status 403 (FACTS §11.8). */
const ACCEPTED = 'contract accepted by player';

/** All that is known of the end of a contract. */
export interface Observation {
  /** As ESI says it. */
  readonly type: string;
  /** ISK; null or 0 for none. */
  readonly price: number | null;
  readonly buyout: number | null;
  readonly dateExpired: Date;
  /** The window of the end; see `contracts.ended_after` and `ended_before`. */
  readonly endedAfter: Date | null;
  readonly endedBefore: Date | null;
  readonly probe: Probe | null;
  readonly successor: Successor | null;
  /** The highest bid that was seen. */
  readonly lastBid: number | null;
  /** ESI's time of the last look at the bids; null when there was none. */
  readonly bidsSeenAt: Date | null;
  /** When it ended is told by archives, which may lack what was there. */
  readonly isArchived: boolean;
  /** Whether runs may ask ESI what became of contracts; false is kept as evidence. */
  readonly mayProbe: boolean;
}

/** Where the end of a contract lies against the time when it was to end. */
type Phase = 'early' | 'around' | 'passed' | 'unknown';

interface Facts extends Observation {
  readonly phase: Phase;
  readonly isAuction: boolean;
  readonly isCourier: boolean;
  readonly isSold: boolean;
  readonly isSame: boolean;
}

interface Rule {
  /** Of `OUTCOMES.md`, by which evidence names it. */
  readonly number: number;
  readonly outcome: Outcome;
  readonly confidence: Verdict['confidence'];
  readonly matches: (facts: Facts) => boolean;
}

/** The first that matches gives the verdict; all that match are evidence. */
const RULES: readonly Rule[] = [
  rule(1, 'taken_or_withdrawn', 'none', (is) => is.isCourier && is.phase === 'early'),
  rule(4, 'sold', 'medium', (is) => is.isSold && is.isSame),
  rule(2, 'sold', 'high', (is) => is.isSold && !is.isAuction),
  rule(3, 'sold', 'high', (is) => is.isSold && is.isAuction),
  rule(5, 'relisted', 'high', (is) => is.isSame),
  rule(6, 'relisted_likely', 'medium', (is) => is.successor?.by === 'items'),
  rule(7, 'expired', 'medium', (is) => !is.isAuction && is.phase === 'passed' && !is.isSold),
  rule(8, 'sold_likely', 'medium', (is) => hasPassed(is) && is.lastBid !== null),
  rule(9, 'expired', 'medium', (is) => hasPassed(is) && is.lastBid === null && wasSeenLate(is)),
  rule(10, 'buyout_or_withdrawn', 'none', (is) => wasEarlyAuction(is) && !is.isSold),
  rule(11, 'sold_or_withdrawn', 'none', (is) => isUnexplained(is) && !is.isSold),
];

/** The successor of a relisted contract is the same item; that of a likely one holds the same goods. */
const REVISED_BY_SUCCESSOR: ReadonlySet<number> = new Set([4, 5, 6]);

/**
 * What may be said of a contract that has ended (OUTCOMES.md), and on what evidence.
 *
 * @returns undefined when nothing may be said: nobody knows when it ended, and nothing else speaks
 */
export function decideOutcome(observation: Observation): Verdict | undefined {
  const facts = factsOf(observation);
  const matching = RULES.filter(({ matches }) => matches(facts));
  const [first] = matching;
  if (first === undefined) return undefined;
  const rules = matching.map(({ number }) => number).sort((a, b) => a - b);
  const isFollowed = rules.some((number) => REVISED_BY_SUCCESSOR.has(number));
  return {
    outcome: first.outcome,
    confidence: confidenceOf(first, facts),
    price: priceOf(first, facts),
    successorId: isFollowed ? (observation.successor?.contractId ?? null) : null,
    evidence: evidenceOf(first, rules, facts),
  };
}

/** Whether ESI said that a player accepted the contract. */
export function saysAccepted({ status, error }: Pick<Probe, 'status' | 'error'>): boolean {
  return status === 403 && error?.trim().toLowerCase().startsWith(ACCEPTED) === true;
}

function rule(
  number: number,
  outcome: Outcome,
  confidence: Verdict['confidence'],
  matches: Rule['matches'],
): Rule {
  return { number, outcome, confidence, matches };
}

function factsOf(observation: Observation): Facts {
  const { type, probe, successor } = observation;
  return {
    ...observation,
    phase: phaseOf(observation),
    isAuction: type === 'auction',
    isCourier: type === 'courier',
    isSold: probe !== null && saysAccepted(probe),
    isSame: successor?.by === 'item_id',
  };
}

/** A contract that was still listed after its time, and then no more, has run out: nobody can take it. */
function phaseOf({ type, dateExpired, endedBefore }: Observation): Phase {
  if (endedBefore === null) return 'unknown';
  const overdueMs = endedBefore.getTime() - dateExpired.getTime();
  if (type !== 'auction') return overdueMs >= -EXCHANGE_SLACK_MS ? 'passed' : 'early';
  if (overdueMs >= AUCTION_SLACK_MS) return 'passed';
  return overdueMs < -AUCTION_SLACK_MS ? 'early' : 'around';
}

function hasPassed({ isAuction, phase }: Facts): boolean {
  return isAuction && phase === 'passed';
}

function wasEarlyAuction({ isAuction, phase }: Facts): boolean {
  return isAuction && phase === 'early';
}

/** Gone early; or an auction around its end, or after it, of whose bids too little is known. */
function isUnexplained(facts: Facts): boolean {
  const { isAuction, isCourier, phase, lastBid } = facts;
  if (!isAuction) return phase === 'early' && !isCourier;
  return phase === 'around' || (phase === 'passed' && lastBid === null && !wasSeenLate(facts));
}

function wasSeenLate({ bidsSeenAt, dateExpired }: Facts): boolean {
  return bidsSeenAt !== null && bidsSeenAt.getTime() >= dateExpired.getTime() - LAST_LOOK_MS;
}

/** What archives tell is worth less than ESI's own word. */
function confidenceOf(rule: Rule, facts: Facts): Verdict['confidence'] {
  const confidence = isExpiredForSure(rule, facts) ? 'high' : rule.confidence;
  const isOwnWord = rule.outcome === 'sold';
  return facts.isArchived && confidence === 'high' && !isOwnWord ? 'medium' : confidence;
}

function isExpiredForSure({ number }: Rule, { probe, dateExpired }: Facts): boolean {
  return number === 7 && probe?.status === 204 && Date.parse(probe.at) >= dateExpired.getTime();
}

/** ISK; null where nobody can know. An auction's last bid is the least that it went for. */
function priceOf({ outcome }: Rule, { isAuction, phase, price, buyout, lastBid }: Facts) {
  if (outcome === 'sold_likely') return lastBid;
  if (outcome !== 'sold') return null;
  if (!isAuction) return price;
  if (phase === 'passed') return lastBid;
  return phase === 'early' && buyout !== null && buyout > 0 ? buyout : null;
}

function evidenceOf(
  { number }: Rule,
  rules: readonly number[],
  { probe, successor, lastBid, price, mayProbe, isCourier, isArchived }: Facts,
): Evidence {
  const isRelisted = successor !== null && (number === 5 || number === 6);
  return {
    rules,
    rulesVersion: RULES_VERSION,
    ...(probe !== null && { probe }),
    ...(successor !== null && {
      successorId: successor.contractId,
      successorBy: successor.by,
      successorPrice: successor.price,
    }),
    ...(isRelisted && successor.price !== price && { repriced: true }),
    ...(lastBid !== null && { lastBid }),
    ...(number === 4 && { conflict: true }),
    ...(isArchived && { source: 'everef' as const }),
    ...(probe === null && !mayProbe && !isCourier && { probes: 'off' as const }),
  };
}
