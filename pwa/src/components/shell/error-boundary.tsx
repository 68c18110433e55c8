// When a screen fails: what happened, that nothing is lost, and what to do next.
import { Component } from "preact";
import type { ComponentChildren } from "preact";
import { Button } from "../button.tsx";

interface Props {
  /** Another value starts afresh: a person who goes elsewhere is not followed by the error. */
  resetKey: string;
  children: ComponentChildren;
}

interface State {
  message: string | null;
  failedAt: string;
}

/** Catches what a screen throws while it draws. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { message: null, failedAt: "" };

  override componentDidCatch(error: unknown): void {
    this.setState({ message: error instanceof Error ? error.message : "", failedAt: this.props.resetKey });
  }

  override render({ children, resetKey }: Props, { message, failedAt }: State): ComponentChildren {
    if (message === null || failedAt !== resetKey) return children;
    return (
      <div class="tm-stack tm-measure">
        <h1 class="tm-h1">This page could not be shown</h1>
        <p>
          Nothing is lost: what you saved is kept on this tablet, and so is what you had not saved yet. Load the page
          again. If it happens again, use another page, and tell whoever looks after Tidemark at your school.
        </p>
        {message === "" ? null : <p class="tm-soft">What went wrong: {message}</p>}
        <Button onClick={() => location.reload()}>Load the page again</Button>
      </div>
    );
  }
}
