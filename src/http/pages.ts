import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** The built page: beside the compiled server in the package, in `dist/web` of the repository otherwise. */
function findBuiltPage(): string | undefined {
  const here = fileURLToPath(new URL('.', import.meta.url))
  return [join(here, '../web'), join(here, '../../dist/web')].find((folder) => existsSync(join(folder, 'index.html')))
}

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Baton</title>
<style>body{font:16px/1.5 system-ui;max-width:34rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}code{font:14px ui-monospace,monospace}</style>
<h1>The page is not built yet</h1>
<p>The server runs, and its interfaces answer: see <a href="/docs">/docs</a>. In a clone of the repository the page is built by</p>
<p><code>npm run build:web</code></p><p>Then load this address again.</p>`

/** What the page may do: its own scripts and styles, its own server, artifacts in frames of no origin. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "style-src 'self' 'unsafe-inline'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/**
 * The web page: files with a digest in their name are kept by browsers for ever, `index.html` is asked for each time.
 * Every other address gives the page itself, which reads the address.
 */
export async function pageRoutes(server: FastifyInstance, options: { readonly folder?: string } = {}): Promise<void> {
  const root = options.folder ?? findBuiltPage()
  if (root === undefined) {
    server.get('/', { schema: { hide: true } }, (_, reply) => reply.type('text/html; charset=utf-8').send(notBuilt))
    return
  }
  await server.register(fastifyStatic, {
    root: join(root, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: '365d',
    setHeaders: (reply) => {
      reply.header('x-content-type-options', 'nosniff')
    },
  })
  server.get('/icon.svg', { schema: { hide: true } }, (_, reply) => reply.sendFile('icon.svg', root, { maxAge: '1d' }))
  for (const url of [
    '/',
    '/runs',
    '/runs/*',
    '/compare',
    '/pipelines',
    '/pipelines/*',
    '/datasets',
    '/datasets/*',
    '/models',
    '/models/*',
    '/lineage',
  ]) {
    server.get(url, { schema: { hide: true } }, (_, reply) =>
      reply
        .header('content-security-policy', policy)
        .header('referrer-policy', 'same-origin')
        .sendFile('index.html', root, { maxAge: 0, immutable: false }),
    )
  }
}
