import { InfiniteQueryObserver, QueryClient, type InfiniteData } from "@tanstack/react-query";
import { expect, onTestFinished, test } from "vitest";
import { refreshRows, type RowsPage } from "./refresh-rows";

interface Run {
  readonly id: string;
  readonly step: number;
}

const queryKey = ["runs"];
const pageOf = (...runs: Run[]): RowsPage<Run> => ({ runs, total: runs.length });
const shown: InfiniteData<RowsPage<Run>> = {
  pages: [pageOf({ id: "a", step: 1 }, { id: "b", step: 1 }), pageOf({ id: "c", step: 1 })],
  pageParams: [null, "b"],
};

/** A table that is on the page; `answer` is what the server says to its pages. */
function makeTable(answer: () => RowsPage<Run>) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  queryClient.setQueryData(queryKey, shown);
  const observer = new InfiniteQueryObserver(queryClient, {
    queryKey,
    queryFn: () => Promise.resolve().then(answer),
    initialPageParam: null,
    getNextPageParam: () => null,
  });
  onTestFinished(observer.subscribe(() => undefined));
  const steps = () =>
    queryClient
      .getQueryData<typeof shown>(queryKey)
      ?.pages.map(({ runs }) => runs.map(({ id, step }) => `${id}${step}`).join(" "));
  return { queryClient, observer, steps };
}

const noPage = () => {
  throw new Error("the server is in trouble");
};

test("a run that changed is replaced where it stands, and nothing else is read", async () => {
  const { queryClient, observer, steps } = makeTable(noPage);
  const read = () => Promise.resolve([{ id: "b", step: 2 }]);
  await refreshRows(queryClient, { queryKey, ids: ["b"], read });
  expect(steps()).toEqual(["a1 b2", "c1"]);
  expect(observer.getCurrentResult().isError).toBe(false);
});

test("the pages are read again where a run is new, and where one is gone", async () => {
  const now = pageOf({ id: "z", step: 0 }, { id: "a", step: 1 });
  for (const [id, runs] of [
    ["z", [{ id: "z", step: 0 }]],
    ["b", []],
  ] as const) {
    const { queryClient, steps } = makeTable(() => now);
    await refreshRows(queryClient, { queryKey, ids: [id], read: () => Promise.resolve(runs) });
    expect(steps()).toEqual(["z0 a1"]);
  }
});

test("what goes wrong becomes the error of the table's own query, and its rows stay", async () => {
  const { queryClient, observer, steps } = makeTable(noPage);
  const read = () => Promise.reject(new Error("cut off"));
  await refreshRows(queryClient, { queryKey, ids: ["b"], read });
  expect(observer.getCurrentResult()).toMatchObject({
    isError: true,
    error: { message: "the server is in trouble" },
  });
  expect(steps()).toEqual(["a1 b1", "c1"]);
});
