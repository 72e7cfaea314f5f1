import { testFlagEffects } from '../helpers/flag-effects.ts'

// Each flag that the help of `wait`, `retry`, `logs` and `cancel` lists has an effect there.

testFlagEffects((name) => ['wait', 'retry', 'logs', 'cancel'].includes(name))
