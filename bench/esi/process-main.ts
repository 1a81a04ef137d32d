import { createInterface } from 'node:readline';
import { churnUniverse, type Universe } from '../../fixtures/local-esi/universe.ts';
import { startFastEsi } from './fast-esi.ts';
import { generateNewEden } from './new-eden.ts';
import { PreparedAnswers } from './prepared-answers.ts';
import type { Churn, EsiCommand, EsiOptions, UniverseFacts } from './protocol.ts';
import { Traffic } from './traffic.ts';

const CHURN_SEED = 3;

// A local ESI in a process of its own, so that its CPU is not the program's. One JSON line in is
// one JSON line out.
const options = JSON.parse(process.argv[2] ?? '{}') as EsiOptions;
const universe = generateNewEden(options, new Date());
const facts = factsOf(universe);
const answers = new PreparedAnswers(universe);
const traffic = new Traffic();
const url = await startFastEsi(answers, traffic, options.latencyMs);
say({ ...facts, url });
for await (const line of createInterface(process.stdin)) {
  say(obey(JSON.parse(line) as EsiCommand));
}
process.exit();

function obey(command: EsiCommand): unknown {
  switch (command.command) {
    case 'traffic':
      return traffic.take();
    case 'churn':
      return churn(command.share);
    case 'listing-life':
      answers.setListingLife(universe, command.ms);
      return {};
  }
}

function churn(share: number): Churn {
  const { added, removed } = churnUniverse(universe, { seed: CHURN_SEED, now: new Date(), share });
  const items = added.reduce((sum, id) => sum + (universe.items.get(id)?.length ?? 0), 0);
  answers.update(universe, added, removed);
  return { added: added.length, removed: removed.length, addedItems: items };
}

function factsOf({ contracts, items }: Universe): UniverseFacts {
  const typeIds = new Set<number>();
  let itemRows = 0;
  for (const rows of items.values()) {
    itemRows += rows.length;
    for (const row of rows) typeIds.add(row.type_id);
  }
  const listed = [...contracts.values()].reduce((sum, rows) => sum + rows.length, 0);
  return { contracts: listed, items: itemRows, types: typeIds.size };
}

function say(message: unknown): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
