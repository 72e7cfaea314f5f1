import { defaultPaceMs, typedDuration } from '../core/defaults.ts'
import type { CommandOptions, FlagsOf } from './option.ts'

/** The options of `sandbox`. */
export const sandboxOptions = {
  all: {
    heading: 'Options:',
    rows: {
      port: { value: 'number', help: 'port to listen on (default: a free one)' },
      listen: {
        value: 'address',
        help: 'IP address to listen on (default: 127.0.0.1; in a container 0.0.0.0)',
      },
      host: { list: 'name', help: 'accept requests for this host name too (a container service)' },
      prefix: { value: 'path', help: 'serve under this path (relative URL root)' },
      pace: {
        value: 'duration',
        help: `how long each step of a pipeline's life takes (default: ${typedDuration(defaultPaceMs)})`,
      },
      scenario: {
        value: 'file',
        help: 'projects, jobs and faults from a YAML file',
      },
      gitlab: {
        value: 'version',
        help: '8.5, 8.17, 10.3, 18.9 or 19: whose answers to give (default: 18.9)',
      },
      set: {
        list: 'name=value',
        help: 'change a setting of project 9, such as role=reporter (a wrong one lists all)',
      },
    },
  },
} as const satisfies CommandOptions

/** What was typed for `sandbox`. */
export type SandboxFlags = FlagsOf<typeof sandboxOptions>
