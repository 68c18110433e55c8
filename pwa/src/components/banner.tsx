// A notice within a page: what happened, or what needs doing.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface BannerProps {
  title: string;
  children: ComponentChildren;
  kind?: "notice" | "success" | "warning" | undefined;
}

const KINDS = {
  notice: "",
  success: " govuk-notification-banner--success",
  warning: " tm-banner--warning",
} as const;

/** A success is read out as it appears. */
export function Banner({ title, children, kind = "notice" }: BannerProps): JSX.Element {
  const id = useId();
  return (
    <div
      class={`govuk-notification-banner${KINDS[kind]}`}
      role={kind === "success" ? "alert" : "region"}
      aria-labelledby={id}
    >
      <div class="govuk-notification-banner__header">
        <h2 class="govuk-notification-banner__title" id={id}>
          {title}
        </h2>
      </div>
      <div class="govuk-notification-banner__content">{children}</div>
    </div>
  );
}
