import { spawnSync } from 'node:child_process';
import { expect, it, test } from 'vitest';
import { manPage } from '../../build/man-page.ts';
import { COMMANDS } from '../../src/cli/commands.ts';

const PAGE = manPage('1.2.3');

it('the manual has every command with its options', () => {
  for (const { name, description } of COMMANDS) {
    expect(PAGE).toContain(`.SS ${name.replaceAll('-', '\\-')}`);
    expect(PAGE).toContain(description.replaceAll('-', '\\-'));
  }
  expect(PAGE).toContain('.BI \\-\\-older\\-than " <duration>"');
  expect(PAGE).toContain('.B \\-\\-no\\-progress');
  // Whatever begins with a point is a request of roff.
  const requests = new Set(PAGE.match(/^\.\w+/gm));
  expect([...requests].sort()).toEqual([
    '.B',
    '.BI',
    '.I',
    '.PP',
    '.SH',
    '.SS',
    '.TH',
    '.TP',
    '.fi',
    '.nf',
  ]);
});

const hasGroff = spawnSync('groff', ['--version']).error === undefined;

test.runIf(hasGroff)('groff has nothing to say against it', () => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww'], { input: PAGE });
  expect(stderr.toString()).toBe('');
  expect(stdout.toString()).toContain('--older-than');
});
