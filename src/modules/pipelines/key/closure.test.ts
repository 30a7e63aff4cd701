import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { digestFile } from '../../../kernel/hash.ts'
import type { KeyPart } from '../step-kind.ts'
import type { ClosureContext } from './closure.ts'
import { pythonClosure } from './python-closure.ts'
import { typescriptClosure } from './typescript-closure.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-closure-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), text)
  }
}

function context(options: Partial<ClosureContext> = {}): ClosureContext {
  return { projectRoot: root, digestFile, hasLockfile: true, imports: new Map(), ...options }
}

async function follow(entry: string, options?: Partial<ClosureContext>): Promise<readonly KeyPart[]> {
  const run = entry.endsWith('.py') ? pythonClosure : typescriptClosure
  return run(context(options), join(root, entry))
}

async function names(entry: string, options?: Partial<ClosureContext>): Promise<string[]> {
  const parts = await follow(entry, options)
  return parts.map((part) => part.name.replace(/^code /, '')).toSorted()
}

async function reasons(entry: string): Promise<string[]> {
  const parts = await follow(entry)
  return parts.flatMap((part) => ('uncacheable' in part ? [part.uncacheable] : []))
}

describe('TypeScript closure', () => {
  test('follows every form of import of first-party files, and none of comments, strings or types', async () => {
    write({
      'src/main.ts': `
        import { a } from './a.ts'
        import type { T } from './type-only.ts'
        import './effect.ts'
        import data from './data.json' with { type: 'json' }
        import fs from 'node:fs'
        import { z } from 'zod'
        import { step } from 'baton-ml'
        export * from './star.ts'
        export { named } from './named.ts'
        // import './comment.ts'
        /* import './block.ts' */
        const text = "import './string.ts'"
        const worker = new Worker(new URL('./worker.ts', import.meta.url))
        export const lazy = async () => import('./lazy.ts')`,
      'src/a.ts': `import '../lib/deep.ts'\nexport const a = 1`,
      'src/effect.ts': '',
      'src/data.json': '{}',
      'src/star.ts': '',
      'src/named.ts': 'export const named = 1',
      'src/worker.ts': `import './in-worker.ts'`,
      'src/in-worker.ts': '',
      'src/lazy.ts': '',
      'lib/deep.ts': `import '../src/main.ts'`,
      'src/type-only.ts': '',
      'src/comment.ts': '',
      'src/block.ts': '',
      'src/string.ts': '',
      'src/unrelated.ts': '',
    })
    expect(await names('src/main.ts')).toEqual([
      'lib/deep.ts',
      'src/a.ts',
      'src/data.json',
      'src/effect.ts',
      'src/in-worker.ts',
      'src/lazy.ts',
      'src/main.ts',
      'src/named.ts',
      'src/star.ts',
      'src/worker.ts',
    ])
  })

  test('an import that only the running program knows makes the step uncacheable, with its place', async () => {
    write({
      'src/main.ts': `import './helper.ts'\n`,
      'src/helper.ts': `const name = 'x'\nawait import(name)\nawait import(\`./a/\${name}.ts\`)\n`,
    })
    expect(await reasons('src/main.ts')).toEqual([
      'src/helper.ts:2 imports a module whose name is only known when it runs',
      'src/helper.ts:3 imports a module whose name is only known when it runs',
    ])
  })

  test('follows package.json imports, with conditions and patterns', async () => {
    write({
      'package.json': JSON.stringify({
        imports: { '#lib': { types: './no.ts', default: './src/lib.ts' }, '#tools/*': './src/tools/*.ts' },
      }),
      'src/main.ts': `import '#lib'\nimport '#tools/clean'`,
      'src/lib.ts': '',
      'src/tools/clean.ts': '',
    })
    expect(await names('src/main.ts')).toEqual([
      'package.json (type, imports)',
      'src/lib.ts',
      'src/main.ts',
      'src/tools/clean.ts',
    ])
  })

  test('follows CommonJS and guesses its extensions', async () => {
    write({
      'src/main.cjs': `const a = require('./a')\nconst b = require("./folder")\n// require('./comment')\nrequire('node:fs')`,
      'src/a.js': `require('./data')`,
      'src/data.json': '1',
      'src/folder/index.js': '',
      'src/comment.js': '',
    })
    expect(await names('src/main.cjs')).toEqual(['src/a.js', 'src/data.json', 'src/folder/index.js', 'src/main.cjs'])
    write({ 'src/dynamic.cjs': `\nrequire(process.argv[2])` })
    expect(await reasons('src/dynamic.cjs')).toEqual([
      'src/dynamic.cjs:2 requires a module whose name is only known when it runs',
    ])
  })

  test('a file that is not there is a part, so that its coming is a change', async () => {
    write({ 'src/main.ts': `import('./later.ts').catch(() => undefined)` })
    const before = await follow('src/main.ts')
    expect(before).toContainEqual(expect.objectContaining({ name: 'code src/later.ts', detail: 'missing' }))
    write({ 'src/later.ts': '' })
    expect(await follow('src/main.ts')).not.toEqual(before)
  })

  test('without a lockfile the version of each imported package counts; a linked package counts by its files', async () => {
    write({
      'src/main.ts': `import 'tool/deep'\nimport '@scope/other'\nimport 'linked'`,
      'node_modules/tool/package.json': '{"version":"1.2.3"}',
      'packages/linked/index.ts': '',
      'packages/linked/package.json': '{}',
      'packages/linked/node_modules/x/index.js': '',
    })
    symlinkSync(join(root, 'packages/linked'), join(root, 'node_modules/linked'))
    expect(await names('src/main.ts', { hasLockfile: false })).toEqual([
      'package @scope/other',
      'package tool',
      'packages/linked/index.ts',
      'packages/linked/package.json',
      'src/main.ts',
    ])
    expect(await names('src/main.ts')).toEqual([
      'packages/linked/index.ts',
      'packages/linked/package.json',
      'src/main.ts',
    ])
  })

  test('a file that cannot be parsed makes the step uncacheable', async () => {
    write({ 'src/main.ts': `import { from './a.ts'\nexport const = (` })
    expect(await reasons('src/main.ts')).toEqual([expect.stringMatching(/^src\/main\.ts cannot be parsed/)])
  })
})

describe('Python closure', () => {
  test('follows imports in the script folder, the project and src, and the packages on the way', async () => {
    write({
      'src/train.py': `import os, local
import numpy as np
import pkg.sub.leaf as leaf
from pkg import other, Name
from lib.rules import (
    FACTOR,  # a comment
    LIMIT,
)
if True: import conditional
try:
    import optional
except ImportError: pass
def f():
    from . import beside
    import importlib
    importlib.import_module("literal")
"""
import docstring
"""
# import comment
text = "import string"
x = 1; import after`,
      'src/local.py': '',
      'src/beside.py': '',
      'src/conditional.py': '',
      'src/optional.py': '',
      'src/literal.py': '',
      'src/after.py': '',
      'src/docstring.py': '',
      'src/comment.py': '',
      'src/string.py': '',
      'src/pkg/__init__.py': 'from .hidden import x',
      'src/pkg/hidden.py': 'from ..up import y',
      'src/up.py': '',
      'src/pkg/sub/__init__.py': '',
      'src/pkg/sub/leaf.py': '',
      'src/pkg/other.py': '',
      'src/pkg/unused.py': '',
      'lib/rules.py': 'from lib import more',
      'lib/more.py': '',
    })
    expect(await names('src/train.py')).toEqual([
      'lib/more.py',
      'lib/rules.py',
      'src/after.py',
      'src/beside.py',
      'src/conditional.py',
      'src/literal.py',
      'src/local.py',
      'src/optional.py',
      'src/pkg/__init__.py',
      'src/pkg/hidden.py',
      'src/pkg/other.py',
      'src/pkg/sub/__init__.py',
      'src/pkg/sub/leaf.py',
      'src/train.py',
      'src/up.py',
    ])
  })

  test('what cannot be followed makes the step uncacheable, with its place', async () => {
    write({
      'main.py': `import importlib, sys, runpy\nimportlib.import_module(sys.argv[1])\n__import__(name)\nrunpy.run_path("x.py")\nsys.path.insert(0, "..")\n# sys.path.append("x")\n"importlib.import_module(x)"`,
    })
    expect(await reasons('main.py')).toEqual([
      'main.py:2 imports a module whose name is only known when it runs',
      'main.py:3 imports a module whose name is only known when it runs',
      'main.py:4 runs another file by runpy',
      'main.py:5 changes sys.path, so its imports cannot be followed',
    ])
  })
})

describe.each([
  { language: 'TypeScript', ending: 'ts', line: (other: number) => `import './m${other}.ts'` },
  { language: 'Python', ending: 'py', line: (other: number) => `import m${other}` },
])('any graph of $language files', ({ ending, line }) => {
  test('an edit changes exactly the part of the edited file, and only when it can be reached', async () => {
    const graphs = fc.record({
      edges: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 16 }),
      edited: fc.nat(7),
    })
    await fc.assert(
      fc.asyncProperty(graphs, async ({ edges, edited }) => {
        const text = (file: number): string =>
          edges
            .filter(([from]) => from === file)
            .map(([, to]) => line(to))
            .join('\n')
        for (let file = 0; file < 8; file++) write({ [`m${file}.${ending}`]: text(file) })
        const reached = new Set([0])
        for (const file of reached) for (const [from, to] of edges) if (from === file) reached.add(to)
        const before = await follow(`m0.${ending}`)
        expect(before.map((part) => part.name).toSorted()).toEqual(
          [...reached].map((file) => `code m${file}.${ending}`).toSorted(),
        )
        const comment = ending === 'py' ? '# edited' : '// edited'
        write({ [`m${edited}.${ending}`]: `${text(edited)}\n${comment}` })
        const after = await follow(`m0.${ending}`)
        const digests = new Map(before.map((part) => [part.name, 'digest' in part && part.digest]))
        const changed = after.filter((part) => 'digest' in part && digests.get(part.name) !== part.digest)
        expect(changed.map((part) => part.name)).toEqual(reached.has(edited) ? [`code m${edited}.${ending}`] : [])
      }),
      { numRuns: 60 },
    )
  })
})
