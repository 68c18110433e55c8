// Enrol this tablet: what that means, the code, and what the tablet is called from then on.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { Facts } from "../../components/facts.tsx";
import { TextField } from "../../components/field.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { othersWords } from "../../components/shell/status-words.ts";
import { codeMistake, offeredCode, plainCode, shownCode } from "../../device/code.ts";
import { enrol, enrolment, me, status } from "../../state/app.ts";
import type { Enrolment } from "../../state/app.ts";

/** Reached by the address in the office's QR code, or by typing it. */
export function EnrolScreen(): JSX.Element {
  const [fresh, setFresh] = useState(false);
  const known = enrolment.value;
  if (known !== null) return <Enrolled enrolment={known} fresh={fresh} />;
  return (
    <Page
      title="Enrol this tablet"
      lede="The office shows a code on its screen. With it your school knows this tablet, and can take it back if it is ever lost."
    >
      <div class="tm-enrol tm-stack">
        <CodeForm onEnrolled={() => setFresh(true)} />
        <Meaning />
      </div>
    </Page>
  );
}

function CodeForm({ onEnrolled }: { onEnrolled: () => void }): JSX.Element {
  const [typed, setTyped] = useState<string | null>(null);
  const [errors, setErrors] = useState<FormError[]>([]);
  const [busy, setBusy] = useState(false);
  const code = typed ?? offeredCode.value;

  const submit = async (): Promise<void> => {
    const mistake = codeMistake(code);
    setErrors(mistake === null ? [] : [{ field: "code", text: mistake }]);
    if (mistake !== null || busy) return;
    setBusy(true);
    const result = await enrol(plainCode(code));
    setBusy(false);
    if (result.ok) {
      offeredCode.value = "";
      onEnrolled();
    } else {
      setErrors([{ field: "code", text: result.message }]);
    }
  };

  return (
    <>
      <ErrorSummary errors={errors} />
      <form
        class="tm-panel tm-enrol__form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          id="code"
          label="Code from the office’s screen"
          hint="8 letters and numbers, like K7MQ-3XWP. Small letters and spaces do not matter."
          value={code}
          width={10}
          maxLength={20}
          onInput={(value) => setTyped(value.length > (typed ?? "").length ? asTyped(value) : value)}
          error={errorOf(errors, "code")}
        />
        <Button type="submit" disabled={busy}>
          {busy ? "Enrolling…" : "Enrol this tablet"}
        </Button>
      </form>
    </>
  );
}

/** A whole code is shown as the office's screen shows it; one half typed is left alone. */
function asTyped(value: string): string {
  return codeMistake(value) === null ? shownCode(value) : value;
}

function Meaning(): JSX.Element {
  return (
    <section aria-labelledby="meaning">
      <h2 class="tm-h2" id="meaning">
        What enrolling does
      </h2>
      <ul class="govuk-list govuk-list--bullet tm-measure">
        <li>This tablet makes a key that never leaves it. No other device can pass for this one.</li>
        <li>Your office sees what it is called, who uses it, when it was last heard, and how much waits to be sent.</li>
        <li>
          If it is lost, the office can revoke it: it then hands over what it has not sent, and removes everything else.
        </li>
        <li>What you have written here already stays, and goes on being sent.</li>
      </ul>
      <Details summary="You have no code?">
        <p>
          Ask the office, or whoever looks after tablets in your school. They open Tablets in Tidemark, choose “Enrol a
          tablet”, and show you the code. It is good for 15 minutes, and for one tablet.
        </p>
        <p>Enrolling needs a signal. If there is none here, take the tablet to where there is one.</p>
      </Details>
    </section>
  );
}

function Enrolled({ enrolment: known, fresh }: { enrolment: Enrolment; fresh: boolean }): JSX.Element {
  const title = fresh ? "This tablet is enrolled" : "This tablet is enrolled already";
  return (
    <Page title={title}>
      <div class="tm-enrol tm-stack">
        {fresh ? (
          <Banner title="Done" kind="success">
            <p class="govuk-notification-banner__heading">
              It is called “{known.label}” at {known.schoolName}.
            </p>
          </Banner>
        ) : null}
        <Facts
          items={[
            ["Called", known.label],
            ["School", known.schoolName],
            ["Who signs in here", known.shared ? "Anybody who works at the school, one after the other" : "One person, whose tablet it is"],
            ["Kept safe", STORAGE[status.value.storage]],
          ]}
        />
        {!known.shared && status.value.others > 0 ? (
          <p class="tm-panel tm-panel--warning">
            {othersWords(status.value.others)} But only one person can sign in here now. Ask the office to revoke this tablet, which
            hands those over, or to enrol it for anybody who works there.
          </p>
        ) : null}
        <Link to="/" class="govuk-button">
          {me.value === null ? "Sign in" : "Go to today’s registers"}
        </Link>
        {fresh ? null : (
          <Details summary="It should have another name, or another person?">
            <p>Ask the office. They revoke this tablet, which empties it, and then enrol it anew.</p>
          </Details>
        )}
      </div>
    </Page>
  );
}

const STORAGE = {
  persistent: "The browser has promised to keep what is on this tablet",
  "best-effort":
    "The browser may clear its storage when space runs short. Add Tidemark to the home screen and open it from there: then it keeps it",
  unknown: "This browser does not say whether it keeps its storage. What waits here is sent as soon as there is a signal",
} as const;
