import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newFolder } from './world.ts'

/** A shell in a real pseudo-terminal. */
export interface ShellTerminal {
  /** Types a text, and then keys as tmux names them. */
  type: (text: string, ...keys: string[]) => Promise<void>
  /** Resolves to what is to be seen as soon as it matches, else to what there is in the end. */
  until: (wanted: RegExp, most?: number) => Promise<string>
  close: () => Promise<void>
}

/** So often a screen is looked at until it is as wanted: a shell and a Node that start take their time on a busy machine. */
const looks = 2000

/** Opens a shell, 100 columns wide, with this command line, environment and working directory. */
export async function openShell(
  command: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<ShellTerminal> {
  const folder = newFolder()
  const file = join(folder.path, 'tmux.conf')
  writeFileSync(file, 'set -g status off\nset -g default-shell /bin/sh\nset -g escape-time 0\n')
  const tmux = async (...args: string[]): Promise<string> => {
    const all = ['-u', '-f', file, '-S', join(folder.path, 'socket'), ...args]
    const { stdout } = await promisify(execFile)('tmux', all, { env: { ...env, LC_ALL: 'C.UTF-8' }, cwd })
    return stdout
  }
  await tmux('new-session', '-d', '-x', '100', '-y', '30', command)
  return {
    async type(text, ...keys) {
      if (text !== '') await tmux('send-keys', '-l', text)
      if (keys.length > 0) await tmux('send-keys', ...keys)
    },
    async until(wanted, most = looks) {
      let seen = ''
      for (let count = 0; count < most && !wanted.test(seen); count += 1)
        seen = (await tmux('capture-pane', '-p')).replace(/ +$/gm, '').trimEnd()
      return seen
    },
    async close() {
      await tmux('kill-server').catch(() => undefined)
      folder.remove()
    },
  }
}
