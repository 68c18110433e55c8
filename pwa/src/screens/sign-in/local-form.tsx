// A username and a password of this server's own.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { TextField } from "../../components/field.tsx";
import { navigate, path } from "../../components/router.ts";
import { signIn } from "../../state/app.ts";

function missing(username: string, password: string): FormError[] {
  const errors: FormError[] = [];
  if (username.trim() === "") errors.push({ field: "username", text: "Enter your username" });
  if (password === "") errors.push({ field: "password", text: "Enter your password" });
  return errors;
}

export function LocalForm(): JSX.Element {
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
    // The first page takes this one's place: as any page, it begins at its top.
    else navigate(path.value === "/sign-in" ? "/" : path.value, { replace: true });
  };

  return (
    <>
      <ErrorSummary errors={errors} />
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
    </>
  );
}
