import { expect } from 'vitest';
import {
  batchesOf,
  type Case,
  changeEveryRow,
  startWorldOfRegions,
} from '../../support/esi-faulted-world.ts';
import { A_FAULT_OF_EACH_KIND, ESI_FAULTS, type EsiFault } from '../../support/esi-faults.ts';
import { serverTest, type World } from '../../support/run-world.ts';

/** Each request is tried four times, and a listing is begun four times. */
const MAX_ATTEMPTS = 16;
const PAGES = 2;

interface ListingCase extends Case {
  readonly page: number;
}

function caseOf(fault: EsiFault, page: number): ListingCase {
  const isRefused = fault.worth.listing === 'refused';
  return { fault, page, isRefused, target: `page ${page}: ${fault.name}` };
}

const FAULTS = ESI_FAULTS.filter(({ pauses }) => !pauses);
const BATCHES = batchesOf([
  ...FAULTS.map((fault) => caseOf(fault, 1)),
  ...A_FAULT_OF_EACH_KIND.map((fault) => caseOf(fault, 2)),
]);

/** Each region has a fault of its own. */
function orderFaults(world: World, batch: readonly ListingCase[]): Map<number, ListingCase> {
  const regionIds = [...world.universe.regions.keys()];
  for (const [index, { fault, page }] of batch.entries()) {
    const match = new RegExp(`/contracts/public/${regionIds[index]}\\?page=${page}$`);
    world.esi.fault({ match, answer: fault.answer });
  }
  return new Map(batch.map((one, index) => [regionIds[index] ?? 0, one]));
}

function regionsWhere(cases: ReadonlyMap<number, ListingCase>, isRefused: boolean): number[] {
  return [...cases].filter(([, one]) => one.isRefused === isRefused).map(([id]) => id);
}

serverTest.each(BATCHES.map((batch, index) => ({ batch, number: index + 1 })))(
  'a faulty listing is as good as a right one, or changes nothing, and the next run is right: batch $number',
  async ({ batch }) => {
    const world = await startWorldOfRegions(batch.length);
    expect((await world.run()).summary.exitCode).toBe(0);
    await world.expectTruth();
    changeEveryRow(world);
    const cases = orderFaults(world, batch);
    const refused = regionsWhere(cases, true);
    const ofRefused = `region_id IN (${refused})`;
    const before = await world.tables.rows('contracts', ofRefused);
    world.esi.resetRequests();

    const { summary } = await world.run([], { REGION_CONCURRENCY: '32' });

    const failed = summary.failures.map(({ regionId = 0 }) => cases.get(regionId)?.target);
    expect(failed.sort()).toEqual(refused.map((id) => cases.get(id)?.target).sort());
    expect(summary).toMatchObject({
      outcome: 'partial',
      exitCode: 1,
      regions: { failed: refused.length, succeeded: batch.length - refused.length },
    });
    expect(await world.tables.rows('contracts', ofRefused)).toEqual(before);
    await world.expectTruth({ regionIds: regionsWhere(cases, false) });
    expect(world.esi.requestsTo('none')).toEqual([]);
    expect(world.esi.requestsTo('listing').length).toBeLessThan(
      (refused.length * MAX_ATTEMPTS + batch.length) * PAGES,
    );

    world.esi.clearFaults();
    expect((await world.run()).summary).toMatchObject({ exitCode: 0, failureCount: 0 });
    await world.expectTruth();
  },
);
