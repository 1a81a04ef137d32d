const MARK = '\ue000';
const BAD_BYTES_MARK = '\ue001';
const BAD_BYTES = Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]);

/** Stands for a value as JSON writes it, such as a number that no double can hold. */
export function raw(json: string): string {
  return MARK + json + MARK;
}

/** A text that ends with bytes which are no UTF-8. */
export function withBadBytes(text: string): string {
  return text + BAD_BYTES_MARK;
}

/** As whoever decodes UTF-8 reads it. */
export function badBytesRead(text: string): string {
  return text.replaceAll(BAD_BYTES_MARK, BAD_BYTES.toString('utf8'));
}

/** A body with what JSON.stringify cannot write. */
export function encodeHostile(body: unknown): Buffer {
  const marked = new RegExp(`"${MARK}([^${MARK}]*)${MARK}"`, 'g');
  const parts = JSON.stringify(body).replace(marked, '$1').split(BAD_BYTES_MARK);
  const bytes = parts.flatMap((part) => [BAD_BYTES, Buffer.from(part)]);
  return Buffer.concat(bytes.slice(1));
}

/** No field of ESI's may be one of these. */
const NEVER = [raw('1e999'), raw('-1e999'), [], {}, ['5'], { id: 5 }];
const NO_NUMBERS = [...NEVER, 'NaN', '5', '', true];
const NO_IDS = [
  ...NO_NUMBERS,
  ...['0', '-0', '-1', '1.5', '1e-3', '9007199254740993', '9223372036854775808', '1e25'].map(raw),
];
const NO_INTEGERS = [...NO_NUMBERS, ...['2147483648', '-2147483649', '0.5'].map(raw)];
const NO_ISK = [...NO_NUMBERS, ...['1e18', '-1e18', '1e300', '999999999999999999'].map(raw)];
const NO_TEXTS = [...NEVER, 5, true];
const NO_FLAGS = [...NEVER, 'true', 1, 0];
const NO_DATES = [
  ...NO_TEXTS,
  ...['', 'soon', '2026-09-08', '2026-09-08T12:00:00', '2026-02-30T00:00:00Z', 'infinity'],
  ...['0000-01-01T00:00:00Z', '10000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z'],
  ...['2016-12-31T23:59:60Z', '2026-09-08T24:00:00Z', '9999-12-31T23:59:59-01:00'],
];
const MISSING = [undefined, null];

/** One field and a value that breaks it. */
export type Poison = readonly [field: string, value: unknown];

function poisons(values: Readonly<Record<string, readonly unknown[]>>): Poison[] {
  return Object.entries(values).flatMap(([field, list]) =>
    list.map((value) => [field, value] as const),
  );
}

/** Every field of a listed contract but its id, broken in every way. */
export const CONTRACT_POISONS = poisons({
  type: [...MISSING, ...NO_TEXTS],
  issuer_id: [...MISSING, ...NO_IDS],
  issuer_corporation_id: [...MISSING, ...NO_IDS],
  for_corporation: NO_FLAGS,
  title: NO_TEXTS,
  price: NO_ISK,
  reward: NO_ISK,
  collateral: NO_ISK,
  buyout: NO_ISK,
  volume: NO_NUMBERS,
  days_to_complete: NO_INTEGERS,
  start_location_id: NO_IDS,
  end_location_id: NO_IDS,
  date_issued: [...MISSING, ...NO_DATES],
  date_expired: [...MISSING, ...NO_DATES],
});

/** Every field of an item row, broken in every way. */
export const ITEM_POISONS = poisons({
  record_id: [...MISSING, ...NO_IDS],
  type_id: [...MISSING, ...NO_IDS, raw('2147483648')],
  quantity: [...MISSING, ...NO_IDS],
  is_included: [...MISSING, ...NO_FLAGS],
  is_blueprint_copy: NO_FLAGS,
  item_id: NO_IDS,
  runs: NO_INTEGERS,
  material_efficiency: NO_INTEGERS,
  time_efficiency: NO_INTEGERS,
});

/** Every field of a type that is used, broken in every way. */
export const TYPE_POISONS = poisons({
  type_id: [...MISSING, ...NO_IDS, raw('7')],
  name: [...MISSING, ...NO_TEXTS],
  group_id: [...MISSING, ...NO_INTEGERS],
  published: [...MISSING, ...NO_FLAGS],
  volume: NO_NUMBERS,
  packaged_volume: NO_NUMBERS,
  market_group_id: NO_INTEGERS,
});
