/** What a revoked tablet shows. */
export { RevokedScreen } from "./revoked-screen.tsx";
