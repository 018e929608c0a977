import preset from "@convkit/lint-config";
import { defineConfig } from "eslint/config";

/** Prisma's own style. */
export default defineConfig({ ignores: ["src/generated/**"] }, preset);
