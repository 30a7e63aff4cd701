import { inspect } from 'node:util'
import { expect, it } from 'vitest'

import { Secret } from './secret.ts'

it('shows itself nowhere, and reveals its value to the one who asks', () => {
  const secret = new Secret('hush')
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true }),
    Object.values(secret),
  ]
  expect(shown.join()).not.toContain('hush')
  expect(secret.reveal()).toBe('hush')
})
