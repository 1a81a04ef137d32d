import type { Random } from '../../fixtures/local-esi/random.ts';
import { churnUniverse, type Universe } from '../../fixtures/local-esi/universe.ts';
import type { Fates } from './fates.ts';
import type { KnownWorld } from './known-world.ts';
import type { Chapter } from './scenario.ts';

export type Changes = Pick<Chapter, 'churn' | 'edits' | 'moves'>;

/** What players do between two snapshots. */
export function changeWorld(
  { churn, edits, moves }: Changes,
  { known, fates }: { readonly known: KnownWorld; readonly fates: Fates },
  random: Random,
  now: Date,
): void {
  const { universe } = known;
  const churned = churnUniverse(universe, { seed: random.int(0, 1e9), now, share: churn });
  for (const contractId of churned.removed) known.left.add(contractId);
  fates.shape(churned.added, random, now);
  fates.end(churned.removed, random, now);
  for (let edit = 0; edit < edits; edit += 1) changePrice(universe, random);
  for (let move = 0; move < moves; move += 1) moveAContract(known, random);
  known.observe();
}

function changePrice({ contracts }: Universe, random: Random): void {
  const rows = random.pick([...contracts.values()]);
  const index = random.int(0, rows.length - 1);
  const row = rows[index];
  if (row !== undefined) rows[index] = { ...row, price: random.int(1, 1e9) };
}

/** A contract is listed in another region. */
function moveAContract({ universe, moved }: KnownWorld, random: Random): void {
  const [from, to] = random.shuffle([...universe.contracts.values()]);
  if (from === undefined || to === undefined || from.length === 0) return;
  const [row] = from.splice(random.int(0, from.length - 1), 1);
  if (row === undefined) return;
  to.push(row);
  moved.add(row.contract_id);
}
