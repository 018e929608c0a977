/** What the table says where it has no rows: no run yet, or none that matches. */
import { Button, CopyButton, EmptyState } from "@convkit/ui";
import { ChartSpline, SearchX } from "lucide-react";

export function NoRunsYet() {
  return (
    <EmptyState
      className="py-20"
      icon={<ChartSpline className="size-8" aria-hidden="true" />}
      title="No runs yet"
      description={
        <>
          Train a network, and its run appears here while it learns: no account, no key, nothing leaves this
          machine.
          <span className="mt-4 flex flex-col gap-2 text-left">
            <CommandLine command="convkit train cifar10" />
            <CommandLine command="convkit train ./photos --model resnet9" />
          </span>
        </>
      }
    />
  );
}

export function CommandLine({ command }: { command: string }) {
  return (
    <span className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 font-mono text-xs break-words whitespace-pre-wrap text-ink">
        {command}
      </code>
      <CopyButton text={command} label="Copy the command" />
    </span>
  );
}

export function NoRunMatches({ archived, onClear }: { archived: boolean; onClear: () => void }) {
  return (
    <EmptyState
      className="py-20"
      icon={<SearchX className="size-8" aria-hidden="true" />}
      title={archived ? "The archive has no such run" : "No run matches"}
      description="Search and filter together leave nothing over."
      action={<Button onClick={onClear}>Clear search and filter</Button>}
    />
  );
}
