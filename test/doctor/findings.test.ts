import { describe, expect, it } from 'vitest';
import { inspectConfig } from '../../src/config/config.ts';
import { exitCodeOf, fail, inTime, ok, warn } from '../../src/doctor/finding.ts';
import { ManualClock } from '../esi/manual-clock.ts';

describe('the exit code', () => {
  const [esi, database, lock, settings] = ([1, 74, 69, 78] as const).map((code) =>
    fail('x', code, 'broken', 'mend it'),
  );

  it.each([
    { findings: [], code: 0 },
    { findings: [ok('x', 'well'), warn('x', 'odd', 'look')], code: 0 },
    { findings: [esi], code: 1 },
    { findings: [esi, database], code: 74 },
    { findings: [database, lock, esi], code: 69 },
    { findings: [esi, database, lock, settings], code: 78 },
  ])('is $code for the most fundamental of what failed', ({ findings, code }) => {
    expect(exitCodeOf(findings.filter((finding) => finding !== undefined))).toBe(code);
  });
});

describe('settings with faults', () => {
  it('count as not set', () => {
    const { config, faults } = inspectConfig(
      { DATABASE_URL: 'mysql://x', REDIS_URL: 'redis://localhost' },
      { ESI_CONCURRENCY: '0', DATA_DIR: '/data' },
    );

    expect(faults).toHaveLength(2);
    expect(config).toMatchObject({ ESI_CONCURRENCY: 32, DATA_DIR: '/data' });
    expect(config.DATABASE_URL).toBeUndefined();
    expect(config.REDIS_URL).toBe('redis://localhost');
  });
});

describe('a check', () => {
  it('that hangs is given up after ten seconds, and told to stop', async () => {
    const clock = new ManualClock(new Date());
    let signal: AbortSignal | undefined;
    const late = (seconds: number) => ok('x', `no answer in ${seconds} s`);
    const findings = inTime(clock, late, (given) => {
      signal = given;
      return new Promise(() => undefined);
    });

    await clock.advance(9999);
    expect(signal?.aborted).toBe(false);
    await clock.advance(1);

    expect(await findings).toEqual([ok('x', 'no answer in 10 s')]);
    expect(signal?.aborted).toBe(true);
  });
});
