import { type CommandContext, withDatabase } from '../composition.ts';
import { migrate, migrationStatus, readMigrations } from '../database/migrations.ts';

/**
 * Brings the database to the current tables, or tells how it stands.
 *
 * @returns exit code: 0, or 1 when only asked to tell and something is pending
 */
export async function migrateCommand(context: CommandContext, onlyTell: boolean): Promise<number> {
  const { stdout } = context;
  return withDatabase(context, async (database) => {
    const migrations = await readMigrations();
    if (onlyTell) {
      const { applied, pending } = await migrationStatus(database, migrations);
      for (const name of applied) stdout.write(`applied  ${name}\n`);
      for (const name of pending) stdout.write(`pending  ${name}\n`);
      return pending.length === 0 ? 0 : 1;
    }
    const applied = await migrate(database.transact, migrations);
    stdout.write(
      applied.length === 0 ? 'nothing to do\n' : `applied  ${applied.join('\n         ')}\n`,
    );
    return 0;
  });
}
