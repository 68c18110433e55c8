// A dialog around a form: errors on top, saving at the foot, and no typed word lost by a slip.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { ErrorSummary } from "./error-summary.tsx";
import type { FormError } from "./error-summary.tsx";

interface FormDialogProps {
  title: string;
  errors: readonly FormError[];
  submit: string;
  busy: boolean;
  /** Something has been typed or chosen: closing asks first. */
  touched: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ComponentChildren;
}

/** Escape and Cancel ask before typed words are lost; so does the browser when the page is left. */
export function FormDialog(props: FormDialogProps): JSX.Element {
  const { title, errors, submit, busy, touched, onSubmit, onClose, children } = props;
  const [leaving, setLeaving] = useState(false);
  useWarnOnUnload(touched);
  const close = (): void => {
    if (touched && !leaving) setLeaving(true);
    else onClose();
  };
  return (
    <Dialog title={title} onClose={close}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <ErrorSummary errors={errors} />
        {children}
        {leaving ? (
          <div class="tm-panel tm-panel--warning tm-stack" role="alert">
            <p class="tm-strong">You have not saved this. Leave without saving?</p>
            <div class="tm-row">
              <Button kind="warning" onClick={onClose}>
                Leave without saving
              </Button>
              <Button kind="secondary" onClick={() => setLeaving(false)}>
                Go on with it
              </Button>
            </div>
          </div>
        ) : (
          <div class="tm-dialog__actions">
            <Button type="submit" disabled={busy}>
              {busy ? "Saving…" : submit}
            </Button>
            <Button kind="secondary" onClick={close}>
              Cancel
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}

/** While `touched`, the browser asks before the page is closed or loaded again. */
export function useWarnOnUnload(touched: boolean): void {
  useEffect(() => {
    if (!touched) return undefined;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [touched]);
}
