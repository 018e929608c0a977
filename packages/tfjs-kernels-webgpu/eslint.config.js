export { default } from "@convkit/lint-config";
