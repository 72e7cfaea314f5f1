import type { Context } from '../core/context.ts'
import type { Download, Reporter } from '../events.ts'

/** Where it is reported how far downloads are. */
export interface ProgressContext {
  report: Reporter
  clock: Pick<Context, 'now' | 'alarm'>
}

/** One download, from the request to the end of what is made of it. */
export interface Progress {
  /** Passes a body on, from its beginning; `total` is its length in bytes, if that is known. */
  track: (body: AsyncIterable<Buffer>, total: number | undefined) => AsyncIterable<Buffer>
  /** Ends it; `isWhole` says whether it has worked. */
  end: (isWhole: boolean) => Promise<void>
}

/** After how long a download is shown at all, and how often it is shown again, with or without bytes, in ms. */
const [firstMs, pieceMs, silenceMs] = [300, 200, 1000]

/** Begins to report how far a download is. */
export function startProgress(
  download: Pick<Download, 'kind' | 'key' | 'name'>,
  { report, clock }: ProgressContext,
): Progress {
  const begin = clock.now()
  let state: Download = { ...download, bytes: 0, total: null, since: begin }
  let last = begin + firstMs - pieceMs
  const tell = (): Promise<void> => {
    last = clock.now()
    return report({ type: 'fetching', download: state, now: last })
  }
  const ring = (ms: number): (() => void) =>
    clock.alarm(ms, () => {
      void tell()
      stop = ring(silenceMs)
    })
  let stop = ring(firstMs)
  return {
    async *track(body, total) {
      // One that broke off begins again.
      state = { ...state, bytes: 0, total: total ?? null, since: clock.now() }
      for await (const piece of body) {
        state = { ...state, bytes: state.bytes + piece.length }
        if (clock.now() - last >= pieceMs) await tell()
        yield piece
      }
    },
    end(isWhole) {
      stop()
      return report({ type: 'fetched', download: state, isWhole, now: clock.now() })
    },
  }
}
