import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/program.ts';
import { UsageError } from '../../src/errors.ts';

describe('a duration', () => {
  it.each(['', '5.5', '.5', '5 '])('is not "%s", which has no unit', (text) => {
    const parse = () => parseArguments(['run', `--time-limit=${text}`], () => undefined);

    expect(parse).toThrow(UsageError);
  });
});
