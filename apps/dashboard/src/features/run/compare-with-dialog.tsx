/** Finds the runs to lay beside this one: the best of the same data set come first. */
"use client";
import { Button, Checkbox, Dialog, ErrorState, SearchField, Skeleton } from "@convkit/ui";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTRPC, type RunRow } from "../../trpc/context";
import { messageOfError } from "../../trpc/message-of-error";
import { formatOf } from "../runs/metric-format";
import { RunDot } from "../runs/run-columns";
import { comparePath } from "../shell/links";

export interface CompareWithDialogProps {
  run: Pick<RunRow, "id" | "name">;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function CompareWithDialog(props: CompareWithDialogProps) {
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title="Compare with"
      description={props.run.name}
    >
      {props.open && <RunChoice {...props} />}
    </Dialog>
  );
}

function RunChoice({ run }: CompareWithDialogProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return (
    <>
      <RunPicker exclude={[run.id]} chosen={chosen} onChange={setChosen} />
      <div className="mt-4 flex justify-end">
        <Button
          variant="primary"
          disabled={chosen.length === 0}
          onClick={() => router.push(comparePath([run.id, ...chosen]))}
        >
          Compare {chosen.length + 1} runs
        </Button>
      </div>
    </>
  );
}

export interface RunPickerProps {
  exclude: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}

export function RunPicker({ exclude, chosen, onChange }: RunPickerProps) {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const query = useQuery({
    ...trpc.runs.list.queryOptions({ search, metrics: ["val_accuracy"], limit: 60 }),
    placeholderData: keepPreviousData,
  });
  const runs = query.data?.runs.filter(({ id }) => !exclude.includes(id));
  const format = formatOf("val_accuracy");
  return (
    <>
      <SearchField label="Search runs" placeholder="Search runs" value={search} onValueChange={setSearch} />
      {query.error && !query.data ? (
        <ErrorState message={messageOfError(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <ul
          className="mt-2 flex h-72 flex-col overflow-y-auto rounded-md border border-line"
          aria-busy={query.isFetching}
        >
          {!runs && <Skeleton className="m-3 w-2/3" />}
          {runs?.map((each) => (
            <li
              key={each.id}
              className="flex items-center gap-2 border-b border-line px-3 py-2 text-sm last:border-0"
            >
              <Checkbox
                label={
                  <span className="inline-flex items-center gap-2">
                    <RunDot id={each.id} />
                    {each.name}
                  </span>
                }
                checked={chosen.includes(each.id)}
                onCheckedChange={(on) =>
                  onChange(on ? [...chosen, each.id] : chosen.filter((id) => id !== each.id))
                }
                className="min-w-0 flex-1"
              />
              <span className="text-xs text-ink-3">{each.model}</span>
              <span className="w-14 text-right font-mono text-xs text-ink-2 tabular-nums">
                {format(each.metrics["val_accuracy"]?.best)}
              </span>
            </li>
          ))}
          {runs?.length === 0 && (
            <li className="p-4 text-center text-sm text-ink-2">No other run is called that.</li>
          )}
        </ul>
      )}
    </>
  );
}
