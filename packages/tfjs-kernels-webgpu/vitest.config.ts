export { default } from "@convkit/vitest-config";
