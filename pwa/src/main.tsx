// The app's start: styles, then what is on this tablet, then the screens.
import { render } from "preact";
import { App } from "./app.tsx";
import "./brand/tidemark.scss";
import { startRouter } from "./components/router.ts";
import { takeOfferedCode } from "./device/code.ts";
import { start } from "./state/app.ts";

const root = document.getElementById("app");
if (root !== null) {
  takeOfferedCode();
  addEventListener("hashchange", takeOfferedCode);
  startRouter();
  render(<App />, root);
  // A failure to open the tablet's store is shown by the screens, from the app's own state.
  void start();
}
