import { defineCommand } from '../cli/command.ts';
import { plainJson } from '../terminal/plain-text.ts';

export const copyCommand = defineCommand({
  name: 'copy',
  description: 'all that is stored, into an empty PostgreSQL database',
  options: {
    to: {
      value: '<url>',
      description: 'the database to copy into: postgres://user@host/database',
      isSecret: true,
    },
    json: { description: 'print as one JSON object' },
  },
  examples: [
    'contracts-agg copy --to postgres://contracts@db.example.com/contracts',
    'contracts-agg copy --to postgres://db.example.com/contracts --json',
  ],
  notes: `The way from the embedded database to a server, or from one server to another, and a backup. All
goes in one transaction, gets compared, and can be begun again: nothing half-done stays. Take the
password out of the URL with PGPASSWORD or ~/.pgpass. Afterwards, name the database in DATABASE_URL.`,

  async handle(context, { to, json }) {
    const { copyStored } = await import('../composition/compose-copy.ts');
    const { serverOf } = await import('../report/explain-failure.ts');
    const { assertCopyUrl, formatCopied } = await import('../report/copy-report.ts');
    const url = assertCopyUrl(to);
    const copied = await copyStored(context, url);
    const text = json ? plainJson(copied) : formatCopied(copied, serverOf(url));
    context.stdout.write(`${text}\n`);
    return 0;
  },
});
