/** All that a page, a script or a worker can ask of a dashboard. */
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { accountsRouter } from "./accounts-router.js";
import { datasetsRouter } from "./datasets-router.js";
import { jobsRouter } from "./jobs-router.js";
import { modelsRouter } from "./models-router.js";
import { runsRouter } from "./runs-router.js";
import { sweepsRouter } from "./sweeps-router.js";
import { createCallerFactory, router } from "./trpc.js";
import { viewsRouter } from "./views-router.js";
import { workersRouter } from "./workers-router.js";

export const appRouter = router({
  runs: runsRouter,
  sweeps: sweepsRouter,
  datasets: datasetsRouter,
  models: modelsRouter,
  views: viewsRouter,
  jobs: jobsRouter,
  workers: workersRouter,
  accounts: accountsRouter,
});

export type AppRouter = typeof appRouter;
export type AppInputs = inferRouterInputs<AppRouter>;
export type AppOutputs = inferRouterOutputs<AppRouter>;

/** Calls within the server's own process. */
export const createAppCaller = createCallerFactory(appRouter);
