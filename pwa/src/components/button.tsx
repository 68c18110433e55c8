// Buttons: govuk-frontend's, in Tidemark's colours.
import type { ComponentChildren, JSX, Ref } from "preact";

interface ButtonProps {
  children: ComponentChildren;
  onClick?: (() => void) | undefined;
  kind?: "primary" | "secondary" | "warning" | "quiet" | undefined;
  small?: boolean | undefined;
  type?: "button" | "submit" | undefined;
  disabled?: boolean | undefined;
  /** What it is for, where the words on it alone do not say ("Undo: Ada Finch, present"). */
  label?: string | undefined;
  class?: string | undefined;
  buttonRef?: Ref<HTMLButtonElement> | undefined;
  expanded?: boolean | undefined;
  controls?: string | undefined;
}

const KINDS = {
  primary: "",
  secondary: " govuk-button--secondary",
  warning: " govuk-button--warning",
  quiet: " tm-button--quiet",
} as const;

/** A button; `disabled` keeps it reachable and says so, it only does nothing. */
export function Button(props: ButtonProps): JSX.Element {
  const { children, onClick, kind = "primary", small = false, type = "button" } = props;
  const off = props.disabled === true;
  const classes = `govuk-button${KINDS[kind]}${small ? " tm-button--small" : ""}`;
  return (
    <button
      type={type}
      class={props.class === undefined ? classes : `${classes} ${props.class}`}
      aria-disabled={off ? "true" : undefined}
      aria-label={props.label}
      aria-expanded={props.expanded}
      aria-controls={props.controls}
      ref={props.buttonRef ?? null}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onClick?.();
      }}
    >
      {children}
    </button>
  );
}
