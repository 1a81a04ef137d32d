import { describe, expect, it } from 'vitest';
import type { Wait } from '../../src/esi/limits/wait.ts';
import { ProgressBar } from '../../src/terminal/progress.ts';
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
  const bar = new ProgressBar({ screen, clock, findWait: () => wait });
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
    bar.expect(100);
    bar.allExpected(1);
    await clock.advance(1000);
    for (let done = 0; done < 20; done += 1) bar.contractDone();
    await clock.advance(1000);
    expect(lines.at(-1)).toMatch(/ 20\/100 contracts, 0\/2 regions, 10\/s, time left unknown$/);

    bar.expect(20);
    bar.allExpected(2);
    bar.regionDone(1);
    await clock.advance(200);
    expect(lines.at(-1)).toMatch(/ 20\/120 contracts, 1\/2 regions, 9\.1\/s, 11 s left$/);
    bar.stop();
  });

  it('reckons with nothing more of a region that failed', async () => {
    const { bar, clock, lines } = createBar();
    bar.start(1);
    bar.expect(10);
    bar.contractDone();
    await clock.advance(1000);
    bar.contractDone();
    bar.regionDone(1);
    await clock.advance(1000);

    expect(lines.at(-1)).toMatch(/, \d+ s left$/);
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
