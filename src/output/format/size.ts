/** A number of bytes as text: `1 byte`, `20 bytes`. */
export function sizeInWords(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes} bytes`
}
