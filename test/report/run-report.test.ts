import { describe, expect, it } from 'vitest';
import { MAX_FAILURES, RunReport } from '../../src/report/run-report.ts';

describe('the failures of a report', () => {
  it('are kept in order with what they belong to', () => {
    const report = new RunReport();
    report.fail({ regionId: 10_000_002, message: 'no answer' });
    report.fail({ contractId: 7, message: 'odd' });

    expect(report.failures).toEqual([
      { regionId: 10_000_002, message: 'no answer' },
      { contractId: 7, message: 'odd' },
    ]);
    expect(report.failureCount).toBe(2);
  });

  it('are all counted, and only the first of them kept', () => {
    const report = new RunReport();
    for (let contractId = 1; contractId <= MAX_FAILURES + 25; contractId += 1) {
      report.fail({ contractId, message: 'odd' });
    }

    expect(report.failureCount).toBe(MAX_FAILURES + 25);
    expect(report.failures).toHaveLength(MAX_FAILURES);
    expect(report.failures.at(-1)).toEqual({ contractId: MAX_FAILURES, message: 'odd' });
  });
});
