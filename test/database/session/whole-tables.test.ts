import { expect, it } from 'vitest';
import { STORED_TABLES } from '../../../src/database/session/whole-tables.ts';
import { onEachDatabase } from '../../support/use-database.ts';

/** What a copy of a database does not need. */
const LEFT_OUT = ['_prisma_migrations', 'run_lease'];

onEachDatabase('all that is stored', (database) => {
  it('is in the list of what is copied', async () => {
    const rows = await database().query<{ name: string }>(
      `SELECT table_name::text AS name FROM information_schema.tables
       WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`,
    );
    const names = rows.map(({ name }) => name).filter((name) => !LEFT_OUT.includes(name));
    expect([...STORED_TABLES].sort()).toEqual(names.sort());
  });
});
