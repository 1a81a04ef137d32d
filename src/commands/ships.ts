import { defineCommand } from '../cli/command.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { findRest, formatOf, offerOptions, readOfferFilter } from './offers.ts';

export const shipsCommand = defineCommand({
  name: 'ships',
  description: 'stored ship contracts, cheapest first',
  options: offerOptions('a hull', ['price', 'price-each', 'expires', 'issued']),
  examples: [
    'contracts-agg ships --region "The Forge" --max-price 100m --no-extras',
    'contracts-agg ships --group Frigate --min-time-left 1d --sort expires',
    'contracts-agg ships --limit 1000 --format csv',
    'contracts-agg ships --group Frigate --sort price-each --desc',
  ],
  onlyReads: true,

  async handle(context, flags) {
    const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
    const { countMatchingShips, findShips } = await import('../database/queries/ship-queries.ts');
    const { formatShips } = await import('../report/ship-list.ts');
    const { stdout, environment } = context;
    const { offers, rest } = await withReadOnlyDatabase(context, async (database) => {
      const wanted = await readOfferFilter(flags, 'hull', database, context);
      const filter = { ...wanted, order: flags.sort };
      const found = await findShips(database, filter);
      const countAll = () => countMatchingShips(database, filter);
      return { offers: found, rest: await findRest(found.length, flags, countAll, database) };
    });
    const terminal = terminalOf(stdout, environment);
    stdout.write(formatShips(offers, formatOf(flags), terminal, rest));
    return 0;
  },
});
