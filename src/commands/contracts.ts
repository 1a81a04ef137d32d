import { defineCommand } from '../cli/command.ts';
import { CONTRACT_STATUSES } from '../model.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { formatOf, offerOptions, readOfferFilter } from './offers.ts';

/** Those of ESI's specification; what it does not know is stored, too. */
const CONTRACT_TYPES = ['item_exchange', 'auction', 'courier', 'loan', 'unknown'];

export const contractsCommand = defineCommand({
  name: 'contracts',
  description: 'stored contracts of every kind',
  options: {
    ...offerOptions('item'),
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
    const { findContracts } = await import('../database/queries/contract-queries.ts');
    const { formatContracts } = await import('../report/contract-list.ts');
    const { stdout, environment } = context;
    const contracts = await withReadOnlyDatabase(context, async (database) =>
      findContracts(database, {
        ...(await readOfferFilter(flags, 'type', database, context)),
        statuses: flags.status,
        contractTypes: flags.contractType,
        hasBlueprintCopies: flags.blueprintCopies === true,
      }),
    );
    stdout.write(formatContracts(contracts, formatOf(flags), terminalOf(stdout, environment)));
    return 0;
  },
});
