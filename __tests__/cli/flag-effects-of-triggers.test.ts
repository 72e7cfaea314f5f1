import { testFlagEffects } from '../helpers/flag-effects.ts'

// Each flag that the help of `run` and `batch` lists has an effect there.

testFlagEffects((name) => ['run', 'batch'].includes(name))
