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
  examples: [
    'gitlab-trigger artifacts --project 9 4711 --to out',
    "gitlab-trigger artifacts --project 9 4711 --job build_package --path 'dist/**' --to out --json",
    'gitlab-trigger artifacts https://gitlab.example.com/group/app/-/jobs/9001 --to out',
  ],
  load: async () => {
    const { artifacts } = await import('../../commands/artifacts.ts')
    return ({ flags, words }, context) => artifacts(words, flags, context)
  },
})
