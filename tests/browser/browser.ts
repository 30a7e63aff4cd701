import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type BrowserContext, chromium } from 'playwright-core'

/** Where Debian's packages put Chromium. */
export const chromiumPath = '/usr/bin/chromium'

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface BrowserOptions {
  readonly width?: number
  readonly height?: number
  readonly colors?: 'light' | 'dark'
}

/** Chromium with a profile of its own, which goes away with it. */
export async function openBrowser(
  options: BrowserOptions = {},
): Promise<AsyncDisposable & { readonly context: BrowserContext }> {
  const profile = mkdtempSync(join(tmpdir(), 'baton-browser-'))
  const { width = 1440, height = 900, colors = 'light' } = options
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    args,
    viewport: { width, height },
    colorScheme: colors,
    reducedMotion: 'reduce',
  })
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
