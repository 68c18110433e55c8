// A visit that will not be: why. The plan stays, and can be taken up again.
import type { JSX } from "preact";
import { screenOf } from "../../domain/facts.ts";
import type { Visit } from "../../generated/types.ts";
import { observedNow } from "../../state/app.ts";
import { ReasonDialog } from "../office/parts/reason-dialog.tsx";
import type { FactOf } from "./reading.ts";
import { useState } from "preact/hooks";

interface CancelProps {
  visit: Visit;
  plan: FactOf<"plan">;
  onClose: () => void;
}

const REASON_LENGTH = 500;

export function CancelDialog({ visit, plan, onClose }: CancelProps): JSX.Element {
  // What was on the screen as it opened: a plan that changes meanwhile was not seen.
  const [replaces] = useState(() => screenOf(visit.cells, "plan"));
  return (
    <ReasonDialog
      title="Cancel this visit"
      submit="Cancel the visit"
      hint="Like “The family asked for next week instead”."
      maxLength={REASON_LENGTH}
      bodies={(reason) => [
        {
          kind: "visit.planned",
          case: visit.case,
          visit: visit.visit,
          facts: [{ says: { ...plan, cancelled: reason }, observed_at: observedNow(), replaces }],
        },
      ]}
      onClose={onClose}
    >
      <p>It stays on record as cancelled, with your reason. You can plan it again.</p>
    </ReasonDialog>
  );
}
