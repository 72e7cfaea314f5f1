import type { RunFlags } from '../options/run.ts'
import type { CredentialFlags, TransportFlags } from '../options/shared.ts'

/** The flags of a trigger that are not part of the plan. */
export type SettingsFlags = CredentialFlags &
  TransportFlags &
  Pick<RunFlags, 'var' | 'varFile' | 'varsFrom' | 'allowEmptyVars' | 'input' | 'inputJson'> &
  Pick<
    RunFlags,
    'verify' | 'resume' | 'everywhere' | 'marker' | 'expectSha' | 'skipIfRunning' | 'onlyIfChanged'
  > &
  Pick<RunFlags, 'curl' | 'dryRun'>
