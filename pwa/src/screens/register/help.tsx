// Help for a register, where a person would be lost.
import type { JSX } from "preact";
import { Details } from "../../components/details.tsx";

/** Closed until it is wanted. */
export function RegisterHelp(): JSX.Element {
  return (
    <Details summary="Help with this register">
      <ul class="govuk-list govuk-list--bullet">
        <li>
          <strong>Here, Not here, Late</strong>: tap one for each pupil you have looked for. Late asks for the time; the
          time decides between L and U.
        </li>
        <li>
          <strong>A chip below the marks</strong> is a planned code, and says where it comes from. Tap it only if it is
          so: a pupil you can see is here, whatever was planned.
        </li>
        <li>
          <strong>Fill blanks as present</strong> marks only pupils about whom nobody has said anything.
        </li>
        <li>
          <strong>Undo</strong> takes back your taps one by one until you save. Leaving without saving is safe: your taps
          are kept on this tablet.
        </li>
        <li>
          <strong>After saving</strong> a mark can be changed; you say why, and the earlier one stays in the record.
        </li>
        <li>
          <strong>Changed while you were here</strong>: somebody else said something about that pupil since you began
          marking. Tap “Show it”, then mark again if you still mean it.
        </li>
      </ul>
      <p>
        <strong>With a keyboard:</strong> Tab to a pupil’s marks. <kbd>P</kbd> here, <kbd>N</kbd> not here, <kbd>L</kbd>{" "}
        late; <kbd>↑</kbd> and <kbd>↓</kbd> go from pupil to pupil, <kbd>←</kbd> and <kbd>→</kbd> from mark to mark, and{" "}
        <kbd>Space</kbd> chooses.
      </p>
    </Details>
  );
}
