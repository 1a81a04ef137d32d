import fc from 'fast-check';
import { wireTexts } from './hostile-texts.ts';

/** What a field is meant to hold. */
export type FieldKind =
  | 'id'
  | 'integerId'
  | 'integer'
  | 'isk'
  | 'double'
  | 'flag'
  | 'text'
  | 'date';

export interface Field {
  /** As ESI calls it. */
  readonly wire: string;
  /** As the program calls it. */
  readonly name: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
}

/** One field a line: ESI's name, kind, and `!` where ESI always sends it. */
function fields(definitions: string): readonly Field[] {
  return definitions
    .trim()
    .split('\n')
    .map((line) => {
      const [wire = '', kind, mark] = line.trim().split(' ');
      const name = wire.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return { wire, name, kind: kind as FieldKind, isRequired: mark === '!' };
    });
}

export const CONTRACT_FIELDS = fields(`
  contract_id id !
  type text !
  issuer_id id !
  issuer_corporation_id id !
  for_corporation flag
  title text
  price isk
  reward isk
  collateral isk
  buyout isk
  volume double
  days_to_complete integer
  start_location_id id
  end_location_id id
  date_issued date !
  date_expired date !
`);

export const ITEM_FIELDS = fields(`
  record_id id !
  type_id integerId !
  quantity id !
  is_included flag !
  is_blueprint_copy flag
  item_id id
  runs integer
  material_efficiency integer
  time_efficiency integer
`);

export const TYPE_FIELDS = fields(`
  type_id integerId !
  name text !
  group_id integer !
  published flag !
  volume double
  packaged_volume double
  market_group_id integer
`);

export const GROUP_FIELDS = fields(`
  group_id integer !
  category_id integer !
  published flag !
`);

export const REGION_FIELDS = fields(`
  region_id integerId !
  name text !
`);

const EDGES: readonly string[] = [
  ...['0', '-0', '-1', '1', '1.0', '1.5', '0.005', '0.1', '1e3', '1e999', '-1e999'],
  ...['2147483647', '2147483648', '-2147483648', '4294967296'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740993'],
  ...['9223372036854775807', '9223372036854775808', '18446744073709551617', '1e25'],
  ...['99999999999999999.99', '999999999999999872', '999999999999999999', '1e18', '-1e18', '1e300'],
  ...['5e-324', '1.7976931348623157e308', '12345678901234.567', '33.335'],
];

/** Numbers as JSON writes them; not all can be held by a double, or by a column. */
const numberTexts: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.maxSafeInteger().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
  fc.tuple(fc.nat(), fc.nat(9999)).map(([whole, part]) => `${whole}.${part}`),
);

const DATES: readonly string[] = [
  ...['2026-09-08T12:34:56Z', '2026-09-08T12:34:56.789+02:00', '2028-02-29T00:00:00-11:30'],
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
  ...['9999-12-31T23:59:59-01:00', '10000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'],
  ...['2016-12-31T23:59:60Z', '2026-02-30T00:00:00Z', '2026-09-08T24:00:00Z', '2026-09-08', 'now'],
  ...['infinity', '-infinity', 'epoch', "2026-09-08'; --", '-000001-01-01T00:00:00Z'],
];

const storableDates = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30') });

const dateTexts: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 20,
    arbitrary: storableDates
      .filter((date) => !Number.isNaN(date.getTime()))
      .map((date) => date.toISOString()),
  },
  fc.constantFrom(...DATES),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

/** Any value as JSON writes it. */
export const jsonTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: numberTexts },
  { weight: 2, arbitrary: fc.oneof(wireTexts, dateTexts).map((text) => JSON.stringify(text)) },
  fc.constantFrom('null', 'true', 'false', '[]', '{}', '"5"', '"NaN"', '[1]', '{"a":1}'),
  fc.json(),
);

const SANE: Readonly<Record<FieldKind, fc.Arbitrary<string>>> = {
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(String),
  integerId: fc.integer({ min: 1, max: 2_147_483_647 }).map(String),
  integer: fc.integer({ min: -2_147_483_647, max: 2_147_483_647 }).map(String),
  isk: fc.double({ min: -1e17, max: 1e17, noNaN: true }).map((isk) => JSON.stringify(isk)),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  flag: fc.constantFrom('true', 'false'),
  text: wireTexts.map((text) => JSON.stringify(text)),
  date: dateTexts.map((text) => JSON.stringify(text)),
};

/** A value of a field as JSON writes it: mostly one that is meant. */
function fieldTexts({ kind, isRequired }: Field): fc.Arbitrary<string | undefined> {
  return fc.oneof(
    { weight: 40, arbitrary: SANE[kind] },
    { weight: 2, arbitrary: kind === 'text' || kind === 'flag' ? SANE[kind] : numberTexts },
    { weight: 1, arbitrary: jsonTexts },
    { weight: isRequired ? 1 : 10, arbitrary: fc.constantFrom(undefined, 'null') },
  );
}

/** A row as JSON text: most of its fields are sane. */
export function rowTexts(list: readonly Field[]): fc.Arbitrary<string> {
  return fc
    .tuple(...list.map(fieldTexts))
    .map((values) =>
      objectText(
        list.flatMap(({ wire }, n) => (values[n] === undefined ? [] : [[wire, values[n]]])),
      ),
    );
}

/** A row whose fields are all sane, with one value in the place of another. */
export function spoiltRowTexts(list: readonly Field[]) {
  return fc
    .tuple(fc.tuple(...list.map(({ kind }) => saneValue(kind))), fc.nat(list.length - 1), jsonTexts)
    .map(([values, at, text]) => ({
      field: list[at] as Field,
      text,
      row: objectText(list.map(({ wire }, n) => [wire, n === at ? text : (values[n] ?? 'null')])),
    }));
}

/** Dates of the past and the future only: that a row is refused is then due to what was spoilt. */
function saneValue(kind: FieldKind): fc.Arbitrary<string> {
  return kind === 'date' ? fc.constant('"2026-09-08T12:34:56Z"') : SANE[kind];
}

function objectText(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}
