import { artifactsOptions } from '../../options/artifacts.ts'
import { command } from './command.ts'

/** `artifacts`. */
export const artifactsRow = command({
  name: 'artifacts',
  arguments: '<pipeline>',
  summary: 'fetch the artifacts of a finished pipeline and unpack them',
  options: artifactsOptions,
  jsonResult: () => ({
    id: null,
    project_id: null,
    status: null,
    web_url: null,
    to: null,
    artifacts: null,
    warnings: null,
  }),
  load: async () => {
    const { artifacts } = await import('../../commands/artifacts.ts')
    return ({ flags, words }, context) => artifacts(words, flags, context)
  },
})
