import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { z } from 'zod';
import * as schema from '../../src/esi/schema.ts';
import { law } from '../support/laws.ts';
import {
  CONTRACT_FIELDS,
  type Field,
  type FieldKind,
  GROUP_FIELDS,
  ITEM_FIELDS,
  jsonTexts,
  REGION_FIELDS,
  rowTexts,
  spoiltRowTexts,
  TYPE_FIELDS,
} from '../support/wire-values.ts';

interface Body {
  readonly of: string;
  readonly schema: z.ZodType;
  readonly fields: readonly Field[];
}

const BODIES: readonly Body[] = [
  { of: 'a listed contract', schema: schema.publicContract, fields: CONTRACT_FIELDS },
  { of: 'an item row', schema: schema.contractItem, fields: ITEM_FIELDS },
  { of: 'a type', schema: schema.itemType, fields: TYPE_FIELDS },
  { of: 'a group', schema: schema.group, fields: GROUP_FIELDS },
  { of: 'a region', schema: schema.region, fields: REGION_FIELDS },
];

/** Whole numbers as JSON writes them, without rounding; undefined for anything else. */
function wholeNumber(text: string): bigint | undefined {
  const [, digits = '', fraction = '', exponent = '0'] =
    /^(-?\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent) - fraction.length;
  if (digits === '' || Math.abs(shift) > 400) return undefined;
  const scaled = BigInt(digits + fraction);
  if (shift >= 0) return scaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

function isWholeBetween(min: bigint, max: bigint): (text: string) => boolean {
  return (text) => {
    const number = wholeNumber(text);
    return number !== undefined && number >= min && number <= max;
  };
}

const isNumber = (text: string) => /^-?\d/.test(text);

/** What may be taken for a value of a field, judged by the JSON alone. */
const MAY_BE: Readonly<Record<FieldKind, (text: string) => boolean>> = {
  id: isWholeBetween(1n, 2n ** 63n - 1n),
  integerId: isWholeBetween(1n, 2n ** 31n - 1n),
  integer: isWholeBetween(-(2n ** 31n), 2n ** 31n - 1n),
  isk: (text) => isNumber(text) && Math.abs(Number(text)) < 1e18,
  double: (text) => isNumber(text) && Number.isFinite(Number(text)),
  flag: (text) => text === 'true' || text === 'false',
  text: (text) => text.startsWith('"'),
  date: (text) => /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"$/.test(text),
};

/** What the program must make of a value. */
function meaningOf({ kind }: Field, text: string): unknown {
  const value = JSON.parse(text);
  if (value === null) return kind === 'flag' ? false : null;
  if (kind === 'date') return new Date(value as string);
  if (kind !== 'text') return value;
  return (value as string).replaceAll('\0', '').toWellFormed();
}

describe.each(BODIES)('$of', (body) => {
  law(
    'is refused, never an error, whatever stands in its place',
    fc.property(fc.oneof(jsonTexts, rowTexts(body.fields)), (text) => {
      const result = body.schema.safeParse(JSON.parse(text));

      if (!result.success) expect(result.error.issues).not.toEqual([]);
    }),
  );

  law(
    'with one field of any value says of it what ESI said, or is refused',
    fc.property(spoiltRowTexts(body.fields), ({ field, text, row }) => {
      const { data } = body.schema.safeParse(JSON.parse(row));

      if (data !== undefined) {
        expect((data as Record<string, unknown>)[field.name]).toEqual(meaningOf(field, text));
      }
    }),
    3,
  );

  law(
    'with one field that its column cannot hold exactly is refused, and with none left out that is required',
    fc.property(spoiltRowTexts(body.fields), ({ field, text, row }) => {
      const { success } = body.schema.safeParse(JSON.parse(row));

      if (text === 'null') expect(success).toBe(!field.isRequired);
      else if (!MAY_BE[field.kind](text)) expect(success).toBe(false);
    }),
    3,
  );

  law(
    'that is whole is read',
    fc.property(spoiltRowTexts(body.fields), ({ field, row }) => {
      const { [field.wire]: _spoilt, ...rest } = JSON.parse(row);

      expect(body.schema.safeParse(rest).success).toBe(!field.isRequired);
    }),
  );
});

law(
  'the id of a broken row is the one that ESI sent, to the last digit, or none',
  fc.property(jsonTexts, (text) => {
    const contractId = schema.readContractId(JSON.parse(`{"contract_id":${text}}`));

    if (contractId !== undefined) expect(wholeNumber(text)).toBe(BigInt(contractId));
  }),
);

const lists = fc.array(jsonTexts, { maxLength: 5 }).map((texts) => ({ texts, json: `[${texts}]` }));

describe('lists of ids', () => {
  law(
    'are those that ESI sent, or refused as a whole',
    fc.property(lists, ({ texts, json }) => {
      for (const [list, wire] of [
        [schema.idArray.safeParse(JSON.parse(json)).data, json],
        [
          schema.category.safeParse(JSON.parse(`{"category_id":6,"groups":${json}}`)).data
            ?.groupIds,
          json,
        ],
      ] as const) {
        if (list !== undefined) expect(list.map(BigInt), wire).toEqual(texts.map(wholeNumber));
      }
    }),
  );

  law(
    'of names are those that ESI sent, or refused as a whole',
    fc.property(fc.array(spoiltRowTexts(REGION_FIELDS), { maxLength: 4 }), (rows) => {
      const json = `[${rows.map(({ row }) => row.replace('"region_id"', '"id"'))}]`;
      const { data } = schema.names.safeParse(JSON.parse(json));

      if (data !== undefined) expect(data).toHaveLength(rows.length);
    }),
  );
});
