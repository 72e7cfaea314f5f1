import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** What is waited for on the screen, and the keys that are typed then. */
export type Step = readonly [seen: string, keys: string]

/** Keys as a terminal sends them. */
export const keys = { enter: '\r', down: '\x1b[B', ctrlC: '\x03', ctrlD: '\x04' } as const

/** A world with a terminal, at which a user types as soon as the screen shows what is waited for. */
export interface DialogueWorld {
  world: World
  /** What was written to the screen so far, without colours and cursor movements. */
  screen: () => string
  /** The steps that were not reached. */
  left: () => readonly Step[]
}

/** Makes that world. */
export function dialogueWorld(steps: readonly Step[], options: WorldOptions = {}): DialogueWorld {
  const world = newWorld({ tty: ['stdin', 'stderr'], ...options })
  const { stderr, stdin } = world.context
  const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => terminal })
  const rest = [...steps]
  let from = 0
  const screen = (): string => stripVTControlCharacters(world.stderr())
  const writeBytes = stderr.writeBytes.bind(stderr)
  stderr.writeBytes = async (bytes) => {
    await writeBytes(bytes)
    const [next] = rest
    if (next === undefined || !screen().slice(from).includes(next[0])) return
    rest.shift()
    from = screen().length
    // Not before the program has come back from writing.
    setImmediate(() => terminal.write(next[1]))
  }
  world.context.stdin = { ...stdin, terminal }
  return { world, screen, left: () => rest }
}

/** Types a line, and answers what it asks. Throws where a question that was expected did not come. */
export async function dialogue(
  line: Line,
  steps: readonly Step[],
  options: WorldOptions = {},
): Promise<Result & { screen: string }> {
  const { world, screen, left } = dialogueWorld(steps, options)
  const result = await runIn(world, line)
  if (left().length > 0) throw new Error(`nobody asked "${left()[0]?.[0]}":\n${screen()}\n${result.stdout}`)
  return { ...result, screen: screen() }
}
