import type { Churn } from '../esi/protocol.ts';
import type { Laboratory, Pass } from '../laboratory.ts';
import { type Conditions, type Part, typesFor } from '../part.ts';
import { databaseTable, requestTable, rowsOf, usageTable } from '../pass-tables.ts';
import { type EsiProcess, startEsiProcess } from '../processes.ts';
import { figure, median, type PartResult, type Table } from '../report.ts';
import { churnGoals, coldGoals, type Ratios, requestGoals, unchangedGoals } from './pass-goals.ts';

const FLOOR = 'floor';
const BARE_FLOOR = 'bare floor';
const PLAIN_PEER = 'plain peer';
const BATCHED_PEER = 'batched peer';
const COLD = 'contracts-agg, cold';
const CHURN_SHARE = 0.015;
const LISTING_LIFE_MS = 3_600_000;

interface LaterPasses {
  readonly churned: Pass;
  readonly churn: Churn;
  readonly unchanged: Pass;
  readonly fresh: Pass;
}

/** The cold pass beside floor and peers, and what follows it: churn, unchanged, within Expires. */
export const passPart: Part = {
  name: 'pass',
  isLong: false,
  run: async (conditions) => {
    const { contracts } = conditions;
    const types = typesFor(contracts);
    const esi = await startEsiProcess({ contracts, types, latencyMs: 0, spread: false });
    try {
      return await measure(conditions, esi);
    } finally {
      await esi.stop();
    }
  },
};

async function measure(conditions: Conditions, esi: EsiProcess): Promise<PartResult> {
  const { laboratory, rounds } = conditions;
  const cold: Pass[] = [];
  for (let round = 1; round < rounds; round += 1) {
    cold.push(...(await comparisons(laboratory, esi)));
    const installation = await laboratory.installation(esi);
    cold.push(await installation.pass(COLD));
    await installation.remove();
  }
  cold.push(...(await comparisons(laboratory, esi)));
  const installation = await laboratory.installation(esi);
  cold.push(await installation.pass(COLD));
  const later = await laterPasses(esi, installation.pass);
  await installation.remove();
  return resultOf(esi, cold, later);
}

async function comparisons(laboratory: Laboratory, esi: EsiProcess): Promise<Pass[]> {
  return [
    await laboratory.comparison(FLOOR, 'floor', esi),
    await laboratory.comparison(BARE_FLOOR, 'bare-floor', esi),
    await laboratory.comparison(PLAIN_PEER, 'plain-peer', esi),
    await laboratory.comparison(BATCHED_PEER, 'batched-peer', esi),
  ];
}

async function laterPasses(
  esi: EsiProcess,
  pass: (name: string) => Promise<Pass>,
): Promise<LaterPasses> {
  const churn = await esi.churn(CHURN_SHARE);
  const churned = await pass('contracts-agg, 1.5 % churn');
  // The 304s of this pass bring the life that the next one lives on.
  await esi.setListingLife(LISTING_LIFE_MS);
  const unchanged = await pass('contracts-agg, unchanged');
  const fresh = await pass('contracts-agg, within Expires');
  return { churned, churn, unchanged, fresh };
}

function resultOf(esi: EsiProcess, cold: readonly Pass[], later: LaterPasses): PartResult {
  const { churned, churn, unchanged, fresh } = later;
  const passes = [...cold, churned, unchanged, fresh];
  const ratios = [FLOOR, BARE_FLOOR, PLAIN_PEER, BATCHED_PEER].map((name) => ratioTo(name, cold));
  const [floorPass, coldPass] = [named(cold, FLOOR)[0], named(cold, COLD)[0]];
  if (floorPass === undefined || coldPass === undefined) throw new Error('nothing was measured');
  return {
    tables: [
      usageTable(factsLine(esi), passes, FLOOR),
      ratioTable(ratios),
      databaseTable('Rows inserted / updated / deleted, and WAL', passes),
      requestTable('Requests', passes),
      churnTable(coldPass, later, esi.facts.contracts),
    ],
    goals: [
      ...coldGoals(ratios, named(cold, COLD)),
      ...requestGoals(floorPass, coldPass),
      ...unchangedGoals(unchanged, fresh, coldPass.traffic.byKind.listing),
      ...churnGoals(churned, churn, unchanged, coldPass, esi.facts.contracts),
    ],
    data: { facts: esi.facts, churn, ratios, passes },
  };
}

function factsLine({ facts }: EsiProcess): string {
  return `${facts.contracts} contracts, ${facts.items} items, ${facts.types} types`;
}

function named(passes: readonly Pass[], name: string): Pass[] {
  return passes.filter((pass) => pass.name === name);
}

/** Ours against another, round by round, so that a slow minute of the machine hits both. */
function ratioTo(name: string, cold: readonly Pass[]): Ratios {
  const others = named(cold, name);
  const ratios = named(cold, COLD).map(
    ({ usage }, round) => usage.seconds / (others[round]?.usage.seconds ?? Number.NaN),
  );
  return {
    name,
    median: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  };
}

function ratioTable(ratios: readonly Ratios[]): Table {
  const rows = ratios.map(({ name, median: middle, least, most }) => [
    `× ${name}`,
    figure(middle),
    figure(least),
    figure(most),
  ]);
  return { title: 'Our cold pass, by round', head: ['', 'median', 'least', 'most'], rows };
}

function churnTable(cold: Pass, later: LaterPasses, contracts: number): Table {
  const { churned, churn, unchanged } = later;
  const changed = churn.added + churn.removed;
  const net = (pass: Pass, of: 'seconds' | 'cpuSeconds') => pass.usage[of] - unchanged.usage[of];
  const recordBytes = ({ database }: Pass) =>
    (database?.walBytes ?? 0) - (database?.pageImageBytes ?? 0);
  const line = (name: string, pass: Pass, count: number) => [
    name,
    String(count),
    figure((net(pass, 'seconds') * 1e6) / count),
    figure((net(pass, 'cpuSeconds') * 1e6) / count),
    figure(recordBytes(pass) / count),
    figure((rowsOf(pass, 'contracts').inserted + rowsOf(pass, 'contracts').updated) / count),
  ];
  return {
    title: 'Cost of a change (time beyond the unchanged pass, WAL without page images)',
    head: ['', 'contracts', 'µs each', 'CPU µs each', 'WAL bytes each', 'contract rows each'],
    rows: [line('cold: new', cold, contracts), line('churn: new and gone', churned, changed)],
  };
}
