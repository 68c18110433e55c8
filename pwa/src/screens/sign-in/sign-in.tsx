// Sign in. Needs the server; what is already on this tablet does not.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { othersWords } from "../../components/shell/status-words.ts";
import { TextField } from "../../components/field.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { navigate, path } from "../../components/router.ts";
import { count } from "../../components/text.ts";
import { enrolment, me, signIn, status } from "../../state/app.ts";

function missing(username: string, password: string): FormError[] {
  const errors: FormError[] = [];
  if (username.trim() === "") errors.push({ field: "username", text: "Enter your username" });
  if (password === "") errors.push({ field: "password", text: "Enter your password" });
  return errors;
}

/** First sign-in on this tablet, or again when the server asks. */
export function SignInScreen(): JSX.Element {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<FormError[]>([]);
  const [busy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    const wrong = missing(username, password);
    setErrors(wrong);
    if (wrong.length > 0 || busy) return;
    setBusy(true);
    const result = await signIn(username.trim(), password);
    setBusy(false);
    setPassword("");
    if (!result.ok) setErrors([{ field: "username", text: result.message }]);
    else if (path.value === "/sign-in") navigate("/", { replace: true });
  };

  return (
    <Page title="Sign in">
      <div class="tm-signin">
        <ErrorSummary errors={errors} />
        {errors.length === 0 ? <Said /> : null}
        <Remembered />
        <form
          class="tm-panel"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextField
            id="username"
            label="Username"
            value={username}
            onInput={setUsername}
            autoComplete="username"
            error={errorOf(errors, "username")}
          />
          <TextField
            id="password"
            label="Password"
            type="password"
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            error={errorOf(errors, "password")}
          />
          <Button type="submit" disabled={busy}>
            {busy ? "Signing in…" : "Sign in"}
          </Button>
        </form>
        <Help />
      </div>
    </Page>
  );
}

/** What the tablet has to say while nobody is at it: that they are signed out, that others' entries wait. */
function Said(): JSX.Element | null {
  const { message, others } = status.value;
  if (me.value !== null) return null;
  const words = message === "" && others > 0 ? othersWords(others) : message;
  return words === "" ? null : <output class="tm-panel tm-panel--tinted">{words}</output>;
}

/** Whose work is on the tablet already: it can be gone on with, signed in or not. */
function Remembered(): JSX.Element | null {
  const person = me.value;
  if (person === null) return null;
  const { waiting } = status.value;
  return (
    <div class="tm-panel tm-panel--tinted tm-stack">
      <p>
        This tablet is <strong>{person.name}</strong>’s at the moment.{" "}
        {waiting > 0
          ? `${count(waiting, "entry waits", "entries wait")} here until ${person.name} signs in again.`
          : "Nothing waits to be sent."}
      </p>
      <p>
        <Link to="/">Go on without signing in</Link>: everything is kept on this tablet.
      </p>
    </div>
  );
}

function Help(): JSX.Element {
  return (
    <div>
      <Details summary="No signal here?">
        <p>
          The first time you use this tablet, it needs a signal to sign you in and to fetch your registers. After
          that it works without one: you can take registers, and they are sent when the signal comes back.
        </p>
        <p>If you cannot get a signal now, take the register on paper. You or the office can key it in later.</p>
      </Details>
      {enrolment.value === null ? (
        <Details summary="A code for this tablet from the office?">
          <p>
            <Link to="/enrol">Enrol this tablet</Link> with it. Your school then knows this tablet, and can take it back
            if it is ever lost. Some schools let only enrolled tablets in.
          </p>
        </Details>
      ) : null}
      <Details summary="Forgotten your password?">
        <p>Ask whoever looks after Tidemark at your school to set a new one. It cannot be sent by email.</p>
      </Details>
    </div>
  );
}
