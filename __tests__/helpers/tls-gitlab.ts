import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { newAuthority, type Authority } from './certificates.ts'
import { newFolder, start } from './world.ts'

/** A sandbox for each test of a file, with a certificate of an unknown authority; the authority is one for all. */
export function useTlsGitlab(): { gitlab: () => Sandbox; authority: Authority } {
  const folder = newFolder()
  const authority = newAuthority(folder.path, 'own')
  const tls = authority.sign('good', 'IP:127.0.0.1,DNS:gitlab.test')
  let sandbox: Sandbox | undefined
  beforeEach(async () => {
    sandbox = await startSandbox({ now: () => start, paceMs: 0, tls })
  })
  afterEach(() => sandbox?.close())
  afterAll(() => {
    folder.remove()
  })
  return {
    authority,
    gitlab() {
      if (!sandbox) throw new Error('no sandbox outside a test')
      return sandbox
    },
  }
}
