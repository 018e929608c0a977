/** One data set. */
import type { Metadata } from "next";
import { DatasetPage } from "../../../features/datasets/dataset-page";

interface PageProps {
  params: Promise<{ hash: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).hash) };
}

export default async function Page({ params }: PageProps) {
  const hash = decodeURIComponent((await params).hash);
  return <DatasetPage key={hash} hash={hash} />;
}
