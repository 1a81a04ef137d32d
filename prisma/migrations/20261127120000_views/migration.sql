-- CreateView
CREATE VIEW "contract_offers" AS
SELECT
  contracts."contract_id",
  'contract:0//' || contracts."contract_id" AS "link",
  contracts."type",
  contracts."title",
  contracts."price",
  contracts."buyout",
  contracts."region_id",
  regions."name" AS "region",
  locations."system_id",
  systems."name" AS "system",
  systems."security_status" AS "security_status",
  systems."security" AS "security",
  systems."security_class" AS "security_class",
  contracts."start_location_id" AS "location_id",
  locations."name" AS "location",
  locations."kind" AS "location_kind",
  contracts."issuer_id",
  issuer."name" AS "issuer",
  contracts."issuer_corporation_id" AS "corporation_id",
  corporation."name" AS "corporation",
  contracts."for_corporation",
  contracts."volume",
  contracts."date_issued",
  contracts."date_expired",
  contracts."date_expired" - now() AS "time_left",
  contracts."first_seen_at",
  contracts."requests_items",
  contracts."contains_additional_items",
  contracts."changed_in"
FROM "contracts" AS contracts
LEFT JOIN "regions" AS regions ON regions."region_id" = contracts."region_id"
LEFT JOIN "locations" AS locations ON locations."location_id" = contracts."start_location_id"
LEFT JOIN "systems" AS systems ON systems."system_id" = locations."system_id"
LEFT JOIN "esi_names" AS issuer ON issuer."id" = contracts."issuer_id"
LEFT JOIN "esi_names" AS corporation ON corporation."id" = contracts."issuer_corporation_id"
WHERE contracts."status" = 'outstanding' AND contracts."date_expired" > now();

-- CreateView
CREATE VIEW "ship_offers" AS
SELECT
  contracts."contract_id",
  'contract:0//' || contracts."contract_id" AS "link",
  contracts."type",
  contracts."title",
  contracts."price",
  contracts."buyout",
  contracts."region_id",
  regions."name" AS "region",
  locations."system_id",
  systems."name" AS "system",
  systems."security_status" AS "security_status",
  systems."security" AS "security",
  systems."security_class" AS "security_class",
  contracts."start_location_id" AS "location_id",
  locations."name" AS "location",
  locations."kind" AS "location_kind",
  contracts."issuer_id",
  issuer."name" AS "issuer",
  contracts."issuer_corporation_id" AS "corporation_id",
  corporation."name" AS "corporation",
  contracts."for_corporation",
  contracts."volume",
  contracts."date_issued",
  contracts."date_expired",
  contracts."date_expired" - now() AS "time_left",
  contracts."first_seen_at",
  contracts."requests_items",
  contracts."contains_additional_items",
  contracts."changed_in",
  contracts."ship_type_id",
  hull."name" AS "hull",
  hull."group_id" AS "hull_group_id",
  hull_group."name" AS "hull_group",
  contracts."quantity",
  round(contracts."price" / nullif(contracts."quantity", 0), 2) AS "price_each",
  contracts."ship_reason"
FROM "contracts" AS contracts
LEFT JOIN "esi_type_cache" AS hull ON hull."type_id" = contracts."ship_type_id"
LEFT JOIN "esi_groups" AS hull_group ON hull_group."group_id" = hull."group_id"
LEFT JOIN "regions" AS regions ON regions."region_id" = contracts."region_id"
LEFT JOIN "locations" AS locations ON locations."location_id" = contracts."start_location_id"
LEFT JOIN "systems" AS systems ON systems."system_id" = locations."system_id"
LEFT JOIN "esi_names" AS issuer ON issuer."id" = contracts."issuer_id"
LEFT JOIN "esi_names" AS corporation ON corporation."id" = contracts."issuer_corporation_id"
WHERE contracts."is_ship_contract" AND contracts."status" = 'outstanding' AND contracts."date_expired" > now();

-- CreateView
CREATE VIEW "blueprint_offers" AS
SELECT
  contracts."contract_id",
  'contract:0//' || contracts."contract_id" AS "link",
  contracts."type",
  contracts."title",
  contracts."price",
  contracts."buyout",
  contracts."region_id",
  regions."name" AS "region",
  locations."system_id",
  systems."name" AS "system",
  systems."security_status" AS "security_status",
  systems."security" AS "security",
  systems."security_class" AS "security_class",
  contracts."start_location_id" AS "location_id",
  locations."name" AS "location",
  locations."kind" AS "location_kind",
  contracts."issuer_id",
  issuer."name" AS "issuer",
  contracts."issuer_corporation_id" AS "corporation_id",
  corporation."name" AS "corporation",
  contracts."for_corporation",
  contracts."volume",
  contracts."date_issued",
  contracts."date_expired",
  contracts."date_expired" - now() AS "time_left",
  contracts."first_seen_at",
  contracts."requests_items",
  contracts."contains_additional_items",
  contracts."changed_in",
  item."type_id" AS "blueprint_type_id",
  blueprint."name" AS "blueprint",
  item."quantity",
  item."is_blueprint_copy",
  item."runs",
  item."material_efficiency",
  item."time_efficiency",
  kind."is_clean",
  CASE WHEN kind."is_clean" AND item."is_blueprint_copy" THEN round(contracts."price" / nullif((
    SELECT sum(other."quantity" * other."runs") FROM "contract_items" AS other
    WHERE other."contract_id" = contracts."contract_id"), 0), 2) END AS "price_per_run"
FROM "contracts" AS contracts
JOIN "contract_items" AS item ON item."contract_id" = contracts."contract_id"
LEFT JOIN "esi_type_cache" AS blueprint ON blueprint."type_id" = item."type_id"
CROSS JOIN LATERAL (SELECT contracts."type" = 'item_exchange' AND contracts."price" > 0
  AND NOT contracts."requests_items" AND (NOT contracts."contains_additional_items" OR NOT EXISTS (
    SELECT 1 FROM "contract_items" AS other WHERE other."contract_id" = contracts."contract_id"
      AND (other."type_id", other."is_blueprint_copy", other."runs", other."material_efficiency", other."time_efficiency")
        IS DISTINCT FROM
        (item."type_id", item."is_blueprint_copy", item."runs", item."material_efficiency", item."time_efficiency"))) AS "is_clean") AS kind
LEFT JOIN "regions" AS regions ON regions."region_id" = contracts."region_id"
LEFT JOIN "locations" AS locations ON locations."location_id" = contracts."start_location_id"
LEFT JOIN "systems" AS systems ON systems."system_id" = locations."system_id"
LEFT JOIN "esi_names" AS issuer ON issuer."id" = contracts."issuer_id"
LEFT JOIN "esi_names" AS corporation ON corporation."id" = contracts."issuer_corporation_id"
WHERE item."is_included" AND (item."is_blueprint_copy" OR blueprint."category_id" = 9)
  AND item."contract_id" >= (SELECT min("contract_id") FROM "contracts" WHERE "status" = 'outstanding')
  AND contracts."status" = 'outstanding' AND contracts."date_expired" > now();

-- CreateView
CREATE VIEW "courier_offers" AS
SELECT
  contracts."contract_id",
  'contract:0//' || contracts."contract_id" AS "link",
  contracts."title",
  contracts."reward",
  contracts."collateral",
  contracts."volume",
  contracts."days_to_complete",
  contracts."start_location_id",
  start_place."name" AS "start_location",
  start_place."kind" AS "start_location_kind",
  start_place."system_id" AS "start_system_id",
  start_system."name" AS "start_system",
  start_system."security_status" AS "start_security_status",
  start_system."security" AS "start_security",
  start_system."security_class" AS "start_security_class",
  start_region."region_id" AS "start_region_id",
  start_region."name" AS "start_region",
  contracts."end_location_id",
  end_place."name" AS "end_location",
  end_place."kind" AS "end_location_kind",
  end_place."system_id" AS "end_system_id",
  end_system."name" AS "end_system",
  end_system."security_status" AS "end_security_status",
  end_system."security" AS "end_security",
  end_system."security_class" AS "end_security_class",
  end_region."region_id" AS "end_region_id",
  end_region."name" AS "end_region",
  route."jumps",
  route."jumps_high_sec",
  route."min_security",
  round(contracts."reward" / nullif(route."jumps", 0), 2) AS "reward_per_jump",
  round(contracts."reward" / nullif(contracts."volume", 0)::numeric, 2) AS "reward_per_m3",
  contracts."issuer_id",
  issuer."name" AS "issuer",
  contracts."issuer_corporation_id" AS "corporation_id",
  corporation."name" AS "corporation",
  contracts."for_corporation",
  contracts."date_issued",
  contracts."date_expired",
  contracts."date_expired" - now() AS "time_left",
  contracts."first_seen_at",
  contracts."changed_in"
FROM "contracts" AS contracts
LEFT JOIN "locations" AS start_place ON start_place."location_id" = contracts."start_location_id"
LEFT JOIN "systems" AS start_system ON start_system."system_id" = start_place."system_id"
LEFT JOIN "regions" AS start_region ON start_region."region_id" = contracts."region_id"
LEFT JOIN "locations" AS end_place ON end_place."location_id" = contracts."end_location_id"
LEFT JOIN "systems" AS end_system ON end_system."system_id" = end_place."system_id"
LEFT JOIN "regions" AS end_region ON end_region."region_id" = end_system."region_id"
LEFT JOIN "courier_routes" AS route ON route."start_system_id" = start_place."system_id"
  AND route."end_system_id" = end_place."system_id"
LEFT JOIN "esi_names" AS issuer ON issuer."id" = contracts."issuer_id"
LEFT JOIN "esi_names" AS corporation ON corporation."id" = contracts."issuer_corporation_id"
WHERE contracts."type" = 'courier' AND contracts."status" = 'outstanding' AND contracts."date_expired" > now();

-- CreateView
CREATE VIEW "region_coverage" AS
SELECT
  regions."region_id",
  regions."name" AS "region",
  CASE WHEN regions."is_read" THEN regions."listed_contracts" END AS "listed",
  stored."contracts" AS "stored",
  regions."capped",
  regions."snapshot_last_modified" AS "as_of",
  regions."checked_at",
  regions."snapshot_last_modified" IS NOT NULL AND NOT regions."capped"
    AND stored."contracts" >= regions."listed_contracts" AS "is_complete"
FROM "regions" AS regions
CROSS JOIN LATERAL (SELECT count(*)::integer AS "contracts" FROM "contracts"
  WHERE "contracts"."region_id" = regions."region_id" AND "status" = 'outstanding') AS stored;

-- CreateIndex
CREATE INDEX "contracts_couriers_idx" ON "contracts"("reward")
    WHERE "type" = 'courier' AND "status" = 'outstanding';

-- CreateIndex
CREATE INDEX "contracts_outstanding_id_idx" ON "contracts"("contract_id")
    WHERE "status" = 'outstanding';
