// A link within the app: a real anchor, so that it can be opened in another tab.
import type { ComponentChildren, JSX } from "preact";
import { navigate } from "./router.ts";

interface LinkProps {
  to: string;
  children: ComponentChildren;
  class?: string | undefined;
  current?: boolean | undefined;
}

function plainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** `current` marks the page that is open (`aria-current`). */
export function Link({ to, children, class: name = "tm-link", current }: LinkProps): JSX.Element {
  const follow = (event: MouseEvent): void => {
    if (!plainClick(event)) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a class={name} href={to} onClick={follow} aria-current={current === true ? "page" : undefined}>
      {children}
    </a>
  );
}
