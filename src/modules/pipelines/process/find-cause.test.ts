import { expect, it } from 'vitest'

import { findCause } from './find-cause.ts'

const find = (text: string) => findCause(text.split('\n'), '/home/me/churn')

it('finds the error of a TypeScript step and the line of its own code', () => {
  const printed = `loading
TypeError: Cannot read properties of undefined (reading 'value')
    at JSON.parse (<anonymous>)
    at helper (file:///home/me/churn/node_modules/left/index.js:1:2)
    at think (file:///home/me/churn/src/think.ts:4:41)
    at file:///opt/baton/step-host.ts:37:90`
  expect(find(printed)).toEqual({
    what: "TypeError: Cannot read properties of undefined (reading 'value')",
    where: { file: 'src/think.ts', line: 4, column: 41 },
  })
})

it('finds the place of a syntax error, which Node prints above it', () => {
  const printed = `file:///home/me/churn/src/think.ts:1
export default () => { const x == 3 }
                               ^

SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: 'const' declarations must be initialized
    at parseTypeScript (node:internal/modules/typescript:72:36)`
  expect(find(printed)).toMatchObject({
    what: "SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: 'const' declarations must be initialized",
    where: { file: 'src/think.ts', line: 1 },
  })
})

it('finds the last line of its own code in a Python traceback', () => {
  const printed = `Traceback (most recent call last):
  File "/home/me/churn/src/train.py", line 9, in <module>
    main()
  File "/home/me/churn/src/train.py", line 5, in main
    json.loads("{")
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)`
  expect(find(printed)).toEqual({
    what: 'json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)',
    where: { file: 'src/train.py', line: 5 },
  })
})

it('says how a package that is missing is installed', () => {
  expect(find("ModuleNotFoundError: No module named 'sklearn.svm'").hint).toContain('pip install sklearn')
  expect(find("Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'lodash' imported from x").hint).toContain(
    'npm install lodash',
  )
})

it('says nothing where nothing is known', () => {
  expect(find('/bin/sh: 1: nosuchcommand: not found')).toEqual({})
  expect(find('Errors: 0\nAn Error was counted')).toEqual({})
})
