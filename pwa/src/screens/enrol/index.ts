/** Enrolling this tablet with a code from the office's screen. */
export { EnrolScreen } from "./enrol-screen.tsx";
