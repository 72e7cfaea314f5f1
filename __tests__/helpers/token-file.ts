import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { useFolder } from './world.ts'

/** Writes files of a test into a folder of its own, by default with mode 0600, as a token's must be; returns their paths. */
export function useTokenFiles(): (name: string, content: string | Buffer, mode?: number) => string {
  const folder = useFolder()
  return (name, content, mode = 0o600) => {
    const path = join(folder().path, name)
    writeFileSync(path, content)
    chmodSync(path, mode)
    return path
  }
}

/** An environment in which only a token is missing. */
export const withoutToken = ({ url }: Sandbox): Record<string, string> => ({
  GITLAB_TRIGGER_SERVER: url,
  GITLAB_TRIGGER_PROJECT: '9',
  GITLAB_TRIGGER_REF: 'master',
})
