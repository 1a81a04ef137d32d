import { expect, test } from 'vitest';
import type { SqlExecutor } from '../../../src/database/database.ts';
import { migrate, migrationStatus, readMigrations } from '../../../src/database/open/migrations.ts';
import { onServer } from '../../support/use-database.ts';

onServer('an empty database that another run migrates meanwhile', (open) => {
  test.each([1, 2, 3])('never looks half migrated (before question %d)', async (questions) => {
    const [database, other] = [open(), open()];
    const migrations = await readMigrations();
    let asked = 0;
    const racing: SqlExecutor = {
      query: async (sql, ...values) => {
        asked += 1;
        if (asked === questions) await migrate(other.transact, migrations);
        return database.query(sql, ...values);
      },
      execute: (sql, ...values) => database.execute(sql, ...values),
    };

    const { pending, isEmpty } = await migrationStatus(racing, migrations);

    // What is pending then is migrated, and found to be done.
    expect(isEmpty || pending.length === 0).toBe(true);
  });
});
