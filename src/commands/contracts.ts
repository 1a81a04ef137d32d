import { defineCommand } from '../cli/command.ts';
import { CONTRACT_STATUSES } from '../model.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { findRest, formatOf, offerOptions, readOfferFilter } from './offers.ts';

/** Those of ESI's specification; what it does not know is stored, too. */
const CONTRACT_TYPES = ['item_exchange', 'auction', 'courier', 'loan', 'unknown'];

export const contractsCommand = defineCommand({
  name: 'contracts',
  description: 'stored contracts of every kind',
  options: {
    ...offerOptions('an item', ['price', 'expires', 'issued']),
    contractType: {
      value: '<word>',
      isList: true,
      description: 'only this',
      choices: CONTRACT_TYPES,
    },
    status: {
      value: '<word>',
      isList: true,
      description: 'those with this status',
      choices: CONTRACT_STATUSES,
      byDefault: ['outstanding'],
      byDefaultMeans: 'outstanding and not yet expired',
    },
    blueprintCopies: { description: 'only with a blueprint copy among the items' },
  },
  examples: [
    'contracts-agg contracts --contract-type auction --expires-within 3d --sort expires',
    'contracts-agg contracts --blueprint-copies --max-price 1b',
    'contracts-agg contracts --status closed,expired --format json',
  ],
  onlyReads: true,

  async handle(context, flags) {
    const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
    const { countMatchingContracts, findContracts } = await import(
      '../database/queries/contract-queries.ts'
    );
    const { formatContracts } = await import('../report/contract-list.ts');
    const { stdout, environment } = context;
    const { contracts, rest } = await withReadOnlyDatabase(context, async (database) => {
      const filter = {
        ...(await readOfferFilter(flags, 'type', database, context)),
        order: flags.sort,
        statuses: flags.status,
        contractTypes: flags.contractType,
        hasBlueprintCopies: flags.blueprintCopies === true,
      };
      const found = await findContracts(database, filter);
      const countAll = () => countMatchingContracts(database, filter);
      return { contracts: found, rest: await findRest(found.length, flags, countAll, database) };
    });
    const terminal = terminalOf(stdout, environment);
    stdout.write(formatContracts(contracts, formatOf(flags), terminal, rest));
    return 0;
  },
});
