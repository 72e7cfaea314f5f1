import { loginOptions, logoutOptions } from '../../options/login.ts'
import {
  configFileOptions,
  configGetOptions,
  configPathOptions,
  configShowOptions,
  doctorOptions,
  editTokenOptions,
} from '../../options/setup.ts'
import { command, type CommandRow } from './command.ts'

/** The commands on the configuration. */
export const setupRows: readonly CommandRow[] = [
  command({
    name: 'login',
    summary: 'set a server up: address, tokens, project; asks at a terminal',
    options: loginOptions,
    load: async () => {
      const { login } = await import('../../commands/login/login.ts')
      const { doctor } = await import('../../commands/doctor/doctor.ts')
      return ({ flags }, context) => login(flags, context, (own, within) => doctor(own, undefined, within))
    },
  }),
  command({
    name: 'logout',
    arguments: '[server]',
    summary: 'remove the tokens of a server that are stored here',
    options: logoutOptions,
    load: async () => {
      const { logout } = await import('../../commands/logout.ts')
      return ({ flags, words }, context) => logout(words[0], flags, context)
    },
  }),
  command({
    name: 'config show',
    arguments: '[recipe]',
    summary: 'print what run would use, each value with where it comes from',
    options: configShowOptions,
    jsonResult: () => ({ settings: null }),
    load: async () => {
      const { configShow } = await import('../../commands/config/show.ts')
      return ({ flags, words }, context) => configShow(flags, words[0], context)
    },
  }),
  command({
    name: 'config path',
    summary: 'list where config files may be, and which of them are used',
    options: configPathOptions,
    jsonResult: () => ({ files: null }),
    load: async () => {
      const { configPath } = await import('../../commands/config/path.ts')
      return ({ flags }, context) => configPath(flags, context)
    },
  }),
  command({
    name: 'config list',
    summary: 'list servers, their projects and recipes, and where tokens come from',
    options: configPathOptions,
    jsonResult: () => ({ servers: null, recipes: null }),
    load: async () => {
      const { configList } = await import('../../commands/config/list.ts')
      return ({ flags }, context) => configList(flags, context)
    },
  }),
  command({
    name: 'config get',
    arguments: '<key>',
    summary: 'print one value of your config file',
    options: configGetOptions,
    jsonResult: () => ({ key: null, value: null, origin: null, is_secret: null }),
    load: async () => {
      const { configGet } = await import('../../commands/config/get.ts')
      return ({ flags, words }, context) => configGet(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'config set',
    arguments: '<key> <value>',
    summary: 'change one value of your config file; comments and layout stay',
    options: configFileOptions,
    load: async () => {
      const { configSet } = await import('../../commands/config/set.ts')
      return ({ flags, words: [key = '', value = ''] }, context) => configSet(key, value, flags, context)
    },
  }),
  command({
    name: 'config unset',
    arguments: '<key>',
    summary: 'take one value out of your config file',
    options: configFileOptions,
    load: async () => {
      const { configUnset } = await import('../../commands/config/unset.ts')
      return ({ flags, words }, context) => configUnset(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'config trust',
    arguments: '[path]',
    summary: "use this checkout's own config file, until it changes",
    options: {},
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
    load: async () => {
      const { configInit } = await import('../../commands/config/init.ts')
      return ({ words }, context) => configInit(words[0], context)
    },
  }),
  command({
    name: 'config schema',
    summary: 'print the JSON Schema of a config file, for editors',
    options: {},
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
    load: async () => {
      const { doctor } = await import('../../commands/doctor/doctor.ts')
      return ({ flags, words }, context) => doctor(flags, words[0], context)
    },
  }),
]
