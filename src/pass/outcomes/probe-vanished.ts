import type { Clock } from '../../clock.ts';
import {
  keepProbes,
  type ProbeCandidate,
  probeCandidates,
  recentProbeAges,
} from '../../database/tables/probes.ts';
import { EsiDownError, EsiError, OutOfTimeError } from '../../errors.ts';
import type { EsiClient } from '../../esi/client.ts';
import type { Probe } from '../../outcome.ts';
import type { Progress } from '../../terminal/progress.ts';
import { type DecidingParts, decideContracts } from './decide-outcomes.ts';

/** Most answers are errors, and the limit is shared by all behind the address (OUTCOMES.md). */
const PROBES_A_MINUTE = 20;
const MINUTE_MS = 60_000;
/** Below so many errors left of ESI's 100, others need them more. */
const MIN_ERRORS_LEFT = 60;
/** ESI's cache may show items for a while: asked again after it, so often. */
const MAX_CACHED_ANSWERS = 3;
/** After so many answers that are none, the run asks no more. */
const MAX_TROUBLES = 3;

export interface ProbingParts extends DecidingParts {
  readonly esi: Pick<EsiClient, 'probeItems' | 'errorsLeft'>;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs' | 'sleep'>;
  readonly progress: Pick<Progress, 'probing'>;
}

/**
 * Asks ESI for the items of contracts that vanished: now and then it says that a player accepted
 * one. Each answer is stored and decided with at once, so that a run that is stopped keeps it.
 *
 * @param limit contracts at most
 * @throws DatabaseError, LockLostError, the signal's reason
 */
export async function probeVanished(limit: number, parts: ProbingParts): Promise<void> {
  const { store, clock, report } = parts;
  if (limit === 0) return;
  const beganMs = clock.monotonicMs();
  const candidates = await probeCandidates(store.read, clock.now(), limit);
  if (candidates.length === 0) return;
  const ages = await recentProbeAges(store.read, clock.now());
  const askedMs = ages.map((ageMs) => beganMs - Math.max(0, ageMs));
  // A run that keeps to a minute's share waits for no other's.
  await askAll(candidates, { askedMs, mayWait: limit > PROBES_A_MINUTE }, parts);
  report.probingMs = Math.round(clock.monotonicMs() - beganMs);
}

/** When questions were asked, by the clock that never jumps, ascending; whether the next is worth a wait. */
interface Pace {
  readonly askedMs: number[];
  readonly mayWait: boolean;
}

async function askAll(
  candidates: readonly ProbeCandidate[],
  pace: Pace,
  parts: ProbingParts,
): Promise<void> {
  let troubles = 0;
  for (const [index, candidate] of candidates.entries()) {
    parts.progress.probing(index, candidates.length);
    if (!(await mayAskNow(pace, parts))) return;
    pace.askedMs.push(parts.clock.monotonicMs());
    const probe = await ask(candidate, parts);
    if (probe === undefined) return;
    await learn(candidate, probe, parts);
    if (isTrouble(probe)) troubles += 1;
    if (asksForPause(probe) || troubles === MAX_TROUBLES) return;
  }
}

async function learn(
  { contractId }: ProbeCandidate,
  probe: Probe,
  parts: ProbingParts,
): Promise<void> {
  const { store, report } = parts;
  report.outcomes.probed += 1;
  await store.write((sql) => keepProbes(sql, [{ contractId, probe }], store.runNumber));
  await decideContracts([contractId], parts);
}

/** Asked again by the next run: it was no answer. */
function isTrouble({ status, retryAt }: Probe): boolean {
  return status !== 200 && retryAt !== undefined;
}

function asksForPause({ status }: Probe): boolean {
  return status === 420 || status === 429;
}

/** Waits for its turn. @returns false when nothing more may be asked in this run */
async function mayAskNow(
  { askedMs, mayWait }: Pace,
  { esi, clock, signal, timeIsUp }: ProbingParts,
): Promise<boolean> {
  const oldestMs = askedMs.at(-PROBES_A_MINUTE);
  if (oldestMs !== undefined) {
    const waitMs = oldestMs + MINUTE_MS - clock.monotonicMs();
    const stop = AbortSignal.any([signal, timeIsUp]);
    if (waitMs > 0 && !mayWait) return false;
    if (waitMs > 0) await clock.sleep(waitMs, stop).catch(() => undefined);
  }
  signal.throwIfAborted();
  return !timeIsUp.aborted && esi.errorsLeft >= MIN_ERRORS_LEFT;
}

/** @returns undefined when ESI is not to be asked any more */
async function ask(
  { contractId, attempts }: ProbeCandidate,
  { esi, clock, signal }: ProbingParts,
): Promise<Probe | undefined> {
  try {
    const { probe, expiresAt } = await esi.probeItems(contractId);
    return probe.status === 200 ? cachedAnswer(probe, attempts + 1, expiresAt) : probe;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof EsiDownError || error instanceof OutOfTimeError) return undefined;
    if (!(error instanceof EsiError)) throw error;
    return noAnswer(error.status ?? 0, attempts, clock.now());
  }
}

function cachedAnswer(probe: Probe, attempts: number, expiresAt: Date): Probe {
  const isFinal = attempts >= MAX_CACHED_ANSWERS;
  return { ...probe, attempts, ...(!isFinal && { retryAt: expiresAt.toISOString() }) };
}

/** The next run asks again, for an hour: what is refused for good is asked for no more. */
function noAnswer(status: number, attempts: number, now: Date): Probe {
  const at = now.toISOString();
  const isFinal = status >= 400 && status < 500 && status !== 420 && status !== 429;
  return { status, error: null, at, attempts, ...(!isFinal && { retryAt: at }) };
}
