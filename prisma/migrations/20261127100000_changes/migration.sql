-- AlterTable
ALTER TABLE "aggregation_runs" ADD COLUMN "number" BIGINT;

UPDATE "aggregation_runs" SET "number" = numbered."number"
FROM (SELECT "run_id", row_number() OVER (ORDER BY "started_at", "run_id") AS "number"
  FROM "aggregation_runs") AS numbered
WHERE "aggregation_runs"."run_id" = numbered."run_id";

ALTER TABLE "aggregation_runs" ALTER COLUMN "number" SET NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "aggregation_runs_number_key" ON "aggregation_runs"("number");

-- What is stored already was there before anybody could ask for changes. No row is rewritten.
ALTER TABLE "contracts" ADD COLUMN "listed_in" BIGINT,
ADD COLUMN "changed_in" BIGINT,
ADD COLUMN "is_baseline" BOOLEAN NOT NULL DEFAULT true;

ALTER TABLE "contracts" ALTER COLUMN "is_baseline" SET DEFAULT false;

-- CreateIndex
CREATE INDEX "contracts_changed_in_idx" ON "contracts"("changed_in");
