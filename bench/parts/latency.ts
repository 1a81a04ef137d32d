import type { Pass } from '../laboratory.ts';
import { type Part, typesFor } from '../part.ts';
import { startEsiProcess } from '../processes.ts';
import { atLeast, figure, type PartResult, percent, type Table } from '../report.ts';

const LATENCY_MS = 80;
const IN_FLIGHT = 32;
/** What 32 in flight allow at 80 ms each: 400 a second. */
const POSSIBLE_RPS = (IN_FLIGHT * 1000) / LATENCY_MS;
const OURS = 'contracts-agg, cold';

/** A cold pass against an ESI that takes its time: are all slots busy from first to last? */
export const latencyPart: Part = {
  name: 'latency',
  isLong: false,
  run: async ({ laboratory, contracts }) => {
    const types = typesFor(contracts);
    const esi = await startEsiProcess({ contracts, types, latencyMs: LATENCY_MS, spread: false });
    try {
      const floor = await laboratory.comparison('floor', 'floor', esi);
      const installation = await laboratory.installation(esi, {
        ESI_CONCURRENCY: String(IN_FLIGHT),
      });
      const ours = await installation.pass(OURS);
      await installation.remove();
      return resultOf([floor, ours], ours);
    } finally {
      await esi.stop();
    }
  },
};

function resultOf(passes: readonly Pass[], ours: Pass): PartResult {
  const rows = passes.map((pass) => {
    const { traffic, name } = pass;
    return [
      name,
      String(traffic.requests),
      figure(requestSeconds(pass)),
      percent(shareOfPossible(pass)),
      percent(shareOverLife(pass)),
      figure(traffic.meanInFlight),
      percent(traffic.shareOfTimeFull),
      String(traffic.maxInFlight),
      figure(traffic.meanHeldMs),
    ];
  });
  const table: Table = {
    title: `${LATENCY_MS} ms an answer, ${IN_FLIGHT} in flight: of ${POSSIBLE_RPS} requests a second`,
    head: [
      '',
      'requests',
      'seconds',
      'first to last',
      'whole process',
      'mean in flight',
      `time with ${IN_FLIGHT}`,
      'most',
      'answer took, ms',
    ],
    rows,
  };
  const goals = [
    atLeast(2, '% of 400 a second, first to last request', shareOfPossible(ours) * 100, 95),
    atLeast(2, '% of 400 a second, whole process', shareOverLife(ours) * 100, 95),
  ];
  return { tables: [table], goals, data: { passes } };
}

function requestSeconds({ traffic }: Pass): number {
  return (traffic.lastAnswerMs - traffic.firstArrivalMs) / 1000;
}

function shareOfPossible(pass: Pass): number {
  return pass.traffic.requests / requestSeconds(pass) / POSSIBLE_RPS;
}

function shareOverLife({ traffic, usage }: Pass): number {
  return traffic.requests / usage.seconds / POSSIBLE_RPS;
}
