import { historyOptions } from '../../options/history.ts'
import { projectsOptions, refsOptions } from '../../options/projects.ts'
import { command, type CommandRow } from './command.ts'
import { placeMembers } from './json-results.ts'

/** The commands that find what a trigger can name, and what was triggered. */
export const lookupRows: readonly CommandRow[] = [
  command({
    name: 'projects',
    arguments: '[text]',
    summary: 'find projects and their ids',
    options: projectsOptions,
    jsonResult: () => ({ server: null, api: null, projects: null, is_more: null, moved_to: null }),
    load: async () => {
      const { projects } = await import('../../commands/projects.ts')
      return ({ flags, words }, context) => projects(words[0], flags, context)
    },
  }),
  command({
    name: 'refs',
    arguments: '[pattern]',
    summary: 'list the branches and tags of a project that can be triggered',
    options: refsOptions,
    jsonResult: () => ({ ...placeMembers, refs: null }),
    load: async () => {
      const { refs } = await import('../../commands/refs.ts')
      return ({ flags, words }, context) => refs(words[0], flags, context)
    },
  }),
  command({
    name: 'history',
    summary: 'list what was triggered with --once, by whom and with what result',
    options: historyOptions,
    jsonResult: ({ prune }) => (prune === undefined ? { history: null } : { removed: null, kept: null }),
    load: async () => {
      const { history } = await import('../../commands/history.ts')
      return ({ flags }, context) => history(flags, context)
    },
  }),
]
