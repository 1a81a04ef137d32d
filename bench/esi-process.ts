import { createInterface } from 'node:readline';
import { startFastEsi } from './fast-esi.ts';
import { generateNewEden } from './new-eden.ts';

/** A local ESI in a process of its own, so that its CPU is not the program's. */
const [contracts = '50000', latencyMs = '0', listingLifeMs = '0'] = process.argv.slice(2);
const universe = generateNewEden(Number(contracts), new Date());
const esi = await startFastEsi(universe, {
  latencyMs: Number(latencyMs),
  listingLifeMs: Number(listingLifeMs),
});
const items = [...universe.items.values()];
const facts = {
  url: esi.url,
  contracts: [...universe.contracts.values()].reduce((sum, rows) => sum + rows.length, 0),
  items: items.reduce((sum, rows) => sum + rows.length, 0),
  types: new Set(items.flatMap((rows) => rows.map((row) => row.type_id))).size,
};
process.stdout.write(`${JSON.stringify(facts)}\n`);

for await (const line of createInterface(process.stdin)) {
  if (line === 'counts') {
    process.stdout.write(`${JSON.stringify({ ...esi.counts, mostInASecond: busiestSecond() })}\n`);
    esi.counts.requests = 0;
    esi.counts.notModified = 0;
    esi.counts.maxInFlight = 0;
    esi.arrivals.length = 0;
  }
}
esi.close();

function busiestSecond(): number {
  let first = 0;
  let most = 0;
  for (const [index, arrivedAt] of esi.arrivals.entries()) {
    while ((esi.arrivals[first] ?? arrivedAt) <= arrivedAt - 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
