import { describe, expect, it } from 'vitest';
import { redact } from '../../src/terminal/logging.ts';

describe('redaction', () => {
  it('leaves no rest of a secret that begins with another', () => {
    expect(redact('a secret2000 b', ['secret', 'secret2000'])).toBe('a [redacted] b');
  });
});
