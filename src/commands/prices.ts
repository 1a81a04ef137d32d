import { defineCommand } from '../cli/command.ts';
import { count, days } from '../cli/parsers.ts';
import { DAY_MS } from '../clock.ts';
import { terminalOf } from '../terminal/terminal.ts';
import { dayOf } from '../terminal/times.ts';
import { FORMATS } from './offers.ts';

export const pricesCommand = defineCommand({
  name: 'prices',
  description: 'what a hull, an item or a blueprint went for',
  arguments: { item: { value: '<id or name>', description: 'type, by id or name' } },
  options: {
    region: {
      value: '<id or name>',
      isList: true,
      description: 'only of this region, by id or name',
      suggestions: 'regions',
    },
    copies: {
      description: 'only copies of a blueprint',
      no: 'only originals',
    },
    me: { value: '<percent>', description: 'only with this material efficiency', parse: count },
    te: { value: '<percent>', description: 'only with this time efficiency', parse: count },
    runs: { value: '<n>', description: 'only copies with so many runs', parse: count },
    days: {
      value: '<n>',
      description: 'ended today or in so many days before',
      parse: days,
      byDefault: 30,
    },
    format: {
      value: '<format>',
      description: 'how to print',
      choices: FORMATS,
      byDefault: 'table',
    },
    json: { description: 'the same as --format json', conflictsWith: 'format' },
  },
  examples: [
    'contracts-agg prices Rifter',
    'contracts-agg prices Rifter --region "The Forge" --days 7 --format csv',
  ],
  notes: `Only contracts of one kind of thing count that asked for ISK alone. ESI does not tell which of those
that vanished were sold and which withdrawn: what is confirmed stands apart from what is not.`,
  onlyReads: true,

  async handle(context, flags) {
    const { withReadOnlyDatabase } = await import('../composition/compose-database.ts');
    const { findPrices, firstWholeDay } = await import('../database/queries/price-queries.ts');
    const { formatPrices } = await import('../report/price-list.ts');
    const { findIds } = await import('./find-ids.ts');
    const { stdout, environment, clock, logger } = context;
    const now = clock.now();
    const since = dayOf(new Date(now.getTime() - flags.days * DAY_MS));
    const text = await withReadOnlyDatabase(context, async (database) => {
      const lookup = { database, logger };
      const typeIds = (await findIds(lookup, 'type', [flags.item])) ?? [];
      const regionIds = await findIds(lookup, 'region', flags.region);
      const prices = await findPrices(database, {
        typeIds,
        regionIds,
        since,
        now,
        isBlueprintCopy: flags.copies,
        runs: flags.runs,
        materialEfficiency: flags.me,
        timeEfficiency: flags.te,
      });
      const question = {
        name: prices.rows[0]?.item ?? flags.item,
        regions: flags.region?.join(', ') ?? '',
        since,
        until: dayOf(now),
        firstWholeDay: await firstWholeDay(database),
      };
      const format = flags.json ? 'json' : flags.format;
      return formatPrices(prices, question, format, terminalOf(stdout, environment));
    });
    stdout.write(text);
    return 0;
  },
});
