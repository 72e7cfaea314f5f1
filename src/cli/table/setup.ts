import { runOptions } from '../../options/run.ts'
import { configPathOptions, doctorOptions, editTokenOptions } from '../../options/setup.ts'
import { command, type CommandRow } from './command.ts'

/** The commands on the configuration. */
export const setupRows: readonly CommandRow[] = [
  command({
    name: 'config show',
    arguments: '[recipe]',
    summary: 'print what run would use, each value with where it comes from',
    options: runOptions,
    jsonResult: () => ({ settings: null }),
    examples: ['gitlab-trigger config show', 'gitlab-trigger config show --server work nightly-docs'],
    load: async () => {
      const { configShow } = await import('../../commands/config/show.ts')
      return ({ flags, words }, context) => configShow(flags, words[0], context)
    },
  }),
  command({
    name: 'config path',
    summary: 'list the config files that are looked for, and what became of each',
    options: configPathOptions,
    jsonResult: () => ({ files: null }),
    examples: ['gitlab-trigger config path'],
    load: async () => {
      const { configPath } = await import('../../commands/config/path.ts')
      return ({ flags }, context) => configPath(flags, context)
    },
  }),
  command({
    name: 'config trust',
    arguments: '[path]',
    summary: "use this checkout's own config file, until it changes",
    options: {},
    examples: ['gitlab-trigger config trust', 'gitlab-trigger config trust package.json'],
    load: async () => {
      const { configTrust } = await import('../../commands/config/trust.ts')
      return ({ words }, context) => configTrust(words[0], context)
    },
  }),
  command({
    name: 'config init',
    arguments: '[path]',
    summary: 'write a commented config file to begin with',
    options: {},
    examples: ['gitlab-trigger config init'],
    load: async () => {
      const { configInit } = await import('../../commands/config/init.ts')
      return ({ words }, context) => configInit(words[0], context)
    },
  }),
  command({
    name: 'config schema',
    summary: 'print the JSON Schema of a config file, for editors',
    options: {},
    examples: ['gitlab-trigger config schema > config-schema.json'],
    load: async () => {
      const { printConfigSchema } = await import('../../commands/config/schema.ts')
      return (_, context) => printConfigSchema(context)
    },
  }),
  command({
    name: 'config edit-token',
    arguments: '<server>',
    summary: 'store a token of a server or project in a file that only you can read',
    options: editTokenOptions,
    examples: [
      'gitlab-trigger config edit-token work',
      'gitlab-trigger config edit-token work --project group/site',
      'pass show gitlab/api | gitlab-trigger config edit-token work --api',
    ],
    load: async () => {
      const { configEditToken } = await import('../../commands/config/edit-token.ts')
      return ({ flags, words }, context) => configEditToken(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'doctor',
    arguments: '[recipe]',
    summary: 'check what a run needs, without starting a pipeline',
    options: doctorOptions,
    jsonResult: () => ({ checks: null }),
    examples: ['gitlab-trigger doctor --server work --project 9', 'gitlab-trigger doctor nightly --json'],
    load: async () => {
      const { doctor } = await import('../../commands/doctor/doctor.ts')
      return ({ flags, words }, context) => doctor(flags, words[0], context)
    },
  }),
]
