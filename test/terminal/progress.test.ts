import { describe, expect, it } from 'vitest';
import type { Wait } from '../../src/esi/limits/wait.ts';
import { type Progress, progressBar, progressLog } from '../../src/terminal/progress.ts';
import { ManualClock } from '../esi/manual-clock.ts';

function createBar() {
  const clock = new ManualClock(new Date('2026-09-08T12:00:00Z'));
  const lines: string[] = [];
  let wait: Wait | undefined;
  const screen = {
    terminal: { isTerminal: true, columns: 80, hasColors: false },
    show: (line: string) => void lines.push(line),
    clear: () => void lines.push('(gone)'),
  };
  const bar = progressBar({ screen, clock, findWait: () => wait });
  const waitFor = (next: Wait | undefined) => {
    wait = next;
  };
  return { bar, clock, lines, waitFor };
}

describe('the progress bar', () => {
  it('stands from the start, and until it is stopped', async () => {
    const { bar, clock, lines } = createBar();
    expect(lines).toEqual(['getting ready']);

    bar.stop();
    await clock.advance(1000);
    expect(lines).toEqual(['getting ready', '(gone)']);
  });

  it('tells how far the pass is, how fast, and how long it takes', async () => {
    const { bar, clock, lines } = createBar();
    bar.start(2);
    bar.expect(1, 100);
    await clock.advance(1000);
    for (let done = 0; done < 20; done += 1) bar.contractDone(1, true);
    await clock.advance(1000);
    expect(lines.at(-1)).toMatch(/ 20\/100\+ contracts, 0\/2 regions, 10\/s, at least 8 s left$/);

    bar.expect(2, 20);
    bar.regionDone(1);
    await clock.advance(200);
    expect(lines.at(-1)).toMatch(/ 20\/40 contracts, 1\/2 regions, 9\.1\/s, 3 s left$/);
    bar.stop();
  });

  it('reckons with nothing more of a region that failed', async () => {
    const { bar, clock, lines } = createBar();
    bar.start(2);
    bar.expect(1, 10);
    bar.contractDone(1, true);
    await clock.advance(1000);
    bar.contractDone(1, true);
    bar.regionDone(1);
    bar.regionDone(2);
    await clock.advance(1000);

    expect(lines.at(-1)).toMatch(/ 2\/2 contracts, 2\/2 regions, .*, 1 s left$/);
    bar.stop();
  });

  it('tells what is waited for, and counts the seconds down', async () => {
    const { bar, clock, lines, waitFor } = createBar();
    bar.start(1);
    waitFor({ reason: 'errorBudget', untilMs: clock.monotonicMs() + 12_000 });
    await clock.advance(200);
    expect(lines.at(-1)).toMatch(/waiting: ESI error budget, 12 s$/);

    await clock.advance(2000);
    expect(lines.at(-1)).toMatch(/waiting: ESI error budget, 10 s$/);
    waitFor(undefined);
    await clock.advance(200);
    expect(lines.at(-1)).not.toContain('waiting');
    bar.stop();
  });
});

/** Of what 35,000 contracts hold, by Heaps' law; nobody tells the estimate. */
const typesIn = (contracts: number) => Math.round(14 * contracts ** 0.55);

const CONTRACTS = 35_000;

/** A pass over one region; every tenth contract is a courier, and needs no request. */
class SimulatedPass {
  readonly #progress: Progress;
  #contracts = 0;
  #asked = 0;
  #met = 0;
  #types = 0;

  constructor(progress: Progress) {
    this.#progress = progress;
    progress.start(1);
    progress.expect(1, CONTRACTS);
  }

  get isOver(): boolean {
    return this.#contracts === CONTRACTS && this.#types === this.#met;
  }

  /** @param forType whether a type is asked for, if one is waiting */
  request(forType: boolean): void {
    const isTypeWaiting = this.#types < this.#met;
    if (isTypeWaiting && (forType || this.#contracts === CONTRACTS)) {
      this.#types += 1;
      this.#progress.typeDone();
    } else if (this.#contracts < CONTRACTS) this.#readContract();
  }

  #readContract(): void {
    this.#contracts += 1;
    const wasAsked = this.#contracts % 10 !== 0;
    if (wasAsked) this.#asked += 1;
    this.#progress.contractDone(1, wasAsked);
    const added = Math.max(0, typesIn(this.#asked) - this.#met);
    this.#progress.typesMet(added);
    this.#met += added;
  }
}

/** At 50 requests a second, now a little more, now less. */
async function simulatePass(progress: Progress, clock: ManualClock): Promise<void> {
  const pass = new SimulatedPass(progress);
  for (let second = 1; !pass.isOver; second += 1) {
    const requests = Math.round(50 + 8 * Math.sin(second / 7));
    for (let n = 0; n < requests; n += 1) pass.request(n % 2 === 0);
    await clock.advance(1000);
  }
}

describe('the log of the progress, where nobody watches', () => {
  it('tells once a minute how long it takes, a fifth off at most from the second minute on', async () => {
    const clock = new ManualClock(new Date('2026-09-08T12:00:00Z'));
    const told: { atMs: number; leftMs: number; message: string }[] = [];
    const info = (facts: object, message = '') => {
      const { secondsLeft = Number.NaN } = facts as { secondsLeft?: number };
      told.push({ atMs: clock.monotonicMs(), leftMs: secondsLeft * 1000, message });
    };
    const log = progressLog({ clock, findWait: () => undefined, logger: { info } });

    await simulatePass(log, clock);
    const endMs = clock.monotonicMs();
    log.stop();
    const lines = told.length;
    await clock.advance(120_000);

    expect(lines).toBeGreaterThan(10);
    expect(told).toHaveLength(lines);
    expect(told[0]?.message).toMatch(/^[\d,]+\/35,000 contracts, 0\/1 regions, .* left$/);
    for (const { atMs, leftMs } of told.slice(1)) {
      const trueLeftMs = endMs - atMs;
      // In the last seconds a fifth is less than a tick.
      expect(Math.abs(leftMs - trueLeftMs)).toBeLessThanOrEqual(Math.max(5000, trueLeftMs / 5));
    }
  });
});
