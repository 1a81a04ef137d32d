import { defineCommand } from '../cli/command.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { formatOf, offerOptions, readOfferFilter } from './offers.ts';

export const shipsCommand = defineCommand({
  name: 'ships',
  description: 'stored ship contracts, cheapest first',
  options: offerOptions('hull'),
  examples: [
    'contracts-agg ships --region "The Forge" --max-price 100m --no-extras',
    'contracts-agg ships --group Frigate --min-time-left 1d --sort expires',
    'contracts-agg ships --limit 1000 --format csv',
  ],
  onlyReads: true,

  async handle(context, flags) {
    const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
    const { findShips } = await import('../database/queries/ship-queries.ts');
    const { formatShips } = await import('../report/ship-list.ts');
    const { stdout, environment } = context;
    const offers = await withReadOnlyDatabase(context, async (database) =>
      findShips(database, await readOfferFilter(flags, 'hull', database, context)),
    );
    stdout.write(formatShips(offers, formatOf(flags), terminalOf(stdout, environment)));
    return 0;
  },
});
