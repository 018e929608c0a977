export { appRouter, createAppCaller, type AppInputs, type AppOutputs, type AppRouter } from "./app-router.js";
export type { ApiContext, Caller } from "./trpc.js";
export { createRunChanges, type RunChange, type RunChanges } from "./run-changes.js";
