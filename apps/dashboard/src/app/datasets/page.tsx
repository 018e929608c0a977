/** What runs were trained on. */
import type { Metadata } from "next";
import { DatasetsPage } from "../../features/datasets/datasets-page";

export const metadata: Metadata = { title: "Data sets" };

export default function Page() {
  return <DatasetsPage />;
}
