/** What differs from the run that is repeated. */
"use client";
import { Card, diffConfigs } from "@convkit/ui";
import { Link } from "../shell/link";
import type { RunDetail } from "../../trpc/context";
import { runPath } from "../shell/links";
import { useConfigForm } from "./form-context";
import { isFilledIn } from "./field-words";

export function Changes({ run }: { run: RunDetail }) {
  const { draft } = useConfigForm();
  const rows = diffConfigs([draft.base, draft.config]).filter(
    // One that went with what it was of says nothing more.
    ({ differs, path, values }) =>
      differs && (!isFilledIn(path.split(".")) || values.every((value) => value !== undefined)),
  );
  return (
    <Card title="Changes" detail={rows.length === 0 ? "none yet" : rows.length}>
      <p className="text-xs text-ink-3">
        From{" "}
        <Link href={runPath(run.id)} className="text-ink-2 underline underline-offset-2 hover:no-underline">
          {run.name}
        </Link>
      </p>
      {rows.length > 0 && (
        <dl className="mt-2 flex flex-col gap-2">
          {rows.map(({ path, values: [before, after] }) => (
            <div key={path} className="min-w-0">
              <dt className="font-mono text-xs break-words text-ink-2">{path}</dt>
              <dd className="font-mono text-xs break-words">
                <span className="sr-only">before: </span>
                <del className="text-ink-3">{before ?? "nothing"}</del>
                <span className="sr-only">, now: </span>
                <span aria-hidden="true" className="px-1.5 text-ink-3">
                  →
                </span>
                <ins className="text-accent no-underline">{after ?? "nothing"}</ins>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
