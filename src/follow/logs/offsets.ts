import type { Client } from '../../gitlab/api/client.ts'

/**
 * Whether the server supports reading a log from an offset. GitLab 19 does; older ones ignore the parameter
 * and send the whole log (docs/gitlab.md#4.4).
 */
export class LogOffsets {
  #answer: Promise<boolean> | undefined

  /** Tests it once per server, by requesting one byte of a longer log. Throws as `Client.open`. */
  honours(client: Client, path: string): Promise<boolean> {
    if (client.dialect.name === 'v3') return Promise.resolve(false)
    this.#answer ??= this.#test(client, path)
    return this.#answer
  }

  async #test(client: Client, path: string): Promise<boolean> {
    let count = 0
    try {
      const { body } = await client.open(`${path}?byte_offset=0&byte_limit=1`)
      for await (const bytes of body) {
        count += bytes.length
        if (count > 1) break
      }
    } finally {
      // An error or an empty log (erased in the meantime) decides nothing, so test again next time.
      if (count === 0) this.#answer = undefined
    }
    return count === 1
  }
}
