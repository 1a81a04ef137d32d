import {
  messages,
  type PGlite,
  type Transaction as PgliteTransaction,
  types,
} from '@electric-sql/pglite';
import {
  type ColumnType,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
  type SqlResultSet,
  type Transaction,
} from '@prisma/driver-adapter-utils';

const INFO = { provider: 'postgres', adapterName: 'pglite' } as const;

/** How Prisma's client takes the values of a type; those of others come as texts. */
const COLUMN_TYPES: Readonly<Record<number, ColumnType>> = {
  [types.BOOL]: ColumnTypeEnum.Boolean,
  [types.INT2]: ColumnTypeEnum.Int32,
  [types.INT4]: ColumnTypeEnum.Int32,
  [types.INT8]: ColumnTypeEnum.Int64,
  [types.FLOAT8]: ColumnTypeEnum.Double,
  [types.NUMERIC]: ColumnTypeEnum.Numeric,
  [types.UUID]: ColumnTypeEnum.Uuid,
  [types.JSON]: ColumnTypeEnum.Json,
  [types.JSONB]: ColumnTypeEnum.Json,
  [types.TIMESTAMPTZ]: ColumnTypeEnum.DateTime,
};

const asIs = (text: string) => text;
/** `2026-09-08 12:00:00+09` → `2026-09-08T12:00:00+09:00` */
const asIsoTime = (text: string) => text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');

/** What PGlite would read as a number, a Date or an object, and Prisma wants as text. */
const PARSERS = {
  [types.INT8]: asIs,
  [types.NUMERIC]: asIs,
  [types.JSON]: asIs,
  [types.JSONB]: asIs,
  [types.TIMESTAMPTZ]: asIsoTime,
};

/**
 * PGlite as Prisma's client wants a driver. A COMMIT that fails is told as failed, and a rollback
 * is waited for; closing PGlite is its owner's.
 */
export function pgliteAdapter(pglite: PGlite): SqlDriverAdapterFactory {
  const driver: SqlDriverAdapter = {
    ...queryable(pglite),
    startTransaction: () => startTransaction(pglite),
    executeScript: async (script) => void (await pglite.exec(script)),
    dispose: async () => {},
  };
  return { ...INFO, connect: async () => driver };
}

/** PGlite ends a transaction when the work in it ends: this work waits for Prisma. */
function startTransaction(pglite: PGlite): Promise<Transaction> {
  return new Promise((resolve, reject) => {
    let end = () => {};
    const told = new Promise<void>((resolveEnd) => {
      end = resolveEnd;
    });
    const ended = pglite.transaction(async (transaction) => {
      resolve({
        ...queryable(transaction),
        options: { usePhantomQuery: true },
        commit: async () => {
          end();
          await ended.catch(rethrow);
        },
        rollback: async () => {
          await transaction.rollback().finally(end);
        },
      });
      await told;
    });
    ended.catch(rethrow).catch(reject);
  });
}

function queryable(client: Pick<PgliteTransaction, 'query'>): SqlQueryable {
  const run = ({ sql, args }: SqlQuery) =>
    client.query<unknown[]>(sql, args, { rowMode: 'array', parsers: PARSERS }).catch(rethrow);
  return {
    ...INFO,
    queryRaw: async (query): Promise<SqlResultSet> => {
      const { fields, rows } = await run(query);
      return {
        columnNames: fields.map(({ name }) => name),
        columnTypes: fields.map(
          ({ dataTypeID }) => COLUMN_TYPES[dataTypeID] ?? ColumnTypeEnum.Text,
        ),
        rows,
      };
    },
    executeRaw: async (query) => (await run(query)).affectedRows ?? 0,
  };
}

function rethrow(error: unknown): never {
  if (!(error instanceof messages.DatabaseError)) throw error;
  const { code = '', severity = '', message, detail, column, hint } = error;
  throw new DriverAdapterError({
    kind: 'postgres',
    originalCode: code,
    originalMessage: message,
    ...{ code, severity, message, detail, column, hint },
  });
}
