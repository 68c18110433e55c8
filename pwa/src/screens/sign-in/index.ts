export { hasArrived } from "./arrival.ts";
export { SignInScreen } from "./sign-in.tsx";
