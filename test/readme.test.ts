import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseArguments } from '../src/cli.ts';
import { parseConfig, SETTING_NAMES } from '../src/config.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const ROWS = new Map(
  [...README.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\|/gm)].map(([, name, value]) => [name, value]),
);

function helpOf(...argv: string[]): string {
  let text = '';
  parseArguments([...argv, '--help'], (part) => {
    text += part;
  });
  return text;
}

it('the README lists every setting, and no other', () => {
  expect([...ROWS.keys()].sort()).toEqual([...SETTING_NAMES].sort());
});

it.each(Object.entries(parseConfig()).filter(([name]) => name !== 'DATA_DIR'))(
  'the README tells the default of %s',
  (name, value) => {
    expect(ROWS.get(name)).toBe(`\`${String(value)}\``);
  },
);

const COMMANDS = ['run', 'migrate', 'status', 'ships', 'contracts', 'doctor', 'completion'];

it.each(COMMANDS)('the README names every option of %s', (command) => {
  const options = helpOf(command).match(/^ {2}(?:-\w, )?--[a-z-]+/gm) ?? [];
  const names = options.map((option) => option.trim().replace(/^-\w, /, ''));

  expect(names).toContain('--help');
  expect(README).toContain(`| \`${command}\``);
  expect(names.filter((name) => name !== '--help' && !README.includes(name))).toEqual([]);
});
