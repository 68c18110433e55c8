export { FireScreen } from "./fire.tsx";
