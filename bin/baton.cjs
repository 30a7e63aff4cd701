#!/usr/bin/env node
'use strict'
// This file is plain old JavaScript: a Node that is too old for Baton must be able to read it and say so.
var fs = require('fs')
var path = require('path')

var NEEDED = 24
var packageFolder = path.resolve(fs.realpathSync(__filename), '..', '..')

function start() {
  var repository = path.join(packageFolder, 'src', 'bin.ts')
  var main = fs.existsSync(repository) ? repository : path.join(packageFolder, 'dist', 'bin.js')
  // Compiled code is kept between starts: it saves stripping types and parsing again.
  var enable = require('module').enableCompileCache
  if (enable) enable()
  import(require('url').pathToFileURL(main).href).catch(function (error) {
    process.stderr.write(String((error && error.stack) || error) + '\n')
    process.exitCode = 70
  })
}

function startOn(node) {
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' })
  var signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  signals.forEach(function (signal) {
    process.on(signal, function () {
      // A terminal sends Ctrl-C to the whole group, so the child has that one already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  })
  child.on('error', function (error) {
    process.stderr.write('The Node at ' + node + ' does not start: ' + error.message + '\n')
    process.exitCode = 5
  })
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code)
    signals.forEach(function (name) {
      process.removeAllListeners(name)
    })
    process.kill(process.pid, signal)
  })
}

function explain() {
  process.stderr.write(
    [
      'Baton needs Node ' + NEEDED + ' or newer, and this is Node ' + process.versions.node + '.',
      'In a clone of Baton, "npm ci" in ' + packageFolder + ' puts the right Node beside it.',
      'Elsewhere install Node ' + NEEDED + ' from https://nodejs.org/en/download and run the command again.',
      '',
    ].join('\n'),
  )
  process.exitCode = 5
}

var pinned = path.join(packageFolder, 'node_modules', 'node', 'bin', 'node')
if (Number(process.versions.node.split('.')[0]) >= NEEDED) start()
else if (fs.existsSync(pinned)) startOn(pinned)
else explain()
