/** People and access: grants, and why somebody sees something. */
import "../office/office.scss";
import "../tablets/tablets.scss";
import "./access.scss";

export { AccessScreen } from "./access-screen.tsx";
