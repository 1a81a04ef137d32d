import { DuckDBInstance } from '@duckdb/node-api';

/** Asks DuckDB, which reads files. @returns rows of values as JSON has them; large numbers are texts */
export async function askDuckDb(sql: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
