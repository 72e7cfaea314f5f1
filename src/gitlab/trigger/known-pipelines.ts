import type { Build } from '../../core/build.ts'
import { orAborted } from '../../http/or-aborted.ts'
import type { Reader } from '../api/reader.ts'
import { readVariables, type PipelineVariables } from '../pipelines/variables.ts'

/** What triggers of one server know together of its pipelines, so that a search for a lost one does not find it out again. */
export interface KnownPipelines {
  /** Pipelines that are of others of these triggers. */
  taken: ReadonlySet<number>
  /** Reads the variables of a pipeline, once for all. Throws as `readVariables`, and the reason of `signal`. */
  variables(reader: Reader, id: number, signal: AbortSignal): Promise<PipelineVariables>
}

/** Nothing is known yet, but which pipelines are taken. */
export function knownPipelines(taken: ReadonlySet<number> = new Set()): KnownPipelines {
  const read = new Map<number, Promise<PipelineVariables>>()
  return {
    taken,
    async variables(reader, id, signal) {
      const shared = read.get(id)?.catch(() => undefined)
      // The search that asked may have ended before it was answered: then this one asks.
      const found = shared && (await orAborted(shared, signal))
      if (found) return found
      const reading = readVariables(reader, id)
      read.set(id, reading)
      return reading
    },
  }
}

/** Which pipelines are known to be of a target: a search for the lost one of another target passes them over. */
export interface TakenPipelines {
  /** Notes that a pipeline of a server is of a target. */
  take(base: string, build: Build): void
  /** What is known of the pipelines of a server. */
  of(base: string): KnownPipelines
}

/** None is known yet. */
export function takenPipelines(): TakenPipelines {
  const servers = new Map<string, { taken: Set<number>; known: KnownPipelines }>()
  const at = (base: string): { taken: Set<number>; known: KnownPipelines } => {
    const found = servers.get(base)
    if (found) return found
    const taken = new Set<number>()
    const made = { taken, known: knownPipelines(taken) }
    servers.set(base, made)
    return made
  }
  return {
    take(base, { kind, id }) {
      if (kind === 'pipeline') at(base).taken.add(id)
    },
    of: (base) => at(base).known,
  }
}
