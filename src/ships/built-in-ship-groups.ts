/**
 * The published groups of category 6 (ships) as of ESI's answer of 2026-03-12 and the client's
 * groups of June 2026; used only when ESI cannot be asked. A list like this ages.
 */
export const BUILT_IN_SHIP_GROUP_IDS: readonly number[] = [
  25, 26, 27, 28, 29, 30, 31, 237, 324, 358, 380, 419, 420, 463, 485, 513, 540, 541, 543, 547, 659,
  830, 831, 832, 833, 834, 883, 893, 894, 898, 900, 902, 906, 941, 963, 1022, 1201, 1202, 1283,
  1305, 1527, 1534, 1538, 1972, 4594, 4902, 5087, 5120,
];
