// The code for one tablet: to be scanned or typed there, counting down, until that tablet is in.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import type { EnrolmentCode } from "../../generated/types.ts";
import { now } from "../../state/app.ts";
import { listing, refresh } from "./use-tablets.ts";

interface CodeProps {
  label: string;
  code: EnrolmentCode;
  /** Ask for another code. */
  onAgain: () => void;
  onClose: (done: string | null) => void;
}

const LOOK_MS = 3000;
const SECOND_MS = 1000;

export function CodeDialog({ label, code, onAgain, onClose }: CodeProps): JSX.Element {
  const leftMs = Date.parse(code.expires_at) - now.value;
  const enrolled = useEnrolled(label);
  const done = (): void => onClose(enrolled ? `“${label}” is enrolled. Whoever uses it can sign in on it now.` : null);
  return (
    <Dialog
      title={enrolled ? `“${label}” is enrolled` : `Code for “${label}”`}
      onClose={done}
      actions={
        <>
          {!enrolled && leftMs <= 0 ? <Button onClick={onAgain}>Make a new code</Button> : null}
          <Button kind={enrolled ? "primary" : "secondary"} onClick={done}>
            {enrolled ? "Done" : "Close"}
          </Button>
        </>
      }
    >
      {enrolled ? <p role="alert">The tablet has used the code. You can close this.</p> : <Code code={code} leftMs={leftMs} />}
    </Dialog>
  );
}

function Code({ code, leftMs }: { code: EnrolmentCode; leftMs: number }): JSX.Element {
  const [page = ""] = code.url.split("#");
  if (leftMs <= 0) return <p role="alert">This code has expired, and enrols nothing any more. Make a new one.</p>;
  return (
    <div class="tm-code">
      <img
        class="tm-code__qr"
        alt="QR code that opens the enrolment page with this code"
        src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`}
      />
      <div class="tm-stack">
        <p class="tm-code__letters">{code.code}</p>
        <p class="tm-number">
          Good for one tablet, and for <strong>{leftWords(leftMs)}</strong> more.
        </p>
        <div>
          <p class="tm-strong">On the other tablet</p>
          <ol class="govuk-list govuk-list--number">
            <li>Scan this with the camera. Or open {page} in the browser and type the code.</li>
            <li>Check that the page is your school’s, then press “Enrol this tablet”.</li>
            <li>Sign in there. This window says when the tablet is enrolled.</li>
          </ol>
        </div>
      </div>
    </div>
  );
}

/** "14 minutes 5 seconds". */
function leftWords(ms: number): string {
  const seconds = Math.ceil(ms / SECOND_MS);
  const parts = [
    [Math.floor(seconds / 60), "minute"],
    [seconds % 60, "second"],
  ] as const;
  return parts
    .filter(([n, word]) => n > 0 || (word === "second" && seconds === 0))
    .map(([n, word]) => `${n} ${word}${n === 1 ? "" : "s"}`)
    .join(" ");
}

/** Whether a tablet of that name has been enrolled since the dialog was opened. */
function useEnrolled(label: string): boolean {
  const [before] = useState(() => new Set((listing.peek().rows ?? []).map((row) => row.device)));
  useEffect(() => {
    const timer = setInterval(() => void refresh(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (listing.value.rows ?? []).some((row) => row.label === label && row.state === "enrolled" && !before.has(row.device));
}
