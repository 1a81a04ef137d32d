-- AlterTable
ALTER TABLE "contracts" ADD COLUMN "outcome" TEXT,
ADD COLUMN "outcome_confidence" TEXT,
ADD COLUMN "outcome_price" DECIMAL(20,2),
ADD COLUMN "outcome_evidence" JSONB,
ADD COLUMN "successor_id" BIGINT;

-- CreateIndex
CREATE INDEX "contracts_ended_before_idx" ON "contracts"("ended_before")
    WHERE "ended_before" IS NOT NULL;

-- CreateIndex
CREATE INDEX "contracts_successor_id_idx" ON "contracts"("successor_id")
    WHERE "successor_id" IS NOT NULL;

-- CreateIndex
CREATE INDEX "contracts_issuer_goods_idx" ON "contracts"("issuer_id", "contract_id")
    WHERE "items_status" = 'fetched';

-- CreateTable
CREATE TABLE "contract_bids" (
    "contract_id" BIGINT NOT NULL,
    "bid_id" BIGINT NOT NULL,
    "amount" DECIMAL(20,2) NOT NULL,
    "date_bid" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "contract_bids_pkey" PRIMARY KEY ("contract_id","bid_id"),
    CONSTRAINT "contract_bids_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contracts"("contract_id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "auction_looks" (
    "contract_id" BIGINT NOT NULL,
    "etag" TEXT,
    "seen_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "auction_looks_pkey" PRIMARY KEY ("contract_id"),
    CONSTRAINT "auction_looks_contract_id_fkey" FOREIGN KEY ("contract_id") REFERENCES "contracts"("contract_id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "daily_prices" (
    "day" DATE NOT NULL,
    "region_id" INTEGER NOT NULL,
    "type_id" INTEGER NOT NULL,
    "is_blueprint_copy" BOOLEAN NOT NULL,
    "runs" INTEGER NOT NULL,
    "material_efficiency" INTEGER NOT NULL,
    "time_efficiency" INTEGER NOT NULL,
    "confirmed_n" INTEGER NOT NULL,
    "confirmed_sellers" INTEGER NOT NULL,
    "confirmed_minimum" DECIMAL(20,2),
    "confirmed_q1" DECIMAL(20,2),
    "confirmed_median" DECIMAL(20,2),
    "confirmed_q3" DECIMAL(20,2),
    "confirmed_maximum" DECIMAL(20,2),
    "confirmed_outliers" INTEGER NOT NULL,
    "likely_n" INTEGER NOT NULL,
    "likely_sellers" INTEGER NOT NULL,
    "likely_minimum" DECIMAL(20,2),
    "likely_q1" DECIMAL(20,2),
    "likely_median" DECIMAL(20,2),
    "likely_q3" DECIMAL(20,2),
    "likely_maximum" DECIMAL(20,2),
    "likely_outliers" INTEGER NOT NULL,
    "unknown_n" INTEGER NOT NULL,
    "unknown_sellers" INTEGER NOT NULL,
    "unknown_minimum" DECIMAL(20,2),
    "unknown_q1" DECIMAL(20,2),
    "unknown_median" DECIMAL(20,2),
    "unknown_q3" DECIMAL(20,2),
    "unknown_maximum" DECIMAL(20,2),
    "unknown_outliers" INTEGER NOT NULL,
    "excluded" JSONB NOT NULL,

    CONSTRAINT "daily_prices_pkey" PRIMARY KEY ("day","region_id","type_id","is_blueprint_copy","runs","material_efficiency","time_efficiency")
);

-- CreateIndex
CREATE INDEX "daily_prices_type_id_idx" ON "daily_prices"("type_id", "day");

-- CreateTable
CREATE TABLE "outcome_progress" (
    "name" TEXT NOT NULL,
    "rules_version" INTEGER NOT NULL,
    "decided_through" BIGINT NOT NULL,
    "history_after" BIGINT,
    "priced_through" BIGINT NOT NULL,
    "pruned_before" DATE,

    CONSTRAINT "outcome_progress_pkey" PRIMARY KEY ("name")
);

-- What is stored of a contract before it is classified says nothing of the rest of it
CREATE OR REPLACE VIEW "blueprint_offers" AS
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
CROSS JOIN LATERAL (SELECT contracts."items_status" = 'fetched' AND contracts."type" = 'item_exchange' AND contracts."price" > 0
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
CREATE VIEW "contract_goods" AS
SELECT
  contracts."contract_id",
  item."type_id",
  item."is_blueprint_copy",
  item."runs",
  item."material_efficiency",
  item."time_efficiency",
  CASE WHEN NOT contracts."contains_additional_items" THEN item."quantity"
    ELSE (SELECT sum(other."quantity") FROM "contract_items" AS other
      WHERE other."contract_id" = contracts."contract_id" AND other."is_included") END AS "quantity"
FROM "contracts" AS contracts
JOIN "contract_items" AS item ON item."contract_id" = contracts."contract_id"
WHERE contracts."items_status" = 'fetched' AND item."is_included" AND item."quantity" > 0
  AND (NOT contracts."contains_additional_items" OR (
    item."record_id" = (SELECT min(other."record_id") FROM "contract_items" AS other
      WHERE other."contract_id" = contracts."contract_id" AND other."is_included")
    AND NOT EXISTS (SELECT 1 FROM "contract_items" AS other
      WHERE other."contract_id" = contracts."contract_id" AND other."is_included"
        AND (other."type_id", other."is_blueprint_copy", other."runs", other."material_efficiency", other."time_efficiency")
          IS DISTINCT FROM
          (item."type_id", item."is_blueprint_copy", item."runs", item."material_efficiency", item."time_efficiency"))));

-- CreateView
CREATE VIEW "contract_ends" AS
SELECT
  contracts."contract_id",
  contracts."type",
  contracts."region_id",
  (contracts."ended_before" AT TIME ZONE 'UTC')::date AS "day",
  contracts."ended_after",
  contracts."ended_before",
  contracts."issuer_id",
  goods."type_id",
  goods."is_blueprint_copy",
  goods."runs",
  goods."material_efficiency",
  goods."time_efficiency",
  goods."quantity",
  contracts."outcome",
  contracts."outcome_confidence",
  CASE WHEN counted."excluded" IS NULL THEN CASE contracts."outcome"
    WHEN 'sold' THEN 'confirmed' WHEN 'sold_likely' THEN 'likely' ELSE 'unknown' END END AS "certainty",
  CASE WHEN counted."excluded" IS NULL THEN round(
    CASE contracts."type" WHEN 'auction' THEN contracts."outcome_price" ELSE contracts."price" END
      / goods."quantity", 2) END AS "price_each",
  counted."excluded"
FROM "contracts" AS contracts
JOIN "contract_goods" AS goods ON goods."contract_id" = contracts."contract_id"
CROSS JOIN LATERAL (SELECT CASE
  WHEN contracts."outcome" = 'expired' THEN 'expired'
  WHEN contracts."outcome" IN ('relisted', 'relisted_likely') THEN 'relisted'
  WHEN contracts."requests_items" THEN 'asks_in_return'
  WHEN contracts."type" = 'auction' AND contracts."outcome_price" IS NULL THEN 'auction_price_unknown'
  WHEN contracts."type" <> 'auction' AND coalesce(contracts."price", 0) <= 0 THEN 'no_price'
  END AS "excluded") AS counted
WHERE contracts."outcome" IS NOT NULL AND contracts."ended_before" IS NOT NULL;

-- CreateView
CREATE VIEW "contract_sales" AS
SELECT
  ends."contract_id",
  'contract:0//' || ends."contract_id" AS "link",
  ends."type",
  ends."region_id",
  regions."name" AS "region",
  ends."day",
  ends."ended_after",
  ends."ended_before",
  ends."type_id",
  item_type."name" AS "item",
  ends."is_blueprint_copy",
  ends."runs",
  ends."material_efficiency",
  ends."time_efficiency",
  ends."quantity",
  contracts."price" AS "asked",
  CASE WHEN ends."certainty" IN ('confirmed', 'likely') THEN
    CASE ends."type" WHEN 'auction' THEN contracts."outcome_price" ELSE contracts."price" END END AS "paid",
  ends."price_each",
  ends."certainty",
  ends."outcome",
  ends."outcome_confidence",
  CASE
    WHEN ends."outcome" = 'sold' AND ends."outcome_confidence" = 'high' THEN 'ESI says that a player accepted it'
    WHEN ends."outcome" = 'sold' THEN 'ESI says that a player accepted it, but its issuer listed the same item again'
    WHEN ends."outcome" = 'sold_likely' THEN 'the auction ended with a bid; it went for the last bid seen or more'
    WHEN ends."outcome" = 'expired' THEN 'its time ran out and nobody is known to have taken it'
    WHEN ends."outcome" = 'relisted' THEN 'its issuer listed the same item again'
    WHEN ends."outcome" = 'relisted_likely' THEN 'its issuer listed the like within two hours'
    WHEN contracts."outcome_evidence" -> 'probe' IS NOT NULL THEN 'sold or withdrawn: ESI was asked, and its answer does not tell'
    WHEN contracts."outcome_evidence" ->> 'probes' = 'off' THEN 'sold or withdrawn: ESI was not asked, since OUTCOME_PROBES is 0'
    ELSE 'sold or withdrawn: ESI was not asked'
  END AS "basis",
  ends."issuer_id",
  issuer."name" AS "issuer",
  contracts."is_ship_contract",
  contracts."successor_id",
  contracts."changed_in"
FROM "contract_ends" AS ends
JOIN "contracts" AS contracts ON contracts."contract_id" = ends."contract_id"
LEFT JOIN "esi_type_cache" AS item_type ON item_type."type_id" = ends."type_id"
LEFT JOIN "regions" AS regions ON regions."region_id" = ends."region_id"
LEFT JOIN "esi_names" AS issuer ON issuer."id" = ends."issuer_id"
WHERE ends."excluded" IS NULL OR ends."excluded" IN ('expired', 'relisted');


COMMENT ON COLUMN "contracts"."outcome" IS 'What became of it: sold | sold_likely | relisted | relisted_likely | expired | sold_or_withdrawn | buyout_or_withdrawn | taken_or_withdrawn; null while it is open, and where nothing is known.';
COMMENT ON COLUMN "contracts"."outcome_confidence" IS 'high | medium | none: what the outcome is worth. None says only what it may be.';
COMMENT ON COLUMN "contracts"."outcome_price" IS 'ISK that it went for, of auctions the last bid seen (at least that) or the buyout; null where that is not known.';
COMMENT ON COLUMN "contracts"."outcome_evidence" IS 'All that speaks for the outcome: rules, probe, lastBid, successorId, rulesVersion; voided: of an earlier end that was none.';
COMMENT ON COLUMN "contracts"."successor_id" IS 'The next contract of the same issuer with the same goods.';
COMMENT ON TABLE "contract_bids" IS 'Bids of auctions, as far as ESI was asked in time. ESI does not say who bids.';
COMMENT ON COLUMN "contract_bids"."contract_id" IS 'The auction.';
COMMENT ON COLUMN "contract_bids"."bid_id" IS 'ESI''s id of the bid.';
COMMENT ON COLUMN "contract_bids"."amount" IS 'ISK.';
COMMENT ON COLUMN "contract_bids"."date_bid" IS 'When it was made.';
COMMENT ON TABLE "auction_looks" IS 'When ESI was last asked for the bids of an auction.';
COMMENT ON COLUMN "auction_looks"."contract_id" IS 'The auction.';
COMMENT ON COLUMN "auction_looks"."etag" IS 'Of ESI''s answer; asks whether anything is new.';
COMMENT ON COLUMN "auction_looks"."seen_at" IS 'The bids are those of this time, by ESI''s clock.';
COMMENT ON COLUMN "auction_looks"."expires_at" IS 'Not asked again before.';
COMMENT ON TABLE "daily_prices" IS 'What went for how much: one row a day (UTC, of ended_before), region and kind of thing. Expired and relisted contracts never count.';
COMMENT ON COLUMN "daily_prices"."day" IS 'Day in UTC.';
COMMENT ON COLUMN "daily_prices"."region_id" IS 'The region of the contracts.';
COMMENT ON COLUMN "daily_prices"."type_id" IS 'What it is: esi_type_cache.';
COMMENT ON COLUMN "daily_prices"."is_blueprint_copy" IS 'A copy of a blueprint.';
COMMENT ON COLUMN "daily_prices"."runs" IS 'Runs of a blueprint copy; 0 for all else.';
COMMENT ON COLUMN "daily_prices"."material_efficiency" IS 'Of a blueprint, in percent; 0 for all else.';
COMMENT ON COLUMN "daily_prices"."time_efficiency" IS 'Of a blueprint, in percent; 0 for all else.';
COMMENT ON COLUMN "daily_prices"."confirmed_n" IS 'How many contracts that ESI says a player accepted (sold).';
COMMENT ON COLUMN "daily_prices"."confirmed_sellers" IS 'Issuers of these.';
COMMENT ON COLUMN "daily_prices"."confirmed_minimum" IS 'Lowest ISK each, of the confirmed ones.';
COMMENT ON COLUMN "daily_prices"."confirmed_q1" IS 'First quartile, of the confirmed ones.';
COMMENT ON COLUMN "daily_prices"."confirmed_median" IS 'Median, of the confirmed ones.';
COMMENT ON COLUMN "daily_prices"."confirmed_q3" IS 'Third quartile, of the confirmed ones.';
COMMENT ON COLUMN "daily_prices"."confirmed_maximum" IS 'Highest ISK each, of the confirmed ones.';
COMMENT ON COLUMN "daily_prices"."confirmed_outliers" IS 'Of these, over 3 times or under a third of their median, from 5 on; they count above.';
COMMENT ON COLUMN "daily_prices"."likely_n" IS 'How many auctions that ended with a bid (sold_likely); prices are at least these.';
COMMENT ON COLUMN "daily_prices"."likely_sellers" IS 'Issuers of these.';
COMMENT ON COLUMN "daily_prices"."likely_minimum" IS 'Lowest ISK each, of the likely ones.';
COMMENT ON COLUMN "daily_prices"."likely_q1" IS 'First quartile, of the likely ones.';
COMMENT ON COLUMN "daily_prices"."likely_median" IS 'Median, of the likely ones.';
COMMENT ON COLUMN "daily_prices"."likely_q3" IS 'Third quartile, of the likely ones.';
COMMENT ON COLUMN "daily_prices"."likely_maximum" IS 'Highest ISK each, of the likely ones.';
COMMENT ON COLUMN "daily_prices"."likely_outliers" IS 'Of these, over 3 times or under a third of their median, from 5 on; they count above.';
COMMENT ON COLUMN "daily_prices"."unknown_n" IS 'How many contracts that were sold or withdrawn, nobody can tell which; prices are what was asked.';
COMMENT ON COLUMN "daily_prices"."unknown_sellers" IS 'Issuers of these.';
COMMENT ON COLUMN "daily_prices"."unknown_minimum" IS 'Lowest ISK each, of the unknown ones.';
COMMENT ON COLUMN "daily_prices"."unknown_q1" IS 'First quartile, of the unknown ones.';
COMMENT ON COLUMN "daily_prices"."unknown_median" IS 'Median, of the unknown ones.';
COMMENT ON COLUMN "daily_prices"."unknown_q3" IS 'Third quartile, of the unknown ones.';
COMMENT ON COLUMN "daily_prices"."unknown_maximum" IS 'Highest ISK each, of the unknown ones.';
COMMENT ON COLUMN "daily_prices"."unknown_outliers" IS 'Of these, over 3 times or under a third of their median, from 5 on; they count above.';
COMMENT ON COLUMN "daily_prices"."excluded" IS 'Reason → how many contracts of the kind do not count: expired, relisted, asks_in_return, no_price, auction_price_unknown.';
COMMENT ON TABLE "outcome_progress" IS 'How far the outcomes and what follows from them have come.';
COMMENT ON COLUMN "outcome_progress"."name" IS '`outcomes`';
COMMENT ON COLUMN "outcome_progress"."rules_version" IS 'The rules that the outcomes follow.';
COMMENT ON COLUMN "outcome_progress"."decided_through" IS 'What runs up to this number changed is decided.';
COMMENT ON COLUMN "outcome_progress"."history_after" IS 'Ended contracts after this one still follow the rules of before; null for none.';
COMMENT ON COLUMN "outcome_progress"."priced_through" IS 'What runs up to this number changed is in daily_prices.';
COMMENT ON COLUMN "outcome_progress"."pruned_before" IS 'Ended contracts of the days before were deleted; daily_prices keeps these days as they are.';
COMMENT ON VIEW "contract_goods" IS 'Contracts that hold one kind of thing, whatever they ask for in return.';
COMMENT ON COLUMN "contract_goods"."contract_id" IS 'ESI''s id of the contract.';
COMMENT ON COLUMN "contract_goods"."type_id" IS 'What it is.';
COMMENT ON COLUMN "contract_goods"."is_blueprint_copy" IS 'A copy of a blueprint.';
COMMENT ON COLUMN "contract_goods"."runs" IS 'Runs of a blueprint copy.';
COMMENT ON COLUMN "contract_goods"."material_efficiency" IS 'Of a blueprint, in percent.';
COMMENT ON COLUMN "contract_goods"."time_efficiency" IS 'Of a blueprint, in percent.';
COMMENT ON COLUMN "contract_goods"."quantity" IS 'So many of it.';
COMMENT ON VIEW "contract_ends" IS 'Ended contracts that hold one kind of thing, and whether they count as prices.';
COMMENT ON COLUMN "contract_ends"."contract_id" IS 'ESI''s id of the contract.';
COMMENT ON COLUMN "contract_ends"."type" IS 'item_exchange or auction.';
COMMENT ON COLUMN "contract_ends"."region_id" IS 'The region whose listing showed it.';
COMMENT ON COLUMN "contract_ends"."ended_after" IS 'It ended after this: ESI''s time of the last complete listing that showed it.';
COMMENT ON COLUMN "contract_ends"."ended_before" IS 'It ended before this: ESI''s time of the first complete listing that did not show it.';
COMMENT ON COLUMN "contract_ends"."day" IS 'Of ended_before, in UTC.';
COMMENT ON COLUMN "contract_ends"."type_id" IS 'What it is.';
COMMENT ON COLUMN "contract_ends"."is_blueprint_copy" IS 'A copy of a blueprint.';
COMMENT ON COLUMN "contract_ends"."runs" IS 'Runs of a blueprint copy.';
COMMENT ON COLUMN "contract_ends"."material_efficiency" IS 'Of a blueprint, in percent.';
COMMENT ON COLUMN "contract_ends"."time_efficiency" IS 'Of a blueprint, in percent.';
COMMENT ON COLUMN "contract_ends"."quantity" IS 'So many of it.';
COMMENT ON COLUMN "contract_ends"."outcome" IS 'What became of it, as far as it can be known.';
COMMENT ON COLUMN "contract_ends"."outcome_confidence" IS 'high | medium | none: what the outcome is worth.';
COMMENT ON COLUMN "contract_ends"."certainty" IS 'confirmed (ESI says that a player accepted it) | likely (the auction ended with a bid) | unknown (sold or withdrawn, nobody can tell which); null where it does not count.';
COMMENT ON COLUMN "contract_ends"."price_each" IS 'ISK for one: paid where it is confirmed or likely, asked where it is unknown; null where it does not count.';
COMMENT ON COLUMN "contract_ends"."issuer_id" IS 'The character who issued it.';
COMMENT ON COLUMN "contract_ends"."excluded" IS 'Why it does not count: expired | relisted | asks_in_return | no_price | auction_price_unknown; null where it does.';
COMMENT ON VIEW "contract_sales" IS 'Ended contracts of one kind of thing with a price, one row each, and what is known of their end. Only confirmed and likely ones are sales; nobody can tell how many of the unknown ones were withdrawn.';
COMMENT ON COLUMN "contract_sales"."contract_id" IS 'ESI''s id of the contract.';
COMMENT ON COLUMN "contract_sales"."link" IS 'Opens the contract when it is pasted into the game''s chat.';
COMMENT ON COLUMN "contract_sales"."type" IS 'item_exchange or auction.';
COMMENT ON COLUMN "contract_sales"."region_id" IS 'The region whose listing showed it.';
COMMENT ON COLUMN "contract_sales"."region" IS 'Name of that region.';
COMMENT ON COLUMN "contract_sales"."ended_after" IS 'It ended after this: ESI''s time of the last complete listing that showed it.';
COMMENT ON COLUMN "contract_sales"."ended_before" IS 'It ended before this: ESI''s time of the first complete listing that did not show it.';
COMMENT ON COLUMN "contract_sales"."day" IS 'Of ended_before, in UTC.';
COMMENT ON COLUMN "contract_sales"."type_id" IS 'What it is.';
COMMENT ON COLUMN "contract_sales"."is_blueprint_copy" IS 'A copy of a blueprint.';
COMMENT ON COLUMN "contract_sales"."runs" IS 'Runs of a blueprint copy.';
COMMENT ON COLUMN "contract_sales"."material_efficiency" IS 'Of a blueprint, in percent.';
COMMENT ON COLUMN "contract_sales"."time_efficiency" IS 'Of a blueprint, in percent.';
COMMENT ON COLUMN "contract_sales"."quantity" IS 'So many of it.';
COMMENT ON COLUMN "contract_sales"."outcome" IS 'What became of it, as far as it can be known.';
COMMENT ON COLUMN "contract_sales"."outcome_confidence" IS 'high | medium | none: what the outcome is worth.';
COMMENT ON COLUMN "contract_sales"."certainty" IS 'confirmed (ESI says that a player accepted it) | likely (the auction ended with a bid) | unknown (sold or withdrawn, nobody can tell which); null where it does not count.';
COMMENT ON COLUMN "contract_sales"."price_each" IS 'ISK for one: paid where it is confirmed or likely, asked where it is unknown; null where it does not count.';
COMMENT ON COLUMN "contract_sales"."issuer_id" IS 'The character who issued it.';
COMMENT ON COLUMN "contract_sales"."item" IS 'Name of that type; null while it is not known.';
COMMENT ON COLUMN "contract_sales"."asked" IS 'ISK that the issuer asked for all of it; of an auction, the least first bid.';
COMMENT ON COLUMN "contract_sales"."paid" IS 'ISK that it went for, of likely ones at least; null where nobody knows that it was sold.';
COMMENT ON COLUMN "contract_sales"."basis" IS 'What the outcome rests on, in words.';
COMMENT ON COLUMN "contract_sales"."issuer" IS 'Name of that character; null while it is not known.';
COMMENT ON COLUMN "contract_sales"."is_ship_contract" IS 'It sells exactly one row of ships.';
COMMENT ON COLUMN "contract_sales"."successor_id" IS 'The next contract of the same issuer with the same goods.';
COMMENT ON COLUMN "contract_sales"."changed_in" IS 'Number of the run that last changed it.';
