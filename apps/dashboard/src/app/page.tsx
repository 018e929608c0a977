/** The dashboard opens with its runs. */
import { redirect } from "next/navigation";

export default function Home(): never {
  redirect("/runs");
}
