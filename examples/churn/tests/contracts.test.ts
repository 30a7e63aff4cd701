import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { churn } from '../contracts/churn.ts'
import { features } from '../src/features.ts'

test('the model asks its callers for the features that it is trained on, and for nothing else', () => {
  assert.deepEqual(Object.keys(churn.input), features)
})

test('the model does not see its target, nor who the customer is or when', () => {
  for (const name of [churn.target, 'customer_id', 'snapshot']) {
    assert.ok(!features.some((feature) => feature === name), name)
  }
})

test('the query makes every feature and the target', () => {
  const sql = readFileSync(join(import.meta.dirname, '../sql/customers.sql'), 'utf8')
  for (const name of [...features, churn.target]) assert.match(sql, new RegExp(`\\b${name}\\b`))
})
