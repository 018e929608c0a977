/** In place of a recipe: the checkpoint that a fork goes on from, and the way back to first weights. */
"use client";
import { Button } from "@convkit/ui";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/context";
import { Link } from "../shell/link";
import { runPath } from "../shell/links";
import { forkOf } from "./fork-locks";
import { useConfigForm } from "./form-context";

export function ForkOrigin({ fork: { runId, step } }: { fork: NonNullable<ReturnType<typeof forkOf>> }) {
  const trpc = useTRPC();
  const { draft } = useConfigForm();
  const { data: source } = useQuery(trpc.runs.byId.queryOptions(runId));
  const place = typeof step === "number" ? `step ${step.toLocaleString("en")}` : `its ${step} checkpoint`;
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
      <p className="min-w-0 text-ink-2">
        Forked from{" "}
        <Link href={runPath(runId)} className="font-medium text-ink underline underline-offset-2">
          {source?.name ?? runId}
        </Link>{" "}
        at {place}: weights, optimizer, random state and place in the data go on from there. Fields that these
        are of are locked.
      </p>
      <Button size="sm" onClick={() => draft.set(["forkedFrom"], undefined)}>
        Begin with first weights instead
      </Button>
    </div>
  );
}
