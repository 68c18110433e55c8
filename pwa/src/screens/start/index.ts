export { NothingScreen } from "./start-screen.tsx";
