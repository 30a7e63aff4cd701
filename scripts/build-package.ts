import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

// The npm package in dist/: JavaScript, types, and every other file that the code names beside itself.

const root = join(import.meta.dirname, '..')

/** Files named as `new URL('./score.py', import.meta.url)`, relative to the file that names them. */
const named = /new URL\(\s*(['"])(\.\.?\/[^'"]+)\1,\s*import\.meta\.url\s*\)/g

function compile(): void {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  const compiler = join(root, 'node_modules/typescript-native/bin/tsc')
  const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
}

function copyNamedFiles(): void {
  for (const file of globSync('**/*.js', { cwd: join(root, 'dist') })) {
    for (const [, , name] of readFileSync(join(root, 'dist', file), 'utf8').matchAll(named)) {
      if (name!.endsWith('/')) continue
      const beside = join(file, '..', name!)
      if (existsSync(join(root, 'dist', beside))) continue
      copyFileSync(join(root, 'src', beside), join(root, 'dist', beside))
    }
  }
}

compile()
copyNamedFiles()
