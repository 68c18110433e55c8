/** Fetching a concern as a PDF, and saving it as a file. */
import { ask } from "../../state/app.ts";

/** Null once it was saved; else why not, in words. */
export async function savePdf(school: string, concern: string): Promise<string | null> {
  const name = encodeURIComponent(concern);
  const answer = await ask<Blob>(`/db/${encodeURIComponent(school)}/_concerns/${name}/pdf`);
  if (answer.kind === "signed-out") return "Sign in again, and save it then.";
  if (answer.kind !== "ok") return `The PDF could not be fetched. ${answer.reason}`;
  const address = URL.createObjectURL(answer.value);
  const link = document.createElement("a");
  link.href = address;
  link.download = `concern-${concern}.pdf`;
  link.click();
  // The browser reads it as the click is handled; after that nobody needs the address.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return null;
}
