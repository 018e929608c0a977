/** Where an invitation leads to. */
import type { Metadata } from "next";
import { SignUpPage } from "../../features/accounts/sign-up-page";

export const metadata: Metadata = { title: "Make your account" };

export default function Page() {
  return <SignUpPage />;
}
