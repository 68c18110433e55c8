/** The office's screens: "the school at 09:30", the late desk, planned codes, a pupil's marks. */
import "./office.scss";

export { OfficeScreen } from "./office-screen.tsx";
