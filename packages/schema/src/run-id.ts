/** What a run is called: the name of its folder. */
import { z } from "zod";

/** Letters, digits, dots, underscores and hyphens; no hidden folder, and no way out of the one that holds the runs. */
export const RunId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/);
export type RunId = z.infer<typeof RunId>;
