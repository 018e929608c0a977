/** The page of a list whose rows are tiles: its title, its tiles page by page, and what to do where there are none. */
"use client";
import { EmptyState } from "@convkit/ui";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { MoreButton, type MoreButtonProps } from "./more-button";
import { PageHeader } from "./page-header";
import { QueryState, SkeletonLines, type QueryStateProps } from "./query-states";

export interface TileListPageProps<Page extends { readonly total: number }, Row> {
  title: string;
  query: QueryStateProps<{ readonly pages: readonly Page[] }>["query"] & MoreButtonProps["query"];
  rowsOf: (page: Page) => readonly Row[];
  keyOf: (row: Row) => string;
  empty: { icon: LucideIcon; title: string; description: ReactNode };
  /** A row's tile. */
  children: (row: Row) => ReactNode;
}

export function TileListPage<Page extends { readonly total: number }, Row>({
  title,
  query,
  rowsOf,
  keyOf,
  empty: { icon: EmptyIcon, ...empty },
  children,
}: TileListPageProps<Page, Row>) {
  return (
    <div className="pb-10">
      <PageHeader title={title} />
      <QueryState query={query} skeleton={<SkeletonLines />}>
        {({ pages }) =>
          pages[0]?.total === 0 ? (
            <EmptyState
              className="py-20"
              icon={<EmptyIcon className="size-8" aria-hidden="true" />}
              {...empty}
            />
          ) : (
            <ul className="grid gap-4 px-4 pt-1 sm:grid-cols-2 lg:px-6 xl:grid-cols-3">
              {pages.flatMap(rowsOf).map((row) => (
                <li key={keyOf(row)} className="min-w-0">
                  {children(row)}
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
      <MoreButton query={query} />
    </div>
  );
}
