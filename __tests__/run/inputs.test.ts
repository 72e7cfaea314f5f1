import { environment, lastFields, useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

const gitlab = useGitlab()

describe('--input sends a string, byte for byte', () => {
  test.each([
    '',
    'a,b=c:d',
    '{"a":1}',
    'one\ntwo',
    'one\r\ntwo\r\n',
    '@x;type=y',
    '--x',
    '1.10',
    'yes',
    'true',
    '3',
    '[1]',
    '"x"',
    '  a ',
    '✓ 🎉',
  ])('%j', async (value) => {
    const { code } = await run(['--ref', 'master', '--input', `environment=${value}`], environment(gitlab()))
    expect(code).toBe(0)
    expect(lastFields(gitlab())).toEqual({
      token: gitlab().tokens.trigger,
      ref: 'master',
      'inputs[environment]': value,
    })
    expect(gitlab().pipelines[0]?.inputs).toEqual(new Map([['environment', value]]))
  })
})

describe('--input-json sends what it is given, and GitLab reads it', () => {
  test.each<[typed: string, sent: string, read: unknown]>([
    ['replicas=3', '3', 3],
    ['replicas=1.10', '1.10', 1.1],
    ['replicas=-1e3', '-1e3', -1000],
    ['replicas=12345678901234567890', '12345678901234567890', Number('12345678901234567890')],
    ['dry=true', 'true', true],
    ['dry=false', 'false', false],
    ['regions=["a","b"]', '["a","b"]', ['a', 'b']],
    ['regions=[]', '[]', []],
    ['regions=[{"a":[1.10]}]', '[{"a":[1.10]}]', [{ a: [1.1] }]],
    ['environment="prod"', 'prod', 'prod'],
    ['environment="3"', '3', '3'],
    ['environment="a\\nb"', 'a\nb', 'a\nb'],
  ])('%s', async (typed, sent, read) => {
    const { code } = await run(['--ref', 'master', '--input-json', typed], environment(gitlab()))
    expect(code).toBe(0)
    const [name = ''] = typed.split('=')
    expect(lastFields(gitlab())[`inputs[${name}]`]).toBe(sent)
    expect(gitlab().pipelines[0]?.inputs.get(name)).toEqual(read)
  })
})

test('variables and inputs of one name are two things', async () => {
  const line = '--ref master --var environment=a --input environment=b --input-json dry=true'
  expect(await run(line, environment(gitlab()))).toMatchObject({ code: 0, stdout: '4711\n' })
  expect(lastFields(gitlab())).toMatchObject({
    'variables[environment]': 'a',
    'inputs[environment]': 'b',
    'inputs[dry]': 'true',
  })
})

test.each(['a.b', 'a-b', 'A_1'])('an input may be called %s', async (name) => {
  await run(['--ref', 'master', '--input', `${name}=x`], environment(gitlab()))
  expect(lastFields(gitlab())[`inputs[${name}]`]).toBe('x')
})
