import { expect, test } from 'vitest'

import { parseFlatYaml } from './flat-yaml.ts'

// The texts are what PyYAML's safe_dump writes for the values beside them.

test('reads plain, quoted and folded scalars, and one level of names', () => {
  const text = [
    'artifact_uri: file:///a/b',
    "empty: ''",
    "name: 'churn: it''s first'",
    'folded: many words that do not fit',
    '  on one line',
    "note: 'one",
    '',
    '  two',
    '',
    '',
    "  four words: it''s so'",
    'escaped: "tab\\t, \\xE9, \\u20AC, \\U0001F600 and a long \\',
    '  \\ line"',
    'nothing: null',
    'tags: []',
    'aliases:',
    "  champion: '1'",
    "  'a: b': x",
    'status: 3',
    '',
  ].join('\n')
  expect(parseFlatYaml(text)).toEqual({
    artifact_uri: 'file:///a/b',
    empty: '',
    name: "churn: it's first",
    folded: 'many words that do not fit on one line',
    note: "one\ntwo\n\nfour words: it's so",
    escaped: 'tab\t, é, €, 😀 and a long  line',
    aliases: { champion: '1', 'a: b': 'x' },
    status: '3',
  })
})

test('refuses a text that ends in the middle', () => {
  expect(parseFlatYaml("run_id: 'abc\nstatus")).toBeUndefined()
  expect(parseFlatYaml('run_id: abc\nstatus')).toBeUndefined()
  expect(parseFlatYaml('')).toBeUndefined()
})
