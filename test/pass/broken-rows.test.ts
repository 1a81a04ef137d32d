import { describe, expect, it } from 'vitest';
import { EsiError } from '../../src/errors.ts';
import { BrokenRows } from '../../src/pass/broken-rows.ts';
import { RunReport } from '../../src/report/run-report.ts';
import { recordLog } from '../support/recorded-log.ts';

const REGION = 10_000_002;

function brokenRows(count: number) {
  const report = new RunReport();
  const { logger, lines } = recordLog();
  const rows = new BrokenRows(REGION, 'listed row', { report, logger });
  for (let contractId = 1; contractId <= count; contractId += 1) rows.add(contractId);
  return { rows, report, lines };
}

describe('what cannot be read', () => {
  it('is told of one by one up to twenty, then by its number, and counted in full', () => {
    const { rows, report, lines } = brokenRows(3000);
    rows.end(9000, 2);

    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toMatchObject({ regionId: REGION, count: 3000 });
    expect(report.contracts.skipped).toBe(3000);
    expect(report.failureCount).toBe(3000);
  });

  it.each([
    { broken: 3, total: 5, fails: true },
    { broken: 3, total: 6, fails: false },
    { broken: 2, total: 2, fails: false },
    { broken: 3000, total: 3000, fails: true },
    { broken: 0, total: 0, fails: false },
  ])('$broken of $total means another form: $fails', ({ broken, total, fails }) => {
    const { rows } = brokenRows(broken);
    const end = () => rows.end(total, 2);

    if (fails) expect(end).toThrow(EsiError);
    else expect(end).not.toThrow();
  });
});
