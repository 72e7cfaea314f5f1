import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { rawServer, type RawServer, type Script } from './raw-server.ts'
import { runIn, type Line, type Result } from './run.ts'
import { newWorld, type World, type WorldOptions } from './world.ts'

/** A script that gets the world in which the program runs, to move its clock or to interrupt it. */
export type ScriptIn = (world: World) => Script

type Act = (socket: Parameters<Script>[0], world: World) => void

/** Once the whole request has come. */
export const onWholeRequest =
  (act: Act): ScriptIn =>
  (world) =>
  (socket, _, isWhole) => {
    if (isWhole) act(socket, world)
  }

/** Once anything at all has come. */
export const onFirstBytes =
  (act: Act): ScriptIn =>
  (world) =>
  (socket, request) => {
    if (request.length > 0) act(socket, world)
  }

/** Sends `text`, the head of an answer and no whole body; once the head has been read, does the rest. */
export function stallAfterHead(text: string, then: (world: World) => void): ScriptIn {
  return onWholeRequest((socket, world) => {
    const heads = 'undici:request:headers'
    const onHead = (): void => {
      unsubscribe(heads, onHead)
      setImmediate(then, world)
    }
    subscribe(heads, onHead)
    socket.write(text)
  })
}

/** What is needed to trigger project 9 of a server. */
export function environmentFor(url: string): WorldOptions & { env: Record<string, string> } {
  return {
    env: {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: 'a-token-of-nobody',
    },
  }
}

/** Types a line against a raw server of its own, which is closed after it. */
export async function runAgainst(
  scriptIn: ScriptIn,
  line: Line = '--ref master',
  scheme = 'http',
  more: WorldOptions = {},
): Promise<Result & { server: RawServer }> {
  const { env } = environmentFor('')
  const options = { ...more, env: { ...env, ...more.env } }
  const world = newWorld(options)
  const server = await rawServer(scriptIn(world))
  options.env['GITLAB_TRIGGER_SERVER'] = server.url.replace('http', scheme)
  try {
    return { server, ...(await runIn(world, line)) }
  } finally {
    await server.close()
  }
}

/** The address of a port where no server listens. */
export async function closedPortUrl(): Promise<string> {
  const server = await rawServer(() => undefined)
  await server.close()
  return server.url
}
