import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { parseArguments } from '../../src/cli/program.ts';
import { describeSettings } from '../../src/config/settings.ts';

const PATH = fileURLToPath(new URL('../../README.md', import.meta.url));
const README = readFileSync(PATH, 'utf8');
const SETTINGS = /(?<=<!-- settings -->\n).*?(?=<!-- \/settings -->)/s;

function helpOf(...argv: string[]): string {
  let text = '';
  parseArguments([...argv, '--help'], (part) => {
    text += part;
  });
  return text;
}

function settingsTable(): string {
  const rows = describeSettings().map(
    ({ name, byDefault, meaning }) => `| \`${name}\` | ${byDefault} | ${meaning} |`,
  );
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

// `npx vitest run test/docs/readme.test.ts -u` writes the table.
it('the settings in the README are those of the program', async () => {
  expect(README).toMatch(SETTINGS);
  const written = README.replace(SETTINGS, () => `\n${settingsTable()}\n\n`);

  await expect(written).toMatchFileSnapshot(PATH);
});

it('every setting says what it means', () => {
  expect(describeSettings().filter(({ meaning }) => meaning === '')).toEqual([]);
});

const NAMES = COMMANDS.map(({ name }) => name);

it.each(NAMES)('the README names every option of %s', (command) => {
  const options = helpOf(command).match(/^ {2}(?:-\w, )?--[a-z-]+/gm) ?? [];
  const names = options.map((option) => option.trim().replace(/^-\w, /, ''));

  expect(names).toContain('--help');
  expect(README).toContain(`| \`${command}\``);
  expect(names.filter((name) => name !== '--help' && !README.includes(name))).toEqual([]);
});
