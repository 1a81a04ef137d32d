import type { Named } from './names.ts';

/**
 * The published groups of category 6 (ships) as of ESI's answer of 2026-03-12 and the client's
 * groups of June 2026. A list like this ages: a run uses it only when ESI cannot be asked. It is
 * also what a user may call a group by: names of groups are not stored.
 */
export const BUILT_IN_SHIP_GROUPS: readonly Named[] = [
  { id: 25, name: 'Frigate' },
  { id: 26, name: 'Cruiser' },
  { id: 27, name: 'Battleship' },
  { id: 28, name: 'Hauler' },
  { id: 29, name: 'Capsule' },
  { id: 30, name: 'Titan' },
  { id: 31, name: 'Shuttle' },
  { id: 237, name: 'Corvette' },
  { id: 324, name: 'Assault Frigate' },
  { id: 358, name: 'Heavy Assault Cruiser' },
  { id: 380, name: 'Deep Space Transport' },
  { id: 419, name: 'Combat Battlecruiser' },
  { id: 420, name: 'Destroyer' },
  { id: 463, name: 'Mining Barge' },
  { id: 485, name: 'Dreadnought' },
  { id: 513, name: 'Freighter' },
  { id: 540, name: 'Command Ship' },
  { id: 541, name: 'Interdictor' },
  { id: 543, name: 'Exhumer' },
  { id: 547, name: 'Carrier' },
  { id: 659, name: 'Supercarrier' },
  { id: 830, name: 'Covert Ops' },
  { id: 831, name: 'Interceptor' },
  { id: 832, name: 'Logistics' },
  { id: 833, name: 'Force Recon Ship' },
  { id: 834, name: 'Stealth Bomber' },
  { id: 883, name: 'Capital Industrial Ship' },
  { id: 893, name: 'Electronic Attack Ship' },
  { id: 894, name: 'Heavy Interdiction Cruiser' },
  { id: 898, name: 'Black Ops' },
  { id: 900, name: 'Marauder' },
  { id: 902, name: 'Jump Freighter' },
  { id: 906, name: 'Combat Recon Ship' },
  { id: 941, name: 'Industrial Command Ship' },
  { id: 963, name: 'Strategic Cruiser' },
  { id: 1022, name: 'Prototype Exploration Ship' },
  { id: 1201, name: 'Attack Battlecruiser' },
  { id: 1202, name: 'Blockade Runner' },
  { id: 1283, name: 'Expedition Frigate' },
  { id: 1305, name: 'Tactical Destroyer' },
  { id: 1527, name: 'Logistics Frigate' },
  { id: 1534, name: 'Command Destroyer' },
  { id: 1538, name: 'Force Auxiliary' },
  { id: 1972, name: 'Flag Cruiser' },
  { id: 4594, name: 'Lancer Dreadnought' },
  { id: 4902, name: 'Expedition Command Ship' },
  { id: 5087, name: 'Special Edition Yachts' },
  { id: 5120, name: 'Command Carrier' },
];

export const BUILT_IN_SHIP_GROUP_IDS: readonly number[] = BUILT_IN_SHIP_GROUPS.map(({ id }) => id);
