import { parseArgs } from 'node:util';
import { fillDatabase } from '../fixtures/large-database.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { contracts: { type: 'string', default: '2000000' } },
});
const [url] = positionals;
if (url === undefined) throw new Error('usage: tsx bench/fill.ts <URL of an empty database>');
await fillDatabase(url, Number(values.contracts), (line) => process.stdout.write(`${line}\n`));
