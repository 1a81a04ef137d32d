import type { UniverseFacts } from '../esi/protocol.ts';
import type { Laboratory, Pass } from '../laboratory.ts';
import { type Part, typesFor } from '../part.ts';
import { startEsiProcess } from '../processes.ts';
import { atMost, figure, type GoalCheck, median, type PartResult, type Table } from '../report.ts';

/** Of the size of the benchmark: 5,000, 50,000 and 500,000 in the full one. */
const FACTORS = [0.1, 1, 10];
const WITHIN = 1.2;
const MEMORY_FROM_CONTRACTS = 500_000;

interface Size {
  readonly facts: UniverseFacts;
  readonly passes: readonly Pass[];
  /** From the first request to the end of the process, a contract. */
  readonly microseconds: number;
  readonly cpuMicroseconds: number;
  readonly peakMegabytes: number;
}

/** Cold passes at three sizes: what a contract costs must not depend on how many there are. */
export const growthPart: Part = {
  name: 'growth',
  isLong: true,
  run: async ({ laboratory, contracts, rounds }) => {
    const sizes: Size[] = [];
    for (const factor of FACTORS) {
      // The largest takes long enough to be steady.
      const times = factor > 1 ? 1 : rounds;
      sizes.push(await measure(laboratory, Math.round(contracts * factor), times));
    }
    return resultOf(sizes);
  },
};

async function measure(laboratory: Laboratory, contracts: number, times: number): Promise<Size> {
  const types = typesFor(contracts);
  const esi = await startEsiProcess({ contracts, types, latencyMs: 0, spread: true });
  const passes: Pass[] = [];
  try {
    for (let round = 0; round < times; round += 1) {
      const installation = await laboratory.installation(esi);
      passes.push(await installation.pass(`${contracts} contracts`));
      await installation.remove();
    }
  } finally {
    await esi.stop();
  }
  const { facts } = esi;
  return {
    facts,
    passes,
    microseconds: (median(passes.map(workSeconds)) * 1e6) / facts.contracts,
    cpuMicroseconds: (median(passes.map(({ usage }) => usage.cpuSeconds)) * 1e6) / facts.contracts,
    peakMegabytes: median(passes.map(({ usage }) => usage.peakMegabytes)),
  };
}

/** Without the start, which is the same at every size. */
function workSeconds({ usage, traffic }: Pass): number {
  return usage.seconds - (traffic.firstArrivalMs - usage.startedAtMs) / 1000;
}

function resultOf(sizes: readonly Size[]): PartResult {
  const rows = sizes.map(({ facts, passes, ...size }) => [
    String(facts.contracts),
    String(passes[0]?.summary?.contracts.inserted ?? 0),
    figure(median(passes.map(({ usage }) => usage.seconds))),
    figure(size.microseconds),
    figure(size.cpuMicroseconds),
    size.peakMegabytes.toFixed(0),
  ]);
  const table: Table = {
    title: 'Cold passes by size; time a contract from the first request to the end',
    head: ['contracts', 'stored', 'seconds', 'µs each', 'CPU µs each', 'peak MB'],
    rows,
  };
  return { tables: [table], goals: goalsOf(sizes), data: { sizes } };
}

function goalsOf(sizes: readonly Size[]): GoalCheck[] {
  const costs = sizes.map(({ microseconds }) => microseconds);
  const spread = Math.max(...costs) / Math.min(...costs);
  const memory = sizes
    .filter(({ facts }) => facts.contracts >= MEMORY_FROM_CONTRACTS)
    .map((size) => atMost(6, `peak MB at ${size.facts.contracts}`, size.peakMegabytes, 300));
  return [
    atMost(7, 'time a contract, most / least', spread, WITHIN),
    atMost(7, 'time of one contract more, from size to size', marginalGrowth(sizes), WITHIN),
    ...memory,
  ];
}

/**
 * What one contract more takes between the larger sizes, over the same between the smaller ones:
 * start-up, warming up and the fixed requests are in both, and so in neither.
 */
function marginalGrowth(sizes: readonly Size[]): number {
  const seconds = sizes.map(({ microseconds, facts }) => microseconds * facts.contracts);
  const more = sizes.slice(1).map(({ facts }, index) => {
    const before = sizes[index]?.facts.contracts ?? 0;
    return ((seconds[index + 1] ?? 0) - (seconds[index] ?? 0)) / (facts.contracts - before);
  });
  return (more.at(-1) ?? 0) / (more[0] ?? 1);
}
