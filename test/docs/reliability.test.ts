import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const COLUMNS = 5;

/** The rows of all tables, cell by cell, without their heads. */
function readRows(): string[][] {
  const lines = readFileSync(new URL('RELIABILITY.md', ROOT), 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('|') && !/^\| (fault |-)/.test(line));
  return rows.map((line) => line.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim()));
}

/** A cell names one proof or several: `path` › title, with <br> between them. */
function proofsOf(cell: string): (readonly [path: string, title: string])[] {
  return cell.split('<br>').map((proof) => {
    const [, path = '', title = ''] = /^`([^`]+)` › (.+)$/.exec(proof.trim()) ?? [];
    return [path, title] as const;
  });
}

const rows = readRows();

it('each row of RELIABILITY.md tells all that an operator asks', () => {
  const incomplete = rows.filter((row) => row.length !== COLUMNS || row.includes(''));

  expect(rows.length).toBeGreaterThan(100);
  expect(incomplete).toEqual([]);
});

it('each row of RELIABILITY.md names tests that there are', () => {
  const unproved = rows.flatMap(([fault, , , , proof = '']) =>
    proofsOf(proof)
      .filter(([path, title]) => {
        const file = new URL(path, ROOT);
        return path === '' || !existsSync(file) || !readFileSync(file, 'utf8').includes(title);
      })
      .map(([path, title]) => `${fault}: ${path} › ${title}`),
  );

  expect(unproved).toEqual([]);
});
