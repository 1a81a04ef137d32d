import { expect, test } from 'vitest';
import { startWorld, THE_FORGE } from '../support/run-world.ts';

const LISTING = /\/contracts\/public\/\d+\?/;
const ITEMS = /\/contracts\/public\/items\//;

/** Lists every contract in a form of another time. */
function changeRows(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  return rows.map((row: object) => ({ ...row, issuer_id: { id: 'new' } }));
}

test('a region whose rows have another form has failed, and is read again', async () => {
  const world = await startWorld({ embedded: true, regionIds: [THE_FORGE] });
  world.esi.fault({ match: LISTING, answer: { kind: 'body', transform: changeRows } });

  const { summary, log } = await world.run();
  const [region] = await world.tables.rows('regions');

  expect(summary).toMatchObject({ outcome: 'partial', regions: { failed: 1, succeeded: 0 } });
  expect(summary.failures.at(-1)?.message).toMatch(/^60 of 60 contracts cannot be read/);
  expect(log.filter(({ msg }) => String(msg).startsWith('contract skipped'))).toHaveLength(20);
  expect(region?.['snapshot_last_modified'] ?? null).toBeNull();

  world.esi.clearFaults();
  world.nextListing();
  expect((await world.run()).summary.exitCode).toBe(0);
  await world.expectTruth();
});

test('a region whose items have another form has failed', async () => {
  const world = await startWorld({ embedded: true, regionIds: [THE_FORGE] });
  const transform = (items: unknown) => (items as object[]).map(() => ({ type: 34 }));
  world.esi.fault({ match: ITEMS, answer: { kind: 'body', transform } });

  const { summary } = await world.run();

  expect(summary).toMatchObject({ outcome: 'partial', regions: { failed: 1 } });
  expect(summary.failures.at(-1)?.message).toContain('cannot be read (items)');
});
