import { DeadlineError, Interrupted } from '../../src/core/errors.ts'
import { classify, type TriggerVerdict } from '../../src/http/retry/classify.ts'
import type { Outcome } from '../../src/http/message.ts'

const answer = (status: number, body = '', isComplete = true): Outcome => ({
  kind: 'answer',
  status,
  headers: {},
  body,
  isComplete,
})
const silence = (error: unknown, isSent: boolean): Outcome => ({ kind: 'no answer', error, isSent })
const coded = (code: string): Error => Object.assign(new Error(code), { code })

describe('what an outcome proves (docs/guarantees.md#5)', () => {
  const codes = [
    ...[
      'ECONNREFUSED',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ECONNRESET',
      'UND_ERR_SOCKET',
      'ETIMEDOUT',
    ],
    ...[
      'CERT_HAS_EXPIRED',
      'ERR_SSL_WRONG_VERSION_NUMBER',
      'UND_ERR_HEADERS_TIMEOUT',
      'UND_ERR_CONNECT_TIMEOUT',
      '',
    ],
  ]
  test.each(codes)('error %s: only whether the headers went out decides', (code) => {
    const unsent: TriggerVerdict = { build: 'none', exit: 'notReached', maySendAgain: true }
    const sent: TriggerVerdict = { build: 'unknown', exit: 'unknown', maySendAgain: false }
    expect(classify(silence(coded(code), false))).toEqual(unsent)
    expect(classify(silence(coded(code), true))).toEqual(sent)
  })

  const ends: [error: Error, isSent: boolean, verdict: TriggerVerdict][] = [
    [new DeadlineError('late'), false, { build: 'none', exit: 'notReached', maySendAgain: true }],
    [new DeadlineError('late'), true, { build: 'unknown', exit: 'unknown', maySendAgain: false }],
    [new Interrupted('SIGINT'), false, { build: 'none', exit: 'interrupt', maySendAgain: false }],
    [new Interrupted('SIGINT'), true, { build: 'unknown', exit: 'interrupt', maySendAgain: false }],
    [new Interrupted('SIGTERM'), true, { build: 'unknown', exit: 'terminate', maySendAgain: false }],
    [new Interrupted('SIGHUP'), true, { build: 'unknown', exit: 'hangup', maySendAgain: false }],
  ]
  test.each(ends)('%s, sent: %s', (error, isSent, verdict) => {
    expect(classify(silence(error, isSent))).toEqual(verdict)
  })

  const rows: [
    status: number,
    body: string,
    TriggerVerdict['build'],
    TriggerVerdict['exit'],
    again: boolean,
  ][] = [
    [201, '{"id":1}', 'created', 'success', false],
    [200, '{"id":1}', 'unknown', 'unknown', false],
    [202, '', 'unknown', 'unknown', false],
    [204, '', 'unknown', 'unknown', false],
    ...[300, 301, 302, 303, 304, 307, 308].map((status): (typeof rows)[0] => [
      status,
      '',
      'none',
      'refused',
      false,
    ]),
    [400, '', 'none', 'refused', false],
    [400, 'Reference not found', 'none', 'refused', false],
    [400, 'Insufficient permissions to create a new pipeline', 'none', 'notAccepted', false],
    [400, 'Insufficient permissions to set pipeline variables', 'none', 'notAccepted', false],
    [400, 'You do not have sufficient permission to run', 'none', 'notAccepted', false],
    [400, 'Too many pipelines created in the last minute. Try again later.', 'none', 'rateLimited', true],
    [401, '', 'none', 'notAccepted', false],
    [403, '', 'none', 'notAccepted', false],
    [404, '', 'none', 'notAccepted', false],
    ...[405, 410, 413, 414, 415, 431].map((status): (typeof rows)[0] => [
      status,
      '',
      'none',
      'refused',
      false,
    ]),
    [408, '', 'unknown', 'unknown', false],
    [409, '', 'unknown', 'unknown', false],
    [422, '', 'created', 'buildFailed', false],
    [429, '', 'none', 'rateLimited', true],
    ...[500, 501, 502, 503, 504, 520, 599].map((status): (typeof rows)[0] => [
      status,
      '',
      'unknown',
      'unknown',
      false,
    ]),
    [502, 'Too many pipelines created in the last minute', 'unknown', 'unknown', false],
    [404, 'Too many pipelines created in the last minute', 'none', 'notAccepted', false],
  ]
  test.each(rows)('%i %j: %s, %s, again: %s', (status, body, build, exit, maySendAgain) => {
    expect(classify(answer(status, body))).toEqual({ build, exit, maySendAgain })
  })

  test('a 201 that broke off is created, its id lost', () => {
    expect(classify(answer(201, '{"id', false))).toEqual({
      build: 'created',
      exit: 'unknown',
      maySendAgain: false,
    })
  })

  test('no status lets a request be sent again whose build may exist', () => {
    for (let status = 200; status < 600; status++) {
      const { build, maySendAgain } = classify(answer(status))
      if (maySendAgain) expect({ status, build }).toEqual({ status, build: 'none' })
      if (status >= 500) expect({ status, build }).toEqual({ status, build: 'unknown' })
    }
  })
})
