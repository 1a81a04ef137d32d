import { describe, expect, it } from 'vitest';
import { readServerUrl } from '../../../src/database/open/server-url.ts';

describe('a database URL', () => {
  it('without a schema is the one that the driver gets', () => {
    const url = 'postgres://me:100%@db.test:5433/contracts?sslmode=verify-full';

    expect(readServerUrl(url)).toEqual({ connectionString: url, schema: undefined });
  });

  it('may name a schema, beside what is the driver’s', () => {
    const url =
      'postgres://me:p%40ss@db.test/contracts?options=-c%20work_mem%3D7MB&sslmode=verify-full&schema=market';

    expect(readServerUrl(url)).toEqual({
      connectionString:
        'postgres://me:p%40ss@db.test/contracts?options=-c+work_mem%3D7MB&sslmode=verify-full',
      schema: 'market',
    });
  });
});
