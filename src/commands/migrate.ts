import type { CommandContext } from '../composition/command-context.ts';
import { withDatabase } from '../composition/compose-database.ts';
import type { Database } from '../database/database.ts';
import { type Migration, migrate, migrationStatus } from '../database/migrations.ts';

/**
 * Brings the database to the current tables, or only tells how it stands.
 *
 * @returns exit code: 0, or 1 when only asked to tell and something is pending
 */
export async function migrateCommand(context: CommandContext, onlyTell: boolean): Promise<number> {
  const work = onlyTell ? tell : bringUpToDate;
  const migrations = await context.adapters.readMigrations();
  return withDatabase(context, (database) => work(database, migrations, context.stdout));
}

async function tell(
  database: Database,
  migrations: readonly Migration[],
  stdout: NodeJS.WriteStream,
): Promise<number> {
  const { applied, pending } = await migrationStatus(database, migrations);
  for (const name of applied) stdout.write(`applied  ${name}\n`);
  for (const name of pending) stdout.write(`pending  ${name}\n`);
  return pending.length === 0 ? 0 : 1;
}

async function bringUpToDate(
  database: Database,
  migrations: readonly Migration[],
  stdout: NodeJS.WriteStream,
): Promise<number> {
  const applied = await migrate(database.transact, migrations);
  for (const name of applied) stdout.write(`applied  ${name}\n`);
  if (applied.length === 0) stdout.write('nothing to do\n');
  return 0;
}
