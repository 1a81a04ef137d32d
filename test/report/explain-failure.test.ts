import { expect, test } from 'vitest';
import { DatabaseError, EsiError, LockUnavailableError } from '../../src/errors.ts';
import { explainFailure } from '../../src/report/explain-failure.ts';

const EMBEDDED = { DATA_DIR: '/data' };
const SERVER = {
  DATA_DIR: '/data',
  DATABASE_URL: 'postgres://me:s3cret@db.example.com:5433/my%20contracts?sslmode=require',
};

test.each([
  ['28P01', 'correct the user and the password in DATABASE_URL'],
  ['28000', 'correct the user and the password in DATABASE_URL'],
  ['3D000', 'create it, or correct its name in DATABASE_URL'],
  ['42501', 'GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public'],
  ['25006', 'name the primary'],
  ['53100', 'make room on the disk of the server'],
  ['53300', 'raise max_connections of the server, or lower REGION_CONCURRENCY'],
  ['57014', 'whether the server hangs or a table is locked'],
  ['08006', 'see that the server runs and that DATABASE_URL names it'],
  ['57P01', 'see that the server runs and that DATABASE_URL names it'],
  ['ENETUNREACH', 'see that the server runs and that DATABASE_URL names it'],
])(
  'a failure with SQLSTATE %s on a server says where, what, and what to do',
  (sqlState, advice) => {
    const text = explainFailure(new DatabaseError('it failed', { sqlState }), SERVER);

    expect(text).toMatch(/^the database my contracts at db\.example\.com:5433: it failed; /);
    expect(text).toContain(advice);
    expect(text).not.toContain('s3cret');
  },
);

test('a full disk under the embedded database names its folder, once', () => {
  const advice = 'make room on the disk of /data, 100 MB at least';
  const full = (message: string) => new DatabaseError(message, { sqlState: '53100' });
  const place = 'the embedded database in /data';

  const grown = explainFailure(full('No space left on device'), EMBEDDED);
  const opened = explainFailure(full(`${place}/pgdata cannot be opened: no space left`), EMBEDDED);

  expect(grown).toMatch(new RegExp(`^${place}: No space left on device; ${advice}`));
  expect(opened).toMatch(new RegExp(`^${place}/pgdata cannot be opened: no space left; ${advice}`));
});

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'raise its maxmemory'],
  ["READONLY You can't write against a read only replica.", 'name the primary'],
  ['WRONGPASS invalid username-password pair', 'correct the user, password or rights'],
  ['NOAUTH Authentication required.', 'correct the user, password or rights'],
  ["NOPERM User guest has no permissions to run the 'eval' command", 'rights in REDIS_URL'],
])('a lock server that says "%s" is explained', (reason, advice) => {
  const message = `the lock server cannot be asked: ${reason}`;

  const text = explainFailure(new LockUnavailableError(message), SERVER);

  expect(text.startsWith(`${message}; `)).toBe(true);
  expect(text).toContain(advice);
});

test.each([
  ['a failure of the database that nobody can advise on', new DatabaseError('it failed')],
  ['one of the embedded database', new DatabaseError('it failed', { sqlState: '08006' })],
  ['one of the lock server', new LockUnavailableError('it failed')],
  ['one of ESI', new EsiError('it failed')],
])('%s is told as it is', (_, error) => {
  expect(explainFailure(error, EMBEDDED)).toBe('it failed');
});
