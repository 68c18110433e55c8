// The app's start: styles, then what is on this tablet, then the screens.
import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import { App } from "./app.tsx";
import "./brand/tidemark.scss";
import { navigate, startRouter } from "./components/router.ts";
import { takeOfferedCode } from "./device/code.ts";
import { hasArrived } from "./screens/sign-in/index.ts";
import { ready, start, trouble } from "./state/app.ts";

const root = document.getElementById("app");
if (root !== null) {
  takeOfferedCode();
  addEventListener("hashchange", takeOfferedCode);
  startRouter();
  render(<App />, root);
  const arrived = hasArrived();
  if (arrived) {
    // Back from a provider and let in: the sign-in page has served its purpose.
    effect(() => {
      if (ready.value && trouble.peek() === null) untracked(() => navigate("/", { replace: true }));
    });
  }
  // A failure to open the tablet's store is shown by the screens, from the app's own state.
  void start({ arrived });
}
