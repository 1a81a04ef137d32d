import { defineCommand } from '../cli/command.ts';
import type { CommandContext } from '../composition/command-context.ts';
import type { MigrationStatus } from '../database/open/migrations.ts';
import { plainJson } from '../terminal/plain-text.ts';
import { paint, type Terminal, terminalOf } from '../terminal/terminal.ts';

export const migrateCommand = defineCommand({
  name: 'migrate',
  description: 'bring the database to the current tables',
  options: {
    status: {
      description: 'only tell what is applied and what is pending; exit 1 when something is',
    },
    json: { description: 'print as one JSON object' },
  },
  examples: ['contracts-agg migrate', 'contracts-agg migrate --status'],
  handle: (context, { status, json }) =>
    status ? tell(context, json === true) : bringUpToDate(context, json === true),
});

/** What is applied and pending, from a database that stays as it is. @returns 1 for pending ones */
async function tell(context: CommandContext, asJson: boolean): Promise<number> {
  const { openToRead } = await import('../composition/compose-database.ts');
  const { assertNotNewer, migrationStatus } = await import('../database/open/migrations.ts');
  const { stdout, environment, adapters } = context;
  const database = await openToRead(context);
  try {
    const status = await migrationStatus(database, await adapters.readMigrations());
    assertNotNewer(status);
    const text = asJson
      ? plainJson(toJson(status))
      : formatStatus(status, terminalOf(stdout, environment));
    stdout.write(`${text}\n`);
    return status.pending.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

async function bringUpToDate(context: CommandContext, asJson: boolean): Promise<number> {
  const { withPatientDatabase } = await import('../composition/compose-database.ts');
  const { migrate } = await import('../database/open/migrations.ts');
  const { stdout, adapters } = context;
  const migrations = await adapters.readMigrations();
  const applied = await withPatientDatabase(context, ({ transact }) =>
    migrate(transact, migrations),
  );
  if (asJson) stdout.write(`${plainJson({ applied })}\n`);
  else if (applied.length === 0) stdout.write('nothing to do: all migrations are applied\n');
  else stdout.write(`${applied.map((name) => `applied  ${name}`).join('\n')}\n`);
  return 0;
}

function toJson({ applied, pending }: MigrationStatus) {
  return { version: applied.at(-1) ?? null, applied, pending };
}

/** The version is the last migration that is applied. */
function formatStatus(status: MigrationStatus, terminal: Pick<Terminal, 'hasColors'>): string {
  const { version, applied, pending } = toJson(status);
  const verdict =
    pending.length === 0
      ? paint('current', 'green', terminal)
      : paint(`${pending.length} pending: run \`contracts-agg migrate\``, 'yellow', terminal);
  return [
    `database at ${version ?? 'no version: it has no tables of ours'}, ${verdict}`,
    ...applied.map((name) => `applied  ${name}`),
    ...pending.map((name) => `pending  ${name}`),
  ].join('\n');
}
