import { declaredInputs, type InputHeader } from '../../../config/variables/declared-inputs.ts'
import { asTriggerError, TriggerError } from '../../../core/errors.ts'
import { apiTokenSources } from '../../../core/hints.ts'
import { readCiFile } from '../../../gitlab/resources/ci-file.ts'
import { readVersion } from '../../../gitlab/trigger/probe.ts'
import type { ChosenProject } from '../../../session/choosing/choose-project.ts'
import type { CommandSession } from '../../../session/command-session.ts'
import { openClient } from '../../../session/working-client.ts'

/** Whether a release takes inputs; one that is not told is taken to do so. */
function takesInputs(version: string | undefined): boolean {
  const [, major = '99', minor = '0'] = /^(\d+)\.(\d+)/.exec(version ?? '') ?? []
  return Number(major) > 17 || (Number(major) === 17 && Number(minor) >= 11)
}

/** What the CI file of a ref declares, or a sentence that says why that is not known, or that there is nothing. */
export async function readInputHeader(
  { name, found }: ChosenProject,
  ref: string,
  session: CommandSession | undefined,
): Promise<InputHeader | string> {
  const skipped = (why: string): string => `Inputs are not asked for: ${why}.`
  if (!session)
    return skipped(`reading what the CI file declares needs an API token (${apiTokenSources} PATH)`)
  const path = found?.ciConfigPath ?? '.gitlab-ci.yml'
  if (/@|:\/\//.test(path)) return skipped(`the CI file is kept elsewhere (${path})`)
  const purpose = { failed: `${path} cannot be read at ${ref}`, needs: 'a token with read_api' }
  try {
    return await session.work(async (server) => {
      const { client, found: file } = await openClient(session, server, name, purpose, (each) =>
        each.dialect.name === 'v3' ? Promise.resolve(undefined) : readCiFile(each, path, ref),
      )
      if (!file) return skipped('API v3 has none')
      let header: InputHeader | undefined
      try {
        header = declaredInputs(file.text, file.isWhole)
      } catch (error) {
        return skipped(`${path} cannot be understood at ${ref}: ${(error as Error).message.split('\n')[0]}`)
      }
      if (!header) return `${path} declares no inputs at ${ref}.`
      const { apiToken } = session.access
      const version =
        apiToken && (await readVersion(client.target, client.dialect, apiToken.value, server.session))
      return takesInputs(version) ? header : skipped(`GitLab ${version} has none (17.11 and later do)`)
    })
  } catch (error) {
    if (!(error instanceof TriggerError)) throw error
    session.context.interrupted.throwIfAborted()
    return skipped(asTriggerError(error, { kind: 'none' }).message)
  }
}
