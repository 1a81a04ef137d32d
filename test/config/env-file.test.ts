import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../src/config/env-file.ts';
import { ConfigError } from '../../src/errors.ts';

const TEXT = 'REGION_IDS=1,2\r\nESI_CONTACT="a b # c"\r\n# a comment\nLOG_LEVEL=debug\n';
const VALUES = { REGION_IDS: '1,2', ESI_CONTACT: 'a b # c', LOG_LEVEL: 'debug' };

function utf16(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

describe('a settings file', () => {
  it.each([
    { encoding: 'UTF-8', bytes: Buffer.from(TEXT) },
    { encoding: 'UTF-8 with a mark', bytes: Buffer.from(`\ufeff${TEXT}`) },
    { encoding: 'UTF-16 as PowerShell writes it', bytes: utf16(TEXT, false) },
    { encoding: 'UTF-16, big end first', bytes: utf16(TEXT, true) },
  ])('is read in $encoding, with lines of Windows and quotes', ({ bytes }) => {
    expect(parseEnvFile(bytes, '.env')).toEqual({ values: VALUES, slips: [] });
  });

  it.each([
    { of: 'UTF-16 without a mark', bytes: Buffer.from(TEXT, 'utf16le') },
    { of: 'Latin-1', bytes: Buffer.from('TITLE=\u00fc', 'latin1') },
    { of: 'a program', bytes: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]) },
  ])('of $of is refused by its name', ({ bytes }) => {
    expect(() => parseEnvFile(bytes, 'x.env')).toThrow(ConfigError);
    expect(() => parseEnvFile(bytes, 'x.env')).toThrow('x.env is no text: save it as UTF-8');
  });

  it.each([
    { name: 'DATABSE_URL', meant: 'DATABASE_URL' },
    { name: 'REGION_ID', meant: 'REGION_IDS' },
    { name: 'region_ids', meant: 'REGION_IDS' },
    { name: 'REDIS_URI', meant: 'REDIS_URL' },
  ])('tells that $name may be $meant', ({ name, meant }) => {
    expect(parseEnvFile(Buffer.from(`${name}=1`), '.env').slips).toEqual([{ name, meant }]);
  });

  it("says nothing of other programs' names", () => {
    const others = Buffer.from('POSTGRES_PASSWORD=x\nPORT=1\nHTTPS_PROXY=http://p\nTZ=UTC');

    expect(parseEnvFile(others, '.env').slips).toEqual([]);
  });
});
