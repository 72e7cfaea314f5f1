import type { Client } from '../api/client.ts'

/** More of a CI file is not read, in bytes: its header stands at the beginning. */
const mostBytes = 64 * 1024

/**
 * The beginning of a file of the repository at a ref, as UTF-8, and whether that is all of it. Throws as `Client.open`: an ApiError (404) where there is
 * no such file or ref.
 */
export async function readCiFile(
  client: Pick<Client, 'open'>,
  path: string,
  ref: string,
): Promise<{ text: string; isWhole: boolean }> {
  const [file, query] = [encodeURIComponent(path), new URLSearchParams({ ref }).toString()]
  const { body, stop } = await client.open(`/repository/files/${file}/raw?${query}`)
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of body) {
      pieces.push(piece)
      size += piece.length
      if (size > mostBytes) break
    }
  } finally {
    stop()
  }
  return { text: Buffer.concat(pieces).toString(), isWhole: size <= mostBytes }
}
