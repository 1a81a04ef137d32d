import { expect, it } from 'vitest';
import { quietNotice } from '../../src/report/quiet-notice.ts';
import { RUN_ID, summaryOf } from '../monitoring/summaries.ts';

const REGIONS_DONE = { total: 7, succeeded: 6, failed: 1, unchanged: 0 };

it.each([
  { outcome: 'complete', exitCode: 0 },
  { outcome: 'locked', exitCode: 75 },
] as const)('a quiet run says nothing with exit code $exitCode', (end) => {
  expect(quietNotice(summaryOf(end), '/var/log/x.log')).toBe('');
});

it('a quiet run that failed says what failed, its exit code, and where the log is', () => {
  expect(quietNotice(summaryOf({ regions: REGIONS_DONE }), '/var/log/x.log')).toBe(
    [
      'contracts-agg run: partial, exit code 1, after 62.5 s',
      '  region 10000002: no answer',
      `The log is in /var/log/x.log: look for ${RUN_ID}.`,
      '',
    ].join('\n'),
  );
});

it('a quiet run without a file for its log says nothing of one', () => {
  expect(quietNotice(summaryOf(), undefined)).not.toContain('log');
});

it('a quiet run tells of five failures, and how many there were', () => {
  const failures = Array.from({ length: 50 }, (_, index) => ({ message: `odd ${index}` }));
  const regions = { ...REGIONS_DONE, total: 9 };

  const text = quietNotice(summaryOf({ failures, failureCount: 70, regions }), undefined);

  expect(text.split('\n').slice(1)).toEqual([
    '  odd 0',
    '  odd 1',
    '  odd 2',
    '  odd 3',
    '  odd 4',
    '  and 65 more',
    '  2 regions were not done',
    '',
  ]);
});
