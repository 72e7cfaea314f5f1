import type { Context } from '../core/context.ts'
import { codeOf, type TriggerError } from '../core/errors.ts'
import { inFileTime, inWriteTime, type FileWorld } from '../core/limits/file-time.ts'

/** What the files of the state folder are read and written with. */
export type StateWorld = FileWorld & Pick<Context, 'secrets'>

/** The error for a file system that does not answer, in the words of `refuse`; any other as it is. */
const inWords =
  (refuse: (error: unknown) => TriggerError) =>
  (error: unknown): never => {
    throw codeOf(error) === 'ETIMEDOUT' ? refuse(error) : error
  }

/** Resolves as `call`, which reads a few files, in the time that these may take. Rejects with what `refuse` makes of an error where that has passed. */
export const readInTime = <T>(
  call: () => Promise<T>,
  world: StateWorld,
  refuse: (error: unknown) => TriggerError,
): Promise<T> => inFileTime(call, world).catch(inWords(refuse))

/** The same for a call that changes files, which no signal cuts short. */
export const writeInTime = <T>(
  call: () => Promise<T>,
  world: StateWorld,
  refuse: (error: unknown) => TriggerError,
): Promise<T> => inWriteTime(call, world).catch(inWords(refuse))
