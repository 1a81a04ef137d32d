/**
 * This checkout beside another, both built, in turns over the same local ESI:
 * `npx tsx bench/beside.ts <other checkout> [contracts] [rounds]`
 */
import { resolve } from 'node:path';
import { Laboratory, type Pass } from './laboratory.ts';
import { typesFor } from './part.ts';
import { BIN, startEsiProcess } from './processes.ts';
import { figure, median } from './report.ts';
import type { Usage } from './usage.ts';

const [checkout = '', contracts = '50000', rounds = '3'] = process.argv.slice(2);
const BINS = { here: BIN, there: resolve(checkout, 'bin/contracts-agg.js') };

const passes: { readonly of: string; readonly pass: Pass }[] = [];
const size = Number(contracts);
const esi = await startEsiProcess({
  contracts: size,
  types: typesFor(size),
  latencyMs: 0,
  spread: false,
});
const laboratory = await Laboratory.open();
try {
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const [of, bin] of Object.entries(BINS)) {
      const installation = await laboratory.installation(esi, {}, bin);
      passes.push({ of, pass: await installation.pass('cold') });
      passes.push({ of, pass: await installation.pass('unchanged') });
      await installation.remove();
    }
  }
} finally {
  await laboratory.close();
  await esi.stop();
}

for (const name of ['cold', 'unchanged']) {
  for (const figureOf of ['cpuSeconds', 'seconds', 'peakMegabytes'] as const) {
    const [here, there] = [valuesOf('here', name, figureOf), valuesOf('there', name, figureOf)];
    const ratio = median(here.map((value, round) => value / (there[round] ?? Number.NaN)));
    const list = (values: readonly number[]) => values.map(figure).join(' ');
    console.log(`${name} ${figureOf}: ${list(here)}, there ${list(there)}, × ${figure(ratio)}`);
  }
}

function valuesOf(of: string, name: string, figureOf: keyof Usage): number[] {
  const chosen = passes.filter((one) => one.of === of && one.pass.name === name);
  return chosen.map(({ pass }) => pass.usage[figureOf]);
}
