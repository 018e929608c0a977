-- AlterTable
ALTER TABLE "dataset" ADD COLUMN     "inspection" JSONB;
