// What a person must know before they mark: saved, not saved, changed, not kept, not yet.
import type { JSX } from "preact";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorSummary } from "../../components/error-summary.tsx";
import { count, shortDate } from "../../components/text.ts";
import type { OpenRegister } from "./use-register.ts";
import type { Saving } from "./use-saving.ts";
import { unsaved } from "./view.ts";

interface NoticesProps {
  open: OpenRegister;
  saving: Saving;
  /** The session's date if it is in the future. */
  future: string | null;
}

/** Above the pupils; nothing on most days. */
export function Notices({ open, saving, future }: NoticesProps): JSX.Element {
  const { views, acts, restored, draftError } = open;
  const news = views.filter((view) => view.news.length > 0);
  return (
    <>
      <ErrorSummary errors={saving.errors} />
      {draftError === null ? null : (
        <Banner title="Not kept yet" kind="warning">
          <p>Your last tap could not be kept on this tablet: {draftError} Save now, or write it on paper.</p>
        </Banner>
      )}
      {restored > 0 && unsaved(views).length > 0 ? (
        <Banner title="Not saved yet">
          <p class="tm-row">
            <span>
              You left this register with {count(restored, "mark")} not saved. {restored === 1 ? "It is" : "They are"}{" "}
              below, as you left {restored === 1 ? "it" : "them"}.
            </span>
            <Button small kind="secondary" onClick={() => saving.ask("discard")}>
              Throw away
            </Button>
          </p>
        </Banner>
      ) : null}
      {future === null ? null : (
        <Banner title="Not yet">
          <p>This session is on {shortDate(future)}. You can mark it then.</p>
        </Banner>
      )}
      {news.length > 1 ? (
        <Banner title="Changed while you were here" kind="warning">
          <p class="tm-row">
            <span>There is news of the marks of {news.length} of these pupils.</span>
            <Button small kind="secondary" onClick={() => acts.reveal(news.map(({ pupil }) => pupil))}>
              Show all {news.length}
            </Button>
          </p>
        </Banner>
      ) : null}
    </>
  );
}
