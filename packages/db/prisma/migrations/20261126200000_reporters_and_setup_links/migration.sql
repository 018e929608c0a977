-- AlterTable
ALTER TABLE "api_token" ADD COLUMN     "local_home" TEXT;

-- AlterTable
ALTER TABLE "invitation" ADD COLUMN     "is_setup" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "run_reporter" (
    "run_id" TEXT NOT NULL,
    "token_id" UUID NOT NULL,

    CONSTRAINT "run_reporter_pkey" PRIMARY KEY ("run_id")
);
