/** One column: its name and its PostgreSQL type. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** One column a line: name and type. */
export const columns = (definitions: string): readonly Column[] =>
  definitions
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', ...type] = line.trim().split(' ');
      return { name, type: type.join(' ') };
    });

/** What a listing says of a contract, but for its dates: an auction's are blurred and drift. */
export const LISTING_COLUMNS = columns(`
  region_id integer
  type text
  title text
  price numeric(20,2)
  reward numeric(20,2)
  collateral numeric(20,2)
  buyout numeric(20,2)
  volume double precision
  days_to_complete integer
  issuer_id bigint
  issuer_corporation_id bigint
  for_corporation boolean
  start_location_id bigint
  end_location_id bigint
`);

export const DATE_COLUMNS = columns(`
  date_issued timestamptz
  date_expired timestamptz
`);

/** What is decided from a contract's items. */
export const CLASSIFICATION_COLUMNS = columns(`
  is_ship_contract boolean
  ship_reason text
  contains_additional_items boolean
  requests_items boolean
  ship_type_id integer
  quantity bigint
  is_blueprint_copy boolean
  runs integer
  material_efficiency integer
  time_efficiency integer
`);

/** How asking for a contract's items went. */
export const ITEMS_STATUS_COLUMNS = columns(`
  items_status text
  items_fetched_at timestamptz
  items_attempts smallint
  items_retry_at timestamptz
`);

export const CONTRACT_ID: readonly Column[] = [{ name: 'contract_id', type: 'bigint' }];

export const ITEM_COLUMNS = columns(`
  record_id bigint
  type_id integer
  quantity bigint
  is_included boolean
  is_blueprint_copy boolean
  item_id bigint
  runs integer
  material_efficiency integer
  time_efficiency integer
`);

export const TYPE_COLUMNS = columns(`
  name text
  group_id integer
  category_id integer
  published boolean
  volume double precision
  packaged_volume double precision
  market_group_id integer
  last_refreshed_at timestamptz
  refresh_error text
  is_ship boolean
`);

/** `a, b, c` */
export function names(list: readonly Column[], qualifier = ''): string {
  return list.map(({ name }) => qualifier + name).join(', ');
}

/** `a = row.a, b = row.b` */
export function assignments(list: readonly Column[], source: string): string {
  return list.map(({ name }) => `${name} = ${source}.${name}`).join(', ');
}

/** `contract_id` → `contractId` */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** True when a row differs in one of the columns; null equals null. */
export function differs(list: readonly Column[], left: string, right: string): string {
  return `(${names(list, `${left}.`)}) IS DISTINCT FROM (${names(list, `${right}.`)})`;
}
