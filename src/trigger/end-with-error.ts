import { exitCodeFor } from '../config/exit-code-policy.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import { withCertificate } from '../session/certificate-error.ts'
import { transportOptions } from '../session/server-client.ts'
import { withEarlier } from './refusals/earlier-pipeline.ts'
import { withWrongProjectOrToken } from './refusals/explain-not-found.ts'
import { notWritten, type TriggerAttempt } from './trigger-attempt.ts'
import { withNearestRefs } from './refusals/suggest-refs.ts'

/**
 * Ends a trigger of which a step threw: explains the error, closes what is open on this disk with what is
 * true about the pipeline, and reports it. Resolves to the error that the run ends with.
 */
export async function endWithError(attempt: TriggerAttempt, error: unknown): Promise<TriggerError> {
  const { options, settings, context, budget, pipeline, report } = attempt
  const known = asTriggerError(error, pipeline.current)
  const transport = transportOptions(settings, context)
  const certified = await withCertificate(known, settings, transport, context, budget.signal)
  const refused = await withWrongProjectOrToken(certified, settings, attempt)
  const explained = withEarlier(await withNearestRefs(refused, settings, attempt), attempt.once?.before)
  const failure = explained.with({
    exitCode: exitCodeFor(explained.exit, options.exitCodes),
    about: {
      isRun: true,
      server: settings.server.value.base,
      project: settings.project.value,
      ref: settings.ref.value,
    },
  })
  // The run has failed already: what cannot be written now changes nothing about that.
  for (const close of attempt.unclosed.toReversed()) await close(failure).catch(() => undefined)
  try {
    await report({ type: 'failed', error: failure })
    return failure
  } catch (lost) {
    return pipeline.current.kind === 'triggered' ? notWritten('the result', pipeline.current, lost) : failure
  }
}
