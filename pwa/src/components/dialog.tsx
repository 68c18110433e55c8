// A question that must be answered before going on: the browser's own modal dialog, which traps
// focus, closes on Escape and gives focus back.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  onClose: () => void;
  /** Buttons at the foot, the safe one last. */
  actions?: ComponentChildren | undefined;
}

/** Open while it is drawn; `onClose` is called for Escape. */
export function Dialog({ title, children, onClose, actions }: DialogProps): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    if (dialog === null) return;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      class="tm-dialog"
      aria-labelledby={id}
      ref={box}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="tm-dialog__body">
        <h2 class="tm-dialog__title" id={id}>
          {title}
        </h2>
        {children}
        {actions === undefined ? null : <div class="tm-dialog__actions">{actions}</div>}
      </div>
    </dialog>
  );
}
