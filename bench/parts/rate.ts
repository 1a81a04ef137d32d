import type { Part } from '../part.ts';
import { startEsiProcess } from '../processes.ts';
import { atLeast, atMost, figure, type Table } from '../report.ts';

const MAX_RPS = 50;
// Some 40 seconds at 50 a second, whatever the size of the rest.
const CONTRACTS = 1500;
const TYPES = 300;
const EVEN_AT_LEAST = 0.9;
const MEAN_AT_LEAST = 0.95;

/** A cold pass that keeps to a rate: no burst in any second, and no second wasted. */
export const ratePart: Part = {
  name: 'rate',
  isLong: false,
  run: async ({ laboratory }) => {
    const size = { contracts: CONTRACTS, types: TYPES };
    const esi = await startEsiProcess({ ...size, latencyMs: 0, spread: false });
    try {
      const installation = await laboratory.installation(esi, { ESI_MAX_RPS: String(MAX_RPS) });
      const pass = await installation.pass(`ESI_MAX_RPS=${MAX_RPS}`);
      await installation.remove();
      const { requests, rate } = pass.traffic;
      const table: Table = {
        title: 'Arrivals in any second (the first and last two seconds do not count for the least)',
        head: ['', 'requests', 'most', 'least', 'mean'],
        rows: [[pass.name, requests, rate.most, rate.least, rate.mean].map(cell)],
      };
      const goals = [
        atMost(3, 'most arrivals in any second', rate.most, MAX_RPS),
        atLeast(3, 'least arrivals in any second', rate.least, MAX_RPS * EVEN_AT_LEAST),
        atLeast(3, 'mean arrivals a second', rate.mean, MAX_RPS * MEAN_AT_LEAST),
      ];
      return { tables: [table], goals, data: { passes: [pass] } };
    } finally {
      await esi.stop();
    }
  },
};

function cell(value: string | number): string {
  return typeof value === 'number' ? figure(value) : value;
}
