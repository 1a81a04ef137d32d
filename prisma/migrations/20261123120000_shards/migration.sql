-- AlterTable
ALTER TABLE "regions" ADD COLUMN "planned_contracts" INTEGER;

-- AlterTable
ALTER TABLE "aggregation_runs" ADD COLUMN "shard" TEXT,
ADD COLUMN "plan" INTEGER;
