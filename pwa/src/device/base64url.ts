/** Base64url without padding (RFC 4648 §5), as JSON Web Signatures write bytes. */

/** `bytes` as text. */
export function base64url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCodePoint(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A text's UTF-8 bytes as text. */
export function base64urlOfText(text: string): string {
  return base64url(new TextEncoder().encode(text));
}
