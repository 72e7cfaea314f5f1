import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.argv[2], 'index.js'))
const { PipelineTriggerTokens } = require('@gitbeaker/rest')
const tokens = new PipelineTriggerTokens({ host: process.env.URL, token: 'none' })
const variables = { UPLOAD_TO_S3: 'true' }
const { id } = await tokens.trigger(9, 'master', process.env.TOKEN, { variables })
console.log(id)
