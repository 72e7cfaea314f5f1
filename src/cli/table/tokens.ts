import {
  tokensCreateOptions,
  tokensListOptions,
  tokensRevokeOptions,
  tokensRotateOptions,
  tokensTestOptions,
  tokensUpdateOptions,
} from '../../options/tokens.ts'
import { command, type CommandRow } from './command.ts'
import { placeMembers } from './json-results.ts'

/** The commands on the trigger tokens of a project. */
export const tokenRows: readonly CommandRow[] = [
  command({
    name: 'tokens list',
    summary: 'list the trigger tokens of a project, with when each was last used',
    options: tokensListOptions,
    jsonResult: () => ({ ...placeMembers, tokens: null }),
    load: async () => {
      const { tokensList } = await import('../../commands/tokens/list.ts')
      return ({ flags }, context) => tokensList(flags, context)
    },
  }),
  command({
    name: 'tokens create',
    summary: 'create a trigger token, and print it once or store it',
    options: tokensCreateOptions,
    jsonResult: () => ({ ...placeMembers, token: null, saved_to: null }),
    load: async () => {
      const { tokensCreate } = await import('../../commands/tokens/create.ts')
      return ({ flags }, context) => tokensCreate(flags, context)
    },
  }),
  command({
    name: 'tokens update',
    arguments: '<id>',
    summary: 'change the description of a trigger token',
    options: tokensUpdateOptions,
    jsonResult: () => ({ ...placeMembers, token: null }),
    load: async () => {
      const { tokensUpdate } = await import('../../commands/tokens/update.ts')
      return ({ flags, words }, context) => tokensUpdate(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'tokens revoke',
    arguments: '<id...>',
    summary: 'revoke trigger tokens (also before they expire: expired ones still work)',
    options: tokensRevokeOptions,
    jsonResult: () => ({ ...placeMembers, tokens: null }),
    load: async () => {
      const { tokensRevoke } = await import('../../commands/tokens/revoke.ts')
      return ({ flags, words }, context) => tokensRevoke(words, flags, context)
    },
  }),
  command({
    name: 'tokens rotate',
    arguments: '<id>',
    summary: 'replace a trigger token: create, store and test a new one, then revoke the old one',
    options: tokensRotateOptions,
    jsonResult: () => ({ ...placeMembers, token: null, saved_to: null, revoked: null }),
    load: async () => {
      const { tokensRotate } = await import('../../commands/tokens/rotate.ts')
      return ({ flags, words }, context) => tokensRotate(words[0] ?? '', flags, context)
    },
  }),
  command({
    name: 'tokens test',
    summary: 'test the trigger token for a project, without starting anything',
    options: tokensTestOptions,
    jsonResult: () => ({
      is_good: null,
      ...placeMembers,
      moved_to: null,
      origin: null,
      kind: null,
      answer: null,
      token: null,
    }),
    load: async () => {
      const { tokensTest } = await import('../../commands/tokens/test.ts')
      return ({ flags }, context) => tokensTest(flags, context)
    },
  }),
]
