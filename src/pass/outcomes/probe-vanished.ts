import type { Clock } from '../../clock.ts';
import {
  keepProbes,
  type ProbeCandidate,
  probeCandidates,
} from '../../database/tables/outcomes.ts';
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
  const { store, clock, report, progress } = parts;
  if (limit === 0) return;
  const beganMs = clock.monotonicMs();
  const candidates = await probeCandidates(store.read, clock.now(), limit);
  const askedMs: number[] = [];
  let troubles = 0;
  for (const [index, candidate] of candidates.entries()) {
    progress.probing(index, candidates.length);
    if (!(await mayAskNow(askedMs, parts))) break;
    askedMs.push(clock.monotonicMs());
    const probe = await ask(candidate, parts);
    if (probe === undefined) break;
    report.outcomes.probed += 1;
    await store.write((sql) =>
      keepProbes(sql, [{ contractId: candidate.contractId, probe }], store.runNumber),
    );
    await decideContracts([candidate.contractId], parts);
    troubles += isTrouble(probe) ? 1 : 0;
    if (asksForPause(probe) || troubles === MAX_TROUBLES) break;
  }
  if (candidates.length > 0) report.probingMs = Math.round(clock.monotonicMs() - beganMs);
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
  askedMs: readonly number[],
  { esi, clock, signal, timeIsUp }: ProbingParts,
): Promise<boolean> {
  const oldestMs = askedMs.at(-PROBES_A_MINUTE);
  if (oldestMs !== undefined) {
    const waitMs = oldestMs + MINUTE_MS - clock.monotonicMs();
    const stop = AbortSignal.any([signal, timeIsUp]);
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
