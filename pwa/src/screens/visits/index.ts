import "./visits.scss";

/** The family worker's day. */
export { VisitsScreen } from "./visits-screen.tsx";
