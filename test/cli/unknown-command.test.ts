import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import { UsageError } from '../../src/errors.ts';

describe('a command that does not exist', () => {
  it.each(['fly', 'runn'])('is named in the error: %s', (command) => {
    const parse = () => parseArguments([command], () => undefined);

    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(command);
  });
});

describe('what is misspelt', () => {
  it.each([
    { argv: ['runn'], meant: 'run' },
    { argv: ['docter'], meant: 'doctor' },
    { argv: ['run', '--jsn'], meant: '--json' },
    { argv: ['ships', '--max-prise', '1'], meant: '--max-price' },
  ])('is answered with what was meant: $argv', ({ argv, meant }) => {
    expect(() => parseArguments(argv, () => undefined)).toThrow(`Did you mean ${meant}?`);
  });
});

describe('the command help', () => {
  it.each([{ argv: ['help'] }, { argv: ['help', 'status'] }])('works: $argv', ({ argv }) => {
    let out = '';
    parseArguments(argv, (text) => {
      out += text;
    });

    expect(out).toContain('Usage: contracts-agg');
  });
});
